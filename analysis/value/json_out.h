/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes JSON to a strbuf: members in the order of the calls, two-space indent
 * (or compact), numbers in one fixed form, so that equal values give equal bytes. */
#ifndef ERPROBE_JSON_OUT_H
#define ERPROBE_JSON_OUT_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 24

struct json_out {
	struct strbuf *out;
	bool compact;
	int depth;
	bool has_member[JSON_DEPTH_MAX];
};

void json_begin(struct json_out *j, struct strbuf *out, bool compact);

/* -- one member in two steps: its key, then its value. The calls below do both -- */

/* What stands before a value without a key: a comma, a line break. */
void json_item(struct json_out *j);
void json_any_key(struct json_out *j, const char *key);
/* The same of a key of len bytes, none of which needs an escape. */
void json_plain_key(struct json_out *j, const char *key, size_t len);
/* And the value behind it: most members are numbers. */
void json_plain_int(struct json_out *j, const char *key, size_t len, int64_t value);
void json_put_open(struct json_out *j, char bracket);
void json_put_null(struct json_out *j);
void json_put_text(struct json_out *j, const char *text);
void json_put_int(struct json_out *j, int64_t value);
void json_put_number(struct json_out *j, double value);
void json_put_real(struct json_out *j, double value);
void json_put_bool(struct json_out *j, bool value);
void json_put_int_text(struct json_out *j, int64_t value);

/* Half of a document is keys. Those that stand in the call are words of ours, and the compiler counts their bytes. */
static inline void json_key(struct json_out *j, const char *key)
{
	if (key == NULL)
		json_item(j);
	else if (__builtin_constant_p(strlen(key)))
		json_plain_key(j, key, strlen(key));
	else
		json_any_key(j, key);
}

/* -- values; key is NULL inside arrays and for the top value -- */

static inline void json_object(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_put_open(j, '{');
}
void json_object_end(struct json_out *j);
static inline void json_array(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_put_open(j, '[');
}
void json_array_end(struct json_out *j);
/* NULL text prints null. Escapes per RFC 8259; invalid UTF-8 becomes U+FFFD. */
static inline void json_text(struct json_out *j, const char *key, const char *text)
{
	json_key(j, key);
	json_put_text(j, text);
}
static inline void json_int(struct json_out *j, const char *key, int64_t value)
{
	if (key != NULL && __builtin_constant_p(strlen(key))) {
		json_plain_int(j, key, strlen(key), value);
		return;
	}
	json_key(j, key);
	json_put_int(j, value);
}
/* Six decimals at most, trailing zeros dropped; not finite prints null. */
static inline void json_number(struct json_out *j, const char *key, double value)
{
	json_key(j, key);
	json_put_number(j, value);
}
/* The same, but a whole number keeps a decimal ("0.0"), for readers with typed numbers. */
static inline void json_real(struct json_out *j, const char *key, double value)
{
	json_key(j, key);
	json_put_real(j, value);
}
static inline void json_bool(struct json_out *j, const char *key, bool value)
{
	json_key(j, key);
	json_put_bool(j, value);
}
static inline void json_null(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_put_null(j);
}
/* null where it is not known. */
static inline void json_int_or_null(struct json_out *j, const char *key, bool known, int64_t value)
{
	if (known)
		json_int(j, key, value);
	else
		json_null(j, key);
}
/* 64-bit values beyond 2^53 (nanosecond stamps) go as decimal text. */
static inline void json_int_text(struct json_out *j, const char *key, int64_t value)
{
	json_key(j, key);
	json_put_int_text(j, value);
}
/* Ends the document with a newline when depth is 0. */
void json_finish(struct json_out *j);
/* Adds a document, of our own or another writer's, without the blanks and line ends between its tokens, and one
 * line end: what the compact form would have been. text must be JSON. */
void json_one_line(const char *text, size_t len, struct strbuf *out);

#endif
