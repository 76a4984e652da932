/* SPDX-License-Identifier: BSD-2-Clause */
/* A delay of the way, or of the MSEE's control plane? Flows that ask the same of the same target are
 * compared one by one: they differ in nothing but the ways that they take, there by one link and back
 * by one. What is late on the way there delays every flow over the link and none of the other's; what
 * is late on the way back delays those that return over it, whichever link they took there. Of their
 * group as a whole neither is seen where few of them are late. */
#include "analysis/observables/late_flows.h"

#include "analysis/path/stats.h"

#include <stdlib.h>

#define LEAST_NS (2 * NS_PER_MS)
/* In hundredths of the delay: it may lie in both directions, of which a flow takes one over the link. */
#define LATE_PERCENT 35
#define STEADY_PERCENT 20
#define SCATTER_PERCENT 60 /* as much as this of it, and single flows tell nothing */
#define LATE_MIN 2
#define FEW_SHARE 8    /* one late flow in so many is chance */
#define OWN_MIN 3      /* flows over the link that clear its way there */
#define ALL_MIN 6      /* and flows in all: were it the way back, one in two or so would be late */

struct measured { const struct plan_flow *flow; int64_t low_ns; bool own; };
struct tally { unsigned own_late, own_steady, other_late, other_steady, between; };
struct limits { int64_t late, steady; };
/* All that was measured, what asks one thing together and the fastest first; owned. scatter_ns: of the middle flow. */
struct asked { struct measured *list; size_t n; int64_t scatter_ns; };

static int by_question(const void *a, const void *b)
{
	const struct measured *x = a, *y = b;
	const int64_t p[] = {x->flow->target, x->flow->kind, x->flow->dst_port, x->low_ns};
	const int64_t q[] = {y->flow->target, y->flow->kind, y->flow->dst_port, y->low_ns};
	for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
		if (p[i] != q[i])
			return p[i] < q[i] ? -1 : 1;
	return 0;
}

static bool asks_alike(const struct plan_flow *a, const struct plan_flow *b)
{
	return a->target == b->target && a->kind == b->kind && a->dst_port == b->dst_port;
}

/* Behind the last that asks what the one at `from` does. */
static size_t end_of_question(const struct measured *list, size_t n, size_t from)
{
	size_t end = from + 1;
	while (end < n && asks_alike(list[from].flow, list[end].flow))
		end++;
	return end;
}

/* Target flows whose link is known, and how wide the middle one of them scatters. */
static size_t find_measured(const struct observables *o, int link, int fam, struct measured *list, int64_t *spreads, int64_t *scatter)
{
	const struct plan *p = o->path->plan;
	size_t n = 0, spread_count = 0;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		if (o->flow_low_ns[i] == 0 || f->circuit != o->path->circuit_index || f->role != FLOW_TARGET ||
		    ip_family_index(f->dst.family) != fam || o->path->flow_link[i] >= LINKS)
			continue;
		if (o->flow_spread_ns && o->flow_spread_ns[i] > 0)
			spreads[spread_count++] = o->flow_spread_ns[i];
		list[n++] = (struct measured){f, o->flow_low_ns[i], o->path->flow_link[i] == link};
	}
	qsort(spreads, spread_count, sizeof *spreads, stats_compare_i64);
	*scatter = spread_count > 0 ? stats_quantile(spreads, spread_count, 0.5) : 0;
	return n;
}

/* Those that ask one thing, the fastest first; target_ns: the fastest of all that ask the same target. What is late on
 * the way there is so of all flows over the link: without another link's beside them they look steady. So do those of a
 * question of which every flow is as late beside what else the target answers: all of them may return by the late way,
 * or the service is slow. */
static void count(const struct measured *list, size_t n, int64_t target_ns, const struct limits *limits, struct tally *t)
{
	bool beside = false, whole = list[0].low_ns - target_ns > limits->late;
	for (size_t i = 0; i < n && !whole; i++)
		beside = beside || !list[i].own;
	for (size_t i = 0; i < n; i++) {
		int64_t later = list[i].low_ns - list[0].low_ns;
		bool own = list[i].own, late = later > limits->late, steady = later < limits->steady;
		t->own_late += own && late;
		t->other_late += !own && late;
		t->own_steady += own && steady && beside;
		t->other_steady += !own && steady && !whole;
		t->between += !late && !steady;
	}
}

