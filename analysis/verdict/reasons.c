/* SPDX-License-Identifier: BSD-2-Clause */
/* Which observations speak for a verdict and which against it: each is weighed by its share of the
 * posterior's odds against a rival explanation, and the heaviest become sentences. */
#include "analysis/verdict/reasons.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/weigh.h"
#include "analysis/verdict/apart.h"
#include "analysis/verdict/contradict.h"
#include "analysis/verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

#define SENTENCES_OF_A_KIND 2

/* --- rivals --- */

static const struct explanation *find_none(const struct posterior *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].parts[0].row->scope == SCOPE_NONE)
			return &p->list[i];
	return NULL;
}

/* The best explanation that a reader would call another one. */
static const struct explanation *find_rival(const struct posterior *p, const struct explanation *e, bool other_domain)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		if (explanation_same(x, e))
			continue;
		if (!other_domain || x->parts[0].row->domain != e->parts[0].row->domain)
			return x;
	}
	return NULL;
}

/* The best explanation that would blame another domain; "no fault" is compared
 * with apart. */
static const struct explanation *find_contrast(const struct posterior *p, const struct explanation *e)
{
	const struct explanation *best = NULL;
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		if (x->parts[0].row->scope == SCOPE_NONE || x->count != 1 || x->parts[0].row->domain == e->parts[0].row->domain)
			continue;
		if (x->parts[0].kind == e->parts[0].kind && x->parts[0].port == e->parts[0].port)
			return x; /* the same service, blamed on somebody else */
		if (!best)
			best = x;
	}
	return best ? best : find_rival(p, e, true);
}

/* What a healthy circuit is compared with: the likeliest fault that stops traffic. */
static const struct explanation *find_dead(const struct posterior *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].count == 1 && p->list[i].parts[0].row->target == 'm')
			return &p->list[i];
	return p->count > 1 ? &p->list[1] : NULL;
}

/* --- sentences --- */

/* alone: as if the observation were all that is known; weight: its share of the posterior's odds. */
struct weighted { size_t at; double weight, alone; };

static int by_weight(const void *a, const void *b)
{
	double x = ((const struct weighted *)a)->weight, y = ((const struct weighted *)b)->weight;
	int order = (x < y) - (x > y);
	size_t at_x = ((const struct weighted *)a)->at, at_y = ((const struct weighted *)b)->at;
	return order ? order : (at_x > at_y) - (at_x < at_y);
}

static int kind_of(const struct posterior *p, const struct observation *ob)
{
	if (ob->kind == OBSERVED_GROUP)
		return 100 + (int)p->seen->groups[ob->group].cls;
	if (ob->kind == OBSERVED_SAYS)
		return 200 + (int)ob->says;
	if (ob->kind == OBSERVED_HEARD)
		return 220 + (int)ob->says;
	if (ob->kind == OBSERVED_SHARED)
		return 230 + (int)ob->says;
	return (int)ob->kind;
}

typedef void (*words_of)(const struct observables *, const struct observation *, char *, size_t);

static size_t pick(const struct posterior *p, const struct observation *obs, const struct weighted *w, size_t n,
                   words_of words, double least, char out[EVIDENCE_MAX][SENTENCE_MAX], size_t already, size_t most)
{
	size_t picked = already, kinds[256] = {0};
	for (size_t i = 0; i < n && picked < most; i++) {
		const struct observation *ob = &obs[w[i].at];
		if (w[i].alone < least)
			continue;
		size_t *kind = &kinds[(unsigned)kind_of(p, ob) & 255u];
		if (*kind == SENTENCES_OF_A_KIND)
			continue;
		words(p->seen, ob, out[picked], SENTENCE_MAX);
		bool again = false;
		for (size_t k = 0; k < picked; k++)
			again = again || strcmp(out[k], out[picked]) == 0;
		if (again)
			continue;
		(*kind)++;
		picked++;
	}
	return picked;
}

