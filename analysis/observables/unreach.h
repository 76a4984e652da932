/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads ICMP errors that say "there is no way". */
#ifndef ERPROBE_UNREACH_H
#define ERPROBE_UNREACH_H

#include "analysis/path/path.h"

#include <stdbool.h>

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
/* In words. */
const char *unreach_text(enum unreach u);

/* What the error that answered this probe says, and from which side; UNREACH_NONE
 * where it says nothing of reachability. */
enum unreach unreach_of(const struct path_view *v, const struct probe_record *r);
/* The domain of who sent the error that answered this probe. */
enum domain unreach_sender_domain(const struct path_view *v, const struct probe_record *r);
/* Does it say that a route or a neighbour is missing (no filter, no port)? */
bool unreach_is_no_way(const struct probe_record *r);
/* Marks the circuit's targets (one place each, all false before) that a router says there is no
 * way to, and those that are silent beside them. */
void unreach_unrouted(const struct path_view *v, bool *unrouted);

#endif
