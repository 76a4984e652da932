/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaced addresses: one to one, prefixes kept together, checksums as they were, and a
 * run with them is classified the same frame by frame. */
#include "analysis/record/anon.h"

#include "analysis/decode/decode.h"
#include "analysis/match/match.h"
#include "erprobe/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_run.h"

static unsigned shared(const struct ip_addr *a, const struct ip_addr *b)
{
	unsigned n = 0, bits = 8 * (unsigned)ip_addr_len(a->family);

	while (n < bits && !((a->bytes[n / 8] ^ b->bytes[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

static struct anon make(void)
{
	struct anon a = {.key = {3, 1, 4, 1, 5, 9, 2, 6}};
	struct ip_prefix p;

	assert_true(ip_prefix_parse("172.16.3.0/30", &p) && anon_keep(&a, &p));
	assert_true(ip_prefix_parse("fd00:3::/126", &p) && anon_keep(&a, &p));
	return a;
}

static void prefixes_stay_together(void **state)
{
	static const char *const texts[] = {
		"10.10.1.1", "10.10.1.2", "10.10.9.9", "10.101.7.7", "172.16.3.1", "172.16.3.5", "172.16.4.2", "8.8.8.8",
		"192.168.1.1", "100.64.1.1", "fd10:10:1::1", "fd10:10:1::2", "fd00:3::1", "fd00:3::9", "fe80::1:2:3", "2001:db8::1",
	};
	struct anon a = make();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct ip_addr x = sample_addr(texts[i]), mapped = anon_addr(&a, &x);

		for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
			struct ip_addr y = sample_addr(texts[k]), other = anon_addr(&a, &y);

			if (x.family == y.family && shared(&x, &y) != shared(&mapped, &other))
				fail_msg("%s and %s no longer share what they did", texts[i], texts[k]);
		}
	}
}

static void what_stays_stays(void **state)
{
	static const struct { const char *text; bool same; } rows[] = {
		{"172.16.3.1", true}, {"172.16.3.2", true}, {"fd00:3::2", true}, {"224.0.0.1", true}, {"127.0.0.1", true},
		{"255.255.255.255", true}, {"0.0.0.0", true}, {"ff02::1", true}, {"::1", true}, {"10.10.1.1", false},
		{"fd10:10:1::1", false}, {"8.8.8.8", false}, {"2001:db8::1", false}, {"fe80::1", false},
	};
	static const char *const kinds[][2] = {
		{"10.1.2.3", "10.0.0.0/8"}, {"172.20.1.1", "172.16.0.0/12"}, {"192.168.9.9", "192.168.0.0/16"},
		{"100.100.1.1", "100.64.0.0/10"}, {"fdff::1", "fd00::/8"}, {"2a01::5", "2000::/3"}, {"fe80::77", "fe80::/10"},
	};
	struct anon a = make();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct ip_addr x = sample_addr(rows[i].text), to = anon_addr(&a, &x);

		if (ip_addr_equal(&x, &to) != rows[i].same)
			fail_msg("%s", rows[i].text);
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct ip_addr x = sample_addr(kinds[i][0]), to = anon_addr(&a, &x);
		struct ip_prefix p;

		assert_true(ip_prefix_parse(kinds[i][1], &p));
		if (!ip_prefix_contains(&p, &to))
			fail_msg("%s left %s", kinds[i][0], kinds[i][1]);
	}
}

static void frames_are_classified_the_same(void **state)
{
	struct plan p, q;
	struct frame frames[SAMPLE_FRAMES];
	struct anon a = make();
	struct matcher *before, *after;

	(void)state;
	run_plan(&p);
	assert_true(plan_copy(&q, &p));
	for (size_t i = 0; i < q.flow_count; i++) {
		q.flows[i].src = anon_addr(&a, &q.flows[i].src);
		q.flows[i].dst = anon_addr(&a, &q.flows[i].dst);
		q.flows[i].next_hop = anon_addr(&a, &q.flows[i].next_hop);
	}
	run_frames(&p, frames);
	before = matcher_new(&p);
	after = matcher_new(&q);
	assert_true(before && after);
	for (int i = 0; i < SAMPLE_FRAMES; i++) {
		struct frame f = frames[i];
		struct match m, n;
		struct decoded was, is;

		memset(&m, 0, sizeof m);
		memset(&n, 0, sizeof n);
		anon_frame(&a, &f);
		decode_frame(&frames[i], &was);
		decode_frame(&f, &is);
		assert_int_equal(was.ip.checksum_ok, is.ip.checksum_ok);
		assert_int_equal(was.icmp.checksum_ok, is.icmp.checksum_ok);
		assert_false(ip_addr_equal(&was.ip.src, &is.ip.src) && ip_addr_equal(&was.ip.dst, &is.ip.dst));
		matcher_frame(before, &frames[i], &m);
		matcher_frame(after, &f, &n);
		assert_int_equal(m.cls, n.cls);
		assert_int_equal(m.failed, n.failed);
		assert_int_equal(m.probe, n.probe);
		assert_int_equal(m.answer, n.answer);
		assert_int_equal(m.rtt_ns, n.rtt_ns);
	}
	matcher_free(before);
	matcher_free(after);
	plan_free(&p);
	plan_free(&q);
}

/* Any cut, any byte: nothing outside the frame is touched, nothing crashes. */
static void cut_and_damaged_frames_are_survived(void **state)
{
	struct plan p;
	struct frame frames[SAMPLE_FRAMES];
	struct anon a = make();

	(void)state;
	run_plan(&p);
	run_frames(&p, frames);
	for (int i = 0; i < SAMPLE_FRAMES; i++) {
		for (uint16_t len = 0; len <= frames[i].cap_len; len++) {
			struct frame f = frames[i];

			memset(f.bytes + len, 0xAA, sizeof f.bytes - len);
			f.cap_len = len;
			anon_frame(&a, &f);
			for (size_t at = len; at < sizeof f.bytes; at++)
				assert_int_equal(f.bytes[at], 0xAA);
		}
		for (uint16_t at = 12; at < frames[i].cap_len; at++) {
			struct frame f = frames[i];

			f.bytes[at] ^= 0xff;
			anon_frame(&a, &f);
		}
	}
	plan_free(&p);
}

/* -- what is not known does not pass -- */

#define MARK "SECRETMARK"

/* Ethernet and what is given, with the mark at its end. */
static struct frame marked(uint16_t type, const uint8_t *head, size_t len)
{
	struct frame f = {.cap_len = (uint16_t)(14 + len + sizeof MARK)};

	f.bytes[12] = (uint8_t)(type >> 8);
	f.bytes[13] = (uint8_t)type;
	memcpy(f.bytes + 14, head, len);
	memcpy(f.bytes + 14 + len, MARK, sizeof MARK);
	return f;
}

static void unknown_bytes_do_not_pass(void **state)
{
	enum { SIZE = sizeof MARK };
	static const uint8_t lldp[4] = {2, 7, 4, 1};
	static const uint8_t ospf[20] = {0x45, 0, 0, 20 + SIZE, 0, 1, 0, 0, 1, 89, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2};
	static const uint8_t fragment[20] = {0x45, 0, 0, 20 + SIZE, 0, 1, 0, 9, 64, 6, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2};
	static const uint8_t odd_icmp[28] = {0x45, 0, 0, 28 + SIZE, 0, 1, 0, 0, 64, 1, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2, 42};
	static const uint8_t routing[44] = {0x60, 0, 0, 0, 0, 4 + SIZE, 43, 64, [8] = 0xfd, [24] = 0xfd, [40] = 58};
	static const uint8_t icmp6[48] = {0x60, 0, 0, 0, 0, 8 + SIZE, 58, 64, [8] = 0xfd, [24] = 0xfd, [40] = 143};
	static const uint8_t later6[48] = {0x60, 0, 0, 0, 0, 8 + SIZE, 44, 64, [8] = 0xfd, [24] = 0xfd, [40] = 58, [43] = 8};
	static const uint8_t first6[56] = {0x60, 0, 0, 0, 0, 16 + SIZE, 44, 64, [8] = 0xfd, [24] = 0xfd, [40] = 58, [48] = 143};
	static const uint8_t nested6[48] = {0x60, 0, 0, 0, 0, 8 + SIZE, 44, 64, [8] = 0xfd, [24] = 0xfd, [40] = 44};
	static const uint8_t arp[8] = {0, 1, 8, 0, 8, 4, 0, 1};
	static const uint8_t cut4[6] = {0x45, 0, 0, 99, 0, 0};
	static const uint8_t cut6[6] = {0x60, 0, 0, 0, 0, 99};
	static const struct { uint16_t type; const uint8_t *head; size_t len; } cases[] = {
		{0x88cc, lldp, sizeof lldp}, {0x0800, ospf, sizeof ospf}, {0x0800, fragment, sizeof fragment},
		{0x0800, odd_icmp, sizeof odd_icmp}, {0x86dd, routing, sizeof routing}, {0x86dd, icmp6, sizeof icmp6},
		{0x86dd, later6, sizeof later6}, {0x86dd, first6, sizeof first6}, {0x86dd, nested6, sizeof nested6},
		{0x0806, arp, sizeof arp}, {0x0800, cut4, sizeof cut4}, {0x86dd, cut6, sizeof cut6},
	};
	struct anon a = make();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct frame f = marked(cases[i].type, cases[i].head, cases[i].len);

		anon_frame(&a, &f);
		for (size_t at = 0; at + 4 <= f.cap_len; at++)
			if (memcmp(f.bytes + at, MARK, 4) == 0)
				fail_msg("case %zu lets it pass", i);
	}
}

/* One sum in 65,536 is 0, and must be right afterwards as any other. */
static void a_sum_of_zero_is_one(void **state)
{
	static const uint8_t head[40] = {0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2, 200, 1, 1, 187, [32] = 0x50, 2};
	static const uint8_t pseudo[4] = {0, 6, 0, 20};
	struct frame f = {.cap_len = 54, .wire_len = 54};
	struct anon a = make();
	uint16_t rest;

	(void)state;
	f.bytes[12] = 8;
	memcpy(f.bytes + 14, head, sizeof head);
	rest = inet_sum_fold(inet_sum(inet_sum(inet_sum(0, f.bytes + 26, 8), pseudo, 4), f.bytes + 34, 20));
	f.bytes[48] = (uint8_t)(rest >> 8); /* the window takes up what is missing */
	f.bytes[49] = (uint8_t)rest;
	assert_int_equal(inet_sum_fold(inet_sum(inet_sum(inet_sum(0, f.bytes + 26, 8), pseudo, 4), f.bytes + 34, 20)), 0);
	anon_frame(&a, &f);
	assert_memory_not_equal(f.bytes + 26, head + 12, 8);
	assert_int_equal(inet_sum_fold(inet_sum(inet_sum(inet_sum(0, f.bytes + 26, 8), pseudo, 4), f.bytes + 34, 20)), 0);
}

/* An echo that comes back in pieces over IPv6 is still known by what its probe was, and its checksum is right. */
static void a_first_fragment_stays_known(void **state)
{
	static const uint8_t head[56] = {0x60, 0, 0, 0, 0, 16 + 14, 44, 64, [8] = 0xfd, [23] = 1, [24] = 0xfd, [39] = 2, [40] = 58, [43] = 0, [47] = 7, [48] = 129};
	static const uint8_t pseudo[4] = {0, 58, 0, 8 + 14};
	static const uint8_t token[12] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 9};
	struct frame f = {.cap_len = 14 + 56 + 14, .wire_len = 14 + 56 + 14};
	struct anon a = make();
	uint16_t checksum;

	(void)state;
	f.bytes[12] = 0x86;
	f.bytes[13] = 0xdd;
	memcpy(f.bytes + 14, head, sizeof head);
	memcpy(f.bytes + 70, token, sizeof token);
	checksum = inet_sum_fold(inet_sum(inet_sum(inet_sum(0, f.bytes + 22, 32), pseudo, 4), f.bytes + 62, 22));
	f.bytes[64] = (uint8_t)(checksum >> 8);
	f.bytes[65] = (uint8_t)checksum;
	anon_frame(&a, &f);
	assert_memory_not_equal(f.bytes + 22, head + 8, 32);
	assert_memory_equal(f.bytes + 70, token, sizeof token);
	assert_int_equal(f.bytes[64] << 8 | f.bytes[65], checksum);
	assert_int_equal(inet_sum_fold(inet_sum(inet_sum(inet_sum(0, f.bytes + 22, 32), pseudo, 4), f.bytes + 62, 22)), 0);
}

