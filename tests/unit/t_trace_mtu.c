/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes over a network in memory: links that are narrow in all the ways there are, what
 * is found and what it costs. */
#include "tests/unit/trace_net.h"

#include "analysis/trace/size_search.h"

static void start(struct net *n, uint8_t kind, bool v6)
{
	net_new(n, kind, v6, 1);
	n->end = kind == PROBE_UDP ? END_PORT : END_ANSWERS;
}

static void run(struct net *n, struct trace_result *r)
{
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .sizes = true};

	n->engine = trace_engine_new(&n->plan, &o, (struct mono_ns){0});
	assert_non_null(n->engine);
	net_run(n, 30000);
	assert_true(trace_engine_done(n->engine));
	assert_true(trace_result_make(n->engine, 0, r));
	assert_true(r->reached && r->hop_count == 8);
	assert_int_equal(r->sizes.full, 1500);
	assert_true(r->sizes.settled);
	/* The trace itself is as without: one probe a hop. */
	for (size_t i = 0; i < r->hop_count; i++)
		assert_int_equal(r->hops[i].hop.sent, n->silent[i + 1] ? TRACE_TRIES : 1);
}

static void end(struct net *n, struct trace_result *r)
{
	trace_result_free(r);
	net_free(n);
}

static void carries(const struct trace_result *r, const uint16_t bytes[8])
{
	for (int ttl = 1; ttl <= 8; ttl++)
		assert_int_equal(r->sizes.places[ttl].carried, bytes[ttl - 1]);
}

static const struct { uint8_t kind; bool v6; } kinds[] = {
	{PROBE_ICMP_ECHO, false}, {PROBE_ICMP_ECHO, true}, {PROBE_UDP, false}, {PROBE_UDP, true}};

static void nothing_is_narrow(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct net n;
		struct trace_result r;
		start(&n, kinds[i].kind, kinds[i].v6);
		run(&n, &r);
		carries(&r, (const uint16_t[]){1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500});
		assert_int_equal(r.sizes.limit_count, 0);
		assert_int_equal(r.sizes.both_ways, kinds[i].kind == PROBE_ICMP_ECHO);
		assert_false(r.sizes.loss_differs);
		assert_in_range(r.sizes.sent, 40, 48); /* one a place, and the pairs */
		assert_int_equal(n.asked[3], 2);
		end(&n, &r);
	}
}

static void a_router_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct net n;
		struct trace_result r;
		start(&n, kinds[i].kind, kinds[i].v6);
		n.link[3] = 1400;
		run(&n, &r);
		struct ip_addr who = router(&n, 3);
		carries(&r, (const uint16_t[]){1500, 1500, 1500, 1400, 1400, 1400, 1400, 1400});
		assert_int_equal(r.sizes.limit_count, 1);
		const struct trace_mtu_limit *l = &r.sizes.limits[0];
		assert_true(l->told && l->exact && ip_addr_equal(&l->told_by, &who));
		assert_int_equal(l->told_mtu, 1400);
		assert_true(l->after == 3 && l->before == 4 && l->carried == 1400);
		assert_int_equal(r.hops[2].mtu, 1400);
		assert_int_equal(r.hops[3].mtu, 0);
		end(&n, &r);
	}
}

/* An open port, which answers one SYN at a time: what it does not answer meanwhile is neither a limit nor loss by size. */
static void an_open_port_is_asked_in_turn(void **state)
{
	(void)state;
	for (int narrow = 0; narrow < 2; narrow++) {
		struct net n;
		struct trace_result r;
		start(&n, PROBE_TCP_SYN, false);
		n.end = END_SYN_ACK;
		n.holds = true;
		n.link[3] = narrow ? 1300 : 0;
		n.mute[3] = true;
		run(&n, &r);
		uint16_t least = narrow ? 1300 : 1500;
		carries(&r, (const uint16_t[]){1500, 1500, 1500, least, least, least, least, least});
		assert_int_equal(r.sizes.limit_count, narrow);
		assert_false(r.sizes.loss_differs);
		assert_int_equal(r.sizes.places[8].small.answered, r.sizes.places[8].small.sent);
		assert_int_equal(r.sizes.places[8].large.answered, r.sizes.places[8].large.sent);
		end(&n, &r);
	}
}

