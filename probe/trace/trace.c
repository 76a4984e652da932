/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of `erprobe trace`:
 *
 *   destinations and their names; plan; name processes; packet helpers; rights away
 *   the engine says what to send, frames go into it, ended traces come out
 *   the result is printed as soon as the last trace has ended; only then the helper
 *   is ended: what it drains for late answers delays no reader
 */
#include "probe/trace/trace.h"

#include "analysis/match/identity.h"
#include "analysis/trace/trace_pace.h"
#include "analysis/value/strbuf.h"
#include "erprobe/exit_code.h"
#include "probe/evidence/evidence.h"
#include "probe/host/now.h"
#include "probe/plan/plan_build.h"
#include "probe/sandbox/sandbox.h"
#include "probe/trace/trace_ahead.h"
#include "probe/trace/trace_plan.h"
#include "probe/trace/trace_progress.h"
#include "probe/trace/tracer.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define ERROR_MAX 512
#define STEP_NS NS_PER_MS
#define SLOW_NS (100 * NS_PER_MS)       /* progress, clock, counters; no more than half of HUSH_NS (trace_hear.c) */
#define COUNTERS_NS (100 * NS_PER_MS)   /* how long the last totals are waited for */
#define LAST_ANSWERS_NS NS_PER_SEC      /* of a spent budget */
#define RECORDS_A_TURN 2048
#define MESSAGES_A_STEP 16              /* of CHANNEL_BATCH probes */
#define UNSEEN_MAX 1024                 /* probes handed over that the capture has not shown leaving */
#define UNSEEN_NS (250 * NS_PER_MS)     /* then it has missed them */
#define FEW 64                          /* traces that are looked at after every frame */
#define MANY_LOOK_NS (16 * NS_PER_MS)   /* more of them: how often */
#define LAG_MOST_NS (3 * NS_PER_SEC)    /* more is a step of the clock */
#define CLOSING_S 0.05                  /* of the deadline, kept for printing */

static void on_signal(void *arg)
{
	struct tracer *t = arg;

	t->interrupted = true;
}

/* -- what comes in -- */

/* Of either helper. A next hop is another one than before, or gone: what was handed to it last may be lost. */
static void take_totals(struct tracer *t, size_t which, const struct channel_counters *c)
{
	if (trace_totals_take(&t->totals[which], c) && !t->closing)
		trace_engine_lost_frames(t->engine);
	if (t->closing && trace_totals_told(&t->totals[0]) && (!t->senders.second || trace_totals_told(&t->totals[1])))
		loop_stop(t->loop);
}

static void take_counters(struct tracer *t, const struct channel_counters *c)
{
	t->received = 0;
	t->dropped = c->unforwarded;
	for (uint32_t i = 0; i < c->ifaces; i++) {
		t->received += c->received[i];
		t->dropped += (uint64_t)c->dropped[i] + c->iface_dropped[i];
	}
	t->has_counters = true;
	/* Of one bin: between this count and the one before. */
	if (t->dropped > t->dropped_before && !t->closing) {
		t->drop_bins++;
		trace_engine_lost_frames(t->engine);
	}
	t->dropped_before = t->dropped;
}

/* The first frame of a turn: how long did it take from its stamp to here? The capture hands it over late, or we took it late. */
static void note_frame(struct tracer *t, struct wall_ns at)
{
	int64_t lag = wall_since(now_wall(), at);

	if (lag > t->lag_ns && lag < LAG_MOST_NS)
		t->lag_ns = lag;
	trace_engine_lag(t->engine, t->lag_ns);
	t->last_frame = now_mono();
}

static void take_frame(struct tracer *t, const struct frame *f)
{
	struct match m;

	if (!trace_evidence_has_room(&t->evidence))
		return; /* what it has no room for tells nothing */
	trace_engine_frame(t->engine, f, &m);
	trace_evidence_frame(&t->evidence, f, &m);
	t->unseen -= m.cls == MATCH_OUT && t->unseen > 0;
	if (m.cls == MATCH_OUT)
		trace_ways_left(&t->ways, f, &m);
}

