/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/value/json_out.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static void document(struct json_out *j)
{
	json_object(j, NULL);
	json_text(j, "text", "a");
	json_text(j, "none", NULL);
	json_int(j, "int", INT64_MIN);
	json_int_text(j, "ns", INT64_MAX);
	json_bool(j, "yes", true);
	json_array(j, "list");
	json_int(j, NULL, 1);
	json_object(j, NULL);
	json_object_end(j);
	json_array(j, NULL);
	json_array_end(j);
	json_array_end(j);
	json_bool(j, "no", false);
	json_object_end(j);
	json_finish(j);
}

/* A document of either form becomes the compact one. */
static void one_line(void **state)
{
	static const char *const rows[][2] = {
		{"{ \"a b\" : [ 1 ,\t2 ] ,\r\n\"c\": \"x \\\" y\\\\\", \"d\": null }\n", "{\"a b\":[1,2],\"c\":\"x \\\" y\\\\\",\"d\":null}\n"},
		{"[]", "[]\n"}, {"\"a\\", "\"a\\\n"}, {"", "\n"},
	};
	struct strbuf pretty, compact, line;
	struct json_out j;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_init(&line, 1000);
		json_one_line(rows[i][0], strlen(rows[i][0]), &line);
		assert_string_equal(line.text, rows[i][1]);
		strbuf_free(&line);
	}
	strbuf_init(&pretty, 10000);
	strbuf_init(&compact, 10000);
	strbuf_init(&line, 10000);
	json_begin(&j, &pretty, false);
	document(&j);
	json_begin(&j, &compact, true);
	document(&j);
	json_one_line(pretty.text, pretty.len, &line);
	assert_string_equal(line.text, compact.text);
	strbuf_free(&pretty);
	strbuf_free(&compact);
	strbuf_free(&line);
}

static void indented_and_compact(void **state)
{
	struct strbuf b;
	struct json_out j;

	(void)state;
	strbuf_init(&b, 10000);
	json_begin(&j, &b, false);
	document(&j);
	assert_string_equal(b.text, "{\n  \"text\": \"a\",\n  \"none\": null,\n  \"int\": -9223372036854775808,\n"
	                            "  \"ns\": \"9223372036854775807\",\n  \"yes\": true,\n  \"list\": [\n    1,\n    {},\n"
	                            "    []\n  ],\n  \"no\": false\n}\n");
	strbuf_free(&b);
	json_begin(&j, &b, true);
	document(&j);
	document(&j); /* one document a line */
	assert_true(strbuf_ok(&b));
	size_t half = b.len / 2;
	assert_memory_equal(b.text, b.text + half, half);
	b.text[half] = '\0';
	assert_string_equal(b.text, "{\"text\":\"a\",\"none\":null,\"int\":-9223372036854775808,"
	                            "\"ns\":\"9223372036854775807\",\"yes\":true,\"list\":[1,{},[]],\"no\":false}\n");
	strbuf_free(&b);
}

static void one_value(struct strbuf *b, const char *text, const double *number)
{
	struct json_out j;

	strbuf_init(b, 1000);
	json_begin(&j, b, true);
	if (number != NULL)
		json_number(&j, NULL, *number);
	else
		json_text(&j, NULL, text);
}

