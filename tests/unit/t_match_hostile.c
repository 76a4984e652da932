/* SPDX-License-Identifier: BSD-2-Clause */
/* Quotes that lie: nested, overlapping, oversized, with extensions whose lengths are wrong,
 * rewritten by a NAT. None crashes, none makes a hop that is not there, and each frame that
 * is set aside is counted under the test that it failed. */
#include "tests/unit/match_frames.h"

enum { EXCEEDED = 11, QUOTE_RFC4884 = 128, V4_LENGTH = 2, V4_FRAGMENT = 6, V4_SRC = 12, V4_SUM = 10 };

static struct ip_addr rt(void)
{
	return addr(RT);
}

static void wrap(struct datagram *out, const struct ip_addr *from, const struct probe_spec *s, uint32_t rest, const void *body, size_t len)
{
	icmp_wrap(out, from, &s->src, EXCEEDED, 0, rest, 250, body, len);
}

static void quote_of(const struct probe_spec *s, struct datagram *about)
{
	spec_datagram(s, about);
	about->bytes[8] = 1;
}

/* Counts of the matcher: so many answers, so many frames that failed this test. */
static void counted(const struct world *w, uint64_t matched, enum match_test test, uint64_t failed)
{
	assert_true(matcher_counts(w->m)->matched == matched);
	assert_true(matcher_counts(w->m)->failed[test] == failed);
}

/* An error about an error about a probe: no router may send it (RFC 1122 3.2.2). */
static void nested_quotes(void **state)
{
	static const uint16_t flows[] = {ECHO4, SYN4};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world w;
		struct datagram about, inner, outer, third;
		struct ip_addr from = rt();
		world_new(&w);
		struct probe_spec s = send_probe(&w, flows[i], 2, 4, 100);
		quote_of(&s, &about);
		wrap(&inner, &from, &s, 0, about.bytes, about.len);
		wrap(&outer, &from, &s, 0, inner.bytes, inner.len);
		wrap(&third, &from, &s, 0, outer.bytes, outer.len);
		assert_int_not_equal(see(&w, &outer, 103), MATCH_ANSWER);
		assert_false(w.got.has_probe);
		assert_int_not_equal(see(&w, &third, 104), MATCH_ANSWER);
		/* Nor as if we had sent the inner error ourselves. */
		icmp_wrap(&inner, &s.src, &from, EXCEEDED, 0, 0, 64, about.bytes, about.len);
		wrap(&outer, &from, &s, 0, inner.bytes, inner.len);
		assert_int_not_equal(see(&w, &outer, 105), MATCH_ANSWER);
		assert_true(matcher_counts(w.m)->matched == 0);
		/* The probe is still open for its real answer. */
		wrap(&inner, &from, &s, 0, about.bytes, about.len);
		assert_int_equal(see(&w, &inner, 106), MATCH_ANSWER);
		world_free(&w);
	}
}

/* A later fragment has no ports of its own: what stands there is payload. */
static void overlapping_fragments(void **state)
{
	struct world w;
	struct datagram about, d;
	struct ip_addr from = rt();

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	quote_of(&s, &about);
	put16(about.bytes + V4_FRAGMENT, 0x2001); /* at 8 bytes, more to come: over what was there */
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	assert_int_not_equal(see(&w, &d, 103), MATCH_ANSWER);
	assert_false(w.got.has_probe);
	put16(about.bytes + V4_FRAGMENT, 0x1fff);
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	assert_int_not_equal(see(&w, &d, 104), MATCH_ANSWER);
	/* The error itself in fragments: the first is not whole, a later one is none at all. */
	quote_of(&s, &about);
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	put16(d.bytes + V4_FRAGMENT, 0x0001);
	put16(d.bytes + V4_SUM, 0);
	put16(d.bytes + V4_SUM, inet_sum_fold(inet_sum(0, d.bytes, 20)));
	assert_int_equal(see(&w, &d, 105), MATCH_FOREIGN);
	counted(&w, 0, MATCH_T7_FIRST, matcher_counts(w.m)->failed[MATCH_T7_FIRST]);
	world_free(&w);
}

/* More than the probe ever had, and a length in its header that is not so. */
static void oversized_quotes(void **state)
{
	static const uint16_t lengths[] = {0, 1, 19, 20, 28, 600, 0xffff};
	struct world w;
	struct datagram about, d;
	struct ip_addr from = rt();

	(void)state;
	world_new(&w);
	for (uint16_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct probe_spec s = send_probe(&w, SYN4, (uint16_t)(10 + i), 4, 100);
		quote_of(&s, &about);
		memset(about.bytes + about.len, 0xee, 420 - about.len);
		about.len = 420;
		put16(about.bytes + V4_LENGTH, lengths[i]);
		wrap(&d, &from, &s, 0, about.bytes, about.len);
		assert_int_equal(see(&w, &d, 103), MATCH_ANSWER);
		assert_true(w.got.index == 10 + i && w.got.extensions.mpls_count == 0);
		/* The outer header claims more than came: cut, and yet enough. One with a wrong sum is malformed. */
		struct probe_spec next = send_probe(&w, SYN4, (uint16_t)(50 + i), 4, 110);
		quote_of(&next, &about);
		wrap(&d, &from, &next, 0, about.bytes, about.len);
		d.bytes[d.len - 1] ^= 0x55;
		assert_int_equal(see(&w, &d, 113), MATCH_MALFORMED);
		assert_true((w.got.failed & FAILED(MATCH_T1_DECODED)) != 0);
	}
	counted(&w, sizeof lengths / sizeof lengths[0], MATCH_T1_DECODED, sizeof lengths / sizeof lengths[0]);
	world_free(&w);
}

