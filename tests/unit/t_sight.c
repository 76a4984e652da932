/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of anybody in captures of anybody: found, answered, gathered into paths, paired
 * between two captures; and frames of other link types. */
#include "analysis/path/sight.h"

#include "analysis/capture_report/capture_report.h"
#include "analysis/capture_report/pair_report.h"
#include "analysis/capture_report/probe_report.h"
#include "analysis/path/sight_pair.h"
#include "analysis/path/sight_path.h"
#include "analysis/record/linktype.h"

#include <stdio.h>

#include "tests/unit/match_frames.h"

static void take(struct sights *s, const struct datagram *d, int64_t at_ms)
{
	struct frame f;

	frame_of(d, at_ms, &f);
	assert_true(sights_frame(s, &f));
}

static struct datagram ping(const char *src, const char *dst, uint16_t seq, uint8_t ttl, bool reply)
{
	struct ip_addr a = addr(src), b = addr(dst);
	struct datagram d;
	uint8_t body[8] = {0};
	bool v4 = a.family == IP_V4;

	icmp_wrap(&d, &a, &b, v4 ? (reply ? 0 : 8) : (reply ? 129 : 128), 0, 0x4242u << 16 | seq, ttl, body, sizeof body);
	return d;
}

static struct datagram expired(const char *router, const struct datagram *quoted, const char *to)
{
	struct ip_addr a = addr(router), b = addr(to);
	struct datagram d;
	bool v4 = a.family == IP_V4;

	icmp_wrap(&d, &a, &b, v4 ? 11 : 3, 0, 0, 250, quoted->bytes, quoted->len);
	return d;
}

static struct datagram udp(const char *src, const char *dst, uint16_t dport, uint16_t id, uint16_t sum, uint8_t ttl)
{
	struct ip_addr a = addr(src), b = addr(dst);
	uint8_t body[12] = {0x9c, 0x40};
	struct datagram d;

	put16(body + 2, dport);
	put16(body + 4, sizeof body);
	put16(body + 6, sum);
	ip_wrap(&d, &a, &b, 17, ttl, id, 0, body, sizeof body);
	return d;
}

static const struct sight *only(const struct sights *s)
{
	size_t count;
	const struct sight *list = sights_list(s, &count);

	assert_int_equal(count, 1);
	return list;
}

static void a_ping_and_its_reply(void **state)
{
	static const char *const ends[2][2] = {{US, DST}, {US6, DST6}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sights *s = sights_new();
		struct datagram q = ping(ends[i][0], ends[i][1], 7, 64, false), r = ping(ends[i][1], ends[i][0], 7, 57, true);
		struct datagram other = ping(ends[i][1], ends[i][0], 8, 57, true);

		take(s, &q, 1000);
		take(s, &other, 1001);
		take(s, &r, 1012);
		sights_match(s);
		assert_int_equal(only(s)->answer, ANSWER_ECHO_REPLY);
		assert_int_equal(only(s)->rtt_ns, 12 * NS_PER_MS);
		assert_int_equal(only(s)->frame, 1);
		assert_int_equal(only(s)->answer_frame, 3);
		assert_int_equal(only(s)->reply_ttl, 57);
		assert_int_equal(sights_totals(s)->strays, 1);
		sights_free(s);
	}
}

/* A router sees a packet come in and go out, with one TTL less: one probe. */
static void both_sides_of_a_router(void **state)
{
	struct sights *s = sights_new();
	struct datagram in = ping(US, DST, 1, 5, false), out = ping(US, DST, 1, 4, false);
	struct datagram again = ping(US, DST, 1, 5, false);

	(void)state;
	take(s, &in, 0);
	take(s, &out, 1);
	take(s, &again, 60000); /* the number came round */
	sights_match(s);
	size_t count;
	const struct sight *list = sights_list(s, &count);
	assert_int_equal(count, 2);
	assert_int_equal(list[0].sights, 2);
	assert_int_equal(list[0].ttl, 5);
	assert_int_equal(list[0].last_ttl, 4);
	assert_int_equal(sights_totals(s)->again, 1);
	sights_free(s);
}

