/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's side in a few lines. Azure's words are kept; a state is never judged
 * here, because what it proves is the diagnosis's business. */
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"
#include "analysis/value/az_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LABEL_COLUMNS 12
#define ERRORS_SHOWN 4 /* unless verbose; the rest is counted */
#define STALE_NS (60 * NS_PER_SEC)

/* A phrase that grows: "Enabled, provider Provisioned, 1000 Mbit/s". */
struct phrase {
	char text[640];
	const char *between; /* ", " unless set */
};

static void say(struct phrase *s, const char *before, const char *what)
{
	const char *between = s->between != NULL ? s->between : ", ";
	size_t used = strlen(s->text);

	if (what[0] != '\0')
		text_format(s->text + used, sizeof s->text - used, "%s%s%s", used > 0 ? between : "", before, what);
}

static void say_text(struct phrase *s, const char *before, const struct az_text *t)
{
	if (t->present)
		say(s, before, t->text);
}

static void say_int(struct phrase *s, const char *before, const struct az_int *v, const char *after)
{
	char text[WORDS_MAX];

	if (!v->present)
		return;
	snprintf(text, sizeof text, "%" PRId64 "%s", v->value, after);
	say(s, before, text);
}

/* One labelled line; a part that is older than the rest says so. */
static void line(struct page *p, const char *label, const struct phrase *s, const struct az_part *part, struct wall_ns now)
{
	char age[WORDS_MAX], text[sizeof s->text + 2 * WORDS_MAX];
	int64_t ns = wall_since(now, part->at);
	bool old = part->at.ns != 0 && ns > STALE_NS;

	if (s->text[0] == '\0')
		return;
	page_to(p, 2);
	page_cell(p, TONE_DIM, label, LABEL_COLUMNS);
	text_format(text, sizeof text, "%s%s%s%s", s->text, old ? " (" : "", old ? age_words(ns, age) : "", old ? " old)" : "");
	page_wrap(p, TONE_PLAIN, text, 2 + LABEL_COLUMNS);
}

static void circuit_line(struct page *p, const struct az_circuit *c, struct wall_ns now)
{
	struct phrase s = {"", NULL};

	if (c->part.read != AZ_OK)
		return;
	say_text(&s, "", &c->circuit_state);
	say_text(&s, "provider ", &c->provider_state);
	say_int(&s, "", &c->bandwidth_mbps, " Mbit/s");
	say_text(&s, "by ", &c->provider_name);
	say_text(&s, "at ", &c->peering_location);
	line(p, "circuit", &s, &c->part, now);
}

static void peering_line(struct page *p, const struct az_peering *g, struct wall_ns now)
{
	struct phrase s = {"", NULL};

	if (g->part.read != AZ_OK)
		return;
	if (!g->present) {
		say(&s, "", "Azure says there is none");
		line(p, "peering", &s, &g->part, now);
		return;
	}
	say_text(&s, "", &g->state);
	say_text(&s, "", &g->provisioning_state);
	say_int(&s, "VLAN ", &g->vlan, "");
	say_int(&s, "your AS ", &g->peer_asn, "");
	say_int(&s, "Azure's AS ", &g->azure_asn, "");
	for (int l = 0; l < LINKS; l++)
		say_text(&s, "", &g->prefix[l]);
	for (int l = 0; l < LINKS; l++)
		say_text(&s, "", &g->prefix6[l]);
	line(p, "peering", &s, &g->part, now);
}

static void say_arp(struct phrase *s, const struct az_arp *t)
{
	char text[AZ_TEXT_MAX * 2];

	if (t->part.read != AZ_OK)
		return;
	if (t->count == 0)
		say(s, "", "ARP table empty");
	for (size_t i = 0; i < t->count; i++) {
		const struct az_arp_row *r = &t->rows[i];

		if (i == 4) {
			say(s, "", "more ARP rows");
			break;
		}
		text_format(text, sizeof text, "%s %s", r->ip.text, r->mac.present ? r->mac.text : "(no MAC)");
		say(s, "ARP ", text);
	}
}

/* A session's state is a number of prefixes while it stands (Azure's own form). */
static void say_bgp(struct phrase *s, const struct az_bgp *t)
{
	char text[AZ_TEXT_MAX * 3];

	if (t->part.read != AZ_OK)
		return;
	if (t->count == 0)
		say(s, "", "no BGP neighbour listed");
	for (size_t i = 0; i < t->count; i++) {
		const struct az_bgp_row *r = &t->rows[i];
		if (i == 4) {
			say(s, "", "more BGP neighbours");
			break;
		}
		say(s, "BGP ", bgp_row_words(r, text, sizeof text));
	}
}

static void path_line(struct page *p, const struct az_snapshot *a, enum link_id l, struct wall_ns now)
{
	struct phrase s = {"", "; "};

	say_arp(&s, &a->arp[l]);
	say_bgp(&s, &a->bgp[l]);
	if (a->routes[l].part.read == AZ_OK) {
		char text[WORDS_MAX];

		snprintf(text, sizeof text, "%zu%s route%s", a->routes[l].count, a->routes[l].part.cut ? " or more" : "",
		         a->routes[l].count == 1 && !a->routes[l].part.cut ? "" : "s");
		say(&s, "", text);
	}
	line(p, link_name(l), &s, a->arp[l].part.read == AZ_OK ? &a->arp[l].part : &a->bgp[l].part, now);
}

