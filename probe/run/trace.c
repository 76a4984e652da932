/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of `erprobe trace`:
 *
 *   destinations and their names; plan; name processes; packet helper; rights away
 *   the engine says what to send, frames go into it, ended traces come out
 *   the result is printed as soon as the last trace has ended; only then the helper
 *   is ended: what it drains for late answers delays no reader
 */
#include "probe/run/trace.h"

#include "analysis/path/identity.h"
#include "analysis/record/comment.h"
#include "analysis/value/strbuf.h"
#include "probe/run/helper.h"
#include "probe/run/loop.h"
#include "probe/run/now.h"
#include "probe/run/pacer.h"
#include "probe/run/plan_build.h"
#include "probe/run/trace_output.h"
#include "probe/run/trace_plan.h"
#include "probe/run/trace_resume.h"
#include "probe/run/trace_say.h"
#include "probe/sandbox/sandbox.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_LOCAL 3
#define EXIT_INTERRUPT 130
#define ERROR_MAX 512
#define STEP_NS NS_PER_MS
#define SLOW_NS (100 * NS_PER_MS)       /* progress, clock, counters */
#define COUNTERS_NS (100 * NS_PER_MS)   /* how long the last totals are waited for */
#define NAMES_NS (2 * NS_PER_SEC)       /* how long an ended trace waits for its names */
#define LAST_ANSWERS_NS NS_PER_SEC      /* of a spent budget */
#define RECORDS_A_TURN 2048
#define MESSAGES_A_STEP 16              /* of CHANNEL_BATCH probes */
#define UNSEEN_MAX 1024                 /* probes handed over that the capture has not shown leaving */
#define UNSEEN_NS (250 * NS_PER_MS)     /* then it has missed them */
#define BULK_FROM 64                    /* destinations from which frames may come in blocks */
#define TOLD_NS (10 * NS_PER_SEC)       /* between two lines of progress in a log */
#define FEW 64                          /* traces that are looked at after every frame */
#define CLOSING_S 0.05                  /* of the deadline, kept for printing */

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
	size_t done_before, done_reached; /* by earlier runs */
	struct helper *helper;
	struct loop *loop;
	struct loop_event *frames, *found;
	struct pacer pacer;
	struct clock_twin clock;
	struct mono_ns began, last_sent, last_slow, last_look, last_frame, last_told, closing_at, names_at;
	uint32_t sent, unseen;
	bool interrupted, helper_lost, closing, has_counters;
	uint64_t received, dropped;
	enum end_reason reason;
};

static void on_signal(void *arg)
{
	struct tracer *t = arg;

	t->interrupted = true;
}

/* -- what comes in -- */

static void take_counters(struct tracer *t, const struct channel_counters *c)
{
	t->received = 0;
	t->dropped = c->unforwarded;
	for (uint32_t i = 0; i < c->ifaces; i++) {
		t->received += c->received[i];
		t->dropped += (uint64_t)c->dropped[i] + c->iface_dropped[i];
	}
	t->has_counters = true;
	if (t->closing)
		loop_stop(t->loop);
}

static void lose_helper(struct tracer *t, const char *why)
{
	t->helper_lost = true;
	trace_error(&t->progress, "the packet helper is lost: %s; what was found out until then follows", why);
	/* A dead descriptor stays readable for ever. */
	loop_drop(t->loop, t->frames);
	t->frames = NULL;
}

