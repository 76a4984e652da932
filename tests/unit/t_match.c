/* SPDX-License-Identifier: BSD-2-Clause */
/* The matcher: probes that leave, answers of targets, and what is none. */
#include "tests/unit/match_frames.h"

static void a_probe_leaves_once(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (uint16_t flow = ECHO4; flow <= SYN6; flow++) {
		struct probe_spec s = send_probe(&w, flow, 0, 5, 10);
		assert_true(w.got.has_probe);
		assert_int_equal(w.got.probe, flow);
		assert_int_equal(w.got.flow, flow);
		assert_int_equal(w.got.ttl, 5);
		assert_int_equal(w.got.index, 0);
		assert_int_equal(w.got.failed, 0);
		assert_true(w.got.sent_at.ns == 10 * NS_PER_MS);
		/* The copy that loopback or a VLAN's parent shows. */
		spec_datagram(&s, &d);
		assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);
	}
	assert_int_equal(matcher_probes_out(w.m), 4);
	world_free(&w);
}

/* A gap in the indices, however long, costs nothing: probes may not leave. */
static void any_index_may_follow(void **state)
{
	static const uint16_t indices[] = {0, 1, 500, 65535, 2};
	struct world w;

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < sizeof(indices) / sizeof(indices[0]); i++) {
		send_probe(&w, SYN4, indices[i], 9, 10);
		assert_int_equal(w.got.index, indices[i]);
		send_probe(&w, ECHO4, indices[i], 9, 10);
		assert_int_equal(w.got.index, indices[i]);
	}
	world_free(&w);
}

/* Our address and ports, but not our run's key. */
static void what_leaves_without_the_key_is_foreign(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (uint16_t flow = ECHO4; flow <= SYN6; flow++) {
		struct probe_spec s = spec_of(&w, flow, 0, 5);
		s.token ^= 1;
		s.seq ^= 1;
		spec_datagram(&s, &d);
		assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);
		/* The right value on a packet with another TTL. */
		s = spec_of(&w, flow, 0, 5);
		s.ttl = 6;
		spec_datagram(&s, &d);
		assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);
	}
	assert_int_equal(matcher_probes_out(w.m), 0);
	world_free(&w);
}

static void an_echo_reply_answers(void **state)
{
	static const uint16_t flows[] = {ECHO4, ECHO6};
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < 2; i++) {
		struct probe_spec s = send_probe(&w, flows[i], 3, 64, 100);
		echo_datagram(&s, true, &d);
		assert_int_equal(see(&w, &d, 108), MATCH_ANSWER);
		assert_int_equal(w.got.failed, 0);
		assert_int_equal(w.got.answer, ANSWER_ECHO_REPLY);
		assert_int_equal(w.got.probe, i);
		assert_int_equal(w.got.ttl, 64);
		assert_int_equal(w.got.reply_ttl, 57);
		assert_int_equal(w.got.quoted_ttl, 0);
		assert_true(w.got.rtt_ns == 8 * NS_PER_MS);
		assert_true(ip_addr_equal(&w.got.from, &w.flows[flows[i]].dst));
		/* It is replayed. */
		assert_int_equal(see(&w, &d, 109), MATCH_DUPLICATE);
		assert_int_equal(w.got.failed, FAILED(MATCH_T7_FIRST));
		assert_int_equal(w.got.probe, i);
	}
	assert_true(matcher_counts(w.m)->matched == 2);
	assert_true(matcher_counts(w.m)->duplicate == 2);
	assert_true(matcher_counts(w.m)->failed[MATCH_T7_FIRST] == 2);
	world_free(&w);
}

struct window_case { const char *name; int64_t at_ns; enum match_class cls; };

