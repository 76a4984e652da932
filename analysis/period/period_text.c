/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/period/period_report.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

static void figure(struct page *p, int64_t us)
{
	char text[WORDS_MAX];

	page_cell_right(p, TONE_PLAIN, us < 0 ? "–" : ms_words(us * NS_PER_US, true, text), 12);
}

static void share(struct page *p, double value, size_t columns)
{
	char text[16];

	page_cell_right(p, value < 0 ? TONE_DIM : value < 1 ? TONE_WARN : TONE_GOOD, period_percent(value, text), columns);
}

/* Loss: what any of it is worth a look at is the other way round than with a share that works. */
static void loss(struct page *p, double value, size_t columns)
{
	char text[16];

	page_cell_right(p, value < 0 ? TONE_DIM : value > 0 ? TONE_WARN : TONE_GOOD, period_percent(value, text), columns);
}

/* How often a link works stands beside the link, before the domains: it says nothing of the first of them. */
static void links(struct page *p, const struct period_circuit *c)
{
	page_text(p, TONE_DIM, "  link           works         well  domain       mean added        least         most   mean loss");
	page_line(p);
	for (int l = 0; l < LINKS; l++) {
		for (int d = DOMAIN_CORPORATE; c->links[l].present && d < DOMAINS; d++) {
			const struct period_segment *s = &c->links[l].segments[d];

			page_text(p, TONE_PLAIN, "  ");
			if (d == DOMAIN_CORPORATE) {
				page_cell(p, TONE_STRONG, link_name((enum link_id)l), 9);
				share(p, period_works(&c->links[l].count), 11);
				share(p, period_redundant(&c->links[l].count), 13);
			} else {
				page_cell(p, TONE_PLAIN, "", 33);
			}
			page_text(p, TONE_PLAIN, "  ");
			page_cell(p, TONE_PLAIN, domain_name((enum domain)d), 11);
			figure(p, s->timed > 0 ? s->added_us : -1);
			figure(p, s->timed > 0 ? s->least_us : -1);
			figure(p, s->timed > 0 ? s->most_us : -1);
			loss(p, s->measured > 0 ? s->loss : -1, 12);
			page_line(p);
		}
	}
}

static void blame(struct page *p, const struct period_circuit *c)
{
	char fault[WORDS_MAX], degraded[WORDS_MAX], planned[WORDS_MAX];

	for (int d = DOMAIN_NONE; d < DOMAINS; d++) {
		const struct period_blame *b = &c->blame[d];

		if (b->incidents == 0)
			continue;
		page_textf(p, TONE_PLAIN, "  %s: %lld incident%s, fault for %s, degraded for %s",
		           d == DOMAIN_NONE ? "nobody named" : domain_words((enum domain)d), (long long)b->incidents, PLURAL_S(b->incidents),
		           span_words(b->fault_us, fault), span_words(b->degraded_us, degraded));
		if (b->planned_us > 0)
			page_textf(p, TONE_PLAIN, ", of that during planned maintenance %s", span_words(b->planned_us, planned));
		page_line(p);
	}
}

static void months(struct page *p, const struct period_circuit *c)
{
	struct period_month m;
	size_t day = 0;

	page_text(p, TONE_DIM, "  month          runs     works  both well  WAN, primary  WAN, secondary");
	page_line(p);
	while (period_month(c, &day, &m)) {
		page_textf(p, TONE_PLAIN, "  %s  %10lld", m.name, (long long)m.count.runs);
		share(p, period_works(&m.count), 10);
		share(p, period_redundant(&m.count), 11);
		page_text(p, TONE_PLAIN, "  ");
		figure(p, m.wan_us[0]);
		page_text(p, TONE_PLAIN, "    ");
		figure(p, m.wan_us[1]);
		page_line(p);
	}
}

static void circuit(struct page *p, const struct period_circuit *c)
{
	const struct history_sum *s = &c->sum;
	const struct period_count all = {s->runs, s->healthy, s->degraded, s->fault, s->undetermined};
	char works[16], both[16];

	page_heading(p, c->name);
	page_textf(p, TONE_PLAIN, "  works %s, both links well %s, %lld incident%s, %lld change%s of path; %lld run%s, %lld undetermined, %lld failed",
	           period_percent(period_works(&all), works), period_percent(period_redundant(&all), both), (long long)s->incidents,
	           PLURAL_S(s->incidents), (long long)c->path_changes, PLURAL_S(c->path_changes), (long long)s->runs,
	           PLURAL_S(s->runs), (long long)s->undetermined, (long long)s->lost);
	page_line(p);
	blame(p, c);
	page_line(p);
	links(p, c);
	page_line(p);
	months(p, c);
}

void period_text(const struct period_view *v, const struct text_style *style, struct strbuf *out)
{
	const struct history_view list = {.since = v->since, .until = v->until, .items = v->items, .item_count = v->item_count, .cut = v->cut};
	char since[WALL_TEXT_MAX], until[WALL_TEXT_MAX];
	struct page p;

	page_init(&p, style, out);
	page_textf(&p, TONE_STRONG, "ExpressRoute, %.16s to %.16s UTC, measured from %s", wall_text(v->since, since),
	           wall_text(v->until, until), v->host);
	page_line(&p);
	for (size_t i = 0; i < v->count; i++)
		circuit(&p, &v->circuits[i]);
	history_text_items(&p, &list);
}
