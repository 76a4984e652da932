/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said when a run of traces has ended; with `--explain-rate` how fast the network
 * and each hop was asked, and why. */
#ifndef ERPROBE_TRACE_EXPLAIN_H
#define ERPROBE_TRACE_EXPLAIN_H

#include "analysis/trace/trace_engine.h"
#include "probe/host/progress.h"
#include "probe/trace/trace.h"

/* Warns of what did not leave (by send_result), of an end from outside, of stalls of this
 * program and of frames that the capture lost. */
void trace_say_ending(struct progress *p, const uint32_t not_sent[SEND_RESULTS], enum end_reason reason, int64_t stall_ns,
                      uint64_t dropped);
/* On standard error, also with -q: it was asked for. limits are those in effect. */
void trace_explain(struct progress *p, const struct plan *plan, const struct trace_engine *e, const struct trace_run_options *o,
                   const struct plan_limits *limits, uint32_t sent, uint32_t by_link);

#endif
