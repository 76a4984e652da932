/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces over a network in memory: what is asked, when it ends, what comes out. */
#include "tests/unit/trace_net.h"

#include "analysis/path/path.h"
#include "analysis/trace/trace_flow.h"

static void result_of(const struct net *n, uint16_t flow, struct trace_result *r)
{
	assert_true(trace_result_make(n->engine, flow, r));
}

/* Every kind and family comes to the same path. */
static void a_path_is_found(void **state)
{
	static const struct { uint8_t kind; bool v6; enum end_mode end; enum trace_state found; } rows[] = {
		{PROBE_ICMP_ECHO, false, END_ANSWERS, TRACE_STATE_ANSWERS}, {PROBE_ICMP_ECHO, true, END_ANSWERS, TRACE_STATE_ANSWERS},
		{PROBE_UDP, false, END_PORT, TRACE_STATE_CLOSED},           {PROBE_UDP, true, END_PORT, TRACE_STATE_CLOSED},
		{PROBE_UDP, false, END_ANSWERS, TRACE_STATE_OPEN},          {PROBE_TCP_SYN, false, END_RST, TRACE_STATE_CLOSED},
		{PROBE_TCP_SYN, true, END_RST, TRACE_STATE_CLOSED},         {PROBE_TCP_SYN, false, END_SYN_ACK, TRACE_STATE_OPEN},
		{PROBE_TCP_SYN, false, END_PORT, TRACE_STATE_FILTERED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct trace_result r;
		net_new(&n, rows[i].kind, rows[i].v6, 1);
		n.end = rows[i].end;
		net_start(&n, 30, 0, 0);
		net_run(&n, 10000);
		assert_true(trace_engine_done(n.engine));
		result_of(&n, 0, &r);
		assert_true(r.reached);
		assert_int_equal(r.state, rows[i].found);
		assert_true(ip_addr_equal(&r.state_by, &n.flows[0].dst));
		assert_int_equal(r.hop_count, 8);
		for (int ttl = 1; ttl <= 8; ttl++) {
			const struct trace_hop *h = &r.hops[ttl - 1];
			struct ip_addr who = ttl < 8 ? router(&n, ttl) : n.flows[0].dst;
			assert_int_equal(h->hop.ttl, ttl);
			assert_int_equal(h->hop.sent, 1);
			assert_int_equal(h->hop.answered, 1);
			assert_true(ip_addr_equal(&h->hop.addresses[0], &who));
			assert_int_equal(h->hop.rtt.median_ns, 2 * ttl * NS_PER_MS);
			assert_int_equal(h->return_length, rows[i].kind == PROBE_ICMP_ECHO && ttl == 8 ? 8 : ttl);
		}
		trace_result_free(&r);
		net_free(&n);
	}
}

/* One path of 16 ms: done one round trip after the first probes left. */
static void it_ends_with_the_last_answer(void **state)
{
	struct net n;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	net_start(&n, 30, 0, 0);
	net_run(&n, 1000);
	assert_in_range(n.now_ms, 16, 18);
	assert_int_equal(n.most_in_step, 16);
	/* What was asked behind the end before it was known, and nothing twice. */
	assert_in_range(n.probes, 8, 24);
	for (int ttl = 1; ttl <= 8; ttl++)
		assert_int_equal(n.asked[ttl], 1);
	net_free(&n);
}

static void silent_hops_are_asked_again(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.silent[5] = true;
	n.drop_first[3] = 2;
	net_start(&n, 30, 0, 0);
	net_run(&n, 2000);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_int_equal(r.hop_count, 8);
	assert_int_equal(r.hops[4].hop.sent, TRACE_TRIES);
	assert_int_equal(r.hops[4].hop.answered, 0);
	assert_int_equal(r.hops[4].hop.address_count, 0);
	assert_int_equal(r.hops[2].hop.sent, 3);
	assert_int_equal(r.hops[2].hop.answered, 1);
	assert_int_equal(n.asked[4], 1);
	/* The envelope: what lies behind answers all, so the path up to there loses nothing. */
	assert_true(r.hops[2].hop.path_loss.ratio < 0.001);
	assert_true(r.hops[2].hop.loss.ratio > 0.6);
	trace_result_free(&r);
	net_free(&n);
}

/* What a nearer hop answers is no bound for the way behind it, but the reverse holds:
 * the path up to a hop loses no more than any hop behind it, itself included. */
static void the_envelope_is_the_least(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.drop_first[8] = 5;
	n.drop_first[6] = 8;
	net_start(&n, 30, 10, INFINITY);
	net_run(&n, 5000);
	result_of(&n, 0, &r);
	assert_true(fabs(r.hops[7].hop.path_loss.ratio - 0.5) < 1e-9);
	assert_true(r.hops[6].hop.path_loss.ratio < 1e-9);
	assert_true(r.hops[5].hop.path_loss.ratio < 1e-9);
	assert_true(fabs(r.hops[5].hop.loss.ratio - 0.8) < 1e-9);
	assert_string_equal(r.hops[5].hop.note, "limits its answers, passes traffic");
	trace_result_free(&r);
	net_free(&n);
}

/* A lost answer of the destination must not make the path longer. */
static void the_end_is_the_nearest(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.drop_first[8] = 1;
	net_start(&n, 30, 0, 0);
	net_run(&n, 2000);
	result_of(&n, 0, &r);
	assert_int_equal(r.hop_count, 8);
	assert_int_equal(r.hops[7].hop.answered, 1);
	trace_result_free(&r);
	net_free(&n);
}

/* Nor must an outage that eats all that was asked for it: what was found behind it says that it may be nearer. */
static void an_outage_makes_no_path_longer(void **state)
{
	static const uint64_t silent_hops[] = {0, 1u << 8, 1u << 5 | 1u << 6};
	struct net n;
	struct trace_result r;

	(void)state;
	for (size_t i = 0; i < COUNT(silent_hops); i++) {
		net_new(&n, PROBE_ICMP_ECHO, false, 5);
		n.hops = 9;
		for (int ttl = 1; ttl <= 8; ttl++)
			n.silent[ttl] = (silent_hops[i] >> ttl & 1) != 0;
		n.silent[9] = true;
		net_start(&n, 30, 0, INFINITY);
		while (n.asked[17] == 0 && n.now_ms < 10000) {
			n.silent[9] = n.now_ms < 1000;
			net_step(&n);
		}
		net_run(&n, 20000);
		assert_true(trace_engine_done(n.engine));
		for (uint16_t flow = 0; flow < 5; flow++) {
			result_of(&n, flow, &r);
			assert_true(r.reached);
			assert_int_equal(r.hop_count, 9);
			assert_int_equal(r.hops[8].hop.answered, 1);
			for (int ttl = 1; ttl <= 8; ttl++) /* a hop that is silent is asked no more than once beyond its tries */
				assert_in_range(r.hops[ttl - 1].hop.sent, 1, n.silent[ttl] ? TRACE_TRIES + 1 : 1);
			trace_result_free(&r);
		}
		net_free(&n);
	}
}

static void count_is_exact(void **state)
{
	static const uint16_t counts[] = {1, 2, 10};

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct net n;
		struct trace_result r;
		net_new(&n, PROBE_ICMP_ECHO, false, 1);
		n.silent[4] = true;
		net_start(&n, 30, counts[i], INFINITY);
		net_run(&n, 5000);
		assert_true(trace_engine_done(n.engine));
		result_of(&n, 0, &r);
		for (size_t k = 0; k < r.hop_count; k++) {
			assert_int_equal(r.hops[k].hop.sent, counts[i]);
			assert_int_equal(r.hops[k].hop.answered, k == 3 ? 0 : counts[i]);
		}
		trace_result_free(&r);
		net_free(&n);
	}
}

