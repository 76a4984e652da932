/* SPDX-License-Identifier: BSD-2-Clause */
/* UTF-8 (RFC 3629) one character at a time. */
#ifndef ERPROBE_UTF8_H
#define ERPROBE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID UINT32_MAX
#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Reads one character of a NUL-terminated text: *cp is its code point, or
 * UTF8_INVALID for a byte that begins no valid sequence (overlong forms,
 * surrogates and values above U+10FFFF are invalid). Returns the bytes read, 1 for
 * an invalid byte, 0 at the end of the text. */
size_t utf8_next(const char *text, uint32_t *cp);
/* Control characters (C0, DEL, C1), line and paragraph separators and the
 * bidirectional controls: they would let a text move the cursor, break the line
 * or reorder what a person reads. */
bool utf8_is_unsafe(uint32_t cp);
/* Terminal columns of a text: wide East Asian characters take two, combining
 * marks and joiners none, an invalid byte one. */
size_t utf8_columns(const char *text);
/* The longest prefix of text, in bytes, that ends at a character border, is at
 * most bytes long and takes at most columns. */
size_t utf8_fit(const char *text, size_t bytes, size_t columns);

/* The small letter of an ASCII capital, anything else as it is; unlike tolower() the same in every locale. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Are these len bytes, with a zero byte behind them, all UTF-8 and none of them zero? */
bool utf8_is_whole(const char *data, size_t len);

#endif
