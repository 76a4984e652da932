/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes that leave: every field of every kind of probe, read back by code of
 * the test's own that shares nothing with the builder. */
#include "probe/packet/craft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const uint8_t MAC[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};

struct made {
	uint8_t bytes[CRAFT_BYTES_MAX];
	size_t len;
};

static unsigned u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)u16(p) << 16 | u16(p + 2);
}

/* One's complement sum, written the slow way of RFC 1071's text: wrap at once. */
static unsigned add_words(unsigned sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? (unsigned)p[i] << 8 : p[i];
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

static struct made build(const struct probe_spec *s)
{
	struct made m;
	char err[200];
	struct craft *c = craft_new(err, sizeof(err));

	assert_non_null(c);
	memset(m.bytes, 0xee, sizeof(m.bytes));
	m.len = craft_build(c, s, MAC, m.bytes);
	craft_free(c);
	return m;
}

/* Checks the IPv4 or IPv6 header and the transport checksum; returns the transport. */
static const uint8_t *check_ip(const struct probe_spec *s, const uint8_t *p, size_t len, unsigned protocol,
                               unsigned ttl, const struct ip_addr *dst)
{
	unsigned sum = 0;
	size_t head = s->src.family == IP_V4 ? 20 : 40;

	assert_true(len >= head);
	if (s->src.family == IP_V4) {
		assert_int_equal(p[0], 0x45);
		assert_int_equal(p[1], s->tos);
		assert_int_equal(u16(p + 2), len);
		assert_int_equal(u16(p + 4), s->ip_id);
		assert_int_equal(u16(p + 6), s->dont_fragment ? 0x4000 : 0);
		assert_int_equal(p[8], ttl);
		assert_int_equal(p[9], protocol);
		assert_int_equal(add_words(0, p, 20), 0xffff);
		assert_memory_equal(p + 12, s->src.bytes, 4);
		assert_memory_equal(p + 16, dst->bytes, 4);
		if (protocol != 1)
			sum = add_words(0, p + 12, 8);
	} else {
		assert_int_equal(p[0] >> 4, 6);
		assert_int_equal((p[0] & 15) << 4 | p[1] >> 4, s->tos);
		assert_int_equal(u32(p) & 0xfffff, s->flow_label);
		assert_int_equal(u16(p + 4), len - 40);
		assert_int_equal(p[6], protocol);
		assert_int_equal(p[7], ttl);
		assert_memory_equal(p + 8, s->src.bytes, 16);
		assert_memory_equal(p + 24, dst->bytes, 16);
		sum = add_words(0, p + 8, 32);
	}
	if (protocol != 1) {
		const uint8_t rest[4] = {0, (uint8_t)protocol, (uint8_t)((len - head) >> 8), (uint8_t)(len - head)};
		sum = add_words(sum, rest, 4);
	}
	assert_int_equal(add_words(sum, p + head, len - head), 0xffff);
	return p + head;
}

static struct probe_spec spec(uint8_t kind, const char *src, const char *dst, uint16_t size)
{
	struct probe_spec s = {
		.id = 0x01020304, .kind = kind, .ttl = 7, .tos = 0xb9, .dont_fragment = 1,
		.src_port = 0x8123, .dst_port = 443, .ip_id = 0xabcd, .icmp_sum = 0x1234,
		.seq = 0xdeadbeef, .ack = 0, .flow_label = 0xf1234, .size = size,
		.token = UINT64_C(0x1122334455667788),
	};

	s.src = addr(src);
	s.dst = addr(dst);
	return s;
}

static const char *const V4[2] = {"192.0.2.1", "198.51.100.77"};
static const char *const V6[2] = {"2001:db8::1", "2001:db8:1:2::abcd:ef01"};

static void check_echo(const struct probe_spec *s, unsigned wanted_len)
{
	bool v6 = s->src.family == IP_V6;
	struct made m = build(s);
	const uint8_t *icmp;

	assert_int_equal(m.len, wanted_len);
	icmp = check_ip(s, m.bytes, m.len, v6 ? 58 : 1, s->ttl, &s->dst);
	assert_int_equal(icmp[0], v6 ? 128 : 8);
	assert_int_equal(icmp[1], 0);
	assert_int_equal(u16(icmp + 2), s->icmp_sum);
	assert_int_equal(u16(icmp + 4), s->src_port);
	assert_int_equal(u16(icmp + 6), s->dst_port);
	assert_int_equal(u32(icmp + 8), s->token >> 32);
	assert_int_equal(u32(icmp + 12), s->token & 0xffffffff);
	assert_int_equal(u32(icmp + 16), s->id);
	for (const uint8_t *p = icmp + 22; p < m.bytes + m.len; p++)
		assert_int_equal(*p, 0);
	assert_int_equal(m.len == CRAFT_BYTES_MAX ? 0xee : m.bytes[m.len], 0xee);
}

static void echo_fields(void **state)
{
	static const struct { uint16_t asked, v4, v6; } sizes[] = {
		{0, 42, 62}, {64, 64, 64}, {65, 65, 65}, {100, 100, 100}, {1499, 1499, 1499}, {1500, 1500, 1500},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct probe_spec a = spec(PROBE_ICMP_ECHO, V4[0], V4[1], sizes[i].asked);
		struct probe_spec b = spec(PROBE_ICMP_ECHO, V6[0], V6[1], sizes[i].asked);

		check_echo(&a, sizes[i].v4);
		check_echo(&b, sizes[i].v6);
	}
}

/* The flow's checksum holds whatever else changes from probe to probe. */
static void echo_checksum_is_the_flows(void **state)
{
	static const uint16_t sums[] = {0x0000, 0x0001, 0x1234, 0x7fff, 0x8000, 0xf7ff, 0xfffe};

	(void)state;
	for (unsigned i = 0; i < 7 * 300; i++) {
		struct probe_spec s = spec(PROBE_ICMP_ECHO, i % 2 ? V4[0] : V6[0], i % 2 ? V4[1] : V6[1], 0);

		s.icmp_sum = sums[i % 7];
		s.dst_port = (uint16_t)(i * 31);
		s.id = i * 2654435761u;
		s.token = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
		s.dont_fragment = i % 3 == 0;
		check_echo(&s, i % 2 ? 42 : 62);
	}
}

static void compensation_table(void **state)
{
	static const struct { uint32_t partial; uint16_t wanted, x; } rows[] = {
		{0x0800, 0xf7ff, 0xffff},  /* already there: one's complement zero */
		{0x0800, 0xf7fe, 0x0001},
		{0x0001, 0x0000, 0xfffe},
		{0x1fffe, 0x1234, 0xedcb}, /* a partial sum that still has to be folded */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(craft_compensation(rows[i].partial, rows[i].wanted), rows[i].x);
}

static void check_tcp(const struct probe_spec *s, unsigned wanted_len, unsigned flags, unsigned mss)
{
	struct made m = build(s);
	const uint8_t *tcp = check_ip(s, m.bytes, m.len, 6, s->ttl, &s->dst);
	unsigned head = mss != 0 ? 24 : 20;

	assert_int_equal(m.len, wanted_len);
	assert_int_equal(u16(tcp), s->src_port);
	assert_int_equal(u16(tcp + 2), s->dst_port);
	assert_int_equal(u32(tcp + 4), s->seq);
	assert_int_equal(u32(tcp + 8), s->ack);
	assert_int_equal(tcp[12], head / 4 << 4);
	assert_int_equal(tcp[13], flags);
	assert_int_equal(u16(tcp + 14), mss != 0 ? 64240 : 0);
	assert_int_equal(u16(tcp + 18), 0);
	if (mss != 0) {
		assert_int_equal(u16(tcp + 20), 0x0204);
		assert_int_equal(u16(tcp + 22), mss);
	}
	for (const uint8_t *p = tcp + head; p < m.bytes + m.len; p++)
		assert_int_equal(*p, 0);
}

static void tcp_fields(void **state)
{
	struct probe_spec s;

	(void)state;
	s = spec(PROBE_TCP_SYN, V4[0], V4[1], 0);
	check_tcp(&s, 44, 0x02, 1460);
	s = spec(PROBE_TCP_SYN, V6[0], V6[1], 0);
	check_tcp(&s, 64, 0x02, 1440);
	s = spec(PROBE_TCP_SYN, V4[0], V4[1], 1001);
	check_tcp(&s, 1001, 0x02, 1460);
	s = spec(PROBE_TCP_SYN, V6[0], V6[1], 1500);
	check_tcp(&s, 1500, 0x02, 1440);
	s = spec(PROBE_TCP_RST, V4[0], V4[1], 0);
	check_tcp(&s, 40, 0x04, 0);
	s.ack = 0x99887766;
	check_tcp(&s, 40, 0x14, 0);
	s = spec(PROBE_TCP_RST, V6[0], V6[1], 0);
	s.ack = 1;
	s.tos = 0;
	s.flow_label = 0;
	check_tcp(&s, 60, 0x14, 0);
}

/* Like echo, with the checksum over addresses and length too; a sum that comes out as
 * zero is sent as 0xffff (RFC 768). */
static void udp_fields(void **state)
{
	static const uint16_t sums[] = {0x0001, 0x1234, 0x8000, 0xfffe, 0xffff};

	(void)state;
	for (unsigned i = 0; i < 5 * 200; i++) {
		bool v6 = i % 2 != 0;
		uint16_t size = (uint16_t)(i % 3 == 0 ? 0 : 62 + i);
		struct probe_spec s = spec(PROBE_UDP, v6 ? V6[0] : V4[0], v6 ? V6[1] : V4[1], size);
		struct made m;
		const uint8_t *udp;

		s.icmp_sum = sums[i % 5];
		s.token = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
		m = build(&s);
		assert_int_equal(m.len, size != 0 ? size : v6 ? 62 : 42);
		udp = check_ip(&s, m.bytes, m.len, 17, s.ttl, &s.dst);
		assert_int_equal(u16(udp), s.src_port);
		assert_int_equal(u16(udp + 2), s.dst_port);
		assert_int_equal(u16(udp + 4), m.len - (v6 ? 40 : 20));
		assert_int_equal(u16(udp + 6), s.icmp_sum);
		assert_int_equal(u32(udp + 8), s.token >> 32);
		assert_int_equal(u32(udp + 12), s.token & 0xffffffff);
		assert_int_equal(u32(udp + 16), s.id);
		for (const uint8_t *p = udp + 22; p < m.bytes + m.len; p++)
			assert_int_equal(*p, 0);
	}
}

static void arp_fields(void **state)
{
	static const uint8_t head[22] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02, 0x11, 0x22, 0x33, 0x44,
	                                 0x55, 0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1};
	static const uint8_t zeros[6] = {0};
	struct probe_spec s = spec(PROBE_NEIGHBOUR, V4[0], "192.0.2.9", 0);
	struct made m = build(&s);

	(void)state;
	assert_int_equal(m.len, 42);
	assert_memory_equal(m.bytes, head, sizeof(head));
	assert_memory_equal(m.bytes + 22, MAC, 6);
	assert_memory_equal(m.bytes + 28, s.src.bytes, 4);
	assert_memory_equal(m.bytes + 32, zeros, 6);
	assert_memory_equal(m.bytes + 38, s.dst.bytes, 4);
}

static void solicitation_fields(void **state)
{
	static const uint8_t ether[14] = {0x33, 0x33, 0xff, 0xcd, 0xef, 0x01, 0x02, 0x11, 0x22, 0x33, 0x44, 0x55, 0x86, 0xdd};
	struct probe_spec s = spec(PROBE_NEIGHBOUR, V6[0], V6[1], 0);
	struct probe_spec plain = s;
	struct ip_addr group = addr("ff02::1:ffcd:ef01");
	struct made m = build(&s);
	const uint8_t *nd;

	(void)state;
	plain.tos = 0;
	plain.flow_label = 0;
	assert_int_equal(m.len, 86);
	assert_memory_equal(m.bytes, ether, sizeof(ether));
	nd = check_ip(&plain, m.bytes + 14, m.len - 14, 58, 255, &group);
	assert_int_equal(nd[0], 135);
	assert_int_equal(nd[1], 0);
	assert_int_equal(u32(nd + 4), 0);
	assert_memory_equal(nd + 8, s.dst.bytes, 16);
	assert_int_equal(nd[24], 1);
	assert_int_equal(nd[25], 1);
	assert_memory_equal(nd + 26, MAC, 6);
}

/* One builder makes many packets: nothing of one may show in the next. */
static void builder_is_reusable(void **state)
{
	struct probe_spec s[5] = {
		spec(PROBE_ICMP_ECHO, V4[0], V4[1], 900), spec(PROBE_TCP_SYN, V4[0], V4[1], 800),
		spec(PROBE_TCP_SYN, V6[0], V6[1], 0),
		spec(PROBE_NEIGHBOUR, V6[0], V6[1], 0), spec(PROBE_ICMP_ECHO, V4[0], V4[1], 0),
	};
	char err[200];
	struct craft *c = craft_new(err, sizeof(err));
	uint8_t out[CRAFT_BYTES_MAX];

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < 40; i++) {
		struct made alone = build(&s[i % 5]);
		size_t len = craft_build(c, &s[i % 5], MAC, out);

		assert_int_equal(len, alone.len);
		assert_memory_equal(out, alone.bytes, len);
	}
	craft_free(c);
}

