/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of a packet helper, taken two ahead of the one that is looked at: what a frame leads to is on its way
 * from memory by then (trace_engine_expect(), trace_engine_near()). */
#ifndef ERPROBE_TRACE_AHEAD_H
#define ERPROBE_TRACE_AHEAD_H

#include "analysis/trace/trace_engine.h"
#include "probe/channel/helper.h"
#include "probe/trace/trace_ways.h"

#define TRACE_AHEAD 2u

struct trace_taken { enum helper_take kind; uint32_t name; /* of the probe that it seems to be of */ union helper_record record; };

struct trace_ahead {
	struct helper *from;
	const struct trace_engine *engine;
	const struct trace_ways *ways;
	unsigned most, taken, told;
	struct trace_taken list[TRACE_AHEAD + 1];
	char why[HELPER_ERROR_MAX]; /* of HELPER_TAKE_ERROR */
};

/* Takes the first ones; `most` in all. */
void trace_ahead_begin(struct trace_ahead *a, struct helper *from, const struct trace_engine *e, const struct trace_ways *w,
                       unsigned most);
/* The next record, until the next call; HELPER_TAKE_NONE when there are no more now. Behind the helper's end there is none. */
const struct trace_taken *trace_ahead_next(struct trace_ahead *a);

#endif
