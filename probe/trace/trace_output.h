/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the traces go: each format's beginning, middle and end on standard output. */
#ifndef ERPROBE_TRACE_OUTPUT_H
#define ERPROBE_TRACE_OUTPUT_H

#include "analysis/trace/trace_engine.h"
#include "analysis/trace_report/trace_report.h"
#include "probe/host/progress.h"
#include "probe/record/trace_document.h"
#include "probe/trace/trace.h"
#include "probe/trace/trace_dests.h"
#include "probe/trace/trace_namer.h"
#include "probe/trace/trace_resume.h"

#include <stdbool.h>
#include <stddef.h>

#define TRACE_TOGETHER_MAX 64       /* traces that leave by one write at most, */
#define TRACE_TOGETHER_BYTES 262144u /* and about how much text */

/* Made, and not written yet. */
struct trace_made { uint16_t flow; bool reached, note; };

struct trace_output {
	const struct trace_run_options *options;
	const struct trace_dests *dests;
	const struct plan *plan;
	struct trace_engine *engine;
	const struct trace_namer *namer; /* NULL = no names asked for */
	struct progress *progress;
	struct wall_ns *ended_at;        /* by flow; owned */
	struct strbuf text;
	struct trace_hop_texts *hop_texts; /* owned */
	struct trace_printer printer;
	struct mono_ns until;            /* a reader who takes nothing then is given up */
	struct trace_resume *resume;     /* notes each trace that was printed; NULL = none */
	bool goes_on;                    /* after an earlier run's output: no head again */
	struct trace_made made[TRACE_TOGETHER_MAX];
	size_t made_count;
	bool keeps;                      /* what was printed is still needed: the evidence is made of it */
	size_t reached;
	bool failed;                     /* a line on standard error said why */
};

/* False when out of memory. Free with trace_output_free() in any case. */
bool trace_output_init(struct trace_output *o);
void trace_output_free(struct trace_output *o);
/* A trace ended; at = when. Formats that are lists make it now and write it by the next
 * trace_output_flush() at the latest; a document prints it at its end. */
void trace_output_ended(struct trace_output *o, uint16_t flow, struct wall_ns at);
/* What was made so far leaves; then it is noted for --resume. */
void trace_output_flush(struct trace_output *o);
/* As time passes: is there anybody who reads? failed tells. */
void trace_output_look(struct trace_output *o);
/* The end of the run: documents are printed. */
void trace_output_finish(struct trace_output *o, const struct trace_run *run);

#endif
