/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probe next: what must never happen, and what must happen soon. */
#include "tests/unit/diagnose_world.h"
#include "analysis/fold/schedule.h"

#define WISHES_MAX 6000
#define SYN_ACK_MS 3

/* A run of the schedule with everything it asked for, and when. */
struct run {
	struct world w;
	struct schedule *s;
	struct probe_wish wishes[WISHES_MAX];
	int64_t at_ms[WISHES_MAX];
	size_t count;
	bool partial;          /* of each service half of the flows die behind the first hop */
	bool mute;             /* and so do the first flows to the primary MSEE */
	uint16_t dead_port;    /* a source port that dies behind the edge; 0 = none */
	unsigned turns_lost;   /* so many SYNs to port 179 do not leave */
};

static bool dies(const struct run *r, uint16_t flow)
{
	const struct plan_flow *f = &r->w.flows[flow];

	if (f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE || f->role == FLOW_BGP_SIGNED)
		return r->mute && f->link == LINK_PRIMARY && !path_is_further_port(&r->w.plan, flow);
	return r->partial && f->role == FLOW_TARGET && flow / LINKS % 2 == 0;
}

static struct run *run_new(void)
{
	struct run *r = calloc(1, sizeof *r);

	assert_non_null(r);
	world_standard(&r->w, HANDOFF_L2);
	world_target(&r->w, "10.10.9.9", 53, true);
	world_target_flows(&r->w, 2, 1);
	return r;
}

static void run_free(struct run *r)
{
	schedule_free(r->s);
	world_free(&r->w);
	free(r);
}

/* From from_ms to to_ms in steps of 5 ms, `most` wishes a step. With `known` the
 * circuit answers (and the schedule learns); else every probe is lost. */
static void run(struct run *r, int64_t from_ms, int64_t to_ms, size_t most, bool known)
{
	if (!r->s)
		r->s = schedule_new(&r->w.plan);
	assert_non_null(r->s);
	for (int64_t ms = from_ms; ms < to_ms; ms += 5) {
		struct probe_wish wishes[64];
		struct path_view v;
		assert_true(most <= 64);
		observations_time(&r->w.seen, world_at(&r->w, ms));
		if (ms % 100 == 0) {
			assert_true(path_view_build(&v, &r->w.plan, 0, &r->w.seen));
			schedule_paths(r->s, &v);
			path_view_free(&v);
		}
		size_t n = schedule_next(r->s, &r->w.seen, world_at(&r->w, ms), wishes, most);
		assert_true(n <= most);
		for (size_t i = 0; i < n; i++) {
			assert_true(r->count < WISHES_MAX);
			r->at_ms[r->count] = ms;
			r->wishes[r->count++] = wishes[i];
			if (wishes[i].kind == PROBE_TCP_RST)
				continue;
			r->w.now_ms = ms;
			if (r->turns_lost > 0 && r->w.flows[wishes[i].flow].role == FLOW_BGP_MSEE) {
				const struct event_not_sent left_out = {.at = world_at(&r->w, ms), .flow = wishes[i].flow, .ttl = wishes[i].ttl, .result = SEND_REFUSED_RATE};
				r->turns_lost--;
				observations_not_sent(&r->w.seen, &left_out);
			} else if (known && !(dies(r, wishes[i].flow) && wishes[i].ttl > 1) && !(wishes[i].flow == r->dead_port && r->dead_port > 0 && wishes[i].ttl > 3))
				world_probe(&r->w, wishes[i].flow, wishes[i].ttl);
			else
				world_sent(&r->w, wishes[i].flow, wishes[i].ttl);
		}
	}
}

static bool is_probe(const struct run *r, size_t i)
{
	return r->wishes[i].kind != PROBE_TCP_RST;
}

