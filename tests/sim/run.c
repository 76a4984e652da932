/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/run.h"
#include "analysis/match/identity.h"
#include "tests/sim/frames.h"

#include <stdlib.h>
#include <string.h>

#define STEP_S 0.005
#define START_S 0.2
#define LIMIT_S 40.0
#define AZURE_AFTER_S 1.2
#define AZURE_FIRST_S 0.2 /* what is not read from routers, where that comes later */

struct pending { struct frame frame; bool used; };

struct sim {
	struct sim_world *w;
	struct plan *p;
	struct diagnosis *d;
	struct pending *pending;
	size_t pending_count, pending_size;
	uint32_t probes;
	double tokens;
	uint64_t received, dropped;
	const struct sim_world *first; /* as Azure first told of it */
};

static struct wall_ns at(const struct sim *s, double seconds)
{
	return wall_add(s->p->started_at, (int64_t)(seconds * 1e9));
}

static void fold_frame(struct sim *s, const struct frame *f)
{
	struct event e = {.kind = EVENT_FRAME, .u.frame = f};
	s->received++; /* as the kernel counts: with what it drops */
	if (s->w->capture_loss > 0 && sim_uniform(&s->w->rng) < s->w->capture_loss) {
		s->dropped++;
		return;
	}
	if (!diagnosis_is_foreign(s->d, f))
		diagnosis_fold(s->d, &e, NULL);
}

static void queue(struct sim *s, const struct frame *f)
{
	if (s->pending_count == s->pending_size) {
		s->pending_size = s->pending_size ? s->pending_size * 2 : 256;
		s->pending = realloc(s->pending, s->pending_size * sizeof *s->pending);
		if (!s->pending)
			exit(2);
	}
	s->pending[s->pending_count++] = (struct pending){*f, true};
}

/* Delivers, in time order, what has arrived by now. */
static void deliver(struct sim *s, struct wall_ns now)
{
	for (;;) {
		size_t next = s->pending_count;
		for (size_t i = 0; i < s->pending_count; i++)
			if (s->pending[i].frame.at.ns <= now.ns &&
			    (next == s->pending_count || s->pending[i].frame.at.ns < s->pending[next].frame.at.ns))
				next = i;
		if (next == s->pending_count)
			return;
		struct frame f = s->pending[next].frame;
		s->pending[next] = s->pending[--s->pending_count];
		fold_frame(s, &f);
	}
}

static void not_sent(struct sim *s, const struct probe_wish *wish, double now_s)
{
	struct event e = {.kind = EVENT_NOT_SENT,
		.u.not_sent = {.at = at(s, now_s), .flow = wish->flow, .ttl = wish->ttl, .result = SEND_NO_ROUTE}};
	diagnosis_fold(s->d, &e, NULL);
}

static void send_one(struct sim *s, const struct probe_wish *wish, double now_s)
{
	struct probe_spec spec;
	struct frame f;
	struct sim_answer a;
	if (wish->kind == PROBE_TCP_RST)
		return;
	identity_probe(s->p, &s->p->flows[wish->flow], ++s->probes, wish->index, wish->ttl, wish->size, &spec);
	world_probe(s->w, s->p, &spec, now_s, &a);
	if (a.no_route)
		not_sent(s, wish, now_s);
	if (!a.left)
		return;
	frame_of_probe(&spec, at(s, now_s), &f);
	fold_frame(s, &f);
	if (!a.answered)
		return;
	double back = now_s + a.rtt_ms / 1000;
	frame_of_answer(&spec, &a, at(s, back), &f);
	queue(s, &f);
	if (a.type == SIM_SYN_ACK && !a.is_error) {
		frame_of_reset(&spec, at(s, back + 0.00002), &f);
		queue(s, &f);
	}
}

static void step(struct sim *s, double now_s)
{
	struct probe_wish wishes[8];
	deliver(s, at(s, now_s));
	s->tokens += STEP_S * s->p->limits.rate;
	size_t most = s->tokens > 8 ? 8 : (size_t)s->tokens;
	size_t n = diagnosis_next(s->d, at(s, now_s), wishes, most);
	s->tokens = s->tokens > 8 ? 8 : s->tokens;
	s->tokens -= (double)n;
	for (size_t i = 0; i < n; i++)
		send_one(s, &wishes[i], now_s + 0.0003 * (double)i);
}

static void fold_azure(struct sim *s, const struct az_snapshot *snapshot)
{
	struct event e = {.kind = EVENT_AZURE, .u.azure = {0, snapshot}};
	diagnosis_fold(s->d, &e, NULL);
}

