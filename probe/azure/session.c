/* SPDX-License-Identifier: BSD-2-Clause */
/* All reads of one circuit.
 *
 *   at once: circuit, peering, peerings, both counters, three tables a path, health, events,
 *            activity log, metrics, failover tests; of a private peering its Global Reach
 *            with a gateway in the configuration: the gateway and what is read of it
 *            without: connections of the circuit's resource group
 *   then:    port and its metrics, when the circuit names one
 *            gateway, its BGP peers, learned routes and metrics, when a connection or the
 *            peering names the gateway
 *            routes announced to the first two MSEEs among the peers
 *            a hub's routes, when gateway and connection name hub and connection
 *            single connections, when the list has no status for them */
#include "probe/azure/session.h"

#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DAY_NS (86400 * NS_PER_SEC)

static void start_with(struct session *s, enum az_op op, const char *connection, const char *peer, struct mono_ns now)
{
	const struct op_row *row = &ops_table[op];
	struct arm_call *call = &s->calls[op];
	const struct op_ids ids = {
		.circuit = s->circuit, .gateway = s->gateway_id, .port = s->snapshot.circuit.express_route_port.text,
		.hub = s->snapshot.gateway.hub.text, .peer = peer, .now = s->began};
	char url[URL_MAX], body[OP_BODY_MAX];
	bool has_url = op_url(row, s->base, &ids, url) && op_body(op, connection, body);
	arm_begin(call, s->names[op], row->post, has_url ? url : "", now, s->deadline);
	if (has_url)
		snprintf(call->body, sizeof(call->body), "%s", body);
	else
		arm_fail(call, "the resource id gives no URL: check it in the configuration");
}

static void start(struct session *s, enum az_op op, struct mono_ns now)
{
	start_with(s, op, "", "", now);
}

/* A gateway of Virtual WAN has other reads than one of a virtual network. */
static void start_gateway_reads(struct session *s, struct mono_ns now)
{
	start(s, OP_GATEWAY, now);
	start(s, OP_GATEWAY_LOAD, now);
	start(s, OP_GATEWAY_COUNTS, now);
	if (op_is_hub_gateway(s->gateway_id)) {
		start(s, OP_HUB_CONNECTIONS, now);
	} else {
		start(s, OP_GATEWAY_PEERS, now);
		start(s, OP_LEARNED, now);
	}
}

static void name_parts(struct session *s)
{
	for (size_t op = 0; op < OPS; op++) {
		const struct op_row *row = &ops_table[op];
		op_name(row, s->circuit, s->names[op], sizeof(s->names[op]));
		struct az_part *part = op_part(row, &s->snapshot);
		if (!part->operation[0])
			snprintf(part->operation, sizeof(part->operation), "%s", s->names[op]);
	}
}

void session_begin(struct session *s, const struct plan_circuit *circuit, const struct url_base *base,
                   struct mono_ns now, struct mono_ns deadline, struct wall_ns wall)
{
	memset(s, 0, sizeof(*s));
	s->circuit = circuit;
	s->base = base;
	s->deadline = deadline;
	s->snapshot.asked_at = wall;
	s->began = wall;
	snprintf(s->gateway_id, sizeof(s->gateway_id), "%s", circuit->gateway_id);
	name_parts(s);
	for (size_t op = 0; op < OP_AT_ONCE; op++)
		start(s, (enum az_op)op, now);
	if (circuit->peering == PEERING_PRIVATE) {
		start(s, OP_REACH, now);
		start(s, OP_REACH_FROM, now);
	}
	if (s->gateway_id[0])
		start_gateway_reads(s, now);
	if (s->gateway_id[0] && !op_is_hub_gateway(s->gateway_id))
		start(s, OP_GATEWAY_CONNECTIONS, now);
	else if (!s->gateway_id[0])
		start(s, OP_GROUP_CONNECTIONS, now);
	for (size_t op = 0; op < OPS; op++) /* an id without a URL has failed by now */
		session_advance(s, op, now, wall);
}

/* ------------------------------------------------------------------ once more */

/* What changes with a fault, and tells of it. A port follows where the circuit names one, and single connections theirs. */
static const enum az_op changing[] = {
	OP_CIRCUIT, OP_PEERING, OP_PEERINGS, OP_ARP_PRIMARY, OP_ARP_SECONDARY, OP_BGP_PRIMARY, OP_BGP_SECONDARY, OP_ROUTES_PRIMARY,
	OP_ROUTES_SECONDARY, OP_HEALTH, OP_CIRCUIT_EVENTS, OP_FAILOVER_TESTS};

