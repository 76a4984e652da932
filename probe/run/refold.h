/* SPDX-License-Identifier: BSD-2-Clause */
/* From an event log to its result. The live run and replay both come through here,
 * so that the same log gives the same document, byte for byte. */
#ifndef ERPROBE_REFOLD_H
#define ERPROBE_REFOLD_H

#include "analysis/diagnose/diagnosis.h"
#include "erprobe/plan.h"
#include "erprobe/result.h"
#include "probe/run/event_log.h"

#include <stdbool.h>
#include <stddef.h>

/* Told of each frame as it is folded: its place in the log and how it was classified. */
typedef void refold_watch(void *arg, size_t place, const struct frame *f, const struct match *m);

/* A result together with what it points into (besides the plan). */
struct refolded {
	struct diagnosis *diagnosis;
	struct run_result result;
};

/* Folds the whole log, in event_log_each()'s order, into a fresh diagnosis and
 * computes the result. watch may be NULL. The plan and the log must outlive *out,
 * which refolded_free() releases. False when out of memory; then *out is zeroed. */
bool refold(const struct plan *p, const struct event_log *log, refold_watch *watch, void *arg,
            struct refolded *out);
/* Safe on a zeroed struct. */
void refolded_free(struct refolded *r);

#endif
