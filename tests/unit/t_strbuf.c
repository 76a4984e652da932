/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))
#define FFFD "\xef\xbf\xbd"

static void grows(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 100000);
	for (int i = 0; i < 5000; i++)
		strbuf_addf(&b, "%04d", i);
	strbuf_add_char(&b, '!');
	strbuf_add(&b, "");
	assert_true(strbuf_ok(&b));
	assert_int_equal(b.len, 20001);
	assert_memory_equal(b.text + 4 * 4321, "4321", 4);
	assert_string_equal(b.text + 20000, "!");
	strbuf_free(&b);
	assert_null(b.text);
	assert_int_equal(b.max, 100000);
}

static void ceiling_sticks(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 5);
	strbuf_add(&b, "12345"); /* the ceiling itself fits */
	assert_true(strbuf_ok(&b));
	strbuf_add_char(&b, '6');
	assert_false(strbuf_ok(&b));
	strbuf_add(&b, ""); /* stays failed */
	assert_false(strbuf_ok(&b));
	assert_string_equal(b.text, "12345");
	assert_null(strbuf_take(&b));
	strbuf_init(&b, 5);
	strbuf_addf(&b, "%s", "123456");
	assert_false(strbuf_ok(&b));
	strbuf_free(&b);
	strbuf_add(&b, "123");
	strbuf_add(&b, "4567"); /* too much */
	strbuf_add(&b, "4");    /* would fit, but a text with a hole is worse than none */
	assert_string_equal(b.text, "123");
	strbuf_free(&b);
}

static void take_hands_over(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 10);
	char *empty = strbuf_take(&b);
	assert_string_equal(empty, "");
	free(empty);
	strbuf_add(&b, "abc"); /* usable again */
	char *text = strbuf_take(&b);
	assert_string_equal(text, "abc");
	assert_null(b.text);
	free(text);
}

static void makes_text_safe(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
	    {"", ""},
	    {"plain ASCII, \"quotes\" and \\", "plain ASCII, \"quotes\" and \\"},
	    {"Zürich – 東京 ✓ 🙂", "Zürich – 東京 ✓ 🙂"},
	    {"a\x1b[31mred", "a" FFFD "[31mred"},               /* ESC */
	    {"bell\a tab\t nl\n del\x7f", "bell" FFFD " tab" FFFD " nl" FFFD " del" FFFD},
	    {"\xc2\x9b" "31m", FFFD "31m"},                     /* C1: CSI in one character */
	    {"x\xe2\x80\xaey", "x" FFFD "y"},                   /* U+202E right-to-left override */
	    {"\xe2\x81\xa6\xd8\x9c\xe2\x80\x8e", FFFD FFFD FFFD}, /* isolates and marks */
	    {"\xff\xfe", FFFD FFFD},
	    {"\xc0\xaf", FFFD FFFD},                            /* overlong "/" */
	    {"\xe0\x80\xaf", FFFD FFFD FFFD},
	    {"\xed\xa0\x80", FFFD FFFD FFFD},                   /* surrogate */
	    {"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD},          /* above U+10FFFF */
	    {"\xf0\x9f\x99", FFFD FFFD FFFD},                   /* cut short */
	    {"\xe2\x82" "A", FFFD FFFD "A"},
	};
	char buf[200];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text_safe(buf, sizeof buf, rows[i].in);
		assert_string_equal(buf, rows[i].out);
	}
}

/* However small the room: terminated, whole characters, nothing beyond. */
static void safe_text_is_cut_at_characters(void **state)
{
	static const char *const src = "aß€🙂\x01z";
	static const size_t borders[] = {0, 1, 3, 6, 10, 13, 14};
	char buf[20];

	(void)state;
	for (size_t size = 1; size < sizeof buf; size++) {
		size_t want = 0;
		memset(buf, 'X', sizeof buf);
		text_safe(buf, size, src);
		for (size_t i = 0; i < COUNT(borders); i++)
			if (borders[i] < size)
				want = borders[i];
		assert_int_equal(strlen(buf), want);
		assert_int_equal(buf[size], 'X');
	}
	buf[0] = 'X';
	text_safe(buf, 0, src);
	assert_int_equal(buf[0], 'X');
}

static void format_marks_a_cut(void **state)
{
	static const struct { size_t size; const char *out; } rows[] = {
	    {1, ""}, {2, "a"}, {3, "a"}, {4, "…"}, {5, "a…"}, {6, "a…"}, {7, "aß…"}, {8, "aßc…"}, {9, "aßcd…"}, {10, "aßcdefgh"},
	};
	char buf[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(buf, 'X', sizeof buf);
		text_format(buf, rows[i].size, "a%sefgh", "ßcd");
		assert_string_equal(buf, rows[i].out);
		assert_int_equal(buf[rows[i].size], 'X');
	}
}

static void columns(void **state)
{
	static const struct { const char *text; size_t columns; } rows[] = {
	    {"", 0}, {"abc", 3}, {"ß€", 2}, {"東京", 4}, {"e\xcc\x81", 1}, {"── ✓", 4}, {"\xff", 1}, {"🙂", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(utf8_columns(rows[i].text), rows[i].columns);
	assert_int_equal(utf8_fit("東京x", 100, 3), 3);
	assert_int_equal(utf8_fit("東京x", 100, 4), 6);
	assert_int_equal(utf8_fit("東京x", 5, 9), 3);
	assert_int_equal(utf8_fit("e\xcc\x81x", 100, 1), 3); /* the mark stays with its letter */
	assert_true(utf8_is_whole("", 0) && utf8_is_whole("東京\n", 7));
	assert_false(utf8_is_whole("a\xe4", 2) || utf8_is_whole("a\0b", 3) || utf8_is_whole("\xed\xa0\x80", 3) || utf8_is_whole("東", 2));
	/* What is wrong is found wherever it stands: in eight bytes, between them, at the end. */
	for (size_t len = 1; len < 40; len++) {
		char text[48] = {0};

		memset(text, 'a', len);
		assert_true(utf8_is_whole(text, len));
		for (size_t at = 0; at < len; at++) {
			static const char wrong[] = {0, (char)0x80, (char)0xff, (char)0xc3};

			for (size_t w = 0; w < sizeof wrong; w++) {
				text[at] = wrong[w];
				assert_false(utf8_is_whole(text, len));
			}
			text[at] = 'a';
		}
	}
}

static void whole_numbers(void **state)
{
	static const int64_t rows[] = {0, 1, -1, 9, 10, 4294967296, -4294967296, INT64_MAX, INT64_MIN, 1000000000000};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct strbuf a, b;
		strbuf_init(&a, STRBUF_MAX_DEFAULT);
		strbuf_init(&b, STRBUF_MAX_DEFAULT);
		strbuf_add_int(&a, rows[i]);
		strbuf_addf(&b, "%lld", (long long)rows[i]);
		assert_string_equal(a.text, b.text);
		strbuf_free(&a);
		strbuf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_numbers),
		cmocka_unit_test(grows),           cmocka_unit_test(ceiling_sticks),
	    cmocka_unit_test(take_hands_over), cmocka_unit_test(makes_text_safe),
	    cmocka_unit_test(safe_text_is_cut_at_characters), cmocka_unit_test(format_marks_a_cut),
	    cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
