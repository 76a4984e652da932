/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 decoding and column counting. */
#include "analysis/value/utf8.h"

#include <string.h>

/* Length and first-byte payload of a sequence; 0 for a byte that begins none. */
static size_t sequence_length(uint8_t first, uint32_t *bits)
{
	if (first < 0x80) {
		*bits = first;
		return 1;
	}
	if (first >= 0xc2 && first <= 0xdf) {
		*bits = first & 0x1fu;
		return 2;
	}
	if (first >= 0xe0 && first <= 0xef) {
		*bits = first & 0x0fu;
		return 3;
	}
	if (first >= 0xf0 && first <= 0xf4) {
		*bits = first & 0x07u;
		return 4;
	}
	return 0;
}

static bool is_scalar(uint32_t cp, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	return cp >= least[len] && cp <= 0x10ffff && !(cp >= 0xd800 && cp <= 0xdfff);
}

size_t utf8_next(const char *text, uint32_t *cp)
{
	const uint8_t *b = (const uint8_t *)text;
	uint32_t v = 0;

	*cp = 0;
	if (b[0] == 0)
		return 0;
	size_t len = sequence_length(b[0], &v);
	/* A NUL is no continuation byte, so this never reads past the end. */
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80) {
			len = 0;
			break;
		}
		v = v << 6 | (b[i] & 0x3fu);
	}
	if (len == 0 || !is_scalar(v, len)) {
		*cp = UTF8_INVALID;
		return 1;
	}
	*cp = v;
	return len;
}

struct range { uint32_t first, last; };

static bool in_ranges(const struct range *r, size_t count, uint32_t cp)
{
	for (size_t i = 0; i < count; i++)
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	return false;
}

#define IN(table, cp) in_ranges((table), sizeof(table) / sizeof((table)[0]), (cp))

bool utf8_is_unsafe(uint32_t cp)
{
	static const struct range unsafe[] = {
	    {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200e, 0x200f},
	    {0x2028, 0x202e}, {0x2066, 0x2069},
	};

	return (cp < ' ' || cp > '~') && IN(unsafe, cp); /* ASCII is what nearly everything is */
}

/* The common blocks are enough: a miss costs one misaligned column. */
static size_t char_columns(uint32_t cp)
{
	static const struct range none[] = {
	    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f},
	    {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff},
	};
	static const struct range wide[] = {
	    {0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
	    {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff},
	    {0x20000, 0x3fffd},
	};

	if (cp < 0x300)
		return 1;
	if (IN(none, cp))
		return 0;
	return IN(wide, cp) ? 2 : 1;
}

size_t utf8_columns(const char *text)
{
	size_t columns = 0, len;
	uint32_t cp;

	for (; (len = utf8_next(text, &cp)) > 0; text += len)
		columns += cp == UTF8_INVALID ? 1 : char_columns(cp);
	return columns;
}

size_t utf8_fit(const char *text, size_t bytes, size_t columns)
{
	size_t at = 0, used = 0, len;
	uint32_t cp;

	while ((len = utf8_next(text + at, &cp)) > 0) {
		size_t more = cp == UTF8_INVALID ? 1 : char_columns(cp);

		if (at + len > bytes || used + more > columns)
			break;
		at += len;
		used += more;
	}
	return at;
}

/* Bytes of ASCII from here on, eight at a time; documents are little else. */
static size_t ascii_len(const char *at, size_t len)
{
	size_t n = 0;
	uint64_t word;

	for (; n + sizeof word <= len; n += sizeof word) {
		memcpy(&word, at + n, sizeof word);
		/* A high bit is no ASCII; a borrow into one is a zero byte, which ends the text. */
		if (((word | (word - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	return n;
}

bool utf8_is_whole(const char *data, size_t len)
{
	const char *at = data + ascii_len(data, len);
	uint32_t cp = 0;
	size_t step;

	while ((step = utf8_next(at, &cp)) > 0 && cp != UTF8_INVALID) {
		at += step;
		if ((size_t)(at - data) >= len) /* a character that goes on behind len ends there as well */
			break;
		at += ascii_len(at, len - (size_t)(at - data));
	}
	return cp != UTF8_INVALID && (size_t)(at - data) == len;
}
