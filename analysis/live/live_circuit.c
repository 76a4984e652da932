/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/live/live.h"

#include "analysis/render/html.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"

#include <stdio.h>
#include <string.h>

enum status live_status(const struct live_circuit *c)
{
	return c->up && c->last ? c->last->status : STATUS_UNDETERMINED;
}

bool live_waits(const struct live_circuit *c)
{
	return !c->up && !c->trouble[0];
}

/* The class of its colours: a status, or "waiting". */
static const char *live_class(const struct live_circuit *c)
{
	return live_waits(c) ? "waiting" : status_name(live_status(c));
}

/* At a sentence's beginning. */
static const char *live_link_words(enum link_id l)
{
	return l == LINK_PRIMARY ? "Primary link" : l == LINK_SECONDARY ? "Secondary link" : l == LINK_BOTH ? "Both links" : "";
}

void live_time(struct strbuf *out, int64_t at_us, const char *more)
{
	char text[WALL_TEXT_MAX];

	wall_text((struct wall_ns){at_us * NS_PER_US}, text);
	/* To the second: "2026-01-31T12:00:04" and the same for people. */
	strbuf_addf(out, "<time datetime=\"%.19sZ\"%s>%.10s %.8s UTC</time>", text, more, text, text + 11);
}

/* -- head -- */

static const char *status_words(const struct live_circuit *c)
{
	static const char *const words[] = {"Healthy", "Degraded", "Fault", "Undetermined"};

	if (!c->up)
		return live_waits(c) ? "Not checked yet" : "Check failed";
	return (unsigned)c->last->status < 4 ? words[c->last->status] : words[STATUS_UNDETERMINED];
}

static void status_line(const struct live_circuit *c, struct strbuf *out)
{
	const struct run_record *r = c->up ? c->last : NULL;

	strbuf_addf(out, "<p class=\"status\"><span class=\"mark\" aria-hidden=\"true\">%s</span> <b>%s</b>", live_waits(c) ? "…" : status_mark(live_status(c)),
	            status_words(c));
	if (r && r->domain != DOMAIN_NONE)
		strbuf_addf(out, " <span class=\"where\">%s</span>", domain_words_of(r->domain, r->handoff));
	if (r && link_words(r->link)[0])
		strbuf_addf(out, " <span class=\"where\">%s</span>", link_words(r->link));
	strbuf_add(out, "</p>\n");
}

static void act(const struct live_circuit *c, struct strbuf *out)
{
	const struct run_record *r = c->last;
	const char *provider = record_fact(r, "provider_name");
	bool hints = c->why && c->why->faults[0].decider_count + c->why->faults[0].alternative_count > 0;
	char sure[WORDS_MAX], who[SENTENCE_MAX];

	strbuf_add(out, "<p class=\"act\">");
	if (acts_words(r->status, r->contact, r->handoff, provider ? provider : "", hints, who, sizeof who)[0]) {
		strbuf_add(out, "To act: <b>");
		html_text(out, who);
		strbuf_add(out, "</b> · ");
	}
	if (r->fault[0])
		html_textf(out, "%s · ", r->fault);
	strbuf_add(out, confidence_words(r->confidence, sure));
	if (c->incident->open) {
		strbuf_add(out, " · incident since ");
		live_time(out, c->incident->opened_at.ns / NS_PER_US, " data-since");
		if (incident_is_flapping(c->incident))
			strbuf_add(out, ", <b>flapping</b>");
	}
	strbuf_add(out, "</p>\n");
	if (r->maintenance[0]) {
		strbuf_add(out, "<p class=\"act\">Planned maintenance, says Azure: ");
		html_text(out, r->maintenance);
		strbuf_add(out, "</p>\n");
	}
}

static void words(const struct live_circuit *c, struct strbuf *out)
{
	const char *text = c->up && c->last ? c->last->summary : c->trouble;

	if (text[0]) {
		strbuf_add(out, "<p class=\"summary\">");
		html_text(out, text);
		strbuf_add(out, "</p>\n");
	}
	if (c->up && c->last && c->last->status != STATUS_HEALTHY)
		act(c, out);
}

/* -- links and domains -- */

enum stretch { STRETCH_OK, STRETCH_FAULT, STRETCH_DOUBT, STRETCH_UNKNOWN };

