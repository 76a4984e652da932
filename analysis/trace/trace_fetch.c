/* SPDX-License-Identifier: BSD-2-Clause */
/* Of thousands of traces none stays in a cache: what is needed soon is fetched from memory while something else is done.
 * Nothing here changes anything. */
#include "analysis/match/identity.h"
#include "analysis/trace/trace_flow.h"

#define USUAL_TTLS 12u /* nearly all traces have no more */
#define A_LINE 4u      /* struct trace_ttl in a line of the cache */

static void fetch(const struct trace_flow *f)
{
	__builtin_prefetch(f);
	__builtin_prefetch(&f->is_back); /* the second line */
}

/* Once the trace is here. */
static void fetch_ttls(const struct trace_engine *e, const struct trace_flow *f)
{
	unsigned last = e->options.max_ttl < USUAL_TTLS ? e->options.max_ttl : USUAL_TTLS;

	for (unsigned ttl = 1; f->ttls && ttl <= last && ttl <= f->asked_ttl + A_LINE; ttl += A_LINE)
		__builtin_prefetch(&f->ttls[ttl], 1);
}

uint32_t trace_engine_expect(const struct trace_engine *e, const struct frame *f)
{
	uint32_t name = matcher_expect(e->matcher, f);

	if (name == 0 || identity_named_flow(name) >= e->plan->flow_count)
		return 0;
	fetch(&e->flows[identity_named_flow(name)]);
	return name;
}

void trace_engine_near(const struct trace_engine *e, uint32_t name)
{
	uint16_t index = (uint16_t)(name - 1);

	if (name == 0)
		return;
	matcher_near(e->matcher, name);
	const struct trace_flow *f = &e->flows[identity_named_flow(name)];
	if (index < f->shot_count)
		__builtin_prefetch(&f->shots[index], 1);
	fetch_ttls(e, f);
}

void trace_fetch_turns(const struct trace_engine *e)
{
	size_t next = e->active_next, after = next + 1 < e->active_count ? next + 1 : 0;
	const struct trace_flow *f = &e->flows[e->active[next]];

	fetch(&e->flows[e->active[after]]);
	__builtin_prefetch(&e->plan->flows[e->active[after]]);
	if (f->shot_count < f->shot_room)
		__builtin_prefetch(&f->shots[f->shot_count], 1);
	fetch_ttls(e, f);
}
