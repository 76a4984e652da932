/* SPDX-License-Identifier: BSD-2-Clause */
/* arm: one read as a state machine, with answers and a clock made by the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/azure/arm.h"

#define HOST "https://management.azure.com"
#define ASKED HOST "/subscriptions/s/arpTables/primary?api-version=1"
#define RESULT HOST "/subscriptions/s/operationResults/1?api-version=1"
#define STATUS HOST "/subscriptions/s/operations/1?api-version=1"

static struct url_base base;
static struct arm_call call;
static struct mono_ns now;

static struct mono_ns seconds(double s)
{
	return (struct mono_ns){(int64_t)(s * 1e9)};
}

static int setup(void **state)
{
	char err[128];
	(void)state;
	now = seconds(1000);
	arm_begin(&call, "arpTables/primary", true, ASKED, now, seconds(1030));
	return url_base_parse(HOST, &base, err, sizeof(err)) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arm_free(&call);
	return 0;
}

/* One answer; location, async and body may be NULL, retry -1. Returns seconds to wait. */
static double answer(int status, const char *location, const char *async, int64_t retry, const char *body)
{
	static struct http_answer a;
	memset(&a, 0, sizeof(a));
	a.status = status;
	a.retry_after_s = retry;
	a.has_location = location != NULL;
	a.has_async = async != NULL;
	snprintf(a.location, sizeof(a.location), "%s", location ? location : "");
	snprintf(a.async_operation, sizeof(a.async_operation), "%s", async ? async : "");
	snprintf(a.correlation_id, sizeof(a.correlation_id), "corr-%d", status);
	a.body = body ? strdup(body) : NULL;
	a.len = body ? strlen(body) : 0;
	arm_take(&call, &base, &a, now, 1.0);
	free(a.body);
	double wait = (double)mono_since(call.not_before, now) / 1e9;
	if (call.state == ARM_READY && wait > 0)
		now = call.not_before;
	return wait;
}

static void expect_failed(const char *part)
{
	assert_int_equal(call.state, ARM_FAILED);
	if (!strstr(call.error, part) || strncmp(call.error, "arpTables/primary: ", 19) != 0)
		fail_msg("error is: %s", call.error);
	assert_null(call.doc);
}

static size_t rows(void)
{
	assert_int_equal(call.state, ARM_DONE);
	return json_count(json_get(arm_result(&call), "value"));
}

static void answered_at_once(void **state)
{
	(void)state;
	assert_int_equal(call.state, ARM_READY);
	answer(200, NULL, NULL, -1, "{\"value\":[1,2]}");
	assert_int_equal(rows(), 2);
	assert_int_equal(call.http_status, 200);
	assert_string_equal(call.correlation_id, "corr-200");
}

/* As recorded from Azure: 202 with body null and Location, 200 with Location still there. */
static void polls_the_location(void **state)
{
	(void)state;
	assert_true(answer(202, RESULT, NULL, 10, "null") == 10.0);
	assert_string_equal(call.url, RESULT);
	assert_false(call.post);
	assert_int_equal(call.phase, ARM_POLL_LOCATION);
	assert_true(answer(202, RESULT "&t=2", NULL, 5, "null") == 5.0);
	assert_string_equal(call.url, RESULT "&t=2"); /* the newest URL */
	answer(200, RESULT, NULL, -1, "{\"value\":[]}");
	assert_int_equal(rows(), 0);
}

static void waits_longer_each_time_without_retry_after(void **state)
{
	static const double waits[] = {0.5, 1, 2, 4, 8};
	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_true(answer(202, RESULT, NULL, -1, "") == waits[i]);
	answer(202, RESULT, NULL, -1, NULL);
	assert_true(now.ns == seconds(1025.5).ns);
	answer(202, RESULT, NULL, -1, NULL);
	expect_failed("Azure is still working on it; the next try would be in 10.0 s, after the deadline");
}

