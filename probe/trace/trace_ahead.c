/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_ahead.h"

#include "analysis/match/identity.h"

#define PLACES (TRACE_AHEAD + 1)

static void take_one(struct trace_ahead *a)
{
	struct trace_taken *to = &a->list[a->taken % PLACES];
	bool first = a->taken == 0;

	to->name = 0;
	to->kind = HELPER_TAKE_NONE;
	if (a->taken < a->most && (first || helper_goes_on(a->list[(a->taken - 1) % PLACES].kind)))
		to->kind = helper_take(a->from, &to->record, a->why, sizeof a->why);
	if (to->kind == HELPER_TAKE_FRAME)
		to->name = trace_engine_expect(a->engine, &to->record.frame.frame);
	if (to->name != 0)
		trace_ways_near(a->ways, identity_named_flow(to->name));
	a->taken++;
}

void trace_ahead_begin(struct trace_ahead *a, struct helper *from, const struct trace_engine *e, const struct trace_ways *w, unsigned most)
{
	a->from = from;
	a->engine = e;
	a->ways = w;
	a->most = most;
	a->taken = a->told = 0;
	a->why[0] = '\0';
	while (a->taken < TRACE_AHEAD)
		take_one(a);
}

const struct trace_taken *trace_ahead_next(struct trace_ahead *a)
{
	const struct trace_taken *now = &a->list[a->told % PLACES];

	take_one(a);
	trace_engine_near(a->engine, a->list[(a->told + 1) % PLACES].name);
	a->told++;
	return now;
}
