/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of which nothing can be told, through no fault of the path: they are neither
 * answered nor lost, and asked again. */
#include "analysis/trace/trace_flow.h"

/* In flight at some moment since then: still open, or asked so late that its answer may
 * have come behind the step. */
static bool was_in_flight(const struct trace_flow *f, const struct trace_shot *s, struct mono_ns now, int64_t since_ns)
{
	int64_t slowest = f->slowest_ns > 0 ? f->slowest_ns : NS_PER_SEC;

	if (s->state == SHOT_ASKED)
		return s->left;
	/* A step makes late what was not. */
	return (s->state == SHOT_ANSWERED || s->state == SHOT_LATE) && mono_since(now, s->asked_at) <= since_ns + slowest;
}

static void put_aside(struct trace_engine *e, uint16_t flow, struct trace_shot *s)
{
	struct trace_flow *f = &e->flows[flow];
	struct trace_ttl *t = &f->ttls[s->ttl];
	struct mda *m = trace_mda(e, flow);

	t->asked = (uint16_t)(t->asked - (s->size == 0));
	if (s->state == SHOT_ASKED) {
		trace_closes(f, s->ttl);
		if (m)
			mda_unsent(m, (uint16_t)(flow % e->group), s->ttl);
	} else if (s->state == SHOT_ANSWERED) {
		t->answered = (uint16_t)(t->answered - (s->size == 0));
	}
	s->state = SHOT_ASIDE;
	f->first_open = 0;
	e->aside++;
}

static void note_aside(struct trace_engine *e, uint16_t flow, uint16_t index)
{
	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_ASIDE, .flow = flow, .index = index});
	put_aside(e, flow, &e->flows[flow].shots[index]);
}

static bool is_at_work(const struct trace_flow *f)
{
	return f->stage == TRACE_ACTIVE && f->ttls;
}

uint32_t trace_engine_clock_step(struct trace_engine *e, struct mono_ns now, int64_t since_ns)
{
	uint32_t before = e->aside;

	for (size_t i = 0; i < e->plan->flow_count; i++) {
		struct trace_flow *f = &e->flows[i];
		for (uint16_t k = 0; is_at_work(f) && k < f->shot_count; k++)
			if (was_in_flight(f, &f->shots[k], now, since_ns))
				note_aside(e, (uint16_t)i, k);
	}
	return e->aside - before;
}

/* All that are open; or of them those that were not seen leaving. */
static uint32_t open_aside(struct trace_engine *e, bool left_too)
{
	uint32_t before = e->aside;

	for (size_t i = 0; i < e->plan->flow_count; i++) {
		struct trace_flow *f = &e->flows[i];
		for (uint16_t k = 0; is_at_work(f) && k < f->shot_count; k++)
			if (f->shots[k].state == SHOT_ASKED && (left_too || !f->shots[k].left))
				note_aside(e, (uint16_t)i, k);
	}
	return e->aside - before;
}

/* Also of those that were not seen leaving: that frame may be what was lost. */
uint32_t trace_engine_lost_frames(struct trace_engine *e)
{
	return open_aside(e, true);
}

uint32_t trace_engine_lost_sender(struct trace_engine *e)
{
	return open_aside(e, false);
}

void trace_aside_again(struct trace_engine *e, uint16_t flow, uint16_t index)
{
	struct trace_flow *f = &e->flows[flow];

	if (!is_at_work(f) || index >= f->shot_count)
		return;
	uint8_t state = f->shots[index].state;
	if (state == SHOT_ASKED || state == SHOT_ANSWERED || state == SHOT_LATE)
		put_aside(e, flow, &f->shots[index]);
}

void trace_engine_lag(struct trace_engine *e, int64_t ns)
{
	if (ns > e->lag_ns)
		e->lag_ns = ns;
}

uint32_t trace_engine_set_aside(const struct trace_engine *e)
{
	return e->aside;
}

bool trace_hold(struct trace_engine *e, uint16_t first, enum send_result why)
{
	const struct plan_flow *p = &e->plan->flows[first];
	bool any = (why == SEND_LINK_DOWN || why == SEND_NO_ADDRESS || why == SEND_ROUTE_GONE) && p->iface < CHANNEL_IFACES_MAX && e->left_by[p->iface];

	for (uint16_t i = 0; i < e->group; i++)
		for (uint16_t k = 0; k < e->flows[first + i].shot_count; k++)
			any = any || e->flows[first + i].shots[k].left;
	for (uint16_t i = 0; any && i < e->group; i++) {
		struct trace_flow *f = &e->flows[first + i];
		for (uint16_t k = 0; is_at_work(f) && k < f->shot_count; k++)
			if (f->shots[k].state == SHOT_ASKED && f->shots[k].left)
				put_aside(e, (uint16_t)(first + i), &f->shots[k]);
	}
	e->flows[first].held = any;
	return any;
}
