/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are lists: {"value": [...], "nextLink": …}. */
#include "probe/azure/answers.h"

#include "analysis/value/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ROWS_FIRST 16
/* Keys, brackets, numbers and derived values of one row, generously. */
#define ROW_JSON_OVERHEAD 330

size_t answer_json_size(const struct az_text *t)
{
	const char *at = t->text;
	size_t size = 2, len;
	uint32_t cp;
	for (; (len = utf8_next(at, &cp)) > 0; at += len)
		size += cp == '"' || cp == '\\' || utf8_is_unsafe(cp) ? 6 : len;
	return size;
}

void *answer_grow(void *rows, size_t count, size_t row_size, bool *cut)
{
	if (count >= AZ_ROWS_MAX) {
		*cut = true;
		return NULL;
	}
	bool full = count == 0 || (count >= ROWS_FIRST && (count & (count - 1)) == 0);
	if (full) {
		size_t room = count == 0 ? ROWS_FIRST : count * 2;
		void *bigger = realloc(rows, room * row_size);
		if (!bigger) {
			*cut = true;
			return NULL;
		}
		rows = bigger;
	}
	memset((char *)rows + count * row_size, 0, row_size);
	return rows;
}

/* A table being filled, whatever its rows are. */
struct table {
	void **rows;
	size_t *count;
	size_t row_size;
	struct az_part *part;
	void (*read_row)(const struct json_value *v, void *row);
	size_t (*row_bytes)(const void *row);
	bool (*wanted)(const struct json_value *v, const struct answer_for *f); /* NULL = all */
};

static size_t bytes_so_far(const struct table *t)
{
	size_t bytes = 0;
	for (size_t i = 0; i < *t->count; i++)
		bytes += t->row_bytes((const char *)*t->rows + i * t->row_size);
	return bytes;
}

/* False when the table is full. */
static bool add_row(struct table *t, const struct json_value *item, size_t *bytes)
{
	void *rows = answer_grow(*t->rows, *t->count, t->row_size, &t->part->cut);
	if (!rows)
		return false;
	*t->rows = rows;
	void *row = (char *)rows + *t->count * t->row_size;
	t->read_row(item, row);
	*bytes += t->row_bytes(row);
	if (*bytes > AZ_TABLE_BYTES_MAX) {
		t->part->cut = true;
		return false;
	}
	(*t->count)++;
	return true;
}

/* An operation may end without content (204), and an official example is a bare {}:
 * both are a table without rows. Anything else needs its list. */
static bool read_table(const struct json_value *v, struct table *t, const struct answer_for *f,
                       char *err, size_t err_size)
{
	const struct json_value *list = json_get(v, "value");
	if (v && (!json_is_object(v) || (list && !json_is_array(list) && !json_is_null(list)))) {
		snprintf(err, err_size, "the answer is no table: \"value\" is not a list");
		return false;
	}
	size_t bytes = bytes_so_far(t);
	for (const struct json_value *item = json_first(list); item; item = json_next(item)) {
		if (!json_is_object(item) || (t->wanted && !t->wanted(item, f)))
			continue;
		if (!add_row(t, item, &bytes))
			break;
	}
	return true;
}

/* Names differ between the customer's and the provider's API. */
static const struct json_value *either(const struct json_value *v, const char *key, const char *other)
{
	const struct json_value *found = json_get(v, key);
	return found ? found : json_get(v, other);
}

/* ------------------------------------------------------------------ ARP */

static void read_arp(const struct json_value *v, void *row)
{
	struct az_arp_row *r = row;
	answer_text(json_get(v, "interface"), &r->interface);
	answer_text(json_get(v, "ipAddress"), &r->ip);
	answer_text(json_get(v, "macAddress"), &r->mac);
	answer_int(json_get(v, "age"), &r->age);
}

static size_t arp_bytes(const void *row)
{
	const struct az_arp_row *r = row;
	return ROW_JSON_OVERHEAD + answer_json_size(&r->interface) + answer_json_size(&r->ip) +
	       answer_json_size(&r->mac);
}

bool answer_arp(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_arp *a = &s->arp[f->link];
	void *rows = a->rows;
	struct table t = {&rows, &a->count, sizeof(*a->rows), &a->part, read_arp, arp_bytes, NULL};
	bool ok = read_table(v, &t, f, err, err_size);
	a->rows = rows;
	return ok;
}

/* ------------------------------------------------------------------ BGP summary */

static void read_bgp(const struct json_value *v, void *row)
{
	struct az_bgp_row *r = row;
	answer_text(json_get(v, "neighbor"), &r->neighbor);
	answer_text(json_get(v, "upDown"), &r->up_down);
	answer_text(either(v, "statePfxRcd", "stateOrPrefixesReceived"), &r->state);
	answer_int(either(v, "as", "asn"), &r->as);
}

static size_t bgp_bytes(const void *row)
{
	const struct az_bgp_row *r = row;
	return ROW_JSON_OVERHEAD + answer_json_size(&r->neighbor) + answer_json_size(&r->up_down) +
	       answer_json_size(&r->state);
}

bool answer_bgp(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_bgp *b = &s->bgp[f->link];
	void *rows = b->rows;
	struct table t = {&rows, &b->count, sizeof(*b->rows), &b->part, read_bgp, bgp_bytes, NULL};
	bool ok = read_table(v, &t, f, err, err_size);
	b->rows = rows;
	return ok;
}

/* ------------------------------------------------------------------ routes */

static void read_route(const struct json_value *v, void *row)
{
	struct az_route_row *r = row;
	answer_text(json_get(v, "network"), &r->network);
	answer_text(json_get(v, "nextHop"), &r->next_hop);
	answer_text(json_get(v, "path"), &r->path);
	answer_text(json_get(v, "locPrf"), &r->loc_prf);
	answer_int(json_get(v, "weight"), &r->weight);
}