static void take_records(struct tracer *t)
{
	union helper_record r;
	struct match m;
	char err[HELPER_ERROR_MAX] = "";

	for (int i = 0; i < RECORDS_A_TURN && !t->helper_lost; i++) {
		switch (helper_take(t->helper, &r, err, sizeof err)) {
		case HELPER_TAKE_NONE:
			return;
		case HELPER_TAKE_SENT:
			if (r.sent.result != SEND_OK) {
				t->unseen -= t->unseen > 0;
				trace_engine_not_sent(t->engine, r.sent.probe_id, (enum send_result)r.sent.result);
			}
			break;
		case HELPER_TAKE_FRAME:
			trace_engine_frame(t->engine, &r.frame.frame, &m);
			t->unseen -= m.cls == MATCH_OUT && t->unseen > 0;
			t->last_frame = now_mono();
			break;
		case HELPER_TAKE_COUNTERS:
			take_counters(t, &r.counters);
			break;
		case HELPER_TAKE_BYE:
		case HELPER_TAKE_END:
			lose_helper(t, "it left by itself");
			break;
		case HELPER_TAKE_ERROR:
			lose_helper(t, err);
			break;
		}
	}
}

/* -- what goes out -- */

static struct probe_spec spec_of(const struct tracer *t, const struct trace_wish *w)
{
	struct probe_spec spec;

	identity_probe(&t->plan, &t->plan.flows[w->flow], w->id, w->index, w->ttl, 0, &spec);
	if (w->reset) {
		spec.kind = PROBE_TCP_RST;
		spec.seq = w->seq;
	}
	return spec;
}

/* One message of probes. Returns how many the engine had. */
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
	for (size_t i = 0; i < count; i++)
		specs[i] = spec_of(t, &wishes[i]);
	bool taken = helper_send_probes(t->helper, specs, count);
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
	if (mono_since(now, t->last_frame) >= UNSEEN_NS)
		t->unseen = 0;
	for (int i = 0; i < MESSAGES_A_STEP && t->helper && !t->helper_lost; i++)
		if (t->unseen > UNSEEN_MAX || send_some(t, now) < CHANNEL_BATCH)
			break;
}

/* -- names -- */

static void ask_names(struct tracer *t)
{
	uint32_t count = trace_engine_addresses(t->engine);

	while (t->namer && t->names_asked < count) {
		struct ip_addr a = trace_engine_address(t->engine, t->names_asked);
		if (!trace_namer_ask(t->namer, t->names_asked, &a))
			return;
		t->names_asked++;
	}
}

/* Every name that was asked for is known, or has been waited for. */
static bool names_settled(struct tracer *t, struct mono_ns now)
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

static void print_ended(struct tracer *t, struct mono_ns now)
{
	uint16_t flow;

	if (!t->interrupted && !names_settled(t, now))
		return;
	while (trace_engine_ended(t->engine, &flow))
		trace_output_ended(&t->output, flow, now_wall());
}

/* -- when it ends -- */

static enum end_reason reason_now(const struct tracer *t, struct mono_ns now)
{
	if (t->helper_lost)
		return END_HELPER_LOST;
	if (t->interrupted)
		return END_INTERRUPTED;
	if (trace_engine_done(t->engine))
		return END_DECIDED;
	if (t->limits.budget > 0 && t->sent >= t->limits.budget && mono_since(now, t->last_sent) >= LAST_ANSWERS_NS)
		return END_BUDGET;
	if ((double)mono_since(now, t->began) >= (t->limits.deadline_s - CLOSING_S) * (double)NS_PER_SEC)
		return END_DEADLINE;
	return 0;
}

/* The totals of the capture belong into the result; the helper answers at once. */
static void begin_closing(struct tracer *t, struct mono_ns now)
{
	if (t->closing)
		return;
	t->closing = true;
	t->closing_at = now;
	if (!t->helper || t->helper_lost || !helper_count(t->helper))
		loop_stop(t->loop);
}

static void conclude_traces(struct tracer *t, struct mono_ns now)
{
	if (t->reason == 0) {
		t->reason = reason_now(t, now);
		if (t->reason != 0 && t->reason != END_DECIDED)
			trace_engine_stop(t->engine);
	}
	print_ended(t, now);
	if (t->reason != 0 && (t->reason != END_DECIDED || names_settled(t, now)))
		begin_closing(t, now);
}

