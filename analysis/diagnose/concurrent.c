/* SPDX-License-Identifier: BSD-2-Clause */
/* Several faults at once: which of them are worth trying together. */
#include "analysis/diagnose/scoring.h"

#include <stdlib.h>
#include <string.h>

/* Faults at once are made of this many of the likeliest single ones; what the first of
 * them leave over is tried with all. */
#define CANDIDATES 20
#define LEADERS 4
/* What three faults explain best need not begin with the best pair: one host that is down in both
 * families is two, and a third fault may explain both of them alone, though badly. */
#define PAIRS_MAX 24
#define WORK_MAX 200000 /* letters looked up for that, at most */
/* An explanation this far behind (natural log) is not worth another fault. */
#define NOT_WORTH_IT 6.0
#define PAIR_NOT_WORTH_IT 16.0

/* Is a link dead for us from before the place on where the other fault of it would show? */
static bool hides(const struct observables *o, const struct hypothesis *dead, const struct hypothesis *other)
{
	bool kills = dead->row->scope == SCOPE_LINK && dead->row->other == 'h';
	if (!kills || dead->link != other->link || other->row->place != AT_WAN || (other->families & ~dead->families))
		return false;
	/* Who is the edge reaches the MSEE without any route. */
	return dead->row->msee == 'X' || !(o->links[dead->link].on_edge[FAM4] || o->links[dead->link].on_edge[FAM6]);
}

static bool may_pair(const struct observables *o, const struct hypothesis *a, const struct hypothesis *b)
{
	if (!a->row || !b->row || a->row->scope == SCOPE_NONE || b->row->scope == SCOPE_NONE || a->row->place == AT_HOST || b->row->place == AT_HOST)
		return false;
	if (a->link == LINK_BOTH || b->link == LINK_BOTH)
		return a->link >= LINKS && b->link >= LINKS ? a->row->place != b->row->place : false;
	if (strcmp(a->row->id, b->row->id) == 0 && a->link == b->link && a->target == b->target && a->port == b->port)
		return false;
	if (a->link >= LINKS || a->link != b->link)
		return true;
	return a->row->place != b->row->place && !hides(o, a, b) && !hides(o, b, a);
}

/* A fault as it may stand beside others: what target traffic does is not settled by how
 * well the fault explains everything alone. */
struct candidate {
	struct hypothesis kinds[TRAFFIC_KINDS];
	uint8_t *ranks[TRAFFIC_KINDS]; /* scoring_ranks() of each, within pool.ranks */
	uint8_t count;
};

struct pool {
	struct candidate list[CANDIDATES];
	size_t count;
	uint8_t *ranks;        /* of all candidates; owned */
	uint8_t *other, *both; /* room for those of one more fault, and of an explanation; within ranks */
};

static bool differs_in_traffic_alone(const struct hypothesis *a, const struct hypothesis *b)
{
	struct hypothesis same = *b;
	same.traffic = a->traffic;
	return hypothesis_compare(a, &same) == 0;
}

/* The likeliest single faults, one a statement. p->list holds singles alone, sorted. */
static void find_candidates(const struct posterior *p, struct pool *pool)
{
	for (size_t i = 0; i < p->count && pool->count < CANDIDATES; i++) {
		const struct hypothesis *h = &p->list[i].parts[0];
		bool known = h->row->scope == SCOPE_NONE;
		for (size_t k = 0; k < pool->count && !known; k++)
			known = hypothesis_same(&pool->list[k].kinds[0], h);
		if (known)
			continue;
		struct candidate *c = &pool->list[pool->count++];
		c->count = 0;
		for (size_t k = i; k < p->count && c->count < TRAFFIC_KINDS; k++)
			if (differs_in_traffic_alone(h, &p->list[k].parts[0]))
				c->kinds[c->count++] = p->list[k].parts[0];
	}
}

static bool pool_make(struct pool *pool, const struct posterior *p, const struct scoring *s)
{
	memset(pool, 0, sizeof *pool);
	find_candidates(p, pool);
	pool->ranks = malloc((pool->count * TRAFFIC_KINDS + 2) * (s->n + 1));
	if (!pool->ranks)
		return false;
	uint8_t *next = pool->ranks;
	for (size_t i = 0; i < pool->count; i++)
		for (uint8_t k = 0; k < pool->list[i].count; k++) {
			pool->list[i].ranks[k] = next;
			scoring_ranks(s, &pool->list[i].kinds[k], next);
			next += s->n + 1;
		}
	pool->other = next;
	pool->both = next + s->n + 1;
	return true;
}

