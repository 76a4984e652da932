/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/interruption.h"

#include <math.h>
#include <stdlib.h>

#define LOST_LEAST 4
#define LASTS_MOST_NS (3 * NS_PER_SEC)
#define BY_CHANCE 0.001
/* Beside a dead link routing has moved: then a few losses close together are its doing, unless chance is likely. */
#define LOST_LEAST_CONVERGING 2
#define BY_CHANCE_CONVERGING 0.05
#define DEAD_LEAST 5

struct flow_times {
	struct wall_ns last_answer, first_lost, last_lost;
	uint32_t lost;
	bool lived_between; /* it was answered between two of its losses */
};

static bool is_circuits(const struct path_view *v, const struct probe_record *r)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];

	return f->circuit == v->circuit_index && (f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_TARGET);
}

/* Its question was for the end of its path, not for a hop, and it has come to an end. */
static bool is_final(const struct path_view *v, const struct probe_record *r, bool *answered)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	uint8_t end = path_flow_distance(v, f);
	enum record_state state = observations_state(v->seen, r);

	if (!is_circuits(v, r) || observations_is_large(r) || !(r->ttl > PATH_TTL_MAX || (end > 0 && r->ttl >= end)))
		return false;
	*answered = state == RECORD_ANSWERED || (state == RECORD_UNREACHABLE && path_is_end_answer(f, r));
	return state == RECORD_ANSWERED || state == RECORD_UNREACHABLE || state == RECORD_LOST;
}

static void gather(const struct path_view *v, struct flow_times *flows)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		struct flow_times *t = &flows[r->flow];
		bool answered;

		if (!is_final(v, r, &answered))
			continue;
		if (answered) {
			t->last_answer = r->sent_at;
			continue;
		}
		if (t->lost++ == 0)
			t->first_lost = r->sent_at;
		t->lived_between = t->lived_between || t->last_answer.ns > t->first_lost.ns;
		t->last_lost = r->sent_at;
	}
}

/* Flows that are still dead, or never lived, are another matter. */
static bool is_alive(const struct flow_times *t)
{
	return t->last_answer.ns > 0 && (t->lost == 0 || t->last_answer.ns > t->last_lost.ns);
}

#define FEW_LIVE_BETWEEN 8 /* of the flows that lost, one in so many at most: beside it some loss of another kind */

static void find_span(const struct flow_times *flows, const bool *lives, size_t count, struct interruption *out)
{
	size_t gone = 0, back = 0;

	for (size_t i = 0; i < count; i++) {
		const struct flow_times *t = &flows[i];

		if (t->lost == 0 || !lives[i])
			continue;
		if (out->lost == 0 || t->first_lost.ns < out->from.ns)
			out->from = t->first_lost;
		if (out->lost == 0 || t->last_lost.ns > out->to.ns)
			out->to = t->last_lost;
		out->lost += t->lost;
		gone += !t->lived_between;
		back += t->lived_between;
	}
	/* While the way is gone nothing that takes it is answered: what comes and goes within loses a share. */
	if (back * FEW_LIVE_BETWEEN > gone)
		out->lost = 0;
}

bool interruption_covers(const struct interruption *i, const struct probe_record *r)
{
	return i->lost > 0 && r->sent_at.ns >= i->from.ns && r->sent_at.ns <= i->to.ns;
}

/* n losses that fall anywhere among all probes lie within a given share s of them, wherever
 * that begins, with a probability of at most n * s^(n-1). */
static bool is_chance(const struct path_view *v, const bool *lives, const struct interruption *found, double by_chance)
{
	size_t all = 0, within = 0;

	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		bool answered;

		if (!is_final(v, r, &answered) || !lives[r->flow])
			continue;
		all++;
		within += interruption_covers(found, r);
	}
	return log(found->lost) + (found->lost - 1) * log((double)within / (double)all) > log(by_chance);
}

/* One link's MSEE answered nothing at all, the other's did. */
static bool has_dead_link(const struct path_view *v)
{
	size_t lost[LINKS] = {0}, answers[LINKS] = {0};

	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		bool answered;

		if (f->role != FLOW_MSEE || f->link >= LINKS || !is_final(v, r, &answered))
			continue;
		answers[f->link] += answered;
		lost[f->link] += !answered;
	}
	for (int l = 0; l < LINKS; l++)
		if (lost[l] >= DEAD_LEAST && answers[l] == 0 && answers[1 - l] > 0)
			return true;
	return false;
}

bool interruption_find(const struct path_view *v, bool *lives, struct interruption *out)
{
	struct flow_times *flows = calloc(v->plan->flow_count + 1, sizeof(*flows));

	*out = (struct interruption){.lost = 0};
	if (!flows)
		return false;
	gather(v, flows);
	for (size_t i = 0; i < v->plan->flow_count; i++)
		lives[i] = is_alive(&flows[i]);
	find_span(flows, lives, v->plan->flow_count, out);
	free(flows);
	bool moving = has_dead_link(v);
	if (out->lost < (moving ? LOST_LEAST_CONVERGING : LOST_LEAST) || wall_since(out->to, out->from) > LASTS_MOST_NS ||
	    is_chance(v, lives, out, moving ? BY_CHANCE_CONVERGING : BY_CHANCE))
		*out = (struct interruption){.lost = 0};
	return true;
}