static void nonsense_builds_nothing(void **state)
{
	struct probe_spec ok = spec(PROBE_ICMP_ECHO, V4[0], V4[1], 0), s;

	(void)state;
	for (unsigned kind = 0; kind < 256; kind++) {
		s = ok;
		s.kind = (uint8_t)kind;
		assert_int_equal(build(&s).len > 0, kind >= PROBE_ICMP_ECHO && kind < PROBE_KINDS);
	}
	s = ok, s.size = 41;
	assert_int_equal(build(&s).len, 0);
	s = ok, s.size = PROBE_SIZE_MAX + 1;
	assert_int_equal(build(&s).len, 0);
	s = ok, s.size = UINT16_MAX;
	assert_int_equal(build(&s).len, 0);
	s = ok, s.src.family = IP_V6;
	assert_int_equal(build(&s).len, 0);
	s = ok, s.src.family = s.dst.family = 9;
	assert_int_equal(build(&s).len, 0);
}

/* -- templates -- */

static uint64_t chance(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 24;
}

static struct probe_spec any_probe(uint64_t *r)
{
	static const uint8_t kinds[] = {PROBE_ICMP_ECHO, PROBE_TCP_SYN, PROBE_TCP_RST, PROBE_UDP};
	struct probe_spec s;
	uint8_t family = chance(r) % 2 == 0 ? IP_V4 : IP_V6, bytes[32];

