/* SPDX-License-Identifier: BSD-2-Clause */
/* A group of traffic: the same question, to the same responder, over the same link. For example the echo requests to
 * the secondary link's MSEE. Each group is one observation that the diagnosis computes likelihoods of. */
#ifndef ERPROBE_TRAFFIC_GROUP_H
#define ERPROBE_TRAFFIC_GROUP_H

#include "analysis/observables/unreach.h"
#include "analysis/path/path.h"

#include <stdint.h>

#define GROUP_FLOWS_MAX 24

enum group_class {
	GROUP_HOP,      /* a router before the MSEE, asked by letting the TTL expire there */
	GROUP_EDGE,     /* the edge: the near address of the link's /30 */
	GROUP_MSEE,     /* the MSEE: the far address of the /30, pinged directly */
	GROUP_MSEE_HOP, /* the MSEE, asked by probes to targets whose TTL expires there */
	GROUP_BGP,      /* the MSEE's TCP port 179, asked by a SYN: SYN-ACK and RST both count as an answer */
	GROUP_TARGET,   /* an address in Azure */
	GROUP_CONTROL,  /* a corporate address that is not reached over ExpressRoute */
	GROUP_CLASSES
};

/* What became of a flow's probes to its end. ENDS_UNKNOWN: too few were sent, or none of the flows that ask the same of the same
 * target is answered. */
enum flow_end { ENDS_UNKNOWN, ENDS_ALIVE, ENDS_DEAD };

/* The counts of one flow in a group. Flows are counted apart because the answers to each may return over another link. */
struct group_flow { uint16_t flow; uint32_t sent, answered; };

struct traffic_group {
	enum group_class cls;
	uint8_t link;          /* enum link_id; LINK_ANY = the path is shared by both links, or the link is not known */
	uint8_t fam;           /* FAM4 or FAM6 */
	uint8_t hop;           /* GROUP_HOP: the hop's TTL. GROUP_TARGET: TTL at which a firewall resets, 0 = none does. Else 0 */
	enum domain domain;    /* GROUP_HOP: who runs the hop */
	uint8_t kind;          /* enum probe_kind */
	uint16_t port;         /* TCP destination port, 0 for ICMP */
	uint16_t target;       /* GROUP_TARGET, GROUP_CONTROL: index of the circuit's target */
	struct ip_addr addr;   /* who should answer */
	uint32_t sent, answered;
	uint32_t refused;      /* answers by which the destination itself refuses: RST, or ICMP port unreachable to a SYN */
	uint32_t before_sent, before_answered; /* the same, before an end died in this run (fell_silent.h); not in the other counts */
	uint32_t last_run;     /* how many of the latest probes in a row went unanswered */
	struct group_flow flows[GROUP_FLOWS_MAX]; /* the last entry also counts the flows for which there was no room */
	uint8_t ends[GROUP_FLOWS_MAX]; /* GROUP_HOP, GROUP_MSEE_HOP: enum flow_end of each; of the last entry of a full group ENDS_UNKNOWN */
	uint8_t flow_count;
	enum unreach unreach;  /* the latest "unreachable" error, unless answers have come since: then UNREACH_NONE */
	uint32_t unreach_count; /* such errors in all; the next three are of the latest */
	struct ip_addr unreach_from;
	bool own_route;        /* it is this host that has no route there, and nothing says that any router has none */
	uint8_t unreach_type, unreach_code;
	struct rtt_summary rtt;
	int64_t low_ns;        /* 10 % quantile of the round trips (with fewer than 20 the fastest): the path without queueing */
	int64_t high_ns;       /* 80 % quantile: so high that it also covers flows that return by a slower path */
	uint8_t reply_ttl;     /* the TTL that most answers arrived with, 0 = none; tells one way back from another */
	uint32_t reply_votes;  /* counter of the majority vote that found it (Boyer and Moore) */
};

/* A packet filter of this host keeps it back: nobody else says so, and nothing leaves. */
static inline bool traffic_group_kept_back(const struct traffic_group *g)
{
	return g->unreach == UNREACH_ADMIN_CORP && !g->own_route && !ip_addr_is_set(&g->unreach_from);
}

/* Of the MSEEs: the other link's, asked the same. As a hop it is asked by all that expires there. */
static inline bool traffic_group_is_fellow(const struct traffic_group *x, const struct traffic_group *g)
{
	bool same = x->cls == GROUP_MSEE_HOP || (x->kind == g->kind && x->port == g->port);
	return x->cls == g->cls && same && x->fam == g->fam && x->link < LINKS && g->link < LINKS && x->link != g->link;
}

#endif
