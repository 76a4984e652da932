/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/path/sight_pair.h"

#include "analysis/path/stats.h"

#include <stdlib.h>
#include <string.h>

#define TTLS 256

/* A probe of one order by what else must agree: the IPv4 identification and the checksum. */
struct keyed { uint16_t ip_id, sum; size_t at; };

/* Both lists, and for each probe its partner in the other (its place + 1; 0 = none). */
struct pairing {
	const struct sight *list[PAIR_SIDES];
	size_t count[PAIR_SIDES];
	size_t *partner[PAIR_SIDES];
	struct keyed *keyed[PAIR_SIDES]; /* room for the group that is being paired */
	struct wall_ns first[PAIR_SIDES], last[PAIR_SIDES];
	int64_t *values;
};

static size_t group_len(const struct sight *list, size_t count)
{
	size_t n = 1;

	while (n < count && sights_order(&list[0], &list[n]) == 0)
		n++;
	return n;
}

static int by_key(const void *x, const void *y)
{
	const struct keyed *a = x, *b = y;

	if (a->ip_id != b->ip_id)
		return a->ip_id < b->ip_id ? -1 : 1;
	if (a->sum != b->sum)
		return a->sum < b->sum ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static size_t sort_group(struct pairing *p, enum pair_side side, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		p->keyed[side][i - from] = (struct keyed){p->list[side][i].ip_id, p->list[side][i].sum, i};
	qsort(p->keyed[side], end - from, sizeof *p->keyed[side], by_key);
	return end - from;
}

/* Within one order, of those that agree in the rest too the first here is the first there: both are in the order of
 * time. Sorted, since somebody's capture may hold a million of one order. */
static void pair_group(struct pairing *p, size_t a, size_t a_end, size_t b, size_t b_end)
{
	size_t here = sort_group(p, PAIR_A, a, a_end), there = sort_group(p, PAIR_B, b, b_end);

	for (size_t i = 0, k = 0; i < here && k < there;) {
		struct keyed x = p->keyed[PAIR_A][i], y = p->keyed[PAIR_B][k];

		if (x.ip_id == y.ip_id && x.sum == y.sum) {
			p->partner[PAIR_A][x.at] = y.at + 1;
			p->partner[PAIR_B][y.at] = x.at + 1;
			i++;
			k++;
		} else if (x.ip_id < y.ip_id || (x.ip_id == y.ip_id && x.sum < y.sum)) {
			i++;
		} else {
			k++;
		}
	}
}

static void pair_all(struct pairing *p)
{
	size_t a = 0, b = 0;

	while (a < p->count[PAIR_A] && b < p->count[PAIR_B]) {
		size_t a_end = a + group_len(p->list[PAIR_A] + a, p->count[PAIR_A] - a);
		size_t b_end = b + group_len(p->list[PAIR_B] + b, p->count[PAIR_B] - b);
		int order = sights_order(&p->list[PAIR_A][a], &p->list[PAIR_B][b]);

		if (order == 0)
			pair_group(p, a, a_end, b, b_end);
		a = order <= 0 ? a_end : a;
		b = order >= 0 ? b_end : b;
	}
}

static void count_common(struct pairing *p, struct sight_pair *out)
{
	uint32_t votes[2 * TTLS] = {0};
	size_t clocks = 0;
	int best = TTLS;

	for (size_t i = 0; i < p->count[PAIR_A]; i++) {
		const struct sight *a = &p->list[PAIR_A][i], *b;

		if (!p->partner[PAIR_A][i])
			continue;
		b = &p->list[PAIR_B][p->partner[PAIR_A][i] - 1];
		out->both++;
		out->answered_both += a->answer != ANSWER_NONE && b->answer != ANSWER_NONE;
		out->answered_only[PAIR_A] += a->answer != ANSWER_NONE && b->answer == ANSWER_NONE;
		out->answered_only[PAIR_B] += a->answer == ANSWER_NONE && b->answer != ANSWER_NONE;
		votes[TTLS + a->ttl - b->ttl]++;
		p->values[clocks++] = wall_since(b->at, a->at);
	}
	for (int i = 0; i < 2 * TTLS; i++)
		best = votes[i] > votes[best] ? i : best;
	out->hops = best - TTLS;
	out->clock = stats_rtt(p->values, clocks);
}

/* Round trips of the same answer: its sender must be the same. */
static void measure_between(struct pairing *p, struct sight_pair *out)
{
	size_t count = 0;

	for (size_t i = 0; i < p->count[PAIR_A]; i++) {
		const struct sight *a = &p->list[PAIR_A][i], *b;

		if (!p->partner[PAIR_A][i])
			continue;
		b = &p->list[PAIR_B][p->partner[PAIR_A][i] - 1];
		if (a->answer != ANSWER_NONE && b->answer == a->answer && ip_addr_equal(&a->from, &b->from))
			p->values[count++] = a->rtt_ns - b->rtt_ns;
	}
	out->between = stats_rtt(p->values, count);
}

/* What load balancers hash on is the same, so both take one way. */
static bool same_flow(const struct sight *a, const struct sight *b)
{
	return a->kind == b->kind && a->src_port == b->src_port && (a->kind == PROBE_ICMP_ECHO || a->dst_port == b->dst_port) &&
	       ip_addr_equal(&a->src, &b->src) && ip_addr_equal(&a->dst, &b->dst);
}

/* Would it have come to the other place: by its time, and with hops left? */
static bool could_be_there(const struct pairing *p, const struct sight_pair *out, int side, const struct sight *s)
{
	/* Stamps of a file may be any: their differences fit, a sum need not. */
	int64_t shift = side == PAIR_A ? -out->clock.median_ns : out->clock.median_ns;
	int hops = side == PAIR_A ? out->hops : -out->hops;

	return wall_since(s->at, p->first[!side]) >= shift && wall_since(s->at, p->last[!side]) <= shift && s->ttl > hops;
}

/* Of the flows that came to both places; those of one order are neighbours in the list. */
static void count_alone(const struct pairing *p, struct sight_pair *out, int side)
{
	const struct sight *list = p->list[side];
	size_t end;

	for (size_t at = 0; at < p->count[side]; at = end) {
		uint64_t alone = 0, paired = 0;

		for (end = at; end < p->count[side] && same_flow(&list[at], &list[end]); end++) {
			paired += p->partner[side][end] > 0;
			alone += !p->partner[side][end] && could_be_there(p, out, side, &list[end]);
		}
		out->only[side] += paired > 0 ? alone : 0;
	}
}

bool sight_pair(const struct sights *a, const struct sights *b, struct sight_pair *out)
{
	struct pairing p = {.first = {sights_totals(a)->first, sights_totals(b)->first},
	                    .last = {sights_totals(a)->last, sights_totals(b)->last}};
	bool ok;

	memset(out, 0, sizeof *out);
	p.list[PAIR_A] = sights_list(a, &p.count[PAIR_A]);
	p.list[PAIR_B] = sights_list(b, &p.count[PAIR_B]);
	p.values = calloc(p.count[PAIR_A] + 1, sizeof *p.values);
	ok = p.values != NULL;
	for (int side = 0; side < PAIR_SIDES; side++) {
		p.partner[side] = calloc(p.count[side] + 1, sizeof *p.partner[side]);
		p.keyed[side] = calloc(p.count[side] + 1, sizeof *p.keyed[side]);
		ok = ok && p.partner[side] && p.keyed[side];
	}
	if (ok) {
		pair_all(&p);
		count_common(&p, out);
		measure_between(&p, out);
	}
	for (int side = 0; ok && side < PAIR_SIDES; side++)
		count_alone(&p, out, side);
	for (int side = 0; side < PAIR_SIDES; side++) {
		free(p.partner[side]);
		free(p.keyed[side]);
	}
	free(p.values);
	return ok;
}