/* Of a read that needs a right which we lack the answer is known. */
static bool may_be_read(struct session *s, enum az_op op)
{
	const struct az_part *part = op_part(&ops_table[op], &s->first);
	bool refused = part->read == AZ_FAILED && part->http_status >= 400 && part->http_status < 500;
	return part->read != AZ_NOT_ASKED && !refused;
}

static void start_again(struct session *s, enum az_op op, struct mono_ns now)
{
	if (may_be_read(s, op))
		start(s, op, now);
}

void session_again(struct session *s, struct mono_ns now, struct wall_ns wall)
{
	bool hub = op_is_hub_gateway(s->gateway_id), own = s->circuit->gateway_id[0];
	if (s->again)
		return; /* once is enough */
	s->first = s->snapshot;
	s->again = s->dirty = true;
	memset(&s->snapshot, 0, sizeof(s->snapshot));
	s->snapshot.asked_at = s->began = wall;
	s->peering_of_circuit = (struct az_peering){0};
	s->peering_missing = false;
	name_parts(s);
	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++)
		start_again(s, changing[i], now);
	start_again(s, hub ? OP_HUB_CONNECTIONS : own ? OP_GATEWAY_CONNECTIONS : OP_GROUP_CONNECTIONS, now);
	if (s->gateway_id[0] && !hub) {
		start_again(s, OP_GATEWAY_PEERS, now);
		start_again(s, OP_LEARNED, now);
	}
	for (size_t op = 0; op < OPS; op++)
		session_advance(s, op, now, wall);
}

bool session_tell(const struct session *s, struct az_snapshot *out)
{
	return s->again ? az_snapshot_renewed(out, &s->first, &s->snapshot) : az_snapshot_copy(out, &s->snapshot);
}

/* ------------------------------------------------------------------ follow-ups */

static void start_gateway(struct session *s, struct mono_ns now)
{
	if (s->gateway_id[0] || !s->named_gateway[0])
		return;
	memcpy(s->gateway_id, s->named_gateway, sizeof(s->gateway_id));
	start_gateway_reads(s, now);
}

/* A text that was cut to fit is no id any more. */
static bool is_whole(const struct az_text *id)
{
	return id->present && id->text[0] && !strstr(id->text, TEXT_CUT_MARK);
}

/* With Virtual WAN the peering itself names the connection, and so the gateway in front of it. */
static void take_hub_connection(struct session *s, struct mono_ns now)
{
	const struct az_text *id = &s->snapshot.peering.hub_connection;
	const char *at = is_whole(id) ? id->text : "";
	while ((at = strchr(at, '/')) != NULL && strncasecmp(at, "/expressRouteConnections/", 25) != 0)
		at++;
	if (!at || s->named_gateway[0])
		return;
	snprintf(s->named_gateway, sizeof(s->named_gateway), "%.*s", (int)(at - id->text), id->text);
	start_gateway(s, now);
}

static void start_port(struct session *s, struct mono_ns now)
{
	if (!is_whole(&s->snapshot.circuit.express_route_port))
		return;
	start(s, OP_PORT, now);
	start(s, OP_PORT_STATE, now);
	start(s, OP_PORT_LIGHT, now);
}

/* What the gateway announces is asked for each peer: of the MSEEs, not of its own siblings. */
static void start_advertised(struct session *s, struct mono_ns now)
{
	const struct az_gateway_peers *g = &s->snapshot.gateway_peers;
	size_t found = 0;
	for (size_t i = 0; i < g->count && found < AZ_GATEWAY_SESSIONS; i++) {
		const struct az_gateway_peer *p = &g->rows[i];
		if (!p->asn.present || p->asn.value != AZ_MSEE_ASN || !is_whole(&p->neighbor))
			continue;
		s->snapshot.gateway_advertised[found].to = p->neighbor;
		start_with(s, found == 0 ? OP_ADVERTISED_FIRST : OP_ADVERTISED_SECOND, "", p->neighbor.text, now);
		found++;
	}
}

static bool leads_to_circuit(const struct session *s, const struct az_connection *c)
{
	return strcasecmp(c->circuit_id.text, s->circuit->resource_id) == 0;
}