static void take_record(struct tracer *t, const struct helper *from, enum helper_take kind, const union helper_record *r, const char *why)
{
	const char *lost = kind == HELPER_TAKE_ERROR ? why : "it left by itself";

	switch (kind) {
	case HELPER_TAKE_NONE:
		break;
	case HELPER_TAKE_SENT:
		if (r->sent.result != SEND_OK) {
			t->unseen -= t->unseen > 0;
			trace_engine_not_sent(t->engine, r->sent.probe_id, (enum send_result)r->sent.result);
			trace_ways_refused(&t->ways, r->sent.probe_id, (enum send_result)r->sent.result);
		}
		break;
	case HELPER_TAKE_FRAME:
		take_frame(t, &r->frame.frame);
		break;
	case HELPER_TAKE_COUNTERS:
		if (from == t->senders.first) /* the other one captures nothing */
			take_counters(t, &r->counters);
		take_totals(t, from != t->senders.first, &r->counters);
		break;
	case HELPER_TAKE_BYE:
	case HELPER_TAKE_END:
	case HELPER_TAKE_ERROR:
		if (from == t->senders.first)
			tracer_lose_first(t, lost);
		else
			tracer_lose_second(t, lost);
		break;
	}
}

static void take_records(struct tracer *t, struct helper *from)
{
	struct trace_ahead ahead;
	const struct trace_taken *now;
	bool seen = false;

	trace_ahead_begin(&ahead, from, t->engine, &t->ways, RECORDS_A_TURN);
	while (!t->helper_lost && (now = trace_ahead_next(&ahead))->kind != HELPER_TAKE_NONE) {
		if (now->kind == HELPER_TAKE_FRAME && !seen)
			note_frame(t, now->record.frame.frame.at);
		seen = seen || now->kind == HELPER_TAKE_FRAME;
		take_record(t, from, now->kind, &now->record, ahead.why);
	}
}

/* -- what goes out -- */

static struct probe_spec spec_of(struct tracer *t, const struct trace_wish *w)
{
	struct probe_spec spec;

	identity_probe(&t->plan, &t->plan.flows[w->flow], w->id, w->index, w->ttl, w->size, &spec);
	if (w->reset) {
		spec.kind = PROBE_TCP_RST;
		spec.seq = w->seq;
	}
	spec.via = w->reset ? 0 : trace_ways_hand(&t->ways, w->flow, w->index);
	return spec;
}

