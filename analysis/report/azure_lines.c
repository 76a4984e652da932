/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's words are kept; a state is never judged here, because what it proves is the diagnosis's business. */
#include "analysis/report/azure_lines.h"

#include "analysis/render/words.h"
#include "analysis/value/az_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STALE_NS (60 * NS_PER_SEC)
#define ROWS_SHOWN 4 /* of one table; that there are more is said */
#define GATEWAY_ASN 65515

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

/* What is written to, and as of when. */
struct writer {
	azure_line_fn *put;
	void *arg;
	struct wall_ns now;
};

/* One labelled line; a part that is older than the rest says so. */
static void line(const struct writer *w, const char *label, const struct phrase *s, const struct az_part *part)
{
	char age[WORDS_MAX], text[sizeof s->text + 2 * WORDS_MAX];
	int64_t ns = wall_since(w->now, part->at);
	bool old = part->at.ns != 0 && ns > STALE_NS;

	if (s->text[0] == '\0')
		return;
	text_format(text, sizeof text, "%s%s%s%s", s->text, old ? " (" : "", old ? age_words(ns, age) : "", old ? " old)" : "");
	w->put(w->arg, label, text, false);
}

static void circuit_line(const struct writer *w, const struct az_circuit *c)
{
	struct phrase s = {"", NULL};

	if (c->part.read != AZ_OK)
		return;
	say_text(&s, "", &c->circuit_state);
	say_text(&s, "provider ", &c->provider_state);
	say_int(&s, "", &c->bandwidth_mbps, " Mbit/s");
	say_text(&s, "by ", &c->provider_name);
	say_text(&s, "at ", &c->peering_location);
	line(w, "circuit", &s, &c->part);
}

static void peering_line(const struct writer *w, const struct az_peering *g)
{
	struct phrase s = {"", NULL};

	if (g->part.read != AZ_OK)
		return;
	if (!g->present) {
		say(&s, "", "Azure says there is none");
		line(w, "peering", &s, &g->part);
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
	line(w, "peering", &s, &g->part);
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

		if (i == ROWS_SHOWN) {
			say(s, "", "more ARP rows");
			break;
		}
		text_format(text, sizeof text, "%s %s", r->ip.text, r->mac.present ? r->mac.text : "(no MAC)");
		say(s, i == 0 ? "ARP " : "", text);
	}
}

static void say_routes(struct phrase *s, const struct az_routes *t)
{
	char text[WORDS_MAX];
	bool one = t->count == 1 && !t->part.cut;

	if (t->part.read != AZ_OK)
		return;
	snprintf(text, sizeof text, "%zu%s route%s", t->count, t->part.cut ? " or more" : "", one ? "" : "s");
	say(s, "", text);
}

/* A session's state is a number of prefixes while it stands (Azure's own form). The edge's sessions come
 * first: they are what the link stands or falls with. */
static void say_bgp(struct phrase *s, const struct az_bgp *t)
{
	char text[AZ_TEXT_MAX * 3];
	size_t shown = 0;

	if (t->part.read == AZ_OK && t->count == 0)
		say(s, "", "no BGP neighbour listed");
	for (int gateways = 0; t->part.read == AZ_OK && gateways < 2; gateways++)
		for (size_t i = 0; i < t->count && shown <= ROWS_SHOWN; i++) {
			const struct az_bgp_row *r = &t->rows[i];

			if ((r->as.present && r->as.value == GATEWAY_ASN) != gateways)
				continue;
			bgp_row_words(r, text, sizeof text);
			if (shown == ROWS_SHOWN)
				say(s, "", "more BGP neighbours");
			else
				say(s, shown == 0 ? (gateways ? "BGP gateway " : "BGP ") : gateways ? "gateway " : "", text);
			shown++;
		}
}

/* Two lines: layer 2 with the number of routes, and the sessions. */
static void path_lines(const struct writer *w, const struct az_snapshot *a, enum link_id l)
{
	struct phrase first = {"", "; "}, second = {"", "; "};

	say_arp(&first, &a->arp[l]);
	say_routes(&first, &a->routes[l]);
	say_bgp(&second, &a->bgp[l]);
	line(w, link_name(l), &first, a->arp[l].part.read == AZ_OK ? &a->arp[l].part : &a->routes[l].part);
	line(w, first.text[0] == '\0' ? link_name(l) : "", &second, &a->bgp[l].part);
}