/* Extension structures behind 128 bytes of quote: the answer counts, what they say does not. */
static void extensions_that_lie(void **state)
{
	static const struct { const char *what; uint8_t words; uint8_t bytes[16]; size_t len; } rows[] = {
		{"an object of no length", 32, {0x20, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"an object shorter than its head", 32, {0x20, 0, 0, 0, 0, 3, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"an object longer than all", 32, {0x20, 0, 0, 0, 0xff, 0xff, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"one byte beyond the end", 32, {0x20, 0, 0, 0, 0, 9, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"another version", 32, {0x50, 0, 0, 0, 0, 8, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"a quote longer than the message", 255, {0x20, 0, 0, 0, 0, 8, 1, 1, 0, 0, 0x11, 0xff}, 12},
		{"a head alone", 32, {0x20, 0, 0, 0}, 4},
		{"half a head", 32, {0x20, 0}, 2},
		{"an interface's name longer than its object", 32, {0x20, 0, 0, 0, 0, 8, 2, 2, 0x40, 'e', 't', 'h'}, 12},
		{"a name of no length", 32, {0x20, 0, 0, 0, 0, 8, 2, 2, 0, 'e', 't', 'h'}, 12},
		{"an address of no family", 32, {0x20, 0, 0, 0, 0, 12, 2, 4, 0, 9, 0, 0, 1, 2, 3, 4}, 16},
	};
	struct world w;
	struct ip_addr from = rt();

	(void)state;
	world_new(&w);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct probe_spec s = send_probe(&w, SYN4, (uint16_t)(10 + i), 4, 100);
		struct datagram about, d;
		quote_of(&s, &about);
		memset(about.bytes + about.len, 0, QUOTE_RFC4884 - about.len);
		memcpy(about.bytes + QUOTE_RFC4884, rows[i].bytes, rows[i].len);
		about.len = QUOTE_RFC4884 + rows[i].len;
		wrap(&d, &from, &s, (uint32_t)rows[i].words << 16, about.bytes, about.len);
		if (see(&w, &d, 103) != MATCH_ANSWER || w.got.extensions.mpls_count > 0 || w.got.extensions.interface_name[0] != '\0' ||
		    ip_addr_is_set(&w.got.extensions.interface_addr))
			fail_msg("%s: %s, %u labels", rows[i].what, match_class_name(w.got.cls), w.got.extensions.mpls_count);
	}
	counted(&w, sizeof rows / sizeof rows[0], MATCH_T1_DECODED, 0);
	world_free(&w);
}

/* Azure's edge quotes another source; a NAT another port besides; who guesses has no key. */
static void rewritten_quotes(void **state)
{
	struct world w;
	struct datagram about, d;
	struct ip_addr from = rt(), other = addr("203.0.113.9");

	(void)state;
	world_new(&w);
	struct probe_spec s = send_probe(&w, SYN4, 2, 4, 100);
	quote_of(&s, &about);
	memcpy(about.bytes + V4_SRC, other.bytes, 4);
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	assert_int_equal(see(&w, &d, 103), MATCH_ANSWER);
	assert_true(w.got.changed_source);
	s = send_probe(&w, SYN4, 3, 4, 110);
	quote_of(&s, &about);
	memcpy(about.bytes + V4_SRC, other.bytes, 4);
	put16(about.bytes + 20, 61234);
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	assert_int_equal(see(&w, &d, 113), MATCH_ANSWER);
	assert_true((w.got.failed & FAILED(MATCH_T3_PORTS)) != 0);
	/* And with a sequence number that was never sent: forged, under the keyed value's test. */
	uint64_t before = matcher_counts(w.m)->failed[MATCH_T4_KEYED];
	s = send_probe(&w, SYN4, 4, 4, 120);
	quote_of(&s, &about);
	memcpy(about.bytes + V4_SRC, other.bytes, 4);
	about.bytes[24] ^= 1;
	wrap(&d, &from, &s, 0, about.bytes, about.len);
	assert_int_equal(see(&w, &d, 123), MATCH_FORGED);
	counted(&w, 2, MATCH_T4_KEYED, before + 1);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested_quotes), cmocka_unit_test(overlapping_fragments), cmocka_unit_test(oversized_quotes),
		cmocka_unit_test(extensions_that_lie), cmocka_unit_test(rewritten_quotes),
	};

	return cmocka_run_group_tests_name("match_hostile", tests, NULL, NULL);
}
