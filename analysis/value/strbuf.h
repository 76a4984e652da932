/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing text buffer with a ceiling. Failures (memory, ceiling) stick and are
 * asked for once at the end. */
#ifndef ERPROBE_STRBUF_H
#define ERPROBE_STRBUF_H

#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
	char *text;     /* NUL-terminated once anything was added; owned */
	size_t len;
	size_t size;
	size_t max;     /* ceiling in bytes */
	bool failed;
};

#define STRBUF_MAX_DEFAULT ((size_t)64 << 20) /* no document of ours is larger */

void strbuf_init(struct strbuf *b, size_t max);
void strbuf_free(struct strbuf *b);
/* Lengthens the text by len bytes, which the caller fills in at once; NULL when failed. */
char *strbuf_grow(struct strbuf *b, size_t len); /* the same where there is no room yet */
static inline char *strbuf_extend(struct strbuf *b, size_t len)
{
	size_t most = b->size < b->max ? b->size : b->max;

	/* Documents are made of short pieces: most find room. */
	if (b->failed || b->len >= most || len >= most - b->len)
		return strbuf_grow(b, len);
	char *at = b->text + b->len;
	b->len += len;
	b->text[b->len] = '\0';
	return at;
}
/* Where the next bytes go, if there are so many free without growing, else NULL; what was written there counts once
 * strbuf_used() says how much of it. */
static inline char *strbuf_room(const struct strbuf *b, size_t len)
{
	size_t most = b->size < b->max ? b->size : b->max;

	return !b->failed && b->len < most && len < most - b->len ? b->text + b->len : NULL;
}
static inline void strbuf_used(struct strbuf *b, size_t len)
{
	b->len += len;
	b->text[b->len] = '\0';
}
static inline void strbuf_add_bytes(struct strbuf *b, const void *data, size_t len)
{
	char *at = strbuf_extend(b, len);

	if (at != NULL && len > 0)
		memcpy(at, data, len);
}
static inline void strbuf_add(struct strbuf *b, const char *text) { strbuf_add_bytes(b, text, strlen(text)); }
static inline void strbuf_add_char(struct strbuf *b, char c)
{
	char *at = strbuf_extend(b, 1);

	if (at != NULL)
		*at = c;
}
/* A whole number in decimal digits, written to at without a NUL: where it ends. */
#define DECIMAL_MAX 20u /* the sign and 19 digits */
char *decimal_text(char at[DECIMAL_MAX], int64_t value);
void strbuf_add_int(struct strbuf *b, int64_t value);
void strbuf_addf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool strbuf_ok(const struct strbuf *b);
/* Hands the text over to the caller, who frees it; NULL when failed. */
char *strbuf_take(struct strbuf *b);

/* Copies src into dst (size bytes) as text that is safe on a terminal and in a
 * sentence: valid UTF-8 kept, control characters (C0, DEL, C1), bidirectional
 * controls and invalid bytes become U+FFFD; cut at a character border. */
void text_safe(char *dst, size_t size, const char *src);
/* What stands at the end of a text that was cut to fit: such a text is no id any more, and only its beginning is known. */
#define TEXT_CUT_MARK "\xe2\x80\xa6" /* U+2026, "…" */
/* snprintf that marks a cut with TEXT_CUT_MARK; always terminates. */
void text_format(char *dst, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
