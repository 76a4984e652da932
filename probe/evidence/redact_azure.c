/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers for others: addresses replaced everywhere; what names a tenant, a
 * subscription, a group or a resource only for Microsoft. Fields that are not touched
 * here are states, numbers and what is on the provider's own order: the circuit's name,
 * service key, provider, place, bandwidth, tags. */
#include "probe/evidence/redact.h"

#include <string.h>
#include <strings.h>

static void withhold(struct az_text *t)
{
	if (t->present)
		text_format(t->text, sizeof t->text, REDACTED_TEXT);
}

/* A text that should be an address or a prefix. What is neither is not shown. */
static void map_text(const struct anon *a, struct az_text *t)
{
	char text[PREFIX_TEXT_MAX];
	struct ip_prefix p;
	struct ip_addr addr;

	if (!t->present || t->text[0] == '\0')
		return;
	if (ip_addr_parse(t->text, &addr)) {
		addr = anon_addr(a, &addr);
		text_format(t->text, sizeof t->text, "%s", ip_addr_text(&addr, text));
	} else if (ip_prefix_parse(t->text, &p)) {
		p = anon_prefix(a, &p);
		text_format(t->text, sizeof t->text, "%s", ip_prefix_text(&p, text));
	} else {
		withhold(t);
	}
}

static void map_tables(struct az_snapshot *s, const struct anon *a)
{
	for (int l = 0; l < LINKS; l++) {
		for (size_t i = 0; i < s->arp[l].count; i++)
			map_text(a, &s->arp[l].rows[i].ip);
		for (size_t i = 0; i < s->bgp[l].count; i++)
			map_text(a, &s->bgp[l].rows[i].neighbor);
		for (size_t i = 0; i < s->routes[l].count; i++) {
			map_text(a, &s->routes[l].rows[i].network);
			map_text(a, &s->routes[l].rows[i].next_hop);
		}
		map_text(a, &s->peering.prefix[l]);
		map_text(a, &s->peering.prefix6[l]);
	}
	for (size_t i = 0; i < s->gateway_peers.count; i++) {
		map_text(a, &s->gateway_peers.rows[i].local);
		map_text(a, &s->gateway_peers.rows[i].neighbor);
	}
}

static void map_peering(struct az_peering *p, const struct anon *a)
{
	for (int l = 0; l < LINKS; l++) {
		map_text(a, &p->prefix[l]);
		map_text(a, &p->prefix6[l]);
	}
	withhold(&p->last_modified_by);
}

static void map_gateway_routes(struct az_gateway_routes *r, const struct anon *a)
{
	map_text(a, &r->to);
	for (size_t i = 0; i < r->count; i++) {
		map_text(a, &r->rows[i].network);
		map_text(a, &r->rows[i].next_hop);
		map_text(a, &r->rows[i].local);
		map_text(a, &r->rows[i].peer);
	}
}

static void map_reaches(struct az_reaches *r, const struct anon *a)
{
	for (size_t i = 0; i < r->count; i++) {
		map_text(a, &r->rows[i].prefix);
		map_text(a, &r->rows[i].prefix6);
	}
}

/* What the wider reads have besides: the tables of the gateway, of Global Reach, all peerings.
 * Who changed something is a person's name: nobody's business but the customer's. */
static void map_more(struct az_snapshot *s, const struct anon *a)
{
	for (size_t i = 0; i < s->peerings.count; i++)
		map_peering(&s->peerings.rows[i], a);
	for (size_t i = 0; i < s->peerings.prefix_count; i++)
		map_text(a, &s->peerings.prefixes[i].prefix);
	map_gateway_routes(&s->gateway_learned, a);
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		map_gateway_routes(&s->gateway_advertised[i], a);
	map_reaches(&s->reach, a);
	map_reaches(&s->reach_from, a);
	for (size_t i = 0; i < s->gateway_counts.count; i++)
		map_text(a, &s->gateway_counts.rows[i].bgp_peer);
	for (size_t i = 0; i < s->activity.count; i++)
		withhold(&s->activity.rows[i].caller);
}

static void withhold_peering(struct az_peering *p)
{
	withhold(&p->route_filter);
	withhold(&p->hub_connection);
}

static void withhold_reaches(struct az_reaches *r)
{
	for (size_t i = 0; i < r->count; i++) {
		withhold(&r->rows[i].name);
		withhold(&r->rows[i].other);
	}
}

static void withhold_more(struct az_snapshot *s)
{
	withhold_peering(&s->peering);
	for (size_t i = 0; i < s->peerings.count; i++)
		withhold_peering(&s->peerings.rows[i]);
	withhold_reaches(&s->reach);
	withhold_reaches(&s->reach_from);
	withhold(&s->gateway.hub);
	withhold(&s->port.name);
	for (size_t i = 0; i < s->activity.count; i++)
		withhold(&s->activity.rows[i].id);
}

/* Which connection is this circuit's stays to be seen: the diagnosis asks it. */
static void withhold_connections(struct az_connections *c, const struct plan_circuit *original)
{
	for (size_t i = 0; i < c->count; i++) {
		struct az_connection *row = &c->rows[i];
		bool ours = row->circuit_id.present && strcasecmp(row->circuit_id.text, original->resource_id) == 0;

		withhold(&row->name);
		withhold(&row->id);
		if (row->circuit_id.present)
			text_format(row->circuit_id.text, sizeof row->circuit_id.text, ours ? REDACTED_TEXT : "another circuit");
	}
}

static void withhold_part(struct az_part *part)
{
	if (part->error[0] != '\0')
		text_format(part->error, sizeof part->error, "Azure's error text is " REDACTED_TEXT);
	part->correlation_id[0] = '\0';
}

static void withhold_parts(struct az_snapshot *s)
{
	struct az_part *const parts[] = {
		&s->circuit.part, &s->peering.part, &s->circuit_stats.part, &s->peering_stats.part, &s->gateway.part,
		&s->connections.part, &s->gateway_peers.part, &s->arp[0].part, &s->arp[1].part, &s->bgp[0].part,
		&s->bgp[1].part, &s->routes[0].part, &s->routes[1].part, &s->health.part, &s->metrics.part,
		&s->peerings.part, &s->gateway_learned.part, &s->gateway_advertised[0].part, &s->gateway_advertised[1].part,
		&s->reach.part, &s->reach_from.part, &s->port.part, &s->circuit_events.part, &s->service_events.part,
		&s->activity.part, &s->failover_tests.part, &s->traffic.part, &s->drops.part, &s->gateway_load.part,
		&s->gateway_counts.part, &s->port_state.part, &s->port_light.part,
	};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		withhold_part(parts[i]);
	if (s->why_not[0] != '\0')
		text_format(s->why_not, sizeof s->why_not, "the reason is " REDACTED_TEXT);
}

void redact_azure(struct az_snapshot *s, const struct anon *a, const struct plan_circuit *original,
                  enum audience audience)
{
	map_tables(s, a);
	map_more(s, a);
	withhold(&s->peering.last_modified_by);
	if (audience == AUDIENCE_MICROSOFT)
		return;
	withhold(&s->circuit.express_route_port);
	withhold(&s->gateway.name);
	withhold(&s->gateway.id);
	withhold(&s->health.summary);
	withhold_connections(&s->connections, original);
	withhold_more(s);
	withhold_parts(s);
}