/* Paris traceroute: ports and addresses are the same in all, the checksum tells. */
static void a_syn_that_expires(void **state)
{
	static const char *const ends[2][2] = {{US, DST}, {US6, DST6}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sights *s = sights_new();
		struct ip_addr a = addr(ends[i][0]), b = addr(ends[i][1]);
		struct datagram q[2], e;

		tcp_datagram(&a, &b, 41000, 443, 77, 0, TCP_SYN, 3, 1, 0, &q[0]);
		tcp_datagram(&a, &b, 41000, 443, 78, 0, TCP_SYN, 4, 2, 0, &q[1]);
		take(s, &q[0], 0);
		take(s, &q[1], 1);
		e = expired(i == 0 ? "10.0.0.3" : "fd00::3", &q[0], ends[i][0]);
		take(s, &e, 12);
		sights_match(s);
		assert_int_equal(sights_find(s, 1)->answer, ANSWER_TIME_EXCEEDED);
		assert_int_equal(sights_find(s, 1)->rtt_ns, 12 * NS_PER_MS);
		assert_int_equal(sights_find(s, 2)->answer, ANSWER_NONE);
		sights_free(s);
	}
}

static void quotes_of_one_flow(void **state)
{
	struct sights *s = sights_new();
	struct datagram q[3], e;

	(void)state;
	for (uint16_t i = 0; i < 3; i++) {
		q[i] = udp(US, DST, 33435, 0, (uint16_t)(100 + i), (uint8_t)(i + 1));
		take(s, &q[i], i);
	}
	for (int i = 2; i >= 0; i--) { /* the answers in the wrong order */
		e = expired(i == 0 ? "10.0.0.1" : i == 1 ? "10.0.0.2" : "10.0.0.3", &q[i], US);
		take(s, &e, 10 + i);
	}
	sights_match(s);
	for (uint32_t i = 1; i <= 3; i++) {
		const struct sight *p = sights_find(s, i);
		char from[IP_TEXT_MAX];

		assert_non_null(p);
		assert_int_equal(p->ttl, i);
		assert_int_equal(p->rtt_ns, 10 * NS_PER_MS);
		assert_int_equal(ip_addr_text(&p->from, from)[7], '0' + (int)i);
	}
	assert_null(sights_find(s, 4));
	sights_free(s);
}

static void connections(void **state)
{
	struct sights *s = sights_new();
	struct ip_addr a = addr(US), b = addr(DST);
	struct datagram syn, wrong, ack;

	(void)state;
	tcp_datagram(&a, &b, 50000, 443, 1000, 0, TCP_SYN, 64, 1, 0, &syn);
	tcp_datagram(&b, &a, 443, 50000, 9, 1002, TCP_SYN | TCP_ACK, 60, 1, 0, &wrong);
	tcp_datagram(&b, &a, 443, 50000, 9, 1001, TCP_RST | TCP_ACK, 60, 1, 0, &ack);
	take(s, &syn, 0);
	take(s, &wrong, 2);
	take(s, &ack, 5);
	sights_match(s);
	assert_int_equal(only(s)->answer, ANSWER_RST);
	assert_int_equal(only(s)->rtt_ns, 5 * NS_PER_MS);
	sights_free(s);
}

/* Everybody's own datagrams are no probes, and nobody's multicast is. */
static void what_is_no_probe(void **state)
{
	struct sights *s = sights_new();
	struct datagram dns = udp(US, DST, 53, 1, 1, 64), mdns = udp(US, "224.0.0.251", 33435, 1, 1, 1);
	struct frame empty = {.cap_len = 3};

	(void)state;
	take(s, &dns, 0);
	take(s, &mdns, 0);
	assert_true(sights_frame(s, &empty));
	sights_skip(s);
	sights_match(s);
	assert_int_equal(sights_totals(s)->probes, 0);
	assert_int_equal(sights_totals(s)->frames, 4);
	assert_int_equal(sights_totals(s)->unreadable, 1);
	assert_int_equal(sights_totals(s)->other_links, 1);
	sights_free(s);
}

