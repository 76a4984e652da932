/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the result of a check goes: standard output, the evidence, the closing line. */
#ifndef ERPROBE_CHECK_OUTPUT_H
#define ERPROBE_CHECK_OUTPUT_H

#include "analysis/fold/diagnosis.h"
#include "erprobe/result.h"
#include "probe/host/progress.h"
#include "probe/record/event_log.h"
#include "probe/run/check.h"

#include <stdbool.h>

/* Prints the result as o asks, saves the evidence where o asks for it, and says on
 * standard error how the run of each circuit ended. The evidence holds the document of
 * --json whatever was printed. False when any of it failed, each failure being one
 * line on standard error; what could be done is done. */
bool check_output(const struct check_options *o, const struct run_result *r, const struct event_log *log,
                  struct progress *p);

/* Prints what a running diagnosis has found by now as one line of --jsonl: a document
 * whose end_reason is null. Skipped where standard output would have to be waited for:
 * the probing comes first. */
void check_interim(const struct diagnosis *live, struct wall_ns now);

#endif
