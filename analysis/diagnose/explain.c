/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/diagnose/explain.h"
#include "analysis/diagnose/verdict.h"

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

void explain_posterior(const struct posterior *p, const char *versus, struct strbuf *out)
{
	for (size_t i = 0; i < p->count && i < EXPLANATIONS_SHOWN; i++) {
		strbuf_addf(out, "%8.4f  %10.2f  ", p->list[i].probability, p->list[i].log_score);
		name_explanation(&p->list[i], out);
		strbuf_add(out, "\n");
	}
	const struct explanation *rival = find_versus(p, versus);
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	if (!rival || !obs) {
		free(obs);
		return;
	}
	strbuf_add(out, "weights of the first against ");
	name_explanation(rival, out);
	strbuf_addf(out, " (%.2f):\n", rival->log_score);
	size_t n = observations_list(p->seen, obs);
	for (size_t i = 0; i < n; i++) {
		double own = observation_log(p, &obs[i], &p->list[0], p->list[0].grid);
		double theirs = observation_log(p, &obs[i], rival, rival->grid);
		char words[SENTENCE_MAX];
		if (fabs(own - theirs) < WEIGHT_SHOWN)
			continue;
		observation_words(p->seen, &obs[i], words, sizeof words);
		strbuf_addf(out, "  %+8.2f  %s\n", own - theirs, words);
	}
	free(obs);
}
