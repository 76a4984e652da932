/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of Azure that erprobe calls, as one table: all of them read, none of
 * them changes anything. What is not in this table is never called. */
#ifndef ERPROBE_AZURE_OPS_H
#define ERPROBE_AZURE_OPS_H

#include "erprobe/plan.h"
#include "erprobe/snapshot.h"
#include "probe/http/url.h"
#include "probe/snapshot/answers.h"

#include <stdbool.h>
#include <stddef.h>

enum az_op {
	OP_CIRCUIT, OP_PEERING, OP_PEERINGS, OP_CIRCUIT_STATS, OP_PEERING_STATS,
	OP_ARP_PRIMARY, OP_ARP_SECONDARY, OP_BGP_PRIMARY, OP_BGP_SECONDARY,
	OP_ROUTES_PRIMARY, OP_ROUTES_SECONDARY,
	OP_HEALTH, OP_METRICS, OP_TRAFFIC, OP_DROPS, OP_CIRCUIT_EVENTS, OP_SERVICE_EVENTS, OP_ACTIVITY, OP_FAILOVER_TESTS,
	OP_AT_ONCE,                /* those above need the circuit's id alone */
	OP_REACH = OP_AT_ONCE, OP_REACH_FROM,
	OP_GATEWAY, OP_GATEWAY_CONNECTIONS, OP_GROUP_CONNECTIONS, OP_GATEWAY_PEERS, OP_LEARNED,
	OP_ADVERTISED_FIRST, OP_ADVERTISED_SECOND, OP_GATEWAY_LOAD, OP_GATEWAY_COUNTS,
	OP_HUB_CONNECTIONS, OP_HUB_INBOUND, OP_HUB_OUTBOUND,
	OP_PORT, OP_PORT_STATE, OP_PORT_LIGHT,
	OPS
};

/* The resource that an operation's path is appended to. */
enum op_base { BASE_CIRCUIT, BASE_PEERING, BASE_GATEWAY, BASE_GROUP, BASE_SUBSCRIPTION, BASE_PORT, BASE_HUB };

struct op_row {
	const char *name;         /* also what error lines and the snapshot call it */
	enum op_base base;
	bool post;                /* a POST that starts a long operation; else a GET */
	const char *path;
	const char *api_version;  /* further parameters may follow, already encoded; in them stand for
	                           * values: <since>, <until>, <day>, <circuit>, <peer> */
	enum link_id link;        /* of a table of one path, else LINK_NULL */
	answer_fn *answer;        /* the answer's values into the snapshot */
	size_t part;              /* offset of its struct az_part in struct az_snapshot */
};

extern const struct op_row ops_table[OPS];

/* The part of this snapshot that the operation fills. */
struct az_part *op_part(const struct op_row *op, struct az_snapshot *s);
/* The operation's name as printed: peerings carry the peering's own name. Fits az_part.operation. */
void op_name(const struct op_row *op, const struct plan_circuit *c, char *out, size_t size);
/* What a URL is made of; an id that is not known yet is "". */
struct op_ids {
	const struct plan_circuit *circuit;
	const char *gateway, *port, *hub;
	const char *peer;         /* address, for <peer> */
	struct wall_ns now;       /* <until>; <since> is a day before it, <day> OP_EVENT_DAYS days */
};
#define OP_EVENT_DAYS 30          /* maintenance is announced weeks ahead */

/* The URL of an operation. False when the ids give none. */
bool op_url(const struct op_row *op, const struct url_base *base, const struct op_ids *ids, char out[URL_MAX]);
/* The body of a POST that needs one, to out: a hub's routes name their connection. "" for all
 * others. False when it does not fit. */
#define OP_BODY_MAX (RESOURCE_ID_MAX + 96)
bool op_body(enum az_op op, const char *connection_id, char out[OP_BODY_MAX]);
/* Length of "/subscriptions/S/resourceGroups/G" in a resource id, in front of its "/providers/"; 0 when it has none. */
size_t op_group_length(const char *id);
/* A gateway of Virtual WAN, not of a virtual network, by its id. */
bool op_is_hub_gateway(const char *gateway_id);
/* The URL of one connection, whose id Azure named. */
bool op_connection_url(const struct url_base *base, const char *connection_id, char out[URL_MAX]);

#endif
