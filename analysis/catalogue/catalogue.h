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

/* A Microsoft peering ends at Microsoft's edge: behind it is Microsoft's own network, no gateway and no virtual network. */
#define ON_PRIVATE 1u
#define ON_MICROSOFT 2u

/* The letters of a row's cells. What probability each gives to an observation is in likelihood.c.
 *
 * Columns of answers to probes (edge, msee, bgp, target, other):
 *   A  answered as on a healthy circuit
 *   X  no answer at all
 *   L  a share of the answers is lost          l  as L for the flows whose answers return over the faulty link
 *   m  dead on this link, and all or half of the traffic has moved to the other link
 *   h  traffic of the other link: unaffected, or half of it dead because its answers return over the faulty link
 *   P  one of several equal-cost paths is dead: each flow is wholly dead or wholly alive
 *   p  unaffected, or as P on the way back alone
 *   r  unaffected, or half of the flows dead on the way back
 *   a  alive, all of it moved to the other link
 *   b  when we probe from behind the edge: dead; from the edge itself: alive
 *   k  when we probe from behind the edge: dead; from the edge itself: dead or alive
 *   ?  the fault predicts nothing
 * Columns of ICMP errors (icmp_msee, icmp_target):
 *   .  none
 *   h  host unreachable, sent by the edge          c  unreachable, sent by a corporate router
 *   n  no route, sent by the edge or a corporate router      N  as n, or unreachable from the MSEE or beyond
 *   w  unreachable, sent by a provider's hop       W  as w, or by a corporate router
 *   m  as h or n, where traffic has not moved to the other link
 *   a, p, z  administratively prohibited by a filter in the corporate, WAN, Azure domain
 *   ?  any
 * delay, of this link against the other:
 *   .  the same; also where what both links share is slower, since both are
 *   S  slower          R  slower, and over another path than usual          J  more jitter
 *   q  as S or J: a full queue may show either way          ?  any
 * usual, what both links share against the circuit's baseline (zero is '.'):
 *   .  unchanged       C  the path up to the edges is slower         G  the path behind the MSEEs is slower
 * size, the largest datagram (zero is '.'):
 *   .  full size passes       C, W  full size is dropped in the corporate domain, in the WAN; small ones pass
 * flap (zero is '.'):
 *   .  steady          F  the link goes up and down, and what crosses it dies meanwhile
 *   T  its BGP session does: traffic takes the other link meanwhile
 * Columns of what Azure reports (circuit .. settings):
 *   .  the healthy value      X  the faulty value
 *   i  ARP incomplete         f  this path's table cannot be read or is empty
 *   d  BGP down, or still up until the hold time ends        D  BGP down as soon as the edge closes it
 *   e  down (ARP: incomplete), or the table is empty
 *   u  BGP up, or down at this moment                        z  BGP up with no prefixes
 *   n  connection not connected          g  the gateway's BGP neighbours are gone          ?  any */

/* What Azure reports beyond states and tables. azure_says.c reads each from the snapshot; the
 * letters of each have their meaning and their probabilities in likelihood_says.c. */
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

/* What the passive watch (--bgp-watch) found on a link's segment. heard.c reads it; the letters have
 * their meaning and their probabilities in likelihood_heard.c. */
enum heard_what { HEARD_SESSION, HEARD_SEGMENT, HEARD };

struct fault_row {
	const char *id;
	enum domain domain;
	enum contact contact;
	enum fault_scope scope;
	unsigned handoffs;       /* ON_L2, ON_L3 */
	unsigned peerings;       /* ON_PRIVATE, ON_MICROSOFT; zero: either */
	enum fault_place place;
	double prior;            /* of the row in one circuit, spread over its links, hops, targets */
	double alone;            /* the share of it that hits one address family alone, where a circuit has two; zero = as of most. Where
	                          * it is more than of most, a circuit of one family has half of that share (hypotheses.c) */
	/* wire:   edge  msee  bgp   target (own link)  other (link's target traffic) */
	char edge, msee, bgp, target, other;
	char icmp_msee, icmp_target, delay;
	/* Azure:  circuit state, provider state, peering, ARP, BGP, connection, gateway peers, settings agree */
	char circuit, provider, peering, arp, session, connection, gateway, settings;
	char size;               /* zero where full-size probes pass as usual */
	char usual;              /* zero where what both links share is no slower than usual */
	char flap;               /* zero where the link is steady */
	char says[SAYS];         /* zero where the fault does not change what Azure says */
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

/* What of Azure's side a fault's decided_by names. */
enum decided_part { DECIDED_ELSEWHERE = 0, BY_CIRCUIT, BY_PEERING, BY_ARP, BY_ROUTES, BY_GATEWAY, BY_PORT, BY_TESTS, BY_DROPS };

/* NULL for an unknown id. */
const struct fault_row *fault_find(const char *id);
/* Can there be such a fault with this hand-off and peering? */
bool fault_row_fits(const struct fault_row *row, enum handoff handoff, enum peering_type peering);
const struct fault_text *fault_text_find(const char *id);
/* Its title; of a circuit of ExpressRoute Direct, which has no provider, one that speaks of none. The id where that is unknown. */
const char *fault_title(const char *id, enum handoff handoff);
/* DECIDED_ELSEWHERE also for an unknown id. */
enum decided_part fault_decided_part(const char *id);
/* Who must act: contact_for a row under a handoff (the edge is the provider's with l3). */
enum contact fault_contact(const struct fault_row *row);

#endif
