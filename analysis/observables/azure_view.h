/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure says of one circuit, each answer sorted into the states that the catalogue speaks of, with its age. */
#ifndef ERPROBE_AZURE_VIEW_H
#define ERPROBE_AZURE_VIEW_H

#include "analysis/catalogue/catalogue.h"
#include "analysis/path/path.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum az_state { AZ_UNREAD = 0, AZ_GOOD, AZ_BAD };
enum az_peering_state { PEERING_UNREAD = 0, PEERING_ENABLED, PEERING_DISABLED, PEERING_MISSING };
enum az_arp_state { ARP_UNREAD = 0, ARP_COMPLETE, ARP_INCOMPLETE, ARP_EMPTY, ARP_FAILED };
enum az_session_state { SESSION_UNREAD = 0, SESSION_UP, SESSION_UP_ZERO, SESSION_DOWN, SESSION_EMPTY, SESSION_FAILED };
enum az_connection_state { CONNECTION_UNREAD = 0, CONNECTION_UP, CONNECTION_DOWN, CONNECTION_MISSING };

/* azure_says: 0 is not known for all of them. */
/* TURNS: it starts or stops, and the link may be as ever. */
enum az_test { TEST_UNREAD = 0, TEST_NONE, TEST_RUNS, TEST_TURNS };
enum az_drain { DRAIN_UNREAD = 0, DRAIN_NONE, DRAIN_HERE, DRAIN_SOMEWHERE };
enum az_port_state { PORT_UNREAD = 0, PORT_UP, PORT_SHUT, PORT_DOWN, PORT_DARK };
enum az_limit { LIMIT_UNREAD = 0, LIMIT_FAR, LIMIT_NEAR, LIMIT_EXCEEDED };
/* Once: its session stands for less than an hour, while the other link's is older. Again: the session ended several
 * times within the hour. Below: layer 2 (ARP) failed several times. */
enum az_fell { FELL_UNREAD = 0, FELL_NOT, FELL_ONCE, FELL_AGAIN, FELL_BELOW };
/* Of the circuit's traffic in the latest minutes. */
enum az_out { OUT_UNREAD = 0, OUT_FLOWS, OUT_STANDS, OUT_IDLE };
enum az_vlan { VLAN_UNREAD = 0, VLAN_AGREES, VLAN_DIFFERS, VLAN_DIFFERS_HERE };

/* When the answer came that something rests on, and how much it still counts by its age: 0..1. */
struct azure_age { struct wall_ns at; double weight; };

struct azure_view {
	enum az_state circuit, provider;
	enum az_peering_state peering;
	enum az_arp_state arp[FAMILIES][LINKS];
	enum az_session_state session[FAMILIES][LINKS];
	enum az_connection_state connection;
	enum az_state gateway_peers;   /* AZ_BAD: no gateway neighbour is established on any path */
	enum az_state settings[LINKS]; /* AZ_BAD: AS or /30 disagree with the edge's as configured */
	char disagreement[LINKS][SENTENCE_MAX];
	int32_t own_vlan[LINKS];       /* the edge's as configured, -1 = not */
	uint8_t says[SAYS][LINKS];     /* enum az_state, or the enum above; of the circuit: at 0 */
	/* Each answer has an age of its own. */
	struct azure_age circuit_age, peering_age, connection_age, gateway_age;
	struct azure_age arp_age[LINKS], session_age[LINKS], says_age[SAYS][LINKS];
	bool routes_learned;           /* SAYS_ROUTES is bad by what the gateway learned, not by what it announces */
	struct wall_ns now;            /* of the diagnosis: what goes on is asked at this time */
};

/* azure_view.c: reads a snapshot; NULL gives all UNREAD. */
void azure_view_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s,
                      struct wall_ns now);
/* The age of what this part of the snapshot says. An unfinished snapshot has parts that were read. */
struct azure_age azure_age_of(const struct az_snapshot *s, const struct az_part *part, struct wall_ns now);
/* azure_says.c: fills a->says and its ages from the snapshot; a->now is set. */
void azure_says_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s);
/* azure_routes.c: a->says of routes; the rest of the view is built. */
void azure_routes_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s);
/* Of the addresses that the plan's probes leave with; s may be NULL. */
void azure_routes_own(struct azure_view *a, const struct path_view *v, const struct az_snapshot *s);
/* Is it said of each link by itself? */
bool azure_says_of_link(enum azure_says which);
/* What it says as a sentence; link as in the observation. */
void azure_says_words(const struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s, enum azure_says which,
                      uint8_t link, char *out, size_t size);

#endif
