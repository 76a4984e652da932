/* SPDX-License-Identifier: BSD-2-Clause */
/* Every refusal of the helper's policy, each with the probe that just passes. */
#include "probe/packet/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct mono_ns T0 = {5 * NS_PER_SEC};

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	if (!ip_addr_parse(text, &a))
		fail_msg("bad address %s", text);
	return a;
}

static struct ip_prefix prefix(const char *text)
{
	struct ip_prefix p;

	if (!ip_prefix_parse(text, &p))
		fail_msg("bad prefix %s", text);
	return p;
}

static const char *const ALLOWED[] = {
	"192.0.2.0/26", "10.1.0.0/16", "192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32", "224.0.0.0/4", "255.255.255.255", "0.0.0.0/8",
	"0.0.0.0", "::", "ff00::/8", "fe80::/10", "::ffff:0:0/96",
};

static struct policy_own own(const char *a, const char *broadcast, const char *on_link, uint8_t slot)
{
	return (struct policy_own){addr(a), broadcast ? addr(broadcast) : ip_addr_none(), prefix(on_link), slot};
}

/* Slot 0: Ethernet with 192.0.2.0/24 and 2001:db8::/64. Slot 1: no link layer. */
static void make(struct policy *p, const char *const *allowed, size_t count, uint32_t rate)
{
	struct ip_prefix list[16];

	for (size_t i = 0; i < count; i++)
		list[i] = prefix(allowed[i]);
	assert_true(policy_init(p, list, count, rate));
	p->own = calloc(4, sizeof(*p->own));
	assert_non_null(p->own);
	p->own[0] = own("192.0.2.1", "192.0.2.255", "192.0.2.0/24", 0);
	p->own[1] = own("2001:db8::1", NULL, "2001:db8::/64", 0);
	p->own[2] = own("10.1.5.5", NULL, "10.1.5.6/32", 1);
	p->own[3] = own("127.0.0.1", NULL, "127.0.0.0/8", POLICY_NO_SLOT);
	p->own_count = 4;
	p->iface_count = 2;
	p->ethernet[0] = true;
	p->port_base = 40000;
	p->port_count = 8;
	p->via_count = 1;
}

static void make_usual(struct policy *p)
{
	make(p, ALLOWED, sizeof(ALLOWED) / sizeof(ALLOWED[0]), 0);
}

static struct probe_spec spec(uint8_t kind, const char *src, const char *dst)
{
	return (struct probe_spec){
		.id = 1, .kind = kind, .ttl = 64, .src = addr(src), .dst = addr(dst), .src_port = 40000,
		.dst_port = 443, .icmp_sum = 1,
	};
}

static enum send_result once(struct policy *p, struct probe_spec s)
{
	return policy_check(p, &s, T0);
}

/* --- 1 bounds -------------------------------------------------------------- */

struct bounds_row {
	const char *what;
	struct probe_spec change; /* fields that are not zero replace those of a good probe */
	int ttl, iface;           /* -1: as it is */
	enum send_result wanted;
};

