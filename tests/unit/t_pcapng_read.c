/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading captures of others: both byte orders, several sections, every resolution,
 * classic pcap, and files whose lengths lie. */
#include "analysis/record/pcapng.h"
#include "analysis/record/pcapng_time.h"
#include "erprobe/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/pcapng_heard.h"

/* A pcapng of either byte order, block by block. */
struct maker { uint8_t bytes[4096]; struct wr w; bool big; size_t block; };

static void m16(struct maker *m, uint16_t v)
{
	if (m->big)
		wr_u16(&m->w, v);
	else
		wr_u16_le(&m->w, v);
}

static void m32(struct maker *m, uint32_t v)
{
	if (m->big)
		wr_u32(&m->w, v);
	else
		wr_u32_le(&m->w, v);
}

static void block(struct maker *m, uint32_t type)
{
	m->block = wr_len(&m->w);
	m32(m, type);
	m32(m, 0);
}

static void block_done(struct maker *m)
{
	uint32_t total = (uint32_t)(wr_len(&m->w) - m->block + 4);
	struct wr end = m->w;

	m32(m, total);
	end = m->w;
	m->w = wr_over(m->bytes + m->block + 4, 4);
	m32(m, total);
	m->w = end;
	assert_true(wr_ok(&m->w));
}

static void section(struct maker *m)
{
	block(m, 0x0a0d0d0a);
	m32(m, 0x1a2b3c4d);
	m16(m, 1);
	m16(m, 0);
	m32(m, 0xffffffff);
	m32(m, 0xffffffff);
	block_done(m);
}

/* resolution 0 = leave the option out. */
static void interface(struct maker *m, uint16_t link, uint8_t resolution, uint32_t offset)
{
	block(m, 1);
	m16(m, link);
	m16(m, 0);
	m32(m, 65535);
	if (resolution) {
		m16(m, 9);
		m16(m, 1);
		wr_u8(&m->w, resolution);
		wr_zero(&m->w, 3);
	}
	if (offset) {
		m16(m, 14);
		m16(m, 8);
		m32(m, m->big ? 0 : offset);
		m32(m, m->big ? offset : 0);
	}
	block_done(m);
}

static void packet(struct maker *m, uint32_t iface, uint64_t stamp, uint32_t cap_len)
{
	block(m, 6);
	m32(m, iface);
	m32(m, (uint32_t)(stamp >> 32));
	m32(m, (uint32_t)stamp);
	m32(m, cap_len);
	m32(m, cap_len + 100);
	for (uint32_t i = 0; i < cap_len; i++)
		wr_u8(&m->w, (uint8_t)i);
	wr_zero(&m->w, (4 - cap_len % 4) % 4);
	block_done(m);
}

static struct maker *maker_new(bool big)
{
	struct maker *m = calloc(1, sizeof *m);

	assert_non_null(m);
	m->w = wr_over(m->bytes, sizeof m->bytes);
	m->big = big;
	return m;
}

static void both_byte_orders_and_several_sections(void **state)
{
	struct maker *m = maker_new(true);
	struct heard h = {0};

	(void)state;
	section(m);
	interface(m, 1, 0, 0); /* microseconds by default */
	interface(m, 1, 9, 5);
	packet(m, 1, 7000000000, 5);
	m->big = false; /* the next section is of the other order */
	section(m);
	interface(m, 101, 0x80 | 1, 0); /* halves of a second */
	block(m, 0x40000bad); /* nobody knows it */
	m32(m, 1);
	block_done(m);
	packet(m, 0, 3, 600);
	assert_true(hear(m->bytes, wr_len(&m->w), &h));
	assert_int_equal(h.sections, 2);
	assert_int_equal(h.interfaces, 3);
	assert_int_equal(h.frames, 2);
	assert_int_equal(h.frame[0].iface, 1);
	assert_int_equal(h.frame[0].at.ns, 12000000000); /* 7 s and the offset of 5 */
	assert_int_equal(h.frame[0].cap_len, 5);
	assert_int_equal(h.frame[0].wire_len, 105);
	assert_int_equal(h.frame[1].iface, 2);
	assert_int_equal(h.link[1], 101);
	assert_int_equal(h.frame[1].at.ns, 1500000000);
	assert_int_equal(h.frame[1].cap_len, FRAME_BYTES_MAX); /* cut */
	assert_int_equal(h.frame[1].wire_len, 700);
	free(m);
}

static void classic_pcap(void **state)
{
	static const struct { uint32_t magic; bool big; int64_t ns; } rows[] = {
		{0xa1b2c3d4, true, 5000007000}, {0xa1b2c3d4, false, 5000007000},
		{0xa1b23c4d, true, 5000000007}, {0xa1b23c4d, false, 5000000007},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct maker *m = maker_new(rows[i].big);
		struct heard h = {0};
		const uint32_t head[] = {rows[i].magic, m->big ? 0x00020004 : 0x00040002, 0, 0, 65535, 0xf0000001,
		                         5, 7, 2, 90};

		for (size_t k = 0; k < sizeof head / sizeof head[0]; k++)
			m32(m, head[k]);
		wr_bytes(&m->w, "\xab\xcd", 2);
		assert_true(hear(m->bytes, wr_len(&m->w), &h));
		assert_int_equal(h.interfaces, 1);
		assert_int_equal(h.iface_link[0], 1); /* the upper half is about the FCS */
		assert_int_equal(h.frames, 1);
		assert_int_equal(h.frame[0].at.ns, rows[i].ns);
		assert_int_equal(h.frame[0].cap_len, 2);
		assert_int_equal(h.frame[0].wire_len, 90);
		assert_int_equal(h.frame[0].bytes[1], 0xcd);
		for (size_t len = 1; len < wr_len(&m->w); len++)
			assert_int_equal(hear(m->bytes, len, &h), len == 24);
		free(m);
	}
}

