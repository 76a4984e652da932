/* SPDX-License-Identifier: BSD-2-Clause */
/* The growing text buffer. */
#include "analysis/value/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE ((size_t)256)

void strbuf_init(struct strbuf *b, size_t max)
{
	*b = (struct strbuf){.max = max};
}

void strbuf_free(struct strbuf *b)
{
	size_t max = b->max;

	free(b->text);
	strbuf_init(b, max);
}

/* Room for `more` bytes and the NUL. The ceiling counts the text without the NUL. */
static bool reserve(struct strbuf *b, size_t more)
{
	if (b->failed)
		return false;
	if (b->max > SIZE_MAX / 4 || more > b->max || b->len > b->max - more) {
		b->failed = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need <= b->size)
		return true;
	size_t size = b->size > 0 ? b->size : FIRST_SIZE;
	while (size < need)
		size *= 2;
	char *text = realloc(b->text, size);
	if (text == NULL) {
		b->failed = true;
		return false;
	}
	b->text = text;
	b->size = size;
	return true;
}

char *strbuf_grow(struct strbuf *b, size_t len)
{
	if (!reserve(b, len))
		return NULL;
	char *at = b->text + b->len;
	b->len += len;
	b->text[b->len] = '\0';
	return at;
}

/* Documents are mostly numbers: printf() would take most of the time that they do. */
char *decimal_text(char at[DECIMAL_MAX], int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t digits = 1;

	if (value < 0)
		*at++ = '-';
	for (uint64_t power = 10; digits < DECIMAL_MAX - 1 && rest >= power; power *= 10)
		digits++;
	for (size_t i = digits; i-- > 0; rest /= 10)
		at[i] = (char)('0' + rest % 10);
	return at + digits;
}

void strbuf_add_int(struct strbuf *b, int64_t value)
{
	char text[DECIMAL_MAX];

	strbuf_add_bytes(b, text, (size_t)(decimal_text(text, value) - text));
}

void strbuf_addf(struct strbuf *b, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		b->failed = true;
	if (len >= 0 && reserve(b, (size_t)len)) {
		vsnprintf(b->text + b->len, (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

bool strbuf_ok(const struct strbuf *b)
{
	return !b->failed;
}

char *strbuf_take(struct strbuf *b)
{
	char *text = NULL;

	strbuf_add_bytes(b, "", 0); /* an empty buffer hands over an empty text */
	if (!b->failed) {
		text = b->text;
		b->text = NULL;
	}
	strbuf_free(b);
	return text;
}
