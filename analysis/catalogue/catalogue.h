/* SPDX-License-Identifier: BSD-2-Clause */
/* The fault catalogue as a table: one row a fault, one column an observable, the
 * cell says how that observable behaves under that fault. The letters of a cell
 * are given their probabilities in likelihood.c, at one place for all rows.
 * Adding a fault is adding a row here, its words in catalogue_text.c, and its
 * scenario in tests/lab. */
#ifndef ERPROBE_CATALOGUE_H
#define ERPROBE_CATALOGUE_H

#include "erprobe/result.h"

#include <stddef.h>

/* Where on the way from us to the target a fault sits; nearer places come first. */
enum fault_place {
	AT_NOWHERE = 0,
	AT_HOST,      /* before the first hop */
	AT_CORPORATE, /* at a corporate hop: one hypothesis for each */
	AT_EDGE,      /* the holder of the near /30 address */
	AT_PROVIDER,  /* at a provider's IP hop before the edge (l3): one hypothesis for each */
	AT_WAN,       /* between edge and MSEE */
	AT_MSEE,
	AT_GATEWAY,   /* behind the MSEEs, shared by both links */
	AT_TARGET
};

/* What a hypothesis of this row must name besides the row itself. */
enum fault_scope {
	SCOPE_NONE,           /* no fault */
	SCOPE_SHARED,         /* verdict link null */
	SCOPE_LINK,           /* one of the links */
	SCOPE_BOTH,           /* both links at once: verdict link both */
	SCOPE_SERVICE,        /* one protocol or port, everywhere behind its place */
	SCOPE_TARGET,         /* one target, all its services */
	SCOPE_TARGET_SERVICE, /* one port or ping of one target */
	SCOPE_LINK_SERVICE    /* one protocol or port on one link */
};

#define ON_L2 1u
#define ON_L3 2u
#define ON_ALL 3u

/* Usual column:   zero, '.' as ever   C the way to the edges takes longer   G the way behind the
 *                 MSEEs does; over both links alike, beside the circuit's baseline
 * Size column:    zero, '.' the full size passes as ever   C dies in the corporate domain
 *                 W dies in the WAN; small probes pass */
/* Flap column:    zero, '.' stays as it is   F the link goes up and down, and what crosses it dies
 *                 T its BGP session does: traffic takes the other link meanwhile */
/* Wire columns:   A answers as ever   X dead   L loses a share   m dead, moved to the
 *                 other link or half of it   h other link's traffic: as ever, or half
 *                 of it where answers return by the dead link   P each flow dead or alive, as
 *                 it chooses among equal ways   p as ever, or so by its way back   r as ever, or half of it
 *                 dead by its way back
 *                 b dead for us behind the edge, alive on it   a alive, all of it moved to the other link
 *                 k dead behind the edge, dead or alive on it   ? nothing is said
 * ICMP columns:   . none   h host unreachable from the edge   c unreachable from a
 *                 corporate router   n no route, from edge or corporate   w from a provider hop
 *                 a/p/z refused by a filter in the corporate/WAN/Azure domain   ? any
 * delay:          . same (also what both links share: neither is later than the other by it)
 *                 S slower on this link   R slower by another way than usual   J wider spread
 *                 q a full queue may do either   ? any
 * Azure columns:  . healthy value   X the faulty value   i ARP incomplete   f this path's
 *                 table fails or is empty   d BGP down (perhaps not noticed yet: hold time)
 *                 u up, or down at this moment   D BGP down, said by the edge itself   z BGP up, zero prefixes   n not connected
 *                 g gateway's neighbours gone   ? any */

/* What Azure says beyond states and tables, each by itself: azure_says.c reads it, the
 * letters of each stand beside their numbers in likelihood_says.c. */
enum azure_says {
	SAYS_TEST,        /* of a link: a failover test runs on it */
	SAYS_DRAIN,       /* of a link: Microsoft's AS repeated in the paths over it */
	SAYS_PORT,        /* of a link: Microsoft's port (ExpressRoute Direct) and its light */
	SAYS_VLAN,        /* of a link: Azure's VLAN and the edge's as configured */
	SAYS_LIMIT,       /* of a link: how near the prefixes of our side are to their limit */
	SAYS_MAINTENANCE, /* of the circuit: planned maintenance goes on */
	SAYS_ISSUE,       /* of the circuit: Microsoft has trouble of its own there */
	SAYS_HEALTH,      /* of the circuit: Resource Health */
	SAYS_FULL,        /* of the circuit: its traffic came near the bought bandwidth */
	SAYS_DROPS,       /* of the circuit: traffic above its bandwidth is dropped */
	SAYS_FILTER,      /* of Microsoft peering: has it a route filter? */
	SAYS_PUBLIC,      /* of Microsoft peering: are our public prefixes validated? */
	SAYS_VNETS,       /* of the circuit: the virtual networks' prefixes are at their limit */
	SAYS_ROUTES,      /* of the circuit: the targets' networks at the MSEEs, ours at the gateway */
	SAYS_ADVERTISED,  /* of a link: the MSEE has a route of ours to where the probes come from */
	SAYS_FELL,        /* of a link: it was down within the hour, and is up again */
	SAYS_OUT,         /* of the circuit: what leaves Azure over it, beside what goes in */
	SAYS
};

/* What the passive watch of a link comes to, where somebody watched: heard.c reads it, the letters
 * stand beside their numbers in likelihood_heard.c. */
enum heard_what { HEARD_SESSION, HEARD_SEGMENT, HEARD };

struct fault_row {
	const char *id;
	enum domain domain;
	enum contact contact;
	enum fault_scope scope;
	unsigned handoffs;       /* ON_L2, ON_L3 */
	enum fault_place place;
	double prior;            /* of the row in one circuit, spread over its links, hops, targets */
	/* wire:   edge  msee  bgp   target (own link)  other (link's target traffic) */
	char edge, msee, bgp, target, other;
	char icmp_msee, icmp_target, delay;
	/* Azure:  circuit state, provider state, peering, ARP, BGP, connection, gateway peers, settings agree */
	char circuit, provider, peering, arp, session, connection, gateway, settings;
	char size;               /* zero where full-size probes fare as ever */
	char usual;              /* zero where what both links share takes as long as ever */
	char flap;               /* zero where nothing goes up and down */
	char says[SAYS];         /* zero where Azure would say nothing of it */
	char heard[HEARD];       /* zero where the link's own session lives, and its segment is as it should be */
};

extern const struct fault_row fault_rows[];
extern const size_t fault_row_count;

/* The words of a fault. "%s" never appears: places are named by the verdict. */
struct fault_text {
	const char *id;
	const char *title;        /* "layer 2 between edge and MSEE is down" */
	const char *meaning;      /* one or two sentences for erprobe explain */
	const char *steps[STEPS_MAX];
	const char *decided_by;   /* what would tell it from its neighbours */
};

/* NULL for an unknown id. */
const struct fault_row *fault_find(const char *id);
const struct fault_text *fault_text_find(const char *id);
/* Who must act: contact_for a row under a handoff (the edge is the provider's with l3). */
enum contact fault_contact(const struct fault_row *row);

#endif
