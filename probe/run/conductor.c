/* SPDX-License-Identifier: BSD-2-Clause */
/* OPEN, RUN, DRAIN and CLOSE: the heartbeat of a run. */
#include "probe/run/conductor.h"

#include "analysis/match/identity.h"
#include "analysis/value/strbuf.h"
#include "probe/run/check_output.h"
#include "probe/run/stopping.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* At the default rate one probe is due every 5 ms. */
#define STEP_NS (5 * NS_PER_MS)
#define SLOW_TICK_NS (50 * NS_PER_MS)  /* time as an event, decisions, progress */
#define COUNT_EVERY_NS NS_PER_SEC
/* The helper drains for a second at most; then it is not waited for any more. */
#define DRAIN_NS (1400 * NS_PER_MS)
#define WISHES_MAX 8                   /* probes in one step: also --rate max sends no volleys, which drown small queues */
#define TTL_DEFAULT 64

/* A RST that ends what a SYN-ACK half opened is no probe and tells nothing of the
 * path: the live schedule must know it, the log and the evidence do not keep it. */
static bool is_reset(struct conductor *k, const struct event *e)
{
	struct match m;

	if (e->kind != EVENT_FRAME || !k->live || !diagnosis_is_reset(k->live, e->u.frame))
		return false;
	diagnosis_fold(k->live, e, &m);
	k->counters.resets++;
	return true;
}

static void note_step(struct conductor *k, int64_t step)
{
	k->plan.clock.steps = k->clock.steps;
	k->plan.clock.stepped_us += step / NS_PER_US;
	if (k->clock.steps <= CLOCK_STEPS_NAMED)
		progress_warn(&k->progress, "the host's clock was stepped by %+.3f s during the run: its times go on by the clock as it was before%s",
		              (double)step / (double)NS_PER_SEC, k->clock.steps == CLOCK_STEPS_NAMED ? "; further steps are counted alone" : "");
}

struct wall_ns conductor_now(struct conductor *k)
{
	struct wall_ns wall;
	struct mono_ns mono;
	int64_t step;

	now_both(&wall, &mono);
	step = run_clock_look(&k->clock, wall, mono);
	if (step != 0)
		note_step(k, step);
	return run_clock_now(&k->clock, wall);
}

struct wall_ns conductor_stamp(struct conductor *k, struct wall_ns stamp)
{
	struct wall_ns now = conductor_now(k);

	return k->clock.steps > 0 ? run_clock_stamp(&k->clock, stamp, now) : stamp;
}

bool conductor_event(struct conductor *k, const struct event *e)
{
	if (is_reset(k, e))
		return true;
	if (e->kind != EVENT_TICK && !event_log_add(&k->log, e))
		return false;
	if (k->live)
		diagnosis_fold(k->live, e, NULL);
	return true;
}

static void on_signal(void *arg)
{
	struct conductor *k = arg;

	k->interrupted = true;
}

/* -- OPEN -- */

static void change_mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

void conductor_hold_interrupt(void)
{
	change_mask(SIG_BLOCK);
}

void conductor_release_interrupt(void)
{
	change_mask(SIG_UNBLOCK);
}

bool conductor_open(struct conductor *k, const struct config *c, const struct check_options *o,
                    const struct plan_limits *limits, char *err, size_t err_size)
{
	bool ok;

	memset(k, 0, sizeof *k);
	k->config = c;
	k->options = o;
	k->limits = *limits;
	k->began = now_mono();
	k->progress = progress_make("erprobe check", o->quiet);
	k->sources.heard.fd = -1;
	k->routes = own_routes_none();
	event_log_init(&k->log);
	k->loop = loop_new();
	if (!k->loop) {
		text_format(err, err_size, "cannot make an event loop: out of memory or file descriptors");
		return false;
	}
	conductor_hold_interrupt();
	/* Forked before our handlers exist: a handler of libevent in the child would write
	 * into the parent's own signal pipe. */
	conductor_azure_begin(k);
	ok = loop_interrupts(k->loop, on_signal, k);
	conductor_release_interrupt();
	if (!ok)
		text_format(err, err_size, "cannot catch signals: out of memory");
	return ok;
}

/* -- RUN -- */

/* False for one that was to be signed and cannot be. */
static bool make_probe(const struct conductor *k, const struct probe_wish *w, uint32_t id, struct probe_spec *out)
{
	uint8_t ttl = w->ttl > 0 ? w->ttl : TTL_DEFAULT;

	identity_probe(&k->plan, &k->plan.flows[w->flow], id, w->index, ttl, w->size, out);
	if (w->kind == PROBE_TCP_RST) {
		out->kind = PROBE_TCP_RST;
		out->seq = w->seq;
	}
	return tcp_md5_sign(k->signatures, &k->plan, &k->plan.flows[w->flow], out);
}