/* Three hops, the second silent, the third the end, which was asked with higher TTLs too. */
static struct sights *traced(int64_t shift_ms, int lost)
{
	struct sights *s = sights_new();
	uint16_t seq = 0;

	for (uint8_t ttl = 1; ttl <= 5; ttl++) {
		for (int i = 0; i < 3; i++, seq++) {
			struct datagram q = ping(US, DST, seq, ttl, false), a;

			if (seq == lost)
				continue;
			take(s, &q, shift_ms + 100 * seq);
			if (ttl == 2)
				continue;
			a = ttl == 1 ? expired(RT, &q, US) : ping(DST, US, seq, 62, true);
			take(s, &a, shift_ms + 100 * seq + 2 * ttl);
		}
	}
	struct datagram late = udp(US, "10.9.9.9", 53, 1, 1, 64);
	take(s, &late, shift_ms + 20000);
	sights_match(s);
	return s;
}

static void a_path(void **state)
{
	struct sights *s = traced(0, -1);
	size_t count;
	struct sight_path *p = sight_paths(s, &count);

	(void)state;
	assert_int_equal(count, 1);
	assert_int_equal(p->probes, 15);
	assert_int_equal(p->answered, 12);
	assert_true(p->reached);
	assert_int_equal(p->distance, 3);
	assert_int_equal(p->hop_count, 3);
	assert_int_equal(p->hops[1].answered, 0);
	assert_int_equal(p->hops[2].ttl, 3);
	assert_int_equal(p->hops[2].sent, 9);
	assert_int_equal(p->hops[0].rtt.median_ns, 2 * NS_PER_MS);
	assert_true(p->hops[0].path_loss.known && p->hops[0].path_loss.ratio < 1e-9);
	sight_paths_free(p, count);
	sights_free(s);
}

/* B is behind A: the same packets two hops on, 30 ms later, one lost in between. */
static void two_places(void **state)
{
	struct sights *a = sights_new(), *b = sights_new();
	struct sight_pair pair;

	(void)state;
	for (uint16_t seq = 0; seq < 10; seq++) {
		struct datagram q = ping(US, DST, seq, 64, false), r = ping(DST, US, seq, 60, true);
		struct datagram far = ping(US, DST, seq, 62, false);

		take(a, &q, 100 * seq);
		if (seq == 4)
			continue;
		take(b, &far, 100 * seq + 30);
		take(b, &r, 100 * seq + 40);
		if (seq != 6)
			take(a, &r, 100 * seq + 14);
	}
	struct datagram later = ping(US, DST, 10, 64, false); /* when nobody listens at B any more */
	take(a, &later, 1000);
	sights_match(a);
	sights_match(b);
	assert_true(sight_pair(a, b, &pair));
	assert_int_equal(pair.both, 9);
	assert_int_equal(pair.only[PAIR_A], 1);
	assert_int_equal(pair.only[PAIR_B], 0);
	assert_int_equal(pair.hops, 2);
	assert_int_equal(pair.answered_both, 8);
	assert_int_equal(pair.answered_only[PAIR_B], 1);
	assert_int_equal(pair.between.median_ns, 4 * NS_PER_MS);
	assert_int_equal(pair.clock.median_ns, 30 * NS_PER_MS);
	sights_free(a);
	sights_free(b);
}

/* Of one order (the same ports) the identification and the checksum tell which is which, and of those that agree in all
 * the n-th here is the n-th there; stamps of a file may be any. */
