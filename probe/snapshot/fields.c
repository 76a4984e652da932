/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows by their lists of fields. */
#include "probe/snapshot/fields.h"

#include "probe/snapshot/answers.h"

#include <stdlib.h>
#include <string.h>

#define EXACT_MAX (INT64_C(1) << 53) /* JSON readers keep whole numbers exactly up to here */
#define NUMBER_BYTES 24
#define KEY_MAX 64

static const struct json_value *nth(const struct json_value *list, const char *number)
{
	const struct json_value *v = json_first(list);
	for (unsigned long n = strtoul(number, NULL, 10); v && n > 0; n--)
		v = json_next(v);
	return v;
}

/* The value at this path of keys, or NULL. */
static const struct json_value *fields_find(const struct json_value *v, const char *path)
{
	char key[KEY_MAX];
	while (v && *path) {
		size_t len = strcspn(path, "/");
		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		v = json_is_array(v) ? nth(v, key) : json_get(v, key);
		path += len + (path[len] == '/');
	}
	return v;
}

static void decode(const struct field *f, const struct json_value *v, void *row)
{
	void *at = (char *)row + f->at;
	struct az_flag *flag = at;
	switch (f->kind) {
	case FIELD_TEXT:
		answer_text(v, at);
		break;
	case FIELD_INT:
		answer_int(v, at);
		break;
	case FIELD_FLAG:
		flag->present = json_as_bool(v, &flag->value);
		break;
	}
}

void fields_decode(const struct field_set *set, const struct json_value *v, void *row)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *f = &set->fields[i];
		const struct json_value *found = fields_find(v, f->from);
		if ((!found || json_is_null(found)) && f->or_from)
			found = fields_find(v, f->or_from);
		decode(f, found, row);
	}
}

/* ------------------------------------------------------------------ our document */

void fields_write_int(struct json_out *j, const char *key, const struct az_int *i)
{
	if (!i->present)
		json_null(j, key);
	else if (i->value > EXACT_MAX || i->value < -EXACT_MAX)
		json_int_text(j, key, i->value);
	else
		json_int(j, key, i->value);
}

void fields_write(struct json_out *j, const struct field_set *set, const void *row)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *f = &set->fields[i];
		const void *at = (const char *)row + f->at;
		const struct az_text *text = at;
		const struct az_flag *flag = at;
		if (f->kind == FIELD_TEXT)
			json_text(j, f->key, text->present ? text->text : NULL);
		else if (f->kind == FIELD_INT)
			fields_write_int(j, f->key, at);
		else if (flag->present)
			json_bool(j, f->key, flag->value);
		else
			json_null(j, f->key);
	}
}

static bool read_text(const struct json_value *v, struct az_text *out)
{
	const char *text = json_as_text(v);
	if (!text || strlen(text) >= sizeof(out->text))
		return false;
	memcpy(out->text, text, strlen(text) + 1);
	out->present = true;
	return true;
}

static bool read_field(const struct field *f, const struct json_value *v, void *row)
{
	void *at = (char *)row + f->at;
	struct az_int *number = at;
	struct az_flag *flag = at;
	if (json_is_null(v))
		return true;
	switch (f->kind) {
	case FIELD_TEXT:
		return read_text(v, at);
	case FIELD_INT:
		return (number->present = json_as_int(v, &number->value));
	case FIELD_FLAG:
		return (flag->present = json_as_bool(v, &flag->value));
	}
	return false;
}

bool fields_read(const struct field_set *set, const struct json_value *v, void *row, const char **key, bool *missing)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct json_value *found = json_get(v, set->fields[i].key);
		*key = set->fields[i].key;
		*missing = !found;
		if (!found || !read_field(&set->fields[i], found, row))
			return false;
	}
	return true;
}

size_t fields_bytes(const struct field_set *set, const void *row)
{
	size_t bytes = 0;
	for (size_t i = 0; i < set->count; i++) {
		const struct field *f = &set->fields[i];
		const struct az_text *text = (const void *)((const char *)row + f->at);
		bytes += strlen(f->key) + 6 + (f->kind == FIELD_TEXT && text->present ? answer_json_size(text) : NUMBER_BYTES);
	}
	return bytes;
}
