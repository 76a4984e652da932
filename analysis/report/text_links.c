/* SPDX-License-Identifier: BSD-2-Clause */
/* Both links as a picture, one above the other, so that the eye compares them:
 *
 *            corporate                     │ WAN (provider)   │ Azure
 * primary    host ── 1 hop ── CE 10.0.0.1 ─┼─────── ✗ ········┼· MSEE 10.0.0.2 ·· app
 * ✗ fault    ✓ ok                          │ ✗ fault here     │ · beyond fault
 *            +0.41 ms                      │ no answer        │
 *            loss 0 % (≤ 3.0 %)            │ loss 100 %       │
 */
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"
#include "analysis/report/picture.h"
#include "analysis/value/utf8.h"

#include <string.h>

enum { LABEL_COLUMNS = 11, CELL_MIN = 19, WAN_MIN = 16, WAN_MAX = 28, BORDERS = 2 };

struct layout {
	struct richness rich;
	size_t corporate, wan, azure; /* columns */
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Columns that the stations of all rows need at this detail. */
static void measure(const struct circuit_result *c, struct layout *y)
{
	struct strand s;

	y->corporate = y->azure = CELL_MIN;
	y->wan = WAN_MIN;
	for (size_t i = 0; i < c->link_count && i < LINKS; i++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			if (!picture_shows(&c->links[i], fam))
				continue;
			strand_draw(&s, c, &c->links[i], fam, &y->rich);
			y->corporate = larger(y->corporate, utf8_columns(s.corporate) + 2);
			y->wan = larger(y->wan, s.wan[0] != '\0' ? utf8_columns(s.wan) + 7 : 0);
			y->azure = larger(y->azure, utf8_columns(s.azure));
		}
}

/* The richest picture that fits; what is left over widens the WAN, then Azure. The
 * last names no address and fits the narrowest page. */
static struct layout fit(const struct circuit_result *c, size_t room)
{
	static const struct richness order[] = {
	    {DETAIL_ALL, DETAIL_ALL, {true, true}},      {DETAIL_SOME, DETAIL_ALL, {true, true}},
	    {DETAIL_LITTLE, DETAIL_ALL, {true, true}},   {DETAIL_SOME, DETAIL_SOME, {true, true}},
	    {DETAIL_LITTLE, DETAIL_SOME, {true, true}},  {DETAIL_LITTLE, DETAIL_ALL, {true, false}},
	    {DETAIL_LITTLE, DETAIL_SOME, {true, false}}, {DETAIL_LITTLE, DETAIL_LITTLE, {true, false}},
	    {DETAIL_LITTLE, DETAIL_SOME, {false, false}}, {DETAIL_LITTLE, DETAIL_LITTLE, {false, false}},
	};
	struct layout y = {0};

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
		y.rich = order[i];
		measure(c, &y);
		if (y.corporate + y.wan + y.azure <= room)
			break;
	}
	size_t used = y.corporate + y.wan + y.azure, spare = room > used ? room - used : 0;
	size_t wider = y.wan < WAN_MAX ? WAN_MAX - y.wan : 0;
	if (wider > spare)
		wider = spare;
	y.wan += wider;
	y.azure += spare - wider;
	return y;
}

/* A line of n columns: solid where something answered beyond it. */
static void run(struct page *p, bool solid, size_t n)
{
	for (; n > 0; n--)
		page_text(p, TONE_PLAIN, solid ? "─" : "·");
}

/* A drawn cell, its rest filled with the line onwards. */
static void drawn(struct page *p, const char *text, size_t columns, bool solid)
{
	size_t end = p->column + columns;

	page_marked(p, text);
	page_text(p, TONE_PLAIN, " ");
	run(p, solid, end > p->column ? end - p->column : 0);
}

static const char *state_mark(enum domain_state s)
{
	return s == DOMAIN_OK ? MARK_GOOD : s == DOMAIN_FAULTY ? MARK_BAD : s == DOMAIN_SUSPECT ? MARK_DOUBT : "";
}

