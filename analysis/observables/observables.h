/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen, sorted into the observables that the catalogue speaks of: counts
 * of answers by group of traffic, ICMP errors by who sent them, delay differences
 * between the links, and Azure's values. No judgement here. */
#ifndef ERPROBE_OBSERVABLES_H
#define ERPROBE_OBSERVABLES_H

#include "analysis/catalogue/catalogue.h"
#include "analysis/observables/outages.h"
#include "analysis/observables/sizes.h"
#include "analysis/path/path.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GROUP_FLOWS_MAX 24

enum group_class {
	GROUP_HOP,      /* an expired probe at a hop before the MSEE */
	GROUP_EDGE,     /* the near /30 address */
	GROUP_MSEE,     /* the far one, asked itself */
	GROUP_MSEE_HOP, /* the MSEE as a hop of target traffic */
	GROUP_BGP,      /* TCP 179 of the MSEE: any answer */
	GROUP_TARGET,
	GROUP_CONTROL,
	GROUP_CLASSES
};

/* Who says that a destination cannot be reached, and why (ICMP 3, ICMPv6 1). */
enum unreach {
	UNREACH_NONE = 0,
	UNREACH_HOST_EDGE,  /* the edge cannot resolve what lies behind it: layer 2 */
	UNREACH_HOST_CORP,  /* a corporate router cannot reach its next hop */
	UNREACH_NET,        /* no route, said by edge, corporate router or our own host */
	UNREACH_HOST_WAN,
	UNREACH_NET_WAN,
	UNREACH_AZURE,      /* from the MSEE or beyond */
	UNREACH_ADMIN_CORP, /* refused by a filter, or reset by a firewall on the way */
	UNREACH_ADMIN_WAN,
	UNREACH_ADMIN_AZURE,
	UNREACHES
};

/* One responder's answers to one kind of question over one link. Flows are kept
 * apart, since each may return by another way. */
struct group_flow { uint16_t flow; uint32_t sent, answered; };

struct traffic_group {
	enum group_class cls;
	uint8_t link;          /* enum link_id; LINK_ANY = shared or not known */
	uint8_t fam;
	uint8_t hop;           /* GROUP_HOP: distance; else 0 */
	enum domain domain;    /* GROUP_HOP: of the hop */
	uint8_t kind;          /* enum probe_kind */
	uint16_t port;         /* TCP destination port, 0 for ICMP */
	uint16_t target;       /* circuit target, for TARGET and CONTROL */
	struct ip_addr addr;   /* who should answer */
	uint32_t sent, answered, refused; /* refused: RST of the destination itself */
	uint32_t last_run;     /* consecutive unanswered probes at the end */
	struct group_flow flows[GROUP_FLOWS_MAX];
	uint8_t flow_count;
	enum unreach unreach;  /* the latest error where it is the latest answer, else UNREACH_NONE */
	uint32_t unreach_count;
	struct ip_addr unreach_from;
	uint8_t unreach_type, unreach_code;
	struct rtt_summary rtt;
	int64_t low_ns;        /* 10 % quantile of the round trips: the path without its queues */
	int64_t high_ns;       /* 80 % quantile: above the flows that take the faster way back */
	uint8_t reply_ttl;     /* of most answers, 0 = none; reply_votes is its lead */
	uint32_t reply_votes;
};

/* REROUTED: slower than usual, and by another way. */
enum delay_outcome { DELAY_UNKNOWN = 0, DELAY_SAME, DELAY_SLOWER, DELAY_JITTER, DELAY_REROUTED };

/* What both links share: is it slower than usual? (shared_delay.h) */
enum shared_place { SHARED_CORPORATE, SHARED_BEYOND, SHARED_PLACES };
struct shared_delay {
	enum delay_outcome outcome;    /* UNKNOWN, SAME or SLOWER */
	int64_t more_ns;               /* SLOWER: the least that each way takes longer */
};