static void numbers_have_one_form(void **state)
{
	static const struct { double v; const char *text; } rows[] = {
	    {0, "0"},            {-0.0, "0"},          {1, "1"},           {-1, "-1"},          {0.5, "0.5"},
	    {-0.25, "-0.25"},    {0.1, "0.1"},         {1.0 / 3, "0.333333"}, {2.0 / 3, "0.666667"}, {0.9999995, "1"},
	    {-0.9999996, "-1"},  {0.0000004, "0"},     {-0.0000004, "0"},  {0.000001, "0.000001"}, {123456.789, "123456.789"},
	    {1e15, "1000000000000000"}, {1e20, "100000000000000000000"}, {4503599627370495.5, "4503599627370495.5"},
	    {NAN, "null"},       {INFINITY, "null"},   {-INFINITY, "null"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf b;
		one_value(&b, NULL, &rows[i].v);
		assert_string_equal(b.text, rows[i].text);
		strbuf_free(&b);
	}
	struct strbuf big;
	double most = 1.7976931348623157e308;
	one_value(&big, NULL, &most);
	assert_true(strbuf_ok(&big));
	assert_int_equal(big.len, 309);
	strbuf_free(&big);
}

static void texts_are_escaped(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
	    {"", "\"\""},
	    {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
	    {"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
	    {"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
	    {"\xc2\x9b[", "\"\\u009b[\""},            /* C1 */
	    {"\xe2\x80\xae", "\"\\u202e\""},          /* bidirectional override */
	    {"\xe2\x80\xa8", "\"\\u2028\""},          /* line separator */
	    {"Zürich 🙂", "\"Zürich 🙂\""},
	    {"x\xff\xc3", "\"x\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf b;
		one_value(&b, rows[i].in, NULL);
		assert_string_equal(b.text, rows[i].out);
		strbuf_free(&b);
	}
}

/* The same in a buffer that has room already, which is another way through the writer. */
static void value_with_room(struct strbuf *b, const char *text)
{
	struct json_out j;

	strbuf_init(b, 1000);
	strbuf_add(b, "used before");
	b->len = 0;
	json_begin(&j, b, true);
	json_text(&j, NULL, text);
}

/* A byte means the same wherever it stands, and however much room there is. */
static void a_byte_means_the_same_everywhere(void **state)
{
	char text[32], alone[2] = "";

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		struct strbuf one;
		bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
		alone[0] = (char)byte;
		one_value(&one, alone, NULL);
		assert_int_equal(one.len == 3 && one.text[1] == alone[0], plain);
		for (size_t len = 1; len < sizeof(text); len++)
			for (size_t at = 0; at < len; at++) {
				struct strbuf all;
				memset(text, '~', len);
				text[len] = '\0';
				text[at] = (char)byte;
				value_with_room(&all, text);
				assert_int_equal(all.len, len - 1 + one.len);
				assert_memory_equal(all.text + at + 1, one.text + 1, one.len - 2);
				assert_int_equal(all.text[at + one.len - 1], at + 1 < len ? '~' : '"');
				assert_int_equal(all.text[1], at > 0 ? '~' : one.text[1]);
				strbuf_free(&all);
			}
		strbuf_free(&one);
	}
}

/* Of every length, whether it stood in the call or not. */
static void keys_are_the_same_either_way(void **state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	char key[sizeof(letters)];

	(void)state;
	for (size_t len = 0; len < sizeof(key); len++) {
		struct strbuf any, plain;
		struct json_out j;
		memcpy(key, letters, len);
		key[len] = '\0';
		value_with_room(&any, "");
		json_begin(&j, &any, true);
		json_any_key(&j, key);
		json_any_key(&j, key);
		value_with_room(&plain, "");
		json_begin(&j, &plain, true);
		json_plain_key(&j, key, len);
		json_plain_key(&j, key, len);
		assert_int_equal(any.len, 2 + 2 * (len + 3) + 1);
		assert_memory_equal(any.text + 3, key, len);
		assert_string_equal(plain.text, any.text);
		strbuf_free(&any);
		strbuf_free(&plain);
	}
}

/* A number that goes with its key, of every number of digits, with room and without: the same as in two steps. */
static void numbers_are_the_same_either_way(void **state)
{
	static const int64_t ends[] = {0, 1, 9, -1, -9, INT64_MAX, INT64_MIN, INT64_MIN + 1};
	struct strbuf any, plain;
	struct json_out one, two;

	(void)state;
	strbuf_init(&any, 1 << 16);
	strbuf_init(&plain, 1 << 16);
	json_begin(&one, &any, true);
	json_begin(&two, &plain, true);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char text[24];
		snprintf(text, sizeof text, "%" PRId64, ends[i]);
		json_any_key(&one, "number");
		strbuf_add(&any, text);
		json_plain_int(&two, "number", 6, ends[i]);
	}
	for (int64_t power = 10; power <= INT64_MAX / 10; power *= 10)
		for (int64_t v = power - 1; v <= power + 1; v++) {
			char text[24];
			snprintf(text, sizeof text, "%" PRId64, -v);
			json_any_key(&one, "n");
			strbuf_add(&any, text);
			json_plain_int(&two, "n", 1, -v);
			json_any_key(&one, "n");
			strbuf_add(&any, text + 1);
			json_plain_int(&two, "n", 1, v);
		}
	assert_true(strbuf_ok(&any) && strbuf_ok(&plain));
	assert_string_equal(plain.text, any.text);
	strbuf_free(&any);
	strbuf_free(&plain);
}

/* Keys and texts that find no room grow the buffer, up to its ceiling. */
static void texts_grow_the_buffer(void **state)
{
	(void)state;
	for (size_t len = 0; len < 600; len++) {
		struct strbuf b;
		struct json_out j;
		char *text = malloc(len + 1);
		memset(text, 'x', len);
		text[len] = '\0';
		strbuf_init(&b, 1200);
		json_begin(&j, &b, true);
		json_object(&j, NULL);
		json_text(&j, "key", text);
		json_text(&j, text, "text");
		json_object_end(&j);
		json_finish(&j);
		assert_int_equal(strbuf_ok(&b), 2 * len + 21 <= 1200);
		if (strbuf_ok(&b)) {
			assert_int_equal(b.len, 2 * len + 21);
			assert_memory_equal(b.text + 8, text, len);
			assert_memory_equal(b.text + len + 9, ",\"", 2);
			assert_memory_equal(b.text + len + 11, text, len);
			assert_string_equal(b.text + 2 * len + 11, "\":\"text\"}\n");
		}
		strbuf_free(&b);
		free(text);
	}
}

static void wrong_nesting_fails(void **state)
{
	struct strbuf b;
	struct json_out j;

	(void)state;
	strbuf_init(&b, 10000);
	json_begin(&j, &b, true);
	json_object(&j, NULL);
	json_finish(&j); /* still open */
	assert_false(strbuf_ok(&b));
	strbuf_free(&b);
	json_begin(&j, &b, true);
	json_object_end(&j); /* nothing open */
	assert_false(strbuf_ok(&b));
	strbuf_free(&b);
	json_begin(&j, &b, true);
	for (int i = 0; i < JSON_DEPTH_MAX - 1; i++)
		json_array(&j, NULL);
	assert_true(strbuf_ok(&b));
	for (int i = 0; i < 5; i++)
		json_array(&j, NULL); /* too deep: refused, nothing overrun */
	assert_false(strbuf_ok(&b));
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_line),
		cmocka_unit_test(indented_and_compact), cmocka_unit_test(numbers_have_one_form),
	    cmocka_unit_test(texts_are_escaped), cmocka_unit_test(a_byte_means_the_same_everywhere), cmocka_unit_test(keys_are_the_same_either_way),
		cmocka_unit_test(numbers_are_the_same_either_way),
	    cmocka_unit_test(texts_grow_the_buffer), cmocka_unit_test(wrong_nesting_fails),
	};

	return cmocka_run_group_tests_name("json_out", tests, NULL, NULL);
}
