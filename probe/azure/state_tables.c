/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's tables row by row, as sent. */
#include "probe/azure/state_tables.h"

#include "probe/azure/rows.h"

#include <inttypes.h>
#include <stdio.h>

#define WIDE 24
#define NARROW 12

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

void state_tables(struct page *p, const struct az_snapshot *s)
{
	for (int l = 0; l < LINKS; l++) {
		put_arp(p, &s->arp[l], l);
		put_bgp(p, &s->bgp[l], l);
		put_routes(p, &s->routes[l], l);
	}
	put_peers(p, &s->gateway_peers);
}