static void gateway_line(struct page *p, const struct az_snapshot *a, struct wall_ns now)
{
	struct phrase s = {"", "; "};
	bool ok = a->gateway.part.read == AZ_OK;

	if (ok) {
		char text[AZ_TEXT_MAX * 2];

		text_format(text, sizeof text, "%s %s", a->gateway.name.text, a->gateway.provisioning_state.text);
		say(&s, "", text);
	}
	for (size_t i = 0; a->connections.part.read == AZ_OK && i < a->connections.count && i < 4; i++) {
		const struct az_connection *c = &a->connections.rows[i];
		char text[AZ_TEXT_MAX * 2];

		text_format(text, sizeof text, "%s %s", c->name.text, c->status.present ? c->status.text : "(no status, which is usual)");
		say(&s, "connection ", text);
	}
	line(p, "gateway", &s, ok ? &a->gateway.part : &a->connections.part, now);
}

/* What explains a link that is down or slow, where Azure says so: with Azure's own time. */
static void test_line(struct page *p, const struct az_snapshot *a, enum link_id l, struct wall_ns now)
{
	const struct az_failover_test *t = NULL;
	struct phrase s = {"", NULL};

	if (az_failover_test(a, l, &t) != AZ_FACT_YES)
		return;
	say(&s, "a link failover test runs on the ", link_name(l));
	say_text(&s, "", &t->category);
	say_text(&s, "since ", &t->began);
	line(p, "test", &s, &a->failover_tests.part, now);
}

static void event_line(struct page *p, const struct az_snapshot *a, const char *kind, struct wall_ns now)
{
	const struct az_event *e = NULL;
	struct phrase s = {"", NULL};

	if (az_event_now(a, kind, a->done_at, &e) != AZ_FACT_YES)
		return;
	say_text(&s, "", &e->kind);
	say_text(&s, "", &e->id);
	say_text(&s, "", &e->title);
	say_text(&s, "since ", &e->began);
	line(p, "event", &s, &a->circuit_events.part, now);
}

static void port_line(struct page *p, const struct az_snapshot *a, enum link_id l, struct wall_ns now)
{
	struct phrase s = {"", NULL};
	char text[WORDS_MAX];
	double dbm = 0;

	if (az_port_down(a, l) == AZ_FACT_YES) {
		say(&s, "Microsoft's port is down on the ", link_name(l));
	} else if (az_light_bad(a, l, &dbm) == AZ_FACT_YES) {
		snprintf(text, sizeof text, "%.1f dBm on the ", dbm);
		s.between = "";
		say(&s, "light received by Microsoft is ", text);
		say(&s, "", link_name(l));
	}
	line(p, "port", &s, &a->port.part, now);
}

static void notes(struct page *p, const struct az_snapshot *a, struct wall_ns now)
{
	struct phrase s = {"", NULL};
	char text[WORDS_MAX];
	double bits = 0;

	for (int l = 0; l < LINKS; l++) {
		test_line(p, a, (enum link_id)l, now);
		port_line(p, a, (enum link_id)l, now);
	}
	event_line(p, a, "PlannedMaintenance", now);
	event_line(p, a, "ServiceIssue", now);
	if (az_qos_drops(a, &bits) != AZ_FACT_YES)
		return;
	snprintf(text, sizeof text, "%.0f bit/s", bits);
	say(&s, "dropped at Microsoft's edge above the circuit's bandwidth, within the hour: up to ", text);
	line(p, "drops", &s, &a->drops.part, now);
}

static void not_read(struct page *p, const struct az_snapshot *a)
{
	const struct az_part *parts[AZ_PARTS_MAX] = {NULL};
	size_t n = az_snapshot_parts(a, parts), failed = 0;

	for (size_t i = 0; i < n; i++) {
		if (parts[i]->read != AZ_FAILED || (failed++ >= ERRORS_SHOWN && !p->verbose))
			continue;
		page_to(p, 2);
		page_cell(p, TONE_WARN, "not read", LABEL_COLUMNS);
		/* Errors name their operation already, as a rule. */
		if (strncmp(parts[i]->error, parts[i]->operation, strlen(parts[i]->operation)) != 0)
			page_textf(p, TONE_PLAIN, "%s: ", parts[i]->operation);
		page_wrap(p, TONE_PLAIN, parts[i]->error, 2 + LABEL_COLUMNS);
	}
	if (failed > ERRORS_SHOWN && !p->verbose) {
		page_to(p, 2 + LABEL_COLUMNS);
		page_textf(p, TONE_DIM, "and %zu more (-v shows them)", failed - ERRORS_SHOWN);
		page_line(p);
	}
}

static void unavailable(struct page *p, const struct circuit_result *c)
{
	bool asked = c->azure.snapshot != NULL || c->azure.why_not[0] != '\0';
	bool stale = c->azure.snapshot != NULL && c->azure.snapshot->stale;

	page_heading(p, stale ? "Azure says: nothing could be read now; its last answer weighs the less the older it is"
	                : asked ? "Azure says: nothing could be read; the verdict stands on the probes alone"
	                      : "Azure was not asked; the verdict stands on the probes alone");
	if (c->azure.why_not[0] == '\0')
		return;
	page_to(p, 2);
	page_wrap(p, TONE_PLAIN, c->azure.why_not, 2);
}

void text_azure(struct page *p, const struct circuit_result *c, struct wall_ns now)
{
	const struct az_snapshot *a = c->azure.snapshot;
	char heading[3 * WORDS_MAX], age[WORDS_MAX];

	if (!c->azure.available || a == NULL) {
		unavailable(p, c);
		return;
	}
	text_format(heading, sizeof heading, "Azure says (as of %s before the end of this run)",
	            age_words(wall_since(now, c->azure.as_of), age));
	page_heading(p, heading);
	circuit_line(p, &a->circuit, now);
	peering_line(p, &a->peering, now);
	for (int l = 0; l < LINKS; l++)
		path_line(p, a, (enum link_id)l, now);
	gateway_line(p, a, now);
	notes(p, a, now);
	not_read(p, a);
}
