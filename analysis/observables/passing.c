/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues on a link, or a control plane that is busy? Both make the MSEE's own answers scatter; only a queue makes what
 * passes the MSEE scatter as well: what it holds up on the way there is every flow over the link, and on the way back
 * those that return over it, whichever link they took there. How likely all flows' scatter is under either is compared
 * (a Bayes factor), with what nobody knows averaged out: how much each target's answers scatter anyway, which flows
 * return over the link, and which of its directions queues. */
#include "analysis/observables/jitter.h"

#include <math.h>
#include <stdlib.h>

/* What flows scatter anyway: mostly well below a millisecond, and seldom by chance as far as some MSEE's answers do. */
#define GRID 28
#define GRID_FIRST_NS (20 * (double)NS_PER_US)
#define COMMON_NS ((double)NS_PER_MS)
/* One flow in so many scatters as it likes. */
#define ODD_ONE 0.03
/* An exponential scatter spans so many of its means from 10 % to 80 %: ln(0.9 / 0.2). */
#define MEANS_OF_WIDTH 1.504
/* Where both directions queue alike, one of them is of this share of what both are. */
#define ONE_OF_BOTH 0.61
#define OTHERS_QUEUE 0.1       /* that the other link's queues are what scatters */

struct one { const struct plan_flow *flow; struct flow_scatter scatter; bool own; double odd; };

/* By how much the queue adds to what flows over the link scatter, and to the other link's, where they return over it or not;
 * and what share of either do. */
struct queue { double own, own_back, other, other_back, share_own, share_other; };

/* Returning by a flow's own choice; each by the link it came; all or none over this one. */
static const struct { double own, other, prior; } returns[] = {{.5, .5, .79}, {1, 0, .07}, {1, 1, .07}, {0, 0, .07}};
#define RETURNS (sizeof returns / sizeof returns[0])

static double grid_ns(int i)
{
	return GRID_FIRST_NS * pow(2, i / 2.0);
}

/* Independent scatters add up so. */
static double both(double a, double b)
{
	return sqrt(a * a + b * b);
}

#define LOG_LEAST (-600.0) /* of thousands of answers a density may be less than a double holds, and its logarithm none */

/* Of such a sum under an exponential of this mean; 1 where it fits best. */
static double density(const struct flow_scatter *s, double mean_ns)
{
	double times = s->total_ns / (s->shape * mean_ns);
	return exp(fmax(s->shape * (log(times) - times + 1), LOG_LEAST));
}

static double flow_density(const struct one *f, const struct queue *q, double common_ns)
{
	double steady = f->own ? q->own : q->other, back = f->own ? q->own_back : q->other_back;
	double share = steady == back ? 0 : f->own ? q->share_own : q->share_other;
	double d = share < 1 ? (1 - share) * density(&f->scatter, both(common_ns, steady)) : 0;
	d += share > 0 ? share * density(&f->scatter, both(common_ns, back)) : 0;
	return (1 - ODD_ONE) * d + ODD_ONE * f->odd;
}

static double log_mean(const double *logs)
{
	double most = -INFINITY, sum = 0, all = 0;
	for (int i = 0; i < GRID; i++)
		most = fmax(most, logs[i]);
	for (int i = 0; i < GRID; i++) {
		double prior = 1 / (1 + grid_ns(i) / COMMON_NS);
		sum += prior * exp(logs[i] - most);
		all += prior;
	}
	return most + log(sum / all);
}

static int by_question(const void *a, const void *b)
{
	const struct plan_flow *x = ((const struct one *)a)->flow, *y = ((const struct one *)b)->flow;
	const int p[] = {x->target, x->kind, x->dst_port}, q[] = {y->target, y->kind, y->dst_port};
	for (size_t i = 0; i < sizeof p / sizeof p[0]; i++)
		if (p[i] != q[i])
			return p[i] < q[i] ? -1 : 1;
	return a < b ? -1 : 1;
}

static bool asks_alike(const struct plan_flow *a, const struct plan_flow *b)
{
	return a->target == b->target && a->kind == b->kind && a->dst_port == b->dst_port;
}

