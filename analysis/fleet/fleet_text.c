/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fleet/fleet_report.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

int fleet_exit_code(const struct fleet_view *v)
{
	return v->count == 0 ? EXIT_UNDETERMINED : (int)v->circuits[0].status;
}

static void circuit(struct page *p, const struct fleet_circuit *c, bool verbose)
{
	char sure[WORDS_MAX];

	page_text(p, status_tone(c->status), status_mark(c->status));
	page_text(p, TONE_PLAIN, " ");
	page_cell(p, status_tone(c->status), status_shout(c->status), 13);
	page_cell(p, TONE_STRONG, c->first->circuit, 28);
	page_cell(p, TONE_PLAIN, c->first->provider[0] ? c->first->provider : "-", 20);
	page_cell(p, TONE_PLAIN, c->bad == 0 ? "" : c->domain != DOMAIN_NONE ? domain_words(c->domain) : "undecided", 16);
	if (c->bad > 0)
		page_textf(p, TONE_PLAIN, "bad at %zu of ", c->bad);
	page_textf(p, TONE_PLAIN, "%zu edge%s", c->edges, PLURAL_S(c->edges));
	if (c->incidents > 0)
		page_textf(p, TONE_DIM, ", %zu incident%s in 30 d", c->incidents, PLURAL_S(c->incidents));
	page_line(p);
	if (c->bad > 0) {
		page_textf(p, TONE_PLAIN, "    ");
		page_wrap(p, TONE_PLAIN, c->why, 4);
		page_textf(p, TONE_PLAIN, "    %s%s%s%s", confidence_words(c->confidence, sure), c->domain == DOMAIN_NONE ? " in the likeliest domain" : "",
		           link_words(c->first->link)[0] ? ", " : "", link_words(c->first->link));
		if (c->planned)
			page_text(p, TONE_WARN, ", planned maintenance");
		page_line(p);
	}
	for (size_t i = 0; i < c->edges && (c->bad > 0 || verbose); i++) {
		const struct fleet_seen *s = &c->first[i];

		page_text(p, TONE_DIM, "    ");
		page_cell(p, TONE_PLAIN, s->edge, 20);
		page_cell(p, status_tone(s->status), status_name(s->status), 13);
		page_wrap(p, TONE_PLAIN, s->summary, 37);
	}
}

/* Providers with what of theirs is bad, in the order in which they first appear: worst first. */
static void providers(struct page *p, const struct fleet_view *v)
{
	page_heading(p, "Providers");
	for (size_t i = 0; i < v->count; i++) {
		const char *name = v->circuits[i].first->provider;
		size_t all = 0, bad = 0, blamed = 0;
		bool seen = false;

		for (size_t k = 0; k < i; k++)
			seen = seen || strcmp(v->circuits[k].first->provider, name) == 0;
		for (size_t k = i; k < v->count && !seen; k++) {
			const struct fleet_circuit *c = &v->circuits[k];

			if (strcmp(c->first->provider, name) != 0)
				continue;
			all++;
			bad += c->bad > 0;
			blamed += c->bad > 0 && c->domain == DOMAIN_WAN;
		}
		if (seen)
			continue;
		page_cell(p, TONE_STRONG, name[0] ? name : "not known", 28);
		page_textf(p, bad > 0 ? TONE_WARN : TONE_PLAIN, "%zu circuit%s, %zu bad, %zu of them theirs", all, PLURAL_S(all), bad, blamed);
		page_line(p);
	}
}

static void edges(struct page *p, const struct fleet_view *v)
{
	char span[WORDS_MAX];
	bool any = false;

	for (size_t i = 0; i < v->edge_count; i++) {
		int64_t age = v->at.ns - v->edges[i].seen_at.ns;

		if (age < v->since_ns)
			continue;
		if (!any)
			page_heading(p, "Silent edges");
		any = true;
		page_cell(p, TONE_STRONG, v->edges[i].name, 28);
		page_textf(p, TONE_WARN, "nothing for %s", span_words(age / NS_PER_US, span));
		page_line(p);
	}
}

void fleet_text(const struct fleet_view *v, const struct text_style *style, struct strbuf *out)
{
	size_t bad = 0, by[DOMAINS] = {0};
	struct page p;

	for (size_t i = 0; i < v->count; i++) {
		bad += v->circuits[i].bad > 0;
		by[v->circuits[i].domain] += v->circuits[i].bad > 0;
	}
	page_init(&p, style, out);
	page_textf(&p, TONE_STRONG, "%zu circuit%s, %zu bad: corporate %zu, WAN %zu, Azure %zu, undecided %zu; %zu edge%s", v->count,
	           PLURAL_S(v->count), bad, by[DOMAIN_CORPORATE], by[DOMAIN_WAN], by[DOMAIN_AZURE], by[DOMAIN_NONE], v->edge_count,
	           PLURAL_S(v->edge_count));
	page_line(&p);
	page_line(&p);
	for (size_t i = 0; i < v->count; i++)
		circuit(&p, &v->circuits[i], p.verbose);
	if (v->count > 0)
		providers(&p, v);
	edges(&p, v);
}
