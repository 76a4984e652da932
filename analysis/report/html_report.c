/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/render/html.h"
#include "analysis/report/azure_lines.h"
#include "analysis/report/picture.h"
#include "analysis/report/report_html.h"

#include "analysis/render/words.h"
#include "analysis/report/watched_lines.h"
#include "analysis/report/who_acts.h"

#include <inttypes.h>
#include <string.h>

enum { ITEM_WIDE = 60 }; /* bytes of a text that gets a row of its own */

static void item(struct strbuf *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	strbuf_addf(out, "<div%s><dt>", strlen(text) > ITEM_WIDE ? " class=\"wide\"" : "");
	html_text(out, name);
	strbuf_add(out, "</dt><dd>");
	html_text(out, text);
	strbuf_add(out, "</dd></div>\n");
}

static void sentences(struct strbuf *out, const char *heading, const char *kind, const char (*list)[SENTENCE_MAX], size_t count,
                      size_t max)
{
	if (count == 0)
		return;
	strbuf_addf(out, "<h3>%s</h3>\n<%s>\n", heading, kind);
	for (size_t i = 0; i < count && i < max; i++)
		html_item(out, list[i]);
	strbuf_addf(out, "</%s>\n", kind);
}

static void verdict_box(struct strbuf *out, const struct circuit_result *c, const struct verdict *v)
{
	char sure[WORDS_MAX], who[SENTENCE_MAX];

	strbuf_addf(out, "<div class=\"verdict %s\"><strong>", status_name(v->status));
	html_textf(out, "%s %s%s%s%s%s", status_mark(v->status), status_shout(v->status), v->fault[0] ? ": " : "", v->fault,
	           link_words(v->link)[0] ? ", " : "", link_words(v->link));
	strbuf_add(out, "</strong><p>");
	html_text(out, v->summary);
	strbuf_add(out, "</p><p>");
	html_textf(out, "%s%s%s%s", v->domain != DOMAIN_NONE ? "Domain: " : "", domain_words_of(v->domain, c->plan->handoff),
	           v->domain != DOMAIN_NONE ? "; " : "", confidence_words(v->confidence, sure));
	if (who_acts_words(c, v, who, sizeof who)[0] != '\0')
		html_textf(out, "; to act: %s", who);
	if (v->direction != DIRECTION_NONE)
		html_textf(out, "; direction: %s. %s", direction_words(v->direction), v->direction_why);
	strbuf_add(out, "</p></div>\n");
}

static void weighed(struct strbuf *out, const struct weighed *w, bool contra)
{
	char odds[WORDS_MAX], at[WALL_TEXT_MAX];

	strbuf_addf(out, "<tr><td>%s</td><td class=\"n\">", contra ? "second" : "first");
	html_text(out, odds_words(w->log_ratio, odds));
	strbuf_add(out, "</td><td class=\"say\">");
	html_text(out, w->statement);
	strbuf_addf(out, "</td><td>%s</td><td class=\"n\">", source_words(w->source));
	if (w->as_of.ns != 0)
		html_textf(out, "%.8sZ", wall_text(w->as_of, at) + 11);
	strbuf_add(out, "</td></tr>\n");
}

/* How many times likelier each observation is under what leads than under what comes next, or the other way round. */
static void contest(struct strbuf *out, const struct contest *c)
{
	char next[CLAIM_WORDS_MAX], leader[CLAIM_WORDS_MAX], share[WORDS_MAX], lead[WORDS_MAX];
	const struct weighed *w;
	bool contra;

	if (!c->known)
		return;
	strbuf_add(out, "<h3>");
	html_textf(out, "Weighed: %s (%s) against %s (%s)", claim_words(&c->leader, leader), percent_words(c->leader.probability, lead),
	           claim_words(&c->next, next), percent_words(c->next.probability, share));
	strbuf_add(out, "</h3>\n");
	if (c->pro_count + c->contra_count == 0) {
		strbuf_add(out, "<p>" NOTHING_TELLS "</p>\n");
		return;
	}
	strbuf_add(out, "<div class=\"scroll\"><table><thead><tr><th>for the</th><th class=\"n\">weight</th><th>what was seen</th>"
	                "<th>by</th><th class=\"n\">as of</th></tr></thead><tbody>\n");
	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++)
		weighed(out, w, contra);
	strbuf_add(out, "</tbody></table></div>\n");
}

