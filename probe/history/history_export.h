/* SPDX-License-Identifier: BSD-2-Clause */
/* The outbox: runs and events in the order in which they were stored, as rows of text for
 * stores elsewhere, and how far each of those has got. Ids only grow and are committed in
 * their order, so a cursor is all that has to be kept. */
#ifndef ERPROBE_HISTORY_EXPORT_H
#define ERPROBE_HISTORY_EXPORT_H

#include "probe/history/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT_COLUMNS_MAX 36

struct export_column {
	const char *name;
	char kind; /* t text, T time, i whole number, r number, b 0 or 1 */
};

/* The same names in every store; the first column is the edge. */
struct export_table {
	const char *name;
	struct export_column columns[EXPORT_COLUMNS_MAX];
	size_t count;
	const char *key; /* columns by which a row is known, "a,b" */
};
extern const struct export_table export_runs, export_events;

struct export_rows {
	const struct export_table *table;
	char **values; /* rows * columns texts, NULL = null; owned */
	size_t rows;
	int64_t last_id; /* of the last row, or where the search began */
};

/* The circuit's id everywhere, by its name here; answers the name where there is none. */
typedef const char *export_circuit_fn(void *arg, const char *name);

/* At most `most` rows behind id `after`. False with history_error(). Free in any case. */
bool history_export_rows(struct history *h, const struct export_table *t, const char *edge, int64_t after, size_t most,
                         export_circuit_fn *circuit, void *arg, struct export_rows *out);
void history_export_free(struct export_rows *r);

struct export_cursor { int64_t run, event; };
/* How far this sink has got; from the beginning when it is new, or when the history is
 * another one. False with history_error(). */
bool history_export_cursor(struct history *h, const char *sink, struct export_cursor *out);
bool history_export_advance(struct history *h, const char *sink, const struct export_cursor *to);

#endif
