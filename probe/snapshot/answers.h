/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers to the snapshot: each function takes named values out of one answer
 * and nothing else, so a secret in an answer has no way further. Wrong types never fail
 * an answer: the value is absent. */
#ifndef ERPROBE_AZURE_ANSWERS_H
#define ERPROBE_AZURE_ANSWERS_H

#include "erprobe/plan.h"
#include "erprobe/snapshot.h"
#include "probe/json/json_in.h"

#include <stdbool.h>
#include <stddef.h>

/* Most bytes that one table may take as JSON, so that a whole snapshot always fits one
 * record to the parent (16 MiB): five route tables, 21 small ones, and the single values.
 * A route table of 4,096 rows of usual length takes three quarters of it. */
#define AZ_TABLE_BYTES_MAX ((size_t)1900000)
#define AZ_FEW_BYTES_MAX ((size_t)300000)
#define AZ_FEW_ROWS_MAX 512

/* What an answer is read for. */
struct answer_for {
	const struct plan_circuit *circuit;
	enum link_id link;                     /* of a table of one path */
	struct wall_ns since;                  /* events that ended before are of no interest */
	char gateway_id[RESOURCE_ID_MAX];      /* out: gateway of a connection to our circuit, or "" */
};

/* False with one line in err when the answer has not the shape of this operation. Tables
 * add their rows to those of earlier pages. A NULL value is an answer without content. */
typedef bool answer_fn(const struct json_value *v, struct answer_for *f, struct az_snapshot *s,
                       char *err, size_t err_size);

answer_fn answer_circuit, answer_peering, answer_circuit_stats, answer_peering_stats;
/* All peerings of the circuit, and their public prefixes. */
answer_fn answer_peerings;
/* Our peering out of the list into s->peering (but for its part); false when it is not there. */
bool answer_pick_peering(const struct plan_circuit *c, struct az_snapshot *s);
/* Our peering as the circuit's own answer has it, into *out (but for its part); false when it is not there, which tells
 * nothing: a circuit whose provider configured the peering may not show it yet. */
bool answer_peering_of_circuit(const struct json_value *v, const struct plan_circuit *c, struct az_peering *out);
answer_fn answer_arp, answer_bgp, answer_routes;
answer_fn answer_gateway, answer_gateway_peers;
answer_fn answer_health, answer_metrics, answer_traffic, answer_drops, answer_gateway_load, answer_gateway_counts;
answer_fn answer_port_state, answer_port_light;
answer_fn answer_reach, answer_reach_from, answer_port, answer_failover_tests;
answer_fn answer_circuit_events, answer_service_events, answer_activity;
/* Routes of a virtual network gateway; learned, or announced to session 0 or 1. */
answer_fn answer_learned, answer_advertised_first, answer_advertised_second;
/* The same of a virtual hub, for one connection. */
answer_fn answer_hub_inbound, answer_hub_outbound;
/* All connections of the list, or those alone that lead to our circuit. */
answer_fn answer_connections, answer_circuit_connections;
/* One connection read by itself: replaces the row of the same id. */
answer_fn answer_connection;

/* A JSON text or number as text, anything else as absent; cut to AZ_TEXT_MAX at a
 * character border, invalid UTF-8 replaced. */
void answer_text(const struct json_value *v, struct az_text *out);
void answer_int(const struct json_value *v, struct az_int *out);

/* Room for one more row of this size, by doubling up to AZ_ROWS_MAX: returns the rows,
 * zeroed at [count], or NULL with *cut set when the table or memory is full. */
void *answer_grow(void *rows, size_t count, size_t row_size, bool *cut);
/* Most bytes that this value takes in a JSON document. */
size_t answer_json_size(const struct az_text *t);

#endif
