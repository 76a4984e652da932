/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/capture_report/pair_report.h"

#include "analysis/record/comment.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const letters[PAIR_SIDES] = {"A", "B"};
enum { NAME_COLUMNS = 44, SIDE_COLUMNS = 26 };

static void part(struct page *p, const char *letter, const struct pair_part *part)
{
	char first[WALL_TEXT_MAX], last[WALL_TEXT_MAX];

	page_textf(p, TONE_STRONG, "%s  %s", letter, part->name);
	page_textf(p, TONE_PLAIN, " (%s): %" PRIu64 " probe%s, %" PRIu64 " answered", part->what, part->totals->probes, PLURAL_S(part->totals->probes),
	           part->totals->answered);
	if (part->totals->frames > 0)
		page_textf(p, TONE_DIM, ", %s to %s", wall_text(part->totals->first, first), wall_text(part->totals->last, last));
	page_line(p);
}

/* -- verdicts -- */

static void verdict(struct page *p, const char *letter, const struct verdict *v)
{
	char confidence[WORDS_MAX];

	page_to(p, 2);
	page_textf(p, TONE_PLAIN, "%s  ", letter);
	page_textf(p, status_tone(v->status), "%s %s", status_mark(v->status), status_shout(v->status));
	if (v->fault[0])
		page_textf(p, TONE_PLAIN, " %s", v->fault);
	page_textf(p, TONE_PLAIN, " %s %s", link_words(v->link), confidence_words(v->confidence, confidence));
	page_line(p);
}

static const struct hop_result *hop_of(const struct link_result *l, int fam, uint8_t ttl)
{
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		if (l->hops[fam][i].ttl == ttl)
			return &l->hops[fam][i];
	return NULL;
}

static void link_hops(struct page *p, const struct link_result *a, const struct link_result *b, int fam)
{
	for (size_t i = 0; i < a->hop_count[fam]; i++) {
		const struct hop_result *x = &a->hops[fam][i], *y = hop_of(b, fam, x->ttl);

		if (!y)
			continue;
		char from[IP_TEXT_MAX], to[IP_TEXT_MAX], ms[WORDS_MAX];
		bool moved = x->address_count > 0 && y->address_count > 0 && !ip_addr_equal(&x->addresses[0], &y->addresses[0]);
		bool slower = x->rtt.known && y->rtt.known;

		if (!moved && !slower)
			continue;
		page_to(p, 4);
		page_textf(p, TONE_PLAIN, "hop %u  %s", x->ttl, x->address_count ? ip_addr_text(&x->addresses[0], from) : "*");
		if (moved)
			page_textf(p, TONE_WARN, " → %s", ip_addr_text(&y->addresses[0], to));
		if (slower) {
			page_textf(p, TONE_PLAIN, "  median %s", ms_words(x->rtt.median_ns, true, ms));
			page_textf(p, TONE_PLAIN, " → %s", ms_words(y->rtt.median_ns, true, ms));
		}
		page_line(p);
	}
}

static void link_pair(struct page *p, const struct link_result *a, const struct link_result *b)
{
	page_to(p, 2);
	page_textf(p, TONE_STRONG, "%s", link_words(a->id));
	page_textf(p, a->status == b->status ? TONE_PLAIN : TONE_WARN, "  %s → %s", status_name(a->status), status_name(b->status));
	page_line(p);
	for (int fam = 0; fam < FAMILIES; fam++)
		link_hops(p, a, b, fam);
}

static void circuits(struct page *p, const struct pair_report *r)
{
	const struct run_result *a = r->parts[PAIR_A].result;

	for (size_t i = 0; a && i < a->circuit_count; i++) {
		const struct circuit_result *x = &a->circuits[i], *y = pair_circuit(r, x);

		if (!y)
			continue;
		page_heading(p, x->plan->name);
		verdict(p, letters[PAIR_A], &x->faults[0]);
		verdict(p, letters[PAIR_B], &y->faults[0]);
		for (size_t l = 0; l < x->link_count && l < y->link_count; l++)
			link_pair(p, &x->links[l], &y->links[l]);
	}
}

/* -- the same packets -- */

static void spread(struct page *p, const char *what, const struct rtt_summary *s)
{
	char ms[WORDS_MAX];

	if (!s->known)
		return;
	page_textf(p, TONE_PLAIN, "  %s: median %s", what, ms_words(s->median_ns, true, ms));
	page_textf(p, TONE_PLAIN, ", from %s", ms_words(s->min_ns, true, ms));
	page_textf(p, TONE_PLAIN, " to %s", ms_words(s->max_ns, true, ms));
	page_line(p);
}