static void pairs_of_one_order(void **state)
{
	static const struct { uint16_t id, sum; int64_t at_ms; } here[] = {{1, 7, 0}, {2, 7, 1000}, {1, 7, 2000}, {1, 8, 3000}, {9, 9, 4000}},
	                                                           there[] = {{1, 6, 500}, {2, 7, 1030}, {1, 8, 3030}, {1, 7, 30}, {1, 7, 2030}};
	struct sights *a = sights_new(), *b = sights_new();
	struct sight_pair pair;

	(void)state;
	for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
		struct datagram d = udp(US, DST, 33434, here[i].id, here[i].sum, 30);
		take(a, &d, here[i].at_ms);
	}
	for (size_t i = 0; i < sizeof there / sizeof there[0]; i++) {
		struct datagram d = udp(US, DST, 33434, there[i].id, there[i].sum, 28);
		take(b, &d, there[i].at_ms);
	}
	sights_match(a);
	sights_match(b);
	assert_true(sight_pair(a, b, &pair));
	assert_int_equal(pair.both, 4);
	assert_int_equal(pair.clock.min_ns, 30 * NS_PER_MS);
	assert_int_equal(pair.clock.max_ns, 30 * NS_PER_MS);
	sights_free(a);
	sights_free(b);
}

static void stamps_far_apart(void **state)
{
	const int64_t far = INT64_MAX / NS_PER_MS - 1;
	struct sights *a = sights_new(), *b = sights_new();
	struct sight_pair pair;

	(void)state;
	for (uint16_t seq = 0; seq < 4; seq++) {
		struct datagram q = ping(US, DST, seq, 64, false);

		take(a, &q, seq % 2 ? far : 0);
		take(b, &q, seq % 2 ? 0 : far);
	}
	sights_match(a);
	sights_match(b);
	assert_true(sight_pair(a, b, &pair));
	assert_int_equal(pair.both, 4);
	assert_int_equal(pair.clock.jitter_ns, INT64_MAX);
	sights_free(a);
	sights_free(b);
}

static void has(const struct strbuf *out, const char *text)
{
	if (!out->text || !strstr(out->text, text))
		fail_msg("'%s' is not in:\n%s", text, out->text ? out->text : "nothing");
}

static void reports(void **state)
{
	struct sights *a = traced(0, -1), *b = traced(5, 9);
	struct pair_report pair = {.tool = "erprobe", .parts = {{.name = "a.pcap", .what = "capture"}, {.name = "b\x1b[2J.pcap", .what = "capture"}}};
	struct sight_path *pa = sight_paths(a, &pair.parts[0].path_count), *pb = sight_paths(b, &pair.parts[1].path_count);
	struct capture_report c = {.tool = "erprobe", .sha256 = "00", .totals = sights_totals(a), .paths = pa, .path_count = 1};
	const struct text_style style = {.width = 100};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	report_capture_text(&c, &style, &out);
	has(&out, "15 probes, 12 answered in 28 frames");
	has(&out, "    3  10.101.7.7             9/9");
	has(&out, "the destination answers (echo-reply); its answers have come 3 hops to here");
	report_capture_json(&c, &out);
	has(&out, "\"schema\": \"erprobe.capture/1\"");
	pair.parts[0].totals = sights_totals(a);
	pair.parts[1].totals = sights_totals(b);
	pair.parts[0].paths = pa;
	pair.parts[1].paths = pb;
	assert_true(sight_pair(a, b, &pair.packets));
	report_pair_text(&pair, &style, &out);
	has(&out, "14 probes were seen at both places");
	has(&out, "of the same flows 1 more was seen at A and not at B.");
	report_pair_json(&pair, &out);
	has(&out, "\"only_a\": 1");
	has(&out, "\"port\": null");
	assert_null(strchr(out.text, 0x1b));
	strbuf_free(&out);
	sight_paths_free(pa, 1);
	sight_paths_free(pb, 1);
	sights_free(a);
	sights_free(b);
}

