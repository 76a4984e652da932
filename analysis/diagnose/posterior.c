/* SPDX-License-Identifier: BSD-2-Clause */
/* Scores explanations and normalises them. */
#include "analysis/diagnose/posterior.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/scoring.h"
#include "analysis/path/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void scoring_ranks(const struct scoring *s, const struct hypothesis *h, uint8_t *out)
{
	for (size_t i = 0; i < s->n; i++)
		out[i] = letter_rank(hypothesis_letter(s->p, &s->obs[i], h));
}

void scoring_merge(const struct scoring *s, uint8_t *ranks, const uint8_t *more)
{
	for (size_t i = 0; i < s->n; i++)
		ranks[i] = more[i] > ranks[i] ? more[i] : ranks[i];
}

/* Thousands of explanations ask for the same few letters of an observation. */
static inline double known_log(const struct scoring *s, size_t i, uint8_t rank)
{
	double *known = &s->known[i * LETTERS + rank];
	if (isnan(*known))
		*known = observation_log_under(s->p, &s->obs[i], letter_of_rank(rank), 0);
	return *known;
}

/* How often PAIR_PENALTY is due. A session that Azure itself shows down, beside services or targets that are dead, fits nothing
 * away: neither explains anything of what the other does. */
static int penalties(const struct explanation *e)
{
	int attested = 0, services = 0;
	for (uint8_t i = 0; i < e->count; i++) {
		attested += e->parts[i].attested;
		services += e->parts[i].row->scope >= SCOPE_SERVICE;
	}
	bool apart = services > 0 && attested + services == e->count;
	return e->count - 1 - (apart ? attested : 0);
}

double explanation_log_prior(const struct explanation *e)
{
	double prior = 0;
	for (uint8_t i = 0; i < e->count; i++)
		prior += e->parts[i].log_prior;
	return prior + penalties(e) * log(PAIR_PENALTY);
}

/* The loss rate is not known: the likelihood is its mean over the grid. Only what
 * speaks of loss depends on the rate; the rest is added once. */
void scoring_score(const struct scoring *s, struct explanation *e, const uint8_t *ranks)
{
	const uint8_t own = letter_rank('L'), by_return = letter_rank('l');
	double fixed = 0, said = 0, by_rate[LOSS_GRID] = {0};
	bool lossy = false;
	for (size_t i = 0; i < s->n; i++) {
		const struct observation *ob = &s->obs[i];
		if (ob->kind != OBSERVED_GROUP || (ranks[i] != own && ranks[i] != by_return)) {
			*(ob->of_azure ? &said : &fixed) += known_log(s, i, ranks[i]);
			continue;
		}
		lossy = true;
		const struct group_likelihood *l = &s->p->groups[ob->group];
		const double *loss = ranks[i] == own ? l->loss : l->loss_by_return;
		for (int grid = 0; grid < LOSS_GRID; grid++)
			by_rate[grid] += ob->share * loss[grid];
	}
	double mean = lossy ? -INFINITY : 0;
	e->grid = 0;
	for (int grid = 0; lossy && grid < LOSS_GRID; grid++) {
		mean = stats_log_add(mean, by_rate[grid] - log(LOSS_GRID));
		if (by_rate[grid] > by_rate[e->grid])
			e->grid = grid;
	}
	e->log_score = explanation_log_prior(e) + fixed + azure_word_log(said, s->said_none) + mean;
}

static bool is_of_target(const struct fault_row *row)
{
	return (row->scope == SCOPE_TARGET || row->scope == SCOPE_TARGET_SERVICE) && row->target != 'L';
}

static double single_log(const struct scoring *s, size_t i, const struct hypothesis *h)
{
	return known_log(s, i, letter_rank(hypothesis_letter(s->p, &s->obs[i], h)));
}

static bool speaks_of_target(const struct scoring *s, size_t i)
{
	enum observation_kind kind = s->obs[i].kind;
	return (kind == OBSERVED_GROUP || kind == OBSERVED_REFUSED || kind == OBSERVED_UNREACH_TARGET) &&
	       s->p->seen->groups[s->obs[i].group].cls == GROUP_TARGET;
}

