/* SPDX-License-Identifier: BSD-2-Clause */
/* What two builds must agree on, told by a stranger: two texts, parted at the first zero
 * byte, as comments, as result documents and as words. */
#include "probe/verify/verify_builds.h"
#include "probe/verify/verify_packets.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static char *copy_of(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	require(text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	return text;
}

static bool same_verdicts(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct strbuf differs;
	bool same;

	strbuf_init(&differs, STRBUF_MAX_DEFAULT);
	same = verify_same_results(a, a_len, b, b_len, &differs);
	/* A refusal says why. */
	require(!strbuf_ok(&differs) || same == (differs.len == 0));
	strbuf_free(&differs);
	return same;
}

static void compare_documents(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct strbuf where;
	bool same = same_verdicts(a, a_len, b, b_len);

	require(same == same_verdicts(b, b_len, a, a_len));
	if (same)
		require(same_verdicts(a, a_len, a, a_len));
	strbuf_init(&where, STRBUF_MAX_DEFAULT);
	verify_json_difference(a, a_len, b, b_len, &where);
	require(!strbuf_ok(&where) || where.len > 0);
	strbuf_free(&where);
}

static void compare_words(const char *a, size_t a_len, const char *b)
{
	const char *const names[] = {"01890000-0000-7000-8000-00000000abcd", "wan.loss", NULL};
	const char *missing = verify_missing_name(a, a_len, b, names);

	require(!missing || (strstr(b, missing) && !strstr(a, missing)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	size_t a_len = end ? (size_t)(end - data) : size, b_len = end ? size - a_len - 1 : 0;
	char *a = copy_of(data, a_len), *b = copy_of(end ? end + 1 : data, b_len);

	/* As a comment each ends at its first zero byte. A comment of one word has no key twice. */
	verify_same_facts(a, b);
	require(strpbrk(a, " \n") != NULL || verify_same_facts(a, a));
	compare_documents(a, a_len, b, b_len);
	compare_words(a, a_len, b);
	free(a);
	free(b);
	return 0;
}
