/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_evidence.h"

#include "probe/evidence/evidence.h"
#include "probe/record/refold.h"
#include "probe/record/trace_log.h"
#include "probe/trace/trace_plan.h"
#include "probe/trace/trace_progress.h"

#define WHY_MAX 256

bool trace_evidence_takes(const struct trace_run_options *o, const struct plan *p, char *err, size_t err_size)
{
	size_t group = trace_plan_group(o), most = TRACE_LOG_FLOWS_MAX / group;

	if (!o->evidence_dir || p->flow_count <= most * group)
		return true;
	text_format(err, err_size, "--evidence takes at most %zu destinations at a time%s, these are %zu", most,
	            group > 1 ? " with --paths" : "", p->flow_count / group);
	return false;
}

static bool cannot_save(const char *dir, const char *why, char *err, size_t err_size)
{
	text_format(err, err_size, "cannot save the evidence in %s: %s; nothing is left there (--evidence names another folder)", dir, why);
	return false;
}

bool trace_evidence_begin(struct trace_evidence *e, const struct trace_run_options *o, const struct trace_options *engine_options,
                          const struct plan *p, struct trace_engine *engine, char *err, size_t err_size)
{
	char why[WHY_MAX] = "out of memory";

	e->dir = o->evidence_dir;
	e->sign_key = o->sign_key;
	event_log_init(&e->log);
	if (!e->dir)
		return true;
	if (!evidence_within_rights(e->dir, e->sign_key, err, err_size))
		return false;
	e->log.trace = trace_log_new(engine_options, p->flow_count / trace_plan_group(o));
	if (!e->log.trace || !event_log_spool(&e->log, e->dir, why, sizeof why))
		return cannot_save(e->dir, why, err, err_size);
	e->log.trace->resumes = o->resume != NULL;
	trace_engine_listen(engine, trace_log_decided, e->log.trace);
	return true;
}

bool trace_evidence_has_room(const struct trace_evidence *e)
{
	return !e->dir || (event_log_has_room(&e->log) && trace_log_has_room(e->log.trace));
}

void trace_evidence_frame(struct trace_evidence *e, const struct frame *f, const struct match *m)
{
	const struct event event = {.kind = EVENT_FRAME, .u.frame = f};

	if (!e->dir || m->cls == MATCH_FOREIGN)
		return;
	if (event_log_add(&e->log, &event))
		trace_log_frame(e->log.trace);
}

bool trace_evidence_close(struct trace_evidence *e, const struct trace_closing *c, struct trace_engine *engine)
{
	struct trace_log *l = e->log.trace;
	const struct event end = {.kind = EVENT_END, .u.end = c->end};
	const struct event counters = {.kind = EVENT_COUNTERS, .u.counters = c->counters};
	bool ok = event_log_add(&e->log, &end) && (!c->has_counters || event_log_add(&e->log, &counters));

	trace_engine_listen(engine, NULL, NULL);
	if (!event_log_has_room(&e->log))
		progress_error(c->dests->progress, "ended because the evidence is full (%u frames): what was not traced until then is not", (unsigned)e->log.frame_count);
	else if (!trace_log_has_room(l))
		progress_error(c->dests->progress, "ended because the evidence is full (%zu bytes of decisions, %u frames): what was not traced until then is not",
		               l->words.len, (unsigned)e->log.frame_count);
	l->bad = (uint32_t)c->dests->bad;
	l->done_before = (uint32_t)c->before.count;
	l->done_reached = (uint32_t)c->before.reached;
	l->clock_steps = c->clock_steps;
	l->drop_bins = c->drop_bins;
	l->by_link = c->by_link;
	l->lag_ns = c->lag_ns;
	l->stall_ns = c->stall_ns;
	for (size_t i = 0; ok && i < l->destination_count; i++) {
		ok = trace_log_destination(l, i, c->dests->list[i].text);
		l->ended_at[i] = c->ended_at[i * l->options.flows];
	}
	for (uint32_t i = 0; ok && c->namer && i < trace_engine_addresses(engine); i++) {
		struct ip_addr a = trace_engine_address(engine, i);
		const char *name = trace_namer_name(c->namer, i);
		ok = !name || trace_log_name(l, &a, name);
	}
	return ok && e->log.refused == 0 && strbuf_ok(&l->words);
}

static bool save(struct trace_evidence *e, struct refolded *run, char *err, size_t err_size)
{
	const struct evidence_extras extras = {.sign_key = e->sign_key};

	e->log.trace->exit_code = refold_exit_code(run, &e->log);
	return evidence_write_run(e->dir, &e->log, run, NULL, &extras, err, err_size);
}

bool trace_evidence_save(struct trace_evidence *e, const struct plan *p, char *err, size_t err_size)
{
	struct refolded run;
	char why[WHY_MAX];

	if (!event_log_settle(&e->log, why, sizeof why))
		return cannot_save(e->dir, why, err, err_size);
	if (!refold(p, &e->log, NULL, NULL, &run))
		return cannot_save(e->dir, "out of memory", err, err_size);
	bool ok = save(e, &run, err, err_size);
	refolded_free(&run);
	return ok;
}

void trace_evidence_free(struct trace_evidence *e)
{
	event_log_free(&e->log);
}