static void a_black_hole_is_placed(void **state)
{
	static const uint16_t mtus[] = {1499, 1300, 1281, 700};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		for (size_t k = 0; k < COUNT(mtus); k++) {
			struct net n;
			struct trace_result r;
			if (kinds[i].v6 && mtus[k] < 1280)
				continue;
			start(&n, kinds[i].kind, kinds[i].v6);
			n.link[5] = mtus[k];
			n.mute[5] = true;
			run(&n, &r);
			assert_int_equal(r.sizes.limit_count, 1);
			const struct trace_mtu_limit *l = &r.sizes.limits[0];
			assert_true(!l->told && l->exact && !l->or_back);
			assert_true(l->after == 5 && l->before == 6);
			assert_true(l->carried == mtus[k] && l->refused == mtus[k] + 1);
			assert_int_equal(r.sizes.carried, mtus[k]);
			assert_in_range(r.sizes.sent, 40, 400);
			end(&n, &r);
		}
}

/* 1450 by one that says so, 1400 silently, 1350 by one that says so. */
static void several_limits(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	start(&n, PROBE_ICMP_ECHO, false);
	n.link[2] = 1450;
	n.link[4] = 1400;
	n.mute[4] = true;
	n.link[6] = 1350;
	n.silent[3] = true;
	run(&n, &r);
	carries(&r, (const uint16_t[]){1500, 1500, 0, 1450, 1400, 1400, 1350, 1350});
	assert_int_equal(r.sizes.limit_count, 3);
	const struct trace_mtu_limit *l = r.sizes.limits;
	assert_true(l[0].told && l[0].after == 2 && l[0].before == 4 && l[0].told_mtu == 1450);
	assert_true(!l[1].told && l[1].after == 4 && l[1].before == 5 && l[1].carried == 1400);
	assert_true(l[2].told && l[2].after == 6 && l[2].before == 7 && l[2].told_mtu == 1350);
	end(&n, &r);
}

/* What one place found is tried first at the next: each silent limit is searched for once, not at each place before it. */
static void a_found_bound_is_tried_at_the_next_place(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	start(&n, PROBE_ICMP_ECHO, false);
	n.link[3] = 1433;
	n.link[6] = 1273;
	n.mute[3] = n.mute[6] = true;
	run(&n, &r);
	carries(&r, (const uint16_t[]){1500, 1500, 1500, 1433, 1433, 1433, 1273, 1273});
	assert_int_equal(r.sizes.limit_count, 2);
	assert_in_range(r.sizes.sent, 100, 300);
	end(&n, &r);
}

/* RFC 1191 5: an old router leaves it 0. Others say what is not so. */
static void what_is_told_is_checked(void **state)
{
	static const uint16_t said[] = {1, 68, 1450, 1500, 9000};

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		struct net n;
		struct trace_result r;
		start(&n, PROBE_ICMP_ECHO, false);
		n.link[3] = 1400;
		n.said_mtu = said[i];
		run(&n, &r);
		assert_int_equal(r.sizes.limit_count, 1);
		assert_true(r.sizes.limits[0].told && r.sizes.limits[0].exact);
		assert_int_equal(r.sizes.carried, 1400);
		end(&n, &r);
	}
}

static void the_last_link_or_the_way_back(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	start(&n, PROBE_ICMP_ECHO, false);
	n.link[7] = 1300;
	n.mute[7] = true;
	run(&n, &r);
	assert_true(r.sizes.limit_count == 1 && r.sizes.limits[0].or_back);
	assert_int_equal(r.sizes.places[7].carried, 1500);
	end(&n, &r);
	/* By UDP the answer is small: it is the way there. */
	start(&n, PROBE_UDP, false);
	n.link[7] = 1300;
	n.mute[7] = true;
	run(&n, &r);
	assert_true(r.sizes.limit_count == 1 && !r.sizes.limits[0].or_back);
	end(&n, &r);
	/* In fragments: the way there carries it whole, the way back does not. */
	start(&n, PROBE_ICMP_ECHO, false);
	n.back = 1396;
	run(&n, &r);
	assert_true(r.sizes.limit_count == 0 && r.sizes.carried == 1500 && !r.sizes.both_ways);
	assert_int_equal(r.sizes.back_fragment, 1396);
	end(&n, &r);
}

static void loss_that_depends_on_size(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	start(&n, PROBE_ICMP_ECHO, false);
	n.lossy = 4;
	run(&n, &r);
	assert_int_equal(r.sizes.carried, 1500);
	assert_int_equal(r.sizes.limit_count, 0);
	assert_true(r.sizes.loss_differs);
	assert_true(r.sizes.loss_after == 4 && r.sizes.loss_before == 5);
	assert_true(r.sizes.places[8].chance < SIZE_DIFFERS && r.sizes.places[4].chance == 1);
	end(&n, &r);
}