static void a_refusal_ends_the_path(void **state)
{
	static const struct { enum end_mode end; enum trace_state found; uint8_t code4, code6; } rows[] = {
		{END_ADMIN, TRACE_STATE_FILTERED, 13, 1}, {END_HOST, TRACE_STATE_UNREACHABLE, 1, 3}};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct net n;
		struct trace_result r;
		bool v6 = i % 2 == 1;
		net_new(&n, PROBE_TCP_SYN, v6, 1);
		n.end = rows[i / 2].end;
		n.end_router = 5;
		net_start(&n, 30, 0, 0);
		net_run(&n, 10000);
		result_of(&n, 0, &r);
		struct ip_addr who = router(&n, 5);
		assert_false(r.reached);
		assert_int_equal(r.state, rows[i / 2].found);
		assert_true(ip_addr_equal(&r.state_by, &who));
		assert_int_equal(r.state_icmp_code, v6 ? rows[i / 2].code6 : rows[i / 2].code4);
		assert_int_equal(r.hop_count, 5);
		assert_int_equal(r.hops[4].remark_count, 1);
		trace_result_free(&r);
		net_free(&n);
	}
}

static void silence_at_the_end(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.end = END_SILENT;
	net_start(&n, 30, 0, 0);
	net_run(&n, 20000);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_false(r.reached);
	assert_true(r.complete);
	assert_int_equal(r.state, TRACE_STATE_SILENT);
	assert_int_equal(r.hop_count, 7);
	assert_int_equal(r.asked_ttl, 23);
	assert_false(ip_addr_is_set(&r.state_by));
	trace_result_free(&r);
	net_free(&n);
}

