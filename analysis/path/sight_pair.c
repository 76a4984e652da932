/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/path/sight_pair.h"

#include "analysis/path/stats.h"

#include <stdlib.h>
#include <string.h>

#define TTLS 256

/* Both lists, and for each probe its partner in the other (its place + 1; 0 = none). */
struct pairing {
	const struct sight *list[PAIR_SIDES];
	size_t count[PAIR_SIDES];
	size_t *partner[PAIR_SIDES];
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

/* Within one order: the IPv4 identification and the checksum must agree as well, and the
 * first free one is taken, since both are in the order of time. */
static void pair_group(struct pairing *p, size_t a, size_t a_end, size_t b, size_t b_end)
{
	size_t from = b;

	for (size_t i = a; i < a_end; i++) {
		for (size_t k = from; k < b_end; k++) {
			const struct sight *x = &p->list[PAIR_A][i], *y = &p->list[PAIR_B][k];

			if (p->partner[PAIR_B][k] || x->ip_id != y->ip_id || x->sum != y->sum)
				continue;
			p->partner[PAIR_A][i] = k + 1;
			p->partner[PAIR_B][k] = i + 1;
			break;
		}
		while (from < b_end && p->partner[PAIR_B][from])
			from++;
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
	int64_t there = s->at.ns + (side == PAIR_A ? out->clock.median_ns : -out->clock.median_ns);
	int hops = side == PAIR_A ? out->hops : -out->hops;

	return there >= p->first[!side].ns && there <= p->last[!side].ns && s->ttl > hops;
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
	p.partner[PAIR_A] = calloc(p.count[PAIR_A] + 1, sizeof *p.partner[PAIR_A]);
	p.partner[PAIR_B] = calloc(p.count[PAIR_B] + 1, sizeof *p.partner[PAIR_B]);
	p.values = calloc(p.count[PAIR_A] + 1, sizeof *p.values);
	ok = p.partner[PAIR_A] && p.partner[PAIR_B] && p.values;
	if (ok) {
		pair_all(&p);
		count_common(&p, out);
		measure_between(&p, out);
	}
	for (int side = 0; ok && side < PAIR_SIDES; side++)
		count_alone(&p, out, side);
	free(p.partner[PAIR_A]);
	free(p.partner[PAIR_B]);
	free(p.values);
	return ok;
}
