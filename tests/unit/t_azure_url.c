/* SPDX-License-Identifier: BSD-2-Clause */
/* url: where a request with the token may go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probe/http/url.h"

static struct url_base base_of(const char *endpoint)
{
	struct url_base b;
	char err[256];
	if (!url_base_parse(endpoint, &b, err, sizeof(err)))
		fail_msg("%s: %s", endpoint, err);
	return b;
}

static void takes_endpoints(void **state)
{
	static const struct { const char *url; bool ok, tls, loopback; uint16_t port; const char *host; } cases[] = {
		{"https://management.azure.com", true, true, false, 443, "management.azure.com"},
		{"https://Management.Azure.COM:8443", true, true, false, 8443, "management.azure.com"},
		{"http://127.0.0.1:8079", true, false, true, 8079, "127.0.0.1"},
		{"http://127.8.9.1", true, false, true, 80, "127.8.9.1"},
		{"http://[::1]:99/arm/", true, false, true, 99, "[::1]"},
		{"http://localhost:80", true, false, true, 80, "localhost"},
		{"https://127.0.0.1:1", true, true, true, 1, "127.0.0.1"},
		{"http://management.azure.com", false, false, false, 0, ""},
		{"http://10.0.0.1", false, false, false, 0, ""},
		{"http://localhost.example.org", false, false, false, 0, ""},
		{"http://127.0.0.1.example.org", false, false, false, 0, ""},
		{"https://user@management.azure.com", false, false, false, 0, ""},
		{"https://user:pass@management.azure.com", false, false, false, 0, ""},
		{"https://", false, false, false, 0, ""}, {"", false, false, false, 0, ""},
		{"ftp://management.azure.com", false, false, false, 0, ""},
		{"https://a b", false, false, false, 0, ""}, {"https://a\\b", false, false, false, 0, ""},
		{"https://host:0", false, false, false, 0, ""}, {"https://host:65536", false, false, false, 0, ""},
		{"https://host:", false, false, false, 0, ""}, {"https://host:1x", false, false, false, 0, ""},
		{"https://host?x=1", false, false, false, 0, ""}, {"https://host#f", false, false, false, 0, ""},
		{"https://host.", false, false, false, 0, ""}, {"https://.host", false, false, false, 0, ""},
		{"https://[::1", false, false, false, 0, ""}, {"https://[]", false, false, false, 0, ""},
		{"https://h\xc3\xb6st", false, false, false, 0, ""}, {"https://host\n", false, false, false, 0, ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url_base b;
		char err[256] = "";
		bool ok = url_base_parse(cases[i].url, &b, err, sizeof(err));
		if (ok != cases[i].ok || (!ok && !err[0]))
			fail_msg("'%s': %d %s", cases[i].url, ok, err);
		if (ok && (b.tls != cases[i].tls || b.loopback != cases[i].loopback || b.port != cases[i].port ||
		           strcmp(b.host, cases[i].host) != 0))
			fail_msg("'%s': tls %d loopback %d port %d host %s", cases[i].url, b.tls, b.loopback, b.port, b.host);
	}
}

static void drops_the_last_slash(void **state)
{
	(void)state;
	assert_string_equal(base_of("https://management.azure.com/").text, "https://management.azure.com");
	assert_string_equal(base_of("http://[::1]:99/arm//").text, "http://[::1]:99/arm");
}

static void follows_own_host_or_below(void **state)
{
	static const char azure[] = "https://management.azure.com", lab[] = "http://127.0.0.1:8079";
	static const struct { const char *base, *url, *becomes; } cases[] = {
		{azure, "https://management.azure.com/x?a=b", "https://management.azure.com/x?a=b"},
		{azure, "HTTPS://MANAGEMENT.AZURE.COM/x", "HTTPS://MANAGEMENT.AZURE.COM/x"},
		{azure, "https://management.azure.com:443/x", "https://management.azure.com:443/x"},
		{azure, "https://eastus.management.azure.com/x", "https://eastus.management.azure.com/x"},
		{azure, "/subscriptions/s?api-version=1", "https://management.azure.com/subscriptions/s?api-version=1"},
		{azure, "http://management.azure.com/x", NULL},
		{azure, "https://management.azure.com:8443/x", NULL},
		{azure, "https://management.azure.com.evil.example/x", NULL},
		{azure, "https://evilmanagement.azure.com/x", NULL},
		{azure, "https://azure.com/x", NULL},
		{azure, "https://evil.example/management.azure.com", NULL},
		{azure, "https://management.azure.com@evil.example/x", NULL},
		{azure, "https://evil.example\\.management.azure.com/x", NULL},
		{azure, "https://evil.example#.management.azure.com", NULL},
		{azure, "https://.management.azure.com/x", NULL},
		{azure, "https://management.azure.com./x", NULL},
		{azure, "//evil.example/x", NULL}, {azure, "evil", NULL}, {azure, "", NULL},
		{azure, "https://management.azure.com/a b", NULL}, {azure, "https://management.azure.com/\r\nX: y", NULL},
		{azure, "file:///etc/passwd", NULL},
		{lab, "http://127.0.0.1:8079/r", "http://127.0.0.1:8079/r"}, {lab, "http://127.0.0.1:8080/r", NULL},
		{lab, "http://127.0.0.2:8079/r", NULL}, {lab, "http://x.127.0.0.1:8079/r", NULL},
		{lab, "https://127.0.0.1:8079/r", NULL}, {lab, "http://localhost:8079/r", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct url_base b = base_of(cases[i].base);
		char out[URL_MAX] = "";
		bool ok = url_follow(&b, cases[i].url, out);
		if (ok != (cases[i].becomes != NULL) || (ok && strcmp(out, cases[i].becomes) != 0))
			fail_msg("'%s': %s", cases[i].url, ok ? out : "refused");
	}
}

static void bounds_length(void **state)
{
	struct url_base b = base_of("https://management.azure.com");
	static char url[URL_MAX + 100];
	char out[URL_MAX];
	(void)state;
	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "https://management.azure.com/", 29);
	url[4096] = '\0'; /* what Azure asks clients to take */
	assert_true(url_follow(&b, url, out));
	url[4096] = 'a';
	assert_false(url_follow(&b, url, out));
	url[0] = '/';
	assert_false(url_follow(&b, url, out));
}

