/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/verdict/contest.h"

#include "analysis/diagnose/weigh.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Less than this tells nothing: 1.35 to 1. */
#define WEIGHT_LEAST 0.3
/* An answer of Azure's joins in what all of them say from this part of it on. */
#define JOINS_FROM 0.05

/* --- the three that weigh most --- */

struct placed { size_t at; double weight; };

static int heavier(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = (x->weight < y->weight) - (x->weight > y->weight);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static enum evidence_source source_of(const struct posterior *p, const struct observation *ob)
{
	return observation_age(&p->seen->azure, ob) ? EVIDENCE_AZURE : ob->kind == OBSERVED_HEARD ? EVIDENCE_WATCH : EVIDENCE_WIRE;
}

/* Does it speak of nothing but the link and its two ends? */
static bool is_of_link(const struct posterior *p, const struct observation *ob)
{
	switch (ob->kind) {
	case OBSERVED_GROUP:
		return p->seen->groups[ob->group].cls >= GROUP_EDGE && p->seen->groups[ob->group].cls <= GROUP_BGP;
	case OBSERVED_DELAY:
	case OBSERVED_USE:
	case OBSERVED_ARP:
	case OBSERVED_SESSION:
	case OBSERVED_SIZE:
	case OBSERVED_HEARD: return true;
	default: return false;
	}
}

/* Azure's answers where they count for what they are worth together: with one of them away the others still say it, so that
 * none weighs anything by itself. at: the one that says most of it; like: how many others say the same. */
struct jointly { bool counts; size_t at, like; };

/* The sentence of the one, for all of them. */
static void say_jointly(const struct jointly *word, char *statement, size_t size)
{
	char one[SENTENCE_MAX];
	size_t length = strlen(statement);
	if (length > 0 && statement[length - 1] == '.')
		statement[length - 1] = '\0';
	text_format(one, sizeof one, "%s", statement);
	text_format(statement, size, "%s; %zu more of its answers agree, and all of them may be late.", one, word->like);
}

static size_t heaviest(const struct posterior *p, const struct observation *obs, const struct placed *w, size_t n,
                       const struct jointly *word, struct weighed out[WEIGHED_MAX])
{
	size_t picked = 0;
	for (size_t i = 0; i < n && picked < WEIGHED_MAX && w[i].weight >= WEIGHT_LEAST; i++) {
		const struct observation *ob = &obs[w[i].at];
		struct weighed *x = &out[picked];
		bool again = false;
		*x = (struct weighed){.log_ratio = w[i].weight, .source = source_of(p, ob), .of_link = is_of_link(p, ob)};
		x->as_of = x->source == EVIDENCE_AZURE ? observation_age(&p->seen->azure, ob)->at : p->seen->path->seen->now;
		observation_words(p->seen, ob, x->statement, sizeof x->statement);
		if (word->counts && w[i].at == word->at)
			say_jointly(word, x->statement, sizeof x->statement);
		for (size_t k = 0; k < picked; k++)
			again = again || strcmp(out[k].statement, x->statement) == 0;
		picked += !again;
	}
	return picked;
}

/* Most of what Azure is worth would be lost only with all of it: then the one that says most stands for all, with the weight of
 * all, and the others of that side with none. */
static struct jointly join_azure(const struct observation *obs, size_t n, const double *shares, double *weights)
{
	double together = 0, one_by_one = 0;
	struct jointly word = {.at = n};
	for (size_t i = 0; i < n; i++) {
		together += obs[i].of_azure ? shares[i] : 0;
		one_by_one += obs[i].of_azure ? weights[i] : 0;
	}
	double sign = together < 0 ? -1 : 1;
	if (fabs(together) < WEIGHT_LEAST || sign * one_by_one > fabs(together) / 2)
		return word;
	for (size_t i = 0; i < n; i++) {
		if (!obs[i].of_azure || sign * shares[i] <= 0)
			continue;
		word.like += sign * shares[i] >= JOINS_FROM * fabs(together);
		word.at = word.at == n || sign * shares[i] > sign * shares[word.at] ? i : word.at;
	}
	if (word.like < 2)
		return (struct jointly){.at = n};
	for (size_t i = 0; i < n; i++)
		if (obs[i].of_azure && sign * shares[i] > 0 && sign * weights[i] > 0)
			weights[i] = 0;
	word.counts = true;
	word.like--;
	weights[word.at] = together;
	return word;
}

static bool weigh_both_ways(const struct posterior *p, const struct explanation *e, const struct explanation *rival, struct contest *c)
{
	size_t room = observations_room(p->seen);
	struct observation *obs = calloc(room, sizeof *obs);
	struct placed *w = calloc(room, sizeof *w);
	double *weights = calloc(room, sizeof *weights);
	double *shares = calloc(room, sizeof *shares);
	bool ok = obs && w && weights && shares;
	if (ok) {
		size_t n = observations_list(p->seen, obs);
		weigh_observations(p, obs, n, e, rival, weights);
		weigh_shares(p, obs, n, e, rival, shares, NULL);
		const struct jointly word = join_azure(obs, n, shares, weights);
		for (int sign = 1; sign >= -1; sign -= 2) {
			for (size_t i = 0; i < n; i++)
				w[i] = (struct placed){i, sign * weights[i]};
			qsort(w, n, sizeof *w, heavier);
			if (sign > 0)
				c->pro_count = heaviest(p, obs, w, n, &word, c->pro);
			else
				c->contra_count = heaviest(p, obs, w, n, &word, c->contra);
		}
	}
	free(obs);
	free(w);
	free(weights);
	free(shares);
	return ok;
}

/* --- who is next --- */

/* Does x say all that e does beside one part of it? */
static bool keeps_the_rest(const struct explanation *x, const struct explanation *e, uint8_t part)
{
	for (uint8_t i = 0; i < e->count; i++)
		if (i != part && !explanation_has(x, &e->parts[i]))
			return false;
	return true;
}

/* What x says in the place of that part: NULL = no fault there. */
static const struct hypothesis *instead(const struct explanation *x, const struct explanation *e, uint8_t part)
{
	for (uint8_t i = 0; i < x->count; i++) {
		bool rest = false;
		for (uint8_t k = 0; k < e->count; k++)
			rest = rest || (k != part && hypothesis_same(&x->parts[i], &e->parts[k]));
		if (!rest && x->parts[i].row->scope != SCOPE_NONE)
			return &x->parts[i];
	}
	return NULL;
}

static struct claim claim_of(const struct hypothesis *h, double probability)
{
	struct claim c = {.link = LINK_NULL, .probability = probability};
	if (h && h->row->scope != SCOPE_NONE) {
		text_format(c.fault, sizeof c.fault, "%s", h->row->id);
		c.domain = h->row->domain;
		c.link = (enum link_id)h->link;
	}
	return c;
}

/* The sum over all explanations that say this in the place of that part. */
static double probability_instead(const struct posterior *p, const struct explanation *e, uint8_t part, const struct hypothesis *h)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		const struct hypothesis *own = instead(x, e, part);
		if (!keeps_the_rest(x, e, part) || explanation_has(x, &e->parts[part]))
			continue;
		if (h ? explanation_has(x, h) : !own)
			sum += x->probability;
	}
	return sum;
}

const struct explanation *contest_next_best(const struct posterior *p, const struct explanation *e, uint8_t part, bool elsewhere)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		const struct hypothesis *own = instead(x, e, part);
		if (!keeps_the_rest(x, e, part) || explanation_has(x, &e->parts[part]) || explanation_same(x, e))
			continue;
		if (!elsewhere || (own && own->row->domain != e->parts[part].row->domain))
			return x;
	}
	return NULL;
}

static void contest(const struct posterior *p, const struct explanation *e, uint8_t part, bool elsewhere, struct contest *c)
{
	const struct explanation *x = contest_next_best(p, e, part, elsewhere);
	const struct hypothesis *h = x ? instead(x, e, part) : NULL;
	if (!x)
		return;
	c->leader = claim_of(&e->parts[part], posterior_of_fault(p, &e->parts[part]));
	c->next = claim_of(h, probability_instead(p, e, part, h));
	c->known = weigh_both_ways(p, e, x, c);
}

void contests_fill(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v)
{
	contest(p, e, part, false, &v->runner_up);
	if (v->runner_up.known && v->runner_up.next.domain == v->runner_up.leader.domain && v->runner_up.leader.domain != DOMAIN_NONE)
		contest(p, e, part, true, &v->other_domain);
}
