/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's tables row by row, as sent. */
#include "probe/state/state_tables.h"

#include "probe/snapshot/rows.h"

#include <inttypes.h>
#include <stdio.h>

#define WIDE 24
#define NARROW 12
#define METRIC 40

static void cell(struct page *p, const struct az_text *t, size_t columns)
{
	page_cell(p, TONE_PLAIN, t->present ? t->text : "-", columns);
	page_text(p, TONE_PLAIN, " ");
}

static void number(struct page *p, const struct az_int *i, size_t columns)
{
	char text[24] = "-";
	if (i->present)
		snprintf(text, sizeof(text), "%" PRId64, i->value);
	page_cell(p, TONE_PLAIN, text, columns);
	page_text(p, TONE_PLAIN, " ");
}

/* Heading of a table; false when it has no rows to show. */
static bool begin(struct page *p, const char *what, int link, const struct az_part *part, size_t rows)
{
	char text[96];
	if (part->read != AZ_OK || rows == 0)
		return false;
	snprintf(text, sizeof(text), "%s%s%s", what, link < LINKS ? ", " : "",
	         link < LINKS ? link_name((enum link_id)link) : "");
	page_heading(p, text);
	return true;
}

/* True when row i is to be printed; says once how many are not. */
static bool shown(struct page *p, size_t i, size_t count)
{
	if (i == STATE_ROWS_SHOWN) {
		page_to(p, 2);
		page_textf(p, TONE_DIM, "and %zu more; --json has all", count - i);
		page_line(p);
	}
	if (i < STATE_ROWS_SHOWN)
		page_to(p, 2);
	return i < STATE_ROWS_SHOWN;
}

static void put_arp(struct page *p, const struct az_arp *a, int link)
{
	if (!begin(p, "ARP: interface, address, MAC, age", link, &a->part, a->count))
		return;
	for (size_t i = 0; i < a->count && shown(p, i, a->count); i++) {
		cell(p, &a->rows[i].interface, NARROW);
		cell(p, &a->rows[i].ip, WIDE);
		cell(p, &a->rows[i].mac, WIDE);
		number(p, &a->rows[i].age, NARROW);
		page_line(p);
	}
}

static void put_bgp(struct page *p, const struct az_bgp *b, int link)
{
	if (!begin(p, "BGP: neighbour, AS, since, state or prefixes", link, &b->part, b->count))
		return;
	for (size_t i = 0; i < b->count && shown(p, i, b->count); i++) {
		cell(p, &b->rows[i].neighbor, WIDE);
		number(p, &b->rows[i].as, NARROW);
		cell(p, &b->rows[i].up_down, NARROW);
		cell(p, &b->rows[i].state, WIDE);
		page_line(p);
	}
}

static void put_routes(struct page *p, const struct az_routes *r, int link)
{
	char path[AZ_TEXT_MAX], origin;
	if (!begin(p, "Routes: network, next hop, AS path", link, &r->part, r->count))
		return;
	for (size_t i = 0; i < r->count && shown(p, i, r->count); i++) {
		cell(p, &r->rows[i].network, WIDE);
		cell(p, &r->rows[i].next_hop, WIDE);
		row_route_path(&r->rows[i], path, &origin);
		page_cell(p, TONE_PLAIN, path, WIDE);
		page_line(p);
	}
}

static void put_peers(struct page *p, const struct az_gateway_peers *g)
{
	if (!begin(p, "Gateway's BGP: neighbour, AS, state, connected for, routes", LINKS, &g->part, g->count))
		return;
	for (size_t i = 0; i < g->count && shown(p, i, g->count); i++) {
		cell(p, &g->rows[i].neighbor, WIDE);
		number(p, &g->rows[i].asn, NARROW);
		cell(p, &g->rows[i].state, NARROW);
		cell(p, &g->rows[i].connected_for, WIDE);
		number(p, &g->rows[i].routes_received, NARROW);
		page_line(p);
	}
}

static void put_gateway_routes(struct page *p, const char *what, const struct az_gateway_routes *r)
{
	if (!begin(p, what, LINKS, &r->part, r->count))
		return;
	for (size_t i = 0; i < r->count && shown(p, i, r->count); i++) {
		cell(p, &r->rows[i].network, WIDE);
		cell(p, &r->rows[i].next_hop, WIDE);
		cell(p, &r->rows[i].origin, NARROW);
		cell(p, &r->rows[i].as_path, WIDE);
		page_line(p);
	}
}

static void put_metrics(struct page *p, const char *what, const struct az_metrics *t)
{
	if (!begin(p, what, LINKS, &t->part, t->count))
		return;
	for (size_t i = 0; i < t->count && shown(p, i, t->count); i++) {
		const struct az_metric *m = &t->rows[i];
		const struct az_text *of = m->peer.present ? &m->peer : m->link.present ? &m->link : &m->instance;
		cell(p, &m->name, METRIC);
		cell(p, of, NARROW);
		cell(p, &m->average, NARROW);
		cell(p, &m->lowest, NARROW);
		cell(p, &m->highest, NARROW);
		page_line(p);
	}
}

static void put_events(struct page *p, const char *what, const struct az_events *e)
{
	if (!begin(p, what, LINKS, &e->part, e->count))
		return;
	for (size_t i = 0; i < e->count && shown(p, i, e->count); i++) {
		cell(p, &e->rows[i].began, WIDE);
		cell(p, &e->rows[i].status, NARROW);
		page_wrap(p, TONE_PLAIN, e->rows[i].title.present ? e->rows[i].title.text : "-", 4);
	}
}

static void put_more(struct page *p, const struct az_snapshot *s)
{
	static const char metrics[] = "Metric of the last hour: of, last, lowest, highest";
	const struct az_metrics *const all[] = {&s->metrics, &s->traffic, &s->drops, &s->gateway_load, &s->gateway_counts,
	                                        &s->port_state, &s->port_light};
	put_gateway_routes(p, "Gateway learned: network, next hop, origin, AS path", &s->gateway_learned);
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		put_gateway_routes(p, "Gateway announces: network, next hop, origin, AS path", &s->gateway_advertised[i]);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		put_metrics(p, metrics, all[i]);
	put_events(p, "Service Health of the circuit: began, status", &s->circuit_events);
	put_events(p, "Service Health of ExpressRoute: began, status", &s->service_events);
	put_events(p, "Activity log: at, status", &s->activity);
}

void state_tables(struct page *p, const struct az_snapshot *s)
{
	for (int l = 0; l < LINKS; l++) {
		put_arp(p, &s->arp[l], l);
		put_bgp(p, &s->bgp[l], l);
		put_routes(p, &s->routes[l], l);
	}
	put_peers(p, &s->gateway_peers);
	put_more(p, s);
}
