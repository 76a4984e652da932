/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/trace_document.h"

#include <stdlib.h>

/* -- formats -- */

void trace_print_begin(struct trace_printer *p, const struct trace_run *run)
{
	if (p->format == TRACE_CSV)
		report_trace_csv_head(p->out);
	if (p->format == TRACE_JSON)
		report_trace_json_begin(&p->json, run, p->out);
	if (p->format == TRACE_ATLAS)
		report_trace_atlas_begin(&p->json, p->out);
}

void trace_print_one(struct trace_printer *p, const struct trace_entry *t, const struct trace_run *run)
{
	switch (p->format) {
	case TRACE_JSON:
		report_trace_json_one(&p->json, t);
		break;
	case TRACE_JSONL:
		report_trace_jsonl(t, p->hop_texts, p->out);
		break;
	case TRACE_CSV:
		report_trace_csv(t, p->out);
		break;
	case TRACE_MTR:
		report_trace_mtr(t, run, p->out);
		break;
	case TRACE_ATLAS:
		report_trace_atlas(&p->json, t, run);
		break;
	default:
		if (p->printed > 0)
			strbuf_add_char(p->out, '\n');
		report_trace_text(t, &p->style, p->out);
		break;
	}
	p->printed++;
}

void trace_print_end(struct trace_printer *p, const struct trace_run *run)
{
	if (p->format == TRACE_JSON)
		report_trace_json_end(&p->json, run);
	if (p->format == TRACE_ATLAS)
		report_trace_atlas_end(&p->json);
}

void trace_run_take(struct trace_run *run, const struct trace_engine *e)
{
	const uint32_t *why = trace_engine_not_sent_counts(e);

	run->probes_sent = trace_engine_sent(e);
	run->resets_sent = trace_engine_resets(e);
	run->match = *trace_engine_counts(e);
	run->set_aside = trace_engine_set_aside(e);
	run->links_down = why[SEND_LINK_DOWN];
	run->probes_not_sent = 0;
	for (int r = SEND_OK + 1; r < SEND_RESULTS; r++)
		run->probes_not_sent += why[r];
}

void trace_entry_names(struct trace_result *r, struct trace_entry *t, trace_name_of *name_of, const void *arg)
{
	for (size_t i = 0; i < r->hop_count; i++) {
		struct trace_hop *h = &r->hops[i];
		for (size_t k = 0; k < h->hop.address_count && k < HOP_ADDRESSES_MAX; k++) {
			h->names[k] = name_of(arg, h->numbers[k]);
			if (ip_addr_equal(&h->hop.addresses[k], &r->flow->dst))
				t->name = h->names[k];
		}
	}
}

/* -- a run again -- */

struct trace_run trace_told_run(const struct trace_told *t)
{
	const struct event_log *log = t->log;
	struct trace_run run = {
		.plan = t->plan,
		.ended_at = log->end.at,
		.end_reason = (enum end_reason)log->end.reason,
		.has_capture = log->has_counters,
		.capture_received = log->counters.received,
		.capture_dropped = log->counters.dropped,
		.capture = trace_capture_for(log->trace->destination_count, t->plan->limits.rate, log->trace->options.sizes),
		.clock_steps = log->trace->clock_steps,
		.drop_bins = log->trace->drop_bins,
		.by_link = log->trace->by_link,
		.longest_lag_ns = log->trace->lag_ns,
		.longest_stall_ns = log->trace->stall_ns,
		.max_ttl = log->trace->options.max_ttl,
		.count = log->trace->options.count,
		.compact = log->trace->destination_count > TRACE_DOCUMENT_PRETTY,
	};

	trace_run_take(&run, t->engine);
	return run;
}

/* Names by the numbers of the engine's addresses; the log has them in the same order. */
static const char **number_names(const struct trace_told *t)
{
	const struct trace_log *l = t->log->trace;
	uint32_t count = trace_engine_addresses(t->engine);
	const char **names = calloc((size_t)count + 1, sizeof *names);
	size_t next = 0;

	for (uint32_t i = 0; names && i < count && next < l->name_count; i++) {
		struct ip_addr a = trace_engine_address(t->engine, i);
		if (ip_addr_equal(&a, &l->names[next].address))
			names[i] = l->names[next++].name;
	}
	return names;
}

static const char *numbered_name(const void *arg, uint32_t number)
{
	const char *const *names = arg;

	return names[number];
}

bool trace_told_each(const struct trace_told *t, trace_visit *one, void *arg)
{
	const struct trace_log *l = t->log->trace;
	const char **names = number_names(t);
	bool ok = names != NULL;

	for (size_t i = 0; ok && i < l->destination_count; i++) {
		uint16_t flow = (uint16_t)(i * l->options.flows);
		const struct plan_flow *f = &t->plan->flows[flow];
		char text[IP_TEXT_MAX];
		struct trace_result r;
		struct trace_entry e = {
			.destination = l->destinations[i] ? l->destinations[i] : ip_addr_text(&f->dst, text),
			.iface = f->no_route ? "" : t->plan->ifaces[f->iface].name,
			.started_at = t->plan->started_at,
			.ended_at = l->ended_at[i],
			.result = &r,
		};
		ok = trace_result_make(t->engine, flow, &r);
		if (!ok)
			break;
		trace_entry_names(&r, &e, numbered_name, names);
		ok = one(arg, &e);
		trace_result_free(&r);
	}
	free(names);
	return ok;
}

struct documenting {
	struct trace_printer printer;
	struct trace_run run;
	trace_document_sink *sink;
	void *arg;
};

static bool drain(struct documenting *d)
{
	return strbuf_ok(d->printer.out) && (!d->sink || d->sink(d->arg, d->printer.out));
}

static bool document_one(void *arg, const struct trace_entry *t)
{
	struct documenting *d = arg;

	trace_print_one(&d->printer, t, &d->run);
	return drain(d);
}

bool trace_document(const struct trace_told *t, enum trace_format format, const struct text_style *style, struct strbuf *out,
                    trace_document_sink *sink, void *arg)
{
	struct documenting d = {.printer = {.format = format, .out = out}, .run = trace_told_run(t), .sink = sink, .arg = arg};

	if (style)
		d.printer.style = *style;
	trace_print_begin(&d.printer, &d.run);
	if (!trace_told_each(t, document_one, &d))
		return false;
	trace_print_end(&d.printer, &d.run);
	return drain(&d);
}

static bool mtr_one(void *arg, const struct trace_entry *t)
{
	struct documenting *d = arg;

	report_trace_mtr_text(t, &d->run, d->printer.out);
	return strbuf_ok(d->printer.out);
}

bool trace_document_mtr(const struct trace_told *t, const struct report_place *place, struct strbuf *out)
{
	struct documenting d = {.printer = {.out = out}, .run = trace_told_run(t)};

	report_mtr_head(t->plan, place, out);
	return trace_told_each(t, mtr_one, &d);
}

struct reaching { size_t reached; bool whole; };

static bool count_reached(void *arg, const struct trace_entry *t)
{
	struct reaching *r = arg;

	r->reached += t->result->reached && (t->result->complete || !r->whole);
	return true;
}

size_t trace_told_reached(const struct trace_told *t)
{
	struct reaching r = {.whole = t->log->trace->resumes};

	trace_told_each(t, count_reached, &r);
	return r.reached;
}

int trace_told_exit_code(const struct trace_told *t)
{
	return trace_exit_code(trace_told_reached(t) + t->log->trace->done_reached, trace_log_all(t->log->trace), t->log->end.reason);
}
