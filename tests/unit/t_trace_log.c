/* SPDX-License-Identifier: BSD-2-Clause */
/* A trace from its log: decisions to words and back, the same result from frames and
 * decisions alone, and what strangers may write there. */
#include "tests/unit/trace_logged.h"

#include <string.h>
#include <unistd.h>

/* -- words -- */

static void assert_same(const struct trace_decision *a, const struct trace_decision *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->flow, b->flow);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->ttl, b->ttl);
	assert_int_equal(a->size, b->size);
	assert_int_equal(a->why, b->why);
	assert_true(a->ready == b->ready);
}

static void words_come_back(void **state)
{
	static const struct trace_decision all[] = {
		{.kind = TRACE_DECIDED_BEGIN, .flow = 3},
		{.kind = TRACE_DECIDED_ASK, .flow = 65535, .ttl = 64},
		{.kind = TRACE_DECIDED_ASK, .flow = 0, .ttl = 1, .size = 65535},
		{.kind = TRACE_DECIDED_NOT_SENT, .flow = 1, .index = 65533, .why = SEND_LINK_DOWN},
		{.kind = TRACE_DECIDED_SILENT, .flow = 2, .index = 0},
		{.kind = TRACE_DECIDED_ASIDE, .flow = 2, .index = 9},
		{.kind = TRACE_DECIDED_WALK, .flow = 7},
		{.kind = TRACE_DECIDED_SEARCH, .flow = 0, .ttl = 0},
		{.kind = TRACE_DECIDED_STEP, .flow = 256, .ready = UINT64_MAX},
		{.kind = TRACE_DECIDED_STEP, .flow = 256, .ready = 0},
		{.kind = TRACE_DECIDED_SIZED, .flow = 5},
		{.kind = TRACE_DECIDED_END, .flow = 1},
		{.kind = TRACE_DECIDED_CUT, .flow = 2},
	};
	struct trace_log *l = trace_log_new(&(struct trace_options){.max_ttl = 30, .flows = 1}, 1);
	struct trace_log_word w;
	const char *at;

	(void)state;
	assert_non_null(l);
	for (size_t i = 0; i < COUNT(all); i++) {
		for (size_t f = 0; f < i; f++)
			trace_log_frame(l);
		trace_log_decided(l, &all[i]);
	}
	at = l->words.text;
	for (size_t i = 0; i < COUNT(all); i++) {
		if (i > 0) {
			assert_true(trace_log_next(&at, &w));
			assert_int_equal(w.frames, i);
		}
		assert_true(trace_log_next(&at, &w));
		assert_int_equal(w.frames, 0);
		assert_same(&w.decision, &all[i]);
	}
	assert_false(trace_log_next(&at, &w));
	assert_string_equal(at, "");
	trace_log_free(l);
}

static void words_that_are_none(void **state)
{
	static const char *const wrong[] = {
		"q1", "b", "b-1", "b65536", "b99999999999999999999", "b1x", "b1.2", "f0", "f", "f4294967296", "a1", "a1.", "a1.0", "a1.256",
		"a1.7.", "a1.7.65536", "a1.7.8.9", "n1", "n1.2", "n1.2.", "n1.2.ok", "n1.2.nonsense", "n1.2.no-routeno-routeno-routeno-route!",
		"s1", "s1.65536", "x1", "m1", "m1.256", "p1", "p1.", "p1.g", "p1.00000000000000001", "é",
	};
	struct trace_log_word w;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *at = wrong[i];
		assert_false(trace_log_next(&at, &w));
		assert_string_not_equal(at, "");
	}
}

static void exit_codes(void **state)
{
	(void)state;
	assert_int_equal(trace_exit_code(3, 3, END_DECIDED), 0);
	assert_int_equal(trace_exit_code(2, 3, END_DEADLINE), 1);
	assert_int_equal(trace_exit_code(0, 3, END_BUDGET), 2);
	assert_int_equal(trace_exit_code(3, 3, END_INTERRUPTED), 130);
	assert_int_equal(trace_exit_code(3, 3, END_HELPER_LOST), 3);
}

/* -- a run again (trace_logged.h) -- */

static const struct trace_options usual = {.max_ttl = 30, .flows = 1};

static void every_kind(void **state)
{
	static const struct { uint8_t kind; bool v6; enum end_mode end; } rows[] = {
		{PROBE_ICMP_ECHO, false, END_ANSWERS}, {PROBE_ICMP_ECHO, true, END_SILENT}, {PROBE_UDP, false, END_PORT},
		{PROBE_UDP, true, END_ANSWERS},        {PROBE_TCP_SYN, false, END_SYN_ACK}, {PROBE_TCP_SYN, true, END_RST},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct logged l;
		net_new(&l.net, rows[i].kind, rows[i].v6, 6);
		l.net.end = rows[i].end;
		l.net.silent[5] = true;
		l.net.drop_first[3] = 2;
		start(&l, &usual);
		net_run(&l.net, 12000);
		assert_true(trace_engine_done(l.net.engine));
		finish(&l);
	}
}

