/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers to one kind of question from one responder over one link: what the likelihoods are taken of. */
#ifndef ERPROBE_TRAFFIC_GROUP_H
#define ERPROBE_TRAFFIC_GROUP_H

#include "analysis/observables/unreach.h"
#include "analysis/path/path.h"

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

#endif
