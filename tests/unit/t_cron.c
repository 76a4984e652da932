/* SPDX-License-Identifier: BSD-2-Clause */
/* Cron expressions: what they mean, and what is none. */
#include "analysis/audit/cron.h"
#include "erprobe/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int64_t seconds(const char *text)
{
	struct wall_ns t;

	assert_true(wall_parse(text, &t));
	return t.ns / NS_PER_SEC;
}

static void assert_next(const char *expression, const char *after, const char *wanted)
{
	struct cron c;
	const char *why;
	int64_t next;

	if (!cron_parse(expression, &c, &why))
		fail_msg("%s: %s", expression, why);
	assert_true(cron_next(&c, seconds(after), &next));
	if (next != seconds(wanted)) {
		char text[WALL_TEXT_MAX];

		fail_msg("%s after %s: %s, wanted %s", expression, after, wall_text((struct wall_ns){next * NS_PER_SEC}, text), wanted);
	}
}

static void test_next(void **state)
{
	(void)state;
	assert_next("* * * * *", "2026-01-31T23:59:00Z", "2026-02-01T00:00:00Z");
	assert_next("* * * * *", "2026-01-31T23:58:59Z", "2026-01-31T23:59:00Z");
	assert_next("*/10 * * * *", "2026-03-01T10:11:00Z", "2026-03-01T10:20:00Z");
	assert_next("5-20/5,59 3 * * *", "2026-03-01T03:20:00Z", "2026-03-01T03:59:00Z");
	assert_next("30/10 * * * *", "2026-03-01T10:51:00Z", "2026-03-01T11:30:00Z");
	assert_next("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z");
	assert_next("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"); /* 2100 is no leap year */
	assert_next("0 6 * * mon-fri", "2026-11-20T06:00:00Z", "2026-11-23T06:00:00Z");
	assert_next("0 6 * JAN Sun", "2026-11-20T06:00:00Z", "2027-01-03T06:00:00Z");
	assert_next("0 0 * * 7", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z");
	/* Both day fields restricted: one of them is enough. */
	assert_next("0 0 13 * fri", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z");
	assert_next("0 0 13 * fri", "2026-12-12T00:00:00Z", "2026-12-13T00:00:00Z");
	assert_next("  0\t0  1 1 *  ", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z");
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
		"", "*", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * 0 *",
		"* * * * 8", "-1 * * * *", "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "1, * * * *", "a * * * *", "* * * janu *",
		"1- * * * *", "* * * * mo", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "1.5 * * * *", "@daily", "* * * * *x", "99999999999 * * * *",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct cron c;
		const char *why = NULL;

		if (cron_parse(wrong[i], &c, &why))
			fail_msg("'%s' was taken for good", wrong[i]);
		assert_non_null(why);
		assert_true(strlen(why) > 10);
	}
}

/* Against a slow count over every minute of four years around a leap day. */
static void test_every_minute(void **state)
{
	struct cron c;
	const char *why;
	int64_t at = seconds("2023-12-31T23:59:59Z"), next, starts = 0;

	(void)state;
	assert_true(cron_parse("0 12 1 * *", &c, &why));
	for (; cron_next(&c, at, &next) && next < seconds("2028-01-01T00:00:00Z"); at = next) {
		assert_int_equal(next % 86400, 12 * 3600);
		starts++;
	}
	assert_int_equal(starts, 48);
	assert_false(cron_next(&c, -1, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_every_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
