/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/refold.h"

#include "analysis/report/report.h"
#include "probe/record/trace_log.h"

#include <string.h>

struct folding {
	struct diagnosis *diagnosis;
	refold_watch *watch;
	void *arg;
	size_t frames;
};

static bool fold_one(void *arg, const struct event *e)
{
	struct folding *f = arg;
	struct match match;

	if (e->kind != EVENT_FRAME) {
		diagnosis_fold(f->diagnosis, e, NULL);
		return true;
	}
	memset(&match, 0, sizeof match);
	diagnosis_fold(f->diagnosis, e, &match);
	if (f->watch)
		f->watch(f->arg, f->frames, e->u.frame, &match);
	f->frames++;
	return true;
}

/* -- a trace: frames, and the engine's decisions in between -- */

/* Gives the engine the next frames; fewer where the log has no more (a capture that was cut). */
static void feed(struct folding *f, struct trace_engine *e, const struct event_log *log, uint64_t count)
{
	struct frame frame;
	struct match match;

	for (; count > 0 && f->frames < log->frame_count; count--, f->frames++) {
		event_log_frame(log, f->frames, &frame);
		trace_engine_frame(e, &frame, &match);
		if (f->watch)
			f->watch(f->arg, f->frames, &frame, &match);
	}
}

static bool fold_trace(const struct plan *p, const struct event_log *log, struct folding *f, struct refolded *out)
{
	const char *at = log->trace->words.text ? log->trace->words.text : "";
	struct trace_log_word word;

	out->trace = trace_engine_new(p, &log->trace->options, (struct mono_ns){0});
	if (!out->trace)
		return false;
	while (trace_log_next(&at, &word)) {
		if (word.frames > 0)
			feed(f, out->trace, log, word.frames);
		else
			trace_engine_again(out->trace, &word.decision);
	}
	feed(f, out->trace, log, UINT64_MAX);
	struct trace_run run = {0};
	trace_run_take(&run, out->trace);
	out->result = (struct run_result){
		.plan = p, .ended_at = log->end.at, .end_reason = (enum end_reason)log->end.reason, .probes_sent = run.probes_sent,
		.probes_not_sent = run.probes_not_sent, .capture_received = log->counters.received,
		.capture_dropped = log->counters.dropped, .match = run.match};
	if (!trace_engine_out_of_memory(out->trace))
		return true;
	refolded_free(out);
	return false;
}

struct trace_told refold_trace(const struct refolded *r, const struct event_log *log)
{
	return (struct trace_told){r->result.plan, log, r->trace};
}

/* -- */

bool refold_document(const struct refolded *r, const struct event_log *log, bool compact, struct strbuf *out)
{
	const struct trace_told told = refold_trace(r, log);

	if (r->trace)
		return trace_document(&told, TRACE_JSON, NULL, out, NULL, NULL);
	report_check_json(&r->result, compact, out);
	return strbuf_ok(out);
}

int refold_exit_code(const struct refolded *r, const struct event_log *log)
{
	const struct trace_told told = refold_trace(r, log);

	return r->trace ? trace_told_exit_code(&told) : run_result_exit_code(&r->result);
}

bool refold(const struct plan *p, const struct event_log *log, refold_watch *watch, void *arg,
            struct refolded *out)
{
	struct folding f = {.watch = watch, .arg = arg};

	memset(out, 0, sizeof *out);
	if (log->trace)
		return fold_trace(p, log, &f, out);
	f.diagnosis = diagnosis_new(p);
	if (!f.diagnosis)
		return false;
	event_log_each(log, fold_one, &f);
	if (!diagnosis_result(f.diagnosis, &out->result)) {
		diagnosis_free(f.diagnosis);
		memset(out, 0, sizeof *out);
		return false;
	}
	out->diagnosis = f.diagnosis;
	return true;
}

void refolded_free(struct refolded *r)
{
	run_result_free(&r->result);
	if (r->diagnosis)
		diagnosis_free(r->diagnosis);
	trace_engine_free(r->trace);
	memset(r, 0, sizeof *r);
}
