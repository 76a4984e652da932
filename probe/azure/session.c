/* SPDX-License-Identifier: BSD-2-Clause */
/* All reads of one circuit.
 *
 *   at once: circuit, peering, both counters, three tables a path, health, metrics
 *            with a gateway in the configuration: gateway, its connections, its peers
 *            without: connections of the circuit's resource group
 *   then:    list of peerings, when the peering itself is not found
 *            gateway and its peers, when a connection names the gateway
 *            single connections, when the list has no status for them */
#include "probe/azure/session.h"

#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void start(struct session *s, enum az_op op, struct mono_ns now)
{
	const struct op_row *row = &ops_table[op];
	struct arm_call *call = &s->calls[op];
	char url[URL_MAX];
	bool has_url = op_url(row, s->base, s->circuit, s->gateway_id, url);
	arm_begin(call, s->names[op], row->post, has_url ? url : "", now, s->deadline);
	if (!has_url)
		arm_fail(call, "the resource id gives no URL: check it in the configuration");
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
	snprintf(s->gateway_id, sizeof(s->gateway_id), "%s", circuit->gateway_id);
	name_parts(s);
	for (size_t op = 0; op < OP_GATEWAY; op++)
		if (op != OP_PEERINGS)
			start(s, (enum az_op)op, now);
	if (s->gateway_id[0]) {
		start(s, OP_GATEWAY, now);
		start(s, OP_GATEWAY_CONNECTIONS, now);
		start(s, OP_GATEWAY_PEERS, now);
	} else {
		start(s, OP_GROUP_CONNECTIONS, now);
	}
	for (size_t op = 0; op < OPS; op++) /* an id without a URL has failed by now */
		session_advance(s, op, now, wall);
}

/* ------------------------------------------------------------------ follow-ups */

static void start_gateway(struct session *s, struct mono_ns now)
{
	if (s->gateway_id[0] || !s->named_gateway[0])
		return;
	memcpy(s->gateway_id, s->named_gateway, sizeof(s->gateway_id));
	start(s, OP_GATEWAY, now);
	start(s, OP_GATEWAY_PEERS, now);
}

static bool has_type(const struct az_connection *c, const char *type)
{
	return !c->type.present || strcasecmp(c->type.text, type) == 0;
}

/* An id that was cut to fit gives no URL; its row keeps what the list said. */
static void start_connections(struct session *s, struct mono_ns now)
{
	size_t next = OPS;
	for (size_t i = 0; i < s->snapshot.connections.count && next < SESSION_CALLS; i++) {
		const struct az_connection *c = &s->snapshot.connections.rows[i];
		char url[URL_MAX];
		if (c->status.present || !has_type(c, "ExpressRoute") || strstr(c->id.text, "\xe2\x80\xa6") ||
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
static bool look_in_list(struct session *s, size_t index, const struct arm_call *call, struct mono_ns now)
{
	if (index != OP_PEERING || call->state != ARM_FAILED || call->http_status != 404)
		return false;
	start(s, OP_PEERINGS, now);
	return s->calls[OP_PEERINGS].state == ARM_READY;
}

/* The answer's values into the snapshot; a shape that is not the operation's fails the call. */
static void take_answer(struct session *s, const struct op_row *row, struct arm_call *call)
{
	struct answer_for f = {.circuit = s->circuit, .link = row->link};
	char err[160] = "";
	if (!row->answer(arm_result(call), &f, &s->snapshot, err, sizeof(err)))
		arm_fail(call, "%d, but %s", (int)call->http_status, err);
	else if (f.gateway_id[0] && !s->named_gateway[0])
		memcpy(s->named_gateway, f.gateway_id, sizeof(s->named_gateway));
}

static void take_op(struct session *s, size_t index, struct mono_ns now, struct wall_ns wall)
{
	const struct op_row *row = &ops_table[index];
	struct arm_call *call = &s->calls[index];
	struct az_part *part = op_part(row, &s->snapshot);
	if (look_in_list(s, index, call, now))
		return;
	if (call->state == ARM_DONE)
		take_answer(s, row, call);
	if (call->state == ARM_DONE && !part->cut && arm_next_page(call, s->base, now))
		return;
	close_part(s, call, part, wall);
	if (call->state == ARM_DONE && (index == OP_GROUP_CONNECTIONS || index == OP_GATEWAY_CONNECTIONS)) {
		start_gateway(s, now);
		start_connections(s, now);
	}
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

static void finish(struct session *s, struct wall_ns wall)
{
	struct az_snapshot *snap = &s->snapshot;
	if (snap->finished)
		return;
	struct az_part *waiting[] = {&snap->gateway.part, &snap->gateway_peers.part};
	for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++)
		if (waiting[i]->read == AZ_NOT_ASKED)
			text_format(waiting[i]->error, sizeof(waiting[i]->error),
			            "%s: not asked: no gateway_id is configured and no connection names one",
			            waiting[i]->operation);
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
}
