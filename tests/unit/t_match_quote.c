/* SPDX-License-Identifier: BSD-2-Clause */
/* The matcher: ICMP errors, by what they quote. */
#include "tests/unit/match_frames.h"

enum { TIME_EXCEEDED4 = 11, UNREACHABLE4 = 3, TIME_EXCEEDED6 = 3, UNREACHABLE6 = 1, TOO_BIG6 = 2 };

/* Where things stand in a quoted datagram without IP options. */
enum { V4_ID = 4, V4_PROTO = 9, V4_SRC = 12, V4_DST = 16, V4_BODY = 20, V6_LABEL = 3, V6_SRC = 8, V6_DST = 24, V6_BODY = 40 };
enum { TCP_SPORT = 0, TCP_DPORT = 2, TCP_SEQ = 4, ICMP_TYPE = 0, ICMP_SUM = 2, ICMP_ID = 4, ICMP_SEQ = 6, ICMP_TOKEN = 8 };
#define ALL 1000 /* the whole datagram is quoted */

/* The error that a router sends about this datagram, quoting len bytes of it. */
static void error_about(const struct datagram *about, size_t len, const struct ip_addr *from,
                        const struct ip_addr *to, uint8_t type, uint8_t code, uint32_t rest,
                        struct datagram *out)
{
	icmp_wrap(out, from, to, type, code, rest, 250, about->bytes, len < about->len ? len : about->len);
}

static struct ip_addr router_for(const struct probe_spec *s)
{
	return addr(s->src.family == IP_V4 ? RT : RT6);
}

static enum match_class error_on(struct world *w, const struct probe_spec *s, const struct datagram *about,
                                 size_t len, int64_t at_ms)
{
	struct ip_addr router = router_for(s);
	struct datagram d;

	error_about(about, len, &router, &s->src, s->src.family == IP_V4 ? TIME_EXCEEDED4 : TIME_EXCEEDED6, 0,
	            0, &d);
	return see(w, &d, at_ms);
}

/* The probe as its last router has it: TTL 1. */
static void expired(const struct probe_spec *s, struct datagram *d)
{
	spec_datagram(s, d);
	d->bytes[s->src.family == IP_V4 ? 8 : 7] = 1;
}

/* Of a whole frame the name, of one cut before it none. */
static void expect_name(const struct world *w, const struct datagram *d, uint32_t name)
{
	struct frame f;

	frame_of(d, 100, &f);
	assert_int_equal(matcher_expect(w->m, &f), name);
	matcher_near(w->m, name);
	for (uint16_t len = f.cap_len; len-- > 0;) {
		f.cap_len = len;
		uint32_t seen = matcher_expect(w->m, &f);
		assert_true(seen == name || seen == 0);
	}
	assert_int_equal(matcher_expect(w->m, &f), 0);
}

static void the_name_that_a_frame_seems_to_carry(void **state)
{
	static const uint16_t flows[] = {ECHO4, ECHO6};
	struct world w;
	struct datagram d, error;

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < 2; i++) {
		struct probe_spec s = spec_of(&w, flows[i], 7, 4);
		struct ip_addr router = router_for(&s);
		spec_datagram(&s, &d);
		expect_name(&w, &d, s.id);
		error_about(&d, ALL, &router, &s.src, s.src.family == IP_V4 ? TIME_EXCEEDED4 : TIME_EXCEEDED6, 0, 0, &error);
		expect_name(&w, &error, s.id);
		echo_datagram(&s, true, &d);
		expect_name(&w, &d, s.id);
	}
	/* It changes nothing. */
	assert_int_equal(matcher_probes_out(w.m), 0);
	world_free(&w);
}

static void each_kind_of_quote_answers(void **state)
{
	static const struct { uint16_t flow; size_t len; } cases[] = {
		{ECHO4, 28}, {ECHO4, 29}, {ECHO4, ALL}, {SYN4, 28}, {SYN4, ALL},
		{ECHO6, 48}, {ECHO6, ALL}, {SYN6, 48}, {SYN6, ALL},
	};
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe_spec s = send_probe(&w, cases[i].flow, (uint16_t)(20 + i), 4, 100);
		uint32_t probe = w.got.probe;
		expired(&s, &d);
		if (error_on(&w, &s, &d, cases[i].len, 103) != MATCH_ANSWER || w.got.failed != 0)
			fail_msg("flow %u, %zu bytes: %s, failed 0x%x", cases[i].flow, cases[i].len,
			         match_class_name(w.got.cls), w.got.failed);
		assert_int_equal(w.got.answer, ANSWER_TIME_EXCEEDED);
		assert_int_equal(w.got.probe, probe);
		assert_int_equal(w.got.index, 20 + i);
		assert_int_equal(w.got.ttl, 4);
		assert_int_equal(w.got.quoted_ttl, 1);
		assert_int_equal(w.got.reply_ttl, 250);
		assert_true(w.got.rtt_ns == 3 * NS_PER_MS);
		struct ip_addr router = router_for(&s);
		assert_true(ip_addr_equal(&w.got.from, &router));
		assert_int_equal(error_on(&w, &s, &d, cases[i].len, 104), MATCH_DUPLICATE);
	}
	world_free(&w);
}