enum damage { D_NOTHING, D_EMPTY, D_NO_SECTION, D_MAGIC, D_VERSION, D_LENGTH_SMALL, D_LENGTH_ODD, D_LENGTH_HUGE,
	      D_LENGTHS_DIFFER, D_CAP_LEN, D_CAP_LEN_MAX, D_IFACE, D_STAMP, D_OPTION };

#define PACKET_AT 56

/* A file of section, interface (PACKET_AT bytes together) and packet, then spoiled. */
static size_t damaged(struct maker *m, enum damage d)
{
	size_t at;

	section(m);
	interface(m, 1, 9, 0);
	at = wr_len(&m->w);
	packet(m, d == D_IFACE ? 1 : 0, d == D_STAMP ? UINT64_MAX : 1000, 60);
	switch (d) {
	case D_EMPTY: return 0;
	case D_NO_SECTION: memset(m->bytes, 0, 4); break;
	case D_MAGIC: memset(m->bytes + 8, 0, 4); break;
	case D_VERSION: m->bytes[12] = 2; break;
	case D_LENGTH_SMALL: m->bytes[at + 4] = 8; break;
	case D_LENGTH_ODD: m->bytes[at + 4] = 90; break;
	case D_LENGTH_HUGE: memset(m->bytes + at + 5, 0xff, 3); break;
	case D_LENGTHS_DIFFER: m->bytes[at + 88] ^= 4; break;
	case D_CAP_LEN: m->bytes[at + 20] = 61; break;
	case D_CAP_LEN_MAX: memset(m->bytes + at + 20, 0xff, 4); break;
	case D_OPTION:
		/* The data gets shorter, and its last bytes become an option that is too long. */
		m->bytes[at + 20] = 56;
		memcpy(m->bytes + at + 28 + 56, "\1\0\11\0", 4);
		break;
	case D_NOTHING:
	case D_IFACE:
	case D_STAMP:
		break;
	}
	return wr_len(&m->w);
}

static void damage_is_named(void **state)
{
	static const struct { enum damage damage; const char *says; int at; } rows[] = {
		{D_EMPTY, "the file is empty", 0},
		{D_NO_SECTION, "neither pcapng nor pcap", 0},
		{D_MAGIC, "byte-order magic", 0},
		{D_VERSION, "version other than 1", 0},
		{D_LENGTH_SMALL, "impossible length", PACKET_AT},
		{D_LENGTH_ODD, "impossible length", PACKET_AT},
		{D_LENGTH_HUGE, "ends within a block", PACKET_AT},
		{D_LENGTHS_DIFFER, "two lengths", PACKET_AT},
		{D_CAP_LEN, "a packet is cut", PACKET_AT},
		{D_CAP_LEN_MAX, "a packet is cut", PACKET_AT},
		{D_IFACE, "interface that was not described", PACKET_AT},
		{D_STAMP, "time stamp is out of range", PACKET_AT},
		{D_OPTION, "option is longer", PACKET_AT},
	};
	struct maker *m = maker_new(false);
	struct heard h = {0};

	(void)state;
	assert_true(hear(m->bytes, damaged(m, D_NOTHING), &h));
	assert_int_equal(h.frames, 1);
	free(m);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char at[40];

		m = maker_new(false);
		snprintf(at, sizeof at, "(block at byte %d)", rows[i].at);
		assert_false(hear(m->bytes, damaged(m, rows[i].damage), &h));
		if (!strstr(last_error, rows[i].says) || !strstr(last_error, at))
			fail_msg("row %zu says: %s", i, last_error);
		assert_int_equal(h.frames, 0);
		free(m);
	}
}

static void stamps_of_any_resolution(void **state)
{
	static const struct { uint8_t resolution; int64_t offset; uint64_t stamp; bool ok; int64_t ns; } rows[] = {
		{6, 0, 1500000, true, 1500000000},
		{9, 0, 1700000000123456789, true, 1700000000123456789},
		{0, 0, 7, true, 7000000000},
		{3, 1, 1234, true, 2234000000},
		{12, 0, 1234567890123, true, 1234567890},
		{19, 0, 15000000000000000000u, true, 1500000000},
		{20, 0, 15000000000000000000u, true, 150000000},
		{127, 0, UINT64_MAX, true, 0},
		{0x80, 0, 3, true, 3000000000},
		{0x80 | 10, 0, 1024 + 512, true, 1500000000},
		{0x80 | 32, 0, UINT64_C(3) << 31, true, 1500000000},
		{0x80 | 63, 0, UINT64_C(3) << 62, true, 1500000000},
		{0x80 | 64, 0, UINT64_C(1) << 63, true, 500000000},
		{0x80 | 127, 0, UINT64_MAX, true, 0},
		{6, -1, 1500000, true, 500000000},
		{6, -2, 1500000, false, 0},
		{6, INT64_MAX, 2000000, false, 0},
		{6, INT64_MIN, 1, false, 0},
		{0, 0, UINT64_MAX, false, 0},
		{0, 0, 9223372035, true, 9223372035000000000},
		{0, 0, 9223372036, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pcapng_clock c = {rows[i].resolution, rows[i].offset};
		struct wall_ns out = {0};
		bool ok = pcapng_stamp(&c, rows[i].stamp, &out);

		if (ok != rows[i].ok || (ok && out.ns != rows[i].ns))
			fail_msg("row %zu: %d %lld", i, ok, (long long)out.ns);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_byte_orders_and_several_sections),
		cmocka_unit_test(classic_pcap),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(stamps_of_any_resolution),
	};

	return cmocka_run_group_tests_name("pcapng_read", tests, NULL, NULL);
}