static void builds_resources(void **state)
{
	static const char id[] = "/subscriptions/s/resourceGroups/r g%/providers/Microsoft.Network/expressRouteCircuits/c(1)";
	struct url_base b = base_of("https://management.azure.com");
	char out[URL_MAX];
	(void)state;
	assert_true(url_resource(&b, id, "/stats", "2023-09-01", out));
	assert_string_equal(out, "https://management.azure.com/subscriptions/s/resourceGroups/r%20g%25/providers/"
	                         "Microsoft.Network/expressRouteCircuits/c(1)/stats?api-version=2023-09-01");
	assert_true(url_resource(&b, "/a?b#c\xc3\xa9", "", "1", out));
	assert_string_equal(out, "https://management.azure.com/a%3Fb%23c%C3%A9?api-version=1");
	assert_false(url_resource(&b, "/a/../b", "", "1", out));
	assert_false(url_resource(&b, "/a/.", "", "1", out));
	assert_true(url_resource(&b, "/a/..b", "", "1", out));
	assert_false(url_resource(&b, "a/b", "", "1", out));
	assert_false(url_resource(&b, "", "", "1", out));
	static char longest[URL_MAX];
	memset(longest, '%', sizeof(longest) - 1);
	longest[0] = '/';
	assert_false(url_resource(&b, longest, "", "1", out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_endpoints), cmocka_unit_test(drops_the_last_slash),
		cmocka_unit_test(follows_own_host_or_below), cmocka_unit_test(bounds_length),
		cmocka_unit_test(builds_resources),
	};
	return cmocka_run_group_tests_name("azure_url", tests, NULL, NULL);
}
