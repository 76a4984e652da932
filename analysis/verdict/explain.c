/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/verdict/explain.h"

#include "analysis/diagnose/weigh.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXPLANATIONS_SHOWN 8
#define WEIGHT_SHOWN 0.4

static void name_explanation(const struct explanation *e, struct strbuf *out)
{
	for (uint8_t i = 0; i < e->count; i++) {
		const struct hypothesis *h = &e->parts[i];
		const char *link = link_name((enum link_id)h->link);
		strbuf_addf(out, "%s%s", i ? " + " : "", h->row->id);
		if (link)
			strbuf_addf(out, " %s", link);
		if (h->boundary)
			strbuf_addf(out, " before hop %u", (unsigned)h->boundary);
		if (h->kind)
			strbuf_addf(out, " %s %u", h->kind == PROBE_TCP_SYN ? "tcp" : "icmp", (unsigned)h->port);
		if (h->families != 3)
			strbuf_addf(out, " families %u", (unsigned)h->families);
		if (h->row->scope == SCOPE_TARGET || h->row->scope == SCOPE_TARGET_SERVICE)
			strbuf_addf(out, " target %u", (unsigned)h->target);
	}
}

static const struct explanation *find_versus(const struct posterior *p, const char *id)
{
	for (size_t i = 0; id && i < p->count; i++)
		if (p->list[i].count == 1 && strcmp(p->list[i].parts[0].row->id, id) == 0)
			return &p->list[i];
	return p->count > 1 ? &p->list[1] : NULL;
}

static void add_row(struct strbuf *out, double weight, const char *words)
{
	strbuf_addf(out, "  %+8.2f  %s\n", weight, words);
}

/* All lines above the sum add up to it: what is not shown by itself stands in one of its own. */
static void add_table(const struct posterior *p, const struct explanation *rival, const struct observation *obs, size_t n, double *shares,
                      struct strbuf *out)
{
	const struct explanation *e = &p->list[0];
	struct weigh_rest rest;
	double small = 0, alone = 0, together = 0;
	weigh_shares(p, obs, n, e, rival, shares, &rest);
	add_row(out, rest.prior, "how common each of them is");
	for (size_t i = 0; i < n; i++) {
		char words[SENTENCE_MAX];
		if (obs[i].of_azure) {
			alone += observation_log(p, &obs[i], e, 0) - observation_log(p, &obs[i], rival, 0);
			together += shares[i];
		}
		if (fabs(shares[i]) < WEIGHT_SHOWN) {
			small += shares[i];
			continue;
		}
		observation_words(p->seen, &obs[i], words, sizeof words);
		add_row(out, shares[i], words);
	}
	if (fabs(small) >= 0.005)
		add_row(out, small, "all that weighs less than 0.4");
	if (fabs(rest.rate) >= 0.005)
		add_row(out, rest.rate, "the rate of the loss is not known");
	add_row(out, e->log_score - rival->log_score, "in all: the odds of the two");
	if (fabs(alone - together) >= WEIGHT_SHOWN)
		strbuf_addf(out, "  of that Azure has %+.2f: one by one its answers say %+.2f, but they may be late together\n", together, alone);
}

void explain_posterior(const struct posterior *p, const char *versus, struct strbuf *out)
{
	for (size_t i = 0; i < p->count && i < EXPLANATIONS_SHOWN; i++) {
		strbuf_addf(out, "%8.4f  %10.2f  ", p->list[i].probability, p->list[i].log_score);
		name_explanation(&p->list[i], out);
		strbuf_add(out, "\n");
	}
	const struct explanation *rival = find_versus(p, versus);
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	double *shares = calloc(observations_room(p->seen), sizeof *shares);
	if (rival && obs && shares) {
		strbuf_add(out, "weights of the first against ");
		name_explanation(rival, out);
		strbuf_addf(out, " (%.2f):\n", rival->log_score);
		add_table(p, rival, obs, observations_list(p->seen, obs), shares, out);
	}
	free(obs);
	free(shares);
}
