/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes out of the frames of a peering's own sessions: by allow-list, with the sums
 * right, and so that the same is read from them. */
#include "analysis/record/anon.h"
#include "tests/unit/watch_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PORT 40000
#define TCP_AT (14u + 20u)

static struct anon make(void)
{
	struct anon a = {.key = {3, 1, 4, 1, 5, 9, 2, 6}};
	struct ip_prefix p;

	assert_true(ip_prefix_parse("172.31.255.0/30", &p) && anon_keep(&a, &p));
	return a;
}

/* The sum over a segment and its pseudo-header (RFC 9293 3.1): 0 when it is right. */
static uint16_t tcp_sum(const struct frame *f, uint8_t protocol)
{
	size_t len = f->cap_len - TCP_AT;
	uint32_t sum = inet_sum(0, f->bytes + 14 + 12, 8);
	const uint8_t rest[4] = {0, protocol, (uint8_t)(len >> 8), (uint8_t)len};

	return inet_sum_fold(inet_sum(inet_sum(sum, rest, 4), f->bytes + TCP_AT, len));
}

static void set_sum(struct frame *f, uint8_t protocol, size_t at)
{
	uint16_t sum = tcp_sum(f, protocol);

	f->bytes[TCP_AT + at] = (uint8_t)(sum >> 8);
	f->bytes[TCP_AT + at + 1] = (uint8_t)sum;
	assert_int_equal(tcp_sum(f, protocol), 0);
}

static bool is_zero(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i] != 0)
			return false;
	return true;
}

static void an_open(void **state)
{
	/* IPv4 unicast, the host's name (code 73), and a parameter that nobody knows */
	static const uint8_t body[] = {4, 0xfd, 0xf2, 0, 90, 10, 9, 9, 9, 20, 2, 12, 1, 4, 0, 1, 0, 1, 73, 4, 'e', 'd', 'g', 'e', 200, 4, 'a', 'b', 'c', 'd'};
	struct ip_addr id = watch_addr("10.9.9.9");
	struct anon a = make();
	uint8_t bytes[64];
	size_t n = bgp_message(bytes, BGP_OPEN, body, sizeof body);
	struct bgp_open o;

	(void)state;
	anon_bgp(&a, bytes, n);
	assert_true(bgp_open_read(rd_over(bytes + BGP_HEADER_BYTES, n - BGP_HEADER_BYTES), &o));
	assert_int_equal(o.as, 65010);
	assert_int_equal(o.hold_s, 90);
	assert_int_equal(o.family_count, 1);
	id = anon_addr(&a, &id);
	assert_memory_equal(o.router_id, id.bytes, 4);
	assert_true(is_zero(bytes + BGP_HEADER_BYTES + 20, 4));
	assert_true(is_zero(bytes + BGP_HEADER_BYTES + 26, 4));
	/* lengths that lie */
	for (size_t cut = 0; cut < n; cut++) {
		uint8_t *copy = malloc(n);

		assert_non_null(copy);
		bgp_message(copy, BGP_OPEN, body, sizeof body);
		copy[BGP_HEADER_BYTES + 9 + cut % 20] = 0xff;
		anon_bgp(&a, copy, cut);
		free(copy);
	}
}

static const uint8_t *notification(const void *body, size_t len)
{
	static uint8_t bytes[96];
	struct anon a = make();
	size_t n = bgp_message(bytes, BGP_NOTIFICATION, body, len);

	anon_bgp(&a, bytes, n);
	return bytes + BGP_HEADER_BYTES;
}

static void a_notification(void **state)
{
	(void)state;
	assert_memory_equal(notification("\6\2\5helloxy", 10), "\6\2\5xxxxx\0\0", 10);
	assert_memory_equal(notification("\6\2\377hello", 8), "\6\2\377xxxxx", 8); /* a length that lies */
	assert_memory_equal(notification("\6\11\6\4\3out", 8), "\6\11\6\4\3xxx", 8);
	assert_memory_equal(notification("\6\1\0\1\1\0\0\17\240more", 13), "\6\1\0\1\1\0\0\17\240\0\0\0\0", 13);
	assert_memory_equal(notification("\2\2\xfd\xe8", 4), "\2\2\0\0", 4);
	assert_memory_equal(notification("\6\2", 2), "\6\2", 2);
	assert_memory_equal(notification("\6\11\6", 3), "\6\11\0", 3);
}

static void other_bytes(void **state)
{
	struct anon a = make();
	uint8_t bytes[160];
	size_t n = 5, update;

	(void)state;
	memset(bytes, 0x5a, sizeof bytes);  /* the end of a message that began before */
	n += bgp_message(bytes + n, BGP_KEEPALIVE, NULL, 0);
	update = n;
	n += bgp_message(bytes + n, BGP_UPDATE, "\0\0\0\4\1\2\3\4\x18\x0a\x4d\x42", 12);
	n += bgp_message(bytes + n, BGP_UPDATE, "\0\0\0\0", 4);
	bgp_message(bytes + n, BGP_NOTIFICATION, "\6\2\5hello", 8);
	anon_bgp(&a, bytes, n + BGP_HEADER_BYTES + 5); /* the last one is cut in its text */
	assert_true(is_zero(bytes, 5));
	assert_int_equal(bytes[5 + 18], BGP_KEEPALIVE);
	assert_int_equal(bytes[update + 18], BGP_UPDATE);
	assert_true(is_zero(bytes + update + BGP_HEADER_BYTES, 12));
	assert_memory_equal(bytes + n + BGP_HEADER_BYTES, "\6\2\5xxll", 7);
	/* nothing that begins here */
	memset(bytes, 0x5a, 40);
	anon_bgp(&a, bytes, 40);
	assert_true(is_zero(bytes, 40));
	anon_bgp(&a, bytes, 0);
}

