/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot as JSON. Each value stands as Azure sent it; where a word of Azure has a
 * reading (a session's state, a route's path), the reading stands beside it. */
#include "probe/snapshot/snapshot_json.h"

#include "probe/snapshot/fields.h"
#include "probe/snapshot/rows.h"

#include <inttypes.h>
#include <stdio.h>

static void put_text(struct json_out *j, const char *key, const struct az_text *t)
{
	json_text(j, key, t->present ? t->text : NULL);
}

static void put_int(struct json_out *j, const char *key, const struct az_int *i)
{
	fields_write_int(j, key, i);
}

/* For people the RFC 3339 text, for machines the exact nanoseconds. */
static void put_time(struct json_out *j, const char *key, struct wall_ns t)
{
	char text[WALL_TEXT_MAX], ns_key[32];
	snprintf(ns_key, sizeof(ns_key), "%s_ns", key);
	json_text(j, key, t.ns ? wall_text(t, text) : NULL);
	json_int_text(j, ns_key, t.ns);
}

static const char *read_name(enum az_read r)
{
	return r == AZ_OK ? "ok" : r == AZ_FAILED ? "failed" : "not_asked";
}

static void put_part(struct json_out *j, const struct az_part *p)
{
	json_object(j, "part");
	json_text(j, "operation", p->operation);
	json_text(j, "read", read_name(p->read));
	put_time(j, "at", p->at);
	json_int(j, "http_status", p->http_status);
	json_text(j, "error", p->error);
	json_text(j, "correlation_id", p->correlation_id);
	json_bool(j, "cut", p->cut);
	json_object_end(j);
}

static void put_circuit(struct json_out *j, const struct az_circuit *c)
{
	json_object(j, "circuit");
	put_part(j, &c->part);
	put_text(j, "name", &c->name);
	put_text(j, "location", &c->location);
	put_text(j, "circuit_state", &c->circuit_state);
	put_text(j, "provider_state", &c->provider_state);
	put_text(j, "provisioning_state", &c->provisioning_state);
	put_text(j, "service_key", &c->service_key);
	put_text(j, "provider_name", &c->provider_name);
	put_text(j, "peering_location", &c->peering_location);
	put_int(j, "bandwidth_mbps", &c->bandwidth_mbps);
	put_text(j, "sku_tier", &c->sku_tier);
	put_text(j, "sku_family", &c->sku_family);
	put_int(j, "stag", &c->stag);
	put_text(j, "express_route_port", &c->express_route_port);
	fields_write(j, &fields_circuit_more, c);
	json_object_end(j);
}

static void put_peering_values(struct json_out *j, const struct az_peering *p)
{
	json_bool(j, "present", p->present);
	put_text(j, "name", &p->name);
	put_text(j, "type", &p->type);
	put_text(j, "state", &p->state);
	put_text(j, "provisioning_state", &p->provisioning_state);
	put_text(j, "last_modified_by", &p->last_modified_by);
	put_int(j, "azure_asn", &p->azure_asn);
	put_int(j, "peer_asn", &p->peer_asn);
	put_int(j, "vlan", &p->vlan);
	put_text(j, "primary_prefix", &p->prefix[LINK_PRIMARY]);
	put_text(j, "secondary_prefix", &p->prefix[LINK_SECONDARY]);
	put_text(j, "primary_prefix6", &p->prefix6[LINK_PRIMARY]);
	put_text(j, "secondary_prefix6", &p->prefix6[LINK_SECONDARY]);
	put_text(j, "state6", &p->state6);
	put_text(j, "advertised_prefixes_state", &p->advertised_prefixes_state);
	json_bool(j, "has_route_filter", p->has_route_filter);
	fields_write(j, &fields_peering_more, p);
}

static void put_peering(struct json_out *j, const struct az_peering *p)
{
	json_object(j, "peering");
	put_part(j, &p->part);
	put_peering_values(j, p);
	json_object_end(j);
}

static void put_stats(struct json_out *j, const char *key, const struct az_stats *s)
{
	json_object(j, key);
	put_part(j, &s->part);
	put_int(j, "primary_bytes_in", &s->bytes_in[LINK_PRIMARY]);
	put_int(j, "primary_bytes_out", &s->bytes_out[LINK_PRIMARY]);
	put_int(j, "secondary_bytes_in", &s->bytes_in[LINK_SECONDARY]);
	put_int(j, "secondary_bytes_out", &s->bytes_out[LINK_SECONDARY]);
	json_object_end(j);
}

/* ------------------------------------------------------------------ tables */

