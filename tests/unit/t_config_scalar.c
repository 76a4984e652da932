/* SPDX-License-Identifier: BSD-2-Clause */
/* Single values of the configuration: what each accepts and refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "analysis/value/host_port.h"
#include "probe/config/config_scalar.h"
#include "probe/config/suggest.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void test_integer(void **state)
{
	(void)state;
	static const struct { const char *text; bool good; int64_t value; } rows[] = {
		{"0", true, 0}, {"1", true, 1}, {"65535", true, 65535}, {"9223372036854775799", true, INT64_C(9223372036854775799)},
		{"", false, 0}, {"-1", false, 0}, {"+1", false, 0}, {"01", false, 0}, {"1 ", false, 0}, {" 1", false, 0},
		{"1x", false, 0}, {"0x10", false, 0}, {"1.0", false, 0}, {"1e3", false, 0}, {"99999999999999999999", false, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = -7;
		if (scalar_integer(rows[i].text, 0, INT64_MAX, &v) != rows[i].good || (rows[i].good && v != rows[i].value))
			fail_msg("'%s'", rows[i].text);
	}
	int64_t v;
	assert_false(scalar_integer("4", 5, 6, &v));
	assert_true(scalar_integer("5", 5, 6, &v));
	assert_true(scalar_integer("6", 5, 6, &v));
	assert_false(scalar_integer("7", 5, 6, &v));
}

static void test_seconds(void **state)
{
	(void)state;
	static const struct { const char *text; int64_t value; } rows[] = {
		{"30s", 30}, {"5m", 300}, {"2h", 7200}, {"90d", 7776000}, {"4w", 2419200}, {"0s", 0}, {"3653d", 315619200},
		{"", -1}, {"30", -1}, {"s", -1}, {"30 s", -1}, {"30S", -1}, {"30ms", -1}, {"1h30m", -1}, {"-5s", -1}, {"1.5h", -1},
		{"05m", -1}, {"3654d", -1}, {"9223372036854775807s", -1}, {"15250284452471w", -1}, {"30y", -1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = -1;
		bool good = scalar_seconds(rows[i].text, &v);
		if (good != (rows[i].value >= 0) || (good && v != rows[i].value))
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_rates(void **state)
{
	(void)state;
	static const struct { const char *text; int64_t value; } rows[] = {
		{"200/s", 200}, {"1/s", 1}, {"9/s", 9}, {"1000/s", 1000}, {"200", -1}, {"/s", -1}, {"200 /s", -1}, {"200/m", -1},
		{"200/", -1}, {"200/s ", -1}, {"0/s", -1}, {"1001/s", -1}, {"0200/s", -1}, {"1.5/s", -1}, {"max", -1}, {"", -1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t v = -1;
		bool good = scalar_per_second(rows[i].text, 1, 1000, &v);
		if (good != (rows[i].value >= 0) || (good && v != rows[i].value))
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_texts(void **state)
{
	(void)state;
	assert_true(scalar_is_printable("frankfurt 1", 128));
	assert_true(scalar_is_printable("Z\xc3\xbcrich", 128));
	static const char *const bad[] = {"", " a", "a ", "a\nb", "a\x1b[31mb", "a\x7f", "a\xc2\x85", "a\xe2\x80\xae", "a\xff"};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(scalar_is_printable(bad[i], 128));
	assert_true(scalar_is_printable("abc", 4));
	assert_false(scalar_is_printable("abcd", 4));
	assert_true(scalar_is_interface("eth0"));
	assert_true(scalar_is_interface("enp0s31f6.4094"));
	assert_true(scalar_is_interface("123456789012345"));
	static const char *const no_interface[] = {"", "1234567890123456", "a b", "a/b", "a:1", ".", "..", "a\x01", "\xc3\xa9"};
	for (size_t i = 0; i < COUNT(no_interface); i++)
		assert_false(scalar_is_interface(no_interface[i]));
	assert_true(scalar_is_path("/a b", 128));
	assert_false(scalar_is_path("a", 128));
	assert_false(scalar_is_path("", 128));
	assert_true(scalar_is_identity("00000000-0000-0000-0000-000000000001", 128));
	assert_true(scalar_is_identity("contoso.onmicrosoft.com", 128));
	assert_false(scalar_is_identity("a/b", 128));
	assert_false(scalar_is_identity("a?b", 128));
	assert_false(scalar_is_identity("", 128));
}

/* The one splitter that configuration, notices, the page and its Host header share. */
static void test_host_port(void **state)
{
	(void)state;
	static const struct { const char *text; bool good, bracketed; const char *host; uint16_t port; } rows[] = {
		{"h", true, false, "h", 0}, {"h:1", true, false, "h", 1}, {"10.0.0.1:65535", true, false, "10.0.0.1", 65535},
		{"[::1]", true, true, "::1", 0}, {"[::1]:514", true, true, "::1", 514}, {"[h:1", false, false, "", 0},
		{"", false, false, "", 0}, {":1", false, false, "", 0}, {"[]:1", false, false, "", 0}, {"h:", false, false, "", 0},
		{"h:0", false, false, "", 0}, {"h:65536", false, false, "", 0}, {"h:01", false, false, "", 0}, {"h:1x", false, false, "", 0},
		{"h:123456", false, false, "", 0}, {"::1:514", false, false, "", 0}, {"[::1]514", false, false, "", 0}, {"[::1]:", false, false, "", 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host_port a;
		bool good = host_port_split(rows[i].text, strlen(rows[i].text), &a);
		if (good != rows[i].good ||
		    (good && (a.bracketed != rows[i].bracketed || strcmp(a.host, rows[i].host) != 0 || a.port != rows[i].port)))
			fail_msg("'%s'", rows[i].text);
	}
	struct host_port a;
	assert_true(host_port_split("h:12345", 3, &a) && a.port == 1); /* the first three bytes alone */
	char longest[HOST_NAME_ROOM + 1];
	memset(longest, 'a', sizeof longest);
	assert_true(host_port_split(longest, HOST_NAME_ROOM - 1, &a) && strlen(a.host) == HOST_NAME_ROOM - 1);
	assert_false(host_port_split(longest, HOST_NAME_ROOM, &a));
	assert_true(scalar_is_host_port("log.example.net:514") && scalar_is_host_port("[fd00::1]:514") && scalar_is_host_port("10.0.0.1:514"));
	assert_false(scalar_is_host_port("log.example.net") || scalar_is_host_port("fd00::1:514") || scalar_is_host_port("[10.0.0.1]:514") ||
	             scalar_is_host_port("a b:514"));
}

static void test_listen(void **state)
{
	(void)state;
	static const struct { const char *text; bool good; } rows[] = {
		{"127.0.0.1:9470", true}, {"[::1]:9470", true}, {"0.0.0.0:80", true}, {"localhost:1", true}, {"[::]:65535", true}, {"none", true}, {"None", false},
		{"127.0.0.1", false}, {"127.0.0.1:", false}, {"127.0.0.1:0", false}, {"127.0.0.1:65536", false}, {":9470", false},
		{"example.org:80", false}, {"::1:80", false}, {"[127.0.0.1]:80", false}, {"[::1]", false}, {"[::1", false},
		{"", false}, {"127.0.0.1:80x", false}, {"[::1]x:80", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (scalar_is_listen(rows[i].text) != rows[i].good)
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_url(void **state)
{
	(void)state;
	static const struct { const char *text, *out; } rows[] = {
		{"https://management.azure.com", "https://management.azure.com"},
		{"https://management.azure.com/", "https://management.azure.com"},
		{"https://management.azure.com///", NULL},
		{"https://h:8443/base/", "https://h:8443/base"},
		{"https://10.0.0.1", "https://10.0.0.1"},
		{"https://[fd00::1]:443", "https://[fd00::1]:443"},
		{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"http://127.9.9.9", "http://127.9.9.9"},
		{"http://[::1]:80/x", "http://[::1]:80/x"},
		{"http://localhost:80", "http://localhost:80"},
		{"http://management.azure.com", NULL},
		{"http://10.0.0.1", NULL},
		{"http://[::2]", NULL},
		{"http://127.0.0.1.evil.example", NULL},
		{"http://localhost.evil.example", NULL},
		{"http://2130706433", NULL},
		{"http://0x7f.1", NULL},
		{"http://127.1", NULL},
		{"http://127.0.0.1@evil.example", NULL},
		{"http://127.0.0.1\\@evil.example", NULL},
		{"https://user@h", NULL},
		{"https://user:pw@h", NULL},
		{"https://h/a@b", NULL},
		{"https://h?x=1", NULL},
		{"https://h/#f", NULL},
		{"https://h/%2e%2e/", NULL},
		{"https://h/../x", NULL},
		{"https://h//x", NULL},
		{"https://h:0", NULL},
		{"https://h:65536", NULL},
		{"https://h:", NULL},
		{"https://", NULL},
		{"https:///x", NULL},
		{"https://-h", NULL},
		{"https://h..x", NULL},
		{"https://h x", NULL},
		{"https://h\r\nx", NULL},
		{"HTTPS://h", NULL},
		{"ftp://h", NULL},
		{"file:///etc/passwd", NULL},
		{"management.azure.com", NULL},
		{"", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[64];
		const char *why = NULL;
		bool good = scalar_url(rows[i].text, out, sizeof(out), &why);
		if (good != (rows[i].out != NULL) || (good && strcmp(out, rows[i].out) != 0) || (!good && !why))
			fail_msg("'%s'", rows[i].text);
	}
	char small[10];
	const char *why;
	assert_false(scalar_url("https://hh", small, sizeof(small), &why));
	assert_string_equal(why, "it is too long");
	assert_true(scalar_url("https://h", small, sizeof(small), &why));
}

static void test_resource_id(void **state)
{
	(void)state;
#define NET "/providers/Microsoft.Network/"
	static const struct { const char *text, *why; } rows[] = {
		{"/subscriptions/0-1/resourceGroups/r_g.(1)-x/providers/Microsoft.Network/expressRouteCircuits/c_1.x-y", NULL},
		{"/SUBSCRIPTIONS/a/resourcegroups/r/PROVIDERS/microsoft.network/ExpressRouteCircuits/c", NULL},
		{"", "it must begin with /subscriptions/"},
		{"subscriptions/a", "it must begin with /subscriptions/"},
		{"/subscription/a", "it must begin with /subscriptions/"},
		{"/subscriptions", "the subscription id after /subscriptions/ is not valid"},
		{"/subscriptions//resourceGroups/r" NET "expressRouteCircuits/c", "the subscription id after /subscriptions/ is not valid"},
		{"/subscriptions/a?b/resourceGroups/r" NET "expressRouteCircuits/c", "the subscription id after /subscriptions/ is not valid"},
		{"/subscriptions/../resourceGroups/r" NET "expressRouteCircuits/c", "the subscription id after /subscriptions/ is not valid"},
		{"/subscriptions/a/resourceGroup/r" NET "expressRouteCircuits/c", "/resourceGroups/ must follow the subscription id"},
		{"/subscriptions/a/resourceGroups/.." NET "expressRouteCircuits/c", "the resource group's name is not valid"},
		{"/subscriptions/a/resourceGroups/r%2f" NET "expressRouteCircuits/c", "the resource group's name is not valid"},
		{"/subscriptions/a/resourceGroups/r/providers/Microsoft.Net/expressRouteCircuits/c", "the provider must be Microsoft.Network"},
		{"/subscriptions/a/resourceGroups/r" NET "virtualNetworkGateways/c", "it names a resource of another type"},
		{"/subscriptions/a/resourceGroups/r" NET "expressRouteCircuits", "the resource's name at its end is missing or not valid"},
		{"/subscriptions/a/resourceGroups/r" NET "expressRouteCircuits/", "the resource's name at its end is missing or not valid"},
		{"/subscriptions/a/resourceGroups/r" NET "expressRouteCircuits/c#", "the resource's name at its end is missing or not valid"},
		{"/subscriptions/a/resourceGroups/r" NET "expressRouteCircuits/c/", "something stands after the resource's name"},
		{"/subscriptions/a/resourceGroups/r" NET "expressRouteCircuits/c/peerings/p", "something stands after the resource's name"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = NULL;
		bool good = scalar_resource_id(rows[i].text, "expressRouteCircuits", &why);
		if (good != (rows[i].why == NULL) || (!good && strcmp(why, rows[i].why) != 0))
			fail_msg("'%s': %s", rows[i].text, why);
	}
}

static void test_edit_distance(void **state)
{
	(void)state;
	static const struct { const char *a, *b; size_t d; } rows[] = {
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "ABC", 0}, {"adress", "address", 1},
		{"nmae", "name", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1}, {"ca", "abc", 3},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(edit_distance(rows[i].a, rows[i].b), rows[i].d);
	char lengthy[SUGGEST_WORD_MAX + 2];
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_int_equal(edit_distance(lengthy, "a"), SUGGEST_WORD_MAX + 1);
	lengthy[SUGGEST_WORD_MAX] = '\0';
	assert_int_equal(edit_distance(lengthy, ""), SUGGEST_WORD_MAX);
}

static void test_suggestions(void **state)
{
	(void)state;
	static const struct { const char *word, *best; } rows[] = {
		{"chekc", "check"}, {"stat", "state"}, {"relpay", "replay"}, {"Check", "check"}, {"xyz", NULL}, {"", NULL},
		{"c", NULL}, {"configuration", NULL}, {"cfg", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct suggestion s = suggest_for(rows[i].word);
		suggest_offer(&s, "check");
		suggest_offer(&s, NULL);
		suggest_offer(&s, "state");
		suggest_offer(&s, "replay");
		suggest_offer(&s, "config");
		const char *best = suggest_best(&s);
		if ((best == NULL) != (rows[i].best == NULL) || (best && strcmp(best, rows[i].best) != 0))
			fail_msg("'%s': %s", rows[i].word, best ? best : "none");
	}
	/* In a short word one slip is allowed, two make another word. */
	struct suggestion one = suggest_for("shwo"), two = suggest_for("abow");
	suggest_offer(&one, "show");
	suggest_offer(&two, "show");
	assert_string_equal(suggest_best(&one), "show");
	assert_null(suggest_best(&two));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integer),     cmocka_unit_test(test_seconds), cmocka_unit_test(test_rates),       cmocka_unit_test(test_texts),
		cmocka_unit_test(test_host_port), cmocka_unit_test(test_listen),      cmocka_unit_test(test_url),           cmocka_unit_test(test_resource_id),
		cmocka_unit_test(test_edit_distance), cmocka_unit_test(test_suggestions),
	};
	return cmocka_run_group_tests_name("config_scalar", tests, NULL, NULL);
}
