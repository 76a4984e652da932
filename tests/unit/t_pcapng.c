/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng: what is written has the exact bytes of the format, and what is read back
 * is equal, whole or damaged. */
#include "analysis/record/pcapng.h"
#include "erprobe/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/pcapng_heard.h"

static struct frame make_frame(int64_t ns, uint8_t iface, uint16_t cap_len)
{
	struct frame f = {.at = {ns}, .wire_len = cap_len + 4u, .cap_len = cap_len, .iface = iface};

	for (uint16_t i = 0; i < cap_len; i++)
		f.bytes[i] = (uint8_t)(i * 7 + iface);
	return f;
}

static void write_sample(struct strbuf *out)
{
	struct pcapng_writer w = {.out = out};
	struct pcapng_section s = {.comment = "erprobe run=r", .os = "Linux", .application = "erprobe 0.1.0"};
	struct ip_addr a4, a6;
	struct frame f = make_frame(1700000000123456789, 0, 60);
	const char *comments[] = {"first", "second ✓"};

	assert_true(ip_addr_parse("172.16.3.2", &a4));
	assert_true(ip_addr_parse("2001:db8::2", &a6));
	pcapng_section(&w, &s);
	pcapng_interface(&w, "eth0", "to the provider", "icmp or icmp6", 512);
	pcapng_interface(&w, "eth1", NULL, NULL, 512);
	pcapng_name(&w, &a4, "c.primary.msee");
	pcapng_name(&w, &a6, "c.primary.msee");
	pcapng_names_end(&w);
	pcapng_frame(&w, &f, 1, comments, 2);
	f = make_frame(1700000000123456790, 1, 61);
	pcapng_frame(&w, &f, 0, comments, 1);
	f = make_frame(1700000000123456791, 1, 0);
	pcapng_frame(&w, &f, -1, NULL, 0);
	pcapng_statistics(&w, 0, (struct wall_ns){1700000000000000000}, (struct wall_ns){1700000001000000000}, 7,
	                  PCAPNG_UNKNOWN);
	assert_true(strbuf_ok(out));
}

static void round_trip(void **state)
{
	struct strbuf b;
	struct heard h = {0};

	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	write_sample(&b);
	assert_true(hear(b.text, b.len, &h));
	assert_int_equal(h.sections, 1);
	assert_string_equal(h.section, "erprobe run=r");
	assert_int_equal(h.interfaces, 2);
	assert_string_equal(h.iface_name[0], "eth0");
	assert_string_equal(h.iface_name[1], "eth1");
	assert_int_equal(h.iface_link[0], 1);
	assert_int_equal(h.frames, 3);
	for (int i = 0; i < 3; i++) {
		struct frame want = make_frame(1700000000123456789 + i, i > 0, (uint16_t[]){60, 61, 0}[i]);

		assert_memory_equal(&h.frame[i].at, &want.at, sizeof want.at);
		assert_int_equal(h.frame[i].cap_len, want.cap_len);
		assert_int_equal(h.frame[i].wire_len, want.wire_len);
		assert_int_equal(h.frame[i].iface, want.iface);
		assert_memory_equal(h.frame[i].bytes, want.bytes, sizeof want.bytes);
		assert_int_equal(h.link[i], 1);
	}
	assert_string_equal(h.comment[0], "first\nsecond ✓");
	assert_string_equal(h.comment[1], "first");
	assert_string_equal(h.comment[2], "-");
	strbuf_free(&b);
}

/* The bytes of one block of each kind, by hand from the draft. */
static void exact_bytes(void **state)
{
	static const uint8_t want[] = {
		/* section header */
		0x0a, 0x0d, 0x0d, 0x0a, 40, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		1, 0, 2, 0, 'h', 'i', 0, 0, 0, 0, 0, 0, 40, 0, 0, 0,
		/* interface: name, resolution, filter */
		1, 0, 0, 0, 48, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0,
		2, 0, 1, 0, 'e', 0, 0, 0, 9, 0, 1, 0, 9, 0, 0, 0,
		11, 0, 4, 0, 0, 'a', 'r', 'p', 0, 0, 0, 0, 48, 0, 0, 0,
		/* names */
		4, 0, 0, 0, 28, 0, 0, 0, 1, 0, 6, 0, 10, 0, 0, 1, 'n', 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0,
		/* packet: 3 bytes, out */
		6, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 8, 7, 6, 5, 3, 0, 0, 0, 7, 0, 0, 0,
		0, 7, 14, 0, 2, 0, 4, 0, 2, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0,
		/* statistics: start, end, received, dropped */
		5, 0, 0, 0, 76, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0,
		2, 0, 8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 8, 0, 0, 0, 0, 0, 2, 0, 0, 0,
		4, 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 8, 0, 4, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 76, 0, 0, 0,
	};
	struct strbuf b;
	struct pcapng_writer w = {.out = &b};
	struct pcapng_section s = {.comment = "hi"};
	struct frame f = make_frame(0x0102030405060708, 0, 3);
	struct ip_addr a;

	(void)state;
	strbuf_init(&b, 4096);
	assert_true(ip_addr_parse("10.0.0.1", &a));
	pcapng_section(&w, &s);
	pcapng_interface(&w, "e", NULL, "arp", 512);
	pcapng_name(&w, &a, "n");
	pcapng_names_end(&w);
	pcapng_names_end(&w); /* nothing more to write */
	pcapng_frame(&w, &f, 1, NULL, 0);
	pcapng_statistics(&w, 0, (struct wall_ns){1}, (struct wall_ns){2}, 3, 4);
	assert_true(strbuf_ok(&b));
	for (size_t i = 0; i < sizeof want && i < b.len; i++) {
		if ((uint8_t)b.text[i] != want[i])
			fail_msg("byte %zu is %02x, not %02x", i, (uint8_t)b.text[i], want[i]);
	}
	assert_int_equal(b.len, sizeof want);
	strbuf_free(&b);
}