/* One path is a matter of its answers; of many, what counts is how far they are. */
static void show_progress(struct tracer *t, struct mono_ns now)
{
	size_t all = t->plan.flow_count, done = t->output.printed;
	double s = (double)mono_since(now, t->began) / (double)NS_PER_SEC;
	char left[48] = "", line[160];

	if (all < BULK_FROM) {
		progress_show(&t->progress, mono_since(now, t->began), t->sent, "answers");
		return;
	}
	if (done > 0)
		text_format(left, sizeof left, ", about %.0f s left", s * (double)(all - done) / (double)done);
	text_format(line, sizeof line, "%zu of %zu traces, %.0f s, %u probes, %.0f a second%s", done, all, s, t->sent,
	            s > 0 ? t->sent / s : 0.0, left);
	progress_line(&t->progress, line);
	/* A log is told now and then. */
	if (!t->progress.live && !t->progress.quiet && mono_since(now, t->last_told) >= TOLD_NS) {
		t->last_told = now;
		trace_note(&t->progress, "%s", line);
	}
}

static void look_around(struct tracer *t, struct mono_ns now)
{
	int64_t step = clock_twin_look(&t->clock, now_wall(), now);

	t->last_slow = now;
	if (step != 0)
		trace_warn(&t->progress, "the host's clock was stepped by %+.3f s during the run: delays measured around it "
		           "may be wrong", (double)step / (double)NS_PER_SEC);
	show_progress(t, now);
}

static void step(struct tracer *t)
{
	struct mono_ns now = now_mono();

	if (mono_since(now, t->last_slow) >= SLOW_NS)
		look_around(t, now);
	ask_names(t);
	if (!t->closing && (t->plan.flow_count <= FEW || mono_since(now, t->last_look) >= STEP_NS)) {
		t->last_look = now;
		trace_engine_tick(t->engine, now);
		conclude_traces(t, now);
	}
	/* Connections are still reset while the totals are waited for. */
	send_probes(t, now);
	if (t->closing && mono_since(now, t->closing_at) >= COUNTERS_NS)
		loop_stop(t->loop);
}

static void on_step(void *arg)
{
	step(arg);
}

static void on_record(void *arg)
{
	struct tracer *t = arg;

	take_records(t);
	step(t);
}

static void on_name(void *arg)
{
	struct tracer *t = arg;

	trace_namer_take(t->namer);
}

/* -- stages -- */

static bool read_destinations(struct tracer *t)
{
	const struct trace_run_options *o = t->options;

	trace_dests_init(&t->dests, o->family, &t->progress);
	for (size_t i = 0; i < o->word_count; i++)
		if (!trace_dests_add(&t->dests, o->words[i]))
			return false;
	return (!o->file || trace_dests_read(&t->dests, o->file)) && trace_dests_unique(&t->dests);
}

/* Takes off the list what an earlier run has done. */
static bool leave_out_done(struct tracer *t, char *err, size_t err_size)
{
	char what[TRACE_RESUME_WHAT_MAX];
	struct trace_dests *d = &t->dests;
	size_t kept = 0;

	if (!t->options->resume)
		return true;
	text_format(what, sizeof what, "%s %u %u", t->options->kind == PROBE_UDP ? "udp" : t->options->kind == PROBE_TCP_SYN ? "tcp" : "icmp",
	            t->options->kind == PROBE_ICMP_ECHO ? 0u : (unsigned)t->options->port, (unsigned)t->options->max_ttl);
	t->resume = trace_resume_open(t->options->resume, what, err, err_size);
	for (size_t i = 0; t->resume && i < d->count; i++) {
		bool reached = false;
		if (trace_resume_has(t->resume, &d->list[i].addr, &reached)) {
			free(d->list[i].text);
			t->done_before++;
			t->done_reached += reached;
		} else {
			d->list[kept++] = d->list[i];
		}
	}
	if (t->resume)
		d->count = kept;
	if (t->done_before > 0)
		trace_warn(&t->progress, "%zu destination%s been traced before (%s), %zu remain%s", t->done_before,
		           t->done_before == 1 ? " has" : "s have", t->options->resume, kept, kept == 1 ? "s" : "");
	return t->resume != NULL;
}

