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
/* key is NULL inside arrays and for the top value. */
void json_object(struct json_out *j, const char *key);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j, const char *key);
void json_array_end(struct json_out *j);
/* NULL text prints null. Escapes per RFC 8259; invalid UTF-8 becomes U+FFFD. */
void json_text(struct json_out *j, const char *key, const char *text);
void json_int(struct json_out *j, const char *key, int64_t value);
/* Six decimals at most, trailing zeros dropped; not finite prints null. */
void json_number(struct json_out *j, const char *key, double value);
/* The same, but a whole number keeps a decimal ("0.0"), for readers with typed numbers. */
void json_real(struct json_out *j, const char *key, double value);
void json_bool(struct json_out *j, const char *key, bool value);
void json_null(struct json_out *j, const char *key);
/* 64-bit values beyond 2^53 (nanosecond stamps) go as decimal text. */
void json_int_text(struct json_out *j, const char *key, int64_t value);
/* Ends the document with a newline when depth is 0. */
void json_finish(struct json_out *j);
/* Adds a document, of our own or another writer's, without the blanks and line ends between its tokens, and one
 * line end: what the compact form would have been. text must be JSON. */
void json_one_line(const char *text, size_t len, struct strbuf *out);

#endif