static bool route_gone(struct conductor *k, uint16_t flow)
{
	char text[IP_TEXT_MAX];
	bool gone = own_routes_gone(&k->routes, flow);

	if (gone && !k->route_said)
		progress_warn(&k->progress, "this host has lost its route to %s: nothing is sent where there is none until it is back",
		              ip_addr_text(&k->plan.flows[flow].dst, text));
	k->route_said = k->route_said || gone;
	return gone;
}

/* not_after: see struct probe_spec. */
static void send_one(struct conductor *k, const struct probe_wish *w, struct mono_ns now, struct mono_ns not_after)
{
	const struct asked_probe asked = {w->flow, w->kind, w->ttl};
	uint32_t id = probe_table_add(&k->probes, w->flow, w->kind, w->ttl);
	struct probe_spec spec;

	k->last_sent = now;
	k->sent += w->kind != PROBE_TCP_RST;
	/* Our own routing table gave no interface: the helper has nothing to send it by. */
	if (!k->helper || k->plan.flows[w->flow].no_route) {
		conductor_not_sent(k, &asked, SEND_NO_ROUTE, 0);
		return;
	}
	if (own_addresses_gone(&k->sources, &k->plan.flows[w->flow].src)) {
		conductor_not_sent(k, &asked, SEND_NO_ADDRESS, 0);
		return;
	}
	if (route_gone(k, w->flow)) {
		conductor_not_sent(k, &asked, SEND_ROUTE_GONE, 0);
		return;
	}
	if (!make_probe(k, w, id, &spec)) {
		conductor_not_sent(k, &asked, SEND_REFUSED_SESSION, 0);
		return;
	}
	spec.not_after = not_after;
	if (id == 0 || !helper_send_probe(k->helper, &spec))
		conductor_not_sent(k, &asked, SEND_NO_BUFFER, 0);
}

/* What was to wait its turn does not leave after all: no trouble of this host. */
static void leave_out(struct conductor *k, const struct probe_wish *w)
{
	const struct asked_probe asked = {w->flow, w->kind, w->ttl};

	(void)probe_table_add(&k->probes, w->flow, w->kind, w->ttl);
	conductor_left_out(k, &asked, SEND_REFUSED_RATE, 0);
}

/* When a turn that begins then is over. */
static struct mono_ns turn_end(struct mono_ns at) { return mono_add(at, SYN_LATE_NS); }

/* A BGP port has one SYN a second from all runs of this host. */
static void send_in_turn(struct conductor *k, const struct probe_wish *w, struct mono_ns now)
{
	const struct plan_flow *f = &k->plan.flows[w->flow];
	bool turns = w->kind == PROBE_TCP_SYN && plan_asks_bgp_port(f);
	int64_t wait = turns ? syn_turns_take(k->turns, &f->dst, now) : 0;

	if (wait == 0) {
		send_one(k, w, now, turns ? turn_end(now) : (struct mono_ns){0});
	} else if (wait > 0 && k->held_count < CONDUCTOR_HELD_MAX) {
		k->held[k->held_count++] = (struct held_syn){*w, mono_add(now, wait)};
	} else {
		/* Other runs ask now; it comes to be asked again. */
		leave_out(k, w);
	}
}

static void send_held(struct conductor *k, struct mono_ns now)
{
	size_t kept = 0;

	for (size_t i = 0; i < k->held_count; i++) {
		const struct held_syn *h = &k->held[i];
		if (h->at.ns > now.ns)
			k->held[kept++] = *h;
		else if (k->sent < k->limits.budget && !k->resting && now.ns <= turn_end(h->at).ns)
			send_one(k, &h->wish, now, turn_end(h->at));
		else
			leave_out(k, &h->wish); /* the budget was spent meanwhile, the verdict stands, or the turn was missed */
	}
	k->held_count = kept;
}

static void say_address(struct conductor *k, const struct own_address *a)
{
	char text[IP_TEXT_MAX];

	if (a->gone)
		progress_warn(&k->progress, "%s is no address of this host any more: what leaves from it is not measured until it is back", ip_addr_text(&a->addr, text));
	else
		progress_warn(&k->progress, "%s was not there for a moment: what was under way from it is not counted", ip_addr_text(&a->addr, text));
}

/* An address went, or came back: what is under way to one that went is neither answered nor lost. */
static void on_addresses(void *arg)
{
	struct conductor *k = arg;

	if (!own_addresses_take(&k->sources))
		return;
	for (size_t i = 0; i < k->sources.count; i++) {
		const struct own_address *a = &k->sources.list[i];
		if (!a->went)
			continue;
		say_address(k, a);
		for (size_t f = 0; f < k->plan.flow_count; f++) {
			const struct asked_probe none = {(uint16_t)f, k->plan.flows[f].kind, 0};
			if (ip_addr_equal(&k->plan.flows[f].src, &a->addr))
				conductor_left_out(k, &none, SEND_NO_ADDRESS, 0);
		}
	}
}

