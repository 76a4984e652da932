/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "erprobe/clock.h"

#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static void text_and_back(void **state)
{
	static const struct { int64_t ns; const char *text; } rows[] = {
	    {0, "1970-01-01T00:00:00.000000Z"},
	    {INT64_C(1767225600000001000), "2026-01-01T00:00:00.000001Z"},
	    {INT64_C(1772323199999999000), "2026-02-28T23:59:59.999999Z"},
	    {INT64_C(951782400000000000), "2000-02-29T00:00:00.000000Z"}, /* 400-year rule */
	    {INT64_C(4107542400000000000), "2100-03-01T00:00:00.000000Z"}, /* 2100 has no leap day */
	    {INT64_C(1709251199000000000), "2024-02-29T23:59:59.000000Z"},
	    {INT64_C(1735689599000000000), "2024-12-31T23:59:59.000000Z"},
	    {-1000, "1969-12-31T23:59:59.999999Z"},
	    {INT64_C(-2208988800000000000), "1900-01-01T00:00:00.000000Z"},
	    {INT64_C(9214646399000000000), "2261-12-31T23:59:59.000000Z"},
	    {INT64_C(-9214560000000000000), "1678-01-01T00:00:00.000000Z"},
	};
	char buf[WALL_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wall_ns back = {.ns = 42};
		assert_string_equal(wall_text((struct wall_ns){rows[i].ns}, buf), rows[i].text);
		assert_true(wall_parse(rows[i].text, &back));
		assert_true(back.ns == rows[i].ns);
	}
	/* The ends of the type do not overflow. */
	assert_string_equal(wall_text((struct wall_ns){INT64_MAX}, buf), "2262-04-11T23:47:16.854775Z");
	assert_string_equal(wall_text((struct wall_ns){INT64_MIN}, buf), "1677-09-21T00:12:43.145224Z");
	/* Below the microsecond the text is cut, not rounded up into the next second. */
	assert_string_equal(wall_text((struct wall_ns){999}, buf), "1970-01-01T00:00:00.000000Z");
}

/* Every day of three centuries follows the one before. */
static void calendar_is_gapless(void **state)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	char got[WALL_TEXT_MAX], want[WALL_TEXT_MAX];
	int64_t day = 0;

	(void)state;
	for (int y = 1970; y < 2262; y++)
		for (int m = 0; m < 12; m++) {
			bool leap = m == 1 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
			for (int d = 1; d <= lengths[m] + leap; d++, day++) {
				wall_text((struct wall_ns){day * 86400 * NS_PER_SEC}, got);
				memcpy(want, "0000-00-00", 11);
				for (int i = 3, v = y; i >= 0; i--, v /= 10)
					want[i] = (char)('0' + v % 10);
				want[5] = (char)('0' + (m + 1) / 10), want[6] = (char)('0' + (m + 1) % 10);
				want[8] = (char)('0' + d / 10), want[9] = (char)('0' + d % 10);
				if (memcmp(got, want, 10) != 0)
					fail_msg("%s, want %s", got, want);
			}
		}
}

static void fractions(void **state)
{
	static const struct { const char *text; int64_t ns; } rows[] = {
	    {"1970-01-01T00:00:01Z", 1000000000},          {"1970-01-01T00:00:01.5Z", 1500000000},
	    {"1970-01-01T00:00:01.000000001Z", 1000000001}, {"1970-01-01T00:00:00.123456789Z", 123456789},
	    {"1970-01-01T00:00:00.12Z", 120000000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wall_ns t;
		assert_true(wall_parse(rows[i].text, &t));
		assert_true(t.ns == rows[i].ns);
	}
}

static void refuses_what_is_no_time(void **state)
{
	static const char *const rows[] = {
	    "", "2026-01-31", "2026-01-31T12:00:00", "2026-01-31t12:00:00Z", "2026-01-31T12:00:00z", "2026-01-31T12:00:00.Z",
	    "2026-01-31T12:00:00.1234567890Z", "2026-01-31T12:00:00+00:00", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
	    "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-12-32T00:00:00Z",
	    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "1677-12-31T00:00:00Z", "2262-01-01T00:00:00Z",
	    "9999-01-01T00:00:00Z", " 2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z ", "2026-1-31T12:00:00Z", "-026-01-31T12:00:00Z",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wall_ns t = {.ns = 42};
		if (wall_parse(rows[i], &t))
			fail_msg("accepted \"%s\"", rows[i]);
		assert_true(t.ns == 42);
	}
	assert_false(wall_parse(NULL, &(struct wall_ns){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_and_back),
	    cmocka_unit_test(calendar_is_gapless),
	    cmocka_unit_test(fractions),
	    cmocka_unit_test(refuses_what_is_no_time),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