static void put_arp_row(struct json_out *j, const struct az_arp_row *r)
{
	bool known, resolved = row_arp_resolved(r, &known);
	json_object(j, NULL);
	put_text(j, "interface", &r->interface);
	put_text(j, "ip", &r->ip);
	put_text(j, "mac", &r->mac);
	put_int(j, "age", &r->age);
	if (known)
		json_bool(j, "resolved", resolved);
	else
		json_null(j, "resolved");
	json_object_end(j);
}

static void put_bgp_row(struct json_out *j, const struct az_bgp_row *r)
{
	int64_t prefixes;
	bool established = row_bgp_prefixes(r, &prefixes);
	json_object(j, NULL);
	put_text(j, "neighbor", &r->neighbor);
	put_int(j, "as", &r->as);
	put_text(j, "up_down", &r->up_down);
	put_text(j, "state", &r->state);
	if (r->state.present)
		json_bool(j, "established", established);
	else
		json_null(j, "established");
	json_int_or_null(j, "prefixes", established, prefixes);
	json_object_end(j);
}

static void put_route_row(struct json_out *j, const struct az_route_row *r)
{
	char path[AZ_TEXT_MAX], origin[2] = "";
	row_route_path(r, path, &origin[0]);
	json_object(j, NULL);
	put_text(j, "network", &r->network);
	put_text(j, "next_hop", &r->next_hop);
	put_text(j, "loc_prf", &r->loc_prf);
	put_int(j, "weight", &r->weight);
	put_text(j, "path", &r->path);
	json_text(j, "as_path", r->path.present ? path : NULL);
	json_text(j, "origin", origin[0] ? origin : NULL);
	json_bool(j, "marked_best", row_route_best(r));
	json_object_end(j);
}

static void put_connection_row(struct json_out *j, const struct az_connection *r)
{
	json_object(j, NULL);
	put_text(j, "name", &r->name);
	put_text(j, "id", &r->id);
	put_text(j, "status", &r->status);
	put_text(j, "type", &r->type);
	put_text(j, "provisioning_state", &r->provisioning_state);
	put_text(j, "circuit_id", &r->circuit_id);
	put_int(j, "ingress_bytes", &r->ingress_bytes);
	put_int(j, "egress_bytes", &r->egress_bytes);
	json_bool(j, "fast_path", r->fast_path);
	fields_write(j, &fields_connection_more, r);
	json_object_end(j);
}

static void put_peer_row(struct json_out *j, const struct az_gateway_peer *r)
{
	json_object(j, NULL);
	put_text(j, "local", &r->local);
	put_text(j, "neighbor", &r->neighbor);
	put_int(j, "asn", &r->asn);
	put_text(j, "state", &r->state);
	put_text(j, "connected_for", &r->connected_for);
	put_int(j, "routes_received", &r->routes_received);
	json_object_end(j);
}

/* One table: its part, then its rows, each by the function of its type. */
#define PUT_TABLE(j, key, table, put_row)                                                            \
	do {                                                                                         \
		json_object(j, key);                                                                 \
		put_part(j, &(table)->part);                                                         \
		json_array(j, "rows");                                                               \
		for (size_t i = 0; i < (table)->count; i++)                                          \
			put_row(j, &(table)->rows[i]);                                               \
		json_array_end(j);                                                                   \
		json_object_end(j);                                                                  \
	} while (0)

static void put_gateway(struct json_out *j, const struct az_gateway *g)
{
	json_object(j, "gateway");
	put_part(j, &g->part);
	put_text(j, "name", &g->name);
	put_text(j, "gateway_id", &g->id);
	put_text(j, "provisioning_state", &g->provisioning_state);
	put_text(j, "sku", &g->sku);
	put_text(j, "type", &g->type);
	fields_write(j, &fields_gateway_more, g);
	json_object_end(j);
}

static void put_health(struct json_out *j, const struct az_health *h)
{
	json_object(j, "health");
	put_part(j, &h->part);
	put_text(j, "state", &h->state);
	put_text(j, "reason", &h->reason);
	put_text(j, "summary", &h->summary);
	put_text(j, "since", &h->since);
	json_object_end(j);
}

static void put_metric_row(struct json_out *j, const struct az_metric *r)
{
	json_object(j, NULL);
	fields_write(j, &fields_metric, r);
	fields_write(j, &fields_metric_more, r);
	fields_write(j, &fields_metric_falls, r);
	json_object_end(j);
}

/* ------------------------------------------------------------------ tables by their fields */

static void put_rows(struct json_out *j, const char *key, const void *rows, size_t count, const struct field_set *set)
{
	json_array(j, key);
	for (size_t i = 0; i < count; i++) {
		json_object(j, NULL);
		fields_write(j, set, (const char *)rows + i * set->row_size);
		json_object_end(j);
	}
	json_array_end(j);
}