	memset(&s, 0, sizeof s);
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = chance(r) % 8 == 0 ? (uint8_t)(chance(r) % 2 * 255) : (uint8_t)chance(r);
	s.kind = kinds[chance(r) % 4];
	s.src = ip_addr_from(family, bytes);
	s.dst = ip_addr_from(family, bytes + 16);
	s.id = (uint32_t)chance(r);
	s.ttl = (uint8_t)(1 + chance(r) % 255);
	s.tos = chance(r) % 4 == 0 ? 0xb8 : 0;
	s.dont_fragment = chance(r) % 4 != 0;
	s.src_port = (uint16_t)chance(r);
	s.dst_port = (uint16_t)(1 + chance(r) % 65535);
	s.ip_id = (uint16_t)(1 + chance(r) % 65535);
	s.icmp_sum = (uint16_t)(1 + chance(r) % 65534);
	s.seq = (uint32_t)chance(r);
	s.ack = s.kind == PROBE_TCP_RST && chance(r) % 2 == 0 ? (uint32_t)chance(r) : 0;
	s.flow_label = (uint32_t)(chance(r) % 0x100000);
	s.token = chance(r) << 32 ^ chance(r);
	if (chance(r) % 4 == 0)
		s.size = (uint16_t)(probe_size_min(s.kind, family) + chance(r) % 3);
	return s;
}