/* The WAN: a line with the mark in its middle. */
static void wan_cell(struct page *p, const struct strand *s, size_t columns)
{
	/* The state is the link's; a family that got no answer does not share the good one. */
	const char *mark = s->wan_state == DOMAIN_OK && !s->azure_alive ? "" : state_mark(s->wan_state);
	size_t end = p->column + columns;

	page_marked(p, s->wan);
	if (s->wan[0] != '\0')
		page_text(p, TONE_PLAIN, " ");
	size_t left = end > p->column ? end - p->column : 0;
	if (mark[0] == '\0' || left < 5) {
		run(p, s->azure_alive, left);
		return;
	}
	run(p, s->wan_alive, (left - 3) / 2);
	page_text(p, TONE_PLAIN, " ");
	page_marked(p, mark);
	page_text(p, TONE_PLAIN, " ");
	run(p, s->azure_alive, end - p->column);
}

static void picture_row(struct page *p, const struct circuit_result *c, const struct link_result *l, int fam,
                        const char *label, const struct layout *y)
{
	struct strand s;

	strand_draw(&s, c, l, fam, &y->rich);
	page_cell(p, TONE_STRONG, label, LABEL_COLUMNS);
	drawn(p, s.corporate, y->corporate, s.corporate_alive);
	page_text(p, TONE_PLAIN, "┼");
	wan_cell(p, &s, y->wan);
	page_text(p, TONE_PLAIN, "┼");
	page_marked(p, s.azure);
	page_line(p);
}

/* --- what is known of each domain ------------------------------------------ */

static const enum domain columns_of[] = {DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_AZURE};
enum { CELLS = 3 };

static size_t inner_columns(const struct layout *y, int i)
{
	return i == 0 ? y->corporate : i == 1 ? y->wan - 1 : y->azure - 1;
}

static void state_cell(struct page *p, const struct circuit_result *c, const struct link_result *l, int i, size_t columns)
{
	static const char *const words[] = {[DOMAIN_OK] = "✓ ok", [DOMAIN_FAULTY] = "✗ fault here", [DOMAIN_SUSPECT] = "? suspected",
	                                    [DOMAIN_BEYOND] = "· beyond fault", [DOMAIN_UNMEASURED] = "· not measured"};
	static const enum tone tones[] = {[DOMAIN_OK] = TONE_GOOD, [DOMAIN_FAULTY] = TONE_BAD, [DOMAIN_SUSPECT] = TONE_DOUBT,
	                                  [DOMAIN_BEYOND] = TONE_DIM, [DOMAIN_UNMEASURED] = TONE_DIM};
	enum domain_state s = domain_state_of(c, l, columns_of[i]);

	page_cell(p, tones[s], words[s], columns);
}

static void latency_cell(struct page *p, const struct link_result *l, int i, size_t columns)
{
	const struct segment_result *s = segment_of(l, columns_of[i]);
	char ms[WORDS_MAX], text[2 * WORDS_MAX] = "";

	if (s != NULL && s->latency_known)
		text_format(text, sizeof text, "%s%s", s->added_latency_ns >= 0 ? "+" : "", ms_words(s->added_latency_ns, true, ms));
	else if (s != NULL && s->loss.known && s->loss.ratio >= 1)
		text_format(text, sizeof text, "no answer");
	page_cell(p, TONE_PLAIN, text, columns);
}

static const struct ratio_bound *measured_loss(const struct link_result *l, int i)
{
	const struct segment_result *s = segment_of(l, columns_of[i]);

	return s != NULL && s->loss.known ? &s->loss : NULL;
}

