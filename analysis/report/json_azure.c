/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure said, as the result document shows it: the values that bear on the
 * circuit, in Azure's own words, and how each read went. A value of a part that
 * was not read is null. The service key is left out: it orders circuits. */
#include "analysis/report/json_parts.h"
#include "analysis/value/az_facts.h"

#define ROWS_SHOWN 64 /* ARP and BGP tables of a path are short; the rest is counted */

static void az_text(struct json_out *j, const char *key, bool read, const struct az_text *t)
{
	json_text(j, key, read && t->present ? t->text : NULL);
}

static void az_int(struct json_out *j, const char *key, bool read, const struct az_int *v)
{
	json_int_or_null(j, key, read && v->present, v->value);
}

static const char *read_name(enum az_read read)
{
	return read == AZ_OK ? "ok" : read == AZ_FAILED ? "failed" : "not asked";
}

static void circuit(struct json_out *j, const struct az_circuit *c)
{
	bool ok = c->part.read == AZ_OK;

	az_text(j, "circuit_state", ok, &c->circuit_state);
	az_text(j, "provider_state", ok, &c->provider_state);
	az_text(j, "provisioning_state", ok, &c->provisioning_state);
	az_text(j, "provider_name", ok, &c->provider_name);
	az_text(j, "peering_location", ok, &c->peering_location);
	az_text(j, "location", ok, &c->location);
	az_int(j, "bandwidth_mbps", ok, &c->bandwidth_mbps);
	az_text(j, "sku_tier", ok, &c->sku_tier);
	az_text(j, "sku_family", ok, &c->sku_family);
	az_int(j, "stag", ok, &c->stag);
	az_text(j, "express_route_port", ok, &c->express_route_port);
}

static void peering(struct json_out *j, const struct az_peering *p)
{
	bool ok = p->part.read == AZ_OK && p->present;

	json_object(j, "peering");
	if (p->part.read == AZ_OK)
		json_bool(j, "present", p->present);
	else
		json_null(j, "present");
	az_text(j, "name", ok, &p->name);
	az_text(j, "type", ok, &p->type);
	az_text(j, "state", ok, &p->state);
	az_text(j, "provisioning_state", ok, &p->provisioning_state);
	az_int(j, "azure_asn", ok, &p->azure_asn);
	az_int(j, "peer_asn", ok, &p->peer_asn);
	az_int(j, "vlan", ok, &p->vlan);
	az_text(j, "primary_prefix", ok, &p->prefix[LINK_PRIMARY]);
	az_text(j, "secondary_prefix", ok, &p->prefix[LINK_SECONDARY]);
	az_text(j, "state_ipv6", ok, &p->state6);
	az_text(j, "primary_prefix_ipv6", ok, &p->prefix6[LINK_PRIMARY]);
	az_text(j, "secondary_prefix_ipv6", ok, &p->prefix6[LINK_SECONDARY]);
	az_text(j, "advertised_prefixes_state", ok, &p->advertised_prefixes_state);
	if (ok)
		json_bool(j, "has_route_filter", p->has_route_filter);
	else
		json_null(j, "has_route_filter");
	az_text(j, "last_modified_by", ok, &p->last_modified_by);
	json_object_end(j);
}

/* {"read", "rows"}: how many rows came, null where the table was not read. Leaves
 * the object open; true when the rows may be shown. */
static bool table_head(struct json_out *j, const char *key, const struct az_part *part, size_t count)
{
	bool ok = part->read == AZ_OK;

	json_object(j, key);
	json_text(j, "read", read_name(part->read));
	json_int_or_null(j, "rows", ok, (int64_t)count);
	json_bool(j, "cut", part->cut);
	return ok;
}

