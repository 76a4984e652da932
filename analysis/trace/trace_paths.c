/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for all paths (mda.h) as a part of a trace. */
#include "analysis/trace/trace_flow.h"

#include <stdlib.h>

bool trace_paths_init(struct trace_engine *e)
{
	if (e->group > 1)
		e->mdas = calloc(e->trace_count + 1, sizeof(struct mda *));
	return e->group == 1 || e->mdas;
}

void trace_paths_free(struct trace_engine *e)
{
	for (size_t i = 0; e->mdas && i < e->trace_count; i++)
		mda_free(e->mdas[i]);
	free(e->mdas);
}

void trace_paths_begin(struct trace_engine *e, uint16_t first)
{
	const struct mda_options o = {e->group, e->options.max_ttl, e->options.alpha, e->options.rounds};

	if (!e->mdas)
		return;
	e->mdas[first / e->group] = mda_new(&o);
	e->out_of_memory |= !e->mdas[first / e->group];
}

/* The search begins where the trace has ended. */
static bool has_begun(struct trace_engine *e, uint16_t first)
{
	const struct trace_flow *f = &e->flows[first];
	struct mda *m = trace_mda(e, first);

	if (mda_begun(m))
		return true;
	if (!trace_flow_finished(e, f) || (f->end_ttl == 0 && !f->wide))
		return false;
	uint8_t limit = f->end_ttl > 0 ? f->end_ttl : f->best_ttl;
	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_SEARCH, .flow = first, .ttl = limit});
	mda_begin(m, limit);
	return true;
}

/* Steps of the search that change what it remembers are noted. */
static enum mda_wish next_step(struct trace_engine *e, uint16_t first, const bool ready[MDA_TTL_MAX + 1], struct mda_ask *ask)
{
	struct mda *m = trace_mda(e, first);
	uint32_t before = mda_steps(m);
	enum mda_wish wish = mda_next(m, ready, ask);
	uint64_t mask = 0;

	for (unsigned ttl = 1; ttl <= MDA_TTL_MAX; ttl++)
		mask |= (uint64_t)ready[ttl] << (ttl - 1);
	if (mda_steps(m) != before)
		trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_STEP, .flow = first, .ready = mask});
	return wish;
}

void trace_paths_again(struct trace_engine *e, const struct trace_decision *n)
{
	struct mda *m = trace_mda(e, n->flow);
	bool ready[MDA_TTL_MAX + 1] = {false};
	struct mda_ask ask;

	if (!m || trace_first(e, n->flow) != n->flow)
		return;
	for (unsigned ttl = 1; ttl <= e->options.max_ttl; ttl++)
		ready[ttl] = n->ready >> (ttl - 1) & 1;
	if (n->kind == TRACE_DECIDED_STEP)
		(void)mda_next(m, ready, &ask);
	else if (!mda_begun(m) && n->ttl <= e->options.max_ttl)
		mda_begin(m, n->ttl);
}

uint8_t trace_paths_wants(struct trace_engine *e, uint16_t first, struct mono_ns now, uint16_t *flow)
{
	const struct trace_flow *f = &e->flows[first];
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[first].dst.family);
	bool ready[MDA_TTL_MAX + 1] = {false};
	struct mda_ask ask;

	if (!trace_mda(e, first) || !has_begun(e, first))
		return 0;
	for (uint8_t ttl = 1; ttl <= e->options.max_ttl; ttl++)
		ready[ttl] = trace_hop_ready(e, f, fam, ttl, now);
	if (next_step(e, first, ready, &ask) != MDA_ASK)
		return 0;
	*flow = (uint16_t)(first + ask.flow);
	return ask.ttl;
}

bool trace_paths_over(struct trace_engine *e, uint16_t first)
{
	bool ready[MDA_TTL_MAX + 1] = {false};
	struct mda_ask ask;

	if (!trace_mda(e, first))
		return true;
	/* Nothing is asked here; what wants nothing goes on to its end. */
	return has_begun(e, first) && (mda_done(trace_mda(e, first)) ||
	                               (next_step(e, first, ready, &ask) == MDA_NOTHING && mda_done(trace_mda(e, first))));
}

void trace_paths_answer(struct trace_engine *e, uint16_t flow, const struct trace_shot *s, bool final)
{
	struct mda *m = trace_mda(e, flow);

	if (m && s->from < e->store.address_count)
		mda_seen(m, (uint16_t)(flow % e->group), s->ttl, s->from, final);
}
