/* SPDX-License-Identifier: BSD-2-Clause */
/* The passive watch of a circuit's two peerings: frames go in, in capture order, and what
 * they tell is kept by circuit, link and family (erprobe/watched.h). It asks nobody and
 * sends nothing.
 *
 *   frame ─► whose is it? ─► tags ─► ARP, ND ─► who claims which address
 *                             │
 *                             ├────► UDP 3784, 4784 ─► BFD states and their changes
 *                             └────► TCP 179 ─► stream a direction ─► messages ─► session
 */
#ifndef ERPROBE_PASSIVE_WATCH_H
#define ERPROBE_PASSIVE_WATCH_H

#include "analysis/decode/decode.h"
#include "erprobe/plan.h"
#include "erprobe/watched.h"

#include <stdbool.h>
#include <stddef.h>

enum watch_role { WATCH_BGP = 1, WATCH_BFD, WATCH_ARP, WATCH_ND };
const char *watch_role_name(uint8_t role); /* "bgp", "bfd", "arp", "nd" */
const char *watch_side_name(uint8_t side); /* "near", "far" */

/* Which peering a frame belongs to, and what it is there. */
struct watch_mark {
	uint8_t circuit, link, fam;
	uint8_t role;          /* enum watch_role; 0 = of no peering */
	uint8_t side;          /* enum watch_side: who sent it */
};

/* False for frames of no peering, and always where the plan says not to watch. Of BGP and
 * BFD both ends must be the peering's own two addresses, so nothing that passes through
 * them is ever wanted; of ARP and ND the address that is claimed or asked for. */
bool watch_mark(const struct plan *p, const struct decoded *d, struct watch_mark *out);

struct watch;

/* The plan must outlive it. NULL when out of memory, or where the plan says not to watch. */
struct watch *watch_new(const struct plan *p);
void watch_free(struct watch *w);
/* Takes a frame. ours: it belongs to a probe of ours or its answer, so that only what ARP
 * and ND say in it counts. */
void watch_frame(struct watch *w, const struct frame *f, bool ours);
/* The same, and wipes what BGP says of routes out of the frame: it is to be kept. */
void watch_wipe(struct watch *w, struct frame *f);
/* What was seen; NULL for a place that does not exist. Valid until the next frame. */
const struct peering_seen *watch_seen(const struct watch *w, size_t circuit, size_t link, size_t fam);

#endif
