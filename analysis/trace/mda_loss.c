/* SPDX-License-Identifier: BSD-2-Clause */
/* Loss on some flows alone. A failed or bad member of a bundle below IP is invisible to
 * addresses, but it has the flows that hash to it, and only these. */
#include "analysis/trace/mda_state.h"

#include <math.h>

#define FOLLOWED_BEYOND 3
#define UNEVEN 0.001          /* chance below which the spread of losses is no chance */

uint16_t mda_loss_flows(const struct mda *m)
{
	return m->options.flows < MDA_LOSS_FLOWS ? m->options.flows : (uint16_t)MDA_LOSS_FLOWS;
}

/* The end of the longest path: the destination answers whatever TTL is left. */
static uint8_t far_ttl(const struct mda *m)
{
	uint8_t far = 0;

	for (uint16_t f = 0; f < m->options.flows; f++)
		if (m->ends[f] > far)
			far = m->ends[f];
	return far;
}

static bool any_answered(const struct mda *m)
{
	for (uint16_t f = 0; f < mda_loss_flows(m); f++)
		if (m->answered[f] > 0)
			return true;
	return false;
}

/* All flows once, then all again: what passes hits them alike. Where none is known to reach the end, the first
 * may be one that a failed member has, and the others were not followed behind where it ended: one round with all
 * the TTL there is tells whether any does. */
enum mda_wish mda_loss_next(struct mda *m, const bool *ready, struct mda_ask *out)
{
	mda_build(m);
	uint8_t known = far_ttl(m);
	m->far_ttl = known > 0 ? known : m->options.max_ttl;
	uint16_t rounds = known > 0 || any_answered(m) || m->options.rounds == 0 ? m->options.rounds : 1;
	for (uint16_t round = 0; round < rounds; round++)
		for (uint16_t f = 0; f < mda_loss_flows(m); f++) {
			if (m->sent[f] > round)
				continue;
			/* One in flight: which probe an answer is of must stay clear. */
			if (!ready[m->far_ttl] || mda_cell(m, f, m->far_ttl)->open > 0)
				return MDA_HELD;
			m->sent[f]++;
			return mda_take(m, f, m->far_ttl, out);
		}
	return MDA_NOTHING;
}

/* Chance of a chi-square this large or larger: its cube root is near to normal (Wilson
 * and Hilferty 1931). */
static double chi_square_tail(double x, double degrees)
{
	double v = 2 / (9 * degrees);
	double z = (pow(x / degrees, 1.0 / 3) - (1 - v)) / sqrt(v);

	return 0.5 * erfc(z / sqrt(2));
}

static void compare(const struct mda *m, struct mda_loss *l)
{
	double share = (double)l->answered / l->sent, square = 0;

	l->chance = 1;
	if (l->answered == 0 || l->answered == l->sent || l->flows < 2)
		return;
	for (uint16_t f = 0; f < l->flows; f++) {
		double wanted = m->sent[f] * share, off = m->answered[f] - wanted;
		square += m->sent[f] > 0 ? off * off / (wanted * (1 - share)) : 0;
	}
	l->chance = chi_square_tail(square, l->flows - 1);
	for (uint16_t f = 0; f < l->flows && l->chance < UNEVEN; f++)
		if (m->answered[f] < m->sent[f] * share && m->answered[f] * 2 <= m->sent[f])
			l->bad[l->bad_count++] = f;
}

struct mda_loss mda_loss(const struct mda *m)
{
	struct mda_loss l = {.flows = m->far_ttl > 0 ? mda_loss_flows(m) : 0, .chance = 1};

	for (uint16_t f = 0; f < l.flows; f++) {
		l.sent += m->sent[f];
		l.answered += m->answered[f];
	}
	if (l.sent == 0 || (l.answered == 0 && far_ttl(m) == 0))
		return (struct mda_loss){.chance = 1};
	compare(m, &l);
	for (uint16_t b = 0; b < l.bad_count && b < MDA_FOLLOWED; b++)
		for (uint8_t ttl = 1; ttl < m->far_ttl; ttl++)
			if (mda_cell(m, l.bad[b], ttl)->state == MDA_CELL_SEEN)
				l.furthest[b] = ttl;
	return l;
}

/* The bad flows, hop by hop: up to where are they answered? */
enum mda_wish mda_follow_next(struct mda *m, const bool *ready, struct mda_ask *out)
{
	struct mda_loss l = mda_loss(m);
	enum mda_wish wish = MDA_NOTHING;
	/* Where nobody knows how far the end is: as far as the first flow came, and a little. */
	uint8_t until = far_ttl(m) == 0 && m->limit + FOLLOWED_BEYOND < m->far_ttl ? (uint8_t)(m->limit + FOLLOWED_BEYOND) : m->far_ttl;

	for (uint16_t b = 0; b < l.bad_count && b < MDA_FOLLOWED; b++)
		for (uint8_t ttl = 1; ttl < until; ttl++) {
			const struct mda_cell *c = mda_cell(m, l.bad[b], ttl);
			if (c->state != MDA_CELL_NEW || (m->ends[l.bad[b]] > 0 && ttl > m->ends[l.bad[b]]))
				continue;
			if (c->open == 0 && ready[ttl])
				return mda_take(m, l.bad[b], ttl, out);
			wish = MDA_HELD;
		}
	return wish;
}