/* With hundreds of targets nearly all hypotheses speak of one of them, and nearly all
 * observations of another: those are added once a row. */
static void score_of_target(struct scoring *s, struct explanation *e)
{
	const struct hypothesis *h = &e->parts[0];
	if (s->rest_row != h->row || s->rest_families != h->families) {
		s->rest_row = h->row;
		s->rest_families = h->families;
		s->rest = 0;
		double said = 0;
		for (size_t i = 0; i < s->n; i++)
			*(s->obs[i].of_azure ? &said : &s->rest) += speaks_of_target(s, i) ? s->none[i] : single_log(s, i, h);
		s->rest += azure_word_log(said, s->said_none);
	}
	double sum = h->log_prior + s->rest;
	for (size_t k = s->first[h->target]; k < s->first[h->target + 1]; k++)
		sum += single_log(s, s->of_target[k].at, h) - s->none[s->of_target[k].at];
	e->grid = 0;
	e->log_score = sum;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int hypothesis_compare(const struct hypothesis *a, const struct hypothesis *b)
{
	const int64_t x[] = {a->row - fault_rows, a->link, a->boundary, a->traffic, a->families, a->target, a->kind, a->port};
	const int64_t y[] = {b->row - fault_rows, b->link, b->boundary, b->traffic, b->families, b->target, b->kind, b->port};
	for (size_t i = 0; i < sizeof x / sizeof x[0]; i++)
		if (x[i] != y[i])
			return compare(x[i], y[i]);
	return 0;
}

/* Equal scores stand in the catalogue's order, whatever qsort does. */
int explanation_by_score(const void *a, const void *b)
{
	const struct explanation *x = a, *y = b;
	int order = (x->log_score < y->log_score) - (x->log_score > y->log_score);
	if (order == 0)
		order = compare(x->count, y->count);
	for (uint8_t i = 0; order == 0 && i < x->count; i++)
		order = hypothesis_compare(&x->parts[i], &y->parts[i]);
	return order;
}

bool hypothesis_same(const struct hypothesis *a, const struct hypothesis *b)
{
	bool target = a->row->scope == SCOPE_TARGET || a->row->scope == SCOPE_TARGET_SERVICE;
	bool service = a->row->scope == SCOPE_SERVICE || a->row->scope == SCOPE_TARGET_SERVICE ||
	               a->row->scope == SCOPE_LINK_SERVICE;
	return strcmp(a->row->id, b->row->id) == 0 && a->link == b->link && (!target || a->target == b->target) &&
	       (!service || (a->kind == b->kind && a->port == b->port));
}

bool explanation_has(const struct explanation *e, const struct hypothesis *h)
{
	for (uint8_t i = 0; i < e->count; i++)
		if (hypothesis_same(&e->parts[i], h))
			return true;
	return false;
}

bool posterior_append(struct posterior *p, const struct explanation *e)
{
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 256;
		struct explanation *grown = realloc(p->list, room * sizeof *grown);
		if (!grown)
			return false;
		p->list = grown;
		p->room = room;
	}
	p->list[p->count++] = *e;
	return true;
}

static void normalise(struct posterior *p)
{
	qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	double total = -INFINITY;
	for (size_t i = 0; i < p->count; i++)
		total = stats_log_add(total, p->list[i].log_score);
	for (size_t i = 0; i < p->count; i++)
		p->list[i].probability = exp(p->list[i].log_score - total);
}

static void scoring_free(struct scoring *s)
{
	free(s->obs);
	free(s->known);
	free(s->none);
	free(s->of_target);
	free(s->first);
}

static int by_target(const void *a, const void *b)
{
	const struct target_observation *x = a, *y = b;
	int order = compare(x->target, y->target);
	return order ? order : compare(x->at, y->at);
}

static void sort_by_target(struct scoring *s, size_t targets)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (speaks_of_target(s, i))
			s->of_target[n++] = (struct target_observation){s->p->seen->groups[s->obs[i].group].target, (uint32_t)i};
	qsort(s->of_target, n, sizeof *s->of_target, by_target);
	for (size_t i = 0, t = 0; t <= targets; t++) {
		while (i < n && s->of_target[i].target < t)
			i++;
		s->first[t] = i;
	}
}

