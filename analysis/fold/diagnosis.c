/* SPDX-License-Identifier: BSD-2-Clause */
/* The fold: events to state, state to result. */
#include "analysis/fold/diagnosis.h"

#include "analysis/diagnose/beside.h"
#include "analysis/diagnose/posterior.h"
#include "analysis/fold/schedule.h"
#include "analysis/observables/heard.h"
#include "analysis/observables/usual.h"
#include "analysis/passive/watch.h"
#include "analysis/path/observe.h"
#include "analysis/path/path.h"
#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/contradict.h"
#include "analysis/verdict/explain.h"
#include "analysis/verdict/unseen.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How often, in event time, the paths and the posterior are looked at anew. */
#define LOOK_EVERY_NS (100 * NS_PER_MS)
#define INFORM_LOOKS 4          /* in how many of them it is asked anew what more probes would tell */
/* Live stop rules: surer than asked, so that the verdict does not turn in the last
 * second, and the same statement in this many looks. What is less sure may stop
 * when it has stood still: more of the same would not move it. */
#define STOP_CONFIDENCE 0.975
#define STOP_LOOKS 4
#define STILL_LOOKS 15          /* decided, but not that surely */
#define STILL_LOOKS_HARD 5      /* the same of what is dead: it shows at once, or not at all */
#define ROW_STILL_LOOKS 5       /* which row it is does not get clearer */
#define STILL_UNDECIDED_LOOKS 60
#define STILL_MOVE 0.01
#define HARD_MIN_NS (1700 * NS_PER_MS)  /* patience of the first probes, twice over */
#define SOFT_MIN_NS (6 * NS_PER_SEC)    /* loss and delay: enough to tell 1 % from none */
#define STATEMENT_MIN 0.80              /* the row itself, while time is left */
#define ROW_PATIENCE_NS (9 * NS_PER_SEC)
#define HEALTHY_SURE 0.99               /* a hint of a fault is followed up before "healthy" is said, and so is a loss that would not have shown, … */
#define HEALTHY_PATIENCE_NS (12 * NS_PER_SEC) /* … up to here */
#define BESIDE_PATIENCE_NS (12 * NS_PER_SEC)  /* the same of a loss or a delay beside what is dead */
#define SOFT_PATIENCE_NS (20 * NS_PER_SEC) /* losses come seldom: a doubt about them ends later than others */
#define SIZES_PATIENCE_NS (12 * NS_PER_SEC)
#define REFUSED_PATIENCE_NS (14 * NS_PER_SEC) /* a host that has just begun to refuse may be about to let nothing out */
#define AZURE_FAULT_NS (4 * NS_PER_SEC) /* a verdict this sure does not wait longer for Azure */
#define AZURE_HEALTHY_NS (10 * NS_PER_SEC)
#define SURE_WITHOUT_AZURE 0.99
#define GIVE_UP_NS (28 * NS_PER_SEC)    /* more of the same will not decide */

struct look {
	char fault[PARTS_MAX][FAULT_ID_MAX];
	uint8_t link[PARTS_MAX];
	uint8_t count;
	unsigned same;          /* looks in a row with this statement */
	unsigned still;         /* looks in a row in which its probability did not move */
	double probability;
	unsigned row_still;     /* the same of its least certain row */
	double row;
};

