/* SPDX-License-Identifier: BSD-2-Clause */
/* From probe records to the circuit's geography: which link an address and a flow
 * belong to, how many hops away edge, MSEE and targets are, and what answered at
 * each hop of each link. Computed afresh from the records whenever it is asked. */
#ifndef ERPROBE_PATH_H
#define ERPROBE_PATH_H

#include "analysis/path/observe.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_TTL_MAX 30        /* furthest hop looked for one by one */
#define PATH_TTL_FULL 64       /* "to the end", as a host's own packets */
#define PATH_TTL_GTSM 255      /* RFC 5082: what a BGP speaker behind GTSM accepts */
#define PATH_ADDRESSES_MAX 256
#define BGP_SIGNED_MAX 64       /* signed probes of one flow in a run: their digests are made beforehand */

/* An address that answered, and the links whose own flows met it. */
struct path_address {
	struct ip_addr addr;
	uint8_t seen;              /* bit mask of 1 << enum link_id */
	uint16_t roles;            /* of the flows whose expired probes it answered: bit mask of 1 << enum flow_role */
	uint8_t link;              /* enum link_id; LINK_ANY where both or neither */
	uint8_t ttl;               /* nearest TTL at which it answered an expired probe, 0 = never */
};

/* The place of a node counted in hops from us; 0 = not known. */
struct path_distance { uint8_t edge[LINKS], msee[LINKS]; };

struct path_view {
	const struct plan *plan;
	const struct plan_circuit *circuit;
	uint8_t circuit_index;
	const struct observations *seen;
	struct path_address addresses[PATH_ADDRESSES_MAX];
	size_t address_count;
	struct path_distance distance[FAMILIES];
	uint8_t *target_distance;  /* per circuit target and link, see path_target_distance(); owned */
	bool *target_answered;     /* per circuit target: some probe reached it and came back; owned */
	uint8_t *flow_link;        /* per plan flow: enum link_id as the path shows it; owned */
	bool *flow_moved;          /* per plan flow: it changed links while we watched; owned */
};

/* False when out of memory. Free with path_view_free(). */
bool path_view_build(struct path_view *v, const struct plan *p, uint8_t circuit, const struct observations *o);
void path_view_free(struct path_view *v);

/* Link that an address belongs to (LINK_ANY when unknown or shared). */
enum link_id path_address_link(const struct path_view *v, const struct ip_addr *a);
/* Domain of a hop: configured prefixes first, else by its place before the edge, between, or from M on. */
enum domain path_hop_domain(const struct path_view *v, uint8_t fam, enum link_id link, uint8_t ttl,
                            const struct ip_addr *a);
/* True when the answer came from the flow's destination itself. */
bool path_is_end_answer(const struct plan_flow *f, const struct probe_record *r);
/* Is it another source port to an MSEE's BGP port than that of the plan's first flow there? Those are asked only where
 * they would tell (partial.h). */
bool path_is_further_port(const struct plan *p, size_t flow);
/* Hop that a record tells of: its TTL, or the distance of the flow's end when it
 * reached it; 0 when that is not known. */
uint8_t path_record_hop(const struct path_view *v, const struct probe_record *r);
/* Distance of a target over a link (LINK_ANY: over flows whose link is not known), 0 when not known. */
uint8_t path_target_distance(const struct path_view *v, size_t target, enum link_id link);
/* Distance of the flow's destination in hops, 0 when not known. */
uint8_t path_flow_distance(const struct path_view *v, const struct plan_flow *f);

/* The hops of one link and family, nearest first. Returns how many; *hops is the
 * caller's to free. Loss there is raw; path_loss is the envelope. */
size_t path_hops(const struct path_view *v, enum link_id link, uint8_t fam, struct hop_result **hops);

/* Length of the way back in hops: routers between an answer's sender and us, counting the sender, from the
 * TTL that was left. Operating systems begin with 32, 64, 128 or 255; taken is the nearest above. -1 for 0. */
int16_t path_return_length(uint8_t reply_ttl);

#endif
