/* SPDX-License-Identifier: BSD-2-Clause */
/* What the packet helpers of a trace have told of what left by a link. A helper answers its questions in their order, so that the
 * last word of a run is the answer to the last of them. */
#ifndef ERPROBE_TRACE_TOTALS_H
#define ERPROBE_TRACE_TOTALS_H

#include "erprobe/channel.h"

#include <stdbool.h>
#include <stdint.h>

struct trace_totals {
	uint32_t by_link, link_changes; /* as last told */
	uint32_t open;                  /* questions that are not answered yet */
};

/* A question left for the helper, or did not. Returns which. */
static inline bool trace_totals_asked(struct trace_totals *t, bool left)
{
	t->open += left;
	return left;
}

/* An answer. True when a next hop is another one since the last, or gone. */
static inline bool trace_totals_take(struct trace_totals *t, const struct channel_counters *c)
{
	bool changed = c->link_changes > t->link_changes;

	t->by_link = c->by_link;
	t->link_changes = c->link_changes;
	t->open -= t->open > 0;
	return changed;
}

/* All that was asked is answered. */
static inline bool trace_totals_told(const struct trace_totals *t) { return t->open == 0; }

#endif