/* Nothing beyond the furthest TTL asked for. */
static void max_ttl_holds(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	net_start(&n, 3, 0, 0);
	net_run(&n, 10000);
	result_of(&n, 0, &r);
	assert_int_equal(r.hop_count, 3);
	for (int ttl = 4; ttl < 256; ttl++)
		assert_int_equal(n.asked[ttl], 0);
	trace_result_free(&r);
	net_free(&n);
}

/* Many traces go beyond the first window one hop at a time, and past one that stays silent. */
static void many_traces_stop_at_their_ends(void **state)
{
	(void)state;
	for (int silent = 0; silent <= 9; silent += 9) {
		struct net n;
		struct trace_result r;
		net_new(&n, PROBE_ICMP_ECHO, false, NET_FLOWS);
		n.hops = 10;
		n.silent[silent] = true;
		net_start(&n, 30, 0, INFINITY);
		net_run(&n, 10000);
		assert_true(trace_engine_done(n.engine));
		for (uint16_t flow = 0; flow < NET_FLOWS; flow++) {
			result_of(&n, flow, &r);
			assert_true(r.reached);
			assert_int_equal(r.hop_count, 10);
			trace_result_free(&r);
		}
		assert_int_equal(n.asked[8], NET_FLOWS);
		assert_int_equal(n.asked[10], NET_FLOWS);
		assert_int_equal(n.asked[9], silent == 9 ? NET_FLOWS * TRACE_TRIES : NET_FLOWS);
		for (int ttl = 11; ttl < 256 && silent == 0; ttl++)
			assert_int_equal(n.asked[ttl], 0);
		net_free(&n);
	}
}

/* Those that begin near their end go on from there one hop at a time as well. */
static void many_with_shared_hops_stop_at_their_ends(void **state)
{
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .stop_at_known = true};
	struct net n;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, NET_FLOWS);
	n.hops = 10;
	n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
	assert_non_null(n.engine);
	net_run(&n, 10000);
	assert_true(trace_engine_done(n.engine));
	assert_in_range(n.asked[10], NET_FLOWS, NET_FLOWS);
	for (int ttl = 12; ttl < 256; ttl++)
		assert_int_equal(n.asked[ttl], 0);
	net_free(&n);
}

/* Many traces share their first hops: no second asks one of them more than allowed. */
static void hop_rate_holds(void **state)
{
	static const double rates[] = {5, 20, 100};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct net n;
		uint32_t first[20000] = {0};
		net_new(&n, PROBE_ICMP_ECHO, false, NET_FLOWS);
		net_start(&n, 30, 0, rates[i]);
		while (!trace_engine_done(n.engine) && n.now_ms < 19000) {
			uint32_t before = n.asked[1];
			net_step(&n);
			first[n.now_ms] = n.asked[1] - before;
		}
		assert_true(trace_engine_done(n.engine));
		for (int64_t from = 0; from + 1000 < n.now_ms; from++) {
			uint32_t sum = 0;
			for (int64_t k = from; k < from + 1000; k++)
				sum += first[k];
			assert_in_range(sum, 0, (uint32_t)rates[i]);
		}
		assert_int_equal(n.asked[1], NET_FLOWS);
		assert_int_equal(n.told_count, NET_FLOWS);
		net_free(&n);
	}
}