/* One probe of a capture of others as text: how often it was seen, and what became of it. */
static void one_probe_told(void **state)
{
	static const struct { uint32_t sights; uint8_t answer; uint32_t answers; const char *has, *has_not; } cases[] = {
		{1, ANSWER_NONE, 0, "first seen\n", "times in all"},
		{3, ANSWER_NONE, 0, "first seen, 3 times in all, the last time with TTL 7\n", "answered;"},
		{1, ANSWER_ECHO_REPLY, 1, "1 frame names it.", "counts as unanswered"},
		{1, ANSWER_ECHO_REPLY, 2, "2 frames name it.", "counts as unanswered"},
	};
	static const struct text_style style = {.width = 200};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sight probe = {.number = 1, .frame = 1, .at = {7 * NS_PER_SEC}, .src = addr(US), .dst = addr(DST), .from = addr(DST), .kind = PROBE_ICMP_ECHO,
		                      .ttl = 9, .last_ttl = 7, .sights = cases[i].sights, .answer = cases[i].answer, .answers = cases[i].answers,
		                      .answer_frame = 2, .reply_ttl = 60, .rtt_ns = NS_PER_MS};
		struct strbuf out;

		strbuf_init(&out, STRBUF_MAX_DEFAULT);
		report_sight_text(&probe, &style, &out);
		assert_true(strbuf_ok(&out));
		if (!strstr(out.text, cases[i].has) || strstr(out.text, cases[i].has_not) || !strstr(out.text, "  frame 1  1970-01-01T00:00:07.000000Z  first seen"))
			fail_msg("case %zu: %s", i, out.text);
		strbuf_free(&out);
	}
}

/* The same ping under each link header. */
static void other_link_types(void **state)
{
	static const struct { uint16_t type; uint8_t head[20]; size_t len; } cases[] = {
		{LINK_TYPE_RAW, {0}, 0},
		{LINK_TYPE_RAW_BSD, {0}, 0},
		{LINK_TYPE_IPV4, {0}, 0},
		{LINK_TYPE_NULL, {2, 0, 0, 0}, 4},
		{LINK_TYPE_LOOP, {0, 0, 0, 2}, 4},
		{LINK_TYPE_SLL, {0, 4, 0, 1, 0, 6, [14] = 0x08, 0x00}, 16},
		{LINK_TYPE_SLL2, {0x08, 0x00}, 20},
	};
	struct datagram q = ping(US, DST, 1, 64, false);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct frame f = {.cap_len = (uint16_t)(cases[i].len + q.len), .wire_len = 1000};
		struct decoded d;

		memcpy(f.bytes, cases[i].head, cases[i].len);
		memcpy(f.bytes + cases[i].len, q.bytes, q.len);
		assert_true(link_type_to_ethernet(&f, cases[i].type));
		decode_frame(&f, &d);
		assert_int_equal(d.status, DECODE_OK);
		assert_int_equal(d.icmp.echo.seq, 1);
		assert_int_equal(f.wire_len, 1000 - cases[i].len + 14);
	}
	struct frame cut = {.cap_len = 3, .bytes = {2, 0, 0}};
	assert_false(link_type_to_ethernet(&cut, LINK_TYPE_NULL));
	assert_false(link_type_to_ethernet(&cut, LINK_TYPE_SLL));
	assert_false(link_type_to_ethernet(&cut, 147));
	/* The longest frame stays within its bytes. */
	struct frame longest = {.cap_len = FRAME_BYTES_MAX, .bytes = {0x45}};
	assert_true(link_type_to_ethernet(&longest, LINK_TYPE_RAW));
	assert_int_equal(longest.cap_len, FRAME_BYTES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ping_and_its_reply),
		cmocka_unit_test(both_sides_of_a_router),
		cmocka_unit_test(a_syn_that_expires), cmocka_unit_test(quotes_of_one_flow),
		cmocka_unit_test(connections),
		cmocka_unit_test(what_is_no_probe),
		cmocka_unit_test(a_path),
		cmocka_unit_test(two_places), cmocka_unit_test(pairs_of_one_order), cmocka_unit_test(stamps_far_apart),
		cmocka_unit_test(reports), cmocka_unit_test(one_probe_told),
		cmocka_unit_test(other_link_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