static void alternatives(struct strbuf *out, const struct verdict *v, enum handoff handoff, bool beside)
{
	const struct alternative *a;
	char line[SENTENCE_MAX + 4 * WORDS_MAX];

	if (!alternative_at(v, 0, beside))
		return;
	strbuf_addf(out, "<h3>%s</h3>\n<ul>\n", alternatives_words(v->status == STATUS_UNDETERMINED, beside));
	for (size_t i = 0; (a = alternative_at(v, i, beside)); i++)
		html_item(out, alternative_words(a, handoff, line, sizeof line));
	strbuf_add(out, "</ul>\n");
}

/* Which of several faults the following is about; nothing where there is but one. */
static void reasons(struct strbuf *out, const struct circuit_result *c, const struct verdict *v)
{
	if (c->fault_count > 1) {
		strbuf_add(out, "<h2>");
		html_textf(out, "About %s%s%s", v->fault, link_words(v->link)[0] ? ", " : "", link_words(v->link));
		strbuf_add(out, "</h2>\n");
	}
	sentences(out, "What speaks for it", "ul", v->evidence_for, v->for_count, EVIDENCE_MAX);
	sentences(out, "What speaks against it", "ul", v->evidence_against, v->against_count, EVIDENCE_MAX);
	contest(out, &v->runner_up);
	contest(out, &v->other_domain);
	sentences(out, "What would decide it", "ul", v->decided_by, v->decider_count, DECIDERS_MAX);
	sentences(out, "What to do next", "ol", v->next_steps, v->step_count, STEPS_MAX);
	alternatives(out, v, c->plan->handoff, false);
	alternatives(out, v, c->plan->handoff, true);
}

static void contradictions(struct strbuf *out, const struct circuit_result *c)
{
	char line[SENTENCE_MAX + 2 * WORDS_MAX];

	if (c->contradiction_count == 0)
		return;
	strbuf_add(out, "<h3>Azure and the wire contradict each other</h3>\n<ul>\n");
	for (size_t i = 0; i < c->contradiction_count && i < CONTRADICTIONS_MAX; i++) {
		strbuf_add(out, "<li>");
		html_text(out, side_words(&c->contradictions[i], false, line, sizeof line));
		strbuf_add(out, "<br>");
		html_text(out, side_words(&c->contradictions[i], true, line, sizeof line));
		strbuf_add(out, "</li>\n");
	}
	strbuf_add(out, "</ul>\n");
}

static const char *az_value(const struct az_text *t)
{
	return t->present ? t->text : "";
}

static void about(struct strbuf *out, const struct circuit_result *c)
{
	const struct az_snapshot *s = c->azure.snapshot;

	strbuf_add(out, "<h3>The circuit</h3>\n");
	strbuf_add(out, "<dl>\n");
	item(out, "Resource id", c->plan->resource_id);
	item(out, "Peering", peering_name(c->plan->peering));
	item(out, "Hand-off", handoff_name(c->plan->handoff));
	if (s && s->circuit.part.read == AZ_OK)
		item(out, "Service key", az_value(&s->circuit.service_key));
	if (!c->azure.available)
		item(out, "Azure was not read", c->azure.why_not[0] ? c->azure.why_not : "it was not asked");
	if (c->azure.not_again[0])
		item(out, "Azure was not read once more", c->azure.not_again);
	strbuf_add(out, "</dl>\n");
}

