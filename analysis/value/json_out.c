/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON (RFC 8259) to a buffer. */
#include "analysis/value/json_out.h"

#include "analysis/value/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WHOLE_MOST 1e15 /* a double has all whole numbers up to here, and so has an int64_t */
#define DECIMALS 6

void json_begin(struct json_out *j, struct strbuf *out, bool compact)
{
	*j = (struct json_out){.out = out, .compact = compact};
}

static void new_line(struct json_out *j)
{
	if (j->compact)
		return;
	strbuf_add_char(j->out, '\n');
	for (int i = 0; i < j->depth; i++)
		strbuf_add(j->out, "  ");
}

static void escaped_char(struct strbuf *out, uint32_t cp)
{
	switch (cp) {
	case '"': strbuf_add(out, "\\\""); break;
	case '\\': strbuf_add(out, "\\\\"); break;
	case '\b': strbuf_add(out, "\\b"); break;
	case '\f': strbuf_add(out, "\\f"); break;
	case '\n': strbuf_add(out, "\\n"); break;
	case '\r': strbuf_add(out, "\\r"); break;
	case '\t': strbuf_add(out, "\\t"); break;
	default: strbuf_addf(out, "\\u%04" PRIx32, cp); break;
	}
}

/* Printable ASCII that needs no escape: all between these but the two. */
static const bool is_plain[256] = {
#define FOUR(c) [c] = true, [(c) + 1] = true, [(c) + 2] = true, [(c) + 3] = true
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
	[' '] = true, ['!'] = true, /* not '"' */ ['#'] = true, FOUR('$'), FOUR('('), FOUR(','), SIXTEEN('0'), SIXTEEN('@'),
	FOUR('P'), FOUR('T'), FOUR('X') /* not '\\' */, [']'] = true, ['^'] = true, ['_'] = true, SIXTEEN('`'),
	FOUR('p'), FOUR('t'), FOUR('x'), ['|'] = true, ['}'] = true, ['~'] = true,
#undef SIXTEEN
#undef FOUR
};

/* Length of the plain text at the beginning. */
static size_t plain_length(const char *text)
{
	size_t n = 0;

	while (is_plain[(unsigned char)text[n]])
		n++;
	return n;
}

/* Escapes more than RFC 8259 asks: whatever could steer a terminal goes as
 * \uXXXX too (all of it lies in the basic plane), so that the document may be
 * printed and still reads back equal. */
static void quoted_bytes(struct strbuf *out, const char *text)
{
	size_t len;
	uint32_t cp;

	strbuf_add_char(out, '"');
	for (;;) {
		len = plain_length(text);
		strbuf_add_bytes(out, text, len);
		text += len;
		len = utf8_next(text, &cp);
		if (len == 0)
			break;
		text += len;
		if (cp == UTF8_INVALID)
			strbuf_add(out, UTF8_REPLACEMENT);
		else if (cp == '"' || cp == '\\' || utf8_is_unsafe(cp))
			escaped_char(out, cp);
		else
			strbuf_add_bytes(out, text - len, len);
	}
	strbuf_add_char(out, '"');
}

/* Nearly all texts are plain and short: looked at and copied in one pass, where there is room for the longest. */
#define SHORT_MOST 48u
static inline bool quoted_short(struct strbuf *out, const char *text)
{
	char *at = strbuf_room(out, SHORT_MOST + 2), *start = at;

	if (at == NULL)
		return false;
	*at++ = '"';
	for (size_t n = 0; n < SHORT_MOST && is_plain[(unsigned char)*text]; n++)
		*at++ = *text++;
	if (*text != '\0') {
		*start = '\0';
		return false;
	}
	*at++ = '"';
	strbuf_used(out, (size_t)(at - start));
	return true;
}

static void quoted(struct strbuf *out, const char *text)
{
	if (!quoted_short(out, text))
		quoted_bytes(out, text);
}

/* Two words that may overlap: a call would take longer. */
static inline void copy_short(char *to, const char *from, size_t len)
{
	if (len > 2 * sizeof(uint64_t)) {
		memcpy(to, from, len);
	} else if (len >= sizeof(uint64_t)) {
		memcpy(to, from, sizeof(uint64_t));
		memcpy(to + len - sizeof(uint64_t), from + len - sizeof(uint64_t), sizeof(uint64_t));
	} else if (len >= sizeof(uint32_t)) {
		memcpy(to, from, sizeof(uint32_t));
		memcpy(to + len - sizeof(uint32_t), from + len - sizeof(uint32_t), sizeof(uint32_t));
	} else {
		for (size_t i = 0; i < len; i++)
			to[i] = from[i];
	}
}

/* Comma and line break. */
static void separate(struct json_out *j)
{
	if (j->has_member[j->depth])
		strbuf_add_char(j->out, ',');
	j->has_member[j->depth] = true;
	if (j->depth > 0)
		new_line(j);
}

void json_item(struct json_out *j)
{
	separate(j);
}