static bool accuses(const struct run_record *r, enum link_id l, enum domain d)
{
	return r->status != STATUS_HEALTHY && r->domain == d && (r->link == l || r->link == LINK_BOTH || r->link == LINK_NULL) &&
	       r->links[l].status != STATUS_HEALTHY;
}

static enum stretch stretch_of(const struct run_record *r, enum link_id l, enum domain d)
{
	for (enum domain before = DOMAIN_CORPORATE; before < d; before++)
		if (accuses(r, l, before))
			return r->links[l].segments[d].present && r->links[l].segments[d].added_us != RECORD_UNKNOWN ? STRETCH_OK : STRETCH_UNKNOWN;
	if (accuses(r, l, d))
		return r->status == STATUS_UNDETERMINED ? STRETCH_DOUBT : STRETCH_FAULT;
	return r->links[l].segments[d].present ? STRETCH_OK : STRETCH_UNKNOWN;
}

static void stretch(const struct run_record *r, enum link_id l, enum domain d, struct strbuf *out)
{
	static const char *const classes[] = {"ok", "fault", "doubt", "unknown"};
	const struct record_segment *s = &r->links[l].segments[d];
	enum stretch now = stretch_of(r, l, d);
	bool timed = s->present && s->added_us != RECORD_UNKNOWN;
	char text[WORDS_MAX];

	strbuf_addf(out, "<td class=\"%s\">", classes[now]);
	if (now == STRETCH_FAULT || now == STRETCH_DOUBT)
		strbuf_add(out, now == STRETCH_FAULT ? "<b>" MARK_BAD " fault here</b>" : "<b>" MARK_DOUBT " suspected</b>");
	else if (!timed)
		strbuf_add(out, "<span class=\"dim\">not measured</span>");
	if (timed)
		strbuf_addf(out, "<span class=\"ms\">+%s</span>", ms_words(s->added_us * NS_PER_US, true, text));
	if (s->present && s->loss.known)
		strbuf_addf(out, "<small>%s</small>", segment_loss_words(&s->loss, true, now == STRETCH_FAULT, text));
	strbuf_add(out, "</td>");
}

static void link_rows(const struct run_record *r, enum link_id l, struct strbuf *out)
{
	const struct record_link *link = &r->links[l];

	if (!link->present)
		return;
	strbuf_addf(out, "<tbody><tr><th scope=\"rowgroup\" colspan=\"3\">%s <span class=\"s-%s\">%s %s</span></th></tr>\n<tr>", live_link_words(l),
	            status_name(link->status), status_mark(link->status), status_name(link->status));
	for (enum domain d = DOMAIN_CORPORATE; d < DOMAINS; d++)
		stretch(r, l, d, out);
	strbuf_add(out, "</tr></tbody>\n");
}

static void links(const struct live_circuit *c, struct strbuf *out)
{
	const struct run_record *r = c->last;

	if (!r || (!r->links[LINK_PRIMARY].present && !r->links[LINK_SECONDARY].present))
		return;
	strbuf_addf(out, "<table class=\"links%s\"><caption>What each domain adds on the links of ", c->up ? "" : " old");
	html_text(out, c->name);
	strbuf_addf(out, "%s</caption>\n<thead><tr><th scope=\"col\">Corporate</th><th scope=\"col\">%s</th><th scope=\"col\">Azure</th>"
	            "</tr></thead>\n", c->up ? "" : ", as last known", domain_words_of(DOMAIN_WAN, r->handoff));
	link_rows(r, LINK_PRIMARY, out);
	link_rows(r, LINK_SECONDARY, out);
	strbuf_add(out, "</table>\n");
}

/* -- more -- */