static void an_answer_has_its_time(void **state)
{
	static const int64_t sent = 100 * NS_PER_MS;
	static const struct window_case cases[] = {
		{"at once", sent, MATCH_ANSWER},
		{"before its probe", sent - 1, MATCH_LATE},
		{"at the end", sent + MATCH_WINDOW_NS, MATCH_ANSWER},
		{"after the end", sent + MATCH_WINDOW_NS + 1, MATCH_LATE},
		{"at the end of time", INT64_MAX, MATCH_LATE},
		{"before all time", INT64_MIN, MATCH_LATE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		struct datagram d;
		struct frame f;
		world_new(&w);
		struct probe_spec s = send_probe(&w, ECHO4, 0, 64, 100);
		echo_datagram(&s, true, &d);
		frame_of(&d, 0, &f);
		f.at.ns = cases[i].at_ns;
		if (see_frame(&w, &f) != cases[i].cls)
			fail_msg("%s: %s", cases[i].name, match_class_name(w.got.cls));
		assert_true(w.got.has_probe);
		assert_int_equal(w.got.failed, cases[i].cls == MATCH_LATE ? FAILED(MATCH_T6_WINDOW) : 0);
		/* A late answer was one: the next is its duplicate. */
		assert_int_equal(see_frame(&w, &f), MATCH_DUPLICATE);
		world_free(&w);
	}
}

/* Stamps from a file may be as far apart as numbers go. */
static void stamps_do_not_wrap_around(void **state)
{
	struct world w;
	struct datagram d;
	struct frame f;

	(void)state;
	world_new(&w);
	struct probe_spec s = spec_of(&w, ECHO4, 0, 64);
	spec_datagram(&s, &d);
	frame_of(&d, 0, &f);
	f.at.ns = INT64_MAX;
	assert_int_equal(see_frame(&w, &f), MATCH_OUT);
	echo_datagram(&s, true, &d);
	frame_of(&d, 0, &f);
	f.at.ns = INT64_MIN;
	assert_int_equal(see_frame(&w, &f), MATCH_LATE);
	assert_true(w.got.rtt_ns == INT64_MIN);
	world_free(&w);
}

struct reply_case { const char *name; void (*change)(struct probe_spec *s); enum match_class cls; };

static void wrong_token(struct probe_spec *s) { s->token ^= 1; }
static void wrong_id(struct probe_spec *s) { s->src_port++; }
static void unsent_index(struct probe_spec *s) { s->dst_port++; }
static void wrong_target(struct probe_spec *s) { s->dst.bytes[3]++; }
static void wrong_us(struct probe_spec *s) { s->src.bytes[3]++; }

static void wrong_echo_replies_do_not_count(void **state)
{
	static const struct reply_case cases[] = {
		{"wrong token", wrong_token, MATCH_FORGED},
		{"another program's id", wrong_id, MATCH_FOREIGN},
		{"of an index that never left", unsent_index, MATCH_FORGED},
		{"from elsewhere", wrong_target, MATCH_FOREIGN},
		{"to another", wrong_us, MATCH_FOREIGN},
	};
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, ECHO4, 0, 64, 100);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe_spec wrong = s;
		cases[i].change(&wrong);
		echo_datagram(&wrong, true, &d);
		if (see(&w, &d, 105) != cases[i].cls)
			fail_msg("%s: %s", cases[i].name, match_class_name(w.got.cls));
		assert_false(w.got.has_probe);
	}
	/* None of them has used up the answer. */
	echo_datagram(&s, true, &d);
	assert_int_equal(see(&w, &d, 106), MATCH_ANSWER);
	assert_true(matcher_counts(w.m)->forged == 2);
	assert_true(matcher_counts(w.m)->foreign == 3);
	/* Tests of foreign frames are not counted: evidence does not have them. */
	assert_true(matcher_counts(w.m)->failed[MATCH_T4_KEYED] == 2);
	assert_true(matcher_counts(w.m)->failed[MATCH_T3_PORTS] == 0);
	world_free(&w);
}

/* Our own capture missed the probe: its answer is true, but cannot be timed. */
static void an_answer_to_an_unseen_probe_is_not_counted(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = spec_of(&w, ECHO4, 7, 9);
	echo_datagram(&s, true, &d);
	assert_int_equal(see(&w, &d, 100), MATCH_LATE);
	assert_false(w.got.has_probe);
	assert_true((w.got.failed & FAILED(MATCH_T4_KEYED)) != 0);
	s = spec_of(&w, SYN4, 7, 9);
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 100), MATCH_LATE);
	assert_false(w.got.has_probe);
	assert_true(matcher_counts(w.m)->forged == 0);
	world_free(&w);
}

struct segment_case { const char *name; uint8_t flags; uint32_t ack_off; enum match_class cls; enum answer_kind answer; };

