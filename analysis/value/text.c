/* SPDX-License-Identifier: BSD-2-Clause */
/* Text from others made safe, and bounded text that shows where it was cut. */
#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"

#include <stdio.h>
#include <string.h>

void text_safe(char *dst, size_t size, const char *src)
{
	size_t at = 0, len;
	uint32_t cp;

	if (size == 0)
		return;
	for (; (len = utf8_next(src, &cp)) > 0; src += len) {
		bool keep = cp != UTF8_INVALID && !utf8_is_unsafe(cp);
		const char *out = keep ? src : UTF8_REPLACEMENT;
		size_t out_len = keep ? len : sizeof UTF8_REPLACEMENT - 1;

		if (out_len >= size - at)
			break;
		memcpy(dst + at, out, out_len);
		at += out_len;
	}
	dst[at] = '\0';
}

/* Replaces the end of a full buffer by the cut mark. */
static void mark_cut(char *dst, size_t size)
{
	size_t mark = sizeof TEXT_CUT_MARK - 1;

	if (size <= mark) { /* no room for it: end before a character that may be cut */
		size_t end = 0;

		while (dst[end] != '\0' && ((unsigned char)dst[end] & 0x80) == 0)
			end++;
		dst[end] = '\0';
		return;
	}
	size_t keep = utf8_fit(dst, size - 1 - mark, size);
	memcpy(dst + keep, TEXT_CUT_MARK, mark + 1);
}

void text_format(char *dst, size_t size, const char *format, ...)
{
	va_list args;

	if (size == 0)
		return;
	va_start(args, format);
	int len = vsnprintf(dst, size, format, args);
	va_end(args);
	if (len < 0)
		dst[0] = '\0';
	else if ((size_t)len >= size)
		mark_cut(dst, size);
}
