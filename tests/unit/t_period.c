/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of a period: shares, whose an incident was, and that each figure stands in the page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "analysis/period/period_report.h"

static void shares(void **state)
{
	static const struct { struct period_count count; const char *works, *redundant; } rows[] = {
		{{0, 0, 0, 0, 0}, "–", "–"},
		{{10, 10, 0, 0, 0}, "100.00 %", "100.00 %"},
		{{10, 5, 4, 1, 0}, "90.00 %", "50.00 %"},
		{{100000, 99999, 0, 1, 0}, "99.99 %", "99.99 %"},
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_string_equal(period_percent(period_works(&rows[i].count), text), rows[i].works);
		assert_string_equal(period_percent(period_redundant(&rows[i].count), text), rows[i].redundant);
	}
}

/* Only what lies within the time counts; an open incident lasts to its end. */
static void incidents_are_cut(void **state)
{
	static const struct { int64_t at, until, fault; } rows[] = {
		{10, 30, 20}, {-10, 30, 30}, {90, 120, 10}, {90, -1, 10}, {-10, 200, 100},
	};
	struct period_view v = {.since = {0}, .until = {100 * NS_PER_US}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct period_circuit c = {.name = "c"};
		period_take_incident(&c, &v, rows[i].at, rows[i].until, DOMAIN_WAN, "fault", false);
		assert_int_equal(c.blame[DOMAIN_WAN].incidents, 1);
		assert_int_equal(c.blame[DOMAIN_WAN].fault_us, rows[i].fault);
		assert_int_equal(c.blame[DOMAIN_WAN].degraded_us, 0);
	}
}

static void a_page(void **state)
{
	static const char *const wanted[] = {"<b>61</b>runs", "<b>7</b>incidents", "<b>1</b>change of path", "<b>90.00 %</b>of runs found traffic",
	                                     "<b>70.00 %</b>of runs found both", "1.25 ms</td>", "0.75 ms</td>", "9.50 ms</td>", "a&lt;b"};
	struct period_circuit c = {.name = "a<b", .path_changes = 1};
	struct period_view v = {.until = {100 * NS_PER_SEC}, .host = "h", .tool = "t", .circuits = &c, .count = 1};
	struct strbuf out;

	(void)state;
	c.sum = (struct history_sum){.runs = 61, .healthy = 42, .degraded = 12, .fault = 6, .undetermined = 1, .incidents = 7};
	c.links[LINK_PRIMARY].present = true;
	c.links[LINK_PRIMARY].segments[DOMAIN_WAN] = (struct period_segment){.timed = 5, .added_us = 1250, .least_us = 750, .most_us = 9500};
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	period_html(&v, &out);
	assert_true(strbuf_ok(&out));
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (!strstr(out.text, wanted[i]))
			fail_msg("the page lacks %s: %s", wanted[i], strstr(out.text, "<h1>"));
	assert_null(strstr(out.text, "a<b"));
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(shares), cmocka_unit_test(incidents_are_cut), cmocka_unit_test(a_page)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