/* A hub's routes are asked for a connection of ours, once both reads have told hub and connection. */
static void start_hub(struct session *s, struct mono_ns now)
{
	const struct az_snapshot *snap = &s->snapshot;
	const struct az_connections *c = &snap->connections;
	if (!op_is_hub_gateway(s->gateway_id) || snap->gateway.part.read != AZ_OK || c->part.read != AZ_OK ||
	    !is_whole(&snap->gateway.hub))
		return;
	for (size_t i = 0; i < c->count; i++) {
		if (!is_whole(&c->rows[i].id) || !leads_to_circuit(s, &c->rows[i]))
			continue;
		start_with(s, OP_HUB_INBOUND, c->rows[i].id.text, "", now);
		start_with(s, OP_HUB_OUTBOUND, c->rows[i].id.text, "", now);
		return;
	}
}

static bool has_type(const struct az_connection *c, const char *type)
{
	return !c->type.present || strcasecmp(c->type.text, type) == 0;
}

/* An id that was cut to fit gives no URL; its row keeps what the list said. */
static void start_connections(struct session *s, struct mono_ns now)
{
	size_t next = OPS;
	if (op_is_hub_gateway(s->gateway_id)) /* a hub's connections have no status anywhere */
		return;
	for (size_t i = 0; i < s->snapshot.connections.count && next < SESSION_CALLS; i++) {
		const struct az_connection *c = &s->snapshot.connections.rows[i];
		char url[URL_MAX];
		if (c->status.present || !has_type(c, "ExpressRoute") || !is_whole(&c->id) ||
		    !op_connection_url(s->base, c->id.text, url))
			continue;
		arm_begin(&s->calls[next++], "connections", false, url, now, s->deadline);
	}
}

/* ------------------------------------------------------------------ results */

static void close_part(struct session *s, const struct arm_call *call, struct az_part *part, struct wall_ns wall)
{
	part->read = call->state == ARM_DONE ? AZ_OK : AZ_FAILED;
	part->at = wall;
	part->http_status = call->http_status;
	snprintf(part->operation, sizeof(part->operation), "%s", call->operation);
	snprintf(part->error, sizeof(part->error), "%s", part->read == AZ_OK ? "" : call->error);
	snprintf(part->correlation_id, sizeof(part->correlation_id), "%s", call->correlation_id);
	s->dirty = true;
}

/* The peering that its own URL does not have may still stand in the list, and only the
 * list can say that there is none: a missing circuit gives 404 as well. */
static void decide_peering(struct session *s, const struct arm_call *call, struct wall_ns wall)
{
	close_part(s, call, &s->snapshot.peering.part, wall);
	snprintf(s->snapshot.peering.part.operation, sizeof(s->snapshot.peering.part.operation), "%s",
	         s->names[OP_PEERING]);
	if (call->state == ARM_DONE)
		answer_pick_peering(s->circuit, &s->snapshot);
	s->peering_missing = false;
}

/* Its part as if it had been read by itself, when the other answer came. */
static void take_part(struct session *s, const struct az_part *other)
{
	struct az_part *part = &s->snapshot.peering.part;
	*part = *other;
	snprintf(part->operation, sizeof(part->operation), "%s", s->names[OP_PEERING]);
	s->dirty = true;
}

/* True when the peering's own read leaves the decision to the list. */
static bool look_in_list(struct session *s, size_t index, const struct arm_call *call)
{
	const struct az_part *list = &s->snapshot.peerings.part;
	if (index != OP_PEERING || call->state != ARM_FAILED || call->http_status != 404)
		return false;
	if (list->read == AZ_NOT_ASKED) { /* it is under way */
		s->peering_missing = true;
	} else {
		take_part(s, list);
		if (list->read == AZ_OK)
			answer_pick_peering(s->circuit, &s->snapshot);
	}
	return true;
}

/* Three answers hold the peering's settings: its own, the list, and the circuit's. That its own read fails loses nothing
 * while one of the others comes. True when it was taken from there. */
