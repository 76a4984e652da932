/* SPDX-License-Identifier: BSD-2-Clause */
/* A trace's way back to the hops that others have met (trace_known.h). */
#include "analysis/trace/trace_flow.h"

/* What answered at this TTL; TRACE_KNOWN_SILENT when nothing did. */
static uint32_t address_at(const struct trace_flow *f, uint8_t ttl)
{
	for (uint16_t i = 0; i < f->shot_count; i++)
		if (f->shots[i].ttl == ttl && f->shots[i].state == SHOT_ANSWERED)
			return f->shots[i].from;
	return TRACE_KNOWN_SILENT;
}

void trace_share_begin(struct trace_engine *e, struct trace_flow *f)
{
	f->met = TRACE_KNOWN_NONE;
	f->back_ttl = f->start_ttl = 1;
	if (!e->options.stop_at_known)
		return;
	if (e->known.start == 0)
		e->known.start = TRACE_KNOWN_START < e->options.max_ttl ? TRACE_KNOWN_START : e->options.max_ttl;
	f->back_ttl = f->start_ttl = e->known.start;
}

/* The hop lies one TTL before the last that was walked over. */
static void join(struct trace_engine *e, struct trace_flow *f, uint32_t hop)
{
	if (f->walked_to < e->known.count && f->has_walked && e->known.hops[f->walked_to].before == TRACE_KNOWN_NONE &&
	    e->known.hops[f->walked_to].ttl == e->known.hops[hop].ttl + 1)
		e->known.hops[f->walked_to].before = hop;
	f->walked_to = hop;
	f->has_walked = true;
}

/* One step nearer to us. False when this hop is the last. */
static bool step_back(struct trace_engine *e, uint16_t flow)
{
	struct trace_flow *f = &e->flows[flow];
	uint32_t address = address_at(f, f->back_ttl);
	uint32_t hop = trace_known_find(&e->known, f->back_ttl, address);

	if (hop != TRACE_KNOWN_NONE) {
		join(e, f, hop);
		f->met = hop;
		return false;
	}
	hop = trace_known_add(&e->known, f->back_ttl, address, flow);
	if (hop == TRACE_KNOWN_NONE)
		e->out_of_memory = true;
	else
		join(e, f, hop);
	return f->back_ttl > 1;
}

void trace_share_walk(struct trace_engine *e, uint16_t flow)
{
	struct trace_flow *f = &e->flows[flow];

	if (!e->options.stop_at_known)
		return;
	while (!f->is_back && f->ttls) {
		const struct trace_ttl *t = &f->ttls[f->back_ttl];
		bool beyond = f->end_ttl > 0 && f->back_ttl >= f->end_ttl;
		if (!beyond && t->answered == 0 && (t->open > 0 || t->asked < TRACE_TRIES))
			return;
		if (beyond && f->end_ttl > 1)
			f->back_ttl = (uint8_t)(f->end_ttl - 1);
		else if (beyond || !step_back(e, flow))
			f->is_back = true;
		else
			f->back_ttl--;
	}
	if (f->is_back && !f->has_taught) {
		f->has_taught = true;
		if (f->end_ttl > 0 && f->start_ttl >= f->end_ttl)
			trace_known_learn(&e->known, f->start_ttl, (uint8_t)(f->end_ttl > 2 ? f->end_ttl - 2 : 1), e->options.max_ttl);
		else if (f->met != TRACE_KNOWN_NONE)
			trace_known_learn(&e->known, f->start_ttl, f->back_ttl, e->options.max_ttl);
	}
}

void trace_share_look(struct trace_engine *e, uint16_t flow)
{
	const struct trace_flow before = e->flows[flow], *f = &e->flows[flow];

	trace_share_walk(e, flow);
	if (f->back_ttl != before.back_ttl || f->is_back != before.is_back || f->has_taught != before.has_taught ||
	    f->walked_to != before.walked_to || f->met != before.met)
		trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_WALK, .flow = flow});
}

/* Whoever met the hop first may still be on the way to what lies before it. */
bool trace_share_over(const struct trace_engine *e, const struct trace_flow *f)
{
	if (!e->options.stop_at_known)
		return true;
	if (!f->is_back)
		return false;
	if (f->met == TRACE_KNOWN_NONE)
		return true;
	const struct trace_known_hop *nearest = &e->known.hops[trace_known_nearest(&e->known, f->met)];
	return nearest->ttl == 1 || e->flows[nearest->owner].stage == TRACE_ENDED;
}

/* The hops behind the beginning, for traces that begin further on. */
void trace_share_end(struct trace_engine *e, uint16_t flow)
{
	struct trace_flow *f = &e->flows[flow];

	if (!e->options.stop_at_known || !f->is_back || !f->has_walked)
		return;
	uint32_t before = trace_known_find(&e->known, f->start_ttl, address_at(f, f->start_ttl));
	uint8_t last = f->end_ttl > 0 ? (uint8_t)(f->end_ttl - 1) : f->best_ttl;
	for (uint8_t ttl = (uint8_t)(f->start_ttl + 1); ttl <= last && before != TRACE_KNOWN_NONE; ttl++) {
		uint32_t address = address_at(f, ttl), hop = trace_known_find(&e->known, ttl, address);
		if (hop == TRACE_KNOWN_NONE) {
			hop = trace_known_add(&e->known, ttl, address, flow);
			if (hop != TRACE_KNOWN_NONE)
				e->known.hops[hop].before = before;
		}
		before = hop;
	}
}

/* The hop known of this TTL before the one that the trace met; NULL = none. */
const struct trace_known_hop *trace_share_hop(const struct trace_engine *e, const struct trace_flow *f, uint8_t ttl)
{
	uint32_t hop = f->met;

	if (!e->options.stop_at_known)
		return NULL;
	while (hop < e->known.count && e->known.hops[hop].ttl > ttl)
		hop = e->known.hops[hop].before;
	return hop < e->known.count && e->known.hops[hop].ttl == ttl ? &e->known.hops[hop] : NULL;
}
