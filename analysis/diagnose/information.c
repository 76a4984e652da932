/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/diagnose/information.h"

#include "analysis/diagnose/observed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* So much of all probability is looked at, and no more explanations than that. */
#define LOOKED_AT 0.9995
#define EXPLANATIONS_MAX 64
/* A link's delay is a statement of this many answers, and more of them do not change it (delay.c). */
#define DELAY_ANSWERS 20

enum outcome { NOT_ANSWERED, ANSWERED };

static double entropy_part(double p)
{
	return p > 0 ? -p * log2(p) : 0;
}

static double entropy(const double *p)
{
	double sum = 0;
	for (int k = 0; k < INFORMATION_OUTCOMES; k++)
		sum += entropy_part(p[k]);
	return sum;
}

double information_bits(const struct expectation *of, size_t n)
{
	double mean[INFORMATION_OUTCOMES] = {0}, total = 0, left = 0;
	for (size_t i = 0; i < n; i++)
		total += of[i].probability;
	for (size_t i = 0; i < n && total > 0; i++) {
		double p = of[i].probability / total;
		for (int k = 0; k < INFORMATION_OUTCOMES; k++)
			mean[k] += p * of[i].outcome[k];
		left += p * entropy(of[i].outcome);
	}
	double bits = entropy(mean) - left;
	return bits > 0 ? bits : 0; /* rounding */
}

/* --- statements: what a person would not tell apart is one --- */

struct statements {
	const struct explanation *of[EXPLANATIONS_MAX];
	uint8_t statement[EXPLANATIONS_MAX];
	size_t count;                  /* of explanations */
	const struct explanation *first[INFORMATION_STATEMENTS];
	double probability[INFORMATION_STATEMENTS];
	size_t statements;
};

static void collect(const struct posterior *p, struct statements *s)
{
	double seen = 0;
	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < p->count && s->count < EXPLANATIONS_MAX && seen < LOOKED_AT; i++) {
		const struct explanation *e = &p->list[i];
		size_t k = 0;
		seen += e->probability;
		while (k < s->statements && !explanation_same(s->first[k], e))
			k++;
		if (k == INFORMATION_STATEMENTS)
			continue;
		if (k == s->statements)
			s->first[s->statements++] = e;
		s->probability[k] += e->probability;
		s->statement[s->count] = (uint8_t)k;
		s->of[s->count++] = e;
	}
}

static double doubt_of(const struct statements *s)
{
	double total = 0, bits = 0;
	for (size_t k = 0; k < s->statements; k++)
		total += s->probability[k];
	for (size_t k = 0; k < s->statements; k++)
		bits += entropy_part(s->probability[k] / total);
	return bits;
}

/* --- outcomes of one more probe --- */

/* The group with one probe more, of the flow that was asked least. Returns what turns the likelihood of its counts
 * into that of this very row of outcomes, up to a factor that both outcomes share. */
static double one_more(struct traffic_group *g, bool answered)
{
	uint8_t least = 0;
	for (uint8_t i = 1; i < g->flow_count; i++)
		if (g->flows[i].sent < g->flows[least].sent)
			least = i;
	struct group_flow *f = &g->flows[least];
	f->sent++;
	f->answered += answered;
	g->sent++;
	g->answered += answered;
	return log(answered ? f->answered : f->sent - f->answered);
}

struct group_outlook { struct group_likelihood likely[2]; double order[2]; };

static void look_ahead(const struct observables *o, const struct traffic_group *g, struct group_outlook *out)
{
	for (int k = NOT_ANSWERED; k <= ANSWERED; k++) {
		struct traffic_group more = *g;
		out->order[k] = one_more(&more, k == ANSWERED);
		posterior_group(o, &more, &out->likely[k]);
	}
}

static double chance_of_answer(const struct group_outlook *g, char letter, int grid)
{
	double no = likelihood_of(&g->likely[NOT_ANSWERED], letter, grid) + g->order[NOT_ANSWERED];
	double yes = likelihood_of(&g->likely[ANSWERED], letter, grid) + g->order[ANSWERED];
	return 1 / (1 + exp(no - yes));
}

/* Each statement's outcomes are the mean over its explanations. */
static double mean_bits(const struct statements *s, struct expectation *of)
{
	for (size_t k = 0; k < s->statements; k++) {
		of[k].probability = s->probability[k];
		for (int i = 0; i < INFORMATION_OUTCOMES; i++)
			of[k].outcome[i] /= s->probability[k];
	}
	return information_bits(of, s->statements);
}