/* What a target sends behind its TCP header goes, and the checksum is right. */
static void tcp_data_does_not_pass(void **state)
{
	uint8_t head[40] = {0x45, 0, 0, 40 + sizeof MARK, 0, 1, 0, 0, 64, 6, 0, 0, 10, 1, 1, 1, 10, 1, 1, 2,
	                    1, 187, 200, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 1, 0};
	static const uint8_t pseudo[4] = {0, 6, 0, 20 + sizeof MARK};
	struct anon a = make();
	struct frame f;
	uint32_t sum;
	uint16_t checksum;

	(void)state;
	f = marked(0x0800, head, sizeof head);
	sum = inet_sum(inet_sum(inet_sum(0, f.bytes + 26, 8), pseudo, 4), f.bytes + 34, 20 + sizeof MARK);
	checksum = inet_sum_fold(sum);
	f.bytes[50] = (uint8_t)(checksum >> 8);
	f.bytes[51] = (uint8_t)checksum;
	anon_frame(&a, &f);
	assert_int_equal(f.bytes[54], 0);
	sum = inet_sum(inet_sum(inet_sum(0, f.bytes + 26, 8), pseudo, 4), f.bytes + 34, 20 + sizeof MARK);
	assert_int_equal(inet_sum_fold(sum), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_stay_together),
		cmocka_unit_test(what_stays_stays),
		cmocka_unit_test(frames_are_classified_the_same),
		cmocka_unit_test(unknown_bytes_do_not_pass),
		cmocka_unit_test(a_first_fragment_stays_known),
		cmocka_unit_test(a_sum_of_zero_is_one),
		cmocka_unit_test(tcp_data_does_not_pass),
		cmocka_unit_test(cut_and_damaged_frames_are_survived),
	};

	return cmocka_run_group_tests_name("anon", tests, NULL, NULL);
}
