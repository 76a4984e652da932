/* SPDX-License-Identifier: BSD-2-Clause */
/* signin: when a token is asked for, kept, renewed and given up; whose file Azure Arc may
 * name. The requests themselves are tested end to end (tests/azure/signin). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe/signin/signin.h"

#define S(n) ((struct mono_ns){(n) * NS_PER_SEC})

static struct signin s;
static struct azure_settings settings;
static const struct wall_ns wall = {INT64_C(1700000000) * NS_PER_SEC};
static char secret_path[] = "/tmp/t_azure_signin.XXXXXX";

static int setup(void **state)
{
	(void)state;
	memset(&settings, 0, sizeof(settings));
	settings.auth = AUTH_CLIENT_SECRET;
	snprintf(settings.management, sizeof(settings.management), "https://management.azure.com");
	snprintf(settings.login, sizeof(settings.login), "https://login.microsoftonline.com");
	snprintf(settings.tenant_id, sizeof(settings.tenant_id), "contoso.example");
	snprintf(settings.client_id, sizeof(settings.client_id), "app-1");
	snprintf(settings.secret_path, sizeof(settings.secret_path), "%s", secret_path);
	signin_begin(&s, &settings, S(0), S(1000));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	signin_end(&s);
	for (size_t i = 0; i < sizeof(s); i++)
		assert_int_equal(((const unsigned char *)&s)[i], 0);
	return 0;
}

static void answer(int32_t status, const char *body, struct mono_ns now)
{
	char copy[512];
	struct http_answer a = {.status = status, .body = copy, .len = strlen(body), .retry_after_s = -1,
	                        .may_retry = status == 0};
	struct http_request r;
	snprintf(copy, sizeof(copy), "%s", body);
	if (s.state == SIGNIN_READY)
		assert_true(signin_request(&s, now, wall, &r));
	signin_take(&s, &a, now, wall, 0.5);
}

static void asks_as_entra_wants(void **state)
{
	struct http_request r;
	(void)state;
	assert_true(signin_due(&s, S(0)));
	assert_int_equal(signin_check(&s, S(0)), SIGNIN_WAIT);
	assert_true(signin_request(&s, S(0), wall, &r));
	assert_string_equal(r.url, "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token");
	assert_string_equal(r.form, "client_id=app-1&grant_type=client_credentials&scope=https%3A%2F%2F"
	                            "management.azure.com%2F.default&client_secret=p%26ss~W%C3%B6rd%3D1");
	assert_null(r.token);
	assert_string_equal(r.to->host, "login.microsoftonline.com");
	assert_false(signin_due(&s, S(0))); /* one at a time */
}

static void keeps_and_renews(void **state)
{
	static const struct { const char *life; int64_t renew, end; } cases[] = {
		{"\"expires_in\":3599", 3299, 3599}, {"\"expires_in\":\"3600\"", 3300, 3600}, {"\"expires_in\":60", 30, 60},
		{"\"expires_on\":\"1700000600\"", 300, 600}, {"\"expires_in\":999999999", 86100, 86400}, {"\"x\":1", 150, 300},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char body[128];
		teardown(state);
		setup(state);
		snprintf(body, sizeof(body), "{\"access_token\":\"t%zu\",%s}", i, cases[i].life);
		answer(200, body, S(0));
		assert_int_equal(signin_check(&s, S(cases[i].end - 1)), SIGNIN_HAS);
		assert_false(signin_due(&s, S(cases[i].renew - 1)));
		assert_true(signin_due(&s, S(cases[i].renew)));
		assert_int_equal(signin_check(&s, S(cases[i].end - 1)), SIGNIN_HAS); /* while it is renewed */
		assert_int_equal(signin_check(&s, S(cases[i].end)), SIGNIN_WAIT);
	}
}

static void says_what_was_refused(void **state)
{
	static const struct { int32_t status; const char *body, *says, *not; } cases[] = {
		{401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000222: The keys are expired. Trace ID: 1\"}",
		 "401 AADSTS7000222: The keys are expired. (the secret has ended", "Trace"},
		{400, "{\"error\":\"invalid_request\",\"error_description\":\"one\\r\\nTrace\\u001b[31m\"}", "400 one", "Trace"},
		{400, "{\"error\":\"odd\"}", "400 odd", NULL}, {403, "<html>", "not JSON", NULL}, {200, "{}", "without an access_token", NULL},
		{200, "{\"access_token\":\"a b\"}", "is none", NULL},
		{200, "{\"access_token\":\"abc\",\"expires_in\":0}", "ended already", NULL},
		{200, "{\"access_token\":\"abc\",\"expires_on\":1}", "ended already", NULL},
		{200, "{\"access_token\":\"abc\",\"expires_on\":\"-9223372036854775808\"}", "ended already", NULL},
		{400, "{\"error\":\"p&ssW\",\"error_description\":\"p&ss~W\303\266rd=1\"}", "not shown", "p&ss"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		teardown(state);
		setup(state);
		answer(cases[i].status, cases[i].body, S(0));
		assert_int_equal(s.state, SIGNIN_FAILED);
		assert_int_equal(signin_check(&s, S(1)), SIGNIN_NONE);
		if (!strstr(s.error, cases[i].says) || (cases[i].not && strstr(s.error, cases[i].not)))
			fail_msg("%s", s.error);
		assert_null(strchr(s.error, '\n'));
		assert_null(strchr(s.error, 0x1b));
	}
}

static void tries_again_within_bounds(void **state)
{
	static const int32_t passing[] = {0, 429, 500, 503};
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		int64_t now = 0;
		teardown(state);
		setup(state);
		for (int n = 1; n < SIGNIN_TRIES_MAX; n++, now += 10) {
			answer(passing[i], "", S(now));
			assert_int_equal(s.state, SIGNIN_READY);
			assert_false(signin_due(&s, S(now)));
			assert_true(signin_due(&s, S(now + 9)));
		}
		answer(passing[i], "", S(now));
		assert_int_equal(s.state, SIGNIN_FAILED);
		assert_non_null(strstr(s.error, "5 tries"));
	}
	teardown(state);
	setup(state);
	answer(503, "", S(999)); /* half a second later is still before the deadline */
	assert_int_equal(s.state, SIGNIN_READY);
	answer(503, "", S(999));
	assert_int_equal(s.state, SIGNIN_FAILED);
	assert_non_null(strstr(s.error, "after the deadline"));
}

