/* SPDX-License-Identifier: BSD-2-Clause */
/* The fold: events to state, state to result. When it has seen enough is stop.c's. */
#include "analysis/fold/diagnosis.h"

#include "analysis/diagnose/posterior.h"
#include "analysis/fold/schedule.h"
#include "analysis/fold/stop.h"
#include "analysis/observables/heard.h"
#include "analysis/observables/usual.h"
#include "analysis/passive/watch.h"
#include "analysis/path/observe.h"
#include "analysis/path/path.h"
#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/contradict.h"
#include "analysis/verdict/explain.h"
#include "analysis/verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

#define INFORM_LOOKS 4 /* in how many looks it is asked anew what more probes would tell */

struct circuit_state {
	struct az_snapshot snapshot;
	bool has_snapshot;
	struct look look;
	bool stands;
	bool outlived;          /* Azure's answers are older than a death in mid-run */
	bool awaits_again;      /* Azure is being asked once more … */
	struct wall_ns again_at; /* … since then; ns 0 = it was not */
};

struct diagnosis {
	const struct plan *plan;
	struct matcher *matcher;
	struct observations seen;
	struct watch *watch;    /* NULL where the plan says not to */
	struct circuit_state *circuits;
	struct event_counters counters;
	struct event_end end;
	struct schedule *schedule;
	struct wall_ns looked_at, paths_at;
	unsigned looks;
};

struct diagnosis *diagnosis_new(const struct plan *p)
{
	struct diagnosis *d = calloc(1, sizeof *d);
	if (!d)
		return NULL;
	d->plan = p;
	d->end.at = p->started_at;
	d->matcher = matcher_new(p);
	d->circuits = calloc(p->circuit_count + 1, sizeof *d->circuits);
	d->schedule = schedule_new(p);
	d->watch = watch_new(p);
	bool seen = observations_init(&d->seen, p);
	if (d->matcher && d->circuits && d->schedule && seen && (d->watch || !p->watch))
		return d;
	diagnosis_free(d);
	return NULL;
}

void diagnosis_free(struct diagnosis *d)
{
	if (!d)
		return;
	for (size_t i = 0; d->circuits && i < d->plan->circuit_count; i++)
		az_snapshot_free(&d->circuits[i].snapshot);
	matcher_free(d->matcher);
	schedule_free(d->schedule);
	watch_free(d->watch);
	observations_free(&d->seen);
	free(d->circuits);
	free(d);
}

static void fold_azure(struct diagnosis *d, const struct event_azure *e)
{
	if (e->circuit >= d->plan->circuit_count || !e->snapshot)
		return;
	struct circuit_state *c = &d->circuits[e->circuit];
	struct az_snapshot copy;
	if (!az_snapshot_copy(&copy, e->snapshot)) {
		d->seen.out_of_memory = true;
		return;
	}
	az_snapshot_free(&c->snapshot);
	c->snapshot = copy;
	c->has_snapshot = true;
	c->awaits_again = c->awaits_again && !copy.finished;
}

void diagnosis_fold(struct diagnosis *d, const struct event *e, struct match *match)
{
	switch (e->kind) {
	case EVENT_FRAME: {
		struct match m;
		matcher_frame(d->matcher, e->u.frame, &m);
		watch_frame(d->watch, e->u.frame, m.cls != MATCH_WATCHED);
		if (m.cls != MATCH_FOREIGN && m.cls != MATCH_WATCHED)
			observations_match(&d->seen, &m, e->u.frame->at);
		if (match)
			*match = m;
		break;
	}
	case EVENT_NOT_SENT:
		observations_not_sent(&d->seen, &e->u.not_sent);
		break;
	case EVENT_AZURE:
		fold_azure(d, &e->u.azure);
		break;
	case EVENT_COUNTERS:
		d->counters = e->u.counters;
		break;
	case EVENT_TICK:
		observations_time(&d->seen, e->u.tick);
		break;
	case EVENT_END:
		observations_time(&d->seen, e->u.end.at);
		d->end = e->u.end;
		break;
	}
}

bool diagnosis_is_foreign(const struct diagnosis *d, const struct frame *f)
{
	return matcher_is_foreign(d->matcher, f);
}

bool diagnosis_is_reset(const struct diagnosis *d, const struct frame *f)
{
	struct decoded packet;
	decode_frame(f, &packet);
	if (!packet.tcp.present || !(packet.tcp.flags & TCP_RST) || matcher_is_foreign(d->matcher, f))
		return false;
	for (size_t i = 0; i < d->plan->flow_count; i++) {
		const struct plan_flow *flow = &d->plan->flows[i];
		if (flow->kind == PROBE_TCP_SYN && flow->src_port == packet.tcp.src_port && flow->dst_port == packet.tcp.dst_port &&
		    ip_addr_equal(&flow->src, &packet.ip.src) && ip_addr_equal(&flow->dst, &packet.ip.dst))
			return true;
	}
	return false;
}