static void a_stop_keeps_what_is_known(void **state)
{
	struct net n;
	struct trace_result r;
	uint16_t flow;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 2);
	net_start(&n, 30, 0, 0);
	for (int i = 0; i < 8; i++)
		net_step(&n);
	trace_engine_stop(n.engine);
	assert_true(trace_engine_done(n.engine));
	assert_true(trace_engine_ended(n.engine, &flow));
	assert_true(trace_engine_ended(n.engine, &flow));
	assert_false(trace_engine_ended(n.engine, &flow));
	result_of(&n, 0, &r);
	assert_false(r.complete);
	assert_false(r.reached);
	assert_int_equal(r.hop_count, 3);
	/* Probes that are still in flight are no losses. */
	for (size_t i = 0; i < r.hop_count; i++)
		assert_int_equal(r.hops[i].hop.sent, r.hops[i].hop.answered);
	trace_result_free(&r);
	trace_engine_forget(n.engine, 0);
	result_of(&n, 0, &r);
	assert_int_equal(r.hop_count, 0);
	trace_result_free(&r);
	net_free(&n);
}

static void what_cannot_leave_ends(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 2);
	n.flows[1].no_route = true;
	n.refuse = true;
	net_start(&n, 30, 0, 0);
	net_run(&n, 1000);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_int_equal(r.state, TRACE_STATE_NOT_SENT);
	assert_int_equal(r.refusal, SEND_BLOCKED);
	assert_int_equal(r.hop_count, 0);
	trace_result_free(&r);
	result_of(&n, 1, &r);
	assert_int_equal(r.refusal, SEND_NO_ROUTE);
	trace_result_free(&r);
	assert_in_range(trace_engine_not_sent_counts(n.engine)[SEND_BLOCKED], 3, 16);
	net_free(&n);
}

/* A SYN-ACK that our own kernel does not answer is answered by us, once. */
static void open_connections_are_reset(void **state)
{
	struct net n;

	(void)state;
	net_new(&n, PROBE_TCP_SYN, false, 1);
	n.end = END_SYN_ACK;
	n.hops = 3;
	net_start(&n, 3, 1, 0);
	net_run(&n, 1000);
	net_step(&n);
	assert_int_equal(n.resets, 1);
	net_free(&n);
}

static void remarks_tell_what_was_changed(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		net_new(&n, PROBE_ICMP_ECHO, v6 == 1, 1);
		n.quoted_tos = 46 << 2;
		net_start(&n, 30, 0, 0);
		net_run(&n, 1000);
		result_of(&n, 0, &r);
		assert_int_equal(r.hops[2].quoted_tos, 46 << 2);
		assert_int_equal(r.hops[2].quoted_ttl, 1);
		assert_int_equal(r.hops[2].remark_count, 1);
		assert_string_equal(r.hops[2].remarks[0], "DSCP changed on the way: 0 to 46");
		trace_result_free(&r);
		net_free(&n);
	}
}

static void return_lengths(void **state)
{
	static const struct { uint8_t ttl; int16_t length; } rows[] = {
		{0, -1}, {255, 1}, {254, 2}, {129, 127}, {128, 1}, {120, 9}, {64, 1}, {57, 8}, {33, 32}, {32, 1}, {1, 32}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(path_return_length(rows[i].ttl), rows[i].length);
}

/* Hops that traces share are asked once, and every trace shows them all the same. */
static void shared_hops_are_asked_once(void **state)
{
	struct net n;
	uint32_t known = 0;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 40);
	n.silent[3] = true;
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .stop_at_known = true};
	n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
	net_run(&n, 20000);
	assert_true(trace_engine_done(n.engine));
	for (uint16_t flow = 0; flow < 40; flow++) {
		struct trace_result r;
		result_of(&n, flow, &r);
		assert_true(r.reached && r.complete);
		assert_int_equal(r.hop_count, 8);
		for (int ttl = 1; ttl < 8; ttl++) {
			const struct trace_hop *h = &r.hops[ttl - 1];
			struct ip_addr who = router(&n, ttl);
			assert_int_equal(h->hop.address_count, ttl != 3);
			assert_true(ttl == 3 || ip_addr_equal(&h->hop.addresses[0], &who));
			assert_int_equal(h->known, h->hop.sent == 0);
			known += h->known;
		}
		trace_result_free(&r);
	}
	/* All begin at once at TTL 6; one goes on to TTL 1. */
	assert_int_equal(known, 39 * 5);
	assert_int_equal(n.asked[1], 1);
	assert_int_equal(n.asked[3], TRACE_TRIES);
	net_free(&n);
}

