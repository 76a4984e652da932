/* SPDX-License-Identifier: BSD-2-Clause */
/* The diagnosis beside a baseline: what is another than usual, and what only looks like it. */
#include "tests/unit/diagnose_judge.h"

#include "analysis/observables/usual.h"

#include <math.h>

#define RUNS 4
#define STEP_NS (300 * NS_PER_SEC)

/* What differs from the standard world. */
struct scene { int64_t extra_us[LINKS]; const char *second_hop; bool edges_silent; };

#define DAY_NS (24 * 3600 * NS_PER_SEC)

static void arrange(struct judged *j, const struct scene *s, int64_t at_ns)
{
	judged_standard(j, HANDOFF_L2);
	j->w.plan.started_at = wall_add(j->w.plan.started_at, at_ns);
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].extra_us = s->extra_us[l];
		if (s->second_hop)
			j->w.way[FAM4][l].hop[2] = s->second_hop;
	}
	for (uint16_t f = 0; s->edges_silent && f < j->w.plan.flow_count; f++)
		j->w.silent[f] = j->w.flows[f].role == FLOW_EDGE;
	world_run(&j->w, 30);
}

/* Every fifth run takes longer by swing_us. */
static struct baseline *learn_swinging(const struct scene *s, int runs, int64_t swing_us)
{
	struct baseline *b = calloc(1, sizeof *b);
	struct baseline_run *run = calloc(1, sizeof *run);

	assert_non_null(b);
	assert_non_null(run);
	for (int i = 0; i < runs; i++) {
		struct judged j;
		struct scene now = *s;

		for (int l = 0; l < LINKS; l++)
			now.extra_us[l] += i % 5 == 4 ? swing_us : 0;
		arrange(&j, &now, i * STEP_NS);
		judged_see(&j);
		usual_run(&j.seen, run);
		baseline_take(b, run);
		judged_free(&j);
	}
	free(run);
	return b;
}

static struct baseline *learn(const struct scene *s, int runs)
{
	return learn_swinging(s, runs, 0);
}

/* Sees a world with what was learned of another; the caller frees both. */
static void see(struct judged *j, struct baseline *known, const struct scene *now)
{
	arrange(j, now, RUNS * STEP_NS);
	j->w.circuit.baseline = known;
	judged_weigh(j);
}