static const struct az_snapshot *snapshot_of(const struct diagnosis *d, size_t circuit)
{
	return d->circuits[circuit].has_snapshot ? &d->circuits[circuit].snapshot : NULL;
}

struct trace_hop_rate diagnosis_hop_rate(const struct diagnosis *d, uint8_t link, int fam, int ttl)
{
	return schedule_hop_rate(d->schedule, link, fam, ttl);
}

size_t diagnosis_surplus(const struct diagnosis *d, struct probe_surplus *out, size_t max)
{
	return schedule_surplus(d->schedule, out, max);
}

size_t diagnosis_next(struct diagnosis *d, struct wall_ns now, struct probe_wish *wishes, size_t max)
{
	observations_time(&d->seen, now);
	if (wall_since(now, d->paths_at) >= STOP_LOOK_NS) {
		d->paths_at = now;
		for (size_t i = 0; i < d->plan->circuit_count; i++) {
			struct path_view view;
			if (!path_view_build(&view, d->plan, (uint8_t)i, &d->seen))
				continue;
			schedule_paths(d->schedule, &view);
			schedule_sizes(d->schedule, &view);
			path_view_free(&view);
		}
	}
	return schedule_next(d->schedule, &d->seen, now, wishes, max);
}

/* --- one circuit, judged --- */

struct judged_circuit { struct path_view path; struct observables seen; struct posterior posterior; };

static void judged_free(struct judged_circuit *j)
{
	posterior_free(&j->posterior);
	observables_free(&j->seen);
	path_view_free(&j->path);
}

static bool judge(const struct diagnosis *d, size_t circuit, struct judged_circuit *j)
{
	memset(j, 0, sizeof *j);
	if (!path_view_build(&j->path, d->plan, (uint8_t)circuit, &d->seen))
		return false;
	bool built = observables_build(&j->seen, &j->path, snapshot_of(d, circuit), &d->counters);
	if (built)
		heard_build(&j->seen, d->watch, circuit);
	if (built && posterior_build(&j->posterior, &j->seen))
		return true;
	judged_free(j);
	return false;
}

/* Where more probes would tell most. */
static void inform(struct diagnosis *d, const struct judged_circuit *j)
{
	struct information i;
	if (!information_build(&i, &j->posterior))
		return; /* the intervals do */
	schedule_inform(d->schedule, &j->seen, &i);
	information_free(&i);
}

/* Did something die after Azure told how things stand? What could not be read at all will hardly be by now; and of this host it
 * knows nothing. */
static bool is_outlived(const struct circuit_state *c, const struct observables *o)
{
	return !o->refused_lately && !o->nothing_left && c->has_snapshot && c->snapshot.finished && az_snapshot_available(&c->snapshot) && o->azure.outlived;
}

static bool circuit_stands(struct diagnosis *d, size_t circuit, int64_t elapsed, struct wall_ns at)
{
	struct circuit_state *c = &d->circuits[circuit];
	struct judged_circuit j;
	struct stop_moment now = {.elapsed_ns = elapsed, .asked = d->plan->limits.confidence,
		.azure_pending = !c->awaits_again && d->plan->azure_asked && !(c->has_snapshot && c->snapshot.finished),
		.azure_again = c->awaits_again, .again_ns = wall_since(at, c->again_at)};
	if (!judge(d, circuit, &j))
		return false;
	c->outlived = is_outlived(c, &j.seen);
	if (d->looks % INFORM_LOOKS == 0)
		inform(d, &j);
	bool stands = stop_stands(&c->look, &j.posterior, &now);
	judged_free(&j);
	return stands;
}

bool diagnosis_decided(struct diagnosis *d, struct wall_ns now)
{
	if (d->seen.count == 0 && d->seen.not_sent == 0)
		return stop_gives_up(wall_since(now, d->plan->started_at));
	struct wall_ns first = d->seen.count > 0 ? d->seen.records[0].sent_at : d->plan->started_at;
	int64_t elapsed = wall_since(now, first);
	if (stop_gives_up(elapsed))
		return true;
	if (!stop_looks(elapsed) || wall_since(now, d->looked_at) < STOP_LOOK_NS)
		return false;
	d->looked_at = now;
	observations_time(&d->seen, now);
	bool all = true;
	d->looks++;
	for (size_t i = 0; i < d->plan->circuit_count; i++) {
		d->circuits[i].stands = circuit_stands(d, i, elapsed, now);
		all = all && d->circuits[i].stands;
	}
	return all;
}

bool diagnosis_asks_azure(struct diagnosis *d, struct wall_ns now, size_t *circuit)
{
	for (size_t i = 0; i < d->plan->circuit_count; i++) {
		struct circuit_state *c = &d->circuits[i];
		if (!c->outlived || c->again_at.ns != 0)
			continue;
		c->again_at = now;
		c->awaits_again = true;
		*circuit = i;
		return true;
	}
	return false;
}