static bool peering_from_elsewhere(struct session *s)
{
	struct az_snapshot *snap = &s->snapshot;
	if (snap->peering.part.read != AZ_FAILED)
		return false;
	if (snap->peerings.part.read == AZ_OK && answer_pick_peering(s->circuit, snap)) {
		take_part(s, &snap->peerings.part);
		return true;
	}
	if (snap->circuit.part.read != AZ_OK || !s->peering_of_circuit.present)
		return false;
	snap->peering = s->peering_of_circuit;
	take_part(s, &snap->circuit.part);
	return true;
}

/* The answer's values into the snapshot; a shape that is not the operation's fails the call. */
static void take_answer(struct session *s, const struct op_row *row, struct arm_call *call)
{
	struct answer_for f = {.circuit = s->circuit, .link = row->link, .since = wall_add(s->began, -DAY_NS)};
	char err[160] = "";
	if (!row->answer(arm_result(call), &f, &s->snapshot, err, sizeof(err)))
		arm_fail(call, "%d, but %s", (int)call->http_status, err);
	else if (f.gateway_id[0] && !s->named_gateway[0])
		memcpy(s->named_gateway, f.gateway_id, sizeof(s->named_gateway));
	if (call->state == ARM_DONE && row == &ops_table[OP_CIRCUIT])
		answer_peering_of_circuit(arm_result(call), s->circuit, &s->peering_of_circuit);
}

/* What an answer makes possible to ask. */
static void follow_up(struct session *s, size_t index, struct mono_ns now)
{
	switch (index) {
	case OP_GROUP_CONNECTIONS:
	case OP_GATEWAY_CONNECTIONS:
		start_gateway(s, now);
		start_connections(s, now);
		break;
	case OP_CIRCUIT:
		start_port(s, now);
		break;
	case OP_PEERING:
		take_hub_connection(s, now);
		break;
	case OP_GATEWAY_PEERS:
		start_advertised(s, now);
		break;
	case OP_GATEWAY:
	case OP_HUB_CONNECTIONS:
		start_hub(s, now);
		break;
	default:
		break;
	}
}

static void take_op(struct session *s, size_t index, struct mono_ns now, struct wall_ns wall)
{
	const struct op_row *row = &ops_table[index];
	struct arm_call *call = &s->calls[index];
	struct az_part *part = op_part(row, &s->snapshot);
	if (look_in_list(s, index, call))
		return;
	if (index == OP_GROUP_CONNECTIONS && op_is_hub_gateway(s->gateway_id))
		return; /* the hub's own list is what counts */
	if (call->state == ARM_DONE)
		take_answer(s, row, call);
	if (call->state == ARM_DONE && !part->cut && arm_next_page(call, s->base, now))
		return;
	close_part(s, call, part, wall);
	if (call->state == ARM_DONE)
		follow_up(s, index, now);
	if (index == OP_PEERINGS && s->peering_missing) {
		decide_peering(s, call, wall);
		take_hub_connection(s, now);
	}
	if ((index == OP_PEERING || index == OP_PEERINGS || index == OP_CIRCUIT) && peering_from_elsewhere(s))
		take_hub_connection(s, now);
}

static void take_connection(struct session *s, struct arm_call *call)
{
	struct answer_for f = {.circuit = s->circuit, .link = LINK_NULL};
	char err[160];
	if (call->state == ARM_DONE && answer_connection(arm_result(call), &f, &s->snapshot, err, sizeof(err)))
		s->dirty = true;
}

/* Rows of a table whose later page failed are no table: nothing of it may be used. */
static void drop_failed_rows(struct az_snapshot *s)
{
	struct az_snapshot failed;
	memset(&failed, 0, sizeof(failed));
#define MOVE(table)                                                                                  \
	do {                                                                                         \
		if (s->table.part.read == AZ_FAILED) {                                               \
			failed.table.rows = s->table.rows;                                           \
			s->table.rows = NULL;                                                        \
			s->table.count = 0;                                                          \
		}                                                                                    \
	} while (0)
	for (int l = 0; l < LINKS; l++) {
		MOVE(arp[l]);
		MOVE(bgp[l]);
		MOVE(routes[l]);
	}
	MOVE(connections);
	MOVE(gateway_peers);
	MOVE(metrics);
	MOVE(gateway_learned);
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		MOVE(gateway_advertised[i]);
	MOVE(reach);
	MOVE(reach_from);
	MOVE(port);
	MOVE(circuit_events);
	MOVE(service_events);
	MOVE(activity);
	MOVE(failover_tests);
	MOVE(traffic);
	MOVE(drops);
	MOVE(gateway_load);
	MOVE(gateway_counts);
	MOVE(port_state);
	MOVE(port_light);
	MOVE(peerings);
	if (s->peerings.part.read == AZ_FAILED) {
		failed.peerings.prefixes = s->peerings.prefixes;
		s->peerings.prefixes = NULL;
		s->peerings.prefix_count = 0;
	}
#undef MOVE
	az_snapshot_free(&failed);
}