static bool scoring_make(struct scoring *s, const struct posterior *p, const struct hypothesis *none)
{
	size_t targets = p->seen->path->circuit->target_count, room = observations_room(p->seen);
	*s = (struct scoring){.p = p, .log_none = none->log_prior};
	s->obs = calloc(room, sizeof *s->obs);
	s->known = malloc(room * LETTERS * sizeof *s->known);
	s->none = calloc(room, sizeof *s->none);
	s->of_target = calloc(room, sizeof *s->of_target);
	s->first = calloc(targets + 2, sizeof *s->first);
	if (!s->obs || !s->known || !s->none || !s->of_target || !s->first) {
		scoring_free(s);
		return false;
	}
	s->n = observations_list(p->seen, s->obs);
	for (size_t i = 0; i < s->n * LETTERS; i++)
		s->known[i] = NAN;
	for (size_t i = 0; i < s->n; i++)
		s->none[i] = single_log(s, i, none);
	for (size_t i = 0; i < s->n; i++)
		s->said_none += s->obs[i].of_azure ? s->none[i] : 0;
	sort_by_target(s, targets);
	return true;
}

static bool score_singles(struct posterior *p, struct scoring *s, const struct hypothesis *singles, size_t count)
{
	uint8_t *ranks = malloc(s->n + 1);
	bool done = ranks;
	for (size_t i = 0; done && i < count; i++) {
		struct explanation e = {.parts = {singles[i]}, .count = 1};
		if (is_of_target(singles[i].row)) {
			score_of_target(s, &e);
		} else {
			scoring_ranks(s, &singles[i], ranks);
			scoring_score(s, &e, ranks);
		}
		done = posterior_append(p, &e);
	}
	free(ranks);
	if (done)
		qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	return done;
}

/* The first of the singles is "no fault". */
static bool build(struct posterior *p, const struct hypothesis *singles, size_t count)
{
	struct scoring s;
	const struct observables *o = p->seen;
	p->groups = calloc(o->group_count + 1, sizeof *p->groups);
	if (!p->groups)
		return false;
	for (size_t i = 0; i < o->group_count; i++)
		posterior_group(o, &o->groups[i], &p->groups[i]);
	if (!scoring_make(&s, p, &singles[0]))
		return false;
	bool done = score_singles(p, &s, singles, count) && concurrent_add(p, &s);
	if (done)
		normalise(p);
	scoring_free(&s);
	return done;
}

bool posterior_build(struct posterior *p, const struct observables *o)
{
	memset(p, 0, sizeof *p);
	p->seen = o;
	size_t count;
	struct hypothesis *singles = hypotheses_list(o, &count);
	bool ok = singles && build(p, singles, count);
	if (!ok)
		posterior_free(p);
	free(singles);
	return ok;
}

void posterior_free(struct posterior *p)
{
	free(p->groups);
	free(p->list);
	memset(p, 0, sizeof *p);
}

/* --- statements --- */

bool explanation_same(const struct explanation *a, const struct explanation *b)
{
	if (a->count != b->count)
		return false;
	for (uint8_t i = 0; i < a->count; i++)
		if (!explanation_has(b, &a->parts[i]))
			return false;
	return true;
}

double posterior_of_fault(const struct posterior *p, const struct hypothesis *h)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		if (explanation_has(&p->list[i], h))
			sum += p->list[i].probability;
	return sum;
}

double posterior_of_domain(const struct posterior *p, const struct hypothesis *h)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		for (uint8_t k = 0; k < p->list[i].count; k++) {
			const struct hypothesis *part = &p->list[i].parts[k];
			if (part->row->domain == h->row->domain && (part->link == h->link || h->link >= LINKS)) {
				sum += p->list[i].probability;
				break;
			}
		}
	return sum;
}

double posterior_of_none(const struct posterior *p)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].parts[0].row->scope == SCOPE_NONE)
			sum += p->list[i].probability;
	return sum;
}

const struct explanation *posterior_none(const struct posterior *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].parts[0].row->scope == SCOPE_NONE)
			return &p->list[i];
	return NULL;
}