/* A request that lasted to the deadline, or to a rounding before it, has no next try to tell of. */
static void ends_at_the_deadline(void **state)
{
	struct http_answer a = {.may_retry = true, .retry_after_s = -1, .error = "no answer in time"};
	(void)state;
	arm_take(&call, &base, &a, mono_add(call.deadline, -10 * NS_PER_MS), 0.5);
	expect_failed("no answer in time: the deadline is reached");
}

static void ends_without_content(void **state)
{
	(void)state;
	answer(202, RESULT, NULL, 1, "null");
	answer(204, NULL, NULL, -1, NULL);
	assert_int_equal(call.state, ARM_DONE);
	assert_null(arm_result(&call));
}

static void polls_the_status_then_the_location(void **state)
{
	(void)state;
	answer(202, RESULT, STATUS, 2, "null");
	assert_string_equal(call.url, STATUS);
	assert_true(answer(200, NULL, NULL, 3, "{\"status\":\"InProgress\"}") == 3.0);
	assert_string_equal(call.url, STATUS);
	answer(200, NULL, NULL, -1, "{\"status\":\"Succeeded\"}");
	assert_int_equal(call.state, ARM_READY);
	assert_string_equal(call.url, RESULT);
	answer(200, NULL, NULL, -1, "{\"value\":[{}]}");
	assert_int_equal(rows(), 1);
}

static void result_inside_the_status(void **state)
{
	static const char *const inside[] = {
		"{\"status\":\"Succeeded\",\"properties\":{\"value\":[1,2,3]}}",
		"{\"status\":\"succeeded\",\"output\":{\"value\":[1,2,3]}}",
		"{\"status\":\"Succeeded\",\"properties\":{\"output\":{\"value\":[1,2,3]}}}",
		"{\"value\":[1,2,3]}",
	};
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		setup(state);
		answer(202, NULL, STATUS, 1, NULL);
		answer(200, NULL, NULL, -1, inside[i]);
		assert_int_equal(rows(), 3);
		teardown(state);
	}
}

/* The documented Location ".../operationStatus/…" may hold a status document as well. */
static void status_document_at_the_location(void **state)
{
	(void)state;
	answer(202, RESULT, NULL, 1, "null");
	answer(200, NULL, NULL, 1, "{\"status\":\"Running\"}");
	assert_int_equal(call.state, ARM_READY);
	answer(200, NULL, NULL, -1, "{\"status\":\"Succeeded\",\"properties\":{\"value\":[1]}}");
	assert_int_equal(rows(), 1);
}

static void operation_fails(void **state)
{
	answer(202, RESULT, STATUS, 1, "null");
	answer(200, NULL, NULL, -1, "{\"status\":\"Failed\",\"error\":{\"code\":\"X1\",\"message\":\"Gateway does not have any Bgp sessions.\"}}");
	expect_failed("the operation ended as Failed: X1: Gateway does not have any Bgp sessions.");
	setup(state);
	answer(202, RESULT, STATUS, 1, "null");
	answer(200, NULL, NULL, -1, "{\"status\":\"Canceled\"}");
	expect_failed("ended as Canceled");
	setup(state);
	answer(202, RESULT, STATUS, 1, "null");
	answer(200, NULL, NULL, -1, "{}");
	expect_failed("no status");
}

static void follows_only_the_endpoint(void **state)
{
	answer(202, "https://evil.example/r", NULL, 1, "null");
	expect_failed("not on management.azure.com: not followed");
	setup(state);
	answer(202, RESULT, "https://management.azure.com.evil.example/", 1, "null");
	expect_failed("not on management.azure.com: not followed");
	setup(state);
	answer(202, "", NULL, 1, "null"); /* a header too long to keep */
	expect_failed("not followed");
	setup(state);
	answer(202, NULL, NULL, 1, "null");
	expect_failed("202 without a URL");
	setup(state);
	answer(202, "/subscriptions/s/operationResults/1", NULL, 1, "null");
	assert_string_equal(call.url, HOST "/subscriptions/s/operationResults/1");
	setup(state);
	answer(202, "https://eastus.management.azure.com/r", NULL, 1, "null");
	assert_string_equal(call.url, "https://eastus.management.azure.com/r");
}

