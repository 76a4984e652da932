/* SPDX-License-Identifier: BSD-2-Clause */
/* json_in: limits before parsing, typed look-ups after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "probe/json/json_in.h"

static struct json_doc *read_text(const char *text, char err[128])
{
	return json_read(text, strlen(text), err, 128);
}

static void accepts_json(void **state)
{
	static const char *const good[] = {"{}", "[]", "null", "\r\n {\"a\": [1, 2.5, \"x\", true, null]} \r\n", "12",
	                                   "\"text\"", "\xef\xbb\xbf{}", "{\"a\":{\"b\":[[]]}}"};
	char err[128];
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct json_doc *d = read_text(good[i], err);
		if (!d)
			fail_msg("refused: %s: %s", good[i], err);
		json_doc_free(d);
	}
}

static void refuses_with_a_place(void **state)
{
	static const struct { const char *text, *says; } bad[] = {
		{"", "nothing there"}, {"{", "breaks at byte"}, {"{} x", "follows the value at byte 3"},
		{"{\"a\":}", "breaks at byte 5"}, {"<html>", "breaks at byte 0"}, {"[1,]", "breaks at byte"},
		{"{}{}", "at byte 2"}, {"\"open", "breaks at byte"}, {"nul", "breaks"},
	};
	char err[128];
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct json_doc *d = read_text(bad[i].text, err);
		if (d || !strstr(err, bad[i].says))
			fail_msg("%s: %s, got: %s", bad[i].text, d ? "accepted" : "refused", err);
	}
	assert_null(json_read("{\"a\":\"b\0c\"}", 11, err, sizeof(err)));
	assert_non_null(strstr(err, "zero byte at byte 7"));
	assert_null(json_read(NULL, 5, err, sizeof(err)));
}

/* depth opening brackets, closed again. */
static char *nested(size_t depth)
{
	char *text = calloc(depth * 2 + 1, 1);
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return text;
}

static void bounds_depth(void **state)
{
	char err[128], *deep = nested(JSON_IN_DEPTH_MAX), *deeper = nested(JSON_IN_DEPTH_MAX + 1);
	struct json_doc *d = read_text(deep, err);
	(void)state;
	assert_non_null(d);
	json_doc_free(d);
	assert_null(read_text(deeper, err));
	assert_non_null(strstr(err, "deeper than 64"));
	d = read_text("[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	              "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"]", err);
	assert_non_null(d); /* brackets in a string nest nothing */
	json_doc_free(d);
	free(deep);
	free(deeper);
}

static void bounds_values_and_bytes(void **state)
{
	char err[128];
	size_t len = (size_t)(JSON_IN_VALUES_MAX + 10) * 2 + 1;
	char *many = malloc(len + 1), *large = malloc(JSON_IN_BYTES_MAX + 2);
	(void)state;
	many[0] = '[';
	for (size_t i = 1; i + 1 < len; i += 2) {
		many[i] = '1';
		many[i + 1] = ',';
	}
	many[len - 1] = ']';
	many[len] = '\0';
	assert_null(json_read(many, len, err, sizeof(err)));
	assert_non_null(strstr(err, "more than 400000 values"));
	memset(large, ' ', JSON_IN_BYTES_MAX + 1);
	large[JSON_IN_BYTES_MAX - 1] = '1';
	struct json_doc *d = json_read(large, JSON_IN_BYTES_MAX, err, sizeof(err));
	assert_non_null(d);
	json_doc_free(d);
	assert_null(json_read(large, JSON_IN_BYTES_MAX + 1, err, sizeof(err)));
	assert_non_null(strstr(err, "larger than"));
	free(many);
	free(large);
}

static void finds_values(void **state)
{
	char err[128];
	struct json_doc *d = read_text("{\"a\":{\"b\":{\"c\":\"deep\"}},\"A\":1,\"dup\":1,\"dup\":2,\"n\":null,\"l\":[1,2,3]}", err);
	const struct json_value *root = json_root(d);
	int64_t number = 0;
	(void)state;
	assert_string_equal(json_as_text(json_path(root, "a", "b", "c", NULL)), "deep");
	assert_null(json_path(root, "a", "x", "c", NULL));
	assert_true(json_as_int(json_get(root, "A"), &number) && number == 1);
	assert_true(json_as_int(json_get(root, "dup"), &number) && number == 1); /* the first counts */
	assert_true(json_is_null(json_get(root, "n")) && !json_is_null(json_get(root, "a")));
	assert_int_equal(json_count(json_get(root, "l")), 3);
	assert_int_equal(json_count(root), 6);
	size_t sum = 0;
	for (const struct json_value *c = json_first(json_get(root, "l")); c; c = json_next(c))
		sum += json_as_int(c, &number) ? (size_t)number : 0;
	assert_int_equal(sum, 6);
	json_doc_free(d);
}

static void survives_wrong_types(void **state)
{
	static const char *const texts[] = {"null", "1", "\"x\"", "[]", "{}", "true"};
	char err[128];
	bool flag;
	int64_t i;
	double n;
	(void)state;
	assert_null(json_get(NULL, "a"));
	assert_null(json_root(NULL));
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_int_equal(json_count(NULL), 0);
	assert_false(json_is_object(NULL) || json_is_array(NULL) || json_is_null(NULL));
	assert_false(json_as_int(NULL, &i) || json_as_number(NULL, &n) || json_as_bool(NULL, &flag));
	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++) {
		struct json_doc *d = read_text(texts[k], err);
		const struct json_value *v = json_root(d);
		assert_null(json_get(v, "a"));
		assert_null(json_path(v, "a", "b", NULL));
		assert_null(json_first(v));
		assert_int_equal(json_as_text(v) != NULL, k == 2);
		assert_int_equal(json_as_number(v, &n), k == 1);
		assert_int_equal(json_as_bool(v, &flag), k == 5);
		json_doc_free(d);
	}
}

static void reads_whole_numbers(void **state)
{
	static const struct { const char *text; bool ok; int64_t value; } cases[] = {
		{"0", true, 0}, {"-7", true, -7}, {"4294967295", true, 4294967295}, {"9007199254740992", true, 9007199254740992},
		{"9007199254740994", false, 0}, {"1.5", false, 0}, {"1e400", false, 0}, {"1e3", true, 1000},
		{"\"65515\"", true, 65515}, {"\"-3\"", true, -3}, {"\"9223372036854775807\"", true, INT64_MAX},
		{"\"-9223372036854775808\"", true, INT64_MIN}, {"\"9223372036854775808\"", false, 0}, {"\"\"", false, 0},
		{"\"12 \"", false, 0}, {"\"+1\"", false, 0}, {"\"1.0\"", false, 0}, {"\"007\"", false, 0}, {"\"-\"", false, 0},
		{"\"99999999999999999999\"", false, 0}, {"true", false, 0}, {"null", false, 0},
	};
	char err[128];
	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct json_doc *d = read_text(cases[k].text, err);
		int64_t value = 0;
		bool ok = json_as_int(json_root(d), &value);
		if (ok != cases[k].ok || value != cases[k].value)
			fail_msg("%s: %d %lld", cases[k].text, ok, (long long)value);
		json_doc_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_json), cmocka_unit_test(refuses_with_a_place), cmocka_unit_test(bounds_depth),
		cmocka_unit_test(bounds_values_and_bytes), cmocka_unit_test(finds_values),
		cmocka_unit_test(survives_wrong_types), cmocka_unit_test(reads_whole_numbers),
	};
	return cmocka_run_group_tests_name("json_in", tests, NULL, NULL);
}
