/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_output.h"

#include "probe/host/output.h"
#include "probe/trace/trace_plan.h"
#include "probe/trace/trace_progress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Formats in which each trace stands for itself. */
static bool is_list(enum trace_format f)
{
	return f == TRACE_TEXT || f == TRACE_JSONL || f == TRACE_CSV;
}

bool trace_output_init(struct trace_output *o)
{
	o->ended_at = calloc(o->plan->flow_count + 1, sizeof *o->ended_at);
	o->hop_texts = calloc(1, sizeof *o->hop_texts);
	strbuf_init(&o->text, STRBUF_MAX_DEFAULT);
	o->printer = (struct trace_printer){
		.format = o->options->format,
		.style = {.color = terminal_color(o->options->color, STDOUT_FILENO),
		          .verbose = o->options->verbose,
		          .width = terminal_width(STDOUT_FILENO)},
		.out = &o->text,
		.hop_texts = o->hop_texts,
	};
	if (is_list(o->options->format) && !o->goes_on)
		trace_print_begin(&o->printer, NULL);
	return o->ended_at != NULL && o->hop_texts != NULL;
}

void trace_output_free(struct trace_output *o)
{
	free(o->ended_at);
	free(o->hop_texts);
	strbuf_free(&o->text);
}

static void cannot_note(struct trace_output *o)
{
	progress_error(o->progress, "cannot write the resume file: %s", strerror(errno));
	o->failed = true;
}

static void note_made(struct trace_output *o)
{
	for (size_t i = 0; i < o->made_count && o->resume; i++)
		if (o->made[i].note)
			trace_resume_add(o->resume, &o->plan->flows[o->made[i].flow].dst, o->made[i].reached);
	if (o->resume && !o->failed && !trace_resume_end(o->resume))
		cannot_note(o);
	o->made_count = 0;
}

/* Its room is used again. */
void trace_output_flush(struct trace_output *o)
{
	if (!o->failed && !strbuf_ok(&o->text)) {
		progress_error(o->progress, "out of memory for the result");
		o->failed = true;
	}
	if (o->text.len == 0 && o->made_count == 0)
		return;
	if (o->resume && !o->failed && !trace_resume_begin(o->resume, STDOUT_FILENO, o->text.len))
		cannot_note(o);
	if (!o->failed && o->text.len > 0) {
		progress_clear(o->progress);
		if (!output_write_until(o->text.text, o->text.len, o->until)) {
			progress_error(o->progress, "cannot write the result to standard output: %s",
			               errno == ETIMEDOUT ? "its reader takes nothing" : strerror(errno));
			o->failed = true;
		}
	}
	o->text.len = 0;
	note_made(o);
}

void trace_output_look(struct trace_output *o)
{
	if (o->failed || !output_is_broken())
		return;
	progress_error(o->progress, "cannot write the result to standard output: %s", strerror(EPIPE));
	o->failed = true;
}

static const char *name_of(const void *arg, uint32_t number)
{
	const struct trace_output *o = arg;

	return o->namer ? trace_namer_name(o->namer, number) : NULL;
}

static void print_one(struct trace_output *o, uint16_t flow, const struct trace_run *run)
{
	const struct plan_flow *f = &o->plan->flows[flow];
	char text[IP_TEXT_MAX];
	struct trace_result r;
	struct trace_entry t = {
		.destination = trace_dest_text(&o->dests->list[flow / trace_plan_group(o->options)], text),
		.iface = f->no_route ? "" : o->plan->ifaces[f->iface].name,
		.started_at = o->plan->started_at,
		.ended_at = o->ended_at[flow],
		.result = &r,
	};

	if (!trace_result_make(o->engine, flow, &r)) {
		if (!o->failed)
			progress_error(o->progress, "out of memory for the result");
		o->failed = true;
		return;
	}
	/* One that will be done again is not told twice. */
	if (!o->resume || r.complete) {
		trace_entry_names(&r, &t, name_of, o);
		trace_print_one(&o->printer, &t, run);
		o->reached += r.reached;
		/* What our own host could not send is to be tried again. */
		o->made[o->made_count++] = (struct trace_made){flow, r.reached, r.refusal == SEND_OK};
		if (o->made_count == TRACE_TOGETHER_MAX || o->text.len >= TRACE_TOGETHER_BYTES)
			trace_output_flush(o);
	}
	trace_result_free(&r);
}

void trace_output_ended(struct trace_output *o, uint16_t flow, struct wall_ns at)
{
	o->ended_at[flow] = at;
	if (!is_list(o->options->format))
		return;
	print_one(o, flow, NULL);
	if (!o->keeps)
		trace_engine_forget(o->engine, flow);
}

void trace_output_finish(struct trace_output *o, const struct trace_run *run)
{
	enum trace_format f = o->options->format;

	if (!is_list(f))
		trace_print_begin(&o->printer, run);
	for (size_t i = 0; i < o->plan->flow_count && !is_list(f); i += trace_plan_group(o->options))
		print_one(o, (uint16_t)i, run);
	if (!is_list(f))
		trace_print_end(&o->printer, run);
	trace_output_flush(o);
}
