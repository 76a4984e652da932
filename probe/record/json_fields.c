/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/json_fields.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool fields_ok(const struct fields *f)
{
	return !f->failed;
}

bool fields_fail(struct fields *f, const char *key, const char *what)
{
	if (f->failed)
		return false;
	f->failed = true;
	if (f->list)
		text_format(f->err, f->err_size, "%s: %s[%zu].%s %s", f->file, f->list, f->place, key, what);
	else
		text_format(f->err, f->err_size, "%s: %s %s", f->file, key, what);
	return false;
}

int64_t field_int(struct fields *f, const struct json_value *o, const char *key, int64_t min, int64_t max)
{
	int64_t value = 0;

	if (f->failed)
		return 0;
	if (!json_as_int(json_get(o, key), &value))
		fields_fail(f, key, "is not a whole number");
	else if (value < min || value > max)
		fields_fail(f, key, "is out of range");
	return f->failed ? 0 : value;
}

uint64_t field_unsigned(struct fields *f, const struct json_value *o, const char *key)
{
	const char *text = json_as_text(json_get(o, key));
	size_t digits = text ? strspn(text, "0123456789") : 0;
	uint64_t value;

	if (f->failed)
		return 0;
	errno = 0;
	if (digits == 0 || text[digits] != '\0') {
		fields_fail(f, key, "is not a number in decimal text");
		return 0;
	}
	value = strtoull(text, NULL, 10);
	if (errno == ERANGE)
		fields_fail(f, key, "is out of range");
	return f->failed ? 0 : value;
}

double field_double(struct fields *f, const struct json_value *o, const char *key, double max)
{
	const char *text = json_as_text(json_get(o, key));
	char *end = NULL;
	double value = 0;

	if (f->failed)
		return 0;
	if (text && *text != '\0')
		value = strtod(text, &end);
	if (!end || *end != '\0' || isnan(value))
		fields_fail(f, key, "is not a number in decimal text");
	else if (value < 0 || value > max)
		fields_fail(f, key, "is out of range");
	return f->failed ? 0 : value;
}

void json_decimal(struct json_out *j, const char *key, double value)
{
	char text[40];

	for (int digits = 6; digits <= 17; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	json_text(j, key, text);
}

bool field_bool(struct fields *f, const struct json_value *o, const char *key)
{
	bool value = false;

	if (!f->failed && !json_as_bool(json_get(o, key), &value))
		fields_fail(f, key, "is neither true nor false");
	return !f->failed && value;
}

static bool is_utf8(const char *text)
{
	uint32_t cp = 0;
	size_t len;

	for (; (len = utf8_next(text, &cp)) > 0 && cp != UTF8_INVALID; text += len)
		;
	return len == 0;
}

void field_text(struct fields *f, const struct json_value *o, const char *key, char *dst, size_t size)
{
	const char *text = json_as_text(json_get(o, key));
	size_t len = text ? strnlen(text, size) : 0;

	dst[0] = '\0';
	if (f->failed)
		return;
	if (!text)
		fields_fail(f, key, "is not a text");
	else if (len >= size)
		fields_fail(f, key, "is too long");
	else if (!is_utf8(text)) /* our own writer would not give it back as it is */
		fields_fail(f, key, "is not UTF-8");
	else
		memcpy(dst, text, len + 1);
}

struct ip_addr field_addr(struct fields *f, const struct json_value *o, const char *key)
{
	const struct json_value *v = json_get(o, key);
	const char *text = json_as_text(v);
	struct ip_addr a = ip_addr_none();

	if (f->failed || json_is_null(v))
		return a;
	if (!text || !ip_addr_parse(text, &a)) {
		fields_fail(f, key, "is not an address");
		return ip_addr_none();
	}
	return a;
}

struct ip_prefix field_prefix(struct fields *f, const struct json_value *o, const char *key)
{
	const char *text = json_as_text(json_get(o, key));
	struct ip_prefix none = {.addr = ip_addr_none(), .len = 0};
	struct ip_prefix p = none;

	if (f->failed)
		return none;
	if (!text || !ip_prefix_parse(text, &p)) {
		fields_fail(f, key, "is not a prefix");
		return none;
	}
	return p;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

void field_hex(struct fields *f, const struct json_value *o, const char *key, uint8_t *dst, size_t len)
{
	const char *text = json_as_text(json_get(o, key));

	memset(dst, 0, len);
	if (f->failed)
		return;
	if (!text || strlen(text) != 2 * len) {
		fields_fail(f, key, "has not the right number of hexadecimal digits");
		return;
	}
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0) {
			fields_fail(f, key, "is not hexadecimal");
			return;
		}
		dst[i] = (uint8_t)(high << 4 | low);
	}
}

int field_word(struct fields *f, const struct json_value *o, const char *key, enum plan_word w)
{
	int value = plan_word_value(w, json_as_text(json_get(o, key)));

	if (!f->failed && value < 0)
		fields_fail(f, key, "is not a word known here");
	return f->failed ? 0 : value;
}

const struct json_value *field_object(struct fields *f, const struct json_value *o, const char *key)
{
	const struct json_value *v = json_get(o, key);

	if (!f->failed && !json_is_object(v))
		fields_fail(f, key, "is not an object");
	return f->failed ? NULL : v;
}

const struct json_value *field_array(struct fields *f, const struct json_value *o, const char *key, size_t max)
{
	const struct json_value *v = json_get(o, key);

	if (!f->failed && !json_is_array(v))
		fields_fail(f, key, "is not a list");
	else if (!f->failed && json_count(v) > max)
		fields_fail(f, key, "has too many members");
	return f->failed ? NULL : v;
}