/* A link that becomes narrow while pairs are sent: what is there now is found, and asked of no more than of one that was so before. */
static void a_link_becomes_narrow(void **state)
{
	static const int links[] = {0, 3, 7};
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .sizes = true};

	(void)state;
	for (size_t i = 0; i < COUNT(links) * COUNT(kinds); i++) {
		int link = links[i / COUNT(kinds)];
		struct net n;
		struct trace_result r;
		start(&n, kinds[i % COUNT(kinds)].kind, kinds[i % COUNT(kinds)].v6);
		n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
		net_run(&n, 100);
		assert_false(trace_engine_done(n.engine));
		assert_true(n.probes > 20); /* all places have had a large one, the end some pairs */
		n.link[link] = 1300;
		net_run(&n, 30000);
		assert_true(trace_engine_done(n.engine));
		assert_true(trace_result_make(n.engine, 0, &r));
		assert_true(r.sizes.settled);
		assert_int_equal(r.sizes.carried, 1300);
		assert_int_equal(r.sizes.limit_count, 1);
		const struct trace_mtu_limit *l = &r.sizes.limits[0];
		assert_true(l->told && l->exact && l->after == link && l->before == link + 1 && l->carried == 1300);
		assert_in_range(r.sizes.sent, 40, 120);
		assert_false(r.sizes.loss_differs);
		end(&n, &r);
	}
}

/* A route of our own that takes less than the interface: we are who says so. */
static void our_own_host_refuses(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	start(&n, PROBE_ICMP_ECHO, false);
	n.link[0] = 1400;
	run(&n, &r);
	assert_int_equal(r.sizes.limit_count, 1);
	assert_true(r.sizes.limits[0].told && r.sizes.limits[0].after == 0 && r.sizes.limits[0].carried == 1400);
	assert_true(ip_addr_equal(&r.sizes.limits[0].told_by, &n.flows[0].src));
	assert_true(r.complete && r.refusal == SEND_OK);
	end(&n, &r);
}

static void nobody_answers(void **state)
{
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .sizes = true};
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	memset(n.silent, true, sizeof n.silent);
	n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
	net_run(&n, 60000);
	assert_true(trace_engine_done(n.engine));
	assert_true(trace_result_make(n.engine, 0, &r));
	assert_true(r.sizes.furthest == 0 && r.sizes.sent == 0);
	end(&n, &r);
}

static void chances(void **state)
{
	uint16_t sizes[SIZE_STEPS];

	(void)state;
	/* R: fisher.test(matrix(c(20,0,12,8),2), alternative="less") and the like. */
	assert_true(fabs(size_loss_chance(20, 20, 20, 12) - 0.001638) < 1e-5);
	assert_true(fabs(size_loss_chance(20, 18, 20, 17) - 0.5) < 1e-6);
	assert_true(fabs(size_loss_chance(20, 20, 20, 20) - 1) < 1e-9);
	assert_true(size_loss_chance(0, 0, 20, 0) == 1 && size_loss_chance(20, 5, 20, 20) > 0.999);
	assert_true(size_lost_beyond(20, 20, 3, SIZE_BY_CHANCE) && !size_lost_beyond(20, 20, 1, SIZE_BY_CHANCE));
	assert_false(size_lost_beyond(20, 0, 100, SIZE_BY_CHANCE));
	assert_int_equal(size_tries(6, 6, SIZE_BY_CHANCE), 3);
	assert_int_equal(size_split(0, 1500, true, sizes), 2);
	assert_int_equal(sizes[0], 1280);
	assert_int_equal(size_split(0, 9000, false, sizes), 3);
	assert_int_equal(sizes[2], 1500);
	assert_int_equal(size_split(0, 600, false, sizes), 1);
	assert_int_equal(size_split(1400, 1401, false, sizes), 0);
	assert_int_equal(size_split(1400, 1403, false, sizes), 2);
	assert_int_equal(size_split(1400, 1500, false, sizes), 3);
	assert_true(sizes[0] == 1425 && sizes[1] == 1450 && sizes[2] == 1475);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_narrow), cmocka_unit_test(a_router_says_so), cmocka_unit_test(an_open_port_is_asked_in_turn), cmocka_unit_test(a_black_hole_is_placed),
		cmocka_unit_test(several_limits), cmocka_unit_test(a_found_bound_is_tried_at_the_next_place), cmocka_unit_test(what_is_told_is_checked), cmocka_unit_test(the_last_link_or_the_way_back),
		cmocka_unit_test(loss_that_depends_on_size), cmocka_unit_test(our_own_host_refuses), cmocka_unit_test(nobody_answers),
		cmocka_unit_test(a_link_becomes_narrow), cmocka_unit_test(chances),
	};

	return cmocka_run_group_tests_name("trace_mtu", tests, NULL, NULL);
}
