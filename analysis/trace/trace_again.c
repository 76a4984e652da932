/* SPDX-License-Identifier: BSD-2-Clause */
/* The same run once more, from the decisions that were noted of it: each is carried out again, and none is taken. */
#include "analysis/trace/trace_flow.h"

void trace_engine_listen(struct trace_engine *e, trace_decision_sink *note, void *arg)
{
	e->note = note;
	e->note_arg = arg;
}

static void begin_again(struct trace_engine *e, uint16_t flow)
{
	if (e->flows[flow].stage == TRACE_WAITING && trace_first(e, flow) == flow && e->active_count < TRACE_ACTIVE_MAX)
		trace_begin(e, flow);
}

static void end_again(struct trace_engine *e, uint16_t flow, bool cut_short)
{
	size_t kept = 0;

	if (trace_first(e, flow) != flow || e->flows[flow].stage == TRACE_ENDED || (!cut_short && e->flows[flow].stage != TRACE_ACTIVE))
		return;
	trace_conclude(e, flow, cut_short);
	for (size_t i = 0; i < e->active_count; i++)
		if (e->active[i] != flow)
			e->active[kept++] = e->active[i];
	e->active_count = kept;
}

static void ask_again(struct trace_engine *e, const struct trace_decision *n)
{
	struct trace_wish w;

	if (e->flows[n->flow].stage == TRACE_ACTIVE && n->ttl > 0 && n->ttl <= e->options.max_ttl)
		(void)trace_hand_out(e, n->flow, n->ttl, n->size, (struct mono_ns){0}, &w);
}

void trace_engine_again(struct trace_engine *e, const struct trace_decision *n)
{
	if (n->flow >= e->trace_count * e->group)
		return;
	struct trace_flow *f = &e->flows[n->flow];
	switch (n->kind) {
	case TRACE_DECIDED_BEGIN:
		begin_again(e, n->flow);
		break;
	case TRACE_DECIDED_ASK:
		ask_again(e, n);
		break;
	case TRACE_DECIDED_NOT_SENT:
		if (n->why != SEND_OK && n->why < SEND_RESULTS)
			trace_unsent(e, n->flow, n->index, (enum send_result)n->why);
		break;
	case TRACE_DECIDED_SILENT:
		if (f->stage == TRACE_ACTIVE && f->ttls && n->index < f->shot_count && f->shots[n->index].state == SHOT_ASKED)
			trace_silent(e, n->flow, n->index, (struct mono_ns){0});
		break;
	case TRACE_DECIDED_ASIDE:
		trace_aside_again(e, n->flow, n->index);
		break;
	case TRACE_DECIDED_WALK:
		trace_share_walk(e, n->flow);
		break;
	case TRACE_DECIDED_SEARCH:
	case TRACE_DECIDED_STEP:
		trace_paths_again(e, n);
		break;
	case TRACE_DECIDED_SIZED:
		f->sizes_over = true;
		break;
	case TRACE_DECIDED_END:
	case TRACE_DECIDED_CUT:
		end_again(e, n->flow, n->kind == TRACE_DECIDED_CUT);
		break;
	default:
		break;
	}
}