/* An explanation, whose ranks are given, with one fault more, where they can be together. */
static bool add_beside(struct posterior *p, const struct scoring *s, const struct pool *pool, const struct explanation *e,
                       const uint8_t *ranks, const struct hypothesis *h, const uint8_t *more_ranks)
{
	struct explanation more = *e;
	for (uint8_t i = 0; i < e->count; i++)
		if (!may_pair(p->seen, &e->parts[i], h))
			return true;
	more.parts[more.count] = *h;
	more.parts[more.count++].log_prior -= s->log_none; /* odds against no fault */
	memcpy(pool->both, ranks, s->n);
	scoring_merge(s, pool->both, more_ranks);
	scoring_score(s, &more, pool->both);
	return posterior_append(p, &more);
}

/* A candidate with one more fault. */
static bool add_to_candidate(struct posterior *p, const struct scoring *s, const struct pool *pool, const struct candidate *c,
                             const struct hypothesis *h, const uint8_t *ranks)
{
	for (uint8_t a = 0; a < c->count; a++) {
		struct explanation e = {.parts = {c->kinds[a]}, .count = 1};
		if (!add_beside(p, s, pool, &e, c->ranks[a], h, ranks))
			return false;
	}
	return true;
}

static bool add_pairs(struct posterior *p, const struct scoring *s, const struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		for (size_t k = i + 1; k < pool->count; k++)
			for (uint8_t b = 0; b < pool->list[k].count; b++)
				if (!add_to_candidate(p, s, pool, &pool->list[i], &pool->list[k].kinds[b], pool->list[k].ranks[b]))
					return false;
	return true;
}

static bool in_pool(const struct pool *pool, const struct hypothesis *h)
{
	for (size_t i = 0; i < pool->count; i++)
		if (hypothesis_same(&pool->list[i].kinds[0], h))
			return true;
	return false;
}

/* What explains little alone may explain all that the likeliest leaves over: those are
 * tried with every fault there is, as far as the work stays bounded. */
static bool add_what_is_left(struct posterior *p, const struct scoring *s, const struct pool *pool, size_t singles)
{
	size_t most = WORK_MAX / (LEADERS * (s->n + 1));
	for (size_t k = 0; k < singles && k < most; k++) {
		struct hypothesis h = p->list[k].parts[0]; /* a copy: the list moves */
		if (h.row->scope == SCOPE_NONE || in_pool(pool, &h))
			continue;
		scoring_ranks(s, &h, pool->other);
		for (size_t i = 0; i < pool->count && i < LEADERS; i++)
			if (!add_to_candidate(p, s, pool, &pool->list[i], &h, pool->other))
				return false;
	}
	return true;
}

/* The same three, from a likelier pair? */
static bool is_known(const struct explanation *pairs, size_t before, const struct hypothesis *h)
{
	const struct explanation *own = &pairs[before];
	for (size_t m = 0; m < before; m++)
		if (explanation_has(&pairs[m], h) && (explanation_has(own, &pairs[m].parts[0]) || explanation_has(own, &pairs[m].parts[1])))
			return true;
	return false;
}

/* Three at once: the likeliest pairs with each candidate. One host that is listed once a
 * family is two targets, so that three parts are often two faults to a person. */
static bool add_triples(struct posterior *p, const struct scoring *s, const struct pool *pool)
{
	struct explanation pairs[PAIRS_MAX];
	size_t count = 0, most = WORK_MAX / ((pool->count + 1) * TRAFFIC_KINDS * (s->n + 1));
	most = most < LEADERS ? LEADERS : most > PAIRS_MAX ? PAIRS_MAX : most;
	uint8_t *ranks = malloc(2 * (s->n + 1));
	bool done = ranks;
	qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	for (size_t i = 0; i < p->count && count < most; i++) {
		if (p->list[i].log_score < p->list[0].log_score - PAIR_NOT_WORTH_IT)
			break;
		if (p->list[i].count == 2)
			pairs[count++] = p->list[i];
	}
	for (size_t i = 0; done && i < count; i++) {
		scoring_ranks(s, &pairs[i].parts[0], ranks);
		scoring_ranks(s, &pairs[i].parts[1], ranks + s->n);
		scoring_merge(s, ranks, ranks + s->n);
		for (size_t k = 0; done && k < pool->count; k++)
			for (uint8_t b = 0; done && b < pool->list[k].count; b++)
				if (!is_known(pairs, i, &pool->list[k].kinds[b]))
					done = add_beside(p, s, pool, &pairs[i], ranks, &pool->list[k].kinds[b], pool->list[k].ranks[b]);
	}
	free(ranks);
	return done;
}

/* Where nothing is wrong, or one fault explains all, more of them need not be tried. */
bool concurrent_add(struct posterior *p, const struct scoring *s)
{
	struct pool pool;
	size_t singles = p->count;
	bool healthy = p->list[0].parts[0].row->scope == SCOPE_NONE && p->count > 1 &&
	               p->list[1].log_score < p->list[0].log_score - NOT_WORTH_IT;
	if (healthy)
		return true;
	bool done = pool_make(&pool, p, s) && add_pairs(p, s, &pool) && add_what_is_left(p, s, &pool, singles) &&
	            add_triples(p, s, &pool);
	free(pool.ranks);
	return done;
}