static bool start_helper(struct tracer *t, char *err, size_t err_size)
{
	const char *names[CHANNEL_IFACES_MAX];
	struct ip_prefix *allow;
	struct helper_options o = {
		.path = t->options->packet_helper,
		.ifaces = names,
		.iface_count = t->plan.iface_count,
		.rate = t->limits.rate,
		.bulk = t->plan.flow_count >= BULK_FROM,
		/* Flows to different addresses share a port. */
		.ports = t->options->kind == PROBE_ICMP_ECHO ? 0 : 1,
	};

	for (size_t i = 0; i < t->plan.iface_count; i++)
		names[i] = t->plan.ifaces[i].name;
	if (!trace_plan_allow(&t->plan, &allow, &o.allow_count)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	o.allow = allow;
	t->helper = helper_start(&o, err, err_size);
	free(allow);
	return t->helper != NULL;
}

static void complete_flows(struct tracer *t)
{
	uint16_t port = t->helper ? helper_ready(t->helper)->port_base : 0;

	for (size_t i = 0; i < t->plan.flow_count; i++) {
		struct plan_flow *f = &t->plan.flows[i];
		if (f->kind != PROBE_ICMP_ECHO)
			f->src_port = port;
		identity_flow(&t->plan, f);
	}
	for (size_t i = 0; t->helper && i < t->plan.iface_count; i++)
		memcpy(t->plan.ifaces[i].link_addr, helper_ready(t->helper)->link_addr[i], sizeof t->plan.ifaces[i].link_addr);
}

/* Only now: a name server that is slow is best answered by dying of the interrupt. */
static bool catch_signals(struct tracer *t, char *err, size_t err_size)
{
	t->loop = loop_new();
	if (t->loop && loop_signal(t->loop, SIGINT, on_signal, t) && loop_signal(t->loop, SIGTERM, on_signal, t))
		return true;
	text_format(err, err_size, "cannot make an event loop: out of memory or file descriptors");
	return false;
}

static bool prepare(struct tracer *t, char *err, size_t err_size)
{
	if (!trace_plan_build(&t->dests, t->options, &t->limits, &t->plan, err, err_size))
		return false;
	if (t->plan.flow_count == 0)
		return true;
	if (!catch_signals(t, err, err_size))
		return false;
	if (t->options->names)
		t->namer = trace_namer_start(err, (unsigned)err_size);
	if (t->options->names && !t->namer)
		return false;
	if (t->plan.iface_count > 0 && !start_helper(t, err, err_size))
		return false;
	complete_flows(t);
	/* From here on bytes of others are read. */
	if (!sandbox_clear_capabilities(err, err_size))
		return false;
	const struct trace_options e = {t->options->max_ttl, t->options->count, t->options->hop_rate};
	t->engine = trace_engine_new(&t->plan, &e, now_mono());
	t->output = (struct trace_output){.options = t->options, .dests = &t->dests, .plan = &t->plan, .engine = t->engine,
	                                  .namer = t->namer, .progress = &t->progress, .resume = t->resume,
	                                  .goes_on = t->done_before > 0};
	if (t->engine && trace_output_init(&t->output))
		return true;
	text_format(err, err_size, "out of memory for %zu destinations", t->plan.flow_count);
	return false;
}

static bool run_loop(struct tracer *t, char *err, size_t err_size)
{
	struct mono_ns now = now_mono();
	bool ok = loop_every(t->loop, STEP_NS, on_step, t) != NULL;

	if (ok && t->helper)
		ok = (t->frames = loop_readable(t->loop, helper_fd(t->helper), on_record, t)) != NULL;
	if (ok && t->namer)
		ok = (t->found = loop_readable(t->loop, trace_namer_fd(t->namer), on_name, t)) != NULL;
	t->pacer = pacer_make(t->limits.rate, now);
	t->pacer.tokens = t->pacer.size; /* the first hops of a path at once */
	t->last_sent = t->last_slow = t->last_frame = t->last_told = now;
	if (ok) {
		step(t);
		ok = loop_run(t->loop);
	}
	if (!ok)
		text_format(err, err_size, "the event loop failed: out of memory or descriptors");
	return ok;
}

static void say_not_sent(struct tracer *t)
{
	const uint32_t *why = trace_engine_not_sent_counts(t->engine);

	for (int r = SEND_OK + 1; r < SEND_RESULTS; r++)
		if (why[r] > 0)
			trace_warn(&t->progress, "%u probes did not leave this host: %s", (unsigned)why[r],
			           comment_send_result_name((uint8_t)r));
	if (t->reason == END_DEADLINE || t->reason == END_BUDGET)
		trace_warn(&t->progress, "ended by the %s before all traces were complete",
		           t->reason == END_DEADLINE ? "deadline (--deadline)" : "budget (--budget)");
	if (t->dropped > 0)
		trace_warn(&t->progress, "the capture lost %llu frames: some answers are missing", (unsigned long long)t->dropped);
}

static void finish(struct tracer *t)
{
	const uint32_t *why = trace_engine_not_sent_counts(t->engine);
	struct trace_run run = {
		.plan = &t->plan,
		.ended_at = now_wall(),
		.end_reason = t->reason,
		.probes_sent = trace_engine_sent(t->engine),
		.has_capture = t->has_counters,
		.capture_received = t->received,
		.capture_dropped = t->dropped,
		.match = *trace_engine_counts(t->engine),
		.max_ttl = t->options->max_ttl,
		.count = t->options->count,
	};

	for (int r = SEND_OK + 1; r < SEND_RESULTS; r++)
		run.probes_not_sent += why[r];
	print_ended(t, now_mono());
	trace_output_finish(&t->output, &run);
	progress_clear(&t->progress);
	say_not_sent(t);
}

static int exit_code(const struct tracer *t)
{
	size_t all = t->plan.flow_count + t->dests.bad + t->done_before, reached = t->output.reached + t->done_reached;

	if (t->output.failed || t->reason == END_HELPER_LOST)
		return EXIT_LOCAL;
	if (t->reason == END_INTERRUPTED)
		return EXIT_INTERRUPT;
	if (reached == 0)
		return 2;
	return reached == all ? 0 : 1;
}

static void clean_up(struct tracer *t)
{
	progress_clear(&t->progress);
	loop_free(t->loop);
	helper_leave(t->helper);
	trace_namer_stop(t->namer);
	trace_output_free(&t->output);
	trace_engine_free(t->engine);
	plan_free(&t->plan);
	trace_dests_free(&t->dests);
	trace_resume_close(t->resume);
}

static int conduct(struct tracer *t)
{
	char err[ERROR_MAX] = "";

	if (!read_destinations(t))
		return EXIT_LOCAL;
	bool any = t->dests.count > 0, usable = leave_out_done(t, err, sizeof err);
	if (usable && any && t->dests.count == 0)
		return exit_code(t);
	if (usable && !any && t->dests.bad == 0)
		text_format(err, sizeof err, "no destination: name one, or a file of them with -f FILE");
	else if (usable && t->dests.count > 0 && prepare(t, err, sizeof err) && t->plan.flow_count > 0 && run_loop(t, err, sizeof err)) {
		finish(t);
		return exit_code(t);
	}
	/* Destinations that were no use have been named, each in its line. */
	if (err[0] != '\0')
		trace_error(&t->progress, "%s", err);
	return t->interrupted ? EXIT_INTERRUPT : EXIT_LOCAL;
}

static double or_default(double value, double fallback)
{
	return value > 0 ? value : fallback;
}

int trace_run(const struct trace_run_options *o)
{
	struct trace_run_options full = *o;
	struct tracer t = {.options = &full, .began = now_mono(), .progress = progress_make(o->quiet)};

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