static void wishes_are_whole(void **state)
{
	struct run *r = run_new();

	(void)state;
	run(r, 0, 4000, 4, true);
	assert_true(r->count > 300);
	for (size_t i = 0; i < r->count; i++) {
		const struct probe_wish *w = &r->wishes[i];
		assert_true(w->flow < r->w.plan.flow_count);
		if (!is_probe(r, i))
			continue;
		assert_int_equal(w->kind, r->w.flows[w->flow].kind);
		assert_true((w->ttl >= 1 && w->ttl <= PATH_TTL_MAX) || w->ttl == FULL || w->ttl == PATH_TTL_GTSM);
		if (r->w.flows[w->flow].role == FLOW_BGP_MSEE)
			assert_true(w->ttl == FULL || w->ttl == PATH_TTL_GTSM);
		else
			assert_int_not_equal(w->ttl, PATH_TTL_GTSM);
	}
	run_free(r);
}

static bool asks_the_same(const struct plan_flow *a, const struct plan_flow *b)
{
	return a->role == b->role && a->target == b->target && a->kind == b->kind && a->dst_port == b->dst_port;
}

/* What does not sweep is asked at the fork alone; what is dead beside others that live is asked where it dies, with its own
 * ports and no more than that. */
static void a_dead_flow_is_asked_where_it_dies(void **state)
{
	struct run *r = run_new();
	size_t asked[WORLD_FLOWS_MAX][3] = {{0}}, dead = 0, alive = 0;

	(void)state;
	r->partial = true;
	for (int t = 0; t < 2; t++)
		world_target_flows(&r->w, (uint16_t)t, 6);
	run(r, 0, 12000, 4, true);
	for (size_t i = 0; i < r->count; i++)
		if (is_probe(r, i) && r->wishes[i].ttl < 3)
			asked[r->wishes[i].flow][r->wishes[i].ttl]++;
	for (uint16_t f = 0; f < r->w.plan.flow_count; f++) {
		bool sweeps = r->w.flows[f].role != FLOW_TARGET;
		for (uint16_t k = 0; k < f; k++)
			sweeps = sweeps || asks_the_same(&r->w.flows[k], &r->w.flows[f]);
		if (r->w.flows[f].role != FLOW_TARGET || !sweeps)
			continue; /* the first of a service sweeps */
		if (dies(r, f) && (asked[f][1] == 0 || asked[f][2] == 0 || asked[f][1] > 2 || asked[f][2] > 2))
			fail_msg("dead flow %u: %zu and %zu", f, asked[f][1], asked[f][2]);
		if (!dies(r, f) && asked[f][1] + asked[f][2] > 0)
			fail_msg("flow %u lives and was asked %zu and %zu", f, asked[f][1], asked[f][2]);
		dead += dies(r, f);
		alive += !dies(r, f);
	}
	assert_true(dead > 3 && alive > 3);
	run_free(r);
}

/* A flow's probes are told apart by their index: it never repeats. */
/* Longest time from a dead flow's first probe to its end to the second; -1 where one was asked no more than once. */
static int64_t longest_gap(const struct run *r)
{
	int64_t longest = 0;

	for (uint16_t f = 0; f < r->w.plan.flow_count; f++) {
		int64_t first = -1, second = -1;

		for (size_t i = 0; i < r->count && second < 0; i++)
			if (r->wishes[i].flow == f && r->wishes[i].ttl == PATH_TTL_FULL && is_probe(r, i))
				*(first < 0 ? &first : &second) = r->at_ms[i];
		if (!dies(r, f) || r->w.flows[f].kind != PROBE_TCP_SYN)
			continue;
		if (second < 0)
			return -1;
		longest = second - first > longest ? second - first : longest;
	}
	return longest;
}

/* A flow that was silent once, beside others of its service that answer, is soon asked again: dead or not is told by two. */
static void a_silent_flow_is_soon_asked_again(void **state)
{
	struct run *r = run_new();

	(void)state;
	world_target_flows(&r->w, 0, 6);
	r->partial = true;
	run(r, 0, 2500, 1, true);
	assert_in_range(longest_gap(r), 60, 900);
	run_free(r);
}

static void indices_never_repeat(void **state)
{
	struct run *r = run_new();
	uint32_t next[WORLD_FLOWS_MAX] = {0};

	(void)state;
	run(r, 0, 5000, 4, true);
	for (size_t i = 0; i < r->count; i++)
		if (is_probe(r, i))
			assert_int_equal(r->wishes[i].index, next[r->wishes[i].flow]++);
	run_free(r);
}