static void redirects(void **state)
{
	answer(307, "https://evil.example/", NULL, -1, NULL);
	expect_failed("307: redirected away from management.azure.com: not followed");
	setup(state);
	answer(302, NULL, NULL, -1, NULL);
	expect_failed("302: redirected away");
	setup(state);
	answer(302, HOST "/other", NULL, -1, NULL);
	expect_failed("a POST redirected to a GET");
	setup(state);
	answer(307, HOST "/other", NULL, -1, NULL);
	assert_int_equal(call.state, ARM_READY);
	assert_true(call.post);
	assert_string_equal(call.url, HOST "/other");
	for (int i = 0; i < ARM_REDIRECTS_MAX; i++)
		answer(308, HOST "/other", NULL, -1, NULL);
	expect_failed("redirected in a circle");
}

static void throttled(void **state)
{
	(void)state;
	double wait = answer(429, NULL, NULL, 7, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"slow down\"}}");
	assert_true(wait >= 7.0 && wait < 8.0); /* never earlier: that would begin the wait anew */
	wait = answer(429, NULL, NULL, -1, "{}");
	assert_true(wait > 0 && wait <= 8.0);
	answer(200, NULL, NULL, -1, "{\"value\":[]}");
	assert_int_equal(call.state, ARM_DONE);
	setup(state);
	answer(429, NULL, NULL, 120, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"slow down\"}}");
	expect_failed("429 TooManyRequests: slow down; the next try would be in 120.2 s, after the deadline");
	setup(state);
	int tries = 0;
	while (call.state == ARM_READY && tries < 100) {
		answer(429, NULL, NULL, 0, "{}");
		tries++;
	}
	assert_true(tries > 2 && tries < 20); /* "Retry-After: 0" is no reason to spin */
}

static void backs_off_from_5xx(void **state)
{
	static const double ceilings[] = {0.5, 1, 2, 4};
	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_true(answer(503, NULL, NULL, -1, "<html>") == ceilings[i]); /* full jitter of 1.0 */
	answer(503, NULL, NULL, -1, "<html>");
	expect_failed("503 without a reason that could be read (5 tries)");
	setup(state);
	assert_true(answer(503, NULL, NULL, 3, "{}") >= 3.0);
	answer(200, NULL, NULL, -1, "{\"value\":[]}");
	assert_int_equal(call.state, ARM_DONE);
	setup(state);
	for (int i = 0; i < ARM_TRIES_FEW; i++)
		answer(500, NULL, NULL, -1, "{\"error\":{\"code\":\"InternalServerError\",\"message\":\"An error occurred.\"}}");
	expect_failed("500 InternalServerError: An error occurred. (3 tries)");
}

static void tries_again_without_an_answer(void **state)
{
	static struct http_answer a = {.retry_after_s = -1, .may_retry = true, .error = "Connection refused"};
	(void)state;
	for (int i = 0; i < ARM_TRIES_FEW; i++) {
		assert_int_equal(call.state, ARM_READY);
		arm_take(&call, &base, &a, now, 0.5);
	}
	expect_failed("Connection refused (3 tries)");
	setup(state);
	a.may_retry = false;
	arm_take(&call, &base, &a, now, 0.5);
	expect_failed("arpTables/primary: Connection refused");
	a.may_retry = true;
}