static void hops_asked_once(void **state)
{
	struct trace_options o = usual;
	struct logged l;

	(void)state;
	o.stop_at_known = true;
	net_new(&l.net, PROBE_ICMP_ECHO, false, 40);
	/* Where they begin nobody answers: only time tells who meets whom. */
	l.net.silent[6] = true;
	l.net.drop_first[4] = 9;
	start(&l, &o);
	net_run(&l.net, 20000);
	assert_true(trace_engine_done(l.net.engine));
	assert_non_null(strstr(l.log.trace->words.text, "w39"));
	char *text = document_of(&l.net.plan, &l.log, l.net.engine);
	assert_non_null(strstr(text, "\"known\": true"));
	free(text);
	finish(&l);
}

static void sizes(void **state)
{
	struct trace_options o = usual;
	struct logged l;

	(void)state;
	o.sizes = true;
	net_new(&l.net, PROBE_ICMP_ECHO, false, 1);
	l.net.plan.ifaces[0].mtu = 1500;
	l.net.plan.iface_count = 1;
	l.net.link[4] = 1400;
	l.net.mute[4] = true;
	start(&l, &o);
	net_run(&l.net, 30000);
	assert_true(trace_engine_done(l.net.engine));
	char *text = document_of(&l.net.plan, &l.log, l.net.engine);
	assert_non_null(strstr(text, "\"carried\": 1400"));
	free(text);
	finish(&l);
}

static void all_paths(void **state)
{
	struct trace_options o = {.max_ttl = 30, .flows = 32, .alpha = 0.05, .rounds = 3};
	struct logged l;

	(void)state;
	net_new(&l.net, PROBE_ICMP_ECHO, false, 64);
	for (uint16_t i = 0; i < 64; i++) {
		l.net.flows[i].dst.bytes[3] = (uint8_t)(10 + i / 32);
		l.net.flows[i].src_port = (uint16_t)(41000 + i);
		identity_flow(&l.net.plan, &l.net.flows[i]);
	}
	l.net.drop_first[2] = 5;
	l.net.drop_first[8] = 7;
	start(&l, &o);
	net_run(&l.net, 30000);
	assert_true(trace_engine_done(l.net.engine));
	char *text = document_of(&l.net.plan, &l.log, l.net.engine);
	assert_non_null(strstr(text, "\"alpha\": 0.05"));
	free(text);
	finish(&l);
}

/* Clock steps, lost frames, a link that goes down, an end from outside. */
static void mishaps(void **state)
{
	struct trace_options o = usual;
	struct logged l;

	(void)state;
	o.count = 40;
	net_new(&l.net, PROBE_ICMP_ECHO, false, 3);
	start(&l, &o);
	net_run(&l.net, 300);
	assert_true(trace_engine_clock_step(l.net.engine, (struct mono_ns){l.net.now_ms * NS_PER_MS}, 100 * NS_PER_MS) > 0);
	net_run(&l.net, 500);
	l.net.refuse = true;
	l.net.refusal = SEND_LINK_DOWN;
	net_run(&l.net, 700);
	l.net.refuse = false;
	net_run(&l.net, 900);
	while (trace_engine_lost_frames(l.net.engine) == 0)
		net_step(&l.net);
	net_run(&l.net, 1100);
	trace_engine_stop(l.net.engine);
	assert_non_null(strchr(l.log.trace->words.text, 'x'));
	assert_non_null(strstr(l.log.trace->words.text, ".link-down"));
	assert_non_null(strchr(l.log.trace->words.text, 'k'));
	finish(&l);
}

/* Any decisions in any order, as a stranger may write them: an end, and no crash. */
static void decisions_of_a_stranger(void **state)
{
	static const char kinds[] = "bansxwmpzek";
	struct logged l;

	(void)state;
	srand(7);
	for (int round = 0; round < 60; round++) {
		struct trace_options o = {.max_ttl = (uint8_t)(1 + round % 30), .flows = (uint16_t)(round % 3 == 2 ? 8 : 1),
		                          .alpha = round % 3 == 2 ? 0.05 : 0, .rounds = 2, .stop_at_known = round % 3 == 1, .sizes = round % 2};
		struct plan_flow flows[16];
		net_new(&l.net, PROBE_ICMP_ECHO, false, 16);
		memcpy(flows, l.net.flows, sizeof flows);
		l.net.engine = trace_engine_new(&l.net.plan, &o, (struct mono_ns){0});
		for (int i = 0; i < 3000; i++) {
			const struct trace_decision d = {
				.kind = (uint8_t)kinds[rand() % (int)(sizeof kinds - 1)], .flow = (uint16_t)(rand() % 20), .index = (uint16_t)(rand() % 40),
				.ttl = (uint8_t)(rand() % 70), .size = (uint16_t)(rand() % 3 * 700), .why = (uint8_t)(rand() % (SEND_RESULTS + 2)),
				.ready = (uint64_t)rand() << 20 ^ (uint64_t)rand()};
			trace_engine_again(l.net.engine, &d);
		}
		for (uint16_t f = 0; f < 16; f = (uint16_t)(f + o.flows)) {
			struct trace_result r;
			assert_true(trace_result_make(l.net.engine, f, &r));
			trace_result_free(&r);
		}
		net_free(&l.net);
	}
}

