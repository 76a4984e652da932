/* SPDX-License-Identifier: BSD-2-Clause */
/* A kind of row as a list of fields: where Azure has each value, what our own document
 * calls it and where it lies in the struct. One list serves the answer's decoding, the
 * allow-list of what is saved, and the reading back. */
#ifndef ERPROBE_AZURE_FIELDS_H
#define ERPROBE_AZURE_FIELDS_H

#include "analysis/value/json_out.h"
#include "erprobe/snapshot.h"
#include "probe/json/json_in.h"

#include <stdbool.h>
#include <stddef.h>

enum field_kind { FIELD_TEXT, FIELD_INT, FIELD_FLAG };

struct field {
	const char *key;       /* in our document */
	const char *from;      /* in Azure's answer: keys joined by '/', a number picks out of a list */
	const char *or_from;   /* where the other API has it; NULL = nowhere */
	enum field_kind kind;
	size_t at;             /* offset in the row */
};

struct field_set {
	const struct field *fields;
	size_t count, row_size;
};

extern const struct field_set fields_circuit_more, fields_peering_more, fields_connection_more, fields_gateway_more;
extern const struct field_set fields_gateway_route, fields_hub_route, fields_reach, fields_port, fields_port_link;
extern const struct field_set fields_event, fields_activity, fields_failover_test, fields_metric, fields_metric_more, fields_metric_falls;
extern const struct field_set fields_public_prefix;

/* Azure's object into a zeroed row: wrong types and what is missing are absent. */
void fields_decode(const struct field_set *set, const struct json_value *v, void *row);
/* Writes the members of a row into the object that is open. */
void fields_write(struct json_out *j, const struct field_set *set, const void *row);
/* Reads what fields_write wrote. False with the key that is wrong, and in *missing whether
 * it is not there at all. */
bool fields_read(const struct field_set *set, const struct json_value *v, void *row, const char **key, bool *missing);
/* Most bytes that the row takes in our document, brackets not counted. */
size_t fields_bytes(const struct field_set *set, const void *row);

/* An az_int or az_flag in our document: null when absent, text beyond 2^53. */
void fields_write_int(struct json_out *j, const char *key, const struct az_int *i);

#endif