static void slower_than_usual(void **state)
{
	static const struct { const char *what; struct scene before, now; int runs; enum delay_outcome want[LINKS]; } rows[] = {
	    {"as ever", {{3000, 3000}, NULL, false}, {{3000, 3000}, NULL, false}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"both alike", {{3000, 3000}, NULL, false}, {{7000, 7000}, NULL, false}, RUNS, {DELAY_SLOWER, DELAY_SLOWER}},
	    {"one, by less than links may differ", {{3000, 3000}, NULL, false}, {{3000, 6000}, NULL, false}, RUNS, {DELAY_SAME, DELAY_SLOWER}},
	    {"one that always was longer", {{3000, 14000}, NULL, false}, {{3000, 14000}, NULL, false}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"quicker is no fault", {{9000, 9000}, NULL, false}, {{3000, 3000}, NULL, false}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"a little more is no news", {{3000, 3000}, NULL, false}, {{3400, 3400}, NULL, false}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"one run tells of more than any healthy run may differ by", {{3000, 3000}, NULL, false}, {{3000, 5000}, NULL, false}, 1, {DELAY_SAME, DELAY_SLOWER}},
	    {"and of less it does not", {{3000, 3000}, NULL, false}, {{3000, 4200}, NULL, false}, 1, {DELAY_SAME, DELAY_SAME}},
	    {"nor which hops are another path", {{3000, 3000}, NULL, false}, {{3000, 5000}, "10.10.2.99", false}, 1, {DELAY_SAME, DELAY_SAME}},
	    {"another path is compared with the other link", {{3000, 3000}, NULL, false}, {{7000, 7000}, "10.10.2.99", false}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"no border: what both share is no link's alone, and neither is as ever", {{3000, 3000}, NULL, true}, {{7000, 7000}, NULL, true}, RUNS, {DELAY_UNKNOWN, DELAY_UNKNOWN}},
	    {"no border: as ever", {{3000, 3000}, NULL, true}, {{3000, 3000}, NULL, true}, RUNS, {DELAY_SAME, DELAY_SAME}},
	    {"no border: one alone", {{3000, 3000}, NULL, true}, {{3000, 7000}, NULL, true}, RUNS, {DELAY_SAME, DELAY_SLOWER}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct baseline *known = learn(&rows[i].before, rows[i].runs);
		struct judged j;

		see(&j, known, &rows[i].now);
		for (int l = 0; l < LINKS; l++)
			if (j.seen.links[l].delay != rows[i].want[l])
				fail_msg("%s, link %d: %d", rows[i].what, l, (int)j.seen.links[l].delay);
		judged_free(&j);
		free(known);
	}
}

/* What healthy runs differ by tells what is news, and not how long the way is; of a few runs nobody knows it yet. */
static void by_how_much_healthy_runs_differ(void **state)
{
	static const struct { const char *what; int64_t way_us, more_us, swing_us; int runs; enum delay_outcome want; } rows[] = {
	    {"a long way that never differs", 60000, 1500, 0, 10, DELAY_SLOWER},
	    {"every fifth run took as long", 60000, 1500, 2000, 10, DELAY_SAME},
	    {"and this is longer than any of those", 60000, 3000, 2000, 10, DELAY_SLOWER},
	    {"the more runs, the less is news: four", 60000, 1100, 0, 4, DELAY_SAME},
	    {"four, and more", 60000, 1500, 0, 4, DELAY_SLOWER},
	    {"two", 60000, 1500, 0, 2, DELAY_SAME},
	    {"two, and more", 60000, 2400, 0, 2, DELAY_SLOWER},
	    {"a few that differ", 60000, 3000, 2000, 5, DELAY_SAME},
	    {"below half a millisecond nothing is", 3000, 400, 0, 10, DELAY_SAME}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct scene before = {{rows[i].way_us, rows[i].way_us}, NULL, false};
		const struct scene now = {{rows[i].way_us, rows[i].way_us + rows[i].more_us}, NULL, false};
		struct baseline *known = learn_swinging(&before, rows[i].runs, rows[i].swing_us);
		struct judged j;

		arrange(&j, &now, rows[i].runs * STEP_NS);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		if (j.seen.links[P].delay != DELAY_SAME || j.seen.links[S].delay != rows[i].want)
			fail_msg("%s: %d and %d", rows[i].what, (int)j.seen.links[P].delay, (int)j.seen.links[S].delay);
		judged_free(&j);
		free(known);
	}
}

/* A slow control plane of both MSEEs is no slower way: what crosses them is as fast as ever. */
static void a_slow_control_plane(void **state)
{
	const struct scene before = {{3000, 3000}, NULL, false};
	struct baseline *known = learn(&before, RUNS);
	struct judged j;

	(void)state;
	arrange(&j, &before, RUNS * STEP_NS);
	for (size_t i = 0; i < j.w.seen.count; i++) {
		struct probe_record *r = &j.w.seen.records[i];
		uint8_t role = j.w.flows[r->flow].role;

		if (role == FLOW_MSEE || role == FLOW_BGP_MSEE || (r->answer == ANSWER_TIME_EXCEEDED && r->ttl == 4))
			r->rtt_ns += 20 * NS_PER_MS;
	}
	j.w.circuit.baseline = known;
	judged_see(&j);
	assert_int_equal(DELAY_SAME, j.seen.links[P].delay);
	assert_int_equal(DELAY_SAME, j.seen.links[S].delay);
	assert_true(j.seen.links[P].by_usual);
	judged_free(&j);
	free(known);
}

static void a_new_hop(void **state)
{
	const struct scene before = {{3000, 3000}, NULL, false}, now = {{3000, 3000}, "10.10.2.99", false}, silent = {{3000, 3000}, "", false};
	struct baseline *known = learn(&before, RUNS);
	struct judged j;

	(void)state;
	see(&j, known, &now);
	assert_int_equal(PATH_NEW, j.seen.links[P].path[FAM4].change);
	assert_int_equal(2, j.seen.links[P].path[FAM4].ttl);
	assert_int_equal(DOMAIN_CORPORATE, j.seen.links[P].path[FAM4].domain);
	assert_true(ip_addr_equal(&j.seen.links[P].path[FAM4].before, &(struct ip_addr){.family = IP_V4, .bytes = {10, 10, 2, 2}}));
	assert_int_equal(PATH_NOT_KNOWN, j.seen.links[P].path[FAM6].change);
	judged_free(&j);
	see(&j, known, &silent); /* silence is no other path */
	assert_int_equal(PATH_SAME, j.seen.links[P].path[FAM4].change);
	assert_false(j.seen.links[P].path[FAM4].back_changed);
	for (size_t i = 0; i < j.w.seen.count; i++)
		if (j.w.flows[j.w.seen.records[i].flow].link == S)
			j.w.seen.records[i].reply_ttl = 57;
	judged_forget(&j);
	judged_see(&j);
	assert_true(j.seen.links[S].path[FAM4].back_changed);
	assert_false(j.seen.links[P].path[FAM4].back_changed);
	judged_free(&j);
	free(known);
}

/* Another interface, or other ends, is another way: nothing is compared. */
static void another_way(void **state)
{
	const struct scene before = {{3000, 3000}, NULL, false}, now = {{7000, 7000}, NULL, false};
	struct baseline *known = learn(&before, RUNS);
	struct judged j;

	(void)state;
	known->ways[P][FAM4].link_addr[5] = 7;
	known->ways[S][FAM4].msee.bytes[3] = 77;
	see(&j, known, &now);
	for (int l = 0; l < LINKS; l++) {
		assert_int_equal(PATH_NOT_KNOWN, j.seen.links[l].path[FAM4].change);
		assert_false(j.seen.links[l].by_usual);
	}
	judged_free(&j);
	free(known);
}

/* A step that stays is slower than usual in every run, so that none teaches: after a month
 * without one that did, what was usual is no measure any more, and is learned anew. */
static void a_step_that_stays(void **state)
{
	static const struct { int64_t day; enum path_change change; enum delay_outcome delay; uint32_t runs; } rows[] = {
	    {29, PATH_SAME, DELAY_SLOWER, RUNS + 1}, {31, PATH_NOT_KNOWN, DELAY_SAME, 1}};
	const struct scene before = {{3000, 3000}, NULL, false}, now = {{7000, 7000}, NULL, false};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct baseline *known = learn(&before, RUNS);
		struct baseline_run *run = calloc(1, sizeof *run);
		struct circuit_result r = {.baseline_count = 0};
		struct judged j;

		assert_non_null(run);
		arrange(&j, &now, rows[i].day * DAY_NS);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		for (int l = 0; l < LINKS; l++) {
			assert_int_equal(rows[i].change, j.seen.links[l].path[FAM4].change);
			assert_int_equal(rows[i].delay, j.seen.links[l].delay);
		}
		usual_result(&j.seen, &r);
		assert_string_equal(i == 0 ? "slower" : "too old", r.baseline[0].said);
		usual_run(&j.seen, run);
		baseline_take(known, run);
		assert_int_equal(rows[i].runs, known->ways[P][FAM4].runs);
		assert_int_equal(rows[i].runs, known->ways[S][FAM4].runs);
		judged_free(&j);
		free(run);
		free(known);
	}
}