/* Paths shorter than where they begin are asked all the way; a cut leaves what is known. */
static void near_ends_and_cuts_with_shared_hops(void **state)
{
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .stop_at_known = true};

	(void)state;
	for (int hops = 1; hops <= 7; hops++)
		for (int64_t cut = 5000; cut > 0; cut -= 4995) {
			struct net n;
			net_new(&n, PROBE_UDP, false, 3);
			n.hops = hops;
			n.end = END_PORT;
			n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
			net_run(&n, cut);
			/* An end is nobody's shared hop. */
			assert_true(cut == 5 || (trace_engine_done(n.engine) && n.engine->known.count == (uint32_t)(hops - 1)));
			trace_engine_stop(n.engine);
			for (uint16_t flow = 0; flow < 3; flow++) {
				struct trace_result r;
				result_of(&n, flow, &r);
				assert_true(cut == 5 || (r.reached && (int)r.hop_count == hops));
				for (size_t i = 0; cut > 5 && i + 1 < r.hop_count; i++)
					assert_int_equal(r.hops[i].hop.address_count, 1);
				trace_result_free(&r);
			}
			net_free(&n);
		}
}

/* Round trips across a step of the clock count neither as answers nor as loss; the hops
 * are asked again. */
static void a_clock_step_sets_aside(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	net_start(&n, 30, 2, 0);
	for (int i = 0; i < 5; i++)
		net_step(&n);
	/* 5 ms on: TTL 1 and 2 have answered, the rest is in flight. */
	uint32_t count = trace_engine_clock_step(n.engine, (struct mono_ns){n.now_ms * NS_PER_MS}, 100 * NS_PER_MS);
	assert_int_equal(count, n.probes - 1); /* the last has not been seen leaving */
	net_run(&n, 5000);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_true(r.reached && r.hop_count == 8);
	for (int ttl = 1; ttl <= 8; ttl++) {
		assert_int_equal(r.hops[ttl - 1].hop.sent, 2);
		assert_int_equal(r.hops[ttl - 1].hop.answered, 2);
		assert_int_equal(n.asked[ttl], 3);
	}
	/* Long after, nothing is in flight. */
	assert_int_equal(trace_engine_clock_step(n.engine, (struct mono_ns){n.now_ms * NS_PER_MS}, 1), 0);
	trace_result_free(&r);
	net_free(&n);
}

/* The link goes down for .4 s in the middle: the trace waits, and nothing of it is lost. */
static void a_link_may_come_back(void **state)
{
	static const enum send_result why[] = {SEND_LINK_DOWN, SEND_NO_ROUTE};

	(void)state;
	for (size_t i = 0; i < COUNT(why); i++) {
		struct net n;
		struct trace_result r;
		net_new(&n, PROBE_ICMP_ECHO, false, 1);
		n.refusal = why[i];
		net_start(&n, 30, 10, INFINITY);
		net_run(&n, 104); /* a round has just left */
		n.refuse = n.deaf = true; /* what is in flight is never answered */
		net_run(&n, 520);
		assert_false(trace_engine_done(n.engine));
		n.refuse = n.deaf = false;
		net_run(&n, 5000);
		assert_true(trace_engine_done(n.engine));
		result_of(&n, 0, &r);
		assert_true(r.reached && r.complete && r.refusal == SEND_OK);
		for (int ttl = 1; ttl <= 8; ttl++) {
			assert_int_equal(r.hops[ttl - 1].hop.sent, 10);
			assert_int_equal(r.hops[ttl - 1].hop.answered, 10);
		}
		assert_in_range(trace_engine_not_sent_counts(n.engine)[why[i]], 3, 100);
		assert_in_range(trace_engine_set_aside(n.engine), 1, 16);
		trace_result_free(&r);
		net_free(&n);
	}
}