static void refusals_are_final(void **state)
{
	answer(403, NULL, NULL, -1,
	       "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client '1' with object id '2' does not have "
	       "authorization to perform action 'Microsoft.Network/expressRouteCircuits/peerings/arpTables/action' over scope "
	       "'/subscriptions/s' or the scope is invalid.\"}}");
	expect_failed("403 AuthorizationFailed: no right to perform action "
	              "'Microsoft.Network/expressRouteCircuits/peerings/arpTables/action'");
	setup(state);
	answer(404, NULL, NULL, -1, "{\"error\":{\"code\":\"ResourceNotFound\",\"message\":\"The Resource was not found.\"}}");
	expect_failed("404 ResourceNotFound: The Resource was not found: check the resource id");
	setup(state);
	answer(400, NULL, NULL, -1, "{\"error\":\"plain text\"}");
	expect_failed("400 plain text");
	setup(state);
	answer(400, NULL, NULL, -1, NULL);
	expect_failed("400 without a reason");
	setup(state);
	answer(418, NULL, NULL, -1, "{\"error\":{\"code\":\"a\\nb\\u001b[31m\",\"message\":\"x\\ny\"}}");
	expect_failed("418 a");
	assert_null(strpbrk(call.error, "\n\033"));
	setup(state);
	answer(200, NULL, NULL, -1, "<html>sign in</html>");
	expect_failed("200, but the answer is not JSON");
	setup(state);
	answer(200, NULL, NULL, -1, NULL);
	expect_failed("200, but the answer is empty");
}

static void asks_for_one_new_token(void **state)
{
	answer(401, NULL, NULL, -1, "{\"error\":{\"code\":\"ExpiredAuthenticationToken\",\"message\":\"old\"}}");
	assert_true(call.renew_token);
	arm_renewed(&call, true);
	assert_int_equal(call.state, ARM_READY);
	answer(401, NULL, NULL, -1, "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"bad\"}}");
	assert_false(call.renew_token);
	expect_failed("401 InvalidAuthenticationToken: bad: renew the token");
	setup(state);
	answer(401, NULL, NULL, -1, "{\"error\":{\"code\":\"ExpiredAuthenticationToken\",\"message\":\"old\"}}");
	arm_renewed(&call, false);
	expect_failed("401 ExpiredAuthenticationToken: old: renew the token");
}

static void turns_pages(void **state)
{
	answer(200, NULL, NULL, -1, "{\"value\":[1],\"nextLink\":\"" HOST "/list?$skipToken=2\"}");
	assert_true(arm_next_page(&call, &base, now));
	assert_int_equal(call.state, ARM_READY);
	assert_false(call.post);
	assert_string_equal(call.url, HOST "/list?$skipToken=2");
	answer(200, NULL, NULL, -1, "{\"value\":[1],\"nextLink\":\"https://evil.example/2\"}");
	assert_false(arm_next_page(&call, &base, now));
	expect_failed("next page's URL is not on management.azure.com");
	setup(state);
	answer(200, NULL, NULL, -1, "{\"value\":[1],\"nextLink\":\"\"}");
	assert_false(arm_next_page(&call, &base, now));
	assert_int_equal(call.state, ARM_DONE);
	setup(state);
	for (int i = 0; i < ARM_PAGES_MAX * 2 && call.state != ARM_FAILED; i++) {
		answer(200, NULL, NULL, -1, "{\"value\":[1],\"nextLink\":\"" HOST "/list\"}");
		arm_next_page(&call, &base, now);
	}
	expect_failed("more than 64 pages");
}

static void expires(void **state)
{
	arm_expire(&call);
	expect_failed("no answer before the deadline");
	setup(state);
	answer(202, RESULT, NULL, 1, "null");
	arm_expire(&call);
	expect_failed("not finished when the deadline came; last: Azure is still working on it");
	arm_expire(&call); /* twice changes nothing */
	expect_failed("last: Azure is still working on it");
	assert_true(arm_ended(&call));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(answered_at_once), T(polls_the_location), T(waits_longer_each_time_without_retry_after),
		T(ends_without_content), T(polls_the_status_then_the_location), T(result_inside_the_status),
		T(status_document_at_the_location), T(operation_fails), T(follows_only_the_endpoint), T(redirects),
		T(throttled), T(backs_off_from_5xx), T(tries_again_without_an_answer), T(refusals_are_final),
		T(asks_for_one_new_token), T(turns_pages), T(expires), T(ends_at_the_deadline),
	};
	return cmocka_run_group_tests_name("azure_arm", tests, NULL, NULL);
}
