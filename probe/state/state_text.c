/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state` for a person: the state first, then what it stands on. */
#include "probe/state/state_text.h"

#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"
#include "probe/state/state_facts.h"
#include "probe/state/state_tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PATH_COLUMNS 36

/* ------------------------------------------------------------------ the state */

static enum tone weight_tone(enum state_status w)
{
	static const enum tone tones[] = {TONE_GOOD, TONE_WARN, TONE_BAD, TONE_DOUBT};
	return tones[w];
}

static const char *weight_mark(enum state_status w)
{
	static const char *const marks[] = {MARK_GOOD, MARK_WARN, MARK_BAD, MARK_DOUBT};
	return marks[w];
}

static const char *weight_word(enum state_status w)
{
	static const char *const words[] = {"HEALTHY", "DEGRADED", "FAULT", "UNREAD"};
	return words[w];
}

static size_t parts_of(const struct az_snapshot *s, enum az_read wanted)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(s, parts), found = 0;
	for (size_t i = 0; i < count; i++)
		found += parts[i]->read == wanted;
	return found;
}

static void sentence(const struct az_snapshot *s, const struct judgement *j, char *out, size_t size)
{
	size_t failed = parts_of(s, AZ_FAILED), ok = parts_of(s, AZ_OK);
	if (j->status == STATE_UNREAD && ok > 0 && !s->stale)
		text_format(out, size, "nothing of the circuit itself could be read");
	else if (j->status == STATE_UNREAD && s->stale)
		text_format(out, size, "Azure cannot be read: %s. Below is what it said before, and when", s->why_not);
	else if (j->status == STATE_UNREAD)
		text_format(out, size, "nothing could be read: %s", s->why_not[0] ? s->why_not : "no answer in time");
	else if (j->status == STATE_HEALTHY && failed > 0)
		text_format(out, size, "what Azure reports is healthy; %zu of %zu reads failed", failed, failed + ok);
	else if (j->status == STATE_HEALTHY)
		text_format(out, size, "all that Azure reports is healthy");
	else
		text_format(out, size, "%s%s%s", j->findings[0].link == LINK_NULL ? "" : link_name(j->findings[0].link),
		            j->findings[0].link == LINK_NULL ? "" : ": ", j->findings[0].what);
}

static void put_state(struct page *p, const struct plan_circuit *c, const struct az_snapshot *s,
                      const struct judgement *j)
{
	char text[FINDING_TEXT_MAX * 2];
	sentence(s, j, text, sizeof(text));
	page_text(p, TONE_STRONG, c->name);
	page_text(p, TONE_PLAIN, "  ");
	page_textf(p, weight_tone(j->status), "%s %s", weight_mark(j->status), weight_word(j->status));
	page_text(p, TONE_PLAIN, "  ");
	page_wrap(p, TONE_PLAIN, text, LABEL_TO);
}

/* ------------------------------------------------------------------ circuit and peering */

static void put_circuit(struct page *p, const struct az_circuit *c)
{
	struct facts f = {""};
	if (c->part.read != AZ_OK)
		return;
	fact_text(&f, "", &c->circuit_state);
	fact_text(&f, "provider's state ", &c->provider_state);
	fact_text(&f, "", &c->provider_name);
	fact_text(&f, "", &c->peering_location);
	fact_int(&f, "", &c->bandwidth_mbps, " Mbit/s");
	fact_text(&f, "", &c->sku_tier);
	fact_text(&f, "", &c->sku_family);
	if (c->express_route_port.present)
		fact(&f, "", "ExpressRoute Direct", "");
	if (p->verbose)
		fact_text(&f, "service key ", &c->service_key);
	labelled(p, "circuit", f.text);
}

static void put_peering(struct page *p, const struct az_peering *g)
{
	struct facts f = {""};
	if (g->part.read != AZ_OK)
		return;
	if (!g->present) {
		labelled(p, "peering", "there is none");
		return;
	}
	fact_text(&f, "", &g->name);
	fact_text(&f, "", &g->state);
	fact_int(&f, "your AS ", &g->peer_asn, "");
	fact_int(&f, "Microsoft's AS ", &g->azure_asn, "");
	fact_int(&f, "VLAN ", &g->vlan, "");
	if (g->last_modified_by.present)
		fact(&f, "set by ", g->last_modified_by.text, "");
	labelled(p, "peering", f.text);
}

static void put_gateway(struct page *p, const struct az_snapshot *s)
{
	const struct az_gateway *g = &s->gateway;
	struct facts f = {""};
	if (g->part.read != AZ_OK)
		return;
	fact_text(&f, "", &g->name);
	fact_text(&f, "", &g->sku);
	fact_text(&f, "", &g->provisioning_state);
	state_gateway_facts(&f, s);
	labelled(p, "gateway", f.text);
}

static void put_connections(struct page *p, const struct az_connections *c)
{
	if (c->part.read != AZ_OK)
		return;
	if (c->count == 0)
		labelled(p, "connection", "none to this circuit is listed");
	for (size_t i = 0; i < c->count && (i < 4 || p->verbose); i++) {
		const struct az_connection *r = &c->rows[i];
		struct facts f = {""};
		fact_text(&f, "", &r->name);
		fact(&f, "", r->status.present ? r->status.text : "no status given, which is normal", "");
		fact_text(&f, "", &r->type);
		if (r->fast_path)
			fact(&f, "", "FastPath", "");
		labelled(p, "connection", f.text);
	}
}

/* ------------------------------------------------------------------ the two paths */

static void path_row(struct page *p, const char *label, char cells[LINKS][FINDING_TEXT_MAX])
{
	if (!cells[0][0] && !cells[1][0])
		return;
	page_to(p, 2);
	page_text(p, TONE_DIM, label);
	page_to(p, LABEL_TO);
	for (int l = 0; l < LINKS; l++) {
		page_cell(p, TONE_PLAIN, cells[l][0] ? cells[l] : "not read", PATH_COLUMNS);
		page_text(p, TONE_PLAIN, l == 0 ? "  " : "");
	}
	page_line(p);
}

/* Every row of the table of the two paths is one of these. */
typedef state_cell_fn cell_fn;

static void cell_prefix(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	const struct az_peering *g = &s->peering;
	(void)j;
	if (g->part.read == AZ_OK && g->prefix[l].present)
		text_format(out, size, "%s%s%s", g->prefix[l].text, g->prefix6[l].present ? ", " : "",
		            g->prefix6[l].present ? g->prefix6[l].text : "");
}

static void cell_arp(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	static const char *const words[] = {"?", "✓ resolved", "✗ unanswered"};
	const struct path_reading *r = &j->paths[l];
	if (s->arp[l].part.read == AZ_OK && s->arp[l].count == 0)
		text_format(out, size, "empty table (proves nothing)");
	else if (s->arp[l].part.read == AZ_OK)
		text_format(out, size, "%s", r->arp[FAM4] == ARP_UNKNOWN ? "? no row of the edge" : words[r->arp[FAM4]]);
}

static void session_words(const struct session_reading *r, char *out, size_t size)
{
	const char *since = r->row->up_down.present ? r->row->up_down.text : "";
	if (r->established)
		text_format(out, size, "✓ %" PRId64 " prefix%s%s%s", r->prefixes, PLURAL(r->prefixes, "", "es"), since[0] ? ", up " : "", since);
	else
		text_format(out, size, "✗ %s%s%s", r->row->state.text, since[0] ? ", " : "", since);
}

static void cell_bgp(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	const struct session_reading *r = &j->paths[l].session[FAM4];
	if (r->known)
		session_words(r, out, size);
	else if (s->bgp[l].part.read == AZ_OK)
		text_format(out, size, "%s", s->bgp[l].count ? "? the edge is not listed" : "empty table (proves nothing)");
}

static void cell_bgp6(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	const struct session_reading *r = &j->paths[l].session[FAM6];
	if (r->known)
		session_words(r, out, size);
	else if (s->bgp[l].part.read == AZ_OK && s->peering.prefix6[l].present)
		text_format(out, size, "? the edge is not listed");
}

static void cell_gateway(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	const struct path_reading *r = &j->paths[l];
	if (s->bgp[l].part.read == AZ_OK && r->gateway_all > 0)
		text_format(out, size, "%s %zu of %zu sessions", r->gateway_up == r->gateway_all ? "✓" : "!", r->gateway_up,
		            r->gateway_all);
	else if (s->bgp[l].part.read == AZ_OK && s->bgp[l].count > 0)
		text_format(out, size, "none listed");
}

static void cell_routes(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	(void)j;
	if (s->routes[l].part.read == AZ_OK)
		text_format(out, size, "%zu%s", s->routes[l].count, s->routes[l].part.cut ? " and more" : "");
}

static const char *bytes_words(const struct az_int *i, char buf[WORDS_MAX])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
	double value = (double)i->value;
	size_t unit = 0;
	while (value >= 1000 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1000;
		unit++;
	}
	if (!i->present)
		snprintf(buf, WORDS_MAX, "?");
	else
		snprintf(buf, WORDS_MAX, "%.*f %s", unit ? 1 : 0, value, units[unit]);
	return buf;
}

static void cell_bytes(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size)
{
	char in[WORDS_MAX], away[WORDS_MAX];
	const struct az_stats *of = s->peering_stats.part.read == AZ_OK ? &s->peering_stats : &s->circuit_stats;
	(void)j;
	if (of->part.read == AZ_OK)
		text_format(out, size, "%s in, %s out", bytes_words(&of->bytes_in[l], in), bytes_words(&of->bytes_out[l], away));
}

static bool paths_were_read(const struct az_snapshot *s)
{
	bool read = s->peering.part.read == AZ_OK || s->peering_stats.part.read == AZ_OK || s->circuit_stats.part.read == AZ_OK;
	for (int l = 0; l < LINKS; l++)
		read = read || s->arp[l].part.read == AZ_OK || s->bgp[l].part.read == AZ_OK || s->routes[l].part.read == AZ_OK;
	return read;
}

static void put_paths(struct page *p, const struct az_snapshot *s, const struct judgement *j)
{
	static const struct { const char *label; cell_fn *cell; } rows[] = {
		{"prefix", cell_prefix}, {"ARP of edge", cell_arp}, {"BGP of edge", cell_bgp}, {"  over IPv6", cell_bgp6},
		{"  of gateway", cell_gateway}, {"routes", cell_routes},
		{"  yours", state_cell_yours}, {"  of VNets", state_cell_vnets}, {"bytes", cell_bytes},
		{"traffic now", state_cell_traffic}, {"port", state_cell_port},
	};
	char heads[LINKS][FINDING_TEXT_MAX] = {"primary", "secondary"};
	if (!paths_were_read(s))
		return;
	page_line(p);
	path_row(p, "", heads);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char cells[LINKS][FINDING_TEXT_MAX] = {"", ""};
		for (int l = 0; l < LINKS; l++)
			rows[i].cell(s, j, l, cells[l], sizeof(cells[l]));
		path_row(p, rows[i].label, cells);
	}
}

/* ------------------------------------------------------------------ what is wrong */

static void put_findings(struct page *p, const struct judgement *j)
{
	bool bad = j->count > 0 && j->findings[0].weight != STATE_HEALTHY;
	if (j->count > 0)
		page_heading(p, bad ? "Not healthy" : "Worth knowing");
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		page_to(p, 2);
		page_textf(p, weight_tone(f->weight), "%s ", weight_mark(f->weight));
		if (f->link != LINK_NULL)
			page_textf(p, TONE_STRONG, "%s: ", link_name(f->link));
		page_wrap(p, TONE_PLAIN, f->what, 4);
		page_to(p, 4);
		page_wrap(p, TONE_DIM, f->means, 4);
	}
}

/* A part's reason without the operation in front of it. */
static const char *reason_of(const struct az_part *part)
{
	size_t prefix = strlen(part->operation) + 2;
	return strlen(part->error) > prefix ? part->error + prefix : part->error;
}

/* "circuit, stats: 404 …": one line for all parts that failed for the reason of parts[at].
 * Nothing when an earlier part or the first line has told it. */
static void put_reason(struct page *p, const struct az_part *const *parts, size_t count, size_t at,
                       const char *why_not)
{
	struct facts f = {""};
	if (strcmp(reason_of(parts[at]), why_not) == 0)
		return;
	for (size_t i = 0; i < count; i++) {
		if (parts[i]->read != AZ_FAILED || strcmp(reason_of(parts[i]), reason_of(parts[at])) != 0)
			continue;
		if (i < at)
			return;
		fact(&f, "", parts[i]->operation, "");
	}
	char line[sizeof(f.text) + AZ_ERROR_MAX + 4];
	text_format(line, sizeof(line), "%s: %s", f.text, reason_of(parts[at]));
	page_to(p, 2);
	page_wrap(p, TONE_PLAIN, line, 4);
}

static void put_unread(struct page *p, const struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(s, parts), told = 0, failed = parts_of(s, AZ_FAILED);
	for (size_t i = 0; i < count; i++)
		told += parts[i]->read == AZ_FAILED && strcmp(reason_of(parts[i]), s->why_not) == 0;
	if (failed == told)
		return;
	page_heading(p, "Could not be read (this proves nothing about the circuit)");
	for (size_t i = 0; i < count; i++)
		if (parts[i]->read == AZ_FAILED)
			put_reason(p, parts, count, i, s->why_not);
}

static void put_footer(struct page *p, const struct az_snapshot *s)
{
	char at[WALL_TEXT_MAX];
	if (s->done_at.ns == 0)
		return;
	page_line(p);
	page_to(p, 2);
	wall_text(s->done_at, at);
	page_textf(p, s->stale ? TONE_WARN : TONE_DIM, "%sas of %.19sZ, read in %.1f s", s->stale ? "NOT NOW: " : "", at, /* whole seconds do for a person */
	           (double)wall_since(s->done_at, s->asked_at) / (double)NS_PER_SEC);
	page_line(p);
}

void state_text(const struct plan_circuit *c, const struct az_snapshot *s, const struct judgement *j,
                const struct text_style *style, struct strbuf *out)
{
	struct page p;
	page_init(&p, style, out);
	put_state(&p, c, s, j);
	if (j->status != STATE_UNREAD || s->stale) {
		put_circuit(&p, &s->circuit);
		put_peering(&p, &s->peering);
		put_gateway(&p, s);
		put_connections(&p, &s->connections);
		state_more(&p, c, s);
		put_paths(&p, s, j);
	}
	put_findings(&p, j);
	put_unread(&p, s);
	if (style->verbose)
		state_tables(&p, s);
	put_footer(&p, s);
}
