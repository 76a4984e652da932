/* SPDX-License-Identifier: BSD-2-Clause */
/* From a circuit that is not healthy to the evidence: why, in the words and weights of the text
 * report, what to do next, and where the run's bundle lies. */
#include "analysis/live/live.h"

#include "analysis/render/html.h"
#include "analysis/render/words.h"

#include <string.h>

/* Of several faults each has its own: "wan.loss: Why". */
static void heading(struct strbuf *out, const char *of, const char *text)
{
	strbuf_add(out, "<h4>");
	html_textf(out, "%s%s%s", of, of[0] ? ": " : "", text);
	strbuf_add(out, "</h4>\n");
}

static void sentences(struct strbuf *out, const char *of, const char *what, const char *kind, const char (*list)[SENTENCE_MAX], size_t count)
{
	if (count == 0)
		return;
	heading(out, of, what);
	strbuf_addf(out, "<%s>\n", kind);
	for (size_t i = 0; i < count; i++)
		html_item(out, list[i]);
	strbuf_addf(out, "</%s>\n", kind);
}

static void contest(struct strbuf *out, const struct contest *c, const char *of, bool undetermined, bool elsewhere)
{
	char text[CONTEST_WORDS_MAX], odds[WORDS_MAX], line[SENTENCE_MAX + 2 * WORDS_MAX];
	const struct weighed *w;
	bool contra;

	if (!c->known)
		return;
	heading(out, "", contest_words(c, of, undetermined, elsewhere, text));
	if (c->pro_count + c->contra_count == 0) {
		strbuf_add(out, "<p>" NOTHING_TELLS "</p>\n");
		return;
	}
	strbuf_add(out, "<ul class=\"weighed\">\n");
	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++) {
		strbuf_addf(out, "<li><b><span class=\"vh\">%s</span><span aria-hidden=\"true\">%s</span> ", contra ? "against, " : "for, ", contra ? "−" : "+");
		html_text(out, odds_words(w->log_ratio, odds));
		strbuf_add(out, "<span class=\"vh\">:</span></b> <span>");
		html_text(out, seen_words(w, contest_is_at_odds(c), line, sizeof line));
		strbuf_add(out, "</span></li>\n");
	}
	strbuf_add(out, "</ul>\n");
}

static void alternatives(struct strbuf *out, const struct verdict *v, const char *of, enum handoff handoff, bool beside)
{
	const struct alternative *a;
	char line[SENTENCE_MAX + 4 * WORDS_MAX];

	if (!alternative_at(v, 0, beside))
		return;
	heading(out, of, alternatives_words(v->status == STATUS_UNDETERMINED, beside));
	strbuf_add(out, "<ul>\n");
	for (size_t i = 0; (a = alternative_at(v, i, beside)); i++)
		html_item(out, alternative_words(a, handoff, line, sizeof line));
	strbuf_add(out, "</ul>\n");
}

static void reasons_of(struct strbuf *out, const struct verdict *v, enum handoff handoff, const char *of)
{
	bool undetermined = v->status == STATUS_UNDETERMINED;

	sentences(out, of, "Why", "ul", v->evidence_for, v->for_count);
	sentences(out, of, "What speaks against it", "ul", v->evidence_against, v->against_count);
	contest(out, &v->runner_up, of, undetermined, false);
	contest(out, &v->other_domain, of, undetermined, true);
	sentences(out, of, "What would decide it", "ul", v->decided_by, v->decider_count);
	sentences(out, of, "What to do next", "ol", v->next_steps, v->step_count);
	alternatives(out, v, of, handoff, false);
	alternatives(out, v, of, handoff, true);
}

static void contradictions(struct strbuf *out, const struct run_reasons *why)
{
	char line[SENTENCE_MAX + 2 * WORDS_MAX];

	if (why->contradiction_count == 0)
		return;
	heading(out, "", "Azure and the wire contradict each other");
	strbuf_add(out, "<ul>\n");
	for (size_t i = 0; i < why->contradiction_count; i++) {
		html_item(out, side_words(&why->contradictions[i], false, line, sizeof line));
		html_item(out, side_words(&why->contradictions[i], true, line, sizeof line));
	}
	strbuf_add(out, "</ul>\n");
}

/* "At the same time: wan.loss, WAN (provider), secondary link: … To act: …" */
static void besides(struct strbuf *out, const struct run_record *r, const struct verdict *v)
{
	const char *provider = record_fact(r, "provider_name"), *domain = domain_words_of(v->domain, r->handoff), *link = link_words(v->link);
	char who[SENTENCE_MAX], sure[WORDS_MAX];

	strbuf_add(out, "<p><b>At the same time:</b> ");
	html_textf(out, "%s%s%s%s%s, %s. ", v->fault, domain[0] ? ", " : "", domain, link[0] ? ", " : "", link, confidence_words(v->confidence, sure));
	html_text(out, v->summary);
	if (acts_words(v->status, v->contact, r->handoff, provider ? provider : "", v->alternative_count > 0, who, sizeof who)[0])
		html_textf(out, " To act: %s.", who);
	strbuf_add(out, "</p>\n");
}

static void all_reasons(struct strbuf *out, const struct live_circuit *c)
{
	const struct run_reasons *why = c->why;
	const struct verdict *v = &why->faults[0];

	if (v->direction != DIRECTION_NONE) {
		strbuf_add(out, "<p>");
		html_textf(out, "Direction: %s. %s", direction_words(v->direction), v->direction_why);
		strbuf_add(out, "</p>\n");
	}
	for (size_t i = 1; i < why->count; i++)
		besides(out, c->last, &why->faults[i]);
	contradictions(out, why);
	for (size_t i = 0; i < why->count; i++)
		reasons_of(out, &why->faults[i], c->last->handoff, why->count > 1 ? why->faults[i].fault : "");
}

static void evidence(const struct live_circuit *c, const char *id, bool told, struct strbuf *out)
{
	strbuf_addf(out, "<p class=\"evidence\">Run <code>%s</code> · ", c->last->run_id);
	if (c->evidence) {
		strbuf_add(out, "evidence <code>");
		html_textf(out, "%s/%s", c->evidence, c->last->run_id);
		strbuf_add(out, "</code>");
	} else {
		strbuf_add(out, "its evidence is not there: see the log");
	}
	if (c->report) {
		strbuf_addf(out, " · <a id=\"%s-report\" href=\"" LIVE_REPORT "%s\">report of this run<span class=\"vh\"> of ", id, c->last->run_id);
		html_text(out, c->name);
		strbuf_add(out, "</span></a>");
	}
	if (!told && c->why)
		strbuf_addf(out, " · too much is wrong at once to say here why: it stands in the %s", c->report ? "report" : "evidence");
	strbuf_add(out, "</p>\n");
}

size_t live_why_html(const struct live_circuit *c, const char *id, bool open, bool why, struct strbuf *out)
{
	size_t before = out->len;

	if (!c->up || !c->last || c->last->status == STATUS_HEALTHY)
		return 0;
	if (why && c->why) {
		strbuf_addf(out, "<details id=\"%s-why\" class=\"why\"%s><summary>Why, and what to do next<span class=\"vh\"> with ", id, open ? " open" : "");
		html_text(out, c->name);
		strbuf_add(out, "</span></summary><div>\n");
		all_reasons(out, c);
		strbuf_add(out, "</div></details>\n");
	}
	before = out->len - before;
	evidence(c, id, why, out);
	return before;
}
