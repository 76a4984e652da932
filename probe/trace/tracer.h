/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of `erprobe trace` as it stands, and its end: names, printing, evidence. Private to trace.c, trace_hear.c and trace_ending.c. */
#ifndef ERPROBE_TRACER_H
#define ERPROBE_TRACER_H

#include "probe/channel/pacer.h"
#include "probe/host/loop.h"
#include "probe/host/now.h"
#include "probe/trace/trace_evidence.h"
#include "probe/trace/trace_output.h"
#include "probe/trace/trace_senders.h"
#include "probe/trace/trace_routes.h"
#include "probe/trace/trace_sources.h"
#include "probe/trace/trace_totals.h"
#include "probe/trace/trace_ways.h"

struct tracer {
	const struct trace_run_options *options;
	struct plan_limits limits;
	struct progress progress;
	struct trace_dests dests;
	struct plan plan;
	struct trace_engine *engine;
	struct trace_output output;
	struct trace_namer *namer;
	uint32_t names_asked;
	struct trace_resume *resume;
	struct trace_done before; /* by earlier runs */
	struct trace_evidence evidence;
	struct trace_senders senders;
	struct loop *loop;
	struct loop_event *frames, *refusals, *found;
	struct trace_sources sources;
	struct trace_routes routes;
	struct trace_ways ways;
	struct pacer pacer;
	struct clock_twin clock;
	struct { struct wall_ns wall; struct mono_ns mono; } anchor; /* of the run's clock, which no step of the host's moves */
	struct mono_ns began, last_sent, last_slow, last_look, last_frame, closing_at, names_at;
	uint32_t sent, unseen;
	uint32_t clock_steps, drop_bins;
	uint64_t dropped_before;
	int64_t lag_ns;
	int64_t stall_ns;
	struct mono_ns last_step;
	bool interrupted, helper_lost, closing, has_counters;
	uint64_t received, dropped;
	struct trace_totals totals[2]; /* of each helper */
	enum end_reason reason;
};

/* -- trace_hear.c -- */

/* Hears no helper any more. */
void tracer_stop_listening(struct tracer *t);
/* The first helper is gone, and with it the capture: that is said, and the run ends. */
void tracer_lose_first(struct tracer *t, const char *why);
/* The second is: the run goes on without it. */
void tracer_lose_second(struct tracer *t, const char *why);
/* False while a helper says nothing, though it is asked: what it was handed may not have left, so that the silence behind
 * it is nobody's, and nothing is sent. One that stays silent is lost. */
bool tracer_hear(struct tracer *t, struct mono_ns now);

/* -- trace_ending.c -- */

/* Asks for the names of addresses that have answered since. */
void tracer_ask_names(struct tracer *t);
/* Every name that was asked for is known, or has been waited for. */
bool tracer_names_settled(struct tracer *t, struct mono_ns now);
/* Prints those that have ended, once their names are known; last: at the end of the run names are not waited for. */
void tracer_print_ended(struct tracer *t, struct mono_ns now, bool last);
/* The end of the run: prints the rest and says what is to be said. Returns when it ended, on the run's clock. */
struct wall_ns tracer_finish(struct tracer *t);
/* Where evidence is asked for: makes it. Ends helpers and engine. False when that failed, which is said. */
bool tracer_save_evidence(struct tracer *t, struct wall_ns ended_at);
int tracer_exit_code(const struct tracer *t);

#endif