struct circuit_state {
	struct az_snapshot snapshot;
	bool has_snapshot;
	struct look look;
	bool stands;
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
	if (wall_since(now, d->paths_at) >= LOOK_EVERY_NS) {
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

/* --- when to stop --- */

static struct look look_at(const struct explanation *e)
{
	struct look l = {.count = e->count, .probability = e->probability};
	for (uint8_t i = 0; i < e->count; i++) {
		text_format(l.fault[i], sizeof l.fault[i], "%s", e->parts[i].row->id);
		l.link[i] = e->parts[i].link;
	}
	return l;
}

static bool look_same(const struct look *a, const struct look *b)
{
	if (a->count != b->count)
		return false;
	for (uint8_t i = 0; i < a->count; i++)
		if (strcmp(a->fault[i], b->fault[i]) != 0 || a->link[i] != b->link[i])
			return false;
	return true;
}

/* Loss, delay and "nothing" need samples, also beside what lets all targets live; what is
 * dead shows at once, be it the MSEE alone. */
static bool is_soft(const struct explanation *e)
{
	for (uint8_t i = 0; i < e->count; i++) {
		char target = e->parts[i].row->target, msee = e->parts[i].row->msee;
		bool dead = msee == 'X' || msee == 'b';
		if (target == 'L' || ((target == 'A' || target == 'a') && !dead))
			return true;
	}
	return false;
}

/* How probable the least certain row of the statement is. */
static double least_row(const struct judged_circuit *j, const struct explanation *e)
{
	double least = 1;
	for (uint8_t i = 0; i < e->count; i++)
		least = fmin(least, posterior_of_fault(&j->posterior, &e->parts[i]));
	return least;
}

/* How long the statement and its probabilities have stood. They are measured against where
 * they stood still, so that a slow drift is a move. */
static void look_follow(struct look *look, const struct look *before)
{
	bool same = look_same(look, before);
	look->same = same ? before->same + 1 : 1;
	if (same && fabs(look->probability - before->probability) < STILL_MOVE)
		look->still = before->still + 1;
	if (same && fabs(look->row - before->row) < STILL_MOVE)
		look->row_still = before->row_still + 1;
	if (look->still > 1)
		look->probability = before->probability;
	if (look->row_still > 1)
		look->row = before->row;
}

/* Is something still to be learned of the sizes that the links carry? */
static bool sizes_open(const struct observables *o)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if (o->links[l].size[fam].wanted)
				return true;
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

static bool circuit_stands(struct diagnosis *d, size_t circuit, int64_t elapsed)
{
	struct circuit_state *c = &d->circuits[circuit];
	struct judged_circuit j;
	bool azure_pending = d->plan->azure_asked && !(c->has_snapshot && c->snapshot.finished);
	if (azure_pending && elapsed < AZURE_FAULT_NS)
		return false;
	if (!judge(d, circuit, &j))
		return false;
	if (d->looks % INFORM_LOOKS == 0)
		inform(d, &j);
	const struct explanation *e = &j.posterior.list[0];
	struct look look = look_at(e);
	double row = look.row = least_row(&j, e);
	look_follow(&look, &c->look);
	c->look = look;
	double asked = d->plan->limits.confidence, sure = asked > STOP_CONFIDENCE ? asked : STOP_CONFIDENCE;
	if (azure_pending) { /* what Azure may still say is part of the doubt */
		bool healthy = e->parts[0].row->scope == SCOPE_NONE;
		asked = sure = sure > SURE_WITHOUT_AZURE ? sure : SURE_WITHOUT_AZURE;
		if (healthy && elapsed < AZURE_HEALTHY_NS)
			asked = sure = 2; /* not yet */
	}
	bool soft = is_soft(e);
	bool enough = elapsed >= (soft ? SOFT_MIN_NS : HARD_MIN_NS) &&
	              (row >= STATEMENT_MIN || (!soft && look.row_still >= ROW_STILL_LOOKS) || elapsed >= ROW_PATIENCE_NS);
	bool early = e->parts[0].row->scope == SCOPE_NONE && elapsed < HEALTHY_PATIENCE_NS;
	if (early && enough && (e->probability < HEALTHY_SURE || !unseen_enough(&j.posterior)))
		enough = false;
	if (!soft && elapsed < BESIDE_PATIENCE_NS && beside_is_hinted(&j.posterior))
		enough = false;
	if ((sizes_open(&j.seen) && elapsed < SIZES_PATIENCE_NS) || (j.seen.refused_lately && elapsed < REFUSED_PATIENCE_NS))
		enough = false;
	bool stands = enough && ((look.same >= STOP_LOOKS && verdict_stands(&j.posterior, sure)) ||
	                         (look.still >= (soft ? STILL_LOOKS : STILL_LOOKS_HARD) && verdict_stands(&j.posterior, asked)));
	int64_t patience = soft ? SOFT_PATIENCE_NS : ROW_PATIENCE_NS;
	bool hopeless = !azure_pending && elapsed >= patience && look.still >= STILL_UNDECIDED_LOOKS;
	judged_free(&j);
	return stands || hopeless;
}

bool diagnosis_decided(struct diagnosis *d, struct wall_ns now)
{
	if (d->seen.count == 0 && d->seen.not_sent == 0)
		return wall_since(now, d->plan->started_at) >= GIVE_UP_NS;
	struct wall_ns first = d->seen.count > 0 ? d->seen.records[0].sent_at : d->plan->started_at;
	int64_t elapsed = wall_since(now, first);
	if (elapsed >= GIVE_UP_NS)
		return true;
	/* The looks that must agree come before, so that what is clear is said at HARD_MIN. */
	if (elapsed < HARD_MIN_NS - (ROW_STILL_LOOKS + 1) * LOOK_EVERY_NS || wall_since(now, d->looked_at) < LOOK_EVERY_NS)
		return false;
	d->looked_at = now;
	observations_time(&d->seen, now);
	bool all = true;
	d->looks++;
	for (size_t i = 0; i < d->plan->circuit_count; i++) {
		d->circuits[i].stands = circuit_stands(d, i, elapsed);
		all = all && d->circuits[i].stands;
	}
	return all;
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

static void fill_azure(const struct diagnosis *d, size_t circuit, struct azure_result *a)
{
	const struct az_snapshot *s = snapshot_of(d, circuit);
	a->snapshot = s;
	a->available = s && az_snapshot_available(s);
	if (a->available)
		a->as_of = s->done_at;
	else if (!d->plan->azure_asked)
		text_format(a->why_not, sizeof a->why_not, "not configured (auth: none)");
	else
		text_format(a->why_not, sizeof a->why_not, "%s", s && s->why_not[0] ? s->why_not : "no answer within the deadline");
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
