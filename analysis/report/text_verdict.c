/* SPDX-License-Identifier: BSD-2-Clause */
/* First what is wrong and who must act; further down, why. */
#include "analysis/report/text_parts.h"
#include "analysis/report/who_acts.h"

#include "analysis/render/words.h"
#include "analysis/value/utf8.h"

#include <inttypes.h>
#include <string.h>

#define ODDS_COLUMNS 15 /* "> 1,000,000 : 1" */

bool fault_on_link(const struct verdict *v, enum link_id l)
{
	return v->link == l || v->link == LINK_BOTH || v->link == LINK_NULL || v->link == LINK_ANY;
}

/* "   word", or nothing for an empty one; on a new line where this one is full. */
static void field(struct page *p, enum tone tone, const char *text)
{
	if (text[0] == '\0')
		return;
	if (p->column + 3 + utf8_columns(text) > p->width) {
		page_line(p);
		page_to(p, 2);
	} else {
		page_to(p, p->column + 3);
	}
	page_text(p, tone, text);
}

static void verdict_line(struct page *p, const struct circuit_result *c, const struct verdict *v, const char *circuit)
{
	char sure[WORDS_MAX];
	enum tone tone = status_tone(v->status);
	const char *where = domain_words_of(v->domain, c->plan->handoff);

	page_textf(p, tone, "%s %s", status_mark(v->status), status_shout(v->status));
	field(p, TONE_STRONG, circuit);
	field(p, tone, where);
	field(p, TONE_STRONG, link_words(v->link));
	field(p, TONE_STRONG, v->fault);
	field(p, TONE_DIM, confidence_words(v->confidence, sure));
	page_line(p);
}

static void who_must_act(struct page *p, const struct circuit_result *c, const struct verdict *v)
{
	char text[SENTENCE_MAX];

	if (who_acts_words(c, v, text, sizeof text)[0] == '\0')
		return;
	page_text(p, TONE_PLAIN, "Who must act: ");
	page_wrap(p, TONE_STRONG, text, 2);
}

static void direction(struct page *p, const struct verdict *v)
{
	char line[SENTENCE_MAX + WORDS_MAX];

	if (v->direction == DIRECTION_NONE)
		return;
	text_format(line, sizeof line, "Direction: %s. %s", direction_words(v->direction), v->direction_why);
	page_wrap(p, TONE_PLAIN, line, 2);
}

/* "12:34:56" of the RFC 3339 text. */
static void interruption(struct page *p, const struct interruption *i)
{
	char from[WALL_TEXT_MAX], text[2 * WORDS_MAX + WALL_TEXT_MAX];

	if (i->lost == 0)
		return;
	text_format(text, sizeof text, "Traffic was interrupted for %.1f s at %.8s UTC (%" PRIu32
	            " probes lost) and has lived since: routing changed during this run.",
	            (double)wall_since(i->to, i->from) / (double)NS_PER_SEC, wall_text(i->from, from) + sizeof("2026-01-01T") - 1,
	            i->lost);
	page_wrap(p, TONE_PLAIN, text, 0);
}

void text_verdict(struct page *p, const struct circuit_result *c)
{
	verdict_line(p, c, &c->faults[0], c->plan->name);
	if (c->faults[0].summary[0] != '\0')
		page_wrap(p, TONE_PLAIN, c->faults[0].summary, 0);
	who_must_act(p, c, &c->faults[0]);
	direction(p, &c->faults[0]);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++) {
		page_line(p);
		page_text(p, TONE_STRONG, "At the same time: ");
		verdict_line(p, c, &c->faults[i], "");
		page_to(p, 2);
		page_wrap(p, TONE_PLAIN, c->faults[i].summary, 2);
		page_to(p, 2);
		who_must_act(p, c, &c->faults[i]);
		page_to(p, c->faults[i].direction == DIRECTION_NONE ? 0 : 2);
		direction(p, &c->faults[i]);
	}
	interruption(p, &c->interruption);
}

/* --- reasons --------------------------------------------------------------- */

static void sentences(struct page *p, const char *heading, const char *bullet, const char (*list)[SENTENCE_MAX],
                      size_t count, size_t max)
{
	if (count == 0)
		return;
	page_heading(p, heading);
	for (size_t i = 0; i < count && i < max; i++) {
		if (bullet[0] == '1')
			page_textf(p, TONE_STRONG, "  %zu. ", i + 1);
		else
			page_textf(p, TONE_DIM, "  %s ", bullet);
		page_wrap(p, TONE_PLAIN, list[i], p->column);
	}
}