/* Where a drift has come to is the median of the whole week, not that of the last run's hour. */
static void where_a_drift_has_come_to(void **state)
{
	const struct scene before = {{3000, 3000}, NULL, false};
	struct baseline *known = learn(&before, RUNS);
	struct baseline_way *w = &known->ways[P][FAM4];
	struct circuit_result r = {.baseline_count = 0};
	struct judged j;

	(void)state;
	w->anchor_us = 2000;
	w->anchor_of = BASELINE_MSEE;
	w->drift_since_s = w->since_s;
	w->week[w->last_s / 3600 % BASELINE_WEEK] = (struct baseline_hour){.more_us = 4000, .weeks = 4};
	see(&j, known, &before);
	usual_result(&j.seen, &r);
	assert_int_equal(2, r.baseline_count);
	assert_true(r.baseline[0].drifts);
	assert_int_equal(baseline_usual(w, BASELINE_MSEE, w->last_s).week_us, r.baseline[0].drift_to_ns / NS_PER_US);
	judged_free(&j);
	free(known);
}

/* Adds to round trips: of all but the controls (corporate), the same with half of the edges' answers later still or with all of them later and half
 * of them later again, of the edges' own answers alone, or of the targets' (behind the MSEEs). */
enum late { LATE_ALL, LATE_ALL_EDGES_SCATTER, LATE_ALL_EDGES_SLOW, LATE_EDGES, LATE_TARGETS, LATE_ONE_TARGET, LATE_TARGETS_BY_PRIMARY };