struct edit_case {
	const char *name;
	uint16_t flow;
	size_t len;
	size_t edit;            /* place of the changed byte */
	enum match_class cls;
	uint16_t failed;        /* of answers */
};

#define T3 FAILED(MATCH_T3_PORTS)
#define T5 FAILED(MATCH_T5_KEYED_QUOTE)

/* One byte of the quote is changed; what does the answer then count for? */
static const struct edit_case edits[] = {
	{"source address, by Azure", SYN4, 28, V4_SRC + 3, MATCH_ANSWER, 0},
	{"source address, echo", ECHO4, 28, V4_SRC + 3, MATCH_ANSWER, 0},
	{"source address, IPv6", SYN6, 48, V6_SRC + 15, MATCH_ANSWER, 0},
	{"destination", SYN4, 28, V4_DST + 3, MATCH_FOREIGN, 0},
	{"destination, IPv6", ECHO6, 48, V6_DST + 15, MATCH_FOREIGN, 0},
	{"sequence number", SYN4, 28, V4_BODY + TCP_SEQ + 1, MATCH_FORGED, 0},
	{"sequence number, IPv6", SYN6, 48, V6_BODY + TCP_SEQ, MATCH_FORGED, 0},
	{"sequence number, whole quote", SYN4, ALL, V4_BODY + TCP_SEQ, MATCH_FORGED, 0},
	{"IPv4 id of a SYN", SYN4, 28, V4_ID, MATCH_ANSWER, T5},
	{"IPv4 id of an echo", ECHO4, 28, V4_ID, MATCH_ANSWER, T5},
	{"flow label of a SYN", SYN6, 48, V6_LABEL, MATCH_ANSWER, T5},
	{"flow label of an echo", ECHO6, 48, V6_LABEL, MATCH_ANSWER, T5},
	{"echo checksum", ECHO4, 28, V4_BODY + ICMP_SUM, MATCH_ANSWER, T5},
	{"echo checksum, whole quote", ECHO4, ALL, V4_BODY + ICMP_SUM, MATCH_ANSWER, T5},
	{"echo token", ECHO4, ALL, V4_BODY + ICMP_TOKEN + 7, MATCH_FORGED, 0},
	{"echo token, IPv6", ECHO6, ALL, V6_BODY + ICMP_TOKEN, MATCH_FORGED, 0},
	{"echo sequence number", ECHO4, ALL, V4_BODY + ICMP_SEQ, MATCH_LATE, 0},
	{"echo id alone", ECHO4, 28, V4_BODY + ICMP_ID, MATCH_FOREIGN, 0},
	{"echo id, IPv6", ECHO6, 48, V6_BODY + ICMP_ID, MATCH_ANSWER, T3},
	{"echo id and not its checksum, token there", ECHO4, ALL, V4_BODY + ICMP_ID, MATCH_FOREIGN, 0},
	{"source port, by a NAT", SYN4, 28, V4_BODY + TCP_SPORT, MATCH_ANSWER, T3},
	{"source port, IPv6", SYN6, 48, V6_BODY + TCP_SPORT, MATCH_ANSWER, T3},
	{"destination port", SYN4, 28, V4_BODY + TCP_DPORT, MATCH_FOREIGN, 0},
	{"a reply is quoted", ECHO4, 28, V4_BODY + ICMP_TYPE, MATCH_FOREIGN, 0},
	{"another protocol", SYN4, 28, V4_PROTO, MATCH_FOREIGN, 0},
};

static uint8_t edit_of(const struct edit_case *c)
{
	/* 8, an echo request, becomes 0, a reply; else the lowest bit changes. */
	return c->edit == V4_BODY + ICMP_TYPE && c->flow == ECHO4 ? 8 : 1;
}

