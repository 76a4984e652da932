/* SPDX-License-Identifier: BSD-2-Clause */
/* What the audit knows as metrics: base units, and no labels but those that the
 * configuration bounds. */
#ifndef ERPROBE_METRICS_H
#define ERPROBE_METRICS_H

#include "analysis/audit/record.h"
#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One circuit; last is its last finished run, NULL for none. */
struct metrics_circuit {
	const char *name;
	const struct run_record *last;
	bool up;       /* the last run finished */
	bool incident; /* one is open */
	uint64_t runs[RECORD_FAILED + 1]; /* by outcome, since the start */
	uint64_t probes;
	double took_s; /* the last run */
};

struct metrics_view {
	const char *version;
	const struct metrics_circuit *circuits;
	size_t count;
	bool store_ok;
	size_t waiting; /* runs that are not stored yet */
	bool config_ok; /* the last reload was taken over */
};

/* The two texts differ in how counters are named in TYPE and HELP, and in the end mark. */
enum metrics_form {
	METRICS_PROMETHEUS, /* text format 0.0.4 */
	METRICS_OPENMETRICS /* OpenMetrics 1.0.0 */
};

/* Every circuit has erprobe_up and erprobe_verdict, also when nothing ever answered: then
 * the verdict is undetermined. What was not measured is left out. */
void metrics_text(const struct metrics_view *v, enum metrics_form form, struct strbuf *out);

#endif
