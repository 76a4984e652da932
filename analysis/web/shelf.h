/* SPDX-License-Identifier: BSD-2-Clause */
/* What the audit hands to the process that serves it: documents that are ready to be sent,
 * as one run of bytes. The page comes as parts, so that a reader gets those that changed. */
#ifndef ERPROBE_WEB_SHELF_H
#define ERPROBE_WEB_SHELF_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHELF_MAX ((size_t)32 << 20) /* bytes of all together */
#define SHELF_ID_MAX 40 /* a run's id has 36 characters */

enum shelf_kind {
	SHELF_METRICS = 1, /* Prometheus' text format */
	SHELF_OPENMETRICS,
	SHELF_NAME,        /* a name by which the host may be asked (request.h) */
	SHELF_STATE,       /* its id names the state of the page: another page, another id */
	SHELF_FIXED,       /* of the page: a reader who has it need not have it again */
	SHELF_PART,        /* of the page: an element with this id */
	SHELF_REPORT       /* the report page of the run with this id */
};

/* One entry; text is not NUL-terminated and lives as long as the bytes. */
struct shelf_entry {
	enum shelf_kind kind;
	char id[SHELF_ID_MAX]; /* "" unless a part, a state or a report */
	const char *text;
	size_t len;
};

struct shelf_reader { const uint8_t *at; size_t left; bool bad; };

void shelf_add(struct strbuf *out, enum shelf_kind kind, const char *id, const char *text, size_t len);
/* Begins to read. */
struct shelf_reader shelf_over(const void *data, size_t len);
/* The next entry; false at the end, or when what follows is none: then bad is set. */
bool shelf_next(struct shelf_reader *r, struct shelf_entry *out);

#endif
