/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/sign_form.h"

#include <string.h>

#define LINE_LEN 70
#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----\n"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Lines of exactly LINE_LEN but the last, each ended by one newline. Counts the
 * characters that stand for bits, and '='; *last is the last of the former. */
static bool lines_exact(const char *at, size_t len, size_t *digits, size_t *fill, char *last)
{
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\n') {
			if (column == 0 || (column != LINE_LEN && i + 1 != len))
				return false;
			column = 0;
			continue;
		}
		if (++column > LINE_LEN)
			return false;
		if (at[i] == '=') {
			++*fill;
		} else if (*fill > 0 || at[i] == '\0' || !strchr(alphabet, at[i])) {
			return false;
		} else {
			++*digits;
			*last = at[i];
		}
	}
	return column == 0 && len > 0;
}

bool sign_form_exact(const char *text, size_t len)
{
	size_t begin = sizeof BEGIN - 1, end = sizeof END - 1, digits = 0, fill = 0;
	unsigned spare;
	char last = 'A';

	if (len <= begin + end || memcmp(text, BEGIN, begin) != 0 || memcmp(text + len - end, END, end) != 0)
		return false;
	if (!lines_exact(text + begin, len - begin - end, &digits, &fill, &last))
		return false;
	if (fill > 2 || (digits + fill) % 4 != 0 || digits == 0)
		return false;
	/* RFC 4648 section 3.5: the bits that no byte needs are zero. */
	spare = fill == 2 ? 15 : fill == 1 ? 3 : 0;
	return ((size_t)(strchr(alphabet, last) - alphabet) & spare) == 0;
}
