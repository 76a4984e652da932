/* SPDX-License-Identifier: BSD-2-Clause */
/* The sizes of a path, hop by hop: how large a datagram with DF set reaches each of the
 * routers that answer, and the destination.
 *
 *   a router's TTL error answers it      the way there carries it; the error itself is small
 *   the destination's echo answers it    the way back does too (RFC 792: it is as large),
 *                                        unless the echo comes back in fragments
 *   ICMP 3/4, ICMPv6 2                   somebody says that it is too large (RFC 1191, 8201)
 *   silence, small ones answered         a black hole before this place
 *
 * Full-size probes go to all of them at once; where one is refused, its limit is searched
 * for, at the furthest place first: what reaches that reaches the others. At the end
 * small and large ones go in pairs to the furthest place, to compare their losses; where
 * these differ, to all places. All is computed afresh from the trace's probes. */
#ifndef ERPROBE_TRACE_MTU_H
#define ERPROBE_TRACE_MTU_H

#include "analysis/trace/trace_engine.h"
#include "analysis/trace/trace_store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_MTU_LIMITS 6u
#define TRACE_SIZE_SMALL 84u    /* bytes that pass everywhere: a usual ping */

/* Larger ones pass `after`, and do not reach `before`. */
struct trace_mtu_limit {
	uint8_t after, before;       /* TTLs; after 0 = this host */
	uint16_t carried, refused;   /* bytes: largest seen to reach `before` (0 = none), smallest that did not */
	bool exact;                  /* nothing lies between the two */
	bool told;                   /* by an ICMP error; else it dies silently */
	struct ip_addr told_by;
	uint16_t told_mtu;           /* 0 = not told */
	bool or_back;                /* the destination's echo is what is missing: the way back may be it */
};

struct trace_size_loss { uint16_t sent, answered; };

/* Of one place. */
struct trace_mtu_place {
	uint16_t carried, refused;   /* bytes that reach it, and that do not; 0 = none known */
	struct trace_size_loss small, large; /* pairs: TRACE_SIZE_SMALL and trace_mtu.carried */
	double chance;               /* of large ones faring so much worse, were size no matter */
};

struct trace_mtu {
	uint16_t full;               /* bytes asked for; 0 = not searched */
	uint8_t furthest;            /* TTL of the furthest place; 0 = none answers */
	bool is_end;                 /* that is the destination */
	bool both_ways;              /* and what it carries came back whole */
	uint16_t carried, refused;   /* at the furthest place */
	uint16_t back_fragment;      /* bytes of the first fragment of an echo that came back in pieces; 0 = none did */
	bool settled;                /* nothing was left to ask */
	struct trace_mtu_limit limits[TRACE_MTU_LIMITS];
	uint8_t limit_count;
	bool loss_differs;           /* large ones are lost more: between these two TTLs */
	uint8_t loss_after, loss_before;
	uint32_t sent, answered;     /* probes of the search */
	struct trace_mtu_place places[TRACE_TTL_MAX + 1];
};

/* What this trace's probes tell. */
void trace_mtu_look(const struct trace_engine *e, uint16_t flow, struct trace_mtu *out);

#endif
