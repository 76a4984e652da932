/* SPDX-License-Identifier: BSD-2-Clause */
/* The sizes of a path as its probes tell them, before conclusions. Private to trace_mtu*.c. */
#ifndef ERPROBE_TRACE_MTU_WORK_H
#define ERPROBE_TRACE_MTU_WORK_H

#include "analysis/trace/trace_flow.h"
#include "analysis/trace/trace_mtu.h"

#define MTU_SIZES 48u   /* different ones tried at one place */
#define MTU_TOLD 16u

/* One size at one place. */
struct mtu_tried {
	uint16_t size, answered, lost, waiting;
	uint16_t unsent;         /* did not leave this host */
	bool told;               /* somebody said that it is too large, or our own host did */
};

/* A router that answers, or the destination. */
struct mtu_place {
	bool there, seen;
	uint32_t small_sent, small_answered, small_waiting; /* all small ones, the trace's own too (not of TCP) */
	struct mtu_tried small;  /* those of the search alone */
	struct mtu_tried tried[MTU_SIZES];
	uint16_t tried_count;
	uint16_t carried, refused, told_mtu;
};

struct mtu_told { uint8_t ttl; uint16_t size, mtu; uint32_t from; };

struct mtu_work {
	const struct trace_engine *engine;
	const struct trace_flow *flow;
	const struct plan_flow *plan;
	uint16_t full;
	uint8_t furthest;
	bool is_end, echo;
	bool half_opens;         /* the destination answered SYNs by SYN-ACKs */
	uint16_t back_fragment;
	uint16_t own_refused;    /* smallest that our own host would not send; 0 = none */
	uint32_t sent, answered;
	struct mtu_place places[TRACE_TTL_MAX + 1];
	struct mtu_told told[MTU_TOLD];
	uint8_t told_count;
};

void mtu_gather(const struct trace_engine *e, uint16_t flow, struct mtu_work *w);
/* The record of this size at this place; NULL where it was not tried. */
const struct mtu_tried *mtu_tried_at(const struct mtu_place *p, uint16_t size);
/* Is this size refused there, as far as its own probes tell? */
bool mtu_is_refused(const struct mtu_place *p, const struct mtu_tried *t);
/* Nothing is left to find out there. */
bool mtu_is_settled(const struct mtu_work *w, const struct mtu_place *p);

#endif
