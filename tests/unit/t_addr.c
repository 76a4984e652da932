/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "erprobe/addr.h"

#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static struct ip_addr addr(const char *text)
{
	struct ip_addr a = ip_addr_none();

	assert_true(ip_addr_parse(text, &a));
	return a;
}

static struct ip_prefix prefix(const char *text)
{
	struct ip_prefix p = {.len = 0};

	assert_true(ip_prefix_parse(text, &p));
	return p;
}

/* Text in, canonical text out. */
static void canonical_text(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
	    {"0.0.0.0", "0.0.0.0"},
	    {"172.16.3.1", "172.16.3.1"},
	    {"255.255.255.255", "255.255.255.255"},
	    {"::", "::"},
	    {"::1", "::1"},
	    {"1::", "1::"},
	    {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
	    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* one zero group is not shortened */
	    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},          /* the longest run */
	    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},    /* the first of equal runs */
	    {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
	    {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
	    {"::ffff:10.1.2.3", "::ffff:10.1.2.3"},
	    {"::ffff:a01:203", "::ffff:10.1.2.3"},
	    {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
	    {"fe80::0001", "fe80::1"},
	    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char buf[IP_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ip_addr a = addr(rows[i].in);
		assert_string_equal(ip_addr_text(&a, buf), rows[i].out);
		struct ip_addr again = addr(rows[i].out);
		assert_true(ip_addr_equal(&a, &again));
	}
	struct ip_addr none = ip_addr_none();
	assert_string_equal(ip_addr_text(&none, buf), "-");
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const rows[] = {
	    "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", " 1.2.3.4", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1..3.4",
	    "1.2.3.", "1.2.3.4/32", "0x1.2.3.4", "1.2.3.99999999999999999999", ":", ":::", "1::2::3", "1:2:3:4:5:6:7",
	    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "12345::",
	    "::g", "fe80::1%eth0", "::1.2.3", "::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "1::2 ", "host", "[::1]",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ip_addr a = {.family = 99};
		if (ip_addr_parse(rows[i], &a))
			fail_msg("accepted \"%s\"", rows[i]);
		assert_int_equal(a.family, 99); /* left unset */
	}
	assert_false(ip_addr_parse(NULL, &(struct ip_addr){0}));
}

static void order_and_equality(void **state)
{
	static const char *const sorted[] = {"1.2.3.4", "1.2.3.5", "2.0.0.0", "::", "::1", "1::"};

	(void)state;
	for (size_t i = 0; i < COUNT(sorted); i++)
		for (size_t k = 0; k < COUNT(sorted); k++) {
			struct ip_addr a = addr(sorted[i]), b = addr(sorted[k]);
			assert_int_equal(ip_addr_compare(&a, &b), i < k ? -1 : i > k);
			assert_int_equal(ip_addr_equal(&a, &b), i == k);
		}
	struct ip_addr none = ip_addr_none(), other = ip_addr_none();
	other.bytes[3] = 7; /* no meaning without a family */
	assert_true(ip_addr_equal(&none, &other));
	assert_false(ip_addr_is_set(&none));
}

static void builds_from_bytes(void **state)
{
	static const uint8_t bytes[16] = {10, 1, 2, 3, 0xff};
	char buf[IP_TEXT_MAX];

	(void)state;
	struct ip_addr a = ip_addr_from(IP_V4, bytes);
	assert_string_equal(ip_addr_text(&a, buf), "10.1.2.3");
	assert_int_equal(a.bytes[4], 0);
	a = ip_addr_from(IP_V6, bytes);
	assert_string_equal(ip_addr_text(&a, buf), "a01:203:ff00::");
	a = ip_addr_from(7, bytes);
	assert_int_equal(a.family, IP_NONE);
	assert_int_equal(ip_addr_len(IP_V4), 4);
	assert_int_equal(ip_addr_len(IP_V6), 16);
	assert_int_equal(ip_addr_len(IP_NONE), 0);
	assert_int_equal(ip_family_index(IP_V4), FAM4);
	assert_int_equal(ip_family_index(IP_V6), FAM6);
	assert_int_equal(ip_family_index(IP_NONE), -1);
}

enum { LOOP = 1, MULTI = 2, UNSPEC = 4, LINK = 8, BROAD = 16, THIS = 32 };

static void classes(void **state)
{
	static const struct { const char *text; int is; } rows[] = {
	    {"127.0.0.1", LOOP},     {"127.255.0.9", LOOP}, {"126.0.0.1", 0},       {"224.0.0.1", MULTI}, {"239.1.2.3", MULTI},
	    {"240.0.0.1", 0},        {"0.0.0.0", UNSPEC | THIS}, {"0.0.0.1", THIS}, {"0.255.255.255", THIS}, {"1.0.0.0", 0},         {"169.254.1.1", LINK}, {"169.253.1.1", 0},
	    {"255.255.255.255", BROAD}, {"255.255.255.254", 0}, {"::1", LOOP},      {"::2", 0},           {"::", UNSPEC},
	    {"ff02::1", MULTI},      {"fe80::1", LINK},     {"febf::1", LINK},      {"fec0::1", 0},       {"7f00::1", 0},
	    {"2001:db8::", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ip_addr a = addr(rows[i].text);
		int is = (ip_addr_is_loopback(&a) ? LOOP : 0) | (ip_addr_is_multicast(&a) ? MULTI : 0) |
		         (ip_addr_is_unspecified(&a) ? UNSPEC : 0) | (ip_addr_is_link_local(&a) ? LINK : 0) |
		         (ip_addr_is_broadcast(&a) ? BROAD : 0) | (ip_addr_is_this_network(&a) ? THIS : 0);
		if (is != rows[i].is)
			fail_msg("%s: class %d, want %d", rows[i].text, is, rows[i].is);
	}
	struct ip_addr none = ip_addr_none();
	assert_false(ip_addr_is_unspecified(&none) || ip_addr_is_loopback(&none) || ip_addr_is_broadcast(&none));
}

static void prefix_text(void **state)
{
	static const struct { const char *in, *out; } good[] = {
	    {"10.0.0.0/8", "10.0.0.0/8"}, {"0.0.0.0/0", "0.0.0.0/0"},   {"10.1.2.3", "10.1.2.3/32"},
	    {"::/0", "::/0"},             {"2001:DB8::/32", "2001:db8::/32"}, {"fe80::1", "fe80::1/128"},
	    {"172.16.3.4/30", "172.16.3.4/30"},
	};
	static const char *const bad[] = {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/8 ", "/8",
	                                  "::1/127", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "172.16.3.1/30", "",
	                                  "0000000000000000000000000000000000000000000000000000000000::/8"};
	char buf[PREFIX_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct ip_prefix p = prefix(good[i].in);
		assert_string_equal(ip_prefix_text(&p, buf), good[i].out);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct ip_prefix p = {.len = 77};
		if (ip_prefix_parse(bad[i], &p))
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(p.len, 77);
	}
}

static void prefix_contains(void **state)
{
	static const struct { const char *prefix, *addr; bool in; } rows[] = {
	    {"10.0.0.0/8", "10.255.1.2", true},  {"10.0.0.0/8", "11.0.0.0", false}, {"100.64.0.0/10", "100.127.255.255", true},
	    {"100.64.0.0/10", "100.128.0.0", false}, {"0.0.0.0/0", "1.2.3.4", true}, {"0.0.0.0/0", "::1", false},
	    {"172.16.3.0/30", "172.16.3.3", true}, {"172.16.3.0/30", "172.16.3.4", false}, {"1.2.3.4/32", "1.2.3.4", true},
	    {"1.2.3.4/32", "1.2.3.5", false}, {"2001:db8::/33", "2001:db8:7fff::", true}, {"2001:db8::/33", "2001:db8:8000::", false},
	    {"::/0", "ffff::", true}, {"::1/128", "::1", true}, {"::1/128", "::3", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ip_prefix p = prefix(rows[i].prefix);
		struct ip_addr a = addr(rows[i].addr);
		if (ip_prefix_contains(&p, &a) != rows[i].in)
			fail_msg("%s in %s", rows[i].addr, rows[i].prefix);
	}
	struct ip_prefix any = prefix("0.0.0.0/0"), wrong = {.addr = addr("1.2.3.4"), .len = 200};
	struct ip_addr none = ip_addr_none(), a = addr("1.2.3.4");
	assert_false(ip_prefix_contains(&any, &none));
	assert_false(ip_prefix_contains(&wrong, &a)); /* a length from nowhere reads nothing */
}

static void prefix_nth(void **state)
{
	static const struct { const char *prefix; uint32_t n; const char *addr; } rows[] = {
	    {"172.16.3.0/30", 0, "172.16.3.0"}, {"172.16.3.0/30", 1, "172.16.3.1"}, {"172.16.3.0/30", 3, "172.16.3.3"},
	    {"172.16.3.0/30", 4, "-"},          {"10.0.0.0/8", 0xffffff, "10.255.255.255"}, {"10.0.0.0/8", 0x1000000, "-"},
	    {"0.0.0.0/0", UINT32_MAX, "255.255.255.255"}, {"255.255.255.252/30", 4, "-"}, {"2001:db8::/126", 2, "2001:db8::2"},
	    {"2001:db8::/126", 4, "-"},         {"::ff00/120", 0xff, "::ffff"}, {"1.2.3.4/32", 0, "1.2.3.4"},
	};
	char buf[IP_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ip_prefix p = prefix(rows[i].prefix);
		struct ip_addr a = ip_prefix_nth(&p, rows[i].n);
		assert_string_equal(ip_addr_text(&a, buf), rows[i].addr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(canonical_text), cmocka_unit_test(refuses_what_is_no_address),
	    cmocka_unit_test(order_and_equality), cmocka_unit_test(builds_from_bytes), cmocka_unit_test(classes),
	    cmocka_unit_test(prefix_text), cmocka_unit_test(prefix_contains), cmocka_unit_test(prefix_nth),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