static void what_is_not_of_the_plan(void **state)
{
	static const struct { const char *from, *to, *says; } rows[] = {
		{"\"flows\": 1,", "\"flows\": 4,", "whole traces"},
		{"\"chance\": \"0\"", "\"chance\": \"0.1\"", "chance"},
		{"\"max_ttl\": 30", "\"max_ttl\": 0", "max_ttl"},
		{"\"destinations\": [", "\"destinations\": [\n      \"x\",", "destinations"},
		{"\"b0 ", "\"b9 ", "decisions"},
		{"\"b0 ", "\"f9999 ", "decisions"},
		{"\"b0 ", "\"hello ", "decisions"},
		{"\"exit_code\": 0", "\"exit_code\": 999", "exit_code"},
		{"\"names\": []", "\"names\": [{\"address\": null, \"name\": \"a\"}]", "names"},
		{"\"names\": []", "\"names\": [{\"address\": \"10.0.0.1\", \"name\": \"a\\u001b[1m\"}]", "names"},
	};
	struct logged l;
	struct strbuf text;
	char err[300] = "";

	(void)state;
	net_new(&l.net, PROBE_ICMP_ECHO, false, 1);
	start(&l, &usual);
	net_run(&l.net, 1000);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	assert_true(plan_json_write(&l.net.plan, &l.log, &text, err, sizeof err));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at = strstr(text.text, rows[i].from);
		struct event_log log;
		struct strbuf changed;
		struct plan p;
		uint32_t frames;
		assert_non_null(at);
		strbuf_init(&changed, STRBUF_MAX_DEFAULT);
		strbuf_addf(&changed, "%.*s%s%s", (int)(at - text.text), text.text, rows[i].to, at + strlen(rows[i].from));
		err[0] = '\0';
		assert_false(plan_json_read(changed.text, changed.len, &p, &log, &frames, err, sizeof err));
		assert_non_null(strstr(err, rows[i].says));
		strbuf_free(&changed);
	}
	strbuf_free(&text);
	event_log_free(&l.log);
	net_free(&l.net);
}

/* What the frames of a run take goes to a file where one is given, and comes back. */
static void frames_in_a_file(void **state)
{
	char dir[] = "/tmp/t_trace_log.XXXXXX", err[200] = "";
	struct event_log log;
	struct frame f = {.at = {1}, .wire_len = 100, .cap_len = 100}, back;
	const struct event e = {.kind = EVENT_FRAME, .u.frame = &f};

	(void)state;
	assert_non_null(mkdtemp(dir));
	event_log_init(&log);
	assert_true(event_log_spool(&log, dir, err, sizeof err));
	for (int i = 0; i < 9000; i++) {
		f.bytes[0] = (uint8_t)i;
		f.bytes[99] = (uint8_t)(i >> 8);
		assert_true(event_log_add(&log, &e));
	}
	assert_int_equal(rmdir(dir), 0); /* the file has no name */
	assert_true(event_log_settle(&log, err, sizeof err));
	for (int i = 0; i < 9000; i++) {
		event_log_frame(&log, (size_t)i, &back);
		assert_int_equal(back.bytes[0], (uint8_t)i);
		assert_int_equal(back.bytes[99], (uint8_t)(i >> 8));
	}
	event_log_free(&log);
	event_log_init(&log);
	assert_false(event_log_spool(&log, "/nonexistent", err, sizeof err));
	assert_string_not_equal(err, "");
	event_log_free(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_come_back), cmocka_unit_test(words_that_are_none), cmocka_unit_test(exit_codes),
		cmocka_unit_test(every_kind), cmocka_unit_test(hops_asked_once), cmocka_unit_test(sizes), cmocka_unit_test(all_paths),
		cmocka_unit_test(mishaps), cmocka_unit_test(decisions_of_a_stranger), cmocka_unit_test(what_is_not_of_the_plan),
		cmocka_unit_test(frames_in_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
