/* SPDX-License-Identifier: BSD-2-Clause */
/* The door's policy: who may ask for what by which name, and shelves there and back. */
#include "analysis/web/request.h"
#include "analysis/web/shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(a[0]))

static void test_hosts(void **state)
{
	static const struct { const char *host; bool ours, good; } rows[] = {
		{"localhost", true, true}, {"LOCALHOST:9470", true, true}, {"127.0.0.1:9470", true, true}, {"127.0.0.1", true, true},
		{"[::1]:9470", true, true}, {"[::1]", true, true}, {"10.1.2.3:80", true, true}, {"Edge-1:9470", true, true},
		{"edge-1.example.net", true, true},
		/* DNS rebinding: a stranger's name that resolves to us */
		{"evil.example", false, true}, {"evil.example:9470", false, true}, {"localhost.evil.example", false, true},
		{"edge-1.evil.example", false, true}, {"127.0.0.1.evil.example", false, true}, {"xlocalhost", false, true},
		/* no host at all */
		{"", false, false}, {":9470", false, false}, {"localhost:", false, false}, {"localhost:x", false, false},
		{"localhost:999999", false, false}, {"[::1", false, false}, {"[::1]x", false, false}, {"a b", false, false},
		{"localhost/x", false, false}, {"user@localhost", false, false}, {"[localhost]", false, false}, {"::1", false, false},
		{"[127.0.0.1]", false, true}, {"<script>", false, false},
	};
	struct web_names names = {.count = 0};

	(void)state;
	web_names_add(&names, "edge-1");
	web_names_add(&names, "edge-1.example.net");
	web_names_add(&names, "");
	assert_int_equal(names.count, 2);
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool good, ours = web_host_is_ours(rows[i].host, &names, &good);

		if (ours != rows[i].ours || good != rows[i].good)
			fail_msg("'%s': ours %d, good %d", rows[i].host, ours, good);
	}
}

static void test_names_end(void **state)
{
	struct web_names names = {.count = 0};
	char name[16];

	(void)state;
	for (int i = 0; i < WEB_NAMES_MAX + 5; i++) {
		snprintf(name, sizeof name, "n%d", i);
		web_names_add(&names, name);
	}
	assert_int_equal(names.count, WEB_NAMES_MAX);
}

