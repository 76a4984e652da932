/* SPDX-License-Identifier: BSD-2-Clause */
/* What the history holds of a time, for a person and for programs: text, erprobe.history/1
 * and CSV. Rows in the order given. */
#ifndef ERPROBE_HISTORY_REPORT_H
#define ERPROBE_HISTORY_REPORT_H

#include "analysis/render/page.h"
#include "analysis/value/json_out.h"
#include "erprobe/result.h"

#include <stdint.h>

#define HISTORY_TEXT_MAX 640

enum history_kind { HISTORY_INCIDENT, HISTORY_PATH_CHANGE, HISTORY_AZURE_CHANGE, HISTORY_RUN, HISTORY_HOP, HISTORY_KINDS };

/* One thing that happened, or stood, in a circuit. Texts may come from anywhere: writers
 * make them safe. "" = none. */
struct history_item {
	enum history_kind kind;
	int64_t at_us;         /* when it began; of a hop: when it was first seen */
	int64_t until_us;      /* when it ended, or was last seen; -1 = it still stands */
	char circuit[NAME_MAX_LEN];
	char link[16];
	char what[80];         /* fault id, link, Azure's setting, outcome of a run, hop address */
	char status[16], domain[16];
	double confidence;     /* below 0: none */
	char before[HISTORY_TEXT_MAX], after[HISTORY_TEXT_MAX];
	char summary[SENTENCE_MAX];
	char run_id[UUID_TEXT_MAX];
	int64_t ttl, sent, answered, median_us; /* of a hop; -1 = none */
	bool planned;          /* an incident during planned maintenance that Azure knew of */
	bool flapping;         /* an incident that goes and comes again and again */
};

/* The count of runs of a circuit in the time. */
struct history_sum {
	char circuit[NAME_MAX_LEN];
	int64_t runs, healthy, degraded, fault, undetermined, lost;
	int64_t incidents;
};

struct history_view {
	struct wall_ns since, until;
	const struct history_sum *sums;
	size_t sum_count;
	const struct history_item *items;
	size_t item_count;
	bool cut; /* there are more items than are given */
};

/* The share of runs with a verdict in which traffic worked: healthy or degraded. Below 0
 * when there is no such run. */
double history_availability(const struct history_sum *s);
void history_text(const struct history_view *v, const struct text_style *style, struct strbuf *out);
void history_json(const struct history_view *v, bool compact, struct strbuf *out);
/* RFC 4180 with one heading line; cells that a spreadsheet would take for a formula begin
 * with an apostrophe. */
void history_csv(const struct history_view *v, struct strbuf *out);

/* -- inside analysis/period/ -- */
/* The items under their heading; as the members "items" and "cut" (there were more). */
void history_text_items(struct page *p, const struct history_view *v);
void history_json_items(struct json_out *j, const struct history_item *items, size_t count, bool cut);

#endif