static void tcp_answers(void **state)
{
	static const struct segment_case cases[] = {
		{"SYN-ACK", TCP_SYN | TCP_ACK, 1, MATCH_ANSWER, ANSWER_SYN_ACK},
		{"RST", TCP_RST | TCP_ACK, 1, MATCH_ANSWER, ANSWER_RST},
		{"SYN-ACK from nowhere", TCP_SYN | TCP_ACK, 0x1234567, MATCH_FORGED, ANSWER_SYN_ACK},
		{"SYN-ACK of the number itself", TCP_SYN | TCP_ACK, 0, MATCH_FORGED, ANSWER_SYN_ACK},
		{"SYN-ACK of a byte that no SYN carried", TCP_SYN | TCP_ACK, 2, MATCH_FORGED, ANSWER_SYN_ACK},
		{"RST from nowhere", TCP_RST | TCP_ACK, 0x1234567, MATCH_FORGED, ANSWER_RST},
		{"RST without ACK", TCP_RST, 1, MATCH_FORGED, ANSWER_NONE},
		{"ACK alone, of the only SYN", TCP_ACK, 1, MATCH_DUPLICATE, ANSWER_NONE},
		{"ACK alone from nowhere", TCP_ACK, 0x1234567, MATCH_FORGED, ANSWER_NONE},
		{"SYN", TCP_SYN, 1, MATCH_FORGED, ANSWER_NONE},
		{"SYN-ACK-RST", TCP_SYN | TCP_ACK | TCP_RST, 1, MATCH_FORGED, ANSWER_NONE},
		{"no flag", 0, 1, MATCH_FORGED, ANSWER_NONE},
	};
	static const uint16_t flows[] = {SYN4, SYN6};

	(void)state;
	for (size_t n = 0; n < 2 * sizeof(cases) / sizeof(cases[0]); n++) {
		const struct segment_case *c = &cases[n / 2];
		struct world w;
		world_new(&w);
		(void)send_probe(&w, ECHO4, 0, 64, 90); /* carries bytes that are no SYN's */
		struct probe_spec s = send_probe(&w, flows[n % 2], 0, 64, 100);
		if (segment(&w, &s, c->flags, s.seq + c->ack_off, 104) != c->cls)
			fail_msg("%s: %s", c->name, match_class_name(w.got.cls));
		assert_int_equal(w.got.answer, c->answer);
		assert_int_equal(w.got.has_probe, c->cls == MATCH_ANSWER);
		if (c->answer == ANSWER_SYN_ACK)
			assert_int_equal(w.got.answer_seq, s.seq + c->ack_off);
		assert_int_equal(matcher_half_open(w.m, 1),
		                 c->cls == MATCH_ANSWER && c->answer == ANSWER_SYN_ACK);
		world_free(&w);
	}
}

/* The answer to the first SYN died on its way to us: the second draws an ACK of the first. */
static void an_ack_alone_answers_the_latest_syn(void **state)
{
	static const struct { int64_t second_ms, third_ms; uint8_t ttl; enum match_class cls; } cases[] = {
		{800, 0, 64, MATCH_ANSWER}, {800, 1600, 64, MATCH_ANSWER},
		{800, 850, 64, MATCH_DUPLICATE}, /* either can be meant */
		{1200, 1500, 64, MATCH_DUPLICATE}, /* the same: answers take 300 ms */
		{800, 0, 3, MATCH_DUPLICATE},    /* the second died on its way: it cannot have drawn it */
		{2000, 0, 64, MATCH_DUPLICATE},  /* it had not left yet */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		world_new(&w);
		struct probe_spec s = send_probe(&w, SYN4_OTHER, 0, 64, 0);
		assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, i == 3 ? 300 : 1), MATCH_ANSWER);
		s = send_probe(&w, SYN4, 0, 64, 100);
		send_probe(&w, SYN4, 2, cases[i].ttl, 100 + cases[i].second_ms); /* one between them did not leave */
		if (cases[i].third_ms > 0)
			send_probe(&w, SYN4, 3, 64, 100 + cases[i].third_ms);
		if (segment(&w, &s, TCP_ACK, s.seq + 1, 1710) != cases[i].cls)
			fail_msg("case %zu: %s", i, match_class_name(w.got.cls));
		assert_int_equal(w.got.has_probe, cases[i].cls == MATCH_ANSWER);
		if (cases[i].cls == MATCH_ANSWER) {
			assert_int_equal(w.got.answer, ANSWER_HALF_OPEN);
			assert_int_equal(w.got.probe, cases[i].third_ms > 0 ? 3 : 2);
			assert_int_equal(w.got.arrived, 1);
			assert_int_equal(segment(&w, &s, TCP_ACK, s.seq + 1, 1720), MATCH_DUPLICATE);
		}
		/* The target repeats what died. */
		assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 1730), MATCH_ANSWER);
		assert_int_equal(w.got.probe, 1);
		world_free(&w);
	}
}