static void whole_frames(void **state)
{
	static const uint8_t option[20] = {19, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 1};
	struct anon a = make();
	struct frame f;
	uint8_t bytes[64];
	size_t n = bgp_message(bytes, BGP_NOTIFICATION, "\6\2\5hello", 8);

	(void)state;
	tcp_frame(&f, 1, (struct tcp_words){true, BGP_PORT, PORT, 1, 1, TCP_ACK}, bytes, n);
	set_sum(&f, 6, 16);
	anon_frame(&a, &f);
	assert_int_equal(tcp_sum(&f, 6), 0);
	assert_memory_equal(f.bytes + TCP_AT + 20 + BGP_HEADER_BYTES, "\6\2\5xxxxx", 8);
	assert_memory_not_equal(f.bytes + 6, far_mac, 6);
	/* Another port carries nothing out. */
	tcp_frame(&f, 1, (struct tcp_words){true, 443, PORT, 1, 1, TCP_ACK}, bytes, n);
	anon_frame(&a, &f);
	assert_true(is_zero(f.bytes + TCP_AT + 20, n));
	/* A digest that was left in. */
	tcp_frame(&f, 1, (struct tcp_words){true, BGP_PORT, PORT, 1, 1, TCP_ACK}, option, sizeof option);
	f.bytes[TCP_AT + 12] = 0xa0;
	set_sum(&f, 6, 16);
	anon_frame(&a, &f);
	assert_int_equal(f.bytes[TCP_AT + 20], 19);
	assert_true(is_zero(f.bytes + TCP_AT + 22, 16));
	assert_int_equal(tcp_sum(&f, 6), 0);
}

static void bfd_frames(void **state)
{
	static const uint16_t tags[] = {0x9100, 7, 0x8100, 200, 0};
	struct anon a = make();
	struct frame f, before;

	(void)state;
	bfd_frame(&f, 1, true, 3, 0, NULL);
	set_sum(&f, 17, 6);
	before = f;
	anon_frame(&a, &f);
	assert_memory_equal(f.bytes + TCP_AT, before.bytes + TCP_AT, 32);
	bfd_frame(&f, 1, true, 3, 0, tags);
	before = f;
	anon_frame(&a, &f);
	assert_memory_equal(f.bytes + 12, before.bytes + 12, before.cap_len - 12u);
	/* A password behind the fields (RFC 5880 4.2). */
	bfd_frame(&f, 1, true, 3, 0, NULL);
	memcpy(f.bytes + f.cap_len, "\1\7\1word", 7);
	f.cap_len = (uint16_t)(f.cap_len + 7);
	f.wire_len = f.cap_len;
	f.bytes[14 + 3] = (uint8_t)(f.cap_len - 14);
	anon_frame(&a, &f);
	assert_true(is_zero(f.bytes + f.cap_len - 7, 7));
}

/* The same session is read from what went out. */
static void it_says_the_same(void **state)
{
	struct plan p;
	struct watch *plain, *redacted;
	struct anon a = make();
	const struct peering_seen *x, *y;
	uint8_t bytes[128];
	struct frame f;

	(void)state;
	watch_plan(&p);
	plain = watch_new(&p);
	redacted = watch_new(&p);
	assert_true(plain && redacted);
	for (int step = 0; step < 3; step++) {
		size_t n = step == 0   ? bgp_message(bytes, BGP_OPEN, "\4\x2f\x2c\0\x5a\12\11\11\11\0", 10)
		           : step == 1 ? bgp_message(bytes, BGP_KEEPALIVE, NULL, 0)
		                       : bgp_message(bytes, BGP_NOTIFICATION, "\6\1\0\1\1\0\0\17\240", 9);

		tcp_frame(&f, step, (struct tcp_words){true, BGP_PORT, PORT, 100u + (step > 0 ? 29u : 0) + (step > 1 ? 19u : 0), 1, TCP_ACK}, bytes, n);
		watch_frame(plain, &f, false);
		anon_frame(&a, &f);
		watch_frame(redacted, &f, false);
	}
	x = watch_seen(plain, 0, 0, FAM4);
	y = watch_seen(redacted, 0, 0, FAM4);
	assert_int_equal(y->session, WATCH_SESSION_DOWN);
	assert_int_equal(x->notice_count, 1);
	assert_memory_equal(&x->notices[0], &y->notices[0], sizeof x->notices[0]);
	assert_int_equal(y->talk[WATCH_FAR].open.as, 12076);
	assert_int_equal(y->talk[WATCH_FAR].keepalives, 1);
	watch_free(plain);
	watch_free(redacted);
	free(p.circuits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open),
		cmocka_unit_test(a_notification),
		cmocka_unit_test(other_bytes),
		cmocka_unit_test(whole_frames),
		cmocka_unit_test(bfd_frames),
		cmocka_unit_test(it_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