/* Where nothing could be read there is one reason, and the circuit's own read names it best. */
static void say_why_not(struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(s, parts);
	if (az_snapshot_available(s))
		return;
	for (size_t i = 0; i < count && !s->why_not[0]; i++)
		if (parts[i]->read == AZ_FAILED) {
			size_t prefix = strlen(parts[i]->operation) + 2;
			const char *error = parts[i]->error;
			snprintf(s->why_not, sizeof(s->why_not), "%s", strlen(error) > prefix ? error + prefix : error);
		}
}

static void say_reason(struct az_part *part, const char *why)
{
	if (part->read == AZ_NOT_ASKED)
		text_format(part->error, sizeof(part->error), "%s: not asked: %s", part->operation, why);
}

/* Why a part was not asked for: nothing is wrong then, and nothing is known. */
static void say_not_asked(struct az_snapshot *s, bool is_private, bool has_hub, bool has_gateway)
{
	static const char no_gateway[] = "no gateway_id is configured and no connection names one";
	static const char no_port[] = "the circuit is not of ExpressRoute Direct, or could not be read";
	const char *peers = has_hub ? "a gateway of Virtual WAN has no such read" : no_gateway;
	const char *routes = has_hub ? "gateway or connections could not be read, or name no hub"
	                     : has_gateway ? "the gateway's BGP peers could not be read, or name no such edge router"
	                                   : no_gateway;
	say_reason(&s->gateway.part, no_gateway);
	say_reason(&s->gateway_load.part, no_gateway);
	say_reason(&s->gateway_counts.part, no_gateway);
	say_reason(&s->gateway_peers.part, peers);
	say_reason(&s->gateway_learned.part, routes);
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		say_reason(&s->gateway_advertised[i].part, routes);
	if (!is_private) {
		say_reason(&s->reach.part, "Global Reach is of private peerings");
		say_reason(&s->reach_from.part, "Global Reach is of private peerings");
	}
	say_reason(&s->port.part, no_port);
	say_reason(&s->port_state.part, no_port);
	say_reason(&s->port_light.part, no_port);
}

static void finish(struct session *s, struct wall_ns wall)
{
	struct az_snapshot *snap = &s->snapshot;
	if (snap->finished)
		return;
	say_not_asked(snap, s->circuit->peering == PEERING_PRIVATE, op_is_hub_gateway(s->gateway_id), s->gateway_id[0]);
	snap->done_at = wall;
	snap->finished = true;
	say_why_not(snap);
	s->dirty = true;
}

void session_advance(struct session *s, size_t index, struct mono_ns now, struct wall_ns wall)
{
	struct arm_call *call = &s->calls[index];
	if (call->state != ARM_DONE && call->state != ARM_FAILED)
		return;
	if (index < OPS)
		take_op(s, index, now, wall);
	else
		take_connection(s, call);
	if (arm_ended(call)) {
		call->state = ARM_IDLE; /* taken over */
		arm_free(call);
	}
	drop_failed_rows(&s->snapshot);
	if (session_ended(s))
		finish(s, wall);
}

bool session_ended(const struct session *s)
{
	for (size_t i = 0; i < SESSION_CALLS; i++)
		if (!arm_ended(&s->calls[i]))
			return false;
	return true;
}

void session_expire(struct session *s, struct wall_ns wall)
{
	struct mono_ns late = mono_add(s->deadline, NS_PER_SEC);
	for (size_t i = 0; i < SESSION_CALLS; i++) {
		if (arm_ended(&s->calls[i]))
			continue;
		arm_expire(&s->calls[i]);
		session_advance(s, i, late, wall);
	}
	finish(s, wall);
}

void session_free(struct session *s)
{
	for (size_t i = 0; i < SESSION_CALLS; i++)
		arm_free(&s->calls[i]);
	az_snapshot_free(&s->snapshot);
	az_snapshot_free(&s->first);
}