#define EDGES_SCATTER_NS (1400 * NS_PER_US)
#define EDGES_SLOW_NS (1500 * NS_PER_US)

static void make_late(struct judged *j, enum late late, int64_t more_ns)
{
	uint32_t edges = 0;

	for (size_t i = 0; i < j->w.seen.count; i++) {
		struct probe_record *r = &j->w.seen.records[i];
		const struct plan_flow *f = &j->w.flows[r->flow];
		bool target = f->role == FLOW_TARGET && r->ttl == FULL;

		if (late == LATE_ALL_EDGES_SCATTER || late == LATE_ALL_EDGES_SLOW)
			r->rtt_ns += more_ns + (f->role == FLOW_EDGE && edges++ / LINKS % 2 ? EDGES_SCATTER_NS : 0);
		if (late == LATE_ALL_EDGES_SLOW && f->role == FLOW_EDGE)
			r->rtt_ns += EDGES_SLOW_NS;
		if (late == LATE_ALL || (late == LATE_EDGES && f->role == FLOW_EDGE) || (late == LATE_TARGETS && target) ||
		    (late == LATE_ONE_TARGET && target && f->target == 0) || (late == LATE_TARGETS_BY_PRIMARY && target && j->w.takes[r->flow] == P))
			r->rtt_ns += more_ns;
	}
}

static void what_both_links_share(void **state)
{
	static const struct { const char *what; enum late late; int64_t more_us; uint32_t other_targets; bool on_edge; enum delay_outcome corporate, beyond; const char *id; } rows[] = {
	    {"as ever", LATE_ALL, 0, 0, false, DELAY_SAME, DELAY_SAME, NULL},
	    {"the way to the edges", LATE_ALL, 6000, 0, false, DELAY_SLOWER, DELAY_SAME, "corp.path-latency"},
	    {"it, and edges that scatter by less than a quarter of it", LATE_ALL_EDGES_SCATTER, 6000, 0, false, DELAY_SLOWER, DELAY_SAME, "corp.path-latency"},
	    {"edges that scatter by more, and are as late as what lies behind them", LATE_ALL_EDGES_SCATTER, 4000, 0, false, DELAY_SLOWER, DELAY_SAME, "corp.path-latency"},
	    {"edges that scatter by more, and are later", LATE_ALL_EDGES_SLOW, 4000, 0, false, DELAY_UNKNOWN, DELAY_SAME, NULL},
	    {"a little", LATE_ALL, 600, 0, false, DELAY_SAME, DELAY_SAME, NULL},
	    {"the edges' own control planes", LATE_EDGES, 2000, 0, false, DELAY_SAME, DELAY_SAME, NULL},
	    {"edges that answer later than what lies behind them", LATE_EDGES, 6000, 0, false, DELAY_UNKNOWN, DELAY_SAME, NULL},
	    {"behind the MSEEs", LATE_TARGETS, 6000, 0, false, DELAY_SAME, DELAY_SLOWER, "azure.gateway-latency"},
	    {"one target", LATE_ONE_TARGET, 6000, 0, false, DELAY_SAME, DELAY_SAME, NULL},
	    {"what comes by one link", LATE_TARGETS_BY_PRIMARY, 6000, 0, false, DELAY_SAME, DELAY_SAME, NULL},
	    {"other targets than those that taught", LATE_TARGETS, 6000, 77, false, DELAY_SAME, DELAY_UNKNOWN, NULL},
	    {"on the edge nothing is corporate", LATE_ALL, 6000, 0, true, DELAY_UNKNOWN, DELAY_SAME, NULL},
	};
	const struct scene before = {{3000, 3000}, NULL, false};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct baseline *known = learn(&before, RUNS);
		struct judged j;

		for (int l = 0; l < LINKS && rows[i].other_targets; l++)
			known->ways[l][FAM4].targets = rows[i].other_targets;
		arrange(&j, &before, RUNS * STEP_NS);
		for (int l = 0; l < LINKS; l++)
			j.w.circuit.links[l].on_edge[FAM4] = rows[i].on_edge;
		make_late(&j, rows[i].late, rows[i].more_us * NS_PER_US);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		if (j.seen.shared[SHARED_CORPORATE].outcome != rows[i].corporate || j.seen.shared[SHARED_BEYOND].outcome != rows[i].beyond)
			fail_msg("%s: %d %d", rows[i].what, (int)j.seen.shared[SHARED_CORPORATE].outcome, (int)j.seen.shared[SHARED_BEYOND].outcome);
		if (rows[i].id && judged_probability(&j, rows[i].id, LINK_NULL) < .95)
			fail_msg("%s: %s has %g", rows[i].what, rows[i].id, judged_probability(&j, rows[i].id, LINK_NULL));
		for (int place = 0; place < SHARED_PLACES; place++)
			if (j.seen.shared[place].outcome == DELAY_SLOWER)
				assert_in_range(j.seen.shared[place].more_ns, (rows[i].more_us - 100) * NS_PER_US, (rows[i].more_us + 100) * NS_PER_US);
		judged_free(&j);
		free(known);
	}
}