static void tcp_from_other_ports_is_foreign(void **state)
{
	struct world w;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 0, 64, 100);
	struct probe_spec other = s;
	other.src_port = 40009;
	assert_int_equal(segment(&w, &other, TCP_SYN | TCP_ACK, s.seq + 1, 104), MATCH_FOREIGN);
	other = s;
	other.dst_port = 80;
	assert_int_equal(segment(&w, &other, TCP_SYN | TCP_ACK, s.seq + 1, 104), MATCH_FOREIGN);
	/* The right number at the port of another flow of ours. */
	other = s;
	other.src_port = w.flows[SYN4_OTHER].src_port;
	assert_int_equal(segment(&w, &other, TCP_SYN | TCP_ACK, s.seq + 1, 104), MATCH_FORGED);
	world_free(&w);
}

static void a_reset_of_ours_closes(void **state)
{
	struct world w;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 0, 64, 100);
	assert_false(matcher_half_open(w.m, 0));
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 104), MATCH_ANSWER);
	assert_true(matcher_half_open(w.m, 0));
	uint32_t reset_seq = w.got.answer_seq;
	/* Of another connection, it closes nothing. */
	assert_int_equal(our_segment(&w, &s, TCP_RST, s.seq + 2, 105), MATCH_OUT_RESET);
	assert_false(w.got.has_probe);
	assert_true(matcher_half_open(w.m, 0));
	assert_int_equal(our_segment(&w, &s, TCP_RST, reset_seq, 105), MATCH_OUT_RESET);
	assert_int_equal(matcher_resets_out(w.m), 2);
	assert_int_equal(matcher_probes_out(w.m), 1);
	assert_true(w.got.has_probe);
	assert_int_equal(w.got.probe, 0);
	assert_int_equal(w.got.failed, 0);
	assert_false(matcher_half_open(w.m, 0));
	/* It was lost: the target repeats its SYN-ACK. */
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 1104), MATCH_DUPLICATE);
	assert_true(matcher_half_open(w.m, 0));
	/* A late SYN-ACK half opens as well. */
	s = send_probe(&w, SYN4, 1, 64, 2000);
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 6000), MATCH_LATE);
	assert_true(matcher_half_open(w.m, 1));
	/* Other segments of ours are some other program's. */
	assert_int_equal(our_segment(&w, &s, TCP_ACK, s.seq + 1, 6001), MATCH_FOREIGN);
	assert_false(matcher_half_open(w.m, 2));
	assert_int_equal(matcher_probes_out(w.m), 2);
	world_free(&w);
}

/* An answer that is cut before what would prove it. */
static void half_an_answer_is_malformed(void **state)
{
	struct world w;
	struct datagram d;
	struct frame f;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 0, 64, 100);
	tcp_datagram(&s.dst, &s.src, s.dst_port, s.src_port, 99, s.seq + 1, TCP_SYN | TCP_ACK, 60, 1, 0, &d);
	frame_of(&d, 104, &f);
	for (f.cap_len = 14 + 20; f.cap_len < 14 + 40; f.cap_len++) {
		assert_int_equal(see_frame(&w, &f), MATCH_MALFORMED);
		assert_true((w.got.failed & FAILED(MATCH_T1_DECODED)) != 0);
	}
	assert_int_equal(see_frame(&w, &f), MATCH_ANSWER);
	s = send_probe(&w, ECHO4, 0, 64, 100);
	echo_datagram(&s, true, &d);
	frame_of(&d, 104, &f);
	for (f.cap_len = 14 + 20; f.cap_len < 14 + 40; f.cap_len++)
		assert_int_equal(see_frame(&w, &f), MATCH_MALFORMED);
	/* The token is here; what the capture lacks of the rest proves nothing. */
	assert_int_equal(see_frame(&w, &f), MATCH_ANSWER);
	world_free(&w);
}

static void a_wrong_checksum_is_malformed(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, ECHO4, 0, 64, 100);
	echo_datagram(&s, true, &d);
	d.bytes[d.len - 1] ^= 1; /* ICMP */
	assert_int_equal(see(&w, &d, 104), MATCH_MALFORMED);
	d.bytes[d.len - 1] ^= 1;
	d.bytes[1] ^= 4; /* IPv4 header */
	assert_int_equal(see(&w, &d, 104), MATCH_MALFORMED);
	d.bytes[1] ^= 4;
	assert_int_equal(see(&w, &d, 104), MATCH_ANSWER);
	world_free(&w);
}

/* A flow from an address to itself is not used; one between two addresses of
 * this host is seen twice on loopback, and counts once. */
