/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "erprobe/bytes.h"

#include <string.h>

static const uint8_t ramp[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void reads_both_orders(void **state)
{
	struct rd r = rd_over(ramp, sizeof ramp);

	(void)state;
	assert_int_equal(rd_u8(&r), 0x01);
	assert_int_equal(rd_u16(&r), 0x0203);
	assert_int_equal(rd_u32(&r), 0x04050607);
	assert_true(rd_u64(&r) == 0x08090a0b0c0d0e0f);
	assert_int_equal(rd_left(&r), 1);
	assert_true(rd_ok(&r));
	r = rd_over(ramp, sizeof ramp);
	assert_int_equal(rd_u16_le(&r), 0x0201);
	assert_int_equal(rd_u32_le(&r), 0x06050403);
	assert_true(rd_u64_le(&r) == 0x0e0d0c0b0a090807);
	assert_true(rd_ok(&r));
}

static void reading_past_the_end_fails_for_good(void **state)
{
	struct rd r = rd_over(ramp, 3);
	uint8_t out[4] = {9, 9, 9, 9};

	(void)state;
	assert_int_equal(rd_u16(&r), 0x0102);
	assert_int_equal(rd_u16(&r), 0); /* one byte left */
	assert_false(rd_ok(&r));
	assert_int_equal(rd_left(&r), 0);
	assert_int_equal(rd_u8(&r), 0); /* would have fitted, but stays failed */
	rd_bytes(&r, out, sizeof out);
	assert_memory_equal(out, "\0\0\0\0", 4);
	struct rd sub = rd_sub(&r, 0), peek = rd_peek(&r, 1);
	assert_false(rd_ok(&sub) || rd_ok(&peek));
}

static void every_length_is_safe(void **state)
{
	(void)state;
	for (size_t len = 0; len <= 8; len++) {
		struct rd r = rd_over(ramp, len);
		rd_u64(&r);
		assert_int_equal(rd_ok(&r), len == 8);
		r = rd_over(ramp, len);
		rd_skip(&r, len);
		assert_true(rd_ok(&r));
		rd_skip(&r, 1);
		assert_false(rd_ok(&r));
		r = rd_over(ramp, len);
		rd_skip(&r, SIZE_MAX);
		assert_false(rd_ok(&r));
	}
	struct rd nothing = rd_over(NULL, 0);
	rd_bytes(&nothing, NULL, 0);
	assert_true(rd_ok(&nothing));
	assert_int_equal(rd_left(&nothing), 0);
}

static void sub_and_peek(void **state)
{
	struct rd r = rd_over(ramp, 6);

	(void)state;
	struct rd peek = rd_peek(&r, 100);
	assert_int_equal(rd_left(&peek), 6);
	struct rd sub = rd_sub(&r, 4);
	assert_int_equal(rd_left(&sub), 4);
	assert_int_equal(rd_left(&r), 2);
	assert_int_equal(rd_u32(&sub), 0x01020304);
	rd_u8(&sub);
	assert_false(rd_ok(&sub)); /* a sub reader ends at its own end */
	assert_true(rd_ok(&r));
	assert_int_equal(rd_u16(&r), 0x0506);
	r = rd_over(ramp, 6);
	sub = rd_sub(&r, 7);
	assert_false(rd_ok(&sub) || rd_ok(&r));
}

static void writes_both_orders(void **state)
{
	uint8_t buf[64];
	struct wr w = wr_over(buf, sizeof buf);
	static const uint8_t want[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 1, 2, 3, 4, 5, 6, 7, 8,
	                               0x02, 0x01, 4,    3,    2,    1,    'a', 'b', 0, 0, 0};

	(void)state;
	memset(buf, 0xee, sizeof buf);
	wr_u8(&w, 0x01);
	wr_u16(&w, 0x0203);
	wr_u32(&w, 0x04050607);
	wr_u64(&w, 0x0102030405060708);
	wr_u16_le(&w, 0x0102);
	wr_u32_le(&w, 0x01020304);
	wr_bytes(&w, "ab", 2);
	wr_zero(&w, 3);
	assert_true(wr_ok(&w));
	assert_int_equal(wr_len(&w), sizeof want);
	assert_memory_equal(buf, want, sizeof want);
	assert_int_equal(buf[sizeof want], 0xee);
}

static void writing_past_the_end_fails_for_good(void **state)
{
	uint8_t buf[4] = {7, 7, 7, 7};
	struct wr w = wr_over(buf, 3);

	(void)state;
	wr_u16(&w, 0x0102);
	wr_u16(&w, 0x0304);
	assert_false(wr_ok(&w));
	wr_u8(&w, 5); /* would fit */
	assert_int_equal(wr_len(&w), 2);
	assert_memory_equal(buf, "\1\2\7\7", 4);
	struct wr none = wr_over(NULL, 0);
	wr_bytes(&none, NULL, 0);
	wr_zero(&none, 0);
	assert_true(wr_ok(&none));
	wr_zero(&none, SIZE_MAX);
	assert_false(wr_ok(&none));
}

/* The worked example of RFC 1071 section 3, and its odd and long relatives. */
static void checksum(void **state)
{
	static const uint8_t rfc[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	static const uint8_t ones[] = {0xff, 0xff, 0xff, 0xff};
	/* IPv4 header of a well-known worked example; its checksum is 0xb861. */
	static const uint8_t header[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
	                                 0x00, 0x00, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};

	(void)state;
	assert_int_equal(inet_sum_fold(inet_sum(0, rfc, sizeof rfc)), 0x220d);
	assert_int_equal(inet_sum_fold(inet_sum(inet_sum(0, rfc, 4), rfc + 4, 4)), 0x220d);
	assert_int_equal(inet_sum_fold(inet_sum(0, header, sizeof header)), 0xb861);
	assert_int_equal(inet_sum_fold(inet_sum(0, rfc, 3)), (uint16_t)~(0x0001 + 0xf200));
	assert_int_equal(inet_sum_fold(inet_sum(0, NULL, 0)), 0xffff);
	assert_int_equal(inet_sum_fold(inet_sum(0xffffffff, ones, 4)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_both_orders),   cmocka_unit_test(reading_past_the_end_fails_for_good),
	    cmocka_unit_test(every_length_is_safe), cmocka_unit_test(sub_and_peek),
	    cmocka_unit_test(writes_both_orders),  cmocka_unit_test(writing_past_the_end_fails_for_good),
	    cmocka_unit_test(checksum),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
