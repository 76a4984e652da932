/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaced addresses: one to one, prefixes kept together, checksums as they were, and a
 * run with them is classified the same frame by frame. */
#include "analysis/record/anon.h"

#include "analysis/decode/decode.h"
#include "analysis/path/match.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_stay_together),
		cmocka_unit_test(what_stays_stays),
		cmocka_unit_test(frames_are_classified_the_same),
		cmocka_unit_test(cut_and_damaged_frames_are_survived),
	};

	return cmocka_run_group_tests_name("anon", tests, NULL, NULL);
}
