/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading JSON from anywhere: the only user of cJSON. Bounded in size, depth and
 * number of values before cJSON sees a byte. */
#ifndef ERPROBE_JSON_IN_H
#define ERPROBE_JSON_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_doc;              /* owns the tree */
struct json_value;            /* a place in it; opaque, never freed by itself */

#define JSON_IN_BYTES_MAX ((size_t)16 << 20) /* the largest answer of Azure is well below */
#define JSON_IN_DEPTH_MAX 64
#define JSON_IN_VALUES_MAX 400000

/* NULL on failure with one line in err: what and at which byte. */
struct json_doc *json_read(const char *text, size_t len, char *err, size_t err_size);
void json_doc_free(struct json_doc *d);
const struct json_value *json_root(const struct json_doc *d);

/* All accept NULL and wrong types: they answer NULL or false, never crash. Keys
 * are compared exactly, the first of duplicates counts. */
const struct json_value *json_get(const struct json_value *v, const char *key);
/* A path of keys: json_path(v, "properties", "sku", "tier", NULL). */
const struct json_value *json_path(const struct json_value *v, ...) __attribute__((sentinel));
bool json_is_object(const struct json_value *v);
bool json_is_array(const struct json_value *v);
bool json_is_null(const struct json_value *v);
const char *json_as_text(const struct json_value *v); /* NULL unless a string */
/* Whole numbers, also as text ("12"); false when absent, fractional or beyond int64 exactness (2^53 for JSON numbers). */
bool json_as_int(const struct json_value *v, int64_t *out);
bool json_as_number(const struct json_value *v, double *out);
bool json_as_bool(const struct json_value *v, bool *out);
/* Children of an array or object in order: for (c = json_first(v); c; c = json_next(c)). */
const struct json_value *json_first(const struct json_value *v);
const struct json_value *json_next(const struct json_value *v);
size_t json_count(const struct json_value *v);

#endif