static void what_was_changed_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		const struct edit_case *c = &edits[i];
		struct world w;
		struct datagram d;
		world_new(&w);
		struct probe_spec s = send_probe(&w, c->flow, 2, 4, 100);
		expired(&s, &d);
		d.bytes[c->edit] ^= edit_of(c);
		error_on(&w, &s, &d, c->len, 103);
		if (w.got.cls != c->cls || (c->cls == MATCH_ANSWER && w.got.failed != c->failed))
			fail_msg("%s: %s, failed 0x%x", c->name, match_class_name(w.got.cls), w.got.failed);
		assert_int_equal(w.got.has_probe, c->cls == MATCH_ANSWER);
		/* What did not count has not used up the answer. */
		expired(&s, &d);
		assert_int_equal(error_on(&w, &s, &d, c->len, 104),
		                 c->cls == MATCH_ANSWER ? MATCH_DUPLICATE : MATCH_ANSWER);
		world_free(&w);
	}
}

/* Values that fit each other, but not the probe that left. */
static void a_guess_is_forged(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	/* The number of the same place in the flow, with another TTL. */
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	struct probe_spec guess = spec_of(&w, SYN4, 2, 5);
	expired(&guess, &d);
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FORGED);
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, guess.seq + 1, 103), MATCH_LATE);
	assert_false(w.got.has_probe);
	/* An echo with its id and sequence number alone right. */
	s = send_probe(&w, ECHO4, 2, 4, 100);
	expired(&s, &d);
	d.bytes[V4_ID] ^= 1;
	d.bytes[V4_BODY + ICMP_SUM] ^= 1;
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FORGED);
	world_free(&w);
}

/* A NAT that restored neither the address, nor the id, nor the checksum that it
 * made fit: RFC 5508 asks for better, and not every one is. */
static void a_careless_nat_is_seen_through(void **state)
{
	static const size_t lens[] = {28, ALL};
	struct datagram d;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world w;
		world_new(&w);
		struct probe_spec s = send_probe(&w, ECHO4, 2, 4, 100);
		expired(&s, &d);
		uint32_t sum = (uint32_t)s.icmp_sum + s.src_port + (uint16_t)~61000u;
		sum = (sum & 0xffff) + (sum >> 16);
		sum = (sum & 0xffff) + (sum >> 16);
		memcpy(d.bytes + V4_SRC, "\xc6\x33\x64\x01", 4);
		put16(d.bytes + V4_BODY + ICMP_SUM, (uint16_t)sum);
		put16(d.bytes + V4_BODY + ICMP_ID, 61000);
		assert_int_equal(error_on(&w, &s, &d, lens[i], 103), MATCH_ANSWER);
		assert_int_equal(w.got.failed, T3 | T5);
		assert_int_equal(w.got.probe, 0);
		world_free(&w);
	}
}

/* The port became that of another flow of ours to the same target. */
static void a_nat_may_meet_our_own_port(void **state)
{
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	expired(&s, &d);
	put16(d.bytes + V4_BODY + TCP_SPORT, w.flows[SYN4_OTHER].src_port);
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_ANSWER);
	assert_int_equal(w.got.flow, SYN4);
	assert_int_equal(w.got.failed, T3);
	world_free(&w);
}

/* Cut before the ports it may be about us; cut before the addresses, too. */
static void a_quote_cut_short_is_malformed(void **state)
{
	static const struct { uint16_t flow; size_t enough; } cases[] = {
		{ECHO4, 28}, {SYN4, 28}, {ECHO6, 48}, {SYN6, 48},
	};
	struct datagram d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		world_new(&w);
		struct probe_spec s = send_probe(&w, cases[i].flow, 2, 4, 100);
		expired(&s, &d);
		for (size_t len = 0; len < cases[i].enough; len++) {
			assert_int_equal(error_on(&w, &s, &d, len, 103), MATCH_MALFORMED);
			assert_true((w.got.failed & FAILED(MATCH_T1_DECODED)) != 0);
			assert_false(w.got.has_probe);
		}
		assert_int_equal(error_on(&w, &s, &d, cases[i].enough, 104), MATCH_ANSWER);
		assert_true(matcher_counts(w.m)->malformed == cases[i].enough);
		world_free(&w);
	}
}

struct error_case { uint8_t family, type, code; uint32_t rest; enum match_class cls; enum answer_kind answer; uint32_t mtu; };