/* Later than usual over both links, and no edge says on which side of it: the corporate network or both links, and not healthy. A control
 * plane that both MSEEs share is neither, which targets tell. */
static void what_no_edge_places(void **state)
{
	static const struct { const char *what; bool targets_early; enum delay_outcome to_msee; } rows[] = {
	    {"all that crosses the edges", false, DELAY_SLOWER}, {"the MSEEs' own answers alone", true, DELAY_SAME}};
	const struct scene before = {{3000, 3000}, NULL, true};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct baseline *known = learn(&before, RUNS);
		struct judged j;

		arrange(&j, &before, RUNS * STEP_NS);
		make_late(&j, LATE_ALL, 4 * NS_PER_MS);
		if (rows[i].targets_early)
			make_late(&j, LATE_TARGETS, -4 * NS_PER_MS);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		double corporate = judged_probability(&j, "corp.path-latency", LINK_NULL), links = judged_probability(&j, "wan.latency", LINK_BOTH);
		if (j.seen.shared[SHARED_TO_MSEE].outcome != rows[i].to_msee || j.seen.shared[SHARED_CORPORATE].outcome != DELAY_UNKNOWN)
			fail_msg("%s: %d", rows[i].what, (int)j.seen.shared[SHARED_TO_MSEE].outcome);
		if (rows[i].to_msee == DELAY_SLOWER && (corporate < .3 || links < .3 || corporate + links < .95))
			fail_msg("%s: corporate %g, both links %g", rows[i].what, corporate, links);
		if (rows[i].to_msee == DELAY_SAME && judged_probability(&j, "none", LINK_NULL) < .9)
			fail_msg("%s: corporate %g, both links %g", rows[i].what, corporate, links);
		judged_free(&j);
		free(known);
	}
}

/* A link that few of a target's flows take has few of its answers: nothing is said of what lies behind the MSEEs, and the
 * run is told that more of the same will tell. */
