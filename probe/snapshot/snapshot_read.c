/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot back from JSON: what snapshot_write wrote, no more and no less. Readings
 * that stand beside a value are not read: they follow from it. */
#include "probe/snapshot/snapshot_json.h"

#include "probe/snapshot/answers.h"
#include "probe/snapshot/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Goes through the whole document; the first thing that is wrong sticks. */
struct take {
	char *err;
	size_t err_size;
	bool failed;
};

static void fail(struct take *t, const char *what, const char *key)
{
	if (!t->failed)
		snprintf(t->err, t->err_size, "not a snapshot of Azure: \"%s\" %s", key, what);
	t->failed = true;
}

static const struct json_value *take_key(struct take *t, const struct json_value *v, const char *key)
{
	const struct json_value *found = json_get(v, key);
	if (!found)
		fail(t, "is missing", key);
	return found;
}

static void take_chars(struct take *t, const struct json_value *v, const char *key, char *out, size_t size)
{
	const char *text = json_as_text(take_key(t, v, key));
	out[0] = '\0';
	if (!text || strlen(text) >= size)
		fail(t, "is no text of the right length", key);
	else
		memcpy(out, text, strlen(text) + 1);
}

static void take_text(struct take *t, const struct json_value *v, const char *key, struct az_text *out)
{
	const struct json_value *found = take_key(t, v, key);
	memset(out, 0, sizeof(*out));
	if (!found || json_is_null(found))
		return;
	take_chars(t, v, key, out->text, sizeof(out->text));
	out->present = true;
}

static int64_t take_number(struct take *t, const struct json_value *v, const char *key)
{
	int64_t number = 0;
	if (!json_as_int(take_key(t, v, key), &number))
		fail(t, "is no whole number", key);
	return number;
}

/* Since 1970, so that any two of them can be subtracted. */
static struct wall_ns take_time(struct take *t, const struct json_value *v, const char *key)
{
	struct wall_ns at = {take_number(t, v, key)};
	if (at.ns < 0) {
		fail(t, "is no time", key);
		at.ns = 0;
	}
	return at;
}

static void take_int(struct take *t, const struct json_value *v, const char *key, struct az_int *out)
{
	const struct json_value *found = take_key(t, v, key);
	memset(out, 0, sizeof(*out));
	if (!found || json_is_null(found))
		return;
	out->value = take_number(t, v, key);
	out->present = true;
}

static bool take_bool(struct take *t, const struct json_value *v, const char *key)
{
	bool value = false;
	if (!json_as_bool(take_key(t, v, key), &value))
		fail(t, "is neither true nor false", key);
	return value;
}

static const struct json_value *take_object(struct take *t, const struct json_value *v, const char *key)
{
	const struct json_value *found = take_key(t, v, key);
	if (!json_is_object(found))
		fail(t, "is no object", key);
	return found;
}

static void take_part(struct take *t, const struct json_value *v, struct az_part *p)
{
	char read[16];
	v = take_object(t, v, "part");
	take_chars(t, v, "operation", p->operation, sizeof(p->operation));
	take_chars(t, v, "read", read, sizeof(read));
	if (strcmp(read, "ok") == 0)
		p->read = AZ_OK;
	else if (strcmp(read, "failed") == 0)
		p->read = AZ_FAILED;
	else if (strcmp(read, "not_asked") != 0)
		fail(t, "is none of ok, failed, not_asked", "read");
	p->at = take_time(t, v, "at_ns");
	int64_t status = take_number(t, v, "http_status");
	if (status < 0 || status > 999)
		fail(t, "is no HTTP status", "http_status");
	else
		p->http_status = (int32_t)status;
	take_chars(t, v, "error", p->error, sizeof(p->error));
	take_chars(t, v, "correlation_id", p->correlation_id, sizeof(p->correlation_id));
	p->cut = take_bool(t, v, "cut");
}

static void take_fields(struct take *t, const struct json_value *v, const struct field_set *set, void *row)
{
	const char *key = "";
	bool missing = false;
	if (!fields_read(set, v, row, &key, &missing))
		fail(t, missing ? "is missing" : "is not of its kind", key);
}

/* Members that documents of earlier versions do not have: all or none. */
static void take_later(struct take *t, const struct json_value *v, const struct field_set *set, void *row)
{
	if (json_get(v, set->fields[0].key))
		take_fields(t, v, set, row);
}