static void on_routes(void *arg)
{
	struct conductor *k = arg;

	own_routes_take(&k->routes, now_mono());
}

/* Without them a run goes on as it is: it is told of nothing. */
static bool watch_host(struct conductor *k)
{
	char why[CONDUCTOR_ERROR_MAX];

	if (own_routes_open(&k->routes, &k->plan) && !loop_readable(k->loop, own_routes_fd(&k->routes), on_routes, k))
		return false;
	if (!own_addresses_open(&k->sources, &k->plan, why, sizeof why)) {
		progress_warn(&k->progress, "%s", why);
		return true;
	}
	return loop_readable(k->loop, own_addresses_fd(&k->sources), on_addresses, k) != NULL;
}

static void open_turns(struct conductor *k)
{
	char why[CONDUCTOR_ERROR_MAX];
	bool needed = false;

	for (size_t i = 0; i < k->plan.flow_count && !needed; i++)
		needed = plan_asks_bgp_port(&k->plan.flows[i]);
	if (!needed || !k->helper)
		return;
	k->turns = syn_turns_open(SYN_TURNS_SHARED, "", why, sizeof why);
	if (!k->turns)
		progress_warn(&k->progress, "other runs on this host do not see when this one asks a BGP port, nor this one theirs: %s", why);
}

static void send_probes(struct conductor *k, struct mono_ns now)
{
	struct probe_wish wishes[WISHES_MAX];
	size_t ready = pacer_ready(&k->pacer, now, WISHES_MAX);
	size_t count = ready > 0 ? diagnosis_next(k->live, conductor_now(k), wishes, ready) : 0;

	pacer_take(&k->pacer, count);
	for (size_t i = 0; i < count; i++) {
		/* Connections are still reset once the budget is spent. */
		bool reset = wishes[i].kind == PROBE_TCP_RST;

		if (reset || (k->sent < k->limits.budget && !k->resting))
			send_in_turn(k, &wishes[i], now);
	}
	send_held(k, now);
}

static void start_drain(struct conductor *k, struct mono_ns now, enum end_reason why)
{
	k->reason = why;
	k->draining = true;
	k->drain_until = mono_add(now, DRAIN_NS);
	for (size_t i = 0; i < k->held_count; i++)
		leave_out(k, &k->held[i].wish);
	k->held_count = 0;
	if (!k->helper || k->helper_lost || !helper_stop(k->helper))
		loop_stop(k->loop);
}

static const char *waiting_for(const struct conductor *k)
{
	if (k->draining)
		return "the last answers";
	if (k->resting)
		return "what passes on the peerings";
	if (!conductor_azure_over(k))
		return "answers and Azure";
	return k->sent >= k->limits.budget ? "the last answers" : "answers";
}

static void show_progress(struct conductor *k, struct mono_ns now)
{
	progress_show(&k->progress, mono_since(now, k->began), k->sent, waiting_for(k));
}

static void show_interim(struct conductor *k, struct mono_ns now)
{
	double every = k->options->interim_s;

	if (every <= 0 || mono_since(now, k->last_interim) < seconds_ns(every))
		return;
	k->last_interim = now;
	check_interim(k->live, conductor_now(k));
}

static enum end_reason reason_now(struct conductor *k, struct mono_ns now)
{
	/* What is watched may be waited for; an interrupt and the deadline come before. */
	bool watched = (double)mono_since(now, k->began) >= k->options->watch_s * (double)NS_PER_SEC;
	/* Without flows there is nothing to wait for but Azure. */
	bool decided = k->plan.flow_count == 0 ? conductor_azure_over(k) : diagnosis_decided(k->live, conductor_now(k));
	const struct run_state s = {
		.helper_lost = k->helper_lost,
		.interrupted = k->interrupted,
		.decided = decided && watched,
		.sent = k->sent,
		.budget = watched ? k->limits.budget : UINT32_MAX,
		.since_last_ns = mono_since(now, k->last_sent),
		.elapsed_ns = mono_since(now, k->began),
		.run_ns = sending_time_ns(k->limits.deadline_s),
	};

	conductor_azure_again(k, now);
	k->resting = decided && !watched;
	return why_stop(&s);
}