static void renews_once_for_a_refusal(void **state)
{
	bool is_new;
	(void)state;
	answer(200, "{\"access_token\":\"one\",\"expires_in\":3600}", S(0));
	assert_int_equal(s.generation, 1);
	assert_false(signin_refused(&s, 1, S(1), &is_new)); /* a sign-in begins … */
	assert_false(signin_refused(&s, 1, S(1), &is_new)); /* … one for all calls */
	assert_true(signin_due(&s, S(1)));
	answer(200, "{\"access_token\":\"two\",\"expires_in\":3600}", S(1));
	assert_true(signin_refused(&s, 1, S(2), &is_new));
	assert_true(is_new);
	assert_false(signin_refused(&s, 2, S(2), &is_new));
	answer(200, "{\"access_token\":\"two\",\"expires_in\":3600}", S(2)); /* a cached one: no other */
	assert_true(signin_refused(&s, 2, S(3), &is_new));
	assert_false(is_new);
}

static void write_token(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The file is read again before each request: finding it renewed there must not make the 401s
 * of what left with the old token look like refusals of the new one. */
static void a_renewed_file_serves_all_calls(void **state)
{
	char path[] = "/tmp/erprobe-token.XXXXXX";
	struct signin file = {.way = WAY_FILE};
	bool is_new;
	(void)state;
	close(mkstemp(path));
	token_init(&file.token, path);
	write_token(path, "old-token");
	assert_int_equal(signin_check(&file, S(0)), SIGNIN_HAS);
	unsigned left_with = file.generation;
	write_token(path, "the-new-token");
	assert_int_equal(signin_check(&file, S(1)), SIGNIN_HAS);
	for (int call = 0; call < 3; call++) {
		assert_true(signin_refused(&file, left_with, S(1), &is_new));
		assert_true(is_new);
	}
	left_with = file.generation;
	assert_true(signin_refused(&file, left_with, S(2), &is_new));
	assert_false(is_new); /* refused with the new one, and there is no other */
	unlink(path);
}

static void believes_arcs_own_files_alone(void **state)
{
	static const struct { const char *challenge; bool good; } cases[] = {
		{"Basic realm=/k/ab.key", true}, {"basic REALM=\"/k/a-1_2.key\"", true}, {"Basic realm=/k/../etc/a.key", false},
		{"Basic realm=/k/sub/a.key", false}, {"Basic realm=/kk/a.key", false}, {"Basic realm=/kxab.key", false}, {"Basic realm=/k/a.pem", false},
		{"Basic realm=/k/.key", false}, {"Basic realm=/etc/shadow", false}, {"Bearer realm=/k/a.key", false}, {"", false},
		{"Basic realm=", false}, {"Basic realm=\"", false}, {"Basic realm=/k/a b.key", false},
		{"Basic realm=/k/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.key", false},
	};
	char path[64];
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (signin_arc_file(cases[i].challenge, "/k", path, sizeof(path)) != cases[i].good)
			fail_msg("%s", cases[i].challenge);
}

static void says_that_it_was_late(void **state)
{
	(void)state;
	signin_say_late(&s);
	assert_string_equal(s.error, "cannot sign in: no token before the deadline from login.microsoftonline.com");
}

static int make_secret(void **state)
{
	(void)state;
	int fd = mkstemp(secret_path);
	if (fd < 0 || write(fd, " p&ss~W\303\266rd=1\n", 14) != 14)
		return -1;
	return close(fd);
}

static int drop_secret(void **state)
{
	(void)state;
	return unlink(secret_path);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(asks_as_entra_wants), T(keeps_and_renews), T(says_what_was_refused), T(tries_again_within_bounds),
		T(renews_once_for_a_refusal), T(believes_arcs_own_files_alone), T(a_renewed_file_serves_all_calls), T(says_that_it_was_late),
	};
	return cmocka_run_group_tests_name("azure_signin", tests, make_secret, drop_secret);
}
