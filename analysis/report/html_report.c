/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/report_html.h"

#include "analysis/report/words.h"

#include <inttypes.h>
#include <string.h>

static void item(struct strbuf *out, const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	strbuf_add(out, "<dt>");
	html_text(out, name);
	strbuf_add(out, "</dt><dd>");
	html_text(out, text);
	strbuf_add(out, "</dd>\n");
}

static void sentences(struct strbuf *out, const char *heading, const char (*list)[SENTENCE_MAX], size_t count, size_t max)
{
	if (count == 0)
		return;
	strbuf_addf(out, "<h3>%s</h3>\n<ul>\n", heading);
	for (size_t i = 0; i < count && i < max; i++) {
		strbuf_add(out, "<li>");
		html_text(out, list[i]);
		strbuf_add(out, "</li>\n");
	}
	strbuf_add(out, "</ul>\n");
}

static void verdict_box(struct strbuf *out, const struct verdict *v)
{
	char sure[WORDS_MAX];

	strbuf_addf(out, "<div class=\"verdict %s\"><strong>", status_name(v->status));
	html_textf(out, "%s %s%s%s%s%s", status_mark(v->status), status_shout(v->status), v->fault[0] ? ": " : "", v->fault,
	           link_words(v->link)[0] ? ", " : "", link_words(v->link));
	strbuf_add(out, "</strong><p>");
	html_text(out, v->summary);
	strbuf_add(out, "</p><p>");
	html_textf(out, "%s%s%s%s", v->domain != DOMAIN_NONE ? "Domain: " : "", domain_words(v->domain),
	           v->domain != DOMAIN_NONE ? "; " : "", confidence_words(v->confidence, sure));
	if (contact_name(v->contact))
		html_textf(out, "; to act: %s", contact_name(v->contact));
	strbuf_add(out, "</p></div>\n");
}

static void reasons(struct strbuf *out, const struct verdict *v)
{
	sentences(out, "What speaks for it", v->evidence_for, v->for_count, EVIDENCE_MAX);
	sentences(out, "What speaks against it", v->evidence_against, v->against_count, EVIDENCE_MAX);
	sentences(out, "What to do next", v->next_steps, v->step_count, STEPS_MAX);
	if (v->alternative_count == 0)
		return;
	strbuf_add(out, "<h3>What it could be instead</h3>\n<ul>\n");
	for (size_t i = 0; i < v->alternative_count && i < ALTERNATIVES_MAX; i++) {
		const struct alternative *a = &v->alternatives[i];
		char share[WORDS_MAX];

		strbuf_add(out, "<li>");
		html_textf(out, "%s, probability %s%s%s", a->fault[0] ? a->fault : "no fault", percent_words(a->probability, share),
		           a->decided_by[0] ? "; decided by: " : "", a->decided_by);
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

	strbuf_add(out, "<dl>\n");
	item(out, "Resource id", c->plan->resource_id);
	item(out, "Peering", peering_name(c->plan->peering));
	item(out, "Hand-off", handoff_name(c->plan->handoff));
	if (s && s->circuit.part.read == AZ_OK) {
		item(out, "Service key", az_value(&s->circuit.service_key));
		item(out, "Provider", az_value(&s->circuit.provider_name));
		item(out, "Peering location", az_value(&s->circuit.peering_location));
		item(out, "Circuit state (Azure)", az_value(&s->circuit.circuit_state));
		item(out, "Provider state (Azure)", az_value(&s->circuit.provider_state));
	}
	if (s && s->peering.part.read == AZ_OK)
		item(out, "Peering state (Azure)", az_value(&s->peering.state));
	if (!c->azure.available)
		item(out, "Azure was not read", c->azure.why_not[0] ? c->azure.why_not : "it was not asked");
	strbuf_add(out, "</dl>\n");
}

static void targets(struct strbuf *out, const struct circuit_result *c)
{
	if (c->target_count == 0)
		return;
	strbuf_add(out, "<h3>Targets and controls</h3>\n<table><thead><tr><th>name</th><th>address</th><th>kind</th>"
	                "<th>outcome</th><th class=\"n\">loss</th><th class=\"n\">median</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < c->target_count; i++) {
		const struct target_result *t = &c->targets[i];
		char text[WORDS_MAX], address[IP_TEXT_MAX];

		strbuf_add(out, "<tr><td>");
		html_text(out, t->name);
		strbuf_add(out, "</td><td>");
		html_text(out, ip_addr_text(&t->address, address));
		strbuf_addf(out, "</td><td>%s</td><td>%s</td><td class=\"n\">", t->control ? "control" : "target",
		            !t->tested ? "not tested" : t->reachable ? "answers" : "not all of it answers");
		html_text(out, loss_words(&t->loss, false, text));
		strbuf_add(out, "</td><td class=\"n\">");
		html_text(out, t->rtt.known ? ms_words(t->rtt.median_ns, true, text) : "–");
		strbuf_add(out, "</td></tr>\n");
	}
	strbuf_add(out, "</tbody></table>\n");
}

static void circuit(struct strbuf *out, const struct circuit_result *c)
{
	strbuf_add(out, "<h2>Circuit ");
	html_text(out, c->plan->name);
	strbuf_add(out, "</h2>\n");
	verdict_box(out, &c->faults[0]);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++)
		verdict_box(out, &c->faults[i]);
	about(out, c);
	for (size_t l = 0; l < c->link_count; l++) {
		strbuf_add(out, "<h3>");
		html_textf(out, "%s: %s", link_words(c->links[l].id), status_name(c->links[l].status));
		strbuf_add(out, "</h3>\n");
		html_picture(out, c, &c->links[l]);
	}
	reasons(out, &c->faults[0]);
	for (size_t i = 1; i < c->fault_count && i < FAULTS_MAX; i++)
		reasons(out, &c->faults[i]);
	targets(out, c);
	for (size_t l = 0; l < c->link_count; l++)
		html_link_tables(out, c, &c->links[l]);
}

static void run_facts(struct strbuf *out, const struct run_result *r, const struct report_place *place)
{
	char text[PLACE_TEXT_MAX], line[200];

	strbuf_add(out, "<dl>\n");
	item(out, "Started", place_text(place, r->plan->started_at, text));
	item(out, "Ended", place_text(place, r->ended_at, text));
	item(out, "Measured from", r->plan->host);
	item(out, "Clock", r->plan->clock.synchronized ? "synchronized" : "not synchronized");
	text_format(line, sizeof line, "%u probes; %" PRIu64 " frames captured, %" PRIu64 " lost by the capture",
	            (unsigned)r->probes_sent, r->capture_received, r->capture_dropped);
	item(out, "Measurement", line);
	strbuf_add(out, "</dl>\n");
}

void report_html(const struct run_result *r, const struct report_place *place, struct strbuf *out)
{
	strbuf_add(out,
	           "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	           "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	           "<title>ExpressRoute measurement</title>\n<style>");
	strbuf_add(out, html_style);
	strbuf_add(out, "</style></head><body>\n<h1>ExpressRoute measurement</h1>\n");
	run_facts(out, r, place);
	for (size_t i = 0; i < r->circuit_count; i++)
		circuit(out, &r->circuits[i]);
	strbuf_add(out, "<footer><p>Loss of a middle hop is not shown: routers limit their answers. Path loss is what the path "
	                "up to a hop loses, with its 95 % interval. Only our own probes and their answers were captured.</p><p>");
	html_textf(out, "Run %s, %s. Every packet is in probes.pcapng; erprobe evidence verify checks all of this.",
	           r->plan->run_id, r->plan->tool);
	strbuf_add(out, "</p></footer>\n</body></html>\n");
}
