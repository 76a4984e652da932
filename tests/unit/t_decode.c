/* SPDX-License-Identifier: BSD-2-Clause */
/* The decoder against frames with known content, whole and cut at each byte. */
#include "analysis/decode/decode.h"
#include "erprobe/bytes.h"
#include "tests/golden/decode_samples.h"
#include "tests/golden/decode_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static const char *text_of(const struct frame *f, struct line *l)
{
	struct decoded d;

	decode_frame(f, &d);
	return decode_text(&d, l);
}

static void samples_say_what_they_are(void **state)
{
	struct frame f;
	struct line l;
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		frame_from_hex(samples[i].hex, &f);
		if (strcmp(text_of(&f, &l), samples[i].line) != 0) {
			print_error("%s:\n  want %s\n  got  %s\n", samples[i].name, samples[i].line, l.text);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* Sums and an unfinished header chain cannot be told of a cut packet. */
static bool may_change(const char *word)
{
	return strcmp(word, "icmpsum=bad") == 0 || strcmp(word, "ipsum=bad") == 0 ||
	       strcmp(word, "ext=bad") == 0 || strcmp(word, "proto=0") == 0 ||
	       strcmp(word, "qproto=0") == 0;
}

static bool has_word(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line; (at = strstr(at, word)) != NULL; at++) {
		if ((at == line || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
			return true;
	}
	return false;
}

/* All that was read of the shorter frame, but its status, stands in the longer
 * one's line. */
static bool grows(const struct line *shorter, const char *longer)
{
	char word[128];

	for (const char *at = strchr(shorter->text, ' '); at != NULL; at = strchr(at, ' ')) {
		size_t len = strcspn(++at, " ");
		assert_true(len < sizeof(word));
		memcpy(word, at, len);
		word[len] = '\0';
		if (!has_word(longer, word) && !may_change(word)) {
			print_error("lost: %s\n", word);
			return false;
		}
	}
	return true;
}

/* Bytes after the captured ones must not matter. */
static const char *cut_text(const struct frame *whole, uint16_t len, uint32_t wire, struct line *l)
{
	struct frame f = *whole;
	struct line other;

	f.cap_len = len;
	f.wire_len = wire;
	memset(f.bytes + len, 0xff, sizeof(f.bytes) - len);
	text_of(&f, &other);
	memset(f.bytes + len, 0x01, sizeof(f.bytes) - len);
	assert_string_equal(text_of(&f, l), other.text);
	return l->text;
}

static void each_cut_keeps_what_was_before(void **state)
{
	struct frame f;
	struct line whole, l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		frame_from_hex(samples[i].hex, &f);
		text_of(&f, &whole);
		for (uint16_t len = 0; len < f.cap_len; len++) {
			cut_text(&f, len, f.wire_len, &l);
			if (!grows(&l, whole.text) ||
			    (has_word(whole.text, "ok") && has_word(l.text, "malformed")))
				fail_msg("%s cut at %u: %s", samples[i].name, len, l.text);
			/* The same bytes as a whole, short packet. */
			cut_text(&f, len, len, &l);
			if (!grows(&l, whole.text))
				fail_msg("%s ends at %u: %s", samples[i].name, len, l.text);
		}
	}
}

/* Any byte may be wrong; nothing may be read out of bounds for that. */
static void each_byte_may_be_anything(void **state)
{
	static const uint8_t values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	struct frame f;
	struct line l;

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		frame_from_hex(samples[i].hex, &f);
		for (uint16_t at = 0; at < f.cap_len; at++) {
			uint8_t was = f.bytes[at];
			for (size_t v = 0; v < sizeof(values); v++) {
				f.bytes[at] = values[v];
				cut_text(&f, f.cap_len, f.wire_len, &l);
			}
			f.bytes[at] = was;
		}
	}
}

static void a_length_beyond_the_buffer_is_not_believed(void **state)
{
	struct frame f;
	struct line l;

	(void)state;
	memset(&f, 0, sizeof(f));
	f.cap_len = UINT16_MAX;
	f.wire_len = UINT32_MAX;
	assert_string_equal(text_of(&f, &l), "unknown");
}

static void only_so_many_labels_are_kept(void **state)
{
	struct frame f;
	struct decoded d;
	struct wr w = wr_over(f.bytes, sizeof(f.bytes));
	size_t objects = 4 + 12 * 4;
	uint16_t total = (uint16_t)(20 + 8 + 128 + 4 + objects);

	(void)state;
	memset(&f, 0, sizeof(f));
	wr_zero(&w, 12);
	wr_u16(&w, 0x0800);
	wr_u32(&w, 0x45000000 | total);
	wr_u32(&w, 0);
	wr_u32(&w, 0x40010000);
	wr_u32(&w, 0x0a000001);
	wr_u32(&w, 0x0a000002);
	wr_u32(&w, 0x0b000000);
	wr_u32(&w, 32u << 16);
	wr_u8(&w, 0x45);
	wr_zero(&w, 127);
	wr_u32(&w, 0x20000000); /* no checksum made */
	wr_u16(&w, (uint16_t)objects);
	wr_u16(&w, 0x0101);
	for (uint32_t i = 0; i < 12; i++)
		wr_u32(&w, i << 12);
	assert_true(wr_ok(&w));
	f.cap_len = (uint16_t)wr_len(&w);
	f.wire_len = f.cap_len;
	decode_frame(&f, &d);
	assert_int_equal(d.icmp.extensions.mpls_count, MPLS_LABELS_MAX);
	assert_int_equal(d.icmp.extensions.mpls[MPLS_LABELS_MAX - 1].label, MPLS_LABELS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_say_what_they_are),
		cmocka_unit_test(each_cut_keeps_what_was_before),
		cmocka_unit_test(each_byte_may_be_anything),
		cmocka_unit_test(a_length_beyond_the_buffer_is_not_believed),
		cmocka_unit_test(only_so_many_labels_are_kept),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