static void a_target_that_is_not_measured_yet(void **state)
{
	static const struct { const char *what; int times; bool lost, soon; enum delay_outcome beyond; } rows[] = {
	    {"few answers", 1, false, true, DELAY_UNKNOWN},
	    {"enough", 30, false, false, DELAY_SLOWER},
	    {"none: no more of them will come", 1, true, false, DELAY_UNKNOWN},
	};
	const struct scene before = {{3000, 3000}, NULL, false};
	struct baseline *known = learn(&before, RUNS);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		j.w.plan.started_at = wall_add(j.w.plan.started_at, RUNS * STEP_NS);
		for (int l = 0; l < LINKS; l++)
			j.w.way[FAM4][l].extra_us = before.extra_us[l];
		for (uint16_t f = 0; f < j.w.plan.flow_count; f++) {
			bool rare = j.w.flows[f].role == FLOW_TARGET && j.w.flows[f].target == 0;
			j.w.silent[f] = rare && rows[i].lost;
			for (int more = 0; more < 30 && !rare; more++)
				world_probe(&j.w, f, FULL);
		}
		world_run(&j.w, rows[i].times);
		make_late(&j, LATE_TARGETS, 6000 * NS_PER_US);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		if (j.seen.shared_soon != rows[i].soon || j.seen.shared[SHARED_BEYOND].outcome != rows[i].beyond)
			fail_msg("%s: soon %d, beyond %d", rows[i].what, j.seen.shared_soon, (int)j.seen.shared[SHARED_BEYOND].outcome);
		judged_free(&j);
	}
	free(known);
}

/* Without a baseline nothing stands beside what both share. */
static void nothing_is_usual(void **state)
{
	const struct scene now = {{3000, 3000}, NULL, false};
	struct judged j;

	(void)state;
	arrange(&j, &now, 0);
	make_late(&j, LATE_ALL, 50 * NS_PER_MS);
	judged_weigh(&j);
	for (int place = 0; place < SHARED_PLACES; place++)
		assert_int_equal(DELAY_UNKNOWN, j.seen.shared[place].outcome);
	assert_true(judged_probability(&j, "corp.path-latency", LINK_NULL) == 0);
	assert_true(judged_probability(&j, "azure.gateway-latency", LINK_NULL) == 0);
	judged_free(&j);
}

