/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading JSON: limits first, then cJSON, then typed look-ups that survive any shape. */
#include "probe/json/json_in.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON keeps numbers as doubles: whole numbers are exact up to here (RFC 8259 section 6). */
#define EXACT_MAX 9007199254740992.0

struct json_doc {
	cJSON *root;
};

/* What the first walk over the bytes has seen, outside and inside strings. */
struct scan {
	size_t depth;
	size_t values;
	bool in_string, escaped;
};

static void scan_byte(struct scan *s, char c)
{
	if (s->in_string) {
		if (s->escaped)
			s->escaped = false;
		else if (c == '\\')
			s->escaped = true;
		else if (c == '"')
			s->in_string = false;
		return;
	}
	switch (c) {
	case '"': s->in_string = true; break;
	case '{':
	case '[': s->depth++; s->values++; break;
	case '}':
	case ']': s->depth -= s->depth > 0; break;
	case ',': s->values++; break;
	default: break;
	}
}

/* cJSON recurses on depth and allocates for each value, so both are bounded before it
 * starts. Each value but the first follows a '[', '{' or ','. */
static bool within_limits(const char *text, size_t len, char *err, size_t err_size)
{
	struct scan s = {.values = 1};
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0') {
			snprintf(err, err_size, "not JSON: a zero byte at byte %zu", i);
			return false;
		}
		scan_byte(&s, text[i]);
		if (s.depth > JSON_IN_DEPTH_MAX) {
			snprintf(err, err_size, "nested deeper than %d levels at byte %zu", JSON_IN_DEPTH_MAX, i);
			return false;
		}
		if (s.values > JSON_IN_VALUES_MAX) {
			snprintf(err, err_size, "more than %d values at byte %zu", JSON_IN_VALUES_MAX, i);
			return false;
		}
	}
	return true;
}

static size_t skip_blanks(const char *text, size_t len, size_t at)
{
	while (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
		at++;
	return at;
}

static cJSON *parse_whole(const char *text, size_t len, char *err, size_t err_size)
{
	const char *end = NULL;
	cJSON *root = cJSON_ParseWithLengthOpts(text, len, &end, false);
	size_t at = end && end >= text && end <= text + len ? (size_t)(end - text) : 0;
	if (!root) {
		snprintf(err, err_size, "not JSON: it breaks at byte %zu", at);
		return NULL;
	}
	at = skip_blanks(text, len, at);
	if (at < len) {
		snprintf(err, err_size, "not JSON: something follows the value at byte %zu", at);
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

struct json_doc *json_read(const char *text, size_t len, char *err, size_t err_size)
{
	if (err_size > 0)
		err[0] = '\0';
	if (!text || len == 0) {
		snprintf(err, err_size, "not JSON: nothing there");
		return NULL;
	}
	if (len > JSON_IN_BYTES_MAX) {
		snprintf(err, err_size, "larger than %zu bytes", JSON_IN_BYTES_MAX);
		return NULL;
	}
	if (!within_limits(text, len, err, err_size))
		return NULL;
	struct json_doc *d = calloc(1, sizeof(*d));
	if (!d) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	d->root = parse_whole(text, len, err, err_size);
	if (!d->root) {
		free(d);
		return NULL;
	}
	return d;
}

void json_doc_free(struct json_doc *d)
{
	if (!d)
		return;
	cJSON_Delete(d->root);
	free(d);
}

/* A json_value is a cJSON node seen from outside: the type has no body of its own. */
static const struct json_value *from_node(const cJSON *node)
{
	return (const struct json_value *)(const void *)node;
}

static const cJSON *node_of(const struct json_value *v)
{
	return (const cJSON *)(const void *)v;
}

const struct json_value *json_root(const struct json_doc *d)
{
	return d ? from_node(d->root) : NULL;
}

const struct json_value *json_get(const struct json_value *v, const char *key)
{
	if (!json_is_object(v) || !key)
		return NULL;
	return from_node(cJSON_GetObjectItemCaseSensitive(node_of(v), key));
}

const struct json_value *json_path(const struct json_value *v, ...)
{
	va_list keys;
	va_start(keys, v);
	for (const char *key = va_arg(keys, const char *); key && v; key = va_arg(keys, const char *))
		v = json_get(v, key);
	va_end(keys);
	return v;
}

bool json_is_object(const struct json_value *v)
{
	return cJSON_IsObject(node_of(v));
}

bool json_is_array(const struct json_value *v)
{
	return cJSON_IsArray(node_of(v));
}

bool json_is_null(const struct json_value *v)
{
	return cJSON_IsNull(node_of(v));
}

const char *json_as_text(const struct json_value *v)
{
	return cJSON_IsString(node_of(v)) ? node_of(v)->valuestring : NULL;
}

/* "-12" and nothing else: no blanks, no plus sign, no leading zeros beyond "0". */
static bool text_to_int(const char *text, int64_t *out)
{
	bool negative = text[0] == '-';
	const char *digits = text + negative;
	size_t count = strspn(digits, "0123456789");
	if (count == 0 || count > 19 || digits[count] != '\0' || (count > 1 && digits[0] == '0'))
		return false;
	uint64_t value = 0;
	for (size_t i = 0; i < count; i++)
		value = value * 10 + (uint64_t)(digits[i] - '0');
	if (value > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	if (negative)
		*out = value == (uint64_t)INT64_MAX + 1 ? INT64_MIN : -(int64_t)value;
	else
		*out = (int64_t)value;
	return true;
}

bool json_as_int(const struct json_value *v, int64_t *out)
{
	const char *text = json_as_text(v);
	if (text)
		return text_to_int(text, out);
	double number;
	if (!json_as_number(v, &number) || fabs(number) > EXACT_MAX || floor(number) < number)
		return false;
	*out = (int64_t)number;
	return true;
}

bool json_as_number(const struct json_value *v, double *out)
{
	if (!cJSON_IsNumber(node_of(v)) || !isfinite(node_of(v)->valuedouble))
		return false;
	*out = node_of(v)->valuedouble;
	return true;
}

bool json_as_bool(const struct json_value *v, bool *out)
{
	if (!cJSON_IsBool(node_of(v)))
		return false;
	*out = cJSON_IsTrue(node_of(v));
	return true;
}

const struct json_value *json_first(const struct json_value *v)
{
	return json_is_array(v) || json_is_object(v) ? from_node(node_of(v)->child) : NULL;
}

const struct json_value *json_next(const struct json_value *v)
{
	return v ? from_node(node_of(v)->next) : NULL;
}

size_t json_count(const struct json_value *v)
{
	size_t count = 0;
	for (const struct json_value *c = json_first(v); c; c = json_next(c))
		count++;
	return count;
}
