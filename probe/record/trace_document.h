/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces as documents: the one place that knows in which order a format's beginning, its
 * traces and its end are printed; and all of a run again, from its log. */
#ifndef ERPROBE_TRACE_DOCUMENT_H
#define ERPROBE_TRACE_DOCUMENT_H

#include "analysis/trace/trace_engine.h"
#include "analysis/trace_report/trace_report.h"
#include "probe/record/event_log.h"
#include "probe/record/trace_log.h"

#include <stdbool.h>
#include <stddef.h>

enum trace_format { TRACE_TEXT = 0, TRACE_JSON, TRACE_JSONL, TRACE_CSV, TRACE_MTR, TRACE_ATLAS, TRACE_FORMATS };

/* Zeroed but for format, style, out and, where wanted, hop_texts. */
struct trace_printer {
	enum trace_format format;
	struct text_style style;
	struct json_out json;
	struct strbuf *out;  /* borrowed; may be emptied between two calls */
	struct trace_hop_texts *hop_texts; /* borrowed; NULL = none are kept */
	size_t printed;
};

void trace_print_begin(struct trace_printer *p, const struct trace_run *run);
void trace_print_one(struct trace_printer *p, const struct trace_entry *t, const struct trace_run *run);
void trace_print_end(struct trace_printer *p, const struct trace_run *run);

/* What an engine counted, into *run. */
void trace_run_take(struct trace_run *run, const struct trace_engine *e);

/* Name of the address with this number (trace_engine_address()), or NULL. */
typedef const char *trace_name_of(const void *arg, uint32_t number);
/* Names of the hops, and of the destination where it is one of them. */
void trace_entry_names(struct trace_result *r, struct trace_entry *t, trace_name_of *name_of, const void *arg);

/* A run that was folded again (refold.h). */
struct trace_told { const struct plan *plan; const struct event_log *log; const struct trace_engine *engine; };
/* Called now and then while a document is made: *out may be written somewhere and emptied.
 * False ends it. */
typedef bool trace_document_sink(void *arg, struct strbuf *out);
/* Appends the whole document. JSON of more than TRACE_DOCUMENT_PRETTY traces is one line. sink may
 * be NULL. False when memory, or the sink, failed. */
#define TRACE_DOCUMENT_PRETTY 256u
bool trace_document(const struct trace_told *t, enum trace_format format, const struct text_style *style, struct strbuf *out,
                    trace_document_sink *sink, void *arg);
/* The table of `mtr --report` of each trace. */
bool trace_document_mtr(const struct trace_told *t, const struct report_place *place, struct strbuf *out);
/* Calls one for each trace, in the order of the destinations; false ends it. False also when out of memory. */
typedef bool trace_visit(void *arg, const struct trace_entry *t);
bool trace_told_each(const struct trace_told *t, trace_visit *one, void *arg);
/* The run itself. */
struct trace_run trace_told_run(const struct trace_told *t);
/* Destinations reached by this run alone. */
size_t trace_told_reached(const struct trace_told *t);
/* Exit code of the run, as its log and this engine tell it. */
int trace_told_exit_code(const struct trace_told *t);

#endif
