/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking back: the history's rows as values for the reports. */
#ifndef ERPROBE_HISTORY_LIST_H
#define ERPROBE_HISTORY_LIST_H

#include "analysis/period/history_report.h"
#include "probe/history/history.h"

#define HISTORY_ITEMS_MAX 20000

/* What is asked for. */
struct history_query {
	int64_t since_us, until_us;
	char *const *circuits;  /* none = all */
	size_t circuit_count;
	const char *link;       /* "primary", "secondary" or NULL = both */
	bool kinds[HISTORY_KINDS];
};

/* Rows found; all owned. */
struct history_found {
	struct history_sum *sums;
	size_t sum_count;
	struct history_item *items;
	size_t item_count;
	bool cut;
};

/* Collects in the order of time. False with one line in err; also when a circuit is not
 * in the history. Free with history_found_free() in any case. */
bool history_list(struct history *h, const struct history_query *q, struct history_found *out, char *err, size_t err_size);
void history_found_free(struct history_found *f);

/* Two runs side by side, by their ids or the unique beginnings of at least 8 characters. DIFF_TEXT: "NAME\tA\tB" a
 * difference; else a document erprobe.history-diff/1. False with one line in err. */
enum diff_format { DIFF_TEXT = 0, DIFF_JSON, DIFF_JSONL };
bool history_diff(struct history *h, const char *a, const char *b, enum diff_format format, struct strbuf *out, char *err, size_t err_size);

#endif