static enum late outcome(const struct tally *t)
{
	/* Late over the other link alone, and those over this one are not: that is the other's own. */
	bool others = t->own_late * FEW_SHARE <= t->own_steady && t->own_steady >= OWN_MIN;
	unsigned late = others ? t->own_late : t->own_late + t->other_late;
	unsigned steady = others && t->other_late > 0 ? t->own_steady : t->own_steady + t->other_steady;
	if (late >= LATE_MIN && late * FEW_SHARE > steady)
		return LATE_SOME;
	if (late * FEW_SHARE <= steady && t->own_steady >= OWN_MIN && steady >= ALL_MIN && steady >= t->between)
		return LATE_NONE;
	return LATE_UNKNOWN;
}

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t fastest_of_target(const struct measured *list, size_t n, uint16_t target)
{
	int64_t fastest = INT64_MAX;
	for (size_t i = 0; i < n; i++)
		if (list[i].flow->target == target && list[i].low_ns < fastest)
			fastest = list[i].low_ns;
	return fastest;
}

static enum late look(const struct measured *list, size_t n, int64_t more_ns, int64_t scatter_ns)
{
	struct tally t = {0};
	struct limits limits = {greater(more_ns * LATE_PERCENT / 100, scatter_ns), greater(more_ns * STEADY_PERCENT / 100, scatter_ns / 2)};
	if (scatter_ns * 100 > more_ns * SCATTER_PERCENT)
		return LATE_UNKNOWN;
	for (size_t i = 0, end; i < n; i = end) {
		end = end_of_question(list, n, i);
		count(&list[i], end - i, fastest_of_target(list, n, list[i].flow->target), &limits, &t);
	}
	return outcome(&t);
}

/* Empty without memory, or where no flow has an end that was measured. */
static struct asked ask_all(const struct observables *o, int link, int fam)
{
	size_t room = o->path->plan->flow_count + 1;
	struct asked a = {.list = o->flow_low_ns ? calloc(room, sizeof *a.list) : NULL};
	int64_t *spreads = calloc(room, sizeof *spreads);
	if (a.list && spreads) {
		a.n = find_measured(o, link, fam, a.list, spreads, &a.scatter_ns);
		qsort(a.list, a.n, sizeof *a.list, by_question);
	}
	free(spreads);
	return a;
}

enum late late_flows(const struct observables *o, int link, int fam, int64_t more_ns)
{
	if (more_ns < LEAST_NS)
		return LATE_UNKNOWN;
	struct asked a = ask_all(o, link, fam);
	enum late late = look(a.list, a.n, more_ns, a.scatter_ns);
	free(a.list);
	return late;
}

/* Of one question: enough flows by each link, so that some of either return by the quicker way. */
struct question { unsigned own, other; int64_t own_low, other_low; };

static struct question fastest_of(const struct measured *list, size_t n)
{
	struct question q = {.own_low = INT64_MAX, .other_low = INT64_MAX};
	for (size_t i = 0; i < n; i++) {
		int64_t *low = list[i].own ? &q.own_low : &q.other_low;
		*(list[i].own ? &q.own : &q.other) += 1;
		*low = list[i].low_ns < *low ? list[i].low_ns : *low;
	}
	return q;
}

/* The least of what the questions tell: a service may be slower at one of the links' flows by chance. */
static int64_t look_there(const struct measured *list, size_t n, int64_t scatter_ns)
{
	int64_t least = INT64_MAX;
	unsigned own = 0, other = 0;
	for (size_t i = 0, end; i < n; i = end) {
		end = end_of_question(list, n, i);
		struct question q = fastest_of(&list[i], end - i);
		if (q.own < OWN_MIN || q.other < OWN_MIN)
			continue;
		own += q.own;
		other += q.other;
		least = q.own_low - q.other_low < least ? q.own_low - q.other_low : least;
	}
	bool told = own >= ALL_MIN && other >= ALL_MIN && least > LEAST_NS && scatter_ns * 100 <= least * SCATTER_PERCENT;
	return told ? least : 0;
}

int64_t late_there_ns(const struct observables *o, int link, int fam)
{
	struct asked a = ask_all(o, link, fam);
	int64_t late = look_there(a.list, a.n, a.scatter_ns);
	free(a.list);
	return late;
}
