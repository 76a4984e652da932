/* SPDX-License-Identifier: BSD-2-Clause */
/* First hop with loss; loss that every later answering hop shows; the hop at which
 * most rounds first stay silent to the end. */
#include "tests/bench/diagnosis_rules.h"
#include "analysis/match/identity.h"

#include <string.h>

#define ROUNDS 100
#define ROUND_S 0.2
#define PROBE_S 0.01
#define HOPS 8
#define SHOWS 0.01 /* loss that the reader takes for loss */

struct rounds { int hops; enum domain domain[HOPS]; int answered[HOPS], first_lost[HOPS]; };

/* The chain as the reader knows it: which domain holds the way into each hop. */
static void chain(const struct sim_world *w, int link, struct rounds *r)
{
	static const enum domain of[NODES] = {DOMAIN_CORPORATE, DOMAIN_CORPORATE, DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_WAN,
		DOMAIN_WAN, DOMAIN_AZURE, DOMAIN_AZURE};
	for (int n = 0; n < NODES; n++) {
		bool absent = (w->on_edge && n < NODE_MSEE) || (w->handoff != HANDOFF_L3 && (n == NODE_P || n == NODE_PE));
		if (!absent && !w->hidden[link][n])
			r->domain[r->hops++] = of[n];
	}
}

/* A TCP flow to the first target that the healthy network would put on this link. */
static const struct plan_flow *flow_over(const struct sim_world *w, const struct plan *p, int link)
{
	const struct plan_flow *any = NULL;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		struct sim_world scratch = *w;
		struct probe_spec spec;
		struct sim_answer a;
		if (f->role != FLOW_TARGET || f->kind != PROBE_TCP_SYN)
			continue;
		identity_probe(p, f, 1, 0, 64, 0, &spec);
		world_probe(&scratch, p, &spec, 0, &a);
		any = f;
		if (a.link == link)
			return f;
	}
	return any;
}

static void trace(const struct sim_world *w, const struct plan *p, int link, struct rounds *r)
{
	struct sim_world scratch = *w;
	const struct plan_flow *f = flow_over(w, p, link);
	memset(r, 0, sizeof *r);
	chain(w, link, r);
	for (int round = 0; f && round < ROUNDS; round++) {
		int first_lost = r->hops;
		for (int k = 0; k < r->hops; k++) {
			struct probe_spec spec;
			struct sim_answer a;
			identity_probe(p, f, 1, (uint16_t)(round * HOPS + k), (uint8_t)(k + 1), 0, &spec);
			world_probe(&scratch, p, &spec, 1 + round * ROUND_S + k * PROBE_S, &a);
			r->answered[k] += a.answered;
			first_lost = a.answered ? r->hops : first_lost < k ? first_lost : k;
		}
		if (first_lost < r->hops)
			r->first_lost[first_lost]++;
	}
}

static double loss_at(const struct rounds *r, int k)
{
	return 1 - (double)r->answered[k] / ROUNDS;
}

/* A hop that never answers is passed over, unless all behind it is silent too. */
static bool is_heard(const struct rounds *r, int k)
{
	for (int i = k; i < r->hops; i++)
		if (r->answered[i] > 0)
			return r->answered[k] > 0;
	return true;
}

static int first_loss(const struct rounds *r)
{
	for (int k = 0; k < r->hops; k++)
		if (is_heard(r, k) && loss_at(r, k) > SHOWS)
			return k;
	return -1;
}

static int propagating(const struct rounds *r)
{
	for (int k = 0; k < r->hops; k++) {
		bool all = is_heard(r, k) && loss_at(r, k) > SHOWS;
		for (int i = k + 1; all && i < r->hops; i++)
			all = !is_heard(r, i) || loss_at(r, i) > SHOWS;
		if (all)
			return k;
	}
	return -1;
}

static int forward_loss(const struct rounds *r)
{
	int best = -1;
	for (int k = 0; k < r->hops; k++)
		if (r->first_lost[k] > SHOWS * ROUNDS && (best < 0 || r->first_lost[k] > r->first_lost[best]))
			best = k;
	return best;
}

void rules_judge(const struct sim_world *w, const struct plan *p, uint8_t verdict[3])
{
	static int (*const rule[3])(const struct rounds *) = {first_loss, propagating, forward_loss};
	struct rounds r[LINKS];
	for (int l = 0; l < w->link_count; l++)
		trace(w, p, l, &r[l]);
	for (int i = 0; i < 3; i++) {
		double worst = -1;
		verdict[i] = DOMAIN_NONE;
		for (int l = 0; l < w->link_count; l++) {
			int k = rule[i](&r[l]);
			double end = loss_at(&r[l], r[l].hops - 1);
			if (k < 0 || end <= worst)
				continue;
			worst = end;
			verdict[i] = (uint8_t)r[l].domain[k];
		}
	}
}
