/* SPDX-License-Identifier: BSD-2-Clause */
/* http: header lines of hostile servers. Transfers are tested end to end (tests/azure). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probe/http/http.h"

static struct http_answer a;

static int setup(void **state)
{
	(void)state;
	memset(&a, 0, sizeof(a));
	a.retry_after_s = -1;
	return 0;
}

static void line(const char *text)
{
	http_header(&a, text, strlen(text));
}

static void keeps_what_is_needed(void **state)
{
	(void)state;
	line("HTTP/1.1 202 Accepted\r\n");
	line("LOCATION: \t https://management.azure.com/r \r\n");
	line("azure-asyncoperation:https://management.azure.com/o\r\n");
	line("Retry-After: 10\r\n");
	line("x-ms-correlation-request-id: 56562d8c-e9b2-4526-9d43-fb39f3edb0af\r\n");
	line("Set-Cookie: location: https://evil.example\r\n");
	line("Location-Old: https://evil.example\r\n");
	line("X-Location: https://evil.example\r\n");
	assert_true(a.has_location && a.has_async);
	assert_string_equal(a.location, "https://management.azure.com/r");
	assert_string_equal(a.async_operation, "https://management.azure.com/o");
	assert_int_equal(a.retry_after_s, 10);
	assert_string_equal(a.correlation_id, "56562d8c-e9b2-4526-9d43-fb39f3edb0af");
}

static void a_new_answer_forgets_the_old(void **state)
{
	(void)state;
	line("HTTP/1.1 100 Continue\r\n");
	line("Location: https://evil.example\r\n");
	line("Retry-After: 5\r\n");
	line("HTTP/2 200 \r\n");
	assert_false(a.has_location);
	assert_string_equal(a.location, "");
	assert_int_equal(a.retry_after_s, -1);
}

static void reads_seconds_alone(void **state)
{
	static const struct { const char *text; int64_t seconds; } cases[] = {
		{"Retry-After: 0\r\n", 0}, {"Retry-After:600\r\n", 600}, {"Retry-After: 99999999999999999999999\r\n", 86400},
		{"Retry-After: -1\r\n", -1}, {"Retry-After: 1.5\r\n", -1}, {"Retry-After: \r\n", -1},
		{"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n", -1}, {"Retry-After\r\n", -1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		setup(state);
		line(cases[i].text);
		if (a.retry_after_s != cases[i].seconds)
			fail_msg("%s: %lld", cases[i].text, (long long)a.retry_after_s);
	}
}

static void bounds_values(void **state)
{
	static char text[URL_MAX + 100];
	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "Location: ", 10);
	line(text);
	assert_true(a.has_location); /* it came, but cannot be kept: it will not be followed */
	assert_string_equal(a.location, "");
	http_header(&a, "Location: x\0y", 13);
	assert_string_equal(a.location, "");
	line("x-ms-correlation-request-id: 0123456789012345678901234567890123456789012345678\r\n");
	assert_string_equal(a.correlation_id, "");
	line("x-ms-correlation-request-id: a b\x1b[31m\r\n");
	assert_string_equal(a.correlation_id, "");
	http_header(&a, "", 0);
	http_header(&a, ":", 1);
	http_header(&a, "Location", 8);
	assert_string_equal(a.location, "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		T(keeps_what_is_needed), T(a_new_answer_forgets_the_old), T(reads_seconds_alone), T(bounds_values),
	};
	return cmocka_run_group_tests_name("azure_http", tests, NULL, NULL);
}