static void arp_table(struct json_out *j, const char *key, const struct az_arp *t)
{
	size_t shown = table_head(j, key, &t->part, t->count) ? t->count : 0;

	json_array(j, "entries");
	for (size_t i = 0; i < shown && i < ROWS_SHOWN; i++) {
		json_object(j, NULL);
		az_text(j, "interface", true, &t->rows[i].interface);
		az_text(j, "ip", true, &t->rows[i].ip);
		az_text(j, "mac", true, &t->rows[i].mac);
		az_int(j, "age", true, &t->rows[i].age); /* unit as Azure means it: undocumented */
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void bgp_table(struct json_out *j, const char *key, const struct az_bgp *t)
{
	size_t shown = table_head(j, key, &t->part, t->count) ? t->count : 0;

	json_array(j, "sessions");
	for (size_t i = 0; i < shown && i < ROWS_SHOWN; i++) {
		json_object(j, NULL);
		az_text(j, "neighbor", true, &t->rows[i].neighbor);
		az_int(j, "as", true, &t->rows[i].as);
		az_text(j, "state", true, &t->rows[i].state);
		az_text(j, "up_down", true, &t->rows[i].up_down);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* The three tables, each by path. */
static void tables(struct json_out *j, const struct az_snapshot *s)
{
	json_object(j, "arp");
	for (int l = 0; l < LINKS; l++)
		arp_table(j, link_name((enum link_id)l), &s->arp[l]);
	json_object_end(j);
	json_object(j, "bgp");
	for (int l = 0; l < LINKS; l++)
		bgp_table(j, link_name((enum link_id)l), &s->bgp[l]);
	json_object_end(j);
	json_object(j, "routes");
	for (int l = 0; l < LINKS; l++) {
		table_head(j, link_name((enum link_id)l), &s->routes[l].part, s->routes[l].count);
		json_object_end(j);
	}
	json_object_end(j);
}

static void counters(struct json_out *j, const char *key, const struct az_stats *s)
{
	bool ok = s->part.read == AZ_OK;

	json_object(j, key);
	az_int(j, "primary_bytes_in", ok, &s->bytes_in[LINK_PRIMARY]);
	az_int(j, "primary_bytes_out", ok, &s->bytes_out[LINK_PRIMARY]);
	az_int(j, "secondary_bytes_in", ok, &s->bytes_in[LINK_SECONDARY]);
	az_int(j, "secondary_bytes_out", ok, &s->bytes_out[LINK_SECONDARY]);
	json_object_end(j);
}

static void connections(struct json_out *j, const struct az_connections *c)
{
	size_t count = c->part.read == AZ_OK ? c->count : 0;

	json_array(j, "connections");
	for (size_t i = 0; i < count && i < ROWS_SHOWN; i++) {
		const struct az_connection *row = &c->rows[i];

		json_object(j, NULL);
		az_text(j, "name", true, &row->name);
		az_text(j, "id", true, &row->id);
		az_text(j, "status", true, &row->status);
		az_text(j, "type", true, &row->type);
		az_text(j, "provisioning_state", true, &row->provisioning_state);
		az_text(j, "circuit_id", true, &row->circuit_id);
		az_int(j, "ingress_bytes", true, &row->ingress_bytes);
		az_int(j, "egress_bytes", true, &row->egress_bytes);
		json_bool(j, "fast_path", row->fast_path);
		json_object_end(j);
	}
	json_array_end(j);
}

static void gateway(struct json_out *j, const struct az_snapshot *s)
{
	bool ok = s->gateway.part.read == AZ_OK;
	size_t peers = s->gateway_peers.part.read == AZ_OK ? s->gateway_peers.count : 0;

	json_object(j, "gateway");
	az_text(j, "name", ok, &s->gateway.name);
	az_text(j, "provisioning_state", ok, &s->gateway.provisioning_state);
	az_text(j, "sku", ok, &s->gateway.sku);
	az_text(j, "type", ok, &s->gateway.type);
	json_array(j, "peers");
	for (size_t i = 0; i < peers && i < ROWS_SHOWN; i++) {
		const struct az_gateway_peer *row = &s->gateway_peers.rows[i];

		json_object(j, NULL);
		az_text(j, "local", true, &row->local);
		az_text(j, "neighbor", true, &row->neighbor);
		az_int(j, "asn", true, &row->asn);
		az_text(j, "state", true, &row->state);
		az_text(j, "connected_for", true, &row->connected_for);
		az_int(j, "routes_received", true, &row->routes_received);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void parts(struct json_out *j, const struct az_snapshot *s)
{
	const struct az_part *list[AZ_PARTS_MAX] = {NULL};
	size_t n = az_snapshot_parts(s, list);

	json_array(j, "parts");
	for (size_t i = 0; i < n; i++) {
		/* A part that was never set up has no operation to name. */
		if (list[i]->operation[0] == '\0')
			continue;
		json_object(j, NULL);
		json_text(j, "operation", list[i]->operation);
		json_text(j, "read", read_name(list[i]->read));
		json_text_or_null(j, "error", list[i]->error);
		json_time(j, "at", list[i]->at);
		json_int_or_null(j, "http_status", list[i]->http_status != 0, list[i]->http_status);
		json_text_or_null(j, "correlation_id", list[i]->correlation_id);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Only where there is some: planned maintenance of the circuit, or of ExpressRoute where it lies. */
static void maintenance(struct json_out *j, const struct az_snapshot *s)
{
	const struct az_event *e = NULL;

	if (az_event_now(s, "PlannedMaintenance", s->done_at, &e) != AZ_FACT_YES || !e)
		return;
	json_object(j, "maintenance");
	az_text(j, "id", true, &e->id);
	az_text(j, "title", true, &e->title);
	az_text(j, "began", true, &e->began);
	az_text(j, "ended", true, &e->ended);
	json_object_end(j);
}

/* Nothing is known: the members stand all the same, so that a script finds them. */
static const struct az_snapshot nothing;

void json_azure(struct json_out *j, const char *key, const struct azure_result *a)
{
	const struct az_snapshot *s = a->snapshot != NULL ? a->snapshot : &nothing;

	json_object(j, key);
	json_bool(j, "available", a->available);
	json_text_or_null(j, "why_not", a->available ? "" : a->why_not);
	json_text_or_null(j, "not_again", a->not_again);
	json_time(j, "as_of", a->available ? a->as_of : (struct wall_ns){0});
	json_bool(j, "finished", s->finished);
	circuit(j, &s->circuit);
	peering(j, &s->peering);
	tables(j, s);
	counters(j, "circuit_stats", &s->circuit_stats);
	counters(j, "peering_stats", &s->peering_stats);
	connections(j, &s->connections);
	gateway(j, s);
	maintenance(j, s);
	parts(j, s);
	json_object_end(j);
}
