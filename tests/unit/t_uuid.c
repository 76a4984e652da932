/* SPDX-License-Identifier: BSD-2-Clause */
/* Run ids: what is one, and when it was made. */
#include "analysis/value/uuid.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* RFC 9562, A.6: an example of version 7, of 2022-02-22 19:22:22 UTC. */
#define EXAMPLE "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
#define EXAMPLE_MS INT64_C(0x017F22E279B0)

static void as_the_rfc_has_it(void **state)
{
	static const uint8_t random[10] = {0xfc, 0xc3, 0x58, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f}; /* version and variant are put over */
	char text[UUID_TEXT_MAX];

	(void)state;
	uuid_make(EXAMPLE_MS, random, text);
	assert_string_equal(text, EXAMPLE);
	assert_true(uuid_is(text, strlen(text)));
	assert_true(uuid_made_ms(text) == EXAMPLE_MS);
}

/* What names a folder holds nothing but digits and hyphens, each at its place. */
static void nothing_else_is_one(void **state)
{
	char text[UUID_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < strlen(EXAMPLE); i++)
		for (size_t k = 0; k < 6; k++) {
			memcpy(text, EXAMPLE, sizeof EXAMPLE);
			text[i] = "/.-gA0"[k];
			bool same = text[i] == EXAMPLE[i], zero = text[i] == '0' && EXAMPLE[i] != '-';
			assert_int_equal(uuid_is(text, strlen(text)), same || zero);
			assert_int_equal(uuid_made_ms(text) >= 0, same || (zero && i != 14));
		}
	memcpy(text, EXAMPLE "0", sizeof EXAMPLE + 1);
	assert_false(uuid_is(text, strlen(text)));
	assert_true(uuid_is(text, strlen(text) - 1));
	assert_false(uuid_is(text, strlen(text) - 2));
	assert_false(uuid_is("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_rfc_has_it),
		cmocka_unit_test(nothing_else_is_one),
	};

	return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
