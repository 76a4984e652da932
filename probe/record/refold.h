/* SPDX-License-Identifier: BSD-2-Clause */
/* From an event log to its result. The live run and replay both come through here,
 * so that the same log gives the same document, byte for byte. */
#ifndef ERPROBE_REFOLD_H
#define ERPROBE_REFOLD_H

#include "analysis/fold/diagnosis.h"
#include "erprobe/plan.h"
#include "erprobe/result.h"
#include "probe/record/event_log.h"
#include "probe/record/trace_document.h"

#include <stdbool.h>
#include <stddef.h>

/* Told of each frame as it is folded: its place in the log and how it was classified. */
typedef void refold_watch(void *arg, size_t place, const struct frame *f, const struct match *m);

/* A result together with what it points into (besides the plan). Of a trace (event_log.trace)
 * there is the engine, and of the result only what every run has: plan, end, counts. */
struct refolded {
	struct diagnosis *diagnosis; /* of a check */
	struct trace_engine *trace;  /* of a trace */
	struct run_result result;
};

/* Folds the whole log, in event_log_each()'s order, into a fresh diagnosis (or the engine of
 * a trace, its decisions in between) and computes the result. watch may be NULL. The plan and the log must outlive *out,
 * which refolded_free() releases. False when out of memory; then *out is zeroed. */
bool refold(const struct plan *p, const struct event_log *log, refold_watch *watch, void *arg,
            struct refolded *out);
/* The result document of the run, as it was printed: run.json. Appends; false when out of memory. */
bool refold_document(const struct refolded *r, const struct event_log *log, bool compact, struct strbuf *out);
/* Of a trace: the same for its own documents (trace_document.h). */
struct trace_told refold_trace(const struct refolded *r, const struct event_log *log);
/* The exit code that the result stands for; interrupts are told by the log's end. */
int refold_exit_code(const struct refolded *r, const struct event_log *log);
/* Safe on a zeroed struct. */
void refolded_free(struct refolded *r);

#endif