static void slow_tick(struct conductor *k, struct mono_ns now)
{
	const struct event tick = {.kind = EVENT_TICK, .u.tick = conductor_now(k)};
	enum end_reason why;

	k->last_slow_tick = now;
	if (own_addresses_due(&k->sources))
		on_addresses(k);
	own_routes_look(&k->routes, now);
	conductor_event(k, &tick);
	conductor_hear(k, now);
	conductor_azure_tick(k, now);
	show_progress(k, now);
	show_interim(k, now);
	if (mono_since(now, k->last_count) >= COUNT_EVERY_NS) {
		k->last_count = now;
		if (k->helper)
			helper_count(k->helper);
	}
	why = reason_now(k, now);
	if (why != 0)
		start_drain(k, now, why);
}

/* The timer wakes us each STEP_NS; what it could not is the host's doing. */
static void note_stall(struct conductor *k, struct mono_ns now)
{
	int64_t us = (mono_since(now, k->last_step) - STEP_NS) / NS_PER_US;

	k->last_step = now;
	if (us >= PLAN_STALL_US && us > k->plan.clock.stall_us)
		k->plan.clock.stall_us = us;
}

static void on_step(void *arg)
{
	struct conductor *k = arg;
	struct mono_ns now = now_mono();

	note_stall(k, now);
	if (k->draining) {
		if (mono_since(now, k->drain_until) < 0)
			return;
		progress_warn(&k->progress, "the packet helper did not finish in time: its last answers are missing");
		loop_stop(k->loop);
		return;
	}
	if (k->helper_lost || k->interrupted || mono_since(now, k->last_slow_tick) >= SLOW_TICK_NS)
		slow_tick(k, now);
	if (!k->draining)
		send_probes(k, now);
}

static void on_record(void *arg)
{
	struct conductor *k = arg;

	conductor_take(k);
	if (k->helper_lost || k->drained) {
		/* A dead descriptor stays readable for ever. */
		loop_drop(k->loop, k->frames);
		k->frames = NULL;
	}
	/* Also while draining: the last answers are missing, so that their probes look lost. */
	if (k->helper_lost)
		k->reason = END_HELPER_LOST;
	if (k->helper_lost || k->drained)
		loop_stop(k->loop);
}

/* Azure may have answered before there was a diagnosis. */
static void fold_snapshots(struct conductor *k)
{
	for (size_t i = 0; i < k->plan.circuit_count; i++) {
		const struct event e = {.kind = EVENT_AZURE, .u.azure = {(uint8_t)i, k->log.snapshots[i]}};

		if (k->log.snapshots[i])
			diagnosis_fold(k->live, &e, NULL);
	}
}

bool conductor_run(struct conductor *k, char *err, size_t err_size)
{
	struct mono_ns now = now_mono();

	k->live = diagnosis_new(&k->plan);
	k->wiper = watch_new(&k->plan);
	if (k->live && (k->wiper || !k->plan.watch)) {
		fold_snapshots(k);
		if (k->helper)
			k->frames = loop_readable(k->loop, helper_fd(k->helper), on_record, k);
		k->tick = loop_every(k->loop, STEP_NS, on_step, k);
	}
	if (!k->tick || (k->helper && !k->frames) || (k->helper && !watch_host(k))) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	open_turns(k);
	k->clock = (struct run_clock){0};
	conductor_now(k);
	k->pacer = pacer_make(k->limits.rate, now);
	k->last_sent = k->last_step = k->last_slow_tick = k->last_count = k->last_interim = now;
	if (loop_run(k->loop))
		return true;
	text_format(err, err_size, "the event loop failed");
	return false;
}

/* -- CLOSE -- */

static void log_ending(struct conductor *k)
{
	struct event counters = {.kind = EVENT_COUNTERS, .u.counters = k->counters};
	struct event end = {.kind = EVENT_END, .u.end = {conductor_now(k), (uint8_t)k->reason}};

	/* What the log had no room for was lost as surely as in the kernel. */
	counters.u.counters.dropped += k->log.refused;
	event_log_add(&k->log, &counters);
	event_log_add(&k->log, &end);
}

void conductor_close(struct conductor *k)
{
	if (k->reason == 0)
		k->reason = k->interrupted ? END_INTERRUPTED : END_DEADLINE;
	if (k->loop) {
		conductor_azure_end(k);
		loop_drop(k->loop, k->frames);
		loop_drop(k->loop, k->tick);
		k->frames = k->tick = NULL;
	}
	helper_close(k->helper);
	k->helper = NULL;
	progress_clear(&k->progress);
	log_ending(k);
}

void conductor_free(struct conductor *k)
{
	if (k->live)
		diagnosis_free(k->live);
	watch_free(k->wiper);
	probe_table_free(&k->probes);
	tcp_md5_free(k->signatures);
	syn_turns_close(k->turns);
	own_addresses_close(&k->sources);
	own_routes_close(&k->routes);
	event_log_free(&k->log);
	plan_free(&k->plan);
	loop_free(k->loop);
	memset(k, 0, sizeof *k);
}
