/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe trace --evidence`: the log of a run while it runs, and the bundle at its end. All calls
 * are fine, and do nothing, where no evidence was asked for. */
#ifndef ERPROBE_TRACE_EVIDENCE_H
#define ERPROBE_TRACE_EVIDENCE_H

#include "analysis/trace/trace_engine.h"
#include "probe/record/event_log.h"
#include "probe/trace/trace.h"
#include "probe/trace/trace_dests.h"
#include "probe/trace/trace_namer.h"
#include "probe/trace/trace_resume.h"

#include <stdbool.h>
#include <stddef.h>

/* Zeroed: no evidence. */
struct trace_evidence { const char *dir, *sign_key; struct event_log log; };

/* Is the plan one that a bundle can hold? False with one line in err. */
bool trace_evidence_takes(const struct trace_run_options *o, const struct plan *p, char *err, size_t err_size);
/* Logs what the engine decides from now on. False with one line in err. */
bool trace_evidence_begin(struct trace_evidence *e, const struct trace_run_options *o, const struct trace_options *engine_options,
                          const struct plan *p, struct trace_engine *engine, char *err, size_t err_size);
/* May another frame be folded? What cannot be logged must not count either. */
bool trace_evidence_has_room(const struct trace_evidence *e);
/* A frame was folded; m says what it was. Those that are none of ours are not kept. */
void trace_evidence_frame(struct trace_evidence *e, const struct frame *f, const struct match *m);

/* What only the run knows, when it has ended; all borrowed. */
struct trace_closing {
	const struct trace_dests *dests;
	const struct trace_namer *namer;  /* or NULL */
	const struct wall_ns *ended_at;   /* by flow */
	struct trace_done before;
	struct event_end end;
	bool has_counters;
	struct event_counters counters;
	uint32_t clock_steps, drop_bins, by_link;
	int64_t lag_ns, stall_ns;
};
/* The end of the log: nothing is decided after it. False when out of memory. */
bool trace_evidence_close(struct trace_evidence *e, const struct trace_closing *c, struct trace_engine *engine);
/* Folds the log once more and writes the bundle. False with one line in err; then nothing is left. */
bool trace_evidence_save(struct trace_evidence *e, const struct plan *p, char *err, size_t err_size);
void trace_evidence_free(struct trace_evidence *e);

#endif
