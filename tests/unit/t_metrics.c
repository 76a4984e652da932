/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics: there when nothing answers, nothing unescaped, nothing invented. */
#include "analysis/live/metrics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_never_run_and_hostile_name(void **state)
{
	const struct metrics_circuit c = {.name = "a\"b\\c\nd"};
	const struct metrics_view v = {.version = "1", .circuits = &c, .count = 1, .store_ok = true, .config_ok = true};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 65536);
	metrics_text(&v, METRICS_PROMETHEUS, &out);
	assert_true(strbuf_ok(&out));
	assert_non_null(strstr(out.text, "\nerprobe_up{circuit=\"a\\\"b\\\\c\xef\xbf\xbd" "d\"} 0\n"));
	assert_non_null(strstr(out.text, "status=\"undetermined\"} 1\n"));
	assert_non_null(strstr(out.text, "status=\"healthy\"} 0\n"));
	assert_null(strstr(out.text, "\nerprobe_domain_loss_ratio{"));
	assert_null(strstr(out.text, "\nerprobe_last_run_timestamp_seconds{"));
	strbuf_free(&out);
}

static void test_unknown_is_left_out(void **state)
{
	static struct run_record r;
	const struct metrics_circuit c = {.name = "a", .last = &r, .up = true};
	const struct metrics_view v = {.version = "1", .circuits = &c, .count = 1};
	struct strbuf out;

	(void)state;
	r.links[LINK_SECONDARY].segments[DOMAIN_WAN] = (struct record_segment){true, RECORD_UNKNOWN, {1, 0.5, 1, true}};
	strbuf_init(&out, 65536);
	metrics_text(&v, METRICS_PROMETHEUS, &out);
	assert_null(strstr(out.text, "latency_seconds{"));
	assert_non_null(strstr(out.text, "erprobe_domain_loss_ratio{circuit=\"a\",link=\"secondary\",domain=\"wan\"} 1.000000\n"));
	assert_non_null(strstr(out.text, "status=\"healthy\"} 1\n"));
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_run_and_hostile_name),
		cmocka_unit_test(test_unknown_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