static double bits_of_answer(const struct posterior *p, const struct statements *s, size_t group)
{
	const struct traffic_group *g = &p->seen->groups[group];
	const struct observation ob = {.kind = OBSERVED_GROUP, .link = g->link, .fam = g->fam, .group = (uint32_t)group, .share = 1};
	struct expectation of[INFORMATION_STATEMENTS] = {{0}};
	struct group_outlook ahead;
	char letters[EXPLANATIONS_MAX];
	bool differ = false;
	for (size_t i = 0; i < s->count; i++) {
		letters[i] = observation_letter(p, &ob, s->of[i]);
		bool lossy = letters[i] == 'L' || letters[i] == 'l';
		differ = differ || letters[i] != letters[0] || (lossy && s->of[i]->grid != s->of[0]->grid);
	}
	if (!differ || g->flow_count == 0)
		return 0;
	look_ahead(p->seen, g, &ahead);
	for (size_t i = 0; i < s->count; i++) {
		double yes = chance_of_answer(&ahead, letters[i], s->of[i]->grid);
		of[s->statement[i]].outcome[ANSWERED] += s->of[i]->probability * yes;
		of[s->statement[i]].outcome[NOT_ANSWERED] += s->of[i]->probability * (1 - yes);
	}
	return mean_bits(s, of);
}

/* What the link's delay, once it is known, will tell, shared among the answers that it takes. */
static double bits_of_delay(const struct posterior *p, const struct statements *s, const struct traffic_group *g)
{
	static const enum delay_outcome outcomes[INFORMATION_OUTCOMES] = {DELAY_SAME, DELAY_SLOWER, DELAY_JITTER, DELAY_REROUTED};
	const struct observation ob = {.kind = OBSERVED_DELAY, .link = g->link, .share = 1};
	struct expectation of[INFORMATION_STATEMENTS] = {{0}};
	bool timed = g->cls == GROUP_EDGE || g->cls == GROUP_MSEE || g->cls == GROUP_MSEE_HOP;
	if (!timed || g->link >= LINKS || g->answered == 0 || g->answered >= DELAY_ANSWERS)
		return 0;
	for (size_t i = 0; i < s->count; i++) {
		char letter = observation_letter(p, &ob, s->of[i]);
		for (int k = 0; k < INFORMATION_OUTCOMES; k++)
			of[s->statement[i]].outcome[k] += s->of[i]->probability * exp(likelihood_delay(outcomes[k], letter));
	}
	return mean_bits(s, of) / DELAY_ANSWERS;
}

bool information_build(struct information *i, const struct posterior *p)
{
	struct statements s;
	*i = (struct information){.count = p->seen->group_count};
	i->bits = calloc(i->count + 1, sizeof *i->bits);
	if (!i->bits)
		return false;
	collect(p, &s);
	i->doubt = doubt_of(&s);
	for (size_t g = 0; g < i->count && s.statements > 1; g++)
		i->bits[g] = bits_of_answer(p, &s, g) + bits_of_delay(p, &s, &p->seen->groups[g]);
	return true;
}

void information_free(struct information *i)
{
	free(i->bits);
	memset(i, 0, sizeof *i);
}

/* --- whose probe it would be --- */

static uint8_t end_ttl(const struct traffic_group *g, const struct plan_flow *f)
{
	switch (f->role) {
	case FLOW_EDGE: return g->cls == GROUP_EDGE ? PATH_TTL_FULL : 0;
	case FLOW_MSEE: return g->cls == GROUP_MSEE ? PATH_TTL_FULL : 0;
	case FLOW_BGP_MSEE: return g->cls == GROUP_BGP ? PATH_TTL_GTSM : 0;
	case FLOW_TARGET: return g->cls == GROUP_TARGET && g->target == f->target ? PATH_TTL_FULL : 0;
	default: return 0;
	}
}

uint8_t information_ttl(const struct path_view *v, const struct traffic_group *g, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	uint16_t port = f->kind == PROBE_TCP_SYN ? f->dst_port : 0;
	if (f->circuit != v->circuit_index || ip_family_index(f->dst.family) != g->fam || f->kind != g->kind || port != g->port)
		return 0;
	if (f->role == FLOW_CONTROL)
		return g->cls == GROUP_CONTROL && g->target == f->target ? PATH_TTL_FULL : 0;
	uint8_t link = v->flow_link[flow];
	if (g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP)
		return g->hop <= PATH_TTL_MAX && (g->link == link || g->link == LINK_ANY) ? g->hop : 0;
	return g->link == link ? end_ttl(g, f) : 0;
}