/* Patched or built by libnet: byte for byte the same, for every field at once. */
static void a_patched_packet_is_libnets(void **state)
{
	uint64_t r = 7;
	char err[200];
	struct craft *c = craft_new(err, sizeof err), *plain = craft_new(err, sizeof err);

	(void)state;
	assert_true(c && plain);
	for (int i = 0; i < 200000; i++) {
		uint8_t a[CRAFT_BYTES_MAX], b[CRAFT_BYTES_MAX];
		struct probe_spec s = any_probe(&r);
		size_t len = craft_build(c, &s, MAC, a);
		assert_int_equal(len, craft_build_anew(plain, &s, MAC, b));
		if (memcmp(a, b, len) != 0)
			for (size_t k = 0; k < len; k++)
				if (a[k] != b[k])
					fail_msg("probe %d, kind %u family %u size %u: byte %zu is %02x, libnet's %02x", i, s.kind, s.src.family, s.size, k, a[k], b[k]);
	}
	craft_free(c);
	craft_free(plain);
}

/* Each field by itself, from the one packet that the template is of. */
static void each_field_is_patched(void **state)
{
	uint64_t r = 11;
	char err[200];

	(void)state;
	for (int kind = 0; kind < 64; kind++)
		for (int field = 0; field < 13; field++) {
			struct craft *c = craft_new(err, sizeof err), *plain = craft_new(err, sizeof err);
			uint8_t a[CRAFT_BYTES_MAX], b[CRAFT_BYTES_MAX];
			struct probe_spec s = any_probe(&r), t = s, other = any_probe(&r);
			other.src.family = other.dst.family = s.src.family;
			craft_build(c, &s, MAC, a);
			switch (field) {
			case 0: t.id = other.id; break;
			case 1: t.ttl = other.ttl; break;
			case 2: t.src = other.src; break;
			case 3: t.dst = other.dst; break;
			case 4: t.src_port = other.src_port; break;
			case 5: t.dst_port = other.dst_port; break;
			case 6: t.ip_id = other.ip_id; break;
			case 7: t.icmp_sum = other.icmp_sum; break;
			case 8: t.seq = other.seq; break;
			case 9: t.ack = s.ack != 0 ? s.ack ^ 0x10001 : 0; break;
			case 10: t.flow_label = other.flow_label; break;
			case 11: t.token = other.token; break;
			default: t.tos ^= 4; break;
			}
			size_t len = craft_build(c, &t, MAC, a);
			assert_int_equal(len, craft_build_anew(plain, &t, MAC, b));
			assert_memory_equal(a, b, len);
			craft_free(c);
			craft_free(plain);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_patched_packet_is_libnets), cmocka_unit_test(each_field_is_patched),
		cmocka_unit_test(echo_fields),
		cmocka_unit_test(echo_checksum_is_the_flows),
		cmocka_unit_test(compensation_table),
		cmocka_unit_test(tcp_fields),
		cmocka_unit_test(udp_fields),
		cmocka_unit_test(arp_fields),
		cmocka_unit_test(solicitation_fields),
		cmocka_unit_test(builder_is_reusable),
		cmocka_unit_test(nonsense_builds_nothing),
	};

	return cmocka_run_group_tests_name("packet_craft", tests, NULL, NULL);
}