/* Behind an edge nothing lives, and its own hop is silent, which may be its habit: where it used to answer, it is the edge that forwards nothing. */
static void an_edge_that_used_to_answer(void **state)
{
	static const struct { const char *what; bool answered; double least, most; } rows[] = {{"nothing is known of it", false, .02, .3}, {"it used to answer", true, .6, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene before = {{3000, 3000}, NULL, false};
		struct baseline *known = rows[i].answered ? learn(&before, RUNS) : NULL;
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		j.w.plan.started_at = wall_add(j.w.plan.started_at, RUNS * STEP_NS);
		j.w.way[FAM4][P].hop[j.w.way[FAM4][P].edge] = "";
		j.w.way[FAM4][P].dead_from = j.w.way[FAM4][P].msee;
		world_run(&j.w, 30);
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		double edge = judged_probability(&j, "corp.edge-forwarding", P);
		if (edge < rows[i].least || edge > rows[i].most)
			fail_msg("%s: %g", rows[i].what, edge);
		judged_free(&j);
		free(known);
	}
}

static void arrange_l3(struct judged *j, const char *hop, int64_t extra_us, int64_t at_ns)
{
	judged_standard(j, HANDOFF_L3);
	j->w.plan.started_at = wall_add(j->w.plan.started_at, at_ns);
	for (int l = 0; l < LINKS; l++) {
		j->w.way[FAM4][l].hop[2] = l == S ? "172.16.1.9" : hop;
		j->w.way[FAM4][l].extra_us = 3000 + (l == P ? extra_us : 0);
	}
	world_run(&j->w, 30);
}

/* Another path that is as fast is none; a longer one is told from added delay by its hops or by
 * the TTL of what comes back. */
static void another_path_of_the_provider(void **state)
{
	static const struct { const char *what, *hop; int64_t extra_us; uint8_t reply_ttl; enum delay_outcome want; const char *id; } rows[] = {
	    {"as ever", "172.16.1.1", 0, 60, DELAY_SAME, NULL},
	    {"another hop, as fast", "172.16.1.77", 0, 60, DELAY_SAME, NULL},
	    {"another hop, slower", "172.16.1.77", 4000, 60, DELAY_REROUTED, "wan.reroute"},
	    {"the same hops, slower", "172.16.1.1", 4000, 60, DELAY_SLOWER, "wan.latency"},
	    {"another way back, slower", "172.16.1.1", 4000, 58, DELAY_REROUTED, "wan.reroute"},
	    {"another way back, as fast", "172.16.1.1", 0, 58, DELAY_SAME, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct baseline *known = calloc(1, sizeof *known);
		struct baseline_run *run = calloc(1, sizeof *run);
		struct judged j;

		assert_true(known && run);
		for (int k = 0; k < RUNS; k++) {
			arrange_l3(&j, "172.16.1.1", 0, k * STEP_NS);
			judged_see(&j);
			usual_run(&j.seen, run);
			baseline_take(known, run);
			judged_free(&j);
		}
		arrange_l3(&j, rows[i].hop, rows[i].extra_us, RUNS * STEP_NS);
		for (size_t k = 0; k < j.w.seen.count; k++)
			if (j.w.flows[j.w.seen.records[k].flow].role == FLOW_MSEE && j.w.seen.records[k].ttl == FULL && j.w.flows[j.w.seen.records[k].flow].link == P)
				j.w.seen.records[k].reply_ttl = rows[i].reply_ttl;
		j.w.circuit.baseline = known;
		judged_weigh(&j);
		if (j.seen.links[P].delay != rows[i].want || j.seen.links[S].delay != DELAY_SAME)
			fail_msg("%s: %d %d", rows[i].what, (int)j.seen.links[P].delay, (int)j.seen.links[S].delay);
		if (rows[i].id && judged_probability(&j, rows[i].id, P) < .9)
			fail_msg("%s: %s has %g", rows[i].what, rows[i].id, judged_probability(&j, rows[i].id, P));
		if (!rows[i].id)
			assert_true(judged_probability(&j, "wan.reroute", LINK_NULL) == 0);
		judged_free(&j);
		free(run);
		free(known);
	}
}

static double loss_over_none(uint32_t asked, uint32_t answered)
{
	struct traffic_group g = {.cls = GROUP_HOP, .fam = FAM4, .hop = 3, .sent = 60, .answered = 36, .flows = {{0, 60, 36}}, .flow_count = 1};
	const struct baseline_answerer usual = {.asked = asked, .answered = answered};
	struct group_likelihood l;
	int grid = 0;

	while (loss_grid(grid) < 0.4 && grid < LOSS_GRID - 1)
		grid++;
	likelihood_group(&g, MANNER_USUAL, 0, asked > 0 ? &usual : NULL, &l);
	return likelihood_of(&l, 'L', grid) - likelihood_of(&l, 'A', grid);
}

/* 36 of 60: usual of a hop that always answers six in ten, and a loss of one that answers all. */
static void answers_as_usual(void **state)
{
	(void)state;
	assert_true(loss_over_none(400, 240) < -1.5); /* an unknown responder is one in ten */
	assert_true(loss_over_none(400, 400) > 3);
	assert_true(fabs(loss_over_none(10, 6) - loss_over_none(0, 0)) < 1e-9); /* too few to know it */
	assert_true(loss_over_none(400, 240) < loss_over_none(0, 0));
	assert_true(loss_over_none(400, 400) > loss_over_none(0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slower_than_usual),
	    cmocka_unit_test(by_how_much_healthy_runs_differ),
		cmocka_unit_test(a_slow_control_plane),
		cmocka_unit_test(a_new_hop),
		cmocka_unit_test(another_way),
		cmocka_unit_test(a_step_that_stays),
		cmocka_unit_test(where_a_drift_has_come_to),
		cmocka_unit_test(what_both_links_share),
		cmocka_unit_test(what_no_edge_places),
		cmocka_unit_test(a_target_that_is_not_measured_yet),
		cmocka_unit_test(nothing_is_usual),
		cmocka_unit_test(an_edge_that_used_to_answer),
		cmocka_unit_test(another_path_of_the_provider),
		cmocka_unit_test(answers_as_usual),
	};

	return cmocka_run_group_tests_name("usual", tests, NULL, NULL);
}