static void gateway_line(const struct writer *w, const struct az_snapshot *a)
{
	struct phrase s = {"", "; "};
	bool ok = a->gateway.part.read == AZ_OK;

	if (ok) {
		char text[AZ_TEXT_MAX * 2];

		text_format(text, sizeof text, "%s %s", a->gateway.name.text, a->gateway.provisioning_state.text);
		say(&s, "", text);
	}
	for (size_t i = 0; a->connections.part.read == AZ_OK && i < a->connections.count; i++) {
		const struct az_connection *c = &a->connections.rows[i];
		char text[AZ_TEXT_MAX * 2];

		if (i == ROWS_SHOWN) {
			say(&s, "", "more connections");
			break;
		}
		text_format(text, sizeof text, "%s %s", c->name.text, c->status.present ? c->status.text : "(no status, which is usual)");
		say(&s, "connection ", text);
	}
	line(w, "gateway", &s, ok ? &a->gateway.part : &a->connections.part);
}

/* What explains a link that is down or slow, where Azure says so: with Azure's own time. */
static void test_line(const struct writer *w, const struct az_snapshot *a, enum link_id l)
{
	const struct az_failover_test *t = NULL;
	struct phrase s = {"", NULL};

	if (az_failover_test(a, l, &t) != AZ_FACT_YES)
		return;
	say(&s, "a link failover test runs on the ", link_name(l));
	say_text(&s, "", &t->category);
	say_text(&s, "since ", &t->began);
	line(w, "test", &s, &a->failover_tests.part);
}

static void event_line(const struct writer *w, const struct az_snapshot *a, const char *kind)
{
	const struct az_event *e = NULL;
	struct phrase s = {"", NULL};

	if (az_event_now(a, kind, a->done_at, &e) != AZ_FACT_YES)
		return;
	say_text(&s, "", &e->kind);
	say_text(&s, "", &e->id);
	say_text(&s, "", &e->title);
	say_text(&s, "since ", &e->began);
	line(w, "event", &s, &a->circuit_events.part);
}

static void port_line(const struct writer *w, const struct az_snapshot *a, enum link_id l)
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
	line(w, "port", &s, &a->port.part);
}

static void notes(const struct writer *w, const struct az_snapshot *a)
{
	struct phrase s = {"", NULL};
	char text[WORDS_MAX];
	double bits = 0;

	for (int l = 0; l < LINKS; l++) {
		test_line(w, a, (enum link_id)l);
		port_line(w, a, (enum link_id)l);
	}
	event_line(w, a, "PlannedMaintenance");
	event_line(w, a, "ServiceIssue");
	if (az_qos_drops(a, &bits) != AZ_FACT_YES)
		return;
	snprintf(text, sizeof text, "%.0f bit/s", bits);
	say(&s, "dropped at Microsoft's edge above the circuit's bandwidth, within the hour: up to ", text);
	line(w, "drops", &s, &a->drops.part);
}

static void not_read(const struct writer *w, const struct az_snapshot *a, size_t most)
{
	const struct az_part *parts[AZ_PARTS_MAX] = {NULL};
	size_t n = az_snapshot_parts(a, parts), failed = 0;
	char text[sizeof parts[0]->operation + sizeof parts[0]->error + 4];

	for (size_t i = 0; i < n; i++) {
		if (parts[i]->read != AZ_FAILED || failed++ >= most)
			continue;
		/* Errors name their operation already, as a rule. */
		bool named = strncmp(parts[i]->error, parts[i]->operation, strlen(parts[i]->operation)) == 0;
		text_format(text, sizeof text, "%s%s%s", named ? "" : parts[i]->operation, named ? "" : ": ", parts[i]->error);
		w->put(w->arg, "not read", text, true);
	}
	if (failed > most) {
		text_format(text, sizeof text, "and %zu more (-v shows them)", failed - most);
		w->put(w->arg, "", text, false);
	}
}

void azure_lines(const struct az_snapshot *a, struct wall_ns now, size_t errors_most, azure_line_fn *put, void *arg)
{
	struct writer w = {put, arg, now};

	circuit_line(&w, &a->circuit);
	peering_line(&w, &a->peering);
	for (int l = 0; l < LINKS; l++)
		path_lines(&w, a, (enum link_id)l);
	gateway_line(&w, a);
	notes(&w, a);
	not_read(&w, a, errors_most);
}