static void where(struct page *p, int hops)
{
	int near = hops >= 0 ? PAIR_A : PAIR_B;
	int distance = hops < 0 ? -hops : hops;

	if (hops == 0)
		page_text(p, TONE_PLAIN, "  No router is between the two places.");
	else
		page_textf(p, TONE_PLAIN, "  %s is nearer to the sender, by %d hop%s.", letters[near], distance, PLURAL_S(distance));
	page_line(p);
}

static void packets(struct page *p, const struct sight_pair *s)
{
	int near = s->hops >= 0 ? PAIR_A : PAIR_B, far = !near;

	page_heading(p, "The same packets in both");
	if (s->both == 0) {
		page_wrap(p, TONE_PLAIN, "None: the two are of different times, or of different packets.", 0);
		return;
	}
	page_textf(p, TONE_PLAIN, "  %" PRIu64 " probe%s seen at both places.", s->both, PLURAL(s->both, " was", "s were"));
	page_line(p);
	where(p, s->hops);
	page_textf(p, s->only[near] ? TONE_WARN : TONE_PLAIN, "  Lost on the way there: of the same flows %" PRIu64 " more %s seen at %s and not at %s.",
	           s->only[near], PLURAL(s->only[near], "was", "were"), letters[near], letters[far]);
	page_line(p);
	if (s->only[far] > 0) {
		page_textf(p, TONE_WARN, "  %" PRIu64 " %s seen at %s alone: another way, or a capture that lost frames.", s->only[far], PLURAL(s->only[far], "was", "were"),
		           letters[far]);
		page_line(p);
	}
	page_textf(p, s->answered_only[far] ? TONE_WARN : TONE_PLAIN,
	           "  Lost on the way back: %" PRIu64 " answer%s seen at %s and not at %s; %" PRIu64 " at both.",
	           s->answered_only[far], PLURAL(s->answered_only[far], " was", "s were"), letters[far], letters[near], s->answered_both);
	page_line(p);
	spread(p, "round trip at A less that at B (out and back between the places)", &s->between);
	spread(p, "stamp at B less stamp at A (one way, and the difference of the clocks)", &s->clock);
}

/* -- paths -- */

static void path_side(struct page *p, const struct sight_path *s)
{
	const struct hop_result *end = pair_end(s);
	char text[96], ms[WORDS_MAX];

	snprintf(text, sizeof text, "%u/%u, %s", (unsigned)s->answered, (unsigned)s->probes,
	         end && end->rtt.known ? ms_words(end->rtt.median_ns, true, ms) : "not reached");
	page_cell(p, TONE_PLAIN, text, SIDE_COLUMNS);
}

static void path_line(struct page *p, const struct sight_path *a, const struct sight_path *b)
{
	char text[2 * IP_TEXT_MAX + 32], src[IP_TEXT_MAX], dst[IP_TEXT_MAX], port[16] = "";

	if (a->port > 0)
		snprintf(port, sizeof port, " %u", a->port);
	snprintf(text, sizeof text, "%s → %s %s%s", ip_addr_text(&a->src, src), ip_addr_text(&a->dst, dst),
	         comment_kind_name(a->kind), port);
	page_to(p, 2);
	page_cell(p, TONE_PLAIN, text, NAME_COLUMNS);
	path_side(p, a);
	path_side(p, b);
	page_line(p);
}

static void paths(struct page *p, const struct pair_report *r)
{
	bool any = false;

	for (size_t i = 0; i < r->parts[PAIR_A].path_count; i++) {
		const struct sight_path *a = &r->parts[PAIR_A].paths[i], *b = pair_path(r, a);

		if (!b)
			continue;
		if (!any) {
			page_heading(p, "Paths in both: answered of probes, median round trip to the end");
			page_to(p, 2 + NAME_COLUMNS);
			page_cell(p, TONE_DIM, letters[PAIR_A], SIDE_COLUMNS);
			page_cell(p, TONE_DIM, letters[PAIR_B], SIDE_COLUMNS);
			page_line(p);
		}
		any = true;
		path_line(p, a, b);
	}
}

void report_pair_text(const struct pair_report *r, const struct text_style *style, struct strbuf *out)
{
	struct page p;

	page_init(&p, style, out);
	part(&p, letters[PAIR_A], &r->parts[PAIR_A]);
	part(&p, letters[PAIR_B], &r->parts[PAIR_B]);
	circuits(&p, r);
	packets(&p, &r->packets);
	paths(&p, r);
}
