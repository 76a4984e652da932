/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/tracer.h"

#include "erprobe/exit_code.h"
#include "probe/trace/trace_explain.h"
#include "probe/trace/trace_plan.h"
#include "probe/trace/trace_progress.h"

#define ERROR_MAX 512
#define NAMES_NS (2 * NS_PER_SEC) /* how long an ended trace waits for its names */

static struct wall_ns run_time(const struct tracer *t, struct mono_ns at)
{
	return wall_add(t->anchor.wall, mono_since(at, t->anchor.mono));
}

void tracer_ask_names(struct tracer *t)
{
	uint32_t count = trace_engine_addresses(t->engine);

	while (t->namer && t->names_asked < count) {
		struct ip_addr a = trace_engine_address(t->engine, t->names_asked);
		if (!trace_namer_ask(t->namer, t->names_asked, &a))
			return;
		t->names_asked++;
	}
}

bool tracer_names_settled(struct tracer *t, struct mono_ns now)
{
	bool all = t->namer == NULL || t->names_asked == trace_engine_addresses(t->engine);

	for (uint32_t i = 0; t->namer && all && i < t->names_asked; i++)
		all = trace_namer_known(t->namer, i);
	if (all)
		t->names_at.ns = 0;
	else if (t->names_at.ns == 0)
		t->names_at = now;
	return all || mono_since(now, t->names_at) >= NAMES_NS;
}

void tracer_print_ended(struct tracer *t, struct mono_ns now, bool last)
{
	uint16_t flow;

	if (!last && !t->interrupted && !tracer_names_settled(t, now))
		return;
	while (trace_engine_ended(t->engine, &flow))
		trace_output_ended(&t->output, flow, run_time(t, now));
	trace_output_flush(&t->output);
}

struct wall_ns tracer_finish(struct tracer *t)
{
	const uint32_t *why = trace_engine_not_sent_counts(t->engine);
	struct mono_ns now = now_mono();
	struct trace_run run = {
		.plan = &t->plan,
		.ended_at = run_time(t, now),
		.end_reason = t->reason,
		.has_capture = t->has_counters,
		.capture_received = t->received,
		.capture_dropped = t->dropped,
		.capture = trace_capture_for(t->dests.count, t->plan.limits.rate, t->options->sizes),
		.by_link = t->totals[0].by_link + t->totals[1].by_link,
		.max_ttl = t->options->max_ttl,
		.count = t->options->count,
		.clock_steps = t->clock_steps,
		.drop_bins = t->drop_bins,
		.longest_lag_ns = t->lag_ns,
		.longest_stall_ns = t->stall_ns,
	};

	trace_run_take(&run, t->engine);
	tracer_print_ended(t, now, true);
	trace_output_finish(&t->output, &run);
	progress_clear(&t->progress);
	trace_say_ending(&t->progress, why, trace_evidence_has_room(&t->evidence) ? t->reason : END_DECIDED, t->stall_ns, t->dropped);
	if (t->options->explain_rate)
		trace_explain(&t->progress, &t->plan, t->engine, t->options, &t->limits, run.probes_sent, run.by_link);
	return run.ended_at;
}

/* What only this run knows goes into its log. The engine has done its work: the evidence is made
 * from frames and decisions alone, as whoever replays it does. */
bool tracer_save_evidence(struct tracer *t, struct wall_ns ended_at)
{
	const struct trace_closing c = {
		.dests = &t->dests, .namer = t->namer, .ended_at = t->output.ended_at, .before = t->before, .end = {ended_at, (uint8_t)t->reason},
		.has_counters = t->has_counters,
		.counters = {.received = t->received, .dropped = t->dropped, .foreign = trace_engine_counts(t->engine)->foreign},
		.clock_steps = t->clock_steps, .drop_bins = t->drop_bins, .by_link = t->totals[0].by_link + t->totals[1].by_link, .lag_ns = t->lag_ns, .stall_ns = t->stall_ns};
	char err[ERROR_MAX];

	if (!t->options->evidence_dir)
		return true;
	tracer_stop_listening(t);
	trace_senders_leave(&t->senders);
	bool noted = trace_evidence_close(&t->evidence, &c, t->engine);
	trace_engine_free(t->engine);
	t->engine = NULL;
	if (noted && trace_evidence_save(&t->evidence, &t->plan, err, sizeof err))
		return true;
	progress_error(&t->progress, "%s", noted ? err : "out of memory for the evidence: nothing was saved");
	return false;
}

int tracer_exit_code(const struct tracer *t)
{
	size_t all = t->dests.count + t->dests.bad + t->before.count, reached = t->output.reached + t->before.reached;

	return t->output.failed ? EXIT_ERROR : trace_exit_code(reached, all, (uint8_t)t->reason);
}