/* Are the hops those of the baseline? SAME also where some are silent this time. */
enum path_change { PATH_NOT_KNOWN = 0, PATH_SAME, PATH_NEW };
struct usual_path {
	enum path_change change;
	uint8_t ttl;                   /* PATH_NEW: the nearest hop that is another, and who answered there before */
	enum domain domain;            /* of that hop, before or now */
	struct ip_addr now, before;
	bool back_changed;             /* PATH_SAME, and yet answers of the MSEE or of a hop come with another TTL: another way back */
	bool back_before, back_msee;   /* so do those of what lies before the WAN; those of the MSEE */
};

/* Does any target flow that may choose cross this link now? */
enum link_use { USE_UNKNOWN = 0, USE_YES, USE_NO };

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

struct link_observables {
	bool expected;                 /* configured: there is something to say */
	enum delay_outcome delay;
	int64_t delay_more_ns;         /* by how much it is slower than the other link, or than usual */
	int64_t apart_ns, apart_allowed_ns; /* DELAY_SAME: so much later its answers are, of which so much is no news; 0 = not compared */
	bool scatters;                 /* the MSEE's own answers spread widely: a queue, or a control plane as delay has it */
	bool by_usual;                 /* it was compared with its own baseline */
	bool partial;                  /* flows over it are dead or alive, and the dead ones end between edge and MSEE (partial.h) */
	bool delay_clear;              /* what passes the MSEE is late as well: no control plane of its own */
	double jitter_log_odds;        /* DELAY_JITTER: how much what passes the MSEE speaks for a queue (jitter.h) */
	bool on_edge[FAMILIES];
	enum link_use use[FAMILIES];
	struct link_size size[FAMILIES];
	struct usual_path path[FAMILIES];
	struct link_outages outages;
	uint8_t heard[HEARD][FAMILIES]; /* enum heard_session, enum heard_segment (heard.h) */
	const struct peering_seen *watched[FAMILIES]; /* what they were made of; NULL where nobody watched */
};

/* The sum of round trips above the fastest, of all but the latest (jitter.c): Gamma-distributed of this shape; 0 = too few. */
struct flow_scatter { double total_ns; uint16_t shape; };

struct observables {
	const struct path_view *path;
	const struct az_snapshot *snapshot;
	struct traffic_group *groups;  /* as many as there are; owned */
	size_t group_count;
	int64_t *flow_low_ns;          /* per plan flow, of target flows: the round trip without its queues; 0 = not known; owned */
	int64_t *flow_spread_ns;       /* per plan flow, of target flows: their round trips from 10 % to 80 %; 0 = not known; owned */
	struct flow_scatter *flow_scatter; /* per plan flow, of target flows; owned */
	struct link_observables links[LINKS];
	struct azure_view azure;
	bool partial;                  /* the same of flows that end in the corporate network */
	struct shared_delay shared[SHARED_PLACES];
	struct interruption interruption;
	double own_loss;               /* share of frames our own capture lost: benign loss to expect */
	bool nothing_left;             /* our own host let nothing out: no route, link down or blocked; at all, or any more */
	struct wall_ns left_until;     /* it let some out, and then, for a while, nothing any more: when the last one left; 0 = not so */
	bool refused_lately;           /* what it was last asked to send it refused, of more than one flow: too lately to tell whether anything leaves still */
	bool neighbour_dead;           /* the first hop's address was asked for and did not answer */
	bool families[FAMILIES];       /* which families have flows in this circuit */
};

/* False when out of memory. Free with observables_free(). snapshot may be NULL. */
bool observables_build(struct observables *o, const struct path_view *v, const struct az_snapshot *snapshot,
                       const struct event_counters *counters);
void observables_free(struct observables *o);

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
/* delay.c: compares the links' round trips (no baseline: 5 ms and their jitter). */
void observables_delay(struct observables *o);

/* link_use.c: which links flows that may choose take. */
void observables_use(struct observables *o);
/* Do all flows of a family that were located take the same link? Then what a filter keeps from being
 * located takes it as well. */
bool link_use_is_one(const struct observables *o, uint8_t fam);

/* unreach.c: in words. */
const char *unreach_text(enum unreach u);

#endif
