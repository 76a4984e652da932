/* SPDX-License-Identifier: BSD-2-Clause */
/* Hops that many traces share, asked once (after Doubletree: Donnet et al., SIGMETRICS
 * 2005). A trace begins in the middle, goes on to its end as ever, and goes back towards
 * us only to a hop that another trace has met at the same TTL: what lies before that one
 * is taken from there.
 *
 *      1     2     3     4  ← start → 5     6
 *      known known  K ←  A            B     end      K was met before: 1 and 2 are its
 *
 * This takes for granted that who stands at K's TTL is always reached by one way. Where
 * load balancers make that untrue, the hops before K are those of another flow.
 * Private to trace_*.c. */
#ifndef ERPROBE_TRACE_KNOWN_H
#define ERPROBE_TRACE_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

#define TRACE_KNOWN_NONE UINT32_MAX
#define TRACE_KNOWN_SILENT UINT32_MAX /* for an address */
#define TRACE_KNOWN_START 6u          /* TTL that the first traces begin at */

struct trace_known_hop {
	uint32_t address;      /* number, or TRACE_KNOWN_SILENT */
	uint32_t before;       /* the hop one TTL nearer, or TRACE_KNOWN_NONE as long as it is not known */
	uint16_t owner;        /* flow that met it first */
	uint8_t ttl;
};

struct trace_known {
	struct trace_known_hop *hops; /* owned */
	uint32_t count, room;
	uint32_t *slots;              /* number + 1 by TTL and address; owned */
	uint32_t slot_count;          /* a power of two */
	uint8_t start;                /* where the next trace begins: it follows the edge of what is shared */
};

void trace_known_free(struct trace_known *k);
/* The hop of this TTL and address, or TRACE_KNOWN_NONE. */
uint32_t trace_known_find(const struct trace_known *k, uint8_t ttl, uint32_t address);
/* A new one; TRACE_KNOWN_NONE without memory. Silent ones are never found. */
uint32_t trace_known_add(struct trace_known *k, uint8_t ttl, uint32_t address, uint16_t owner);
/* The hop at the near end of what is known before this one. */
uint32_t trace_known_nearest(const struct trace_known *k, uint32_t hop);
/* A trace met the shared part at TTL met, having begun at TTL began. */
void trace_known_learn(struct trace_known *k, uint8_t began, uint8_t met, uint8_t most);

#endif
