/* SPDX-License-Identifier: BSD-2-Clause */
/* A time of the history summed up for a report, from its roll-ups: quick also for years. */
#ifndef ERPROBE_HISTORY_PERIOD_H
#define ERPROBE_HISTORY_PERIOD_H

#include "analysis/period/period_report.h"
#include "probe/history/history_list.h"

struct history_period {
	struct history_found found; /* incidents and changes */
	struct period_circuit *circuits;
	size_t count;
};

/* Sums [q->since_us, q->until_us), by whole days at its ends; q->kinds and q->link are not
 * used. Fills circuits, items and cut of *view, which keep what *out holds; its since and until
 * must be set. False with one line in err. Free with history_period_free() in any case. */
bool history_period(struct history *h, const struct history_query *q, struct history_period *out, struct period_view *view, char *err,
                    size_t err_size);
void history_period_free(struct history_period *p);

#endif
