/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fleet/fleet.h"

#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* fault, degraded, undetermined, healthy */
static int badness(enum status s)
{
	return s == STATUS_FAULT ? 3 : s == STATUS_DEGRADED ? 2 : s == STATUS_UNDETERMINED ? 1 : 0;
}

static bool is_bad(const struct fleet_seen *s)
{
	return badness(s->status) >= 2;
}

static int by_circuit(const void *a, const void *b)
{
	const struct fleet_seen *x = a, *y = b;
	int ids = strcmp(x->id, y->id);

	if (ids != 0)
		return ids;
	if (badness(x->status) != badness(y->status))
		return badness(y->status) - badness(x->status);
	if (x->confidence > y->confidence || x->confidence < y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	return strcmp(x->edge, y->edge);
}

static int by_badness(const void *a, const void *b)
{
	const struct fleet_circuit *x = a, *y = b;

	if (badness(x->status) != badness(y->status))
		return badness(y->status) - badness(x->status);
	if (x->bad != y->bad)
		return x->bad > y->bad ? -1 : 1;
	return strcmp(x->first->id, y->first->id);
}

/* Odds of each domain that is at fault, as the edges' verdicts and what is shared make them. */
static void weigh(const struct fleet_circuit *c, double odds[DOMAINS])
{
	double sum = 0;

	for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
		odds[d] = 1;
	for (size_t i = 0; i < c->edges; i++) {
		const struct fleet_seen *s = &c->first[i];
		/* Whoever is sure without end would drown all others. */
		double sure = s->confidence < 0.34 ? 1.0 / 3 : s->confidence > 0.999 ? 0.999 : s->confidence;

		if (!is_bad(s))
			continue;
		for (int d = DOMAIN_CORPORATE; s->domain != DOMAIN_NONE && d < DOMAINS; d++)
			odds[d] *= d == (int)s->domain ? sure : (1 - sure) / 2;
	}
	odds[DOMAIN_CORPORATE] *= pow(FLEET_COINCIDENCE, (double)(c->bad - 1));
	odds[DOMAIN_WAN] *= pow(FLEET_UNSEEN, (double)c->healthy);
	odds[DOMAIN_AZURE] *= pow(FLEET_UNSEEN, (double)c->healthy);
	for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
		sum += odds[d];
	for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
		odds[d] = sum > 0 ? odds[d] / sum : 1.0 / 3;
}

static void explain(struct fleet_circuit *c)
{
	char a[NAME_MAX_LEN], b[NAME_MAX_LEN];

	text_safe(a, sizeof a, c->first[0].edge);
	if (c->bad == 0) {
		c->why[0] = '\0';
	} else if (c->bad > 1) {
		text_safe(b, sizeof b, c->first[1].edge);
		text_format(c->why, sizeof c->why, "%s and %s%s find the same circuit bad: %s.", a, b, c->bad > 2 ? " and others" : "",
		            c->corporate_cleared ? "that clears their corporate networks" : "yet each suspects its own network");
	} else if (c->healthy > 0) {
		text_safe(b, sizeof b, c->first[c->edges - 1].edge);
		text_format(c->why, sizeof c->why, "%s alone finds it bad, %s%s finds it healthy: %s.", a, b, c->healthy > 1 ? " and others" : "",
		            c->shared_cleared ? "what they share works" : "what they share is doubtful, look at both");
	} else {
		text_format(c->why, sizeof c->why, "Only %s sees this circuit.", a);
	}
}

static void join(struct fleet_circuit *c)
{
	double odds[DOMAINS];
	int best = DOMAIN_CORPORATE;

	for (size_t i = 0; i < c->edges; i++) {
		c->bad += is_bad(&c->first[i]);
		c->healthy += c->first[i].status == STATUS_HEALTHY;
		c->unclear += c->first[i].status == STATUS_UNDETERMINED;
		c->planned = c->planned || c->first[i].maintenance[0];
	}
	c->status = c->first[0].status;
	c->domain = DOMAIN_NONE;
	if (c->bad > 0) {
		weigh(c, odds);
		for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
			best = odds[d] > odds[best] ? d : best;
		c->confidence = odds[best];
		if (odds[best] >= FLEET_SURE)
			c->domain = (enum domain)best;
		c->corporate_cleared = c->bad > 1 && odds[DOMAIN_CORPORATE] <= 1 - FLEET_SURE;
		c->shared_cleared = c->healthy > 0 && odds[DOMAIN_CORPORATE] >= FLEET_SURE;
	}
	explain(c);
}

size_t fleet_join(struct fleet_seen *seen, size_t count, struct fleet_circuit *out)
{
	size_t circuits = 0;

	/* There may be no array at all, which qsort() does not take. */
	if (count == 0)
		return 0;
	qsort(seen, count, sizeof *seen, by_circuit);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || strcmp(seen[i].id, seen[i - 1].id) != 0)
			out[circuits++] = (struct fleet_circuit){.first = &seen[i]};
		out[circuits - 1].edges++;
	}
	for (size_t i = 0; i < circuits; i++)
		join(&out[i]);
	qsort(out, circuits, sizeof *out, by_badness);
	return circuits;
}