static void each_error_has_its_meaning(void **state)
{
	static const struct error_case cases[] = {
		{IP_V4, TIME_EXCEEDED4, 0, 0, MATCH_ANSWER, ANSWER_TIME_EXCEEDED, 0},
		{IP_V4, TIME_EXCEEDED4, 1, 0, MATCH_ANSWER, ANSWER_OTHER_ERROR, 0},
		{IP_V4, UNREACHABLE4, 1, 0, MATCH_ANSWER, ANSWER_UNREACHABLE, 0},
		{IP_V4, UNREACHABLE4, 13, 9, MATCH_ANSWER, ANSWER_UNREACHABLE, 0},
		{IP_V4, UNREACHABLE4, 4, 1400, MATCH_ANSWER, ANSWER_UNREACHABLE, 1400},
		{IP_V4, 12, 0, 0, MATCH_ANSWER, ANSWER_OTHER_ERROR, 0},
		{IP_V4, 5, 1, 0x0a0a01fe, MATCH_FOREIGN, ANSWER_NONE, 0}, /* redirect: the probe goes on */
		{IP_V4, 4, 0, 0, MATCH_FOREIGN, ANSWER_NONE, 0},          /* source quench: likewise */
		{IP_V6, TIME_EXCEEDED6, 0, 0, MATCH_ANSWER, ANSWER_TIME_EXCEEDED, 0},
		{IP_V6, UNREACHABLE6, 1, 0, MATCH_ANSWER, ANSWER_UNREACHABLE, 0},
		{IP_V6, TOO_BIG6, 0, 1280, MATCH_ANSWER, ANSWER_UNREACHABLE, 1280},
		{IP_V6, 4, 1, 0, MATCH_ANSWER, ANSWER_OTHER_ERROR, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct error_case *c = &cases[i];
		struct world w;
		struct datagram about, d;
		world_new(&w);
		struct probe_spec s = send_probe(&w, c->family == IP_V4 ? SYN4 : SYN6, 2, 4, 100);
		struct ip_addr router = router_for(&s);
		expired(&s, &about);
		error_about(&about, ALL, &router, &s.src, c->type, c->code, c->rest, &d);
		if (see(&w, &d, 103) != c->cls || w.got.answer != c->answer || w.got.mtu != c->mtu)
			fail_msg("IPv%u %u/%u: %s, answer %d, mtu %u", c->family, c->type, c->code,
			         match_class_name(w.got.cls), (int)w.got.answer, w.got.mtu);
		assert_int_equal(w.got.icmp_type, c->type);
		assert_int_equal(w.got.icmp_code, c->code);
		world_free(&w);
	}
}

struct sender_case { const char *from; enum match_class cls; };

static void a_sender_must_be_plausible(void **state)
{
	static const struct sender_case cases[] = {
		{RT, MATCH_ANSWER}, {DST, MATCH_ANSWER}, {"169.254.0.1", MATCH_ANSWER}, {"0.0.0.0", MATCH_FORGED},
		{"224.0.0.5", MATCH_FORGED}, {"255.255.255.255", MATCH_FORGED}, {"127.0.0.1", MATCH_FORGED},
		{US, MATCH_FOREIGN}, /* our own kernel: no neighbour for the probe */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;
		struct datagram about, d;
		world_new(&w);
		struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
		struct ip_addr from = addr(cases[i].from);
		expired(&s, &about);
		error_about(&about, 28, &from, &s.src, TIME_EXCEEDED4, 0, 0, &d);
		if (see(&w, &d, 103) != cases[i].cls)
			fail_msg("%s: %s", cases[i].from, match_class_name(w.got.cls));
		assert_int_equal((w.got.failed & FAILED(MATCH_T8_SENDER)) != 0, cases[i].cls != MATCH_ANSWER);
		error_about(&about, 28, &s.dst, &s.src, TIME_EXCEEDED4, 0, 0, &d);
		assert_int_equal(see(&w, &d, 104),
		                 cases[i].cls == MATCH_ANSWER ? MATCH_DUPLICATE : MATCH_ANSWER);
		world_free(&w);
	}
}

/* Errors about what is not a probe: our RST, another program's packets, a probe
 * of another run. */
static void other_packets_are_not_probes(void **state)
{
	struct world w, other;
	struct datagram d;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	tcp_datagram(&s.src, &s.dst, s.src_port, s.dst_port, s.seq + 1, 0, TCP_RST, 1, 9, 0, &d);
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FOREIGN);
	tcp_datagram(&s.src, &s.dst, 50001, s.dst_port, 12345, 0, TCP_SYN, 1, 9, 0, &d);
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FOREIGN);
	tcp_datagram(&s.src, &s.dst, 50001, s.dst_port, 12345, 0, TCP_SYN, 1, 9, 0, &d);
	d.bytes[V4_PROTO] = 17;
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FOREIGN);
	d.bytes[V4_PROTO] = 6;
	put16(d.bytes + 6, 0x00b9); /* a later fragment */
	assert_int_equal(error_on(&w, &s, &d, 28, 103), MATCH_FOREIGN);

	world_new(&other);
	other.plan.key[0] ^= 1;
	struct probe_spec theirs = spec_of(&other, ECHO4, 2, 4);
	theirs.src_port = 4321;
	theirs.icmp_sum ^= 0x55;
	expired(&theirs, &d);
	assert_int_equal(error_on(&w, &s, &d, ALL, 103), MATCH_FOREIGN);
	world_free(&other);
	world_free(&w);
}

