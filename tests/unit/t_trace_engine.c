/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces over a network in memory: what is asked, when it ends, what comes out. */
#include "tests/unit/trace_net.h"

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
		assert_int_equal(trace_return_length(rows[i].ttl), rows[i].length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_found),
		cmocka_unit_test(it_ends_with_the_last_answer),
		cmocka_unit_test(silent_hops_are_asked_again),
		cmocka_unit_test(the_envelope_is_the_least),
		cmocka_unit_test(the_end_is_the_nearest),
		cmocka_unit_test(count_is_exact),
		cmocka_unit_test(a_refusal_ends_the_path),
		cmocka_unit_test(silence_at_the_end),
		cmocka_unit_test(max_ttl_holds),
		cmocka_unit_test(hop_rate_holds),
		cmocka_unit_test(a_stop_keeps_what_is_known),
		cmocka_unit_test(what_cannot_leave_ends),
		cmocka_unit_test(open_connections_are_reset),
		cmocka_unit_test(remarks_tell_what_was_changed),
		cmocka_unit_test(return_lengths),
	};

	return cmocka_run_group_tests_name("trace_engine", tests, NULL, NULL);
}