void diagnosis_explain(const struct diagnosis *d, size_t circuit, const char *versus, struct strbuf *out)
{
	struct judged_circuit j;
	if (circuit >= d->plan->circuit_count || !judge(d, circuit, &j))
		return;
	explain_posterior(&j.posterior, versus, out);
	judged_free(&j);
}

/* --- the result --- */

/* While parts are still awaited, what there is stands as of the last answer. */
static struct wall_ns azure_read_at(const struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	size_t count = az_snapshot_parts(s, parts);
	struct wall_ns last = s->done_at;
	for (size_t i = 0; s->done_at.ns == 0 && i < count; i++)
		if (parts[i]->read == AZ_OK && parts[i]->at.ns > last.ns)
			last = parts[i]->at;
	return last;
}

static void fill_azure(const struct diagnosis *d, size_t circuit, struct azure_result *a)
{
	const struct az_snapshot *s = snapshot_of(d, circuit);
	a->snapshot = s;
	a->available = s && az_snapshot_available(s);
	if (a->available) {
		a->as_of = azure_read_at(s);
		text_format(a->not_again, sizeof a->not_again, "%s", s->why_not);
	} else if (!d->plan->azure_asked) {
		text_format(a->why_not, sizeof a->why_not, "not configured (auth: none)");
	} else {
		text_format(a->why_not, sizeof a->why_not, "%s", s && s->why_not[0] ? s->why_not : "no answer within the deadline");
	}
}

static bool fill_circuit(const struct diagnosis *d, size_t circuit, struct circuit_result *r)
{
	struct judged_circuit j;
	if (!judge(d, circuit, &j))
		return false;
	bool ok = circuit_result_fill(&j.seen, r);
	if (ok) {
		for (size_t l = 0; l < r->link_count; l++)
			for (size_t fam = 0; fam < FAMILIES; fam++)
				r->links[l].watched[fam] = watch_seen(d->watch, circuit, r->links[l].id, fam);
		fill_azure(d, circuit, &r->azure);
		verdict_fill(&j.posterior, d->plan->limits.confidence, r);
		contradictions_fill(&j.posterior, r);
	}
	judged_free(&j);
	return ok;
}

bool diagnosis_result(const struct diagnosis *d, struct run_result *out)
{
	memset(out, 0, sizeof *out);
	out->plan = d->plan;
	out->ended_at = d->end.at;
	out->end_reason = (enum end_reason)d->end.reason;
	out->probes_sent = matcher_probes_out(d->matcher);
	out->probes_not_sent = d->seen.not_sent;
	out->resets_sent = d->counters.resets;
	out->capture_received = d->counters.received;
	out->capture_dropped = d->counters.dropped;
	out->match = *matcher_counts(d->matcher);
	out->match.foreign = d->counters.foreign;
	out->circuits = calloc(d->plan->circuit_count + 1, sizeof *out->circuits);
	if (!out->circuits || d->seen.out_of_memory) {
		run_result_free(out);
		return false;
	}
	for (size_t i = 0; i < d->plan->circuit_count; i++) {
		out->circuit_count = i + 1;
		if (!fill_circuit(d, i, &out->circuits[i])) {
			run_result_free(out);
			return false;
		}
	}
	return true;
}

/* --- what is normal --- */

/* Only what is whole and healthy is normal; what is tested or maintained is not. */
static bool teaches(const struct diagnosis *d, const struct run_result *r, size_t circuit)
{
	const struct circuit_result *c = &r->circuits[circuit];
	const struct az_snapshot *s = snapshot_of(d, circuit);
	bool whole = r->end_reason == END_DECIDED || r->end_reason == END_BUDGET || r->end_reason == END_DEADLINE;
	if (!whole || c->faults[0].status != STATUS_HEALTHY || c->interruption.lost > 0)
		return false;
	for (int l = 0; s && l < LINKS; l++)
		if (az_failover_test(s, (enum link_id)l, NULL) == AZ_FACT_YES)
			return false;
	return !s || az_event_now(s, "PlannedMaintenance", r->ended_at, NULL) != AZ_FACT_YES;
}

static bool has_a_way(const struct baseline *b)
{
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++)
			if (b->ways[l][f].sample_count > 0)
				return true;
	return false;
}

bool diagnosis_learn(const struct diagnosis *d, const struct run_result *r, size_t circuit, struct baseline *out)
{
	const struct baseline *before = d->plan->circuits[circuit].baseline;
	struct baseline_run *run;
	struct judged_circuit j;
	bool learned = false;
	if (!teaches(d, r, circuit) || !judge(d, circuit, &j))
		return false;
	run = malloc(sizeof *run);
	if (run) {
		usual_run(&j.seen, run);
		learned = has_a_way(&run->seen);
	}
	if (learned) {
		memset(out, 0, sizeof *out);
		if (before)
			*out = *before;
		baseline_take(out, run);
	}
	free(run);
	judged_free(&j);
	return learned;
}