static void azure_answers(struct sim *s, double t)
{
	struct az_snapshot unread = {.finished = true, .why_not = "connection refused"};
	s->w->azure.asked_at = s->w->azure.done_at = at(s, t - s->w->azure_age_s);
	s->first = s->w;
	fold_azure(s, s->w->azure_unread ? &unread : &s->w->azure);
}

/* The long operations are still under way; the run may end before they do. */
static void azure_begins(struct sim *s, double t, bool run_ends)
{
	struct az_snapshot so_far;
	s->w->azure.asked_at = s->w->azure.done_at = at(s, t - s->w->azure_age_s);
	if (s->w->azure_unread || !az_snapshot_copy(&so_far, &s->w->azure)) {
		if (run_ends)
			azure_answers(s, t);
		return;
	}
	so_far.finished = run_ends;
	for (int l = 0; l < LINKS; l++)
		so_far.arp[l].part.read = so_far.bgp[l].part.read = so_far.routes[l].part.read = AZ_NOT_ASKED;
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		so_far.gateway_advertised[i].part.read = AZ_NOT_ASKED;
	so_far.gateway_peers.part.read = so_far.gateway_learned.part.read = so_far.failover_tests.part.read = AZ_NOT_ASKED;
	fold_azure(s, &so_far);
	az_snapshot_free(&so_far);
}

/* What was read again takes the place of the older answer; what could not be keeps it. */
static void azure_renews(struct sim *s, double t)
{
	struct az_snapshot unread = {.finished = true}, renewed;
	struct az_snapshot *again = s->w->azure_unread ? &unread : &s->w->azure;
	again->asked_at = again->done_at = at(s, t - s->w->azure_age_s);
	if (!az_snapshot_renewed(&renewed, &s->first->azure, again))
		exit(2);
	fold_azure(s, &renewed);
	az_snapshot_free(&renewed);
}

static void count(struct sim *s)
{
	struct event counters = {.kind = EVENT_COUNTERS, .u.counters = {.received = s->received, .dropped = s->dropped}};
	if (s->dropped > 0)
		diagnosis_fold(s->d, &counters, NULL);
}

static void finish(struct sim *s, double t)
{
	struct event end = {.kind = EVENT_END, .u.end = {at(s, t + 0.3), END_DECIDED}};
	deliver(s, at(s, t + 0.3));
	count(s);
	diagnosis_fold(s->d, &end, NULL);
}

static void break_world(struct sim *s, struct sim_world *broken)
{
	memcpy(broken->made, s->w->made, sizeof broken->made);
	s->w = broken;
}

bool sim_run(struct sim_world *w, struct plan *p, double seconds, struct sim_outcome *out)
{
	struct sim s = {.w = w->before ? w->before : w, .p = p, .d = diagnosis_new(p)};
	memset(out, 0, sizeof *out);
	if (!s.d)
		return false;
	double t = START_S, limit = seconds > 0 ? START_S + seconds : LIMIT_S;
	double azure_s = w->azure_tables_s > 0 ? w->azure_tables_s : AZURE_AFTER_S;
	double again = 0; /* when Azure tells once more; 0 = it was not asked */
	size_t circuit;
	bool begun = w->azure_tables_s <= AZURE_FIRST_S, azure = false;
	for (; t < limit; t += STEP_S) {
		if (s.w != w && t >= START_S + w->breaks_s)
			break_world(&s, w);
		step(&s, t);
		count(&s);
		if (!begun && t > AZURE_FIRST_S) {
			azure_begins(&s, t, false);
			begun = true;
		}
		if (!azure && t > azure_s) {
			azure_answers(&s, t);
			azure = true;
		}
		if (again > 0 && t > again) {
			azure_renews(&s, t);
			again = 0;
		}
		if (seconds <= 0 && diagnosis_decided(s.d, at(&s, t)))
			break;
		if (diagnosis_asks_azure(s.d, at(&s, t), &circuit))
			again = t + azure_s;
	}
	if (!azure && w->azure_tables_s > 0)
		azure_begins(&s, t, true);
	else if (!azure)
		azure_answers(&s, t);
	finish(&s, t);
	out->seconds = t - START_S;
	out->probes = s.probes;
	out->diagnosis = s.d;
	free(s.pending);
	return diagnosis_result(s.d, &out->result);
}

void sim_outcome_free(struct sim_outcome *o)
{
	run_result_free(&o->result);
	diagnosis_free(o->diagnosis);
}