static void the_budget_is_kept(void **state)
{
	static const uint32_t budgets[] = {0, 1, 57, 300};

	(void)state;
	for (size_t i = 0; i < COUNT(budgets); i++) {
		struct run *r = run_new();
		size_t probes = 0;
		r->w.plan.limits.budget = budgets[i];
		run(r, 0, 6000, 8, false);
		for (size_t k = 0; k < r->count; k++)
			probes += is_probe(r, k);
		assert_int_equal(probes, budgets[i]);
		run_free(r);
	}
}

/* Further source ports to a BGP port are asked where the MSEE's pings and the first of them are silent beside services of which
 * some flows live: one a second together, a signed one included, and none again that answered. */
static void further_ports_where_they_tell(void **state)
{
	static const struct { bool partial, mute, answers, asked; } rows[] = {
	    {true, true, true, true}, {true, true, false, true}, {true, false, true, false}, {false, true, true, false}, {false, false, true, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run *r = run_new();
		int64_t last = -5000, plain = -1;
		size_t asked = 0, with_key = 0;
		uint16_t further[5];
		r->partial = rows[i].partial;
		r->mute = rows[i].mute;
		for (size_t k = 0; k < COUNT(further); k++) {
			further[k] = world_flow(&r->w, LINK_PRIMARY, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
			r->w.silent[further[k]] = !rows[i].answers;
		}
		world_flow(&r->w, LINK_PRIMARY, FLOW_BGP_SIGNED, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
		run(r, 0, 12000, 8, true);
		for (size_t k = 0; k < r->count; k++) {
			const struct plan_flow *f = &r->w.flows[r->wishes[k].flow];
			if ((f->role != FLOW_BGP_MSEE && f->role != FLOW_BGP_SIGNED) || f->link != LINK_PRIMARY || !is_probe(r, k))
				continue;
			assert_true(r->at_ms[k] - last >= 1000);
			last = r->at_ms[k];
			with_key += f->role == FLOW_BGP_SIGNED;
			asked += path_is_further_port(&r->w.plan, f->id);
			if (plain < 0 && r->wishes[k].ttl == PATH_TTL_FULL)
				plain = r->at_ms[k];
			assert_true(!path_is_further_port(&r->w.plan, f->id) || r->wishes[k].ttl == PATH_TTL_GTSM);
		}
		if ((asked > 0) != rows[i].asked || (rows[i].answers && asked > COUNT(further)) || (!rows[i].answers && asked < COUNT(further)))
			fail_msg("row %zu: %zu SYNs of further ports", i, asked);
		assert_true(plain > 2150 || (rows[i].mute ? plain < 0 : plain > 0)); /* a silent port's takes no turn that further ports may need */
		assert_true(with_key > 0);
		run_free(r);
	}
}

/* Over a link that no traffic takes its MSEE's further source ports are asked too, each until it answers; one that is silent beside
 * others at the edge as well, and a few times more. All of it shares the one SYN a second. */
static void further_ports_of_an_idle_link(void **state)
{
	static const struct { bool idle, dead; } rows[] = {{false, false}, {true, false}, {true, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct run *r = run_new();
		int64_t last = -5000;
		size_t asked = 0, at_edge = 0, of_dead = 0;
		for (uint16_t f = 0; f < r->w.plan.flow_count; f++)
			r->w.takes[f] = r->w.flows[f].role == FLOW_TARGET && rows[i].idle ? LINK_SECONDARY : r->w.takes[f];
		for (size_t k = 0; k < 5; k++) {
			uint16_t flow = world_flow(&r->w, LINK_PRIMARY, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
			r->dead_port = rows[i].dead && k == 0 ? flow : r->dead_port;
		}
		run(r, 0, 20000, 8, true);
		for (size_t k = 0; k < r->count; k++) {
			const struct plan_flow *f = &r->w.flows[r->wishes[k].flow];
			if (f->role != FLOW_BGP_MSEE || f->link != LINK_PRIMARY || !is_probe(r, k))
				continue;
			assert_true(r->at_ms[k] - last >= 1000);
			last = r->at_ms[k];
			asked += path_is_further_port(&r->w.plan, f->id) && f->id != r->dead_port;
			at_edge += r->wishes[k].ttl == 3;
			of_dead += f->id == r->dead_port && r->wishes[k].ttl == PATH_TTL_GTSM;
			assert_true(r->wishes[k].ttl > PATH_TTL_MAX || f->id == r->dead_port);
		}
		if (asked != (rows[i].idle ? 5u - rows[i].dead : 0) || (at_edge > 0) != rows[i].dead || at_edge > 2 || (of_dead > 2) != rows[i].dead || of_dead > 5)
			fail_msg("row %zu: %zu ports, %zu at the edge, %zu of the dead one", i, asked, at_edge, of_dead);
		run_free(r);
	}
}

/* The live session's address is never asked more than once a second, both TTLs, signed
 * or not, and all flows together. */
static void a_bgp_port_is_asked_once_a_second(void **state)
{
	struct run *r = run_new();
	int64_t last[LINKS] = {-5000, -5000};
	size_t asked[LINKS] = {0}, gtsm = 0, with_key = 0;

	(void)state;
	world_flow(&r->w, LINK_PRIMARY, FLOW_BGP_SIGNED, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
	run(r, 0, 12000, 8, true);
	for (size_t i = 0; i < r->count; i++) {
		const struct plan_flow *f = &r->w.flows[r->wishes[i].flow];
		if ((f->role != FLOW_BGP_MSEE && f->role != FLOW_BGP_SIGNED) || !is_probe(r, i))
			continue;
		if (r->at_ms[i] - last[f->link] < 1000)
			fail_msg("%lld ms after the one before", (long long)(r->at_ms[i] - last[f->link]));
		last[f->link] = r->at_ms[i];
		asked[f->link]++;
		gtsm += r->wishes[i].ttl == PATH_TTL_GTSM;
		with_key += f->role == FLOW_BGP_SIGNED;
		assert_true(f->role == FLOW_BGP_MSEE || (r->wishes[i].ttl == PATH_TTL_GTSM && r->wishes[i].index < BGP_SIGNED_MAX));
	}
	assert_in_range(with_key, 2, 6);
	assert_true(asked[0] >= 6 && asked[1] >= 6);
	assert_true(gtsm >= 6 && gtsm < asked[0] + asked[1]); /* both TTLs are asked */
	run_free(r);
}

/* As behind TCP-MD5: the end answers pings, so that no dead way is in question and the plain SYN need not wait. */
static void a_silent_port_of_an_end_that_answers(void **state)
{
	struct run *r = run_new();
	bool plain = false;

	(void)state;
	for (size_t i = 0; i < r->w.plan.flow_count; i++)
		r->w.silent[i] = r->w.flows[i].role == FLOW_BGP_MSEE;
	run(r, 0, 1600, 8, true);
	for (size_t i = 0; i < r->count; i++)
		plain = plain || (r->w.flows[r->wishes[i].flow].role == FLOW_BGP_MSEE && r->wishes[i].ttl == PATH_TTL_FULL);
	assert_true(plain);
	run_free(r);
}

/* Another run of this host asked the port just then: the SYN that passes GTSM comes again, before the plain one. */
static void a_lost_turn_comes_again(void **state)
{
	struct run *r = run_new();
	size_t asked[LINKS] = {0};

	(void)state;
	r->turns_lost = 2; /* one of each link */
	run(r, 0, 1500, 8, true);
	for (size_t i = 0; i < r->count; i++) {
		const struct plan_flow *f = &r->w.flows[r->wishes[i].flow];
		if (f->role != FLOW_BGP_MSEE || !is_probe(r, i) || asked[f->link]++ > 1)
			continue;
		assert_int_equal(r->wishes[i].ttl, PATH_TTL_GTSM);
		assert_in_range(r->at_ms[i], asked[f->link] == 1 ? 0 : 400, asked[f->link] == 1 ? 200 : 1000);
	}
	assert_true(asked[0] >= 2 && asked[1] >= 2);
	run_free(r);
}

/* A target or control is asked no more a second than a hop may be asked, over any five
 * seconds; the first two, a quick start, are spared. */
static void ends_are_asked_within_the_hop_rate(void **state)
{
	static const double rates[] = {20, 8, 2};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct run *r = run_new();
		r->w.plan.limits.hop_rate = rates[i];
		run(r, 0, 9000, 8, true);
		for (int t = 0; t < 3; t++)
			for (size_t first = 0; first < r->count; first++) {
				double n = 0;
				if (r->at_ms[first] < 2000)
					continue;
				for (size_t k = first; k < r->count && r->at_ms[k] < r->at_ms[first] + 5000; k++)
					n += is_probe(r, k) && r->wishes[k].ttl == FULL &&
					     ip_addr_equal(&r->w.flows[r->wishes[k].flow].dst, &r->w.targets[t].address);
				if (n > 5 * rates[i] + 2)
					fail_msg("%.0f probes to target %d in five seconds, %.0f are allowed a second", n, t, rates[i]);
			}
		run_free(r);
	}
}

/* Every flow's end is asked early, the links' own ends before all others. */
static void first_things_first(void **state)
{
	struct run *r = run_new();
	bool asked[WORLD_FLOWS_MAX] = {false};

	(void)state;
	run(r, 0, 1500, 8, false);
	for (size_t i = 0; i < 4; i++) {
		uint8_t role = r->w.flows[r->wishes[i].flow].role;
		assert_true(role == FLOW_EDGE || role == FLOW_MSEE);
		assert_int_equal(r->wishes[i].ttl, FULL);
	}
	for (size_t i = 0; i < r->count; i++)
		if (r->wishes[i].ttl >= FULL)
			asked[r->wishes[i].flow] = true;
	for (size_t f = 0; f < r->w.plan.flow_count; f++)
		if (!asked[f])
			fail_msg("flow %zu was not asked at all", f);
	run_free(r);
}

static void neighbours_before_all(void **state)
{
	struct run *r = run_new();
	size_t asked = 0;

	(void)state;
	uint16_t f = world_flow(&r->w, LINK_ANY, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, "10.10.1.1", 0);
	run(r, 0, 12000, 4, true);
	assert_int_equal(r->wishes[0].flow, f);
	assert_int_equal(r->wishes[0].kind, PROBE_NEIGHBOUR);
	for (size_t i = 0; i < r->count; i++)
		asked += r->wishes[i].flow == f;
	assert_in_range(asked, 5, 8);
	run_free(r);
}

/* Once distances are known nobody looks for hops behind the end. */
static void no_hop_behind_the_end(void **state)
{
	struct run *r = run_new();

	(void)state;
	run(r, 0, 8000, 4, true);
	for (size_t i = 0; i < r->count; i++) {
		uint8_t role = r->w.flows[r->wishes[i].flow].role, end = role == FLOW_EDGE || role == FLOW_CONTROL ? 3 : role == FLOW_MSEE ? 4 : 6;
		if (r->at_ms[i] > 2000 && r->wishes[i].ttl <= PATH_TTL_MAX && is_probe(r, i) && r->wishes[i].ttl >= end)
			fail_msg("role %u at %u, %lld ms", role, r->wishes[i].ttl, (long long)r->at_ms[i]);
	}
	run_free(r);
}

/* Flows that may choose their link are asked where the ways part. */
static void flows_are_located(void **state)
{
	struct run *r = run_new();
	bool located[WORLD_FLOWS_MAX] = {false};

	(void)state;
	run(r, 0, 6000, 4, true);
	for (size_t i = 0; i < r->count; i++)
		if (r->wishes[i].ttl == 3 || r->wishes[i].ttl == 4)
			located[r->wishes[i].flow] = true;
	for (size_t f = 0; f < r->w.plan.flow_count; f++)
		if (r->w.flows[f].role == FLOW_TARGET)
			assert_true(located[f]);
	run_free(r);
}

/* Nothing comes back: the search stays within reach and goes on. */
static void a_dead_network_is_searched_with_measure(void **state)
{
	struct run *r = run_new();
	uint8_t furthest = 0;

	(void)state;
	run(r, 0, 4000, 4, false);
	for (size_t i = 0; i < r->count; i++)
		if (r->wishes[i].ttl <= PATH_TTL_MAX && r->wishes[i].ttl > furthest)
			furthest = r->wishes[i].ttl;
	assert_int_equal(furthest, 8);
	assert_true(r->at_ms[r->count - 1] > 3500);
	run_free(r);
}

/* An answer from far away moves the reach of the search. */
static void the_search_follows_what_answers(void **state)
{
	struct run *r = run_new();
	uint8_t furthest = 0;

	(void)state;
	world_error(&r->w, 0, 10, 11, 0, "10.10.99.1");
	run(r, 0, 4000, 4, false);
	for (size_t i = 0; i < r->count; i++)
		if (r->wishes[i].ttl <= PATH_TTL_MAX && r->wishes[i].ttl > furthest)
			furthest = r->wishes[i].ttl;
	assert_int_equal(furthest, 13);
	run_free(r);
}

/* A flow without a route is tried once: the kernel's answer says it all. */
static void a_flow_without_a_route(void **state)
{
	struct run *r = run_new();
	size_t asked = 0;

	(void)state;
	r->w.flows[8].no_route = true;
	run(r, 0, 4000, 4, false);
	for (size_t i = 0; i < r->count; i++)
		asked += r->wishes[i].flow == 8;
	assert_int_equal(asked, 1);
	run_free(r);
}

static void it_is_repeatable(void **state)
{
	struct run *a = run_new(), *b = run_new();

	(void)state;
	run(a, 0, 3000, 4, true);
	run(b, 0, 3000, 4, true);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->wishes[i].flow, b->wishes[i].flow);
		assert_int_equal(a->wishes[i].ttl, b->wishes[i].ttl);
		assert_int_equal(a->at_ms[i], b->at_ms[i]);
	}
	run_free(a);
	run_free(b);
}

/* Intervals are a little irregular: nothing periodic is met in step. */
static void intervals_differ(void **state)
{
	struct run *r = run_new();
	int64_t last = -1, shortest = INT64_MAX, longest = 0;

	(void)state;
	run(r, 0, 10000, 4, true);
	for (size_t i = 0; i < r->count; i++) {
		if (r->wishes[i].flow != 1 || r->wishes[i].ttl != FULL || r->at_ms[i] < 3000)
			continue;
		if (last >= 0) {
			int64_t gap = r->at_ms[i] - last;
			shortest = gap < shortest ? gap : shortest;
			longest = gap > longest ? gap : longest;
		}
		last = r->at_ms[i];
	}
	assert_true(longest > shortest + 10);
	assert_true(longest < 3 * shortest);
	run_free(r);
}

/* --- half-open connections --- */

static size_t ask(struct run *r, int64_t ms, struct probe_wish *wishes, size_t most)
{
	r->w.plan.limits.budget = 0; /* nothing but resets */
	if (!r->s)
		r->s = schedule_new(&r->w.plan);
	observations_time(&r->w.seen, world_at(&r->w, ms));
	return schedule_next(r->s, &r->w.seen, world_at(&r->w, ms), wishes, most);
}

static void half_open_connections_are_ended(void **state)
{
	struct run *r = run_new();
	struct probe_wish wishes[8];
	uint16_t tcp = 10; /* target 0, port 443 */

	(void)state;
	r->w.now_ms = 100;
	world_got(&r->w, world_sent(&r->w, tcp, FULL), ANSWER_SYN_ACK, "10.101.7.7", 0, 0, SYN_ACK_MS * 1000);
	assert_int_equal(ask(r, 100 + SYN_ACK_MS, wishes, 8), 0); /* the kernel's own RST comes sooner */
	assert_int_equal(ask(r, 100 + SYN_ACK_MS + 59, wishes, 8), 0);
	assert_int_equal(ask(r, 100 + SYN_ACK_MS + 60, wishes, 8), 1);
	assert_int_equal(wishes[0].kind, PROBE_TCP_RST);
	assert_int_equal(wishes[0].flow, tcp);
	assert_int_equal(wishes[0].seq, 4711); /* what the SYN-ACK acknowledged */
	assert_int_equal(ask(r, 1000, wishes, 8), 0); /* once is enough */
	assert_int_equal(ask(r, 9000, wishes, 8), 0);
	run_free(r);
}

/* Behind a key or GTSM our kernel's own RST counts for nothing: ours goes at once, and as the SYN went. */
static void port_179_is_reset_at_once(void **state)
{
	struct run *r = run_new();
	struct probe_wish wishes[8];

	(void)state;
	world_flow(&r->w, LINK_PRIMARY, FLOW_BGP_SIGNED, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
	uint16_t tcp = (uint16_t)(r->w.plan.flow_count - 1);
	r->w.now_ms = 100;
	uint32_t opened = world_sent(&r->w, tcp, PATH_TTL_GTSM);
	world_got(&r->w, opened, ANSWER_SYN_ACK, "172.16.3.2", 0, 0, SYN_ACK_MS * 1000);
	struct match reset = {.cls = MATCH_OUT_RESET, .has_probe = true, .probe = opened, .flow = tcp};
	observations_match(&r->w.seen, &reset, world_at(&r->w, 104));
	assert_int_equal(ask(r, 104, wishes, 8), 1);
	assert_true(wishes[0].kind == PROBE_TCP_RST && wishes[0].flow == tcp && wishes[0].ttl == PATH_TTL_GTSM);
	assert_int_equal(ask(r, 9000, wishes, 8), 0);
	run_free(r);
}

static void what_is_closed_is_left_alone(void **state)
{
	struct run *r = run_new();
	struct probe_wish wishes[8];

	(void)state;
	uint32_t closed = world_sent(&r->w, 10, FULL);
	world_got(&r->w, closed, ANSWER_SYN_ACK, "10.101.7.7", 0, 0, 3000);
	struct match reset = {.cls = MATCH_OUT_RESET, .has_probe = true, .probe = closed, .flow = 10};
	observations_match(&r->w.seen, &reset, world_at(&r->w, 4));
	world_got(&r->w, world_sent(&r->w, 11, FULL), ANSWER_RST, "10.101.7.7", 0, 0, 3000);
	world_got(&r->w, world_sent(&r->w, 1, FULL), ANSWER_ECHO_REPLY, "172.16.3.2", 0, 0, 3000);
	world_sent(&r->w, 10, FULL);
	for (int64_t ms = 0; ms < 6000; ms += 50)
		assert_int_equal(ask(r, ms, wishes, 8), 0);
	run_free(r);
}

/* More of them than fit in one call, opened while others wait for their answer. */
static void many_half_open_connections(void **state)
{
	struct run *r = run_new();
	struct probe_wish wishes[3];
	size_t resets = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		r->w.now_ms = i * 10;
		uint32_t record = world_sent(&r->w, (uint16_t)(10 + i % 4), FULL);
		if (i % 2)
			world_got(&r->w, record, ANSWER_SYN_ACK, "10.101.7.7", 0, 0, 40000);
	}
	for (int64_t ms = 0; ms < 5000; ms += 10) {
		size_t n = ask(r, ms, wishes, 3);
		assert_true(n <= 3);
		resets += n;
	}
	assert_int_equal(resets, 50);
	run_free(r);
}

/* The budget is of probes: what they opened is closed all the same. */
static void resets_cost_no_budget(void **state)
{
	struct run *r = run_new();
	size_t resets = 0, syn_acks = 0;

	(void)state;
	r->w.plan.limits.budget = 120;
	run(r, 0, 4000, 8, true);
	for (size_t i = 0; i < r->count; i++)
		resets += !is_probe(r, i);
	for (size_t i = 0; i < r->w.seen.count; i++)
		syn_acks += r->w.seen.records[i].answer == ANSWER_SYN_ACK;
	assert_int_equal(r->count - resets, 120);
	assert_true(syn_acks > 5);
	assert_int_equal(resets, syn_acks);
	run_free(r);
}

static void an_empty_plan(void **state)
{
	struct world w;
	struct probe_wish wishes[4];

	(void)state;
	world_init(&w, HANDOFF_L2);
	struct schedule *s = schedule_new(&w.plan);
	assert_non_null(s);
	assert_int_equal(schedule_next(s, &w.seen, world_at(&w, 10), wishes, 4), 0);
	schedule_free(s);
	schedule_free(NULL);
	world_free(&w);
}

/* Hundreds of targets: the links are asked as often as beside two, and every target's
 * turn comes within the run. */
#define MANY 300

static void links_come_first_beside_many_targets(void **state)
{
	struct run *r = calloc(1, sizeof *r);
	size_t msee = 0, edge = 0, targets = 0;
	bool asked[WORLD_FLOWS_MAX] = {false};

	(void)state;
	assert_non_null(r);
	world_init(&r->w, HANDOFF_L2);
	world_link_flows(&r->w, LINK_PRIMARY, FAM4);
	world_link_flows(&r->w, LINK_SECONDARY, FAM4);
	for (int t = 0; t < MANY; t++) {
		char address[IP_TEXT_MAX];
		snprintf(address, sizeof address, "10.101.%d.%d", t / 250, t % 250 + 1);
		world_target_flows(&r->w, world_target(&r->w, address, 443, false), 1);
	}
	run(r, 0, 9000, 1, true);
	for (size_t i = 0; i < r->count; i++) {
		const struct plan_flow *f = &r->w.flows[r->wishes[i].flow];
		msee += f->role == FLOW_MSEE && r->wishes[i].ttl == FULL && r->at_ms[i] < 2000;
		edge += f->role == FLOW_EDGE && r->wishes[i].ttl == FULL && r->at_ms[i] < 2000;
		targets += f->role == FLOW_TARGET && !asked[f->id];
		asked[f->id] = true;
	}
	assert_true(msee >= 40 && edge >= 20);
	if (targets < MANY * 2)
		fail_msg("only %zu of %d flows of targets had a turn", targets, MANY * 2);
	run_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(wishes_are_whole),
	    cmocka_unit_test(a_dead_flow_is_asked_where_it_dies), cmocka_unit_test(a_silent_flow_is_soon_asked_again), cmocka_unit_test(indices_never_repeat),
	    cmocka_unit_test(the_budget_is_kept),
	    cmocka_unit_test(further_ports_where_they_tell), cmocka_unit_test(further_ports_of_an_idle_link), cmocka_unit_test(a_silent_port_of_an_end_that_answers),
	    cmocka_unit_test(a_bgp_port_is_asked_once_a_second),
	    cmocka_unit_test(a_lost_turn_comes_again),
	    cmocka_unit_test(ends_are_asked_within_the_hop_rate),
	    cmocka_unit_test(first_things_first),
	    cmocka_unit_test(neighbours_before_all),
	    cmocka_unit_test(no_hop_behind_the_end),
	    cmocka_unit_test(flows_are_located),
	    cmocka_unit_test(a_dead_network_is_searched_with_measure),
	    cmocka_unit_test(the_search_follows_what_answers),
	    cmocka_unit_test(a_flow_without_a_route),
	    cmocka_unit_test(it_is_repeatable),
	    cmocka_unit_test(intervals_differ),
	    cmocka_unit_test(half_open_connections_are_ended),
	    cmocka_unit_test(port_179_is_reset_at_once),
		cmocka_unit_test(what_is_closed_is_left_alone),
	    cmocka_unit_test(many_half_open_connections),
	    cmocka_unit_test(resets_cost_no_budget),
	    cmocka_unit_test(an_empty_plan),
	    cmocka_unit_test(links_come_first_beside_many_targets),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
