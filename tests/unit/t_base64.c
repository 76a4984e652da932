/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/value/base64.h"

#include <string.h>

static void encode(const char *text, size_t len, bool url, char out[64])
{
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3)
		n += base64_group((const unsigned char *)text + i, len - i, url, out + n);
	out[n] = '\0';
}

/* RFC 4648 section 10, without the padding. */
static void as_the_rfc_says(void **state)
{
	static const struct { const char *text, *made; } rows[] = {
	    {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		encode(rows[i].text, strlen(rows[i].text), false, out);
		assert_string_equal(out, rows[i].made);
	}
}

static void two_digits_differ_in_urls(void **state)
{
	char out[64];

	(void)state;
	encode("\xfb\xff\xbf", 3, false, out);
	assert_string_equal(out, "+/+/");
	encode("\xfb\xff\xbf", 3, true, out);
	assert_string_equal(out, "-_-_");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_the_rfc_says), cmocka_unit_test(two_digits_differ_in_urls)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
