/* SPDX-License-Identifier: BSD-2-Clause */
/* Fetches typed members from a JSON object that nobody vouches for. The first thing
 * that is wrong is kept as one line; after it every fetch answers zero, so that a
 * reader fetches a whole structure and asks fields_ok() once. Every member named
 * must be there. */
#ifndef ERPROBE_JSON_FIELDS_H
#define ERPROBE_JSON_FIELDS_H

#include "analysis/value/json_out.h"
#include "erprobe/addr.h"
#include "probe/json/json_in.h"
#include "probe/record/plan_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fields {
	char *err;       /* where the line goes; owned by the caller */
	size_t err_size;
	const char *file; /* names the document in the line */
	const char *list; /* "flows", … the list being read, or NULL; and the place in it */
	size_t place;
	bool failed;
};

bool fields_ok(const struct fields *f);
/* Notes an error: "FILE: LIST[PLACE].KEY WHAT". Always false. */
bool fields_fail(struct fields *f, const char *key, const char *what);

int64_t field_int(struct fields *f, const struct json_value *o, const char *key, int64_t min, int64_t max);
/* Unsigned 64-bit, saved as decimal text. */
uint64_t field_unsigned(struct fields *f, const struct json_value *o, const char *key);
/* A double saved as decimal text, from 0 to max, which may be infinity. */
double field_double(struct fields *f, const struct json_value *o, const char *key, double max);
bool field_bool(struct fields *f, const struct json_value *o, const char *key);
/* Copies a text that fits dst with its NUL. */
void field_text(struct fields *f, const struct json_value *o, const char *key, char *dst, size_t size);
/* null is "no address". */
struct ip_addr field_addr(struct fields *f, const struct json_value *o, const char *key);
struct ip_prefix field_prefix(struct fields *f, const struct json_value *o, const char *key);
/* Exactly len bytes as hex digits. */
void field_hex(struct fields *f, const struct json_value *o, const char *key, uint8_t *dst, size_t len);
int field_word(struct fields *f, const struct json_value *o, const char *key, enum plan_word w);
/* Writes a double as decimal text, the shortest that field_double() reads back as the same. */
void json_decimal(struct json_out *j, const char *key, double value);
/* An object or an array with at most max members; NULL after a failure. */
const struct json_value *field_object(struct fields *f, const struct json_value *o, const char *key);
const struct json_value *field_array(struct fields *f, const struct json_value *o, const char *key, size_t max);

#endif