static void an_error_about_an_unseen_probe_is_not_counted(void **state)
{
	static const uint16_t flows[] = {SYN4, ECHO4, SYN6, ECHO6};
	struct world w;
	struct datagram d;

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < 4; i++) {
		struct probe_spec s = spec_of(&w, flows[i], 2, 4);
		expired(&s, &d);
		assert_int_equal(error_on(&w, &s, &d, ALL, 103), MATCH_LATE);
		assert_false(w.got.has_probe);
	}
	assert_true(matcher_counts(w.m)->forged == 0);
	world_free(&w);
}

static void one_probe_has_one_answer(void **state)
{
	struct world w;
	struct datagram about, d;

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	struct ip_addr router = router_for(&s);
	expired(&s, &about);
	assert_int_equal(error_on(&w, &s, &about, 28, 103), MATCH_ANSWER);
	error_about(&about, 28, &router, &s.src, UNREACHABLE4, 13, 0, &d);
	assert_int_equal(see(&w, &d, 104), MATCH_DUPLICATE);
	assert_int_equal(segment(&w, &s, TCP_SYN | TCP_ACK, s.seq + 1, 105), MATCH_DUPLICATE);
	assert_int_equal(w.got.failed, FAILED(MATCH_T7_FIRST));
	world_free(&w);
}

static void labels_come_with_the_answer(void **state)
{
	struct world w;
	struct datagram about, d;
	uint8_t ext[] = {0x20, 0, 0, 0, 0, 8, 1, 1, 0x03, 0xe8, 0x11, 0xff}; /* label 16001, bottom */

	(void)state;
	world_new(&w);
	put16(ext + 2, inet_sum_fold(inet_sum(0, ext, sizeof(ext))));
	struct probe_spec s = send_probe(&w, ECHO4, 2, 4, 100);
	struct ip_addr router = router_for(&s);
	expired(&s, &about);
	memset(about.bytes + about.len, 0, 128 - about.len);
	memcpy(about.bytes + 128, ext, sizeof(ext));
	about.len = 128 + sizeof(ext);
	error_about(&about, ALL, &router, &s.src, TIME_EXCEEDED4, 0, 32u << 16, &d);
	assert_int_equal(see(&w, &d, 103), MATCH_ANSWER);
	assert_int_equal(w.got.failed, 0);
	assert_int_equal(w.got.extensions.mpls_count, 1);
	assert_int_equal(w.got.extensions.mpls[0].label, 16001);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_that_a_frame_seems_to_carry), cmocka_unit_test(each_kind_of_quote_answers),
		cmocka_unit_test(what_was_changed_decides),
		cmocka_unit_test(a_guess_is_forged),
		cmocka_unit_test(a_careless_nat_is_seen_through),
		cmocka_unit_test(a_nat_may_meet_our_own_port),
		cmocka_unit_test(a_quote_cut_short_is_malformed),
		cmocka_unit_test(each_error_has_its_meaning),
		cmocka_unit_test(a_sender_must_be_plausible),
		cmocka_unit_test(other_packets_are_not_probes),
		cmocka_unit_test(an_error_about_an_unseen_probe_is_not_counted),
		cmocka_unit_test(one_probe_has_one_answer),
		cmocka_unit_test(labels_come_with_the_answer),
	};

	return cmocka_run_group_tests_name("match_quote", tests, NULL, NULL);
}