/* A route that moved to another interface for good is not waited for: what was measured stands, and no more is asked. */
static void a_route_that_moved_ends_the_trace(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.refusal = SEND_ROUTE_MOVED;
	net_start(&n, 30, 40, 20);
	net_run(&n, 500);
	n.refuse = true;
	net_run(&n, 5000);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_true(r.reached && !r.complete && r.refusal == SEND_ROUTE_MOVED);
	assert_in_range(r.hops[0].hop.sent, 1, 39);
	assert_int_equal(r.hops[0].hop.sent, r.hops[0].hop.answered);
	trace_result_free(&r);
	net_free(&n);
}

/* Traces that only begin while it is down wait for it like the others; where it stays down, it is what they say. */
static void traces_that_begin_meanwhile(void **state)
{
	static const enum send_result why[] = {SEND_LINK_DOWN, SEND_NO_ADDRESS, SEND_ROUTE_GONE};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(why); i++) {
		struct net n;
		bool back = i < COUNT(why);
		size_t began = 0, refused = 0;
		net_new(&n, PROBE_ICMP_ECHO, false, NET_FLOWS);
		n.refusal = why[i % COUNT(why)];
		net_start(&n, 30, 1, 20);
		net_run(&n, 60);
		n.refuse = n.deaf = true;
		net_run(&n, 1500);
		assert_false(trace_engine_done(n.engine));
		n.refuse = n.deaf = false;
		if (back)
			net_run(&n, 20000);
		else
			trace_engine_stop(n.engine);
		assert_true(trace_engine_done(n.engine));
		for (uint16_t flow = 0; flow < NET_FLOWS; flow++) {
			struct trace_result r;
			result_of(&n, flow, &r);
			began += r.reached;
			refused += r.refusal == why[i % COUNT(why)];
			assert_true(r.refusal == SEND_OK || r.state == TRACE_STATE_NOT_SENT);
			trace_result_free(&r);
		}
		if (back)
			assert_true(began == NET_FLOWS && refused == 0);
		else
			assert_in_range(refused, 1, NET_FLOWS - 1);
		net_free(&n);
	}
}

/* One that never was up ends the trace at once. */
static void a_link_that_was_never_up(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.refuse = true;
	n.refusal = SEND_LINK_DOWN;
	net_start(&n, 30, 10, INFINITY);
	net_run(&n, 200);
	assert_true(trace_engine_done(n.engine));
	result_of(&n, 0, &r);
	assert_int_equal(r.state, TRACE_STATE_NOT_SENT);
	trace_result_free(&r);
	net_free(&n);
}

/* The capture is deaf for a while and says so afterwards: no loss of the path. */
static void frames_that_the_capture_lost(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	net_start(&n, 30, 10, INFINITY);
	net_run(&n, 104); /* a round has just left */
	n.deaf = true;
	net_run(&n, 220);
	n.deaf = false;
	assert_in_range(trace_engine_lost_frames(n.engine), 8, 32);
	net_run(&n, 5000);
	result_of(&n, 0, &r);
	for (int ttl = 1; ttl <= 8; ttl++) {
		assert_int_equal(r.hops[ttl - 1].hop.sent, 10);
		assert_int_equal(r.hops[ttl - 1].hop.answered, 10);
	}
	trace_result_free(&r);
	net_free(&n);
}

/* A sender dies with what it had not sent: that is asked again. What had left keeps its answers. */
static void what_a_lost_sender_held_is_asked_again(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	net_start(&n, 30, 10, INFINITY);
	while (trace_engine_sent(n.engine) < 20)
		net_run(&n, n.now_ms + 1);
	uint32_t held = trace_engine_lost_sender(n.engine), probes = n.probes;
	assert_int_equal(held, 0); /* all that was asked was seen leaving */
	n.swallow = true;
	net_run(&n, n.now_ms + 60);
	n.swallow = false;
	assert_int_equal(n.probes, probes);
	held = trace_engine_lost_sender(n.engine);
	assert_true(held > 0);
	assert_int_equal(trace_engine_set_aside(n.engine), held);
	net_run(&n, n.now_ms + 5000);
	result_of(&n, 0, &r);
	assert_true(r.complete);
	for (int ttl = 1; ttl <= 8; ttl++) {
		assert_int_equal(r.hops[ttl - 1].hop.sent, 10);
		assert_int_equal(r.hops[ttl - 1].hop.answered, 10);
	}
	trace_result_free(&r);
	net_free(&n);
}