static void take_circuit(struct take *t, const struct json_value *v, struct az_circuit *c)
{
	v = take_object(t, v, "circuit");
	take_part(t, v, &c->part);
	take_text(t, v, "name", &c->name);
	take_text(t, v, "location", &c->location);
	take_text(t, v, "circuit_state", &c->circuit_state);
	take_text(t, v, "provider_state", &c->provider_state);
	take_text(t, v, "provisioning_state", &c->provisioning_state);
	take_text(t, v, "service_key", &c->service_key);
	take_text(t, v, "provider_name", &c->provider_name);
	take_text(t, v, "peering_location", &c->peering_location);
	take_int(t, v, "bandwidth_mbps", &c->bandwidth_mbps);
	take_text(t, v, "sku_tier", &c->sku_tier);
	take_text(t, v, "sku_family", &c->sku_family);
	take_int(t, v, "stag", &c->stag);
	take_text(t, v, "express_route_port", &c->express_route_port);
	take_later(t, v, &fields_circuit_more, c);
}

static void take_peering_values(struct take *t, const struct json_value *v, struct az_peering *p)
{
	p->present = take_bool(t, v, "present");
	take_text(t, v, "name", &p->name);
	take_text(t, v, "type", &p->type);
	take_text(t, v, "state", &p->state);
	take_text(t, v, "provisioning_state", &p->provisioning_state);
	take_text(t, v, "last_modified_by", &p->last_modified_by);
	take_int(t, v, "azure_asn", &p->azure_asn);
	take_int(t, v, "peer_asn", &p->peer_asn);
	take_int(t, v, "vlan", &p->vlan);
	take_text(t, v, "primary_prefix", &p->prefix[LINK_PRIMARY]);
	take_text(t, v, "secondary_prefix", &p->prefix[LINK_SECONDARY]);
	take_text(t, v, "primary_prefix6", &p->prefix6[LINK_PRIMARY]);
	take_text(t, v, "secondary_prefix6", &p->prefix6[LINK_SECONDARY]);
	take_text(t, v, "state6", &p->state6);
	take_text(t, v, "advertised_prefixes_state", &p->advertised_prefixes_state);
	p->has_route_filter = take_bool(t, v, "has_route_filter");
	take_later(t, v, &fields_peering_more, p);
}

static void take_peering(struct take *t, const struct json_value *v, struct az_peering *p)
{
	v = take_object(t, v, "peering");
	take_part(t, v, &p->part);
	take_peering_values(t, v, p);
}

static void take_stats(struct take *t, const struct json_value *v, const char *key, struct az_stats *s)
{
	v = take_object(t, v, key);
	take_part(t, v, &s->part);
	take_int(t, v, "primary_bytes_in", &s->bytes_in[LINK_PRIMARY]);
	take_int(t, v, "primary_bytes_out", &s->bytes_out[LINK_PRIMARY]);
	take_int(t, v, "secondary_bytes_in", &s->bytes_in[LINK_SECONDARY]);
	take_int(t, v, "secondary_bytes_out", &s->bytes_out[LINK_SECONDARY]);
}

/* ------------------------------------------------------------------ tables */

static void take_arp_row(struct take *t, const struct json_value *v, struct az_arp_row *r)
{
	take_text(t, v, "interface", &r->interface);
	take_text(t, v, "ip", &r->ip);
	take_text(t, v, "mac", &r->mac);
	take_int(t, v, "age", &r->age);
}

static void take_bgp_row(struct take *t, const struct json_value *v, struct az_bgp_row *r)
{
	take_text(t, v, "neighbor", &r->neighbor);
	take_int(t, v, "as", &r->as);
	take_text(t, v, "up_down", &r->up_down);
	take_text(t, v, "state", &r->state);
}

static void take_route_row(struct take *t, const struct json_value *v, struct az_route_row *r)
{
	take_text(t, v, "network", &r->network);
	take_text(t, v, "next_hop", &r->next_hop);
	take_text(t, v, "loc_prf", &r->loc_prf);
	take_int(t, v, "weight", &r->weight);
	take_text(t, v, "path", &r->path);
}

static void take_connection_row(struct take *t, const struct json_value *v, struct az_connection *r)
{
	take_text(t, v, "name", &r->name);
	take_text(t, v, "id", &r->id);
	take_text(t, v, "status", &r->status);
	take_text(t, v, "type", &r->type);
	take_text(t, v, "provisioning_state", &r->provisioning_state);
	take_text(t, v, "circuit_id", &r->circuit_id);
	take_int(t, v, "ingress_bytes", &r->ingress_bytes);
	take_int(t, v, "egress_bytes", &r->egress_bytes);
	r->fast_path = take_bool(t, v, "fast_path");
	take_later(t, v, &fields_connection_more, r);
}

