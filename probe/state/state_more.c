/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state` for a person: phrases of facts, and what the wider reads tell. */
#include "probe/state/state_facts.h"

#include "analysis/render/words.h"
#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define GATEWAY_ASN 65515

void fact(struct facts *f, const char *before, const char *what, const char *after)
{
	size_t used = strlen(f->text);
	if (what[0])
		text_format(f->text + used, sizeof(f->text) - used, "%s%s%s%s", used ? " · " : "", before, what, after);
}

void fact_text(struct facts *f, const char *before, const struct az_text *t)
{
	fact(f, before, t->present ? t->text : "", "");
}

void fact_int(struct facts *f, const char *before, const struct az_int *i, const char *after)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, i->value);
	fact(f, before, i->present ? text : "", after);
}

void labelled(struct page *p, const char *label, const char *text)
{
	page_to(p, 2);
	page_text(p, TONE_DIM, label);
	page_to(p, LABEL_TO);
	page_wrap(p, TONE_PLAIN, text, LABEL_TO);
}

/* ------------------------------------------------------------------ gateway */

static void count_fact(struct facts *f, const char *before, size_t count, bool cut, const char *after)
{
	char text[32];
	snprintf(text, sizeof(text), "%zu%s", count, cut ? " and more" : "");
	fact(f, before, text, after);
}

void state_gateway_facts(struct facts *f, const struct az_snapshot *s)
{
	const struct az_gateway_routes *r = &s->gateway_learned;
	struct az_gateway_sessions g;
	char text[48];
	bool any = az_gateway_sessions(s, &g) && g.all > 0;
	snprintf(text, sizeof(text), "%zu of %zu", g.up, g.all);
	fact(f, "", any ? text : "", " sessions with Microsoft's edge");
	snprintf(text, sizeof(text), "%zu", g.unknown);
	fact(f, "", g.unknown > 0 ? text : "", " of unknown state");
	if (r->part.read == AZ_OK)
		count_fact(f, "learned ", r->count, r->part.cut, " routes");
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++) {
		r = &s->gateway_advertised[i];
		snprintf(text, sizeof(text), " to %.40s", r->to.present ? r->to.text : "the circuit");
		if (r->part.read == AZ_OK)
			count_fact(f, "announces ", r->count, r->part.cut, text);
	}
}

/* ------------------------------------------------------------------ cells of the two paths */

#define NAMES_COLUMNS 27 /* of a cell, before " and 9999" */

/* The networks of a path's table that this AS announces, as many as have room. */
static void networks_of(const struct az_routes *t, int64_t as, char *out, size_t size)
{
	const char *last = "";
	size_t used = 0, more = 0;
	for (size_t i = 0; t->part.read == AZ_OK && i < t->count; i++) {
		const char *network = t->rows[i].network.text;
		if (az_first_as(&t->rows[i].path) != as || strcmp(network, last) == 0) /* another path to the same */
			continue;
		last = network;
		if (more > 0 || used + strlen(network) + 2 > NAMES_COLUMNS) {
			more++;
			continue;
		}
		text_format(out + used, size - used, "%s%s", used ? ", " : "", network);
		used = strlen(out);
	}
	if (more > 0)
		text_format(out + used, size - used, "%s%zu%s", used ? " and " : "", more, t->part.cut ? " or more" : "");
	else if (used == 0 && t->part.read == AZ_OK)
		text_format(out, size, "none");
}

void state_cell_yours(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	(void)j;
	if (s->peering.peer_asn.present)
		networks_of(&s->routes[l], s->peering.peer_asn.value, out, size);
}

void state_cell_vnets(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	(void)j;
	networks_of(&s->routes[l], GATEWAY_ASN, out, size);
}

static const char *rate_words(const struct az_text *t, char buf[WORDS_MAX])
{
	static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s"};
	double value = 0;
	size_t unit = 0;
	if (!az_text_number(t, &value)) {
		snprintf(buf, WORDS_MAX, "?");
		return buf;
	}
	while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, WORDS_MAX, "%.*f %s", unit ? 1 : 0, value, units[unit]);
	return buf;
}

/* Azure names the edge router of a series by its role, primary or secondary. */
void state_cell_traffic(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	static const struct az_text unknown;
	const struct az_text *in = &unknown, *away = &unknown;
	char a[WORDS_MAX], b[WORDS_MAX];
	(void)j;
	for (size_t i = 0; s->traffic.part.read == AZ_OK && i < s->traffic.count; i++) {
		const struct az_metric *m = &s->traffic.rows[i];
		if ((int)az_text_link(&m->instance) != l)
			continue;
		if (az_text_is(&m->name, "BitsInPerSecond"))
			in = &m->average;
		else if (az_text_is(&m->name, "BitsOutPerSecond"))
			away = &m->average;
	}
	if (in->present || away->present)
		text_format(out, size, "%s in, %s out", rate_words(in, a), rate_words(away, b));
}

void state_cell_port(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	enum az_fact down = az_port_down(s, (enum link_id)l), bad;
	double dbm = 0;
	(void)j;
	if (down == AZ_FACT_UNKNOWN)
		return;
	bad = az_light_bad(s, (enum link_id)l, &dbm);
	if (down == AZ_FACT_YES || bad == AZ_FACT_UNKNOWN)
		text_format(out, size, "%s", down == AZ_FACT_YES ? "✗ down" : "✓ up");
	else
		text_format(out, size, "%s up, light %.1f dBm", bad == AZ_FACT_YES ? "!" : "✓", dbm);
}

/* ------------------------------------------------------------------ other lines */

static void put_other_peerings(struct page *p, const struct plan_circuit *c, const struct az_peerings *all)
{
	for (size_t i = 0; all->part.read == AZ_OK && i < all->count; i++) {
		const struct az_peering *g = &all->rows[i];
		struct facts f = {""};
		if (!g->present || az_text_is(&g->name, peering_name(c->peering)) || az_text_is(&g->type, peering_name(c->peering)))
			continue;
		fact_text(&f, "", &g->name);
		fact_text(&f, "", &g->state);
		fact_int(&f, "VLAN ", &g->vlan, "");
		if (az_text_is(&g->type, "AzurePublicPeering"))
			fact(&f, "", "retired by Microsoft: move to Microsoft peering", "");
		labelled(p, "and peering", f.text);
	}
}

static void put_reach(struct page *p, const struct az_reaches *r, const char *label)
{
	for (size_t i = 0; r->part.read == AZ_OK && i < r->count; i++) {
		struct facts f = {""};
		fact_text(&f, "", &r->rows[i].name);
		fact_text(&f, "", &r->rows[i].status);
		fact_text(&f, "over ", &r->rows[i].prefix);
		labelled(p, label, f.text);
	}
}

static void put_port(struct page *p, const struct az_port *port)
{
	struct facts f = {""};
	if (port->part.read != AZ_OK)
		return;
	fact_text(&f, "", &port->name);
	fact_text(&f, "", &port->peering_location);
	fact_int(&f, "", &port->bandwidth_gbps, " Gbit/s");
	fact_text(&f, "", &port->encapsulation);
	for (size_t i = 0; i < port->count && p->verbose; i++) {
		const struct az_port_link *l = &port->rows[i];
		char text[AZ_TEXT_MAX];
		text_format(text, sizeof(text), "%.40s: %.60s %.40s, panel %.40s, rack %.40s", l->name.text, l->router.text,
		            l->interface.text, l->patch_panel.present ? l->patch_panel.text : "?",
		            l->rack.present ? l->rack.text : "?");
		fact(&f, "", text, "");
	}
	labelled(p, "port", f.text);
}

void state_more(struct page *p, const struct plan_circuit *c, const struct az_snapshot *s)
{
	put_other_peerings(p, c, &s->peerings);
	put_reach(p, &s->reach, "Global Reach");
	put_reach(p, &s->reach_from, "Global Reach");
	put_port(p, &s->port);
}
