/* SPDX-License-Identifier: BSD-2-Clause */
/* Several faults at once: which of them are worth trying together. */
#include "analysis/diagnose/scoring.h"

#include <stdlib.h>
#include <string.h>

/* Faults at once are made of this many of the likeliest single ones; what the first of
 * them leave over is tried with all. */
#define CANDIDATES 20
#define LEADERS 4
#define WORK_MAX 200000 /* letters looked up for that, at most */
/* An explanation this far behind (natural log) is not worth another fault. */
#define NOT_WORTH_IT 6.0

static bool may_pair(const struct hypothesis *a, const struct hypothesis *b)
{
	if (!a->row || !b->row || a->row->scope == SCOPE_NONE || b->row->scope == SCOPE_NONE || a->row->place == AT_HOST || b->row->place == AT_HOST)
		return false;
	if (a->link == LINK_BOTH || b->link == LINK_BOTH)
		return a->link >= LINKS && b->link >= LINKS ? a->row->place != b->row->place : false;
	if (strcmp(a->row->id, b->row->id) == 0 && a->link == b->link && a->target == b->target && a->port == b->port)
		return false;
	return !(a->link < LINKS && a->link == b->link && a->row->place == b->row->place);
}

/* A fault as it may stand beside others: what target traffic does is not settled by how
 * well the fault explains everything alone. */
struct candidate { struct hypothesis kinds[TRAFFIC_KINDS]; uint8_t count; };

static bool differs_in_traffic_alone(const struct hypothesis *a, const struct hypothesis *b)
{
	struct hypothesis same = *b;
	same.traffic = a->traffic;
	return hypothesis_compare(a, &same) == 0;
}

/* The likeliest single faults, one a statement. p->list holds singles alone, sorted. */
static size_t candidates(const struct posterior *p, struct candidate out[CANDIDATES])
{
	size_t n = 0;
	for (size_t i = 0; i < p->count && n < CANDIDATES; i++) {
		const struct hypothesis *h = &p->list[i].parts[0];
		bool known = h->row->scope == SCOPE_NONE;
		for (size_t k = 0; k < n && !known; k++)
			known = hypothesis_same(&out[k].kinds[0], h);
		if (known)
			continue;
		out[n].count = 0;
		for (size_t k = i; k < p->count && out[n].count < TRAFFIC_KINDS; k++)
			if (differs_in_traffic_alone(h, &p->list[k].parts[0]))
				out[n].kinds[out[n].count++] = p->list[k].parts[0];
		n++;
	}
	return n;
}

/* An explanation with one fault more, where the two can be together. */
static bool add_beside(struct posterior *p, const struct scoring *s, const struct explanation *e, const struct hypothesis *h)
{
	struct explanation more = *e;
	for (uint8_t i = 0; i < e->count; i++)
		if (!may_pair(&e->parts[i], h))
			return true;
	more.parts[more.count] = *h;
	more.parts[more.count++].log_prior -= s->log_none; /* odds against no fault */
	scoring_score(s, &more);
	return posterior_append(p, &more);
}

static bool add_pairs(struct posterior *p, const struct scoring *s, const struct candidate *pool, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			for (uint8_t a = 0; a < pool[i].count; a++)
				for (uint8_t b = 0; b < pool[k].count; b++) {
					struct explanation e = {.parts = {pool[i].kinds[a]}, .count = 1};
					if (!add_beside(p, s, &e, &pool[k].kinds[b]))
						return false;
				}
	return true;
}

static bool in_pool(const struct candidate *pool, size_t n, const struct hypothesis *h)
{
	for (size_t i = 0; i < n; i++)
		if (hypothesis_same(&pool[i].kinds[0], h))
			return true;
	return false;
}

/* What explains little alone may explain all that the likeliest leaves over: those are
 * tried with every fault there is, as far as the work stays bounded. */
static bool add_what_is_left(struct posterior *p, const struct scoring *s, const struct candidate *pool, size_t n,
                             size_t singles)
{
	size_t most = WORK_MAX / (LEADERS * (s->n + 1));
	for (size_t k = 0; k < singles && k < most; k++) {
		struct hypothesis h = p->list[k].parts[0]; /* a copy: the list moves */
		if (h.row->scope == SCOPE_NONE || in_pool(pool, n, &h))
			continue;
		for (size_t i = 0; i < n && i < LEADERS; i++)
			for (uint8_t a = 0; a < pool[i].count; a++) {
				struct explanation e = {.parts = {pool[i].kinds[a]}, .count = 1};
				if (!add_beside(p, s, &e, &h))
					return false;
			}
	}
	return true;
}

/* Three at once: the likeliest pairs with each candidate. One host that is listed once a
 * family is two targets, so that three parts are often two faults to a person. */
static bool add_triples(struct posterior *p, const struct scoring *s, const struct candidate *pool, size_t n)
{
	struct explanation pairs[LEADERS];
	size_t count = 0;
	qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	for (size_t i = 0; i < p->count && count < LEADERS; i++) {
		if (p->list[i].log_score < p->list[0].log_score - NOT_WORTH_IT)
			break;
		if (p->list[i].count == 2)
			pairs[count++] = p->list[i];
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < n; k++)
			for (uint8_t b = 0; b < pool[k].count; b++) {
				bool known = false; /* the same three, from a likelier pair */
				for (size_t m = 0; m < i && !known; m++)
					known = explanation_has(&pairs[m], &pool[k].kinds[b]) &&
					        (explanation_has(&pairs[i], &pairs[m].parts[0]) || explanation_has(&pairs[i], &pairs[m].parts[1]));
				if (!known && !add_beside(p, s, &pairs[i], &pool[k].kinds[b]))
					return false;
			}
	return true;
}

/* Where nothing is wrong, or one fault explains all, more of them need not be tried. */
bool concurrent_add(struct posterior *p, const struct scoring *s)
{
	struct candidate pool[CANDIDATES];
	size_t singles = p->count, n = candidates(p, pool);
	bool healthy = p->list[0].parts[0].row->scope == SCOPE_NONE && p->count > 1 &&
	               p->list[1].log_score < p->list[0].log_score - NOT_WORTH_IT;
	if (n == 0 || healthy)
		return true;
	return add_pairs(p, s, pool, n) && add_what_is_left(p, s, pool, n, singles) && add_triples(p, s, pool, n);
}
