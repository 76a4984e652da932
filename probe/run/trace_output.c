/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/trace_output.h"

#include "probe/cli/options.h"
#include "probe/run/output.h"
#include "probe/run/trace_say.h"

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
	o->style = (struct text_style){
		.color = options_color(o->options->color, STDOUT_FILENO),
		.verbose = o->options->verbose,
		.width = options_width(STDOUT_FILENO),
	};
	strbuf_init(&o->text, STRBUF_MAX_DEFAULT);
	if (o->options->format == TRACE_CSV && !o->goes_on)
		report_trace_csv_head(&o->text);
	return o->ended_at != NULL;
}

void trace_output_free(struct trace_output *o)
{
	free(o->ended_at);
	strbuf_free(&o->text);
}

/* What was made so far leaves, and its room is used again. */
static void flush(struct trace_output *o)
{
	if (!o->failed && !strbuf_ok(&o->text)) {
		trace_error(o->progress, "out of memory for the result");
		o->failed = true;
	}
	if (!o->failed && o->text.len > 0) {
		progress_clear(o->progress);
		if (!output_write(o->text.text, o->text.len)) {
			trace_error(o->progress, "cannot write the result to standard output: %s", strerror(errno));
			o->failed = true;
		}
	}
	o->text.len = 0;
}

static const char *name_of(const struct trace_output *o, uint32_t number)
{
	return o->namer ? trace_namer_name(o->namer, number) : NULL;
}

/* Names of the hops, and of the destination where it is one of them. */
static void add_names(const struct trace_output *o, struct trace_result *r, struct trace_entry *t)
{
	for (size_t i = 0; i < r->hop_count; i++) {
		struct trace_hop *h = &r->hops[i];
		for (size_t k = 0; k < h->hop.address_count && k < HOP_ADDRESSES_MAX; k++) {
			h->names[k] = name_of(o, h->numbers[k]);
			if (ip_addr_equal(&h->hop.addresses[k], &r->flow->dst))
				t->name = h->names[k];
		}
	}
}

static void write_one(struct trace_output *o, const struct trace_entry *t, const struct trace_run *run)
{
	switch (o->options->format) {
	case TRACE_JSON:
		report_trace_json_one(&o->json, t);
		break;
	case TRACE_JSONL:
		report_trace_jsonl(t, &o->text);
		break;
	case TRACE_CSV:
		report_trace_csv(t, &o->text);
		break;
	case TRACE_MTR:
		report_trace_mtr(t, run, &o->text);
		break;
	case TRACE_ATLAS:
		report_trace_atlas(&o->json, t, run);
		break;
	default:
		if (o->printed > 0)
			strbuf_add_char(&o->text, '\n');
		report_trace_text(t, &o->style, &o->text);
		break;
	}
}

/* What our own host could not send is to be tried again. */
static void note_done(struct trace_output *o, const struct trace_result *r)
{
	if (!o->resume || o->failed || r->refusal != SEND_OK || trace_resume_note(o->resume, &r->flow->dst, r->reached))
		return;
	trace_error(o->progress, "cannot write the resume file: %s", strerror(errno));
	o->failed = true;
}

static void print_one(struct trace_output *o, uint16_t flow, const struct trace_run *run)
{
	const struct plan_flow *f = &o->plan->flows[flow];
	char text[IP_TEXT_MAX];
	struct trace_result r;
	struct trace_entry t = {
		.destination = trace_dest_text(&o->dests->list[flow], text),
		.iface = f->no_route ? "" : o->plan->ifaces[f->iface].name,
		.started_at = o->plan->started_at,
		.ended_at = o->ended_at[flow],
		.result = &r,
	};

	if (!trace_result_make(o->engine, flow, &r)) {
		if (!o->failed)
			trace_error(o->progress, "out of memory for the result");
		o->failed = true;
		return;
	}
	/* One that will be done again is not told twice. */
	if (!o->resume || r.complete) {
		add_names(o, &r, &t);
		write_one(o, &t, run);
		o->printed++;
		o->reached += r.reached;
		flush(o);
		note_done(o, &r);
	}
	trace_result_free(&r);
}

void trace_output_ended(struct trace_output *o, uint16_t flow, struct wall_ns at)
{
	o->ended_at[flow] = at;
	if (!is_list(o->options->format))
		return;
	print_one(o, flow, NULL);
	trace_engine_forget(o->engine, flow);
}

void trace_output_finish(struct trace_output *o, const struct trace_run *run)
{
	enum trace_format f = o->options->format;

	if (f == TRACE_JSON)
		report_trace_json_begin(&o->json, run, &o->text);
	if (f == TRACE_ATLAS)
		report_trace_atlas_begin(&o->json, &o->text);
	for (size_t i = 0; i < o->plan->flow_count && !is_list(f); i++)
		print_one(o, (uint16_t)i, run);
	if (f == TRACE_JSON)
		report_trace_json_end(&o->json, run);
	if (f == TRACE_ATLAS)
		report_trace_atlas_end(&o->json);
	flush(o);
}