static void loops_do_not_confuse(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = spec_of(&w, SELF4, 0, 64);
	spec_datagram(&s, &d);
	assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);
	echo_datagram(&s, true, &d);
	assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);

	set_flow(&w, SELF4, PROBE_ICMP_ECHO, DST, US, 1236, 0); /* the way back of ECHO4 */
	matcher_free(w.m);
	w.m = matcher_new(&w.plan);
	s = send_probe(&w, ECHO4, 0, 64, 10);
	struct probe_spec back = send_probe(&w, SELF4, 0, 64, 10);
	echo_datagram(&s, true, &d);
	assert_int_equal(see(&w, &d, 11), MATCH_ANSWER);
	assert_int_equal(w.got.flow, ECHO4);
	assert_int_equal(see(&w, &d, 11), MATCH_DUPLICATE);
	echo_datagram(&back, true, &d);
	assert_int_equal(see(&w, &d, 11), MATCH_ANSWER);
	assert_int_equal(w.got.flow, SELF4);
	world_free(&w);
}

/* Two thousand flows with fifty probes each: all found again. */
static void many_flows_keep_apart(void **state)
{
	static struct plan_flow flows[2000];
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (uint16_t i = 0; i < 2000; i++) {
		flows[i] = w.flows[i % 2 == 0 ? ECHO4 : SYN4];
		flows[i].id = i;
		flows[i].src_port = (uint16_t)(20000 + i);
		identity_flow(&w.plan, &flows[i]);
	}
	w.plan.flows = flows;
	w.plan.flow_count = 2000;
	matcher_free(w.m);
	w.m = matcher_new(&w.plan);
	for (uint32_t n = 0; n < 100000; n++) {
		struct probe_spec s;
		identity_probe(&w.plan, &flows[n % 2000], n + 1, (uint16_t)(n / 2000), 9, 0, &s);
		spec_datagram(&s, &d);
		assert_int_equal(see(&w, &d, 10), MATCH_OUT);
	}
	for (uint32_t n = 0; n < 100000; n += 7) {
		struct probe_spec s;
		identity_probe(&w.plan, &flows[n % 2000], n + 1, (uint16_t)(n / 2000), 9, 0, &s);
		if (s.kind == PROBE_ICMP_ECHO) {
			echo_datagram(&s, true, &d);
			assert_int_equal(see(&w, &d, 20), MATCH_ANSWER);
		} else {
			assert_int_equal(segment(&w, &s, TCP_RST | TCP_ACK, s.seq + 1, 20), MATCH_ANSWER);
		}
		assert_int_equal(w.got.probe, n);
		assert_int_equal(w.got.flow, n % 2000);
	}
	assert_int_equal(matcher_probes_out(w.m), 100000);
	world_free(&w);
}

static void an_empty_plan_knows_nothing(void **state)
{
	struct plan empty = {0};
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = spec_of(&w, ECHO4, 0, 5);
	matcher_free(w.m);
	w.m = matcher_new(&empty);
	spec_datagram(&s, &d);
	assert_int_equal(see(&w, &d, 10), MATCH_FOREIGN);
	assert_false(matcher_half_open(w.m, 0));
	world_free(&w);
	matcher_free(NULL);
}

static void names_are_words(void **state)
{
	(void)state;
	for (int t = 0; t < MATCH_TESTS; t++)
		assert_string_not_equal(match_test_name((enum match_test)t), "unknown");
	for (int c = MATCH_OUT; c <= MATCH_MALFORMED; c++)
		assert_string_not_equal(match_class_name((enum match_class)c), "unknown");
	assert_string_equal(match_test_name(MATCH_T4_KEYED), "keyed value");
	assert_string_equal(match_test_name(MATCH_TESTS), "unknown");
	assert_string_equal(match_class_name((enum match_class)0), "unknown");
	assert_string_equal(match_class_name((enum match_class)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_probe_leaves_once),
		cmocka_unit_test(any_index_may_follow),
		cmocka_unit_test(what_leaves_without_the_key_is_foreign),
		cmocka_unit_test(an_echo_reply_answers),
		cmocka_unit_test(an_answer_has_its_time),
		cmocka_unit_test(stamps_do_not_wrap_around),
		cmocka_unit_test(wrong_echo_replies_do_not_count),
		cmocka_unit_test(an_answer_to_an_unseen_probe_is_not_counted),
		cmocka_unit_test(tcp_answers),
		cmocka_unit_test(an_ack_alone_answers_the_latest_syn),
		cmocka_unit_test(tcp_from_other_ports_is_foreign),
		cmocka_unit_test(a_reset_of_ours_closes),
		cmocka_unit_test(half_an_answer_is_malformed),
		cmocka_unit_test(a_wrong_checksum_is_malformed),
		cmocka_unit_test(loops_do_not_confuse),
		cmocka_unit_test(many_flows_keep_apart),
		cmocka_unit_test(an_empty_plan_knows_nothing),
		cmocka_unit_test(names_are_words),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
