/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure reports of one circuit: each answer reduced to the states that the fault catalogue has columns for, with
 * its age. In each enum below 0 means "not read". */
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
/* Of the MSEE's ARP table. EMPTY: it has no row for the edge. FAILED: Azure could not read this MSEE, and read the other.
 * FAILED_TOO: it could not, nor other things that have nothing to do with this MSEE. */
enum az_arp_state { ARP_UNREAD = 0, ARP_COMPLETE, ARP_INCOMPLETE, ARP_EMPTY, ARP_FAILED, ARP_FAILED_TOO };
/* Of the MSEE's BGP neighbours. UP_ZERO: established, but no prefix came. EMPTY, FAILED and FAILED_TOO as above. BRINGS,
 * BRINGS_NONE: the edge is not listed there, and the MSEE's route table has routes of the edge's, or others alone. */
enum az_session_state { SESSION_UNREAD = 0, SESSION_UP, SESSION_UP_ZERO, SESSION_DOWN, SESSION_EMPTY, SESSION_FAILED, SESSION_FAILED_TOO,
	SESSION_BRINGS, SESSION_BRINGS_NONE };
enum az_connection_state { CONNECTION_UNREAD = 0, CONNECTION_UP, CONNECTION_DOWN, CONNECTION_MISSING };

/* The values of azure_view.says[] that are more than good or bad. */

/* SAYS_TEST: a failover test of the link. TURNS: it is starting or ending, so that the link may still or again work. */
enum az_test { TEST_UNREAD = 0, TEST_NONE, TEST_RUNS, TEST_TURNS };
/* SAYS_DRAIN: Microsoft moves traffic off a link by repeating its own AS in the paths over it. SOMEWHERE: the gateway
 * has learned such a path, but its table does not tell over which link. */
enum az_drain { DRAIN_UNREAD = 0, DRAIN_NONE, DRAIN_HERE, DRAIN_SOMEWHERE };
/* SAYS_PORT: an ExpressRoute Direct port. SHUT: disabled by its administrator. DARK: it receives too little light. Where its admin
 * state was not read, a line protocol that is down (DOWN_UNTOLD) and, if that was not read either, its light alone (DARK_ALONE,
 * LIT_ALONE) leave open whether it is shut. */
enum az_port_state { PORT_UNREAD = 0, PORT_UP, PORT_SHUT, PORT_DOWN, PORT_DARK, PORT_DOWN_UNTOLD, PORT_DARK_ALONE, PORT_LIT_ALONE };
/* SAYS_LIMIT: prefixes that we announce, beside the most that Azure accepts before it ends the session. */
enum az_limit { LIMIT_UNREAD = 0, LIMIT_FAR, LIMIT_NEAR, LIMIT_EXCEEDED };
/* SAYS_FELL: the link was down within the last hour and is up again. ONCE: its BGP session is younger than an hour, and the
 * other link's is much older. AGAIN: the session ended several times. BELOW: ARP failed several times, so layer 2 did. */
enum az_fell { FELL_UNREAD = 0, FELL_NOT, FELL_ONCE, FELL_AGAIN, FELL_BELOW };
/* SAYS_OUT: the circuit's traffic in the latest minutes. FLOWS: Azure sends. STANDS: it receives and sends nothing, so
 * nothing there answers. IDLE: neither. */
enum az_out { OUT_UNREAD = 0, OUT_FLOWS, OUT_STANDS, OUT_IDLE };
/* SAYS_VLAN: Azure's VLAN beside the edge's as configured. DIFFERS_HERE: it does, while the other link's edge agrees. */
enum az_vlan { VLAN_UNREAD = 0, VLAN_AGREES, VLAN_DIFFERS, VLAN_DIFFERS_HERE };

/* When an answer was read, and how much it still counts, 0..1: the weight decays with age, because what was true ten
 * minutes ago may have changed, and is half at most where an earlier run read it. */
struct azure_age { struct wall_ns at; double weight; };

struct azure_view {
	enum az_state circuit, provider;
	enum az_peering_state peering;
	enum az_arp_state arp[FAMILIES][LINKS];
	enum az_session_state session[FAMILIES][LINKS];
	enum az_connection_state connection;
	enum az_state gateway_peers;   /* AZ_BAD: not one BGP session of the virtual network gateway is established */
	enum az_state settings[LINKS]; /* AZ_BAD: Azure's AS number or /30 is not the edge's as configured */
	char disagreement[LINKS][SENTENCE_MAX]; /* says how they differ */
	int32_t own_vlan[LINKS];       /* the edge's VLAN as configured, -1 = not configured */
	uint8_t says[SAYS][LINKS];     /* by enum azure_says: enum az_state or one of the above. What is said of the whole circuit
	                                * stands at [0] */
	/* Each answer was read at a time of its own. */
	struct azure_age circuit_age, peering_age, connection_age, gateway_age;
	struct azure_age arp_age[LINKS], session_age[LINKS], says_age[SAYS][LINKS];
	bool routes_learned;           /* SAYS_ROUTES is bad only because the gateway has not learned our networks; the MSEEs have the targets' */
	bool outlived;                 /* some of it was read before something died in the run */
	struct wall_ns now;            /* the time of the diagnosis, against which "going on" is judged */
};

/* azure_view.c: fills *a from a snapshot; s NULL leaves all of it "not read". */
void azure_view_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s,
                      struct wall_ns now);
/* Something died then, ns 0 = nothing did. What was read of the state of things before weighs nothing: they have changed since.
 * Nor does it where it is still good within the hold time of what died: it may be about to fall. Of what Azure says besides (says[])
 * that alone which calls things well: what was amiss before may be why it died. */
void azure_view_since(struct azure_view *a, struct wall_ns changed);
/* How old this part of the snapshot is. Parts that were read count in an unfinished snapshot too. */
struct azure_age azure_age_of(const struct az_snapshot *s, const struct az_part *part, struct wall_ns now);
/* azure_says.c: fills a->says and its ages from the snapshot; a->now must be set. */
void azure_says_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s);
/* Something died then: of what Azure says of a port, that alone counts which was read since, where any of it was. Before
 * azure_view_since(). */
void azure_says_since(struct azure_view *a, const struct az_snapshot *s, struct wall_ns changed);
/* azure_routes.c: fills a->says[SAYS_ROUTES], and the sessions that the summaries do not list; the rest of the view must be filled. */
void azure_routes_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s);
/* Fills a->says[SAYS_ADVERTISED]: does each MSEE have a route back to the addresses that our probes leave with? s may be NULL. */
void azure_routes_own(struct azure_view *a, const struct path_view *v, const struct az_snapshot *s);
/* Is this said of each link, rather than of the whole circuit? */
bool azure_says_of_link(enum azure_says which);
/* Puts it into a sentence. link: enum link_id, as in the observation. */
void azure_says_words(const struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s, enum azure_says which,
                      uint8_t link, char *out, size_t size);

#endif