static void alternative(struct page *p, const struct alternative *a, enum handoff handoff)
{
	char share[WORDS_MAX], text[2 * WORDS_MAX];

	page_to(p, 2);
	page_text(p, TONE_STRONG, alternative_name(a));
	field(p, TONE_PLAIN, domain_words_of(a->domain, handoff));
	field(p, TONE_PLAIN, link_words(a->link));
	text_format(text, sizeof text, "probability %s", percent_words(a->probability, share));
	field(p, TONE_DIM, text);
	page_line(p);
	if (a->decided_by[0] == '\0')
		return;
	page_to(p, 4);
	page_text(p, TONE_DIM, "decided by: ");
	page_wrap(p, TONE_PLAIN, a->decided_by, 6);
}

static void alternatives(struct page *p, const struct verdict *v, enum handoff handoff, const char *of, bool beside)
{
	const struct alternative *a;
	char heading[2 * WORDS_MAX];

	if (!alternative_at(v, 0, beside))
		return;
	text_format(heading, sizeof heading, "%s%s%s", of, of[0] != '\0' ? ": " : "",
	            alternatives_words(v->status == STATUS_UNDETERMINED, beside));
	page_heading(p, heading);
	for (size_t i = 0; (a = alternative_at(v, i, beside)); i++)
		alternative(p, a, handoff);
}

static void weighed(struct page *p, const struct weighed *w, bool contra, bool timed)
{
	char odds[WORDS_MAX], line[SENTENCE_MAX + 2 * WORDS_MAX];

	page_text(p, TONE_DIM, contra ? "  - " : "  + ");
	page_cell_right(p, TONE_STRONG, odds_words(w->log_ratio, odds), ODDS_COLUMNS);
	page_to(p, p->column + 2);
	page_wrap(p, TONE_PLAIN, seen_words(w, timed, line, sizeof line), p->column);
}

/* How many times likelier each observation is under what leads than under what comes next (+), or the other way round (-). */
static void contest(struct page *p, const struct contest *c, const char *of, bool undetermined, bool elsewhere)
{
	char heading[CONTEST_WORDS_MAX];
	const struct weighed *w;
	bool contra;

	if (!c->known)
		return;
	page_heading(p, contest_words(c, of, undetermined, elsewhere, heading));
	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++)
		weighed(p, w, contra, contest_is_at_odds(c));
	if (c->pro_count + c->contra_count > 0)
		return;
	page_to(p, 2);
	page_wrap(p, TONE_PLAIN, NOTHING_TELLS, 2);
}

/* Of several faults each has reasons of its own. */
static void reasons_of(struct page *p, const struct verdict *v, enum handoff handoff, bool named)
{
	char heading[2 * WORDS_MAX];
	const char *of = named ? v->fault : "", *colon = of[0] != '\0' ? ": " : "";

	text_format(heading, sizeof heading, "%s%sWhy", of, colon);
	sentences(p, heading, "+", v->evidence_for, v->for_count, EVIDENCE_MAX);
	text_format(heading, sizeof heading, "%s%sWhat speaks against it", of, colon);
	sentences(p, heading, "-", v->evidence_against, v->against_count, EVIDENCE_MAX);
	contest(p, &v->runner_up, of, v->status == STATUS_UNDETERMINED, false);
	contest(p, &v->other_domain, of, v->status == STATUS_UNDETERMINED, true);
	text_format(heading, sizeof heading, "%s%sWhat would decide it", of, colon);
	sentences(p, heading, "?", v->decided_by, v->decider_count, DECIDERS_MAX);
	text_format(heading, sizeof heading, "%s%sWhat to do next", of, colon);
	sentences(p, heading, "1", v->next_steps, v->step_count, STEPS_MAX);
	alternatives(p, v, handoff, of, false);
	alternatives(p, v, handoff, of, true);
}

/* Whatever the verdict makes of it, the reader sees both and when each was so. */
static void contradictions(struct page *p, const struct circuit_result *c)
{
	char line[SENTENCE_MAX + 2 * WORDS_MAX];

	if (c->contradiction_count > 0)
		page_heading(p, "Azure and the wire contradict each other");
	for (size_t i = 0; i < c->contradiction_count && i < CONTRADICTIONS_MAX; i++) {
		page_textf(p, TONE_WARN, "  %s ", MARK_WARN);
		page_wrap(p, TONE_PLAIN, side_words(&c->contradictions[i], false, line, sizeof line), 4);
		page_to(p, 4);
		page_wrap(p, TONE_PLAIN, side_words(&c->contradictions[i], true, line, sizeof line), 4);
	}
}

void text_reasons(struct page *p, const struct circuit_result *c)
{
	contradictions(p, c);
	reasons_of(p, &c->faults[0], c->plan->handoff, c->fault_count > 1);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++)
		reasons_of(p, &c->faults[i], c->plan->handoff, true);
}