/* Frames come later than an answer is waited for: nothing is called lost for it. */
static void a_late_capture_is_waited_for(void **state)
{
	struct net n;
	struct trace_result r;

	(void)state;
	for (int told = 0; told < 2; told++) {
		net_new(&n, PROBE_ICMP_ECHO, false, 1);
		net_start(&n, 30, 20, INFINITY);
		net_run(&n, 104);
		if (told)
			trace_engine_lag(n.engine, 600 * NS_PER_MS);
		for (int64_t until = n.now_ms + 500; n.now_ms < until; n.now_ms++)
			trace_engine_tick(n.engine, (struct mono_ns){n.now_ms * NS_PER_MS});
		result_of(&n, 0, &r);
		uint32_t lost = 0;
		for (size_t i = 0; i < r.hop_count; i++)
			lost += r.hops[i].hop.sent - r.hops[i].hop.answered;
		assert_int_equal(lost > 0, !told);
		trace_result_free(&r);
		net_free(&n);
	}
}

/* Nothing follows a trace's first probe until that was seen leaving, or has been waited for. */
static void the_first_alone(void **state)
{
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .first_alone = true};
	struct trace_wish wishes[64];
	struct trace_result r;
	struct net n;

	(void)state;
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
	assert_non_null(n.engine);
	assert_int_equal(trace_engine_next(n.engine, (struct mono_ns){0}, wishes, 64), 1);
	assert_int_equal(trace_engine_next(n.engine, (struct mono_ns){99 * NS_PER_MS}, wishes, 64), 0);
	assert_true(trace_engine_next(n.engine, (struct mono_ns){101 * NS_PER_MS}, wishes, 64) > 1);
	net_free(&n);
	net_new(&n, PROBE_ICMP_ECHO, false, 1);
	n.engine = trace_engine_new(&n.plan, &o, (struct mono_ns){0});
	assert_non_null(n.engine);
	net_run(&n, 10000);
	assert_true(trace_engine_done(n.engine));
	assert_in_range(n.now_ms, 16, 25);
	result_of(&n, 0, &r);
	assert_true(r.reached && r.hop_count == 8);
	trace_result_free(&r);
	net_free(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_clock_step_sets_aside), cmocka_unit_test(what_a_lost_sender_held_is_asked_again),
		cmocka_unit_test(shared_hops_are_asked_once), cmocka_unit_test(near_ends_and_cuts_with_shared_hops),
		cmocka_unit_test(a_path_is_found),
		cmocka_unit_test(it_ends_with_the_last_answer),
		cmocka_unit_test(silent_hops_are_asked_again),
		cmocka_unit_test(the_envelope_is_the_least),
		cmocka_unit_test(the_end_is_the_nearest),
		cmocka_unit_test(an_outage_makes_no_path_longer),
		cmocka_unit_test(count_is_exact),
		cmocka_unit_test(a_refusal_ends_the_path),
		cmocka_unit_test(silence_at_the_end),
		cmocka_unit_test(max_ttl_holds), cmocka_unit_test(many_traces_stop_at_their_ends), cmocka_unit_test(many_with_shared_hops_stop_at_their_ends),
		cmocka_unit_test(hop_rate_holds),
		cmocka_unit_test(a_stop_keeps_what_is_known),
		cmocka_unit_test(what_cannot_leave_ends),
		cmocka_unit_test(open_connections_are_reset),
		cmocka_unit_test(remarks_tell_what_was_changed),
		cmocka_unit_test(return_lengths),
		cmocka_unit_test(a_link_may_come_back), cmocka_unit_test(traces_that_begin_meanwhile), cmocka_unit_test(a_route_that_moved_ends_the_trace),
		cmocka_unit_test(a_link_that_was_never_up),
		cmocka_unit_test(frames_that_the_capture_lost), cmocka_unit_test(a_late_capture_is_waited_for), cmocka_unit_test(the_first_alone),
	};

	return cmocka_run_group_tests_name("trace_engine", tests, NULL, NULL);
}