/* "tcp 443 open (47 of 48), 0.26 ms" */
static void service(struct strbuf *out, const struct service_result *k)
{
	char text[160], port[WORDS_MAX] = "ping", count[WORDS_MAX] = "", rtt[WORDS_MAX];

	if (k->port != 0)
		text_format(port, sizeof port, "TCP %u", k->port);
	if (k->sent > 0)
		text_format(count, sizeof count, " (%u of %u)", (unsigned)k->answered, (unsigned)k->sent);
	text_format(text, sizeof text, "%s %s%s%s%s", port, k->outcome, count, k->rtt.known ? ", " : "",
	            k->rtt.known ? ms_words(k->rtt.median_ns, true, rtt) : "");
	html_text(out, text);
}

static void target_row(struct strbuf *out, const struct target_result *t)
{
	char text[WORDS_MAX], address[IP_TEXT_MAX];

	strbuf_add(out, "<tr><td>");
	html_text(out, t->name);
	strbuf_addf(out, "</td><td class=\"addr\">%s</td><td>%s</td><td class=\"say\">%s<small>", ip_addr_text(&t->address, address),
	            t->control ? "control" : "target", !t->tested ? "not tested" : t->reachable ? "answers" : "not all of it answers");
	for (size_t i = 0; i < t->service_count && i < TARGET_PORTS_MAX + 1; i++) {
		strbuf_add(out, i > 0 ? "<br>" : "");
		service(out, &t->services[i]);
	}
	strbuf_addf(out, "</small></td><td>%s</td><td class=\"n\">", over_words(t));
	html_text(out, loss_figures(&t->loss, false, text));
	strbuf_add(out, "</td><td class=\"n\">");
	html_text(out, t->rtt.known ? ms_words(t->rtt.median_ns, true, text) : "–");
	strbuf_add(out, "</td></tr>\n");
}

static void targets(struct strbuf *out, const struct circuit_result *c)
{
	if (c->target_count == 0)
		return;
	strbuf_add(out, "<h3>Targets and controls</h3>\n<div class=\"scroll\"><table><thead><tr><th>name</th><th>address</th><th>kind</th>"
	                "<th>what answers</th><th>way</th><th class=\"n\">loss</th><th class=\"n\">median</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c->target_count; i++)
		target_row(out, &c->targets[i]);
	strbuf_add(out, "</tbody></table></div>\n");
}

static void azure_row(void *arg, const char *label, const char *text, bool warn)
{
	struct strbuf *out = arg;

	(void)warn; /* the label says it */
	strbuf_add(out, "<tr><td class=\"k\">");
	html_text(out, label);
	strbuf_add(out, "</td><td>");
	html_text(out, text);
	strbuf_add(out, "</td></tr>\n");
}

/* What the other side said: without it nobody can tell from the page why Azure's part weighs as it does. */
static void azure(struct strbuf *out, const struct circuit_result *c, struct wall_ns ended)
{
	char as_of[WALL_TEXT_MAX];

	if (!c->azure.available || c->azure.snapshot == NULL)
		return;
	strbuf_addf(out, "<h3>What Azure says, as of %.19sZ</h3>\n", wall_text(c->azure.as_of, as_of));
	strbuf_add(out, "<div class=\"scroll\"><table class=\"says\"><tbody>\n");
	azure_lines(c->azure.snapshot, ended, AZ_PARTS_MAX, azure_row, out);
	strbuf_add(out, "</tbody></table></div>\n");
}

static void circuit(struct strbuf *out, const struct circuit_result *c, struct wall_ns ended)
{
	strbuf_add(out, "<h2>Circuit ");
	html_text(out, c->plan->name);
	strbuf_add(out, "</h2>\n");
	verdict_box(out, c, &c->faults[0]);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++)
		verdict_box(out, c, &c->faults[i]);
	for (size_t l = 0; l < c->link_count; l++) {
		strbuf_addf(out, "<h3>%s link: ", c->links[l].id == LINK_PRIMARY ? "Primary" : "Secondary");
		html_text(out, link_status_words(c, &c->links[l]));
		strbuf_add(out, "</h3>\n");
		html_picture(out, c, &c->links[l]);
	}
	strbuf_add(out, "<p class=\"note\">");
	html_text(out, picture_loss_note(c));
	strbuf_add(out, picture_loss_note(c)[0] ? " " : "");
	strbuf_add(out, "How to read the paths: where packets pass, the line is solid, with ✓; where the fault is, though packets "
	                "pass, it is solid, with !; where the fault stops them, it is dashed, with ✗; where nobody knows, it is dotted, with ? "
	                "or ·; where they pass and no more was measured, it is grey, with ·. Loss stands with its 95 % interval.</p>\n");
	contradictions(out, c);
	reasons(out, c, &c->faults[0]);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++)
		reasons(out, c, &c->faults[i]);
	html_watched(out, c);
	targets(out, c);
	about(out, c);
	azure(out, c, ended);
	html_segments(out, c);
	html_checks(out, c);
	html_hops(out, c);
}