static void long_comment_is_cut_at_a_character(void **state)
{
	enum { SIZE = 70000 };
	char *comment = malloc(SIZE + 1);
	struct strbuf b;
	struct pcapng_writer w = {.out = &b};
	struct pcapng_section s = {0};
	struct rd in;

	(void)state;
	assert_non_null(comment);
	/* Two-byte characters behind one byte: the border falls inside one. */
	comment[0] = 'x';
	for (int i = 1; i < SIZE; i += 2)
		memcpy(comment + i, "\xc3\xa9", 2);
	comment[SIZE - 1] = '\0';
	s.comment = comment;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	pcapng_section(&w, &s);
	in = rd_over(b.text, b.len);
	rd_skip(&in, 24);
	assert_int_equal(rd_u16_le(&in), 1);
	assert_int_equal(rd_u16_le(&in), 65531); /* 65532 would end inside a character */
	strbuf_free(&b);
	free(comment);
}

static void ceiling_is_not_crossed(void **state)
{
	struct strbuf b;

	(void)state;
	for (size_t max = 0; max < 600; max += 7) {
		struct pcapng_writer w = {.out = &b};
		struct pcapng_section s = {.comment = "comment"};
		struct frame f = make_frame(1, 0, 60);

		strbuf_init(&b, max);
		pcapng_section(&w, &s);
		for (int i = 0; i < 8; i++)
			pcapng_frame(&w, &f, 1, NULL, 0);
		assert_false(strbuf_ok(&b));
		assert_true(b.len <= max);
		strbuf_free(&b);
	}
}

/* Every prefix of a good file: an error or fewer frames, never a frame made up. */
static void every_prefix(void **state)
{
	struct strbuf b;
	int whole_blocks = 0;

	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	write_sample(&b);
	for (size_t len = 0; len < b.len; len++) {
		struct heard h = {0};
		bool ok = hear(b.text, len, &h);

		whole_blocks += ok;
		assert_true(ok || last_error[0] != '\0');
		assert_true(h.frames <= 3);
	}
	/* Borders behind: section, two interfaces, names, three packets. */
	assert_int_equal(whole_blocks, 7);
	strbuf_free(&b);
}

/* Each byte of a good file changed: no crash (the sanitizers watch), lengths bounded. */
static void every_byte_changed(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	write_sample(&b);
	for (size_t i = 0; i < b.len; i++) {
		static const uint8_t flips[] = {0x01, 0x80, 0xff};

		for (size_t k = 0; k < sizeof flips; k++) {
			struct heard h = {0};

			b.text[i] = (char)(b.text[i] ^ flips[k]);
			hear(b.text, b.len, &h);
			for (int n = 0; n < h.frames && n < 8; n++)
				assert_true(h.frame[n].cap_len <= FRAME_BYTES_MAX);
			b.text[i] = (char)(b.text[i] ^ flips[k]);
		}
	}
	strbuf_free(&b);
}

static void handler_may_stop_or_be_absent(void **state)
{
	struct strbuf b;
	struct heard h = {.stop_after = 2};
	struct pcapng_handler none = {0};
	char err[100];

	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	write_sample(&b);
	assert_true(hear(b.text, b.len, &h));
	assert_int_equal(h.frames, 2);
	assert_true(pcapng_read(b.text, b.len, &none, err, sizeof err));
	strbuf_free(&b);
}

static void too_many_interfaces(void **state)
{
	struct strbuf b;
	struct pcapng_writer w = {.out = &b};
	struct pcapng_section s = {0};
	struct heard h = {0};

	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	pcapng_section(&w, &s);
	for (int i = 0; i < PCAPNG_IFACES_MAX; i++)
		pcapng_interface(&w, "e", NULL, NULL, 512);
	assert_true(hear(b.text, b.len, &h));
	assert_int_equal(h.interfaces, PCAPNG_IFACES_MAX);
	pcapng_interface(&w, "e", NULL, NULL, 512);
	assert_false(hear(b.text, b.len, &h));
	assert_non_null(strstr(last_error, "more than 256 interfaces"));
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
		cmocka_unit_test(exact_bytes),
		cmocka_unit_test(long_comment_is_cut_at_a_character),
		cmocka_unit_test(ceiling_is_not_crossed),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(every_byte_changed),
		cmocka_unit_test(handler_may_stop_or_be_absent),
		cmocka_unit_test(too_many_interfaces),
	};

	return cmocka_run_group_tests_name("pcapng", tests, NULL, NULL);
}