/* The path stands twice in the document: as sent and as a list of AS numbers. */
static size_t route_bytes(const void *row)
{
	const struct az_route_row *r = row;
	return ROW_JSON_OVERHEAD + answer_json_size(&r->network) + answer_json_size(&r->next_hop) +
	       2 * answer_json_size(&r->path) + answer_json_size(&r->loc_prf);
}

bool answer_routes(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                   char *err, size_t err_size)
{
	struct az_routes *r = &s->routes[f->link];
	void *rows = r->rows;
	struct table t = {&rows, &r->count, sizeof(*r->rows), &r->part, read_route, route_bytes, NULL};
	bool ok = read_table(v, &t, f, err, err_size);
	r->rows = rows;
	return ok;
}

/* ------------------------------------------------------------------ connections */

static void read_connection(const struct json_value *v, void *row)
{
	struct az_connection *r = row;
	const struct json_value *p = json_get(v, "properties");
	answer_text(json_get(v, "name"), &r->name);
	answer_text(json_get(v, "id"), &r->id);
	answer_text(json_get(p, "connectionStatus"), &r->status);
	answer_text(json_get(p, "connectionType"), &r->type);
	answer_text(json_get(p, "provisioningState"), &r->provisioning_state);
	answer_text(json_path(p, "peer", "id", NULL), &r->circuit_id);
	answer_int(json_get(p, "ingressBytesTransferred"), &r->ingress_bytes);
	answer_int(json_get(p, "egressBytesTransferred"), &r->egress_bytes);
	if (!json_as_bool(json_get(p, "expressRouteGatewayBypass"), &r->fast_path))
		r->fast_path = false;
}

static size_t connection_bytes(const void *row)
{
	const struct az_connection *r = row;
	return ROW_JSON_OVERHEAD + answer_json_size(&r->name) + answer_json_size(&r->id) +
	       answer_json_size(&r->status) + answer_json_size(&r->type) +
	       answer_json_size(&r->provisioning_state) + answer_json_size(&r->circuit_id);
}

static bool leads_to_circuit(const struct json_value *v, const struct answer_for *f)
{
	const char *peer = json_as_text(json_path(v, "properties", "peer", "id", NULL));
	return peer && strcasecmp(peer, f->circuit->resource_id) == 0;
}

/* The first connection to our circuit names the gateway, where the configuration does not. */
static void find_gateway(const struct json_value *list, struct answer_for *f)
{
	for (const struct json_value *item = json_first(list); item && !f->gateway_id[0]; item = json_next(item)) {
		const char *id = json_as_text(json_path(item, "properties", "virtualNetworkGateway1", "id", NULL));
		if (id && leads_to_circuit(item, f) && strlen(id) < sizeof(f->gateway_id))
			snprintf(f->gateway_id, sizeof(f->gateway_id), "%s", id);
	}
}

static bool read_connections(const struct json_value *v, bool ours_only, struct answer_for *f,
                             struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_connections *c = &s->connections;
	void *rows = c->rows;
	struct table t = {&rows, &c->count, sizeof(*c->rows), &c->part, read_connection, connection_bytes,
	                  ours_only ? leads_to_circuit : NULL};
	bool ok = read_table(v, &t, f, err, err_size);
	c->rows = rows;
	if (ok)
		find_gateway(json_get(v, "value"), f);
	return ok;
}

bool answer_connections(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                        char *err, size_t err_size)
{
	return read_connections(v, false, f, s, err, err_size);
}

bool answer_circuit_connections(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                                char *err, size_t err_size)
{
	return read_connections(v, true, f, s, err, err_size);
}

/* Lists leave the status out that a single read has. The row stays where the answer is
 * not of this connection. */
bool answer_connection(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                       char *err, size_t err_size)
{
	struct az_connection fresh;
	memset(&fresh, 0, sizeof(fresh));
	(void)f;
	read_connection(v, &fresh);
	for (size_t i = 0; i < s->connections.count; i++) {
		struct az_connection *row = &s->connections.rows[i];
		if (fresh.id.present && strcasecmp(row->id.text, fresh.id.text) == 0) {
			*row = fresh;
			return true;
		}
	}
	snprintf(err, err_size, "the answer is of another connection");
	return false;
}

/* ------------------------------------------------------------------ gateway's peers */

static void read_peer(const struct json_value *v, void *row)
{
	struct az_gateway_peer *r = row;
	answer_text(json_get(v, "localAddress"), &r->local);
	answer_text(json_get(v, "neighbor"), &r->neighbor);
	answer_text(json_get(v, "state"), &r->state);
	answer_text(json_get(v, "connectedDuration"), &r->connected_for);
	answer_int(json_get(v, "asn"), &r->asn);
	answer_int(json_get(v, "routesReceived"), &r->routes_received);
}

static size_t peer_bytes(const void *row)
{
	const struct az_gateway_peer *r = row;
	return ROW_JSON_OVERHEAD + answer_json_size(&r->local) + answer_json_size(&r->neighbor) +
	       answer_json_size(&r->state) + answer_json_size(&r->connected_for);
}

bool answer_gateway_peers(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                          char *err, size_t err_size)
{
	struct az_gateway_peers *g = &s->gateway_peers;
	void *rows = g->rows;
	struct table t = {&rows, &g->count, sizeof(*g->rows), &g->part, read_peer, peer_bytes, NULL};
	bool ok = read_table(v, &t, f, err, err_size);
	g->rows = rows;
	return ok;
}