void json_any_key(struct json_out *j, const char *key)
{
	separate(j);
	quoted(j->out, key);
	strbuf_add(j->out, j->compact ? ":" : ": ");
}

/* The comma, quotes and colon around a key. */
#define KEY_MARKS 4u
static inline char *put_plain_key(struct json_out *j, char *at, const char *key, size_t len)
{
	if (j->has_member[j->depth])
		*at++ = ',';
	j->has_member[j->depth] = true;
	*at++ = '"';
	copy_short(at, key, len);
	at += len;
	*at++ = '"';
	*at++ = ':';
	return at;
}

void json_plain_key(struct json_out *j, const char *key, size_t len)
{
	char *at = j->compact ? strbuf_room(j->out, len + KEY_MARKS) : NULL;

	if (at != NULL)
		strbuf_used(j->out, (size_t)(put_plain_key(j, at, key, len) - at));
	else
		json_any_key(j, key);
}

void json_plain_int(struct json_out *j, const char *key, size_t len, int64_t value)
{
	char *at = j->compact ? strbuf_room(j->out, len + KEY_MARKS + DECIMAL_MAX) : NULL;

	if (at != NULL) {
		strbuf_used(j->out, (size_t)(decimal_text(put_plain_key(j, at, key, len), value) - at));
		return;
	}
	json_any_key(j, key);
	json_put_int(j, value);
}

void json_put_open(struct json_out *j, char bracket)
{
	strbuf_add_char(j->out, bracket);
	if (j->depth + 1 >= JSON_DEPTH_MAX) {
		j->out->failed = true;
		return;
	}
	j->has_member[++j->depth] = false;
}

static void close_level(struct json_out *j, char bracket)
{
	if (j->depth == 0) {
		j->out->failed = true;
		return;
	}
	bool filled = j->has_member[j->depth--];
	if (filled)
		new_line(j);
	strbuf_add_char(j->out, bracket);
}

void json_object_end(struct json_out *j) { close_level(j, '}'); }
void json_array_end(struct json_out *j) { close_level(j, ']'); }

void json_put_null(struct json_out *j)
{
	strbuf_add(j->out, "null");
}

void json_put_text(struct json_out *j, const char *text)
{
	if (text == NULL)
		json_put_null(j);
	else
		quoted(j->out, text);
}

void json_put_int(struct json_out *j, int64_t value)
{
	strbuf_add_int(j->out, value);
}

/* "%.0f" prints no decimal point, so no locale can change these bytes. */
void json_put_number(struct json_out *j, double value)
{
	double whole;
	char digits[DECIMALS + 1];

	if (!isfinite(value)) {
		json_put_null(j);
		return;
	}
	if (value >= 0 && value < 1000 && value == (double)(int)value) { /* most ratios */
		json_put_int(j, (int)value);
		return;
	}
	long millionths = lround(modf(fabs(value), &whole) * 1e6);
	if (millionths >= 1000000) {
		whole += 1;
		millionths = 0;
	}
	if (value < 0 && (whole > 0 || millionths > 0))
		strbuf_add_char(j->out, '-');
	if (whole < WHOLE_MOST)
		strbuf_add_int(j->out, (int64_t)whole);
	else
		strbuf_addf(j->out, "%.0f", whole);
	if (millionths == 0)
		return;
	int used = DECIMALS;
	for (int i = DECIMALS - 1; i >= 0; i--, millionths /= 10)
		digits[i] = (char)('0' + millionths % 10);
	while (digits[used - 1] == '0')
		used--;
	digits[used] = '\0';
	strbuf_add_char(j->out, '.');
	strbuf_add_bytes(j->out, digits, (size_t)used);
}

void json_put_real(struct json_out *j, double value)
{
	size_t before = j->out->len;

	json_put_number(j, value);
	for (size_t i = j->out->len; i > before; i--)
		if (j->out->text[i - 1] == '.' || j->out->text[i - 1] == 'l')
			return; /* a fraction, or null */
	strbuf_add(j->out, ".0");
}

void json_put_bool(struct json_out *j, bool value)
{
	strbuf_add(j->out, value ? "true" : "false");
}

void json_put_int_text(struct json_out *j, int64_t value)
{
	strbuf_addf(j->out, "\"%" PRId64 "\"", value);
}

/* An open level is a mistake of the program; half a document must not pass. */
void json_finish(struct json_out *j)
{
	if (j->depth != 0) {
		j->out->failed = true;
		return;
	}
	strbuf_add_char(j->out, '\n');
	j->has_member[0] = false;
}

void json_one_line(const char *text, size_t len, struct strbuf *out)
{
	bool quoted = false;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (!quoted && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
			continue;
		strbuf_add_char(out, c);
		if (quoted && c == '\\' && i + 1 < len)
			strbuf_add_char(out, text[++i]);
		else if (c == '"')
			quoted = !quoted;
	}
	strbuf_add_char(out, '\n');
}