static void take_peer_row(struct take *t, const struct json_value *v, struct az_gateway_peer *r)
{
	take_text(t, v, "local", &r->local);
	take_text(t, v, "neighbor", &r->neighbor);
	take_int(t, v, "asn", &r->asn);
	take_text(t, v, "state", &r->state);
	take_text(t, v, "connected_for", &r->connected_for);
	take_int(t, v, "routes_received", &r->routes_received);
}

/* The rows of a table, zeroed, or NULL when there are none or something is wrong. */
static void *take_rows(struct take *t, const struct json_value *rows, size_t row_size, size_t *count)
{
	size_t found = json_count(rows);
	*count = 0;
	if (!json_is_array(rows))
		fail(t, "is no list", "rows");
	else if (found > AZ_ROWS_MAX)
		fail(t, "has too many entries", "rows");
	if (t->failed || found == 0)
		return NULL;
	void *space = calloc(found, row_size);
	if (space)
		*count = found;
	else
		fail(t, "does not fit into memory", "rows");
	return space;
}

/* One table: its part, then each row by the function of its type. */
#define TAKE_TABLE(t, v, key, table, take_row)                                                       \
	do {                                                                                         \
		const struct json_value *o = take_object(t, v, key);                                 \
		const struct json_value *list = take_key(t, o, "rows");                              \
		take_part(t, o, &(table)->part);                                                     \
		(table)->rows = take_rows(t, list, sizeof(*(table)->rows), &(table)->count);         \
		const struct json_value *item = json_first(list);                                    \
		for (size_t i = 0; i < (table)->count; i++, item = json_next(item))                  \
			take_row(t, item, &(table)->rows[i]);                                        \
	} while (0)

static void take_gateway(struct take *t, const struct json_value *v, struct az_gateway *g)
{
	v = take_object(t, v, "gateway");
	take_part(t, v, &g->part);
	take_text(t, v, "name", &g->name);
	if (json_get(v, "gateway_id")) /* as for "stale" */
		take_text(t, v, "gateway_id", &g->id);
	take_text(t, v, "provisioning_state", &g->provisioning_state);
	take_text(t, v, "sku", &g->sku);
	take_text(t, v, "type", &g->type);
	take_later(t, v, &fields_gateway_more, g);
}

static void take_health(struct take *t, const struct json_value *v, struct az_health *h)
{
	v = take_object(t, v, "health");
	take_part(t, v, &h->part);
	take_text(t, v, "state", &h->state);
	take_text(t, v, "reason", &h->reason);
	take_text(t, v, "summary", &h->summary);
	take_text(t, v, "since", &h->since);
}

static void take_metric_row(struct take *t, const struct json_value *v, struct az_metric *r)
{
	take_fields(t, v, &fields_metric, r);
	take_later(t, v, &fields_metric_more, r);
	take_later(t, v, &fields_metric_falls, r);
}

/* ------------------------------------------------------------------ tables by their fields */

static void *take_field_rows(struct take *t, const struct json_value *list, const struct field_set *set, size_t *count)
{
	char *rows = take_rows(t, list, set->row_size, count);
	const struct json_value *item = json_first(list);
	for (size_t i = 0; i < *count; i++, item = json_next(item))
		take_fields(t, item, set, rows + i * set->row_size);
	return rows;
}

#define TAKE_FIELDS(t, v, key, table, set)                                                           \
	do {                                                                                         \
		const struct json_value *o = take_object(t, v, key);                                 \
		take_part(t, o, &(table)->part);                                                     \
		(table)->rows = take_field_rows(t, take_key(t, o, "rows"), set, &(table)->count);    \
	} while (0)

static void take_peerings(struct take *t, const struct json_value *v, struct az_peerings *p)
{
	v = take_object(t, v, "peerings");
	take_part(t, v, &p->part);
	const struct json_value *list = take_key(t, v, "rows");
	p->rows = take_rows(t, list, sizeof(*p->rows), &p->count);
	const struct json_value *item = json_first(list);
	for (size_t i = 0; i < p->count; i++, item = json_next(item))
		take_peering_values(t, item, &p->rows[i]);
	p->prefixes = take_field_rows(t, take_key(t, v, "public_prefixes"), &fields_public_prefix, &p->prefix_count);
}

static void take_announced(struct take *t, const struct json_value *v, const char *key, struct az_gateway_routes *r)
{
	v = take_object(t, v, key);
	take_part(t, v, &r->part);
	take_text(t, v, "to", &r->to);
	r->rows = take_field_rows(t, take_key(t, v, "rows"), &fields_gateway_route, &r->count);
}