static void bounds_table(void **state)
{
	static const struct bounds_row rows[] = {
		{"good", {0}, -1, -1, SEND_OK},
		{"the first kind that is none", {.kind = PROBE_KINDS}, -1, -1, SEND_REFUSED_BOUNDS},
		{"kind 255", {.kind = 255}, -1, -1, SEND_REFUSED_BOUNDS},
		{"ttl 0", {0}, 0, -1, SEND_REFUSED_BOUNDS},
		{"ttl 1", {0}, 1, -1, SEND_OK},
		{"ttl 255", {0}, 255, -1, SEND_OK},
		{"slot 1", {0}, -1, 1, SEND_OK},
		{"slot 2", {0}, -1, 2, SEND_REFUSED_BOUNDS},
		{"slot 255", {0}, -1, 255, SEND_REFUSED_BOUNDS},
		{"size 41", {.size = 41}, -1, -1, SEND_REFUSED_BOUNDS},
		{"size 42", {.size = 42}, -1, -1, SEND_OK},
		{"size 1500", {.size = 1500}, -1, -1, SEND_OK},
		{"size beyond all", {.size = PROBE_SIZE_MAX + 1}, -1, -1, SEND_REFUSED_BOUNDS},
		{"df 1", {.dont_fragment = 1}, -1, -1, SEND_OK},
		{"df 2", {.dont_fragment = 2}, -1, -1, SEND_REFUSED_BOUNDS},
		{"label", {.flow_label = 0xfffff}, -1, -1, SEND_OK},
		{"label of 21 bits", {.flow_label = 0x100000}, -1, -1, SEND_REFUSED_BOUNDS},
		{"sum 0xfffe", {.icmp_sum = 0xfffe}, -1, -1, SEND_OK},
		{"sum 0xffff", {.icmp_sum = 0xffff}, -1, -1, SEND_REFUSED_BOUNDS},
		{"SYN of 43", {.kind = PROBE_TCP_SYN, .size = 43}, -1, -1, SEND_REFUSED_BOUNDS},
		{"SYN of 44", {.kind = PROBE_TCP_SYN, .size = 44}, -1, -1, SEND_OK},
		{"UDP of 41", {.kind = PROBE_UDP, .size = 41}, -1, -1, SEND_REFUSED_BOUNDS},
		{"UDP of 42", {.kind = PROBE_UDP, .size = 42}, -1, -1, SEND_OK},
		{"UDP sum 0xffff", {.kind = PROBE_UDP, .icmp_sum = 0xffff}, -1, -1, SEND_OK},
		{"a next hop that was named", {.via = 1}, -1, -1, SEND_OK},
		{"one that was not", {.via = 2}, -1, -1, SEND_REFUSED_BOUNDS},
		{"SYN with ack", {.kind = PROBE_TCP_SYN, .ack = 1}, -1, -1, SEND_REFUSED_BOUNDS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct bounds_row *r = &rows[i];
		struct probe_spec s = spec(r->change.kind ? r->change.kind : PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.9");
		struct policy p;

		make_usual(&p);
		s.size = r->change.size;
		s.dont_fragment = r->change.dont_fragment;
		s.flow_label = r->change.flow_label;
		s.ack = r->change.ack;
		s.via = r->change.via;
		if (r->change.icmp_sum != 0)
			s.icmp_sum = r->change.icmp_sum;
		if (r->ttl >= 0)
			s.ttl = (uint8_t)r->ttl;
		if (r->iface >= 0)
			s.iface = (uint8_t)r->iface;
		if (once(&p, s) != r->wanted)
			fail_msg("%s", r->what);
		assert_int_equal(p.refused, r->wanted != SEND_OK);
		policy_free(&p);
	}
}

/* A mirror port shows what others say: nothing of ours goes there. */
static void nothing_leaves_by_a_mirror_port(void **state)
{
	struct policy p;
	struct probe_spec s;

	(void)state;
	make_usual(&p);
	s = spec(PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.7");
	assert_int_equal(once(&p, s), SEND_OK);
	p.mirror[s.iface] = true;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	policy_free(&p);
}

static void bounds_of_families(void **state)
{
	struct policy p;
	struct probe_spec s;

	(void)state;
	make_usual(&p);
	s = spec(PROBE_ICMP_ECHO, "2001:db8::1", "192.0.2.9");
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s.src.family = s.dst.family = 0;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s = spec(PROBE_ICMP_ECHO, "2001:db8::1", "2001:db8::9");
	s.size = 61;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s.size = 62;
	assert_int_equal(once(&p, s), SEND_OK);
	s = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9");
	s.dst_port = 0;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s.kind = PROBE_UDP;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s.dst_port = 33434;
	assert_int_equal(once(&p, s), SEND_OK);
	s.icmp_sum = 0; /* would say that there is no checksum */
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	s.kind = 0;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	policy_free(&p);
}

/* --- 2 target, 3 source ---------------------------------------------------- */

static void addresses_table(void **state)
{
	static const struct { uint8_t kind; const char *src, *dst; enum send_result wanted; } rows[] = {
		{PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.9", SEND_OK},
		{PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.200", SEND_OK}, /* in two prefixes */
		{PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.100", SEND_OK}, /* in the wider of two that begin alike */
		{PROBE_ICMP_ECHO, "192.0.2.1", "10.1.255.255", SEND_OK},
		{PROBE_ICMP_ECHO, "192.0.2.1", "10.2.0.0", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "10.0.255.255", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "192.0.3.0", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "8.8.8.8", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "2001:db8::1", "2001:db8:ffff::1", SEND_OK},
		{PROBE_ICMP_ECHO, "2001:db8::1", "2001:db9::", SEND_REFUSED_TARGET},
		/* allowed by the list, refused all the same */
		{PROBE_ICMP_ECHO, "192.0.2.1", "224.0.0.5", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "255.255.255.255", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "0.0.0.7", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "0.0.0.0", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.255", SEND_REFUSED_TARGET}, /* own broadcast */
		{PROBE_ICMP_ECHO, "2001:db8::1", "ff02::1", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "2001:db8::1", "::", SEND_REFUSED_TARGET},
		{PROBE_ICMP_ECHO, "2001:db8::1", "::ffff:10.1.1.1", SEND_REFUSED_TARGET},
		/* spoofed */
		{PROBE_ICMP_ECHO, "192.0.2.2", "192.0.2.9", SEND_REFUSED_SOURCE},
		{PROBE_ICMP_ECHO, "0.0.0.0", "192.0.2.9", SEND_REFUSED_SOURCE},
		{PROBE_ICMP_ECHO, "2001:db8::2", "2001:db8::9", SEND_REFUSED_SOURCE},
		{PROBE_TCP_SYN, "192.0.2.2", "192.0.2.9", SEND_REFUSED_SOURCE},
		{PROBE_NEIGHBOUR, "192.0.2.2", "192.0.2.9", SEND_REFUSED_SOURCE},
		{PROBE_ICMP_ECHO, "10.1.5.5", "192.0.2.9", SEND_OK}, /* another address of ours */
		/* neighbours must be on the link */
		{PROBE_NEIGHBOUR, "192.0.2.1", "192.0.2.9", SEND_OK},
		{PROBE_NEIGHBOUR, "192.0.2.1", "10.1.5.6", SEND_REFUSED_TARGET}, /* on another link */
		{PROBE_NEIGHBOUR, "192.0.2.1", "10.1.0.1", SEND_REFUSED_TARGET},
		{PROBE_NEIGHBOUR, "2001:db8::1", "2001:db8::9", SEND_OK},
		{PROBE_NEIGHBOUR, "2001:db8::1", "2001:db8:0:1::9", SEND_REFUSED_TARGET},
		{PROBE_NEIGHBOUR, "2001:db8::1", "fe80::1", SEND_OK},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p;
		enum send_result got;

		make_usual(&p);
		got = once(&p, spec(rows[i].kind, rows[i].src, rows[i].dst));
		if (got != rows[i].wanted)
			fail_msg("%u %s > %s: %d", rows[i].kind, rows[i].src, rows[i].dst, (int)got);
		policy_free(&p);
	}
}

static void loopback_needs_its_own_prefix(void **state)
{
	static const char *const all[] = {"0.0.0.0/0"}, *const both[] = {"0.0.0.0/0", "127.0.0.0/8"};
	static const char *const one[] = {"127.0.0.1"};
	struct policy p;

	(void)state;
	make(&p, all, 1, 0);
	assert_int_equal(once(&p, spec(PROBE_ICMP_ECHO, "127.0.0.1", "127.0.0.1")), SEND_REFUSED_TARGET);
	assert_int_equal(once(&p, spec(PROBE_ICMP_ECHO, "127.0.0.1", "8.8.8.8")), SEND_OK);
	policy_free(&p);
	make(&p, both, 2, 0);
	assert_int_equal(once(&p, spec(PROBE_ICMP_ECHO, "127.0.0.1", "127.0.0.1")), SEND_OK);
	policy_free(&p);
	make(&p, one, 1, 0);
	assert_int_equal(once(&p, spec(PROBE_ICMP_ECHO, "127.0.0.1", "127.0.0.1")), SEND_OK);
	assert_int_equal(once(&p, spec(PROBE_ICMP_ECHO, "127.0.0.1", "127.0.0.2")), SEND_REFUSED_TARGET);
	policy_free(&p);
}

static void neighbours_need_a_link_layer(void **state)
{
	struct policy p;
	struct probe_spec s = spec(PROBE_NEIGHBOUR, "10.1.5.5", "10.1.5.6");

	(void)state;
	make_usual(&p);
	s.iface = 1;
	assert_int_equal(once(&p, s), SEND_REFUSED_BOUNDS);
	p.ethernet[1] = true;
	assert_int_equal(once(&p, s), SEND_OK);
	s.ttl = 0; /* means nothing here */
	assert_int_equal(once(&p, s), SEND_OK);
	policy_free(&p);
}

/* --- the allow list against a plain scan ----------------------------------- */

static void allow_list_equals_a_scan(void **state)
{
	enum { PREFIXES = 400 };
	static struct ip_prefix list[PREFIXES];
	struct allow a;
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < PREFIXES; i++) {
		struct ip_addr base;
		unsigned len = 9 + (unsigned)i % 24;

		x = x * 1664525u + 1013904223u;
		base = ip_addr_from(IP_V4, (const uint8_t[]){10, (uint8_t)(x >> 28), (uint8_t)(x >> 20), (uint8_t)(x >> 12)});
		for (unsigned bit = len; bit < 32; bit++)
			base.bytes[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
		list[i] = (struct ip_prefix){base, (uint8_t)len};
	}
	assert_true(allow_build(&a, list, PREFIXES));
	for (size_t i = 0; i < 20000; i++) {
		struct ip_addr one;
		bool wanted = false;

		x = x * 1664525u + 1013904223u;
		one = ip_addr_from(IP_V4, (const uint8_t[]){10, (uint8_t)(x >> 27), (uint8_t)(x >> 19), (uint8_t)(x >> 11)});
		for (size_t k = 0; k < PREFIXES && !wanted; k++)
			wanted = ip_prefix_contains(&list[k], &one);
		assert_int_equal(allow_has(&a, &one), wanted);
	}
	allow_free(&a);
	assert_true(allow_build(&a, NULL, 0));
	assert_false(allow_has(&a, &list[0].addr));
	allow_free(&a);
	/* As far apart as they can be. */
	list[0] = (struct ip_prefix){ip_addr_from(IP_V4, (const uint8_t[]){0, 0, 0, 1}), 32};
	list[1] = (struct ip_prefix){ip_addr_from(IP_V4, (const uint8_t[]){255, 255, 255, 254}), 32};
	const struct ip_addr between = ip_addr_from(IP_V4, (const uint8_t[]){128, 0, 0, 1}), above = ip_addr_from(IP_V4, (const uint8_t[]){255, 255, 255, 255});
	assert_true(allow_build(&a, list, 2));
	assert_true(allow_has(&a, &list[0].addr) && allow_has(&a, &list[1].addr));
	assert_false(allow_has(&a, &between) || allow_has(&a, &above));
	allow_free(&a);
}

/* Single addresses close together, each beside one that is not allowed, and wider prefixes between them. */
static void allowed_hosts_equal_a_scan(void **state)
{
	enum { HOSTS = 300, SPANS = 8, ALL = HOSTS + SPANS + 1, AROUND = 1024 };
	static struct ip_prefix list[ALL];
	struct allow a;
	uint32_t x = 7;

	(void)state;
	for (size_t i = 0; i < ALL; i++) {
		x = x * 1664525u + 1013904223u;
		uint8_t len = i < HOSTS ? 32 : 29, mask = (uint8_t)(len == 32 ? 0xff : 0xf8);
		list[i] = (struct ip_prefix){ip_addr_from(IP_V4, (const uint8_t[]){10, 0, (uint8_t)(x >> 30), (uint8_t)(x >> 22 & mask)}), len};
	}
	list[ALL - 1] = (struct ip_prefix){ip_addr_from(IP_V4, (const uint8_t[4]){0}), 32};
	assert_true(allow_build(&a, list, ALL));
	for (unsigned i = 0; i < AROUND; i++) {
		struct ip_addr one = ip_addr_from(IP_V4, (const uint8_t[]){10, 0, (uint8_t)(i >> 8), (uint8_t)i});
		bool wanted = false;
		for (size_t k = 0; k < ALL && !wanted; k++)
			wanted = ip_prefix_contains(&list[k], &one);
		allow_expect(&a, &one);
		assert_int_equal(allow_has(&a, &one), wanted);
	}
	const struct ip_addr nought = list[ALL - 1].addr, next = ip_addr_from(IP_V4, (const uint8_t[]){0, 0, 0, 1});
	assert_true(allow_has(&a, &nought));
	assert_false(allow_has(&a, &next));
	allow_free(&a);
}

/* --- 4 port, 5 session ----------------------------------------------------- */

static void ports_are_the_reserved_ones(void **state)
{
	static const struct { uint16_t port; enum send_result wanted; } rows[] = {
		{39999, SEND_REFUSED_PORT}, {40000, SEND_OK}, {40007, SEND_OK}, {40008, SEND_REFUSED_PORT},
		{179, SEND_REFUSED_PORT}, {0, SEND_REFUSED_PORT}, {65535, SEND_REFUSED_PORT},
	};
	struct policy p;
	struct probe_spec s = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9");

	(void)state;
	make_usual(&p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s.src_port = rows[i].port;
		s.kind = PROBE_TCP_SYN;
		assert_int_equal(once(&p, s), rows[i].wanted);
		s.kind = PROBE_UDP;
		assert_int_equal(once(&p, s), rows[i].wanted);
	}
	p.port_base = 170; /* never from the speaker's port, whoever reserved it */
	p.port_count = 20;
	s.src_port = 179;
	assert_int_equal(once(&p, s), SEND_REFUSED_PORT);
	s.src_port = 178;
	assert_int_equal(once(&p, s), SEND_OK);
	p.port_count = 0;
	assert_int_equal(once(&p, s), SEND_REFUSED_PORT);
	policy_free(&p);
}

static void reset_needs_a_syn_of_ours(void **state)
{
	struct policy p;
	struct probe_spec syn = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9"), rst = syn, other;

	(void)state;
	make_usual(&p);
	rst.kind = PROBE_TCP_RST;
	assert_int_equal(once(&p, rst), SEND_REFUSED_SESSION);
	assert_int_equal(once(&p, syn), SEND_OK);
	assert_int_equal(once(&p, rst), SEND_REFUSED_SESSION); /* passed, but did not leave */
	policy_sent(&p, &syn);
	assert_int_equal(once(&p, rst), SEND_OK);
	other = rst, other.src_port++;
	assert_int_equal(once(&p, other), SEND_REFUSED_SESSION);
	other = rst, other.dst_port++;
	assert_int_equal(once(&p, other), SEND_REFUSED_SESSION);
	other = rst, other.src = addr("10.1.5.5");
	assert_int_equal(once(&p, other), SEND_REFUSED_SESSION);
	other = rst, other.dst = addr("192.0.2.10");
	assert_int_equal(once(&p, other), SEND_REFUSED_SESSION);
	policy_sent(&p, &other); /* a RST opens nothing */
	assert_int_equal(once(&p, other), SEND_REFUSED_SESSION);
	policy_free(&p);
}

/* Whatever bucket it falls into, only the very tuple is known. */
static void half_open_means_all_four(void **state)
{
	struct probe_spec syn = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9"), s;
	struct halfopen *h = halfopen_new();

	(void)state;
	assert_non_null(h);
	halfopen_add(h, &syn);
	for (unsigned i = 1; i < 65536; i++) {
		s = syn, s.src_port = (uint16_t)(s.src_port + i);
		assert_false(halfopen_has(h, &s));
		s = syn, s.dst_port = (uint16_t)(s.dst_port + i);
		assert_false(halfopen_has(h, &s));
		s = syn, s.src.bytes[0] ^= (uint8_t)(i >> 8), s.src.bytes[3] ^= (uint8_t)i;
		assert_false(halfopen_has(h, &s));
		s = syn, s.dst.bytes[0] ^= (uint8_t)(i >> 8), s.dst.bytes[3] ^= (uint8_t)i;
		assert_false(halfopen_has(h, &s));
	}
	assert_true(halfopen_has(h, &syn));
	halfopen_free(h);
}

static void half_open_memory_is_bounded_and_recent(void **state)
{
	struct halfopen *h = halfopen_new();
	struct probe_spec s = spec(PROBE_TCP_SYN, "192.0.2.1", "10.1.0.0");
	unsigned known = 0;

	(void)state;
	assert_non_null(h);
	for (unsigned i = 0; i < 60000; i++) {
		s.dst.bytes[2] = (uint8_t)(i >> 8);
		s.dst.bytes[3] = (uint8_t)i;
		halfopen_add(h, &s);
		assert_true(halfopen_has(h, &s));
	}
	for (unsigned i = 60000 - 4096; i < 60000; i++) {
		s.dst.bytes[2] = (uint8_t)(i >> 8);
		s.dst.bytes[3] = (uint8_t)i;
		known += halfopen_has(h, &s);
	}
	assert_in_range(known, 4000, 4096);
	s.dst.bytes[2] = s.dst.bytes[3] = 0;
	assert_false(halfopen_has(h, &s)); /* the first is long forgotten */
	halfopen_free(h);
}

/* --- 6 rate ---------------------------------------------------------------- */

static unsigned passes(struct policy *p, struct probe_spec s, unsigned tries, int64_t at_ns)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tries; i++) {
		enum send_result r = policy_check(p, &s, mono_add(T0, at_ns));

		assert_true(r == SEND_OK || r == SEND_REFUSED_RATE);
		n += r == SEND_OK;
	}
	return n;
}

static void rate_of_all(void **state)
{
	static const struct { uint32_t rate; unsigned burst; } rows[] = {
		{1, 10}, {99, 10}, {200, 20}, {10000, 1000}, {1000000, 1000},
	};
	struct probe_spec s = spec(PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.9");
	struct policy p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(&p, ALLOWED, 5, rows[i].rate);
		assert_int_equal(passes(&p, s, 3000, 0), rows[i].burst);
		assert_int_equal(passes(&p, s, 1, NS_PER_SEC / rows[i].rate - 1), 0);
		assert_int_equal(passes(&p, s, 2, NS_PER_SEC / rows[i].rate), 1);
		/* after a long rest the bucket is full, not fuller */
		assert_int_equal(passes(&p, s, 3000, 3600 * NS_PER_SEC), rows[i].burst);
		policy_free(&p);
	}
	make(&p, ALLOWED, 5, 0);
	assert_int_equal(passes(&p, s, 100000, 0), 100000);
	policy_free(&p);
}

static void refusals_cost_nothing(void **state)
{
	struct probe_spec good = spec(PROBE_ICMP_ECHO, "192.0.2.1", "192.0.2.9"), bad = good;
	struct policy p;

	(void)state;
	make(&p, ALLOWED, 5, 200);
	bad.src = addr("192.0.2.2");
	for (int i = 0; i < 100; i++)
		assert_int_equal(once(&p, bad), SEND_REFUSED_SOURCE);
	assert_int_equal(passes(&p, good, 100, 0), 20);
	policy_free(&p);
}

static void one_syn_a_second_to_bgp(void **state)
{
	struct probe_spec a = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9"), b = a, web = a;
	struct policy p;

	(void)state;
	make_usual(&p);
	a.dst_port = b.dst_port = 179;
	b.dst = addr("192.0.2.10");
	assert_int_equal(passes(&p, a, 5, 0), 1);
	assert_int_equal(passes(&p, b, 5, 0), 1); /* a limit of its own */
	assert_int_equal(passes(&p, web, 50, 0), 50);
	assert_int_equal(passes(&p, a, 5, NS_PER_SEC - 1), 0);
	assert_int_equal(passes(&p, a, 5, NS_PER_SEC), 1);
	a.src_port++; /* another source port is no way round it */
	assert_int_equal(passes(&p, a, 5, NS_PER_SEC), 0);
	assert_int_equal(passes(&p, a, 5, 60 * NS_PER_SEC), 1);
	policy_free(&p);
}

/* A busy machine brings a SYN here late, when another run's turn is near. */
static void nothing_leaves_after_its_turn(void **state)
{
	struct probe_spec s = spec(PROBE_TCP_SYN, "192.0.2.1", "192.0.2.9");
	struct policy p;

	(void)state;
	make_usual(&p);
	s.dst_port = 179;
	s.not_after = mono_add(T0, 50 * NS_PER_MS);
	assert_int_equal(passes(&p, s, 1, 50 * NS_PER_MS + 1), 0);
	assert_int_equal(passes(&p, s, 1, 50 * NS_PER_MS), 1); /* what was refused has cost nothing */
	policy_free(&p);
}

static void bgp_limits_hold_beyond_their_table(void **state)
{
	struct probe_spec s = spec(PROBE_TCP_SYN, "192.0.2.1", "10.1.0.0");
	struct policy p;
	unsigned passed = 0;

	(void)state;
	make_usual(&p);
	s.dst_port = 179;
	for (int i = 0; i < 1000; i++) {
		s.dst.bytes[2] = (uint8_t)(i >> 8);
		s.dst.bytes[3] = (uint8_t)i;
		passed += policy_check(&p, &s, T0) == SEND_OK;
	}
	assert_int_equal(passed, POLICY_BGP_MAX);
	assert_int_equal(passes(&p, s, 3, 2 * NS_PER_SEC), 1); /* places free up again */
	policy_free(&p);
}

static void five_neighbour_requests_a_second(void **state)
{
	struct probe_spec s = spec(PROBE_NEIGHBOUR, "192.0.2.1", "192.0.2.9");
	struct policy p;

	(void)state;
	make_usual(&p);
	assert_int_equal(passes(&p, s, 20, 0), 5);
	s.dst = addr("192.0.2.10"); /* together, not each */
	assert_int_equal(passes(&p, s, 20, 0), 0);
	assert_int_equal(passes(&p, s, 20, 200 * NS_PER_MS), 1);
	policy_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_table),
		cmocka_unit_test(nothing_leaves_by_a_mirror_port),
		cmocka_unit_test(bounds_of_families),
		cmocka_unit_test(addresses_table),
		cmocka_unit_test(loopback_needs_its_own_prefix),
		cmocka_unit_test(neighbours_need_a_link_layer),
		cmocka_unit_test(allow_list_equals_a_scan), cmocka_unit_test(allowed_hosts_equal_a_scan),
		cmocka_unit_test(ports_are_the_reserved_ones),
		cmocka_unit_test(reset_needs_a_syn_of_ours),
		cmocka_unit_test(half_open_means_all_four),
		cmocka_unit_test(half_open_memory_is_bounded_and_recent),
		cmocka_unit_test(rate_of_all),
		cmocka_unit_test(refusals_cost_nothing),
		cmocka_unit_test(one_syn_a_second_to_bgp),
		cmocka_unit_test(nothing_leaves_after_its_turn),
		cmocka_unit_test(bgp_limits_hold_beyond_their_table),
		cmocka_unit_test(five_neighbour_requests_a_second),
	};

	return cmocka_run_group_tests_name("packet_policy", tests, NULL, NULL);
}
