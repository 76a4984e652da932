/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP "destination unreachable" errors: what they mean, by who sent them. */
#ifndef ERPROBE_UNREACH_H
#define ERPROBE_UNREACH_H

#include "analysis/path/path.h"

#include <stdbool.h>

/* Why the destination cannot be reached, and in whose network the router sits that says so (ICMP type 3, ICMPv6 type 1).
 * HOST: the router has a route, but its next hop does not answer. NET: it has no route. ADMIN: a filter refuses. */
enum unreach {
	UNREACH_NONE = 0,
	UNREACH_HOST_EDGE,  /* by the edge: the MSEE does not answer its ARP or neighbour discovery, so layer 2 is broken */
	UNREACH_HOST_CORP,
	UNREACH_NET,        /* by the edge, a corporate router or the probing host itself */
	UNREACH_HOST_WAN,
	UNREACH_NET_WAN,
	UNREACH_AZURE,      /* by the MSEE or anything behind it, host or net */
	UNREACH_ADMIN_CORP, /* also a firewall that answers a SYN with RST in the target's name */
	UNREACH_ADMIN_WAN,
	UNREACH_ADMIN_AZURE,
	UNREACHES
};
/* In words. */
const char *unreach_text(enum unreach u);

/* What the ICMP error that answered this probe says. UNREACH_NONE where it says something else. */
enum unreach unreach_of(const struct path_view *v, const struct probe_record *r);
/* In whose network the sender of that error sits. */
enum domain unreach_sender_domain(const struct path_view *v, const struct probe_record *r);
/* Does that error say that a route or a next hop is missing, rather than that a filter refuses or a port is closed? */
bool unreach_is_no_way(const struct probe_record *r);
/* Sets unrouted[i] for each target i of the circuit to which a router says that it has no route, and for targets that are
 * silent while such errors come for others. All must be false before. */
void unreach_unrouted(const struct path_view *v, bool *unrouted);
/* hop[][] = the nearest hop that says of a link's own ends that it has no route to them; 0 = none. Whoever has no route finds
 * that out before it looks at the TTL, and limits what it says of it to about once a second: of probes that should expire
 * there most draw nothing. */
void unreach_end_hops(const struct path_view *v, uint8_t hop[FAMILIES][LINKS]);

#endif
