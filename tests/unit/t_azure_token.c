/* SPDX-License-Identifier: BSD-2-Clause */
/* token: read from a file, renewed, and never told to anybody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "probe/signin/token.h"

static char folder[] = "/tmp/t_azure_token.XXXXXX";
static char path[64];

static void write_file(const char *text, size_t len)
{
	char fresh[80];
	snprintf(fresh, sizeof(fresh), "%s.new", path);
	FILE *f = fopen(fresh, "w");
	assert_non_null(f);
	fwrite(text, 1, len, f);
	fclose(f);
	assert_int_equal(rename(fresh, path), 0);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/token", folder);
	return 0;
}

static int drop_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void reads_and_trims(void **state)
{
	static struct token t;
	char err[256];
	(void)state;
	write_file("\r\n  eyJh.eyJi.c2lnbmF0dXJl\t\r\n", 28);
	token_init(&t, path);
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_string_equal(t.text, "eyJh.eyJi.c2lnbmF0dXJl");
	assert_int_equal(t.len, strlen(t.text));
}

static void refuses_what_is_no_token(void **state)
{
	static const struct { const char *text; size_t len; const char *says; } bad[] = {
		{"", 0, "empty"}, {" \n\t ", 4, "empty"}, {"Bearer s3cret-abc", 17, "more than a bare token"},
		{"s3cret\nabc", 10, "more than a bare token"}, {"{\"s3cret\":1}", 12, "more than a bare token"},
		{"\"s3cret\"", 8, "more than a bare token"}, {"s3cret\0x", 8, "more than a bare token"},
		{"s3cret\xc3\xa9", 8, "more than a bare token"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		static struct token t;
		char err[256] = "";
		write_file(bad[i].text, bad[i].len);
		token_init(&t, path);
		assert_false(token_refresh(&t, err, sizeof(err)));
		assert_non_null(strstr(err, bad[i].says));
		assert_non_null(strstr(err, path));
		assert_null(strstr(err, "s3cret")); /* the file is named, its content never told */
		assert_null(strchr(err, '\n'));
	}
}

static void bounds_the_file(void **state)
{
	static char large[TOKEN_BYTES_MAX + 4];
	static struct token t;
	char err[256];
	(void)state;
	memset(large, 'a', sizeof(large));
	write_file(large, TOKEN_BYTES_MAX);
	token_init(&t, path);
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_int_equal(t.len, TOKEN_BYTES_MAX);
	for (size_t more = 1; more <= 4; more++) {
		write_file(large, TOKEN_BYTES_MAX + more);
		token_init(&t, path);
		assert_false(token_refresh(&t, err, sizeof(err)));
		assert_non_null(strstr(err, "is larger than"));
	}
}

static void says_why_it_cannot_open(void **state)
{
	static struct token t;
	char err[256], fifo[80];
	(void)state;
	token_init(&t, "/nonexistent/token");
	assert_false(token_refresh(&t, err, sizeof(err)));
	assert_non_null(strstr(err, "/nonexistent/token"));
	assert_non_null(strstr(err, "No such file"));
	token_init(&t, folder);
	assert_false(token_refresh(&t, err, sizeof(err)));
	assert_non_null(strstr(err, "not a regular file"));
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0); /* opening it must not wait for a writer */
	token_init(&t, fifo);
	assert_false(token_refresh(&t, err, sizeof(err)));
	unlink(fifo);
}

static void follows_a_renewal(void **state)
{
	static struct token t;
	char err[256];
	(void)state;
	write_file("first", 5);
	token_init(&t, path);
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_false(token_renewed(&t)); /* the same token again is no renewal */
	write_file("other", 5);
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_string_equal(t.text, "other");
	write_file("", 0); /* half written: the last good one stands */
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_string_equal(t.text, "other");
	assert_false(token_renewed(&t));
	write_file("third", 5);
	assert_true(token_renewed(&t));
	assert_string_equal(t.text, "third");
}

static void finds_itself(void **state)
{
	static struct token t;
	char err[256];
	(void)state;
	write_file("aaaa.bbbb.0123456789abcdef", 26);
	token_init(&t, path);
	assert_false(token_within(&t, "x", 1)); /* none read yet */
	assert_true(token_refresh(&t, err, sizeof(err)));
	assert_true(token_within(&t, "xx aaaa.bbbb.0123456789abcdef yy", 32));
	assert_true(token_within(&t, "only the signature: 0123456789abcdef", 36));
	assert_false(token_within(&t, "aaaa.bbbb", 9));
	assert_false(token_within(&t, "0123456789abcde", 15));
	assert_false(token_within(&t, NULL, 0));
	write_file("aaaa.bbbb.short", 15);
	assert_true(token_renewed(&t));
	assert_false(token_within(&t, "a short word proves nothing", 27));
	token_wipe(&t);
	for (size_t i = 0; i < sizeof(t); i++)
		assert_int_equal(((const unsigned char *)&t)[i], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_and_trims), cmocka_unit_test(refuses_what_is_no_token),
		cmocka_unit_test(bounds_the_file), cmocka_unit_test(says_why_it_cannot_open),
		cmocka_unit_test(follows_a_renewal), cmocka_unit_test(finds_itself),
	};
	return cmocka_run_group_tests_name("azure_token", tests, make_folder, drop_folder);
}