/* All cells have one form: brief as soon as one has no room for more. */
static bool must_be_brief(const struct circuit_result *c, const struct layout *y)
{
	char text[WORDS_MAX];

	for (size_t l = 0; l < c->link_count && l < LINKS; l++)
		for (int i = 0; i < CELLS; i++) {
			const struct ratio_bound *r = measured_loss(&c->links[l], i);

			if (r != NULL && utf8_columns(loss_words(r, false, text)) > inner_columns(y, i))
				return true;
		}
	return false;
}

static void loss_cell(struct page *p, const struct circuit_result *c, const struct link_result *l, int i, bool brief, size_t columns)
{
	const struct ratio_bound *r = measured_loss(l, i);
	char text[WORDS_MAX] = "";

	if (r != NULL)
		segment_loss_words(r, brief, domain_state_of(c, l, columns_of[i]) == DOMAIN_FAULTY, text);
	page_cell(p, r != NULL && r->ratio > 0 ? TONE_STRONG : TONE_PLAIN, text, columns);
}

static void border(struct page *p, int i)
{
	if (i == 0)
		return;
	page_text(p, TONE_DIM, "│");
	page_text(p, TONE_PLAIN, " ");
}

static bool has_figures(const struct link_result *l)
{
	for (size_t i = 0; i < l->segment_count && i < DOMAINS; i++)
		if (l->segments[i].latency_known || l->segments[i].loss.known)
			return true;
	return false;
}

static void figures(struct page *p, const struct circuit_result *c, const struct link_result *l, const struct layout *y)
{
	static const char *const unsure = "unclear"; /* "undetermined" does not fit the column */
	bool unseen = link_is_unseen(c, l);
	const char *word = l->status == STATUS_UNDETERMINED && !unseen ? unsure : link_status_words(c, l);
	char label[WORDS_MAX];

	text_format(label, sizeof label, "%s %s", unseen ? "·" : status_mark(l->status), word != NULL ? word : unsure);
	page_cell(p, unseen ? TONE_DIM : status_tone(l->status), label, LABEL_COLUMNS);
	for (int i = 0; i < CELLS; i++) {
		border(p, i);
		state_cell(p, c, l, i, inner_columns(y, i));
	}
	page_line(p);
	if (!has_figures(l))
		return;
	page_to(p, LABEL_COLUMNS);
	for (int i = 0; i < CELLS; i++) {
		border(p, i);
		latency_cell(p, l, i, inner_columns(y, i));
	}
	page_line(p);
	page_to(p, LABEL_COLUMNS);
	for (int i = 0; i < CELLS; i++) {
		border(p, i);
		loss_cell(p, c, l, i, must_be_brief(c, y), inner_columns(y, i));
	}
	page_line(p);
}

static void header(struct page *p, enum handoff handoff, const struct layout *y)
{
	page_line(p);
	page_to(p, LABEL_COLUMNS);
	for (int i = 0; i < CELLS; i++) {
		border(p, i);
		const char *name = domain_words_of(columns_of[i], handoff);
		page_cell(p, TONE_STRONG, columns_of[i] == DOMAIN_WAN && utf8_columns(name) > inner_columns(y, i) ? "WAN" : name, inner_columns(y, i));
	}
	page_line(p);
}

void text_links(struct page *p, const struct circuit_result *c)
{
	if (c->link_count == 0)
		return;
	struct layout y = fit(c, p->width - LABEL_COLUMNS - BORDERS);
	header(p, c->plan->handoff, &y);
	for (size_t i = 0; i < c->link_count && i < LINKS; i++) {
		const struct link_result *l = &c->links[i];
		const char *label = link_name(l->id);

		for (int fam = 0; fam < FAMILIES; fam++) {
			if (!picture_shows(l, fam))
				continue;
			picture_row(p, c, l, fam, label != NULL ? label : "", &y);
			label = "  IPv6";
		}
		figures(p, c, l, &y);
	}
	if (picture_loss_note(c)[0] == '\0')
		return;
	page_wrap(p, TONE_DIM, picture_loss_note(c), 0);
}
