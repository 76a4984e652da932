/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are lists: {"value": [...], "nextLink": …}. */
#include "probe/snapshot/answer_rows.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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
	return answer_json_size(&r->interface) + answer_json_size(&r->ip) +
	       answer_json_size(&r->mac);
}

bool answer_arp(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_arp *a = &s->arp[f->link];
	void *rows = a->rows;
	struct answer_rows t = {&rows, &a->count, &a->part, NULL, sizeof(*a->rows), read_arp, arp_bytes, NULL, true, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
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
	return answer_json_size(&r->neighbor) + answer_json_size(&r->up_down) +
	       answer_json_size(&r->state);
}

bool answer_bgp(const struct json_value *v, struct answer_for *f, struct az_snapshot *s, char *err, size_t err_size)
{
	struct az_bgp *b = &s->bgp[f->link];
	void *rows = b->rows;
	struct answer_rows t = {&rows, &b->count, &b->part, NULL, sizeof(*b->rows), read_bgp, bgp_bytes, NULL, true, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
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
	return answer_json_size(&r->network) + answer_json_size(&r->next_hop) +
	       2 * answer_json_size(&r->path) + answer_json_size(&r->loc_prf);
}

bool answer_routes(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                   char *err, size_t err_size)
{
	struct az_routes *r = &s->routes[f->link];
	void *rows = r->rows;
	struct answer_rows t = {&rows, &r->count, &r->part, NULL, sizeof(*r->rows), read_route, route_bytes, NULL, false, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
	r->rows = rows;
	return ok;
}

/* ------------------------------------------------------------------ connections */

/* A hub's connection names the circuit's peering: the circuit stands in front of it. */
static void read_circuit_of(const struct json_value *peering_id, struct az_text *out)
{
	answer_text(peering_id, out);
	for (char *at = out->text; (at = strchr(at, '/')) != NULL; at++)
		if (strncasecmp(at, "/peerings/", 10) == 0) {
			*at = '\0';
			return;
		}
}

static void read_connection(const struct json_value *v, void *row)
{
	struct az_connection *r = row;
	const struct json_value *p = json_get(v, "properties");
	answer_text(json_get(v, "name"), &r->name);
	answer_text(json_get(v, "id"), &r->id);
	answer_text(json_get(p, "connectionStatus"), &r->status);
	answer_text(json_get(p, "connectionType"), &r->type);
	answer_text(json_get(p, "provisioningState"), &r->provisioning_state);
	const struct json_value *hub_peer = json_path(p, "expressRouteCircuitPeering", "id", NULL);
	if (hub_peer)
		read_circuit_of(hub_peer, &r->circuit_id);
	else
		answer_text(json_path(p, "peer", "id", NULL), &r->circuit_id);
	answer_int(json_get(p, "ingressBytesTransferred"), &r->ingress_bytes);
	answer_int(json_get(p, "egressBytesTransferred"), &r->egress_bytes);
	if (!json_as_bool(json_get(p, "expressRouteGatewayBypass"), &r->fast_path))
		r->fast_path = false;
	fields_decode(&fields_connection_more, v, r);
}

static size_t connection_bytes(const void *row)
{
	const struct az_connection *r = row;
	return answer_json_size(&r->name) + answer_json_size(&r->id) +
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
	struct answer_rows t = {&rows, &c->count, &c->part, NULL, sizeof(*c->rows), read_connection, connection_bytes,
	                        ours_only ? leads_to_circuit : NULL, true, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
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
	return answer_json_size(&r->local) + answer_json_size(&r->neighbor) +
	       answer_json_size(&r->state) + answer_json_size(&r->connected_for);
}

bool answer_gateway_peers(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                          char *err, size_t err_size)
{
	struct az_gateway_peers *g = &s->gateway_peers;
	void *rows = g->rows;
	struct answer_rows t = {&rows, &g->count, &g->part, NULL, sizeof(*g->rows), read_peer, peer_bytes, NULL, true, false};
	bool ok = answer_read_rows(v, &t, f, err, err_size);
	g->rows = rows;
	return ok;
}