static void take_port(struct take *t, const struct json_value *v, struct az_port *p)
{
	v = take_object(t, v, "port");
	take_part(t, v, &p->part);
	take_fields(t, v, &fields_port, p);
	p->rows = take_field_rows(t, take_key(t, v, "rows"), &fields_port_link, &p->count);
}

/* What documents of earlier versions do not have: all of it or nothing. */
static void take_later_tables(struct take *t, const struct json_value *v, struct az_snapshot *out)
{
	if (!json_get(v, "peerings"))
		return;
	take_peerings(t, v, &out->peerings);
	TAKE_FIELDS(t, v, "gateway_learned", &out->gateway_learned, &fields_gateway_route);
	take_announced(t, v, "gateway_advertised_first", &out->gateway_advertised[0]);
	take_announced(t, v, "gateway_advertised_second", &out->gateway_advertised[1]);
	TAKE_FIELDS(t, v, "global_reach_to", &out->reach, &fields_reach);
	TAKE_FIELDS(t, v, "global_reach_from", &out->reach_from, &fields_reach);
	take_port(t, v, &out->port);
	TAKE_FIELDS(t, v, "circuit_events", &out->circuit_events, &fields_event);
	TAKE_FIELDS(t, v, "service_events", &out->service_events, &fields_event);
	TAKE_FIELDS(t, v, "activity", &out->activity, &fields_event);
	TAKE_FIELDS(t, v, "failover_tests", &out->failover_tests, &fields_failover_test);
	TAKE_TABLE(t, v, "traffic", &out->traffic, take_metric_row);
	TAKE_TABLE(t, v, "drops", &out->drops, take_metric_row);
	TAKE_TABLE(t, v, "gateway_load", &out->gateway_load, take_metric_row);
	TAKE_TABLE(t, v, "gateway_counts", &out->gateway_counts, take_metric_row);
	TAKE_TABLE(t, v, "port_state", &out->port_state, take_metric_row);
	TAKE_TABLE(t, v, "port_light", &out->port_light, take_metric_row);
}

static void take_tables(struct take *t, const struct json_value *v, struct az_snapshot *out)
{
	TAKE_TABLE(t, v, "arp_primary", &out->arp[LINK_PRIMARY], take_arp_row);
	TAKE_TABLE(t, v, "arp_secondary", &out->arp[LINK_SECONDARY], take_arp_row);
	TAKE_TABLE(t, v, "bgp_primary", &out->bgp[LINK_PRIMARY], take_bgp_row);
	TAKE_TABLE(t, v, "bgp_secondary", &out->bgp[LINK_SECONDARY], take_bgp_row);
	TAKE_TABLE(t, v, "routes_primary", &out->routes[LINK_PRIMARY], take_route_row);
	TAKE_TABLE(t, v, "routes_secondary", &out->routes[LINK_SECONDARY], take_route_row);
	TAKE_TABLE(t, v, "connections", &out->connections, take_connection_row);
	TAKE_TABLE(t, v, "gateway_peers", &out->gateway_peers, take_peer_row);
	if (json_get(v, "health")) /* snapshots of earlier versions have neither */
		take_health(t, v, &out->health);
	if (json_get(v, "metrics"))
		TAKE_TABLE(t, v, "metrics", &out->metrics, take_metric_row);
	take_later_tables(t, v, out);
}

bool snapshot_read(const struct json_value *v, struct az_snapshot *out, char *err, size_t err_size)
{
	struct take t = {.err = err, .err_size = err_size};
	memset(out, 0, sizeof(*out));
	out->asked_at = take_time(&t, v, "asked_at_ns");
	out->done_at = take_time(&t, v, "done_at_ns");
	out->finished = take_bool(&t, v, "finished");
	take_chars(&t, v, "why_not", out->why_not, sizeof(out->why_not));
	if (json_get(v, "stale")) /* snapshots of earlier versions have none */
		out->stale = take_bool(&t, v, "stale");
	take_circuit(&t, v, &out->circuit);
	take_peering(&t, v, &out->peering);
	take_stats(&t, v, "circuit_stats", &out->circuit_stats);
	take_stats(&t, v, "peering_stats", &out->peering_stats);
	take_gateway(&t, v, &out->gateway);
	take_tables(&t, v, out);
	if (!t.failed)
		return true;
	az_snapshot_free(out);
	memset(out, 0, sizeof(*out));
	return false;
}