static void run_facts(struct strbuf *out, const struct run_result *r, const struct report_place *place)
{
	char text[PLACE_TEXT_MAX], line[200];

	strbuf_add(out, "<h2>The measurement</h2>\n<dl>\n");
	item(out, "Started", place_text(place, r->plan->started_at, text));
	item(out, "Ended", place_text(place, r->ended_at, text));
	item(out, "Measured from", r->plan->host);
	item(out, "Clock", r->plan->clock.synchronized ? "synchronized" : "not synchronized");
	if (r->plan->clock.steps > 0) {
		step_words(&r->plan->clock, line, sizeof line);
		item(out, "Clock stepped", line);
	}
	text_format(line, sizeof line, "%u, all of them in probes.pcapng", (unsigned)r->probes_sent);
	item(out, "Probes", line);
	text_format(line, sizeof line, "%" PRIu64 "; %" PRIu64 " lost by the capture", r->capture_received, r->capture_dropped);
	item(out, "Frames captured", line);
	item(out, "Run", r->plan->run_id);
	item(out, "Made by", r->plan->tool);
	strbuf_add(out, "</dl>\n");
}

/* Each sheet of paper names the run and its own place. Only letters that mean nothing in a style sheet get in. */
static void page_margins(char *style, size_t size, const char *run_id)
{
	char id[48];
	size_t n = 0;

	for (const char *p = run_id; *p != '\0' && n < sizeof id - 1; p++)
		if (strchr("0123456789abcdefABCDEF-", *p))
			id[n++] = *p;
	id[n] = '\0';
	text_format(style, size, "@page{@bottom-left{content:\"ExpressRoute measurement, run %s\";font:8pt sans-serif;color:#545454}"
	            "@bottom-right{content:\"page \" counter(page) \" of \" counter(pages);font:8pt sans-serif;color:#545454}}", id);
}

void report_html(const struct run_result *r, const struct report_place *place, struct strbuf *out)
{
	const char *only = r->circuit_count == 1 ? r->circuits[0].plan->name : "";
	char started[PLACE_TEXT_MAX], title[160], margins[320];

	place_text(place, r->plan->started_at, started);
	text_format(title, sizeof title, "ExpressRoute measurement%s%s, %.10s", only[0] ? " of " : "", only, started);
	page_margins(margins, sizeof margins, r->plan->run_id);
	html_begin(out, title, margins);
	strbuf_add(out, "<h1>ExpressRoute measurement</h1>\n<p class=\"sub\">");
	html_textf(out, "%s, from %s", started, r->plan->host);
	strbuf_add(out, "</p>\n");
	for (size_t i = 0; i < r->circuit_count; i++)
		circuit(out, &r->circuits[i], r->ended_at);
	run_facts(out, r, place);
	strbuf_addf(out, "<footer><p>Only %s were captured. \"erprobe evidence verify\" checks all of this against the packets in "
	                 "probes.pcapng; \"erprobe replay\" concludes from them again.</p></footer>\n</body></html>\n", captured_words(r));
}