/* What is common is one to all, or each question's own: a target may be restless by itself. */
static double log_under(const struct one *list, size_t n, const struct queue *q)
{
	double all[GRID] = {0}, apart = 0;
	for (size_t i = 0, end; i < n; i = end) {
		double question[GRID] = {0};
		for (end = i; end < n && asks_alike(list[i].flow, list[end].flow); end++)
			for (int g = 0; g < GRID; g++)
				question[g] += log(flow_density(&list[end], q, grid_ns(g)));
		apart += log_mean(question);
		for (int g = 0; g < GRID; g++)
			all[g] += question[g];
	}
	double together = log_mean(all), most = fmax(together, apart);
	return most + log(0.5 * exp(together - most) + 0.5 * exp(apart - most));
}

/* A queue whose answers scatter by this mean. other: it is the other link's. */
static double log_of_queue_of(const struct one *list, size_t n, double mean_ns, bool other)
{
	const double one = ONE_OF_BOTH * mean_ns;
	const struct queue kinds[] = {{one, mean_ns, 0, one, 0, 0}, {mean_ns, mean_ns, 0, 0, 0, 0}, {0, mean_ns, 0, mean_ns, 0, 0}};
	double logs[3 * RETURNS] = {0}, most = -INFINITY, sum = 0;
	for (size_t k = 0; k < 3; k++)
		for (size_t r = 0; r < RETURNS; r++) {
			struct queue q = kinds[k];
			q.share_own = returns[r].own;
			q.share_other = returns[r].other;
			if (other)
				q = (struct queue){q.other, q.other_back, q.own, q.own_back, q.share_other, q.share_own};
			logs[k * RETURNS + r] = k == 1 && r > 0 ? logs[k * RETURNS] : log_under(list, n, &q); /* 1: on the way there alone */
			most = fmax(most, logs[k * RETURNS + r]);
		}
	for (size_t i = 0; i < 3 * RETURNS; i++)
		sum += returns[i % RETURNS].prior / 3 * exp(logs[i] - most);
	return most + log(sum);
}

/* What the MSEE's answers scatter tells roughly how far a queue does: what is taken of them is the steadiest of some kinds. */
#define SCALES 3
static const double scales[SCALES] = {0.75, 1.25, 2};

/* `mean_ns`: what the MSEE's answers scatter. */
static double log_of_queue(const struct one *list, size_t n, double mean_ns, bool other)
{
	double logs[SCALES], most = -INFINITY, sum = 0;
	for (size_t i = 0; i < SCALES; i++) {
		logs[i] = log_of_queue_of(list, n, scales[i] * mean_ns, other);
		most = fmax(most, logs[i]);
	}
	for (size_t i = 0; i < SCALES; i++)
		sum += exp(logs[i] - most) / (double)SCALES;
	return most + log(sum);
}

static size_t flows_of(const struct observables *o, int link, int fam, struct one *list)
{
	const struct plan *p = o->path->plan;
	size_t n = 0;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		if (o->flow_scatter[i].shape == 0 || f->circuit != o->path->circuit_index || f->role != FLOW_TARGET ||
		    ip_family_index(f->dst.family) != fam || o->path->flow_link[i] >= LINKS)
			continue;
		list[n] = (struct one){.flow = f, .scatter = o->flow_scatter[i], .own = o->path->flow_link[i] == link};
		for (int g = 0; g < GRID; g++)
			list[n].odd += density(&list[n].scatter, grid_ns(g)) / GRID;
		n++;
	}
	qsort(list, n, sizeof *list, by_question);
	return n;
}

double jitter_log_odds(const struct observables *o, int link, int fam, const int64_t width_ns[LINKS])
{
	struct one *list = calloc(o->path->plan->flow_count + 1, sizeof *list);
	double odds = 0;
	size_t n = list && o->flow_scatter ? flows_of(o, link, fam, list) : 0;
	if (n > 0) {
		double none = log(1 - OTHERS_QUEUE) + log_under(list, n, &(struct queue){0});
		double theirs = log(OTHERS_QUEUE) + log_of_queue(list, n, (double)width_ns[1 - link] / MEANS_OF_WIDTH, true);
		double most = fmax(none, theirs);
		none = most + log(exp(none - most) + exp(theirs - most));
		odds = log_of_queue(list, n, (double)width_ns[link] / MEANS_OF_WIDTH, false) - none;
	}
	free(list);
	return odds;
}