static void target_rows(const struct run_record *r, struct strbuf *out)
{
	char text[WORDS_MAX];

	if (r->target_count == 0)
		return;
	strbuf_add(out, "<table><caption>Targets and controls</caption><thead><tr><th scope=\"col\">Name</th><th scope=\"col\">Kind</th>"
	                "<th scope=\"col\">State</th><th scope=\"col\">Median</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < r->target_count; i++) {
		const struct record_target *t = &r->targets[i];

		strbuf_add(out, "<tr><th scope=\"row\">");
		html_text(out, t->name);
		strbuf_addf(out, "</th><td>%s</td><td>%s</td><td class=\"n\">%s</td></tr>\n", t->control ? "control" : "target",
		            !t->tested ? "not tested" : t->reachable ? MARK_GOOD " answers" : MARK_BAD " not all of it answers",
		            t->rtt.median_us != RECORD_UNKNOWN ? ms_words(t->rtt.median_us * NS_PER_US, true, text) : "–");
	}
	strbuf_add(out, "</tbody></table>\n");
}

static void hop_rows(const struct run_record *r, struct strbuf *out)
{
	char text[WORDS_MAX];

	if (r->hop_count == 0)
		return;
	strbuf_add(out, "<table><caption>Hops</caption><thead><tr><th scope=\"col\">Link</th><th scope=\"col\">Hop</th><th scope=\"col\">Address</th>"
	                "<th scope=\"col\">Domain</th><th scope=\"col\">Median</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < r->hop_count; i++) {
		const struct record_hop *h = &r->hops[i];

		strbuf_addf(out, "<tr><td>%s</td><td class=\"n\">%u</td><td>", h->link == LINK_PRIMARY ? "primary" : "secondary", (unsigned)h->ttl);
		html_text(out, h->address[0] ? h->address : "silent");
		strbuf_addf(out, "</td><td>%s</td><td class=\"n\">%s</td></tr>\n", h->domain < DOMAINS ? domain_words_of((enum domain)h->domain, r->handoff) : "",
		            h->rtt.median_us != RECORD_UNKNOWN ? ms_words(h->rtt.median_us * NS_PER_US, true, text) : "–");
	}
	strbuf_add(out, "</tbody></table>\n");
}

static void foot(const struct live_circuit *c, struct strbuf *out)
{
	const struct run_record *r = c->last;

	if (!r)
		return;
	strbuf_add(out, "<p class=\"foot\">Checked ");
	live_time(out, r->ended_at.ns / NS_PER_US, " data-ago");
	strbuf_addf(out, " · %u probe%s%s%s", (unsigned)r->probes_sent, PLURAL_S(r->probes_sent), r->deep ? ", deep" : "", r->azure_available ? " · Azure read" : "");
	if (!r->azure_available && r->azure_why_not[0]) {
		strbuf_add(out, " · Azure not read: ");
		html_text(out, r->azure_why_not);
	}
	strbuf_add(out, "</p>\n");
}

static void more(const struct live_circuit *c, const char *id, bool with_links, struct strbuf *out)
{
	const struct run_record *r = c->last;
	const char *what = with_links ? "Links, targets and hops" : "Targets and hops";

	if (!r || (r->hop_count == 0 && r->target_count == 0 && !with_links))
		return;
	strbuf_addf(out, "<details id=\"%s-more\"><summary>%s<span class=\"vh\"> of ", id, what);
	html_text(out, c->name);
	strbuf_add(out, "</span></summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
	html_textf(out, "%s of %s", what, c->name);
	strbuf_add(out, "\">\n");
	if (with_links)
		links(c, out);
	target_rows(r, out);
	hop_rows(r, out);
	strbuf_add(out, "</div></details>\n");
}

size_t live_circuit_html(const struct live_circuit *c, const char *id, enum live_room room, bool why, struct strbuf *out)
{
	bool less = room == LIVE_BRIEF && live_status(c) == STATUS_HEALTHY;
	size_t told;

	strbuf_addf(out, "<article id=\"%s\" class=\"circuit %s\" aria-labelledby=\"%s-h\" data-name=\"", id, live_class(c), id);
	html_text(out, c->name);
	strbuf_addf(out, "\" data-status=\"%s\">\n<header><h3 id=\"%s-h\">", status_words(c), id);
	html_text(out, c->name);
	strbuf_add(out, "</h3>\n");
	status_line(c, out);
	strbuf_add(out, "</header>\n");
	if (!less) {
		words(c, out);
		links(c, out);
	}
	told = live_why_html(c, id, room == LIVE_FEW, why, out);
	live_day_html(c->day, c->name, out);
	foot(c, out);
	more(c, id, less, out);
	strbuf_add(out, "</article>\n");
	return told;
}