/* One message of probes. Returns how many left. */
static size_t send_some(struct tracer *t, struct mono_ns now)
{
	struct trace_wish wishes[CHANNEL_BATCH];
	struct probe_spec specs[CHANNEL_BATCH];
	size_t most = pacer_ready(&t->pacer, now, CHANNEL_BATCH);

	if (t->limits.budget > 0 && t->limits.budget - t->sent < most)
		most = t->limits.budget - t->sent;
	size_t count = most > 0 ? trace_engine_next(t->engine, now, wishes, most) : 0;
	if (count == 0)
		return 0;
	pacer_take(&t->pacer, count);
	count = trace_sources_keep(&t->sources, wishes, count);
	if ((count = trace_routes_keep(&t->routes, wishes, count)) == 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		trace_ways_near(&t->ways, wishes[i].flow);
	for (size_t i = 0; i < count; i++)
		specs[i] = spec_of(t, &wishes[i]);
	bool taken = trace_senders_put(&t->senders, specs, count);
	for (size_t i = 0; i < count; i++) {
		t->sent += taken && !wishes[i].reset;
		if (!taken)
			trace_engine_not_sent(t->engine, wishes[i].id, SEND_NO_BUFFER);
	}
	t->unseen += taken ? (uint32_t)count : 0;
	t->last_sent = now;
	return taken ? count : 0;
}

/* No more than capture and channel keep up with: what they lose is not known as lost. */
static void send_probes(struct tracer *t, struct mono_ns now)
{
	if (mono_since(now, t->last_frame) >= UNSEEN_NS) {
		t->unseen = 0;
		t->last_frame = now; /* once: until the first frame of a burst is here, a second would be sent on top */
	}
	for (int i = 0; i < MESSAGES_A_STEP && t->senders.first && !t->helper_lost; i++)
		if (t->unseen > UNSEEN_MAX || send_some(t, now) < CHANNEL_BATCH)
			break;
}

/* -- when it ends -- */

static enum end_reason reason_now(const struct tracer *t, struct mono_ns now)
{
	if (t->helper_lost)
		return END_HELPER_LOST;
	/* Nor goes on what nobody reads, unless there is the evidence. */
	if (t->interrupted || (t->output.failed && !t->output.keeps))
		return END_INTERRUPTED;
	if (trace_engine_done(t->engine))
		return END_DECIDED;
	if (!trace_evidence_has_room(&t->evidence))
		return END_BUDGET;
	if (t->limits.budget > 0 && t->sent >= t->limits.budget && mono_since(now, t->last_sent) >= LAST_ANSWERS_NS)
		return END_BUDGET;
	if ((double)mono_since(now, t->began) >= (t->limits.deadline_s - CLOSING_S) * (double)NS_PER_SEC)
		return END_DEADLINE;
	return 0;
}

/* Asks both helpers. False when the first one will not answer. */
static bool ask_totals(struct tracer *t)
{
	if (t->senders.second)
		trace_totals_asked(&t->totals[1], helper_count(t->senders.second));
	return t->senders.first && !t->helper_lost && trace_totals_asked(&t->totals[0], helper_count(t->senders.first));
}

/* The totals of the capture belong into the result; the helper answers at once. */
static void begin_closing(struct tracer *t, struct mono_ns now)
{
	if (t->closing)
		return;
	t->closing = true;
	t->closing_at = now;
	if (!ask_totals(t))
		loop_stop(t->loop);
}

static void conclude_traces(struct tracer *t, struct mono_ns now)
{
	if (t->reason == 0) {
		t->reason = reason_now(t, now);
		if (t->reason != 0 && t->reason != END_DECIDED)
			trace_engine_stop(t->engine);
	}
	tracer_print_ended(t, now, false);
	if (t->reason != 0 && (t->reason != END_DECIDED || tracer_names_settled(t, now)))
		begin_closing(t, now);
}

static void look_around(struct tracer *t, struct mono_ns now)
{
	int64_t step = clock_twin_now(&t->clock);
	int64_t since = mono_since(now, t->last_slow);

	t->last_slow = now;
	trace_sources_look(&t->sources);
	trace_routes_look(&t->routes, now);
	trace_output_look(&t->output);
	trace_ways_look(&t->ways, now);
	if (!t->closing)
		(void)ask_totals(t);
	if (step != 0) {
		uint32_t count = trace_engine_clock_step(t->engine, now, since);
		t->clock_steps++;
		if (t->clock_steps <= CLOCK_STEPS_NAMED)
			progress_warn(&t->progress, "the host's clock was stepped by %+.3f s during the run: %u probes of that moment are set aside%s",
			              (double)step / (double)NS_PER_SEC, (unsigned)count, t->clock_steps == CLOCK_STEPS_NAMED ? "; further steps are counted alone" : "");
	}
	trace_progress(&t->progress, (struct trace_far){t->output.printer.printed, t->dests.count, mono_since(now, t->began), t->sent});
}

static void step(struct tracer *t)
{
	struct mono_ns now = now_mono();

	/* The timer wakes us each STEP_NS. */
	if (mono_since(now, t->last_step) - STEP_NS > t->stall_ns)
		t->stall_ns = mono_since(now, t->last_step) - STEP_NS;
	t->last_step = now;
	if (mono_since(now, t->last_slow) >= SLOW_NS)
		look_around(t, now);
	bool heard = tracer_hear(t, now);
	tracer_ask_names(t);
	if (!t->closing && (t->dests.count <= FEW || mono_since(now, t->last_look) >= MANY_LOOK_NS)) {
		t->last_look = now;
		if (heard)
			trace_engine_tick(t->engine, now);
		conclude_traces(t, now);
	}
	/* Connections are still reset while the totals are waited for. */
	if (heard)
		send_probes(t, now);
	if (t->closing && mono_since(now, t->closing_at) >= COUNTERS_NS)
		loop_stop(t->loop);
}

static void on_step(void *arg)
{
	struct tracer *t = arg;

	if (!t->frames && t->senders.first && !t->helper_lost) /* hears_at_steps() */
		take_records(t, t->senders.first);
	step(t);
}

static void on_record(void *arg)
{
	struct tracer *t = arg;

	take_records(t, t->senders.first);
	step(t);
}

/* Of a helper that only sends: what did not leave. */
static void on_refusal(void *arg)
{
	struct tracer *t = arg;

	take_records(t, t->senders.second);
}

/* What the next hop of before got after the change went nowhere. */
static void on_lost_way(void *arg)
{
	struct tracer *t = arg;

	if (!t->closing)
		trace_engine_lost_frames(t->engine);
}

static void on_name(void *arg)
{
	struct tracer *t = arg;

	trace_namer_take(t->namer);
}

/* -- stages -- */

static void complete_flows(struct tracer *t)
{
	uint16_t port = t->senders.first ? helper_ready(t->senders.first)->port_base : 0;

	for (size_t i = 0; i < t->plan.flow_count; i++) {
		struct plan_flow *f = &t->plan.flows[i];
		if (f->kind != PROBE_ICMP_ECHO)
			f->src_port = (uint16_t)(port + i % trace_plan_group(t->options));
		identity_flow(&t->plan, f);
	}
	for (size_t i = 0; t->senders.first && i < t->plan.iface_count; i++)
		memcpy(t->plan.ifaces[i].link_addr, helper_ready(t->senders.first)->link_addr[i], sizeof t->plan.ifaces[i].link_addr);
}

/* Only now: a name server that is slow is best answered by dying of the interrupt. */
static bool catch_signals(struct tracer *t, char *err, size_t err_size)
{
	t->loop = loop_new();
	if (t->loop && loop_interrupts(t->loop, on_signal, t))
		return true;
	text_format(err, err_size, "cannot make an event loop: out of memory or file descriptors");
	return false;
}

/* Only who asked for it is told. */
static void no_links(struct tracer *t)
{
	if (t->options->send_by == TRACE_SEND_LINK)
		progress_warn(&t->progress, "all probes go through this host's IP stack: %s", t->ways.via_count > 0 ?
		              "--send-by link is for root, or whoever has the right to raw sockets himself, on Ethernet" :
		              "--send-by link is for 64 destinations and more behind a gateway, without --mtu");
	trace_ways_none(&t->ways);
}

static bool prepare(struct tracer *t, char *err, size_t err_size)
{
	if (!trace_plan_build(&t->dests, t->options, &t->limits, &t->plan, err, err_size) ||
	    !trace_evidence_takes(t->options, &t->plan, err, err_size))
		return false;
	now_both(&t->anchor.wall, &t->anchor.mono);
	if (t->plan.flow_count == 0)
		return true;
	if (!catch_signals(t, err, err_size))
		return false;
	if (t->options->names)
		t->namer = trace_namer_start(err, (unsigned)err_size);
	if (t->options->names && !t->namer)
		return false;
	if (trace_ways_wanted(t->options, t->dests.count, t->limits.rate))
		trace_ways_make(&t->ways, &t->plan);
	if (t->plan.iface_count > 0 && !trace_senders_start(&t->senders, t->options, &t->plan, t->dests.count, &t->ways, err, err_size))
		return false;
	if (t->senders.first && helper_ready(t->senders.first)->links == 0)
		no_links(t);
	if (isinf(t->limits.rate) && t->options->hop_rate <= 0 && (double)t->dests.count > TRACE_PACE_FIRST)
		progress_warn(&t->progress, "each hop is asked for what it is known to answer, %g a second at first, whatever --rate is: with --hop-rate max "
		              "%zu destinations take far less time", TRACE_PACE_FIRST, t->dests.count);
	complete_flows(t);
	/* From here on bytes of others are read. */
	if (!sandbox_clear_capabilities(err, err_size))
		return false;
	const struct trace_options e = {
		.max_ttl = t->options->max_ttl,
		.count = t->options->count,
		.hop_rate = t->options->hop_rate,
		.flows = trace_plan_group(t->options),
		.alpha = t->options->alpha,
		.stop_at_known = t->options->stop_at_known,
		.first_alone = trace_ways_open(&t->ways),
		.sizes = t->options->sizes,
		.rounds = t->options->count > TRACE_PATH_ROUNDS ? t->options->count : TRACE_PATH_ROUNDS,
	};
	t->engine = trace_engine_new(&t->plan, &e, now_mono());
	t->output = (struct trace_output){.options = t->options, .dests = &t->dests, .plan = &t->plan, .engine = t->engine,
	                                  .namer = t->namer, .progress = &t->progress, .resume = t->resume,
	                                  .goes_on = t->resume && trace_resume_begun(t->resume), .keeps = t->options->evidence_dir != NULL,
	                                  .until = mono_add(t->began, seconds_ns(t->limits.deadline_s))};
	if (t->engine && trace_output_init(&t->output))
		return trace_evidence_begin(&t->evidence, t->options, &e, &t->plan, t->engine, err, err_size);
	text_format(err, err_size, "out of memory for %zu destinations", t->dests.count);
	return false;
}

/* At full speed each message of frames would wake us, some two in a step, and take the processor from the helper that is
 * sending. Taken at each step, they cost half the switches between processes, whose caches stay warm. A step's are a small
 * part of what the channel holds. */
static bool hears_at_steps(const struct tracer *t)
{
	return t->senders.second != NULL;
}

static bool run_loop(struct tracer *t, char *err, size_t err_size)
{
	struct mono_ns now = now_mono();
	bool ok = loop_every(t->loop, STEP_NS, on_step, t) != NULL;

	if (ok && t->senders.first && !hears_at_steps(t))
		ok = (t->frames = loop_readable(t->loop, helper_fd(t->senders.first), on_record, t)) != NULL;
	if (ok && t->senders.second)
		ok = (t->refusals = loop_readable(t->loop, helper_fd(t->senders.second), on_refusal, t)) != NULL;
	ok = ok && trace_ways_watch(&t->ways, t->loop, on_lost_way, t);
	ok = ok && trace_sources_watch(&t->sources, t->loop, &t->plan, t->engine, &t->progress);
	ok = ok && trace_routes_watch(&t->routes, t->loop, &t->plan, t->engine, &t->progress);
	if (ok && t->namer)
		ok = (t->found = loop_readable(t->loop, trace_namer_fd(t->namer), on_name, t)) != NULL;
	t->pacer = pacer_make(t->limits.rate, now);
	t->pacer.tokens = t->pacer.size; /* the first hops of a path at once */
	t->last_step = t->last_sent = t->last_slow = t->last_frame = now;
	if (ok) {
		step(t);
		ok = loop_run(t->loop);
	}
	if (!ok)
		text_format(err, err_size, "the event loop failed: out of memory or descriptors");
	return ok;
}

static void clean_up(struct tracer *t)
{
	progress_clear(&t->progress);
	loop_free(t->loop);
	trace_senders_leave(&t->senders);
	trace_sources_close(&t->sources);
	trace_routes_close(&t->routes);
	trace_ways_free(&t->ways);
	trace_namer_stop(t->namer);
	trace_output_free(&t->output);
	trace_engine_free(t->engine);
	trace_evidence_free(&t->evidence);
	plan_free(&t->plan);
	trace_dests_free(&t->dests);
	trace_resume_close(t->resume);
}

static int conduct(struct tracer *t)
{
	char err[ERROR_MAX] = "";

	if (t->options->evidence_dir && !evidence_prepare(t->options->evidence_dir, t->options->sign_key, err, sizeof err)) {
		progress_error(&t->progress, "%s", err);
		return EXIT_ERROR;
	}
	if (!trace_dests_take(&t->dests, t->options, seconds_ns(t->limits.deadline_s / 2), &t->progress))
		return EXIT_ERROR;
	bool any = t->dests.count > 0;
	bool usable = !t->options->resume || trace_resume_leave_out(t->options, &t->dests, &t->resume, &t->before, err, sizeof err);
	if (usable && any && t->dests.count == 0)
		return tracer_exit_code(t);
	if (usable && !any && t->dests.bad == 0)
		text_format(err, sizeof err, "no destination: name one, or a file of them with -f FILE");
	bool ready = usable && t->dests.count > 0 && prepare(t, err, sizeof err);
	if (ready && t->plan.flow_count == 0 && t->before.count > 0)
		return tracer_exit_code(t); /* what was left is of no use, and was named */
	if (ready && t->plan.flow_count > 0 && run_loop(t, err, sizeof err)) {
		bool saved = tracer_save_evidence(t, tracer_finish(t));
		return saved ? tracer_exit_code(t) : EXIT_ERROR;
	}
	/* Destinations that were no use have been named, each in its line. */
	if (err[0] != '\0')
		progress_error(&t->progress, "%s", err);
	return t->interrupted ? EXIT_INTERRUPTED : EXIT_ERROR;
}

static double or_default(double value, double fallback)
{
	return value > 0 ? value : fallback;
}

int trace_run(const struct trace_run_options *o)
{
	struct trace_run_options full = *o;
	struct tracer t = {.options = &full, .sources = trace_sources_none(), .routes = trace_routes_none(), .began = now_mono(), .clock = clock_twin_begun(), .progress = progress_make("erprobe trace", o->quiet)};

	/* A reader of our output that goes away is an error of write(), not our death. */
	signal(SIGPIPE, SIG_IGN);
	full.kind = o->kind != 0 ? o->kind : PROBE_ICMP_ECHO;
	full.max_ttl = o->max_ttl != 0 ? o->max_ttl : TRACE_TTL_DEFAULT;
	if (full.port == 0)
		full.port = full.kind == PROBE_UDP ? TRACE_UDP_PORT_DEFAULT : TRACE_TCP_PORT_DEFAULT;
	t.limits = (struct plan_limits){.budget = o->budget, .rate = or_default(o->rate, TRACE_RATE_DEFAULT),
	                                .hop_rate = o->hop_rate, .deadline_s = or_default(o->deadline_s, TRACE_DEADLINE_DEFAULT)};
	int code = conduct(&t);
	clean_up(&t);
	return code;
}