static void test_accept(void **state)
{
	static const struct { const char *accept; bool open; } rows[] = {
		{NULL, false}, {"", false}, {"*/*", false}, {"text/plain", false}, {"text/html,*/*;q=0.8", false},
		{"application/openmetrics-text", true}, {"Application/OpenMetrics-Text; version=1.0.0", true},
		{"application/openmetrics-text;q=0", false}, {"application/openmetrics-text;q=0.0,text/plain", false},
		{"text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5", false},
		{"text/plain ; q=0.2 , application/openmetrics-text ; q=0.31", true},
		/* Prometheus 2.42's own */
		{"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
		 "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true},
		{",,,;;;q=,application/openmetrics-text;q=0.5;q=1", true}, {"application/openmetrics-textual", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (web_prefers_openmetrics(rows[i].accept) != rows[i].open)
			fail_msg("'%s'", rows[i].accept ? rows[i].accept : "none");
}

static void test_judge(void **state)
{
	static const struct { struct web_request r; int code; enum web_document what; } rows[] = {
		{{"/", "localhost", 0, 0, 0, 0}, 200, WEB_PAGE},
		{{"/?x=1", "localhost", 0, 0, 0, 0}, 200, WEB_PAGE},
		{{"/metrics", "localhost", 0, 0, 0, 0}, 200, WEB_METRICS},
		{{"/metrics", "localhost", 0, "application/openmetrics-text", 0, 0}, 200, WEB_OPENMETRICS},
		{{"/events?state=1", "localhost", 0, 0, "same-origin", "cors"}, 200, WEB_EVENTS},
		{{"/live.css", "localhost", 0, 0, 0, 0}, 200, WEB_STYLE},
		{{"/live.js", "localhost", 0, 0, 0, 0}, 200, WEB_SCRIPT},
		/* paths that are none of ours, however they are written */
		{{"/metrics/", "localhost", 0, 0, 0, 0}, 404, 0}, {{"//metrics", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/../etc/passwd", "localhost", 0, 0, 0, 0}, 404, 0}, {{"/%6detrics", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"http://localhost/metrics", "localhost", 0, 0, 0, 0}, 404, 0}, {{"", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/metrics%00", "localhost", 0, 0, 0, 0}, 404, 0}, {{"*", "localhost", 0, 0, 0, 0}, 404, 0},
		/* a run's report: its id, and nothing else */
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db230001", "localhost", 0, 0, 0, 0}, 200, WEB_REPORT},
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db230001?x", "localhost", 0, 0, 0, 0}, 200, WEB_REPORT},
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db230001/", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db23000", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/report/../../etc/passwd/aaaaaaaaaaaaaaaaaaa", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db23%30", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/report/", "localhost", 0, 0, 0, 0}, 404, 0}, {{"/report", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/reports01a20a79-58c4-71d2-bed5-7d35db230001", "localhost", 0, 0, 0, 0}, 404, 0},
		{{"/report/01a20a79-58c4-71d2-bed5-7d35db230001", "localhost", 0, 0, "cross-site", "cors"}, 403, 0},
		/* hosts */
		{{"/", NULL, 0, 0, 0, 0}, 400, 0}, {{"/", "", 0, 0, 0, 0}, 400, 0}, {{"/", "evil.example", 0, 0, 0, 0}, 421, 0},
		/* other sites: read by their scripts, or shown inside of theirs */
		{{"/metrics", "localhost:1", "http://evil.example", 0, 0, 0}, 403, 0},
		{{"/metrics", "localhost:1", "http://localhost:2", 0, 0, 0}, 403, 0},
		{{"/metrics", "localhost:1", "null", 0, 0, 0}, 403, 0},
		{{"/metrics", "localhost:1", "http://localhost:1", 0, 0, 0}, 200, WEB_METRICS},
		{{"/live.js", "localhost", 0, 0, "cross-site", "no-cors"}, 403, 0},
		{{"/", "localhost", 0, 0, "same-site", "cors"}, 403, 0},
		{{"/", "localhost", 0, 0, "cross-site", NULL}, 403, 0},
		{{"/", "localhost", 0, 0, "cross-site", "navigate"}, 200, WEB_PAGE},
		{{"/", "localhost", 0, 0, "none", "navigate"}, 200, WEB_PAGE},
	};
	static const struct web_names nobody;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum web_document what = WEB_DOCUMENTS;
		int code = web_judge(&rows[i].r, &nobody, &what);

		if (code != rows[i].code || (code == 200 && what != rows[i].what))
			fail_msg("row %zu, '%s': %d, document %d", i, rows[i].r.target, code, (int)what);
	}
}

static void test_shelf(void **state)
{
	struct shelf_reader r;
	struct shelf_entry e;
	struct strbuf b;

	(void)state;
	strbuf_init(&b, SHELF_MAX);
	shelf_add(&b, SHELF_METRICS, "", "a 1\n", 4);
	shelf_add(&b, SHELF_PART, "c-1", "", 0);
	shelf_add(&b, SHELF_STATE, "0123456789abcdef", "", 0);
	shelf_add(&b, SHELF_REPORT, "01a20a79-58c4-71d2-bed5-7d35db230001", "<p>", 3);
	assert_true(strbuf_ok(&b));
	r = shelf_over(b.text, b.len);
	assert_true(shelf_next(&r, &e));
	assert_int_equal(e.kind, SHELF_METRICS);
	assert_int_equal(e.len, 4);
	assert_memory_equal(e.text, "a 1\n", 4);
	assert_true(shelf_next(&r, &e));
	assert_string_equal(e.id, "c-1");
	assert_int_equal(e.len, 0);
	assert_true(shelf_next(&r, &e));
	assert_string_equal(e.id, "0123456789abcdef");
	assert_true(shelf_next(&r, &e));
	assert_int_equal(e.kind, SHELF_REPORT);
	assert_string_equal(e.id, "01a20a79-58c4-71d2-bed5-7d35db230001");
	assert_false(shelf_next(&r, &e));
	assert_false(r.bad);
	/* Every cut but those between entries is seen. */
	for (size_t len = 1; len < b.len; len++) {
		r = shelf_over(b.text, len);
		while (shelf_next(&r, &e))
			;
		assert_int_equal(r.bad, len != 10 && len != 19 && len != 41);
	}
	b.text[0] = 99;
	r = shelf_over(b.text, b.len);
	assert_false(shelf_next(&r, &e));
	assert_true(r.bad);
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts), cmocka_unit_test(test_names_end), cmocka_unit_test(test_accept),
		cmocka_unit_test(test_judge), cmocka_unit_test(test_shelf),
	};

	return cmocka_run_group_tests_name("web", tests, NULL, NULL);
}