#define PUT_FIELDS(j, key, table, set)                                                               \
	do {                                                                                         \
		json_object(j, key);                                                                 \
		put_part(j, &(table)->part);                                                         \
		put_rows(j, "rows", (table)->rows, (table)->count, set);                             \
		json_object_end(j);                                                                  \
	} while (0)

static void put_peerings(struct json_out *j, const struct az_peerings *p)
{
	json_object(j, "peerings");
	put_part(j, &p->part);
	json_array(j, "rows");
	for (size_t i = 0; i < p->count; i++) {
		json_object(j, NULL);
		put_peering_values(j, &p->rows[i]);
		json_object_end(j);
	}
	json_array_end(j);
	put_rows(j, "public_prefixes", p->prefixes, p->prefix_count, &fields_public_prefix);
	json_object_end(j);
}

static void put_announced(struct json_out *j, const char *key, const struct az_gateway_routes *r)
{
	json_object(j, key);
	put_part(j, &r->part);
	put_text(j, "to", &r->to);
	put_rows(j, "rows", r->rows, r->count, &fields_gateway_route);
	json_object_end(j);
}

static void put_port(struct json_out *j, const struct az_port *p)
{
	json_object(j, "port");
	put_part(j, &p->part);
	fields_write(j, &fields_port, p);
	put_rows(j, "rows", p->rows, p->count, &fields_port_link);
	json_object_end(j);
}

static void put_later(struct json_out *j, const struct az_snapshot *s)
{
	put_peerings(j, &s->peerings);
	PUT_FIELDS(j, "gateway_learned", &s->gateway_learned, &fields_gateway_route);
	put_announced(j, "gateway_advertised_first", &s->gateway_advertised[0]);
	put_announced(j, "gateway_advertised_second", &s->gateway_advertised[1]);
	PUT_FIELDS(j, "global_reach_to", &s->reach, &fields_reach);
	PUT_FIELDS(j, "global_reach_from", &s->reach_from, &fields_reach);
	put_port(j, &s->port);
	PUT_FIELDS(j, "circuit_events", &s->circuit_events, &fields_event);
	PUT_FIELDS(j, "service_events", &s->service_events, &fields_event);
	PUT_FIELDS(j, "activity", &s->activity, &fields_event);
	PUT_FIELDS(j, "failover_tests", &s->failover_tests, &fields_failover_test);
	PUT_TABLE(j, "traffic", &s->traffic, put_metric_row);
	PUT_TABLE(j, "drops", &s->drops, put_metric_row);
	PUT_TABLE(j, "gateway_load", &s->gateway_load, put_metric_row);
	PUT_TABLE(j, "gateway_counts", &s->gateway_counts, put_metric_row);
	PUT_TABLE(j, "port_state", &s->port_state, put_metric_row);
	PUT_TABLE(j, "port_light", &s->port_light, put_metric_row);
}

void snapshot_write(struct json_out *j, const char *key, const struct az_snapshot *s)
{
	json_object(j, key);
	put_time(j, "asked_at", s->asked_at);
	put_time(j, "done_at", s->done_at);
	json_bool(j, "finished", s->finished);
	json_text(j, "why_not", s->why_not);
	json_bool(j, "stale", s->stale);
	put_circuit(j, &s->circuit);
	put_peering(j, &s->peering);
	put_stats(j, "circuit_stats", &s->circuit_stats);
	put_stats(j, "peering_stats", &s->peering_stats);
	PUT_TABLE(j, "arp_primary", &s->arp[LINK_PRIMARY], put_arp_row);
	PUT_TABLE(j, "arp_secondary", &s->arp[LINK_SECONDARY], put_arp_row);
	PUT_TABLE(j, "bgp_primary", &s->bgp[LINK_PRIMARY], put_bgp_row);
	PUT_TABLE(j, "bgp_secondary", &s->bgp[LINK_SECONDARY], put_bgp_row);
	PUT_TABLE(j, "routes_primary", &s->routes[LINK_PRIMARY], put_route_row);
	PUT_TABLE(j, "routes_secondary", &s->routes[LINK_SECONDARY], put_route_row);
	put_gateway(j, &s->gateway);
	PUT_TABLE(j, "connections", &s->connections, put_connection_row);
	PUT_TABLE(j, "gateway_peers", &s->gateway_peers, put_peer_row);
	put_health(j, &s->health);
	PUT_TABLE(j, "metrics", &s->metrics, put_metric_row);
	put_later(j, s);
	json_object_end(j);
}
