/* SPDX-License-Identifier: BSD-2-Clause */
/* The routes of many IPv4 destinations, with few questions to the kernel. It is asked for every route,
 * for what it has learned of single destinations, and for the rules that look at destinations, but only for the edges of
 * their prefixes: addresses with no edge between them match the same ones, so that an answer for
 * one of them is the answer for all. What the answer is stays the kernel's business.
 *
 * There is no map of IPv6, where the source depends on the destination beyond its route (RFC 6724),
 * nor where a route has several next hops, which are chosen by destination. */
#ifndef ERPROBE_ROUTE_MAP_H
#define ERPROBE_ROUTE_MAP_H

#include "probe/host/route.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct route_map {
	uint32_t *edges;       /* first addresses of the stretches, ascending, from 0.0.0.0; owned */
	struct route *known;   /* the answer of each stretch, where `asked`; owned */
	bool *asked;           /* owned */
	size_t count, room;
	bool unfit;            /* while it is made: a route that one answer does not tell */
};

/* Makes the map. One of no edges, which knows nothing, where it is not to be had for one of the reasons above, or
 * the host has very many routes. Free with route_map_free(). */
void route_map_make(struct route_map *m);
void route_map_free(struct route_map *m);

/* What was put for an address that has no edge between it and dst; false where that is nothing yet. */
bool route_map_get(const struct route_map *m, const struct ip_addr *dst, struct route *out);
/* Keeps the answer for dst. All answers of a map are to questions that differ in nothing but dst. */
void route_map_put(struct route_map *m, const struct ip_addr *dst, const struct route *r);

#endif