/* Weight of each observation for e against a rival, largest first; sign turns it. shares: room for n. */
static void weigh(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                  const struct explanation *rival, double sign, double *shares, struct weighted *w)
{
	weigh_shares(p, obs, n, e, rival, shares, NULL);
	for (size_t i = 0; i < n; i++) {
		double own = observation_log(p, &obs[i], e, e->grid);
		double theirs = observation_log(p, &obs[i], rival, rival->grid);
		w[i] = (struct weighted){i, sign * shares[i], sign * (own - theirs)};
	}
	qsort(w, n, sizeof *w, by_weight);
}

/* Whatever the rival makes of it: each answer of Azure's that denies a healthy verdict is said beside it. */
static void add_denials(const struct posterior *p, const struct observation *obs, size_t n, struct verdict *v)
{
	for (size_t i = 0; i < n && v->against_count < EVIDENCE_MAX; i++) {
		char *said = v->evidence_against[v->against_count];
		bool again = false;
		if (!contradicts_health(p, &obs[i]))
			continue;
		contradiction_words(p->seen, &obs[i], said, SENTENCE_MAX);
		for (size_t k = 0; k < v->against_count; k++)
			again = again || strcmp(v->evidence_against[k], said) == 0;
		if (!again)
			v->against_count++;
	}
}

/* By how much the links differ speaks against "healthy" as it stands: no run alone tells what it means. */
static void add_apart(const struct observables *o, struct verdict *v)
{
	struct links_apart a = apart_of(o);
	if (a.more_ns > 0 && v->against_count < EVIDENCE_MAX)
		apart_words(&a, v->evidence_against[v->against_count++], SENTENCE_MAX);
}

/* The same explanation without one of its faults. */
static struct explanation without(const struct explanation *e, uint8_t part)
{
	struct explanation rest = *e;
	rest.count--;
	for (uint8_t i = part; i < rest.count; i++)
		rest.parts[i] = rest.parts[i + 1];
	return rest;
}

/* The best explanation that keeps the other faults and blames another domain for this one. */
static const struct explanation *find_contrast_beside(const struct posterior *p, const struct explanation *rest,
                                                      const struct hypothesis *h)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		for (uint8_t k = 0; x->count == rest->count + 1 && k < x->count; k++) {
			struct explanation kept = without(x, k);
			if (explanation_same(&kept, rest) && x->parts[k].row->domain != h->row->domain)
				return x;
		}
	}
	return NULL;
}

void reasons_fill(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v)
{
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	struct weighted *w = calloc(observations_room(p->seen), sizeof *w);
	double *shares = calloc(observations_room(p->seen), sizeof *shares);
	const struct explanation *none = find_none(p);
	bool healthy = e->parts[0].row->scope == SCOPE_NONE;
	const struct explanation *against_what = healthy || !none ? find_dead(p) : none;
	struct explanation rest = without(e, part);
	if (e->count > 1)
		against_what = &rest;
	const struct explanation *rival = e->count > 1 ? find_contrast_beside(p, &rest, &e->parts[part]) : find_contrast(p, e);
	if (obs && w && shares) {
		size_t n = observations_list(p->seen, obs);
		if (against_what) {
			weigh(p, obs, n, e, against_what, 1, shares, w);
			v->for_count = pick(p, obs, w, n, observation_words, 0.3, v->evidence_for, 0, 4);
		}
		if (rival) { /* what tells it from the next best, then what that would explain better */
			weigh(p, obs, n, e, rival, 1, shares, w);
			v->for_count = pick(p, obs, w, n, observation_words, 0.7, v->evidence_for, v->for_count, v->for_count + 2);
			weigh(p, obs, n, e, rival, -1, shares, w);
			v->against_count = pick(p, obs, w, n, contradiction_words, 0.7, v->evidence_against, 0, 3);
		}
		if (healthy) {
			add_apart(p->seen, v);
			add_denials(p, obs, n, v);
		}
	}
	free(obs);
	free(w);
	free(shares);
}
