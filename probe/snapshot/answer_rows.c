/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of a list into a table of the snapshot. */
#include "probe/snapshot/answer_rows.h"

#include "analysis/value/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_FIRST 16

size_t answer_json_size(const struct az_text *t)
{
	const char *at = t->text;
	size_t size = 2, len;
	uint32_t cp;
	for (; (len = utf8_next(at, &cp)) > 0; at += len)
		size += cp == '"' || cp == '\\' || utf8_is_unsafe(cp) ? 6 : len;
	return size;
}

void *answer_grow(void *rows, size_t count, size_t row_size, bool *cut)
{
	if (count >= AZ_ROWS_MAX) {
		*cut = true;
		return NULL;
	}
	bool full = count == 0 || (count >= ROWS_FIRST && (count & (count - 1)) == 0);
	if (full) {
		size_t room = count == 0 ? ROWS_FIRST : count * 2;
		void *bigger = realloc(rows, room * row_size);
		if (!bigger) {
			*cut = true;
			return NULL;
		}
		rows = bigger;
	}
	memset((char *)rows + count * row_size, 0, row_size);
	return rows;
}

static size_t row_size(const struct answer_rows *t)
{
	return t->fields ? t->fields->row_size : t->row_size;
}

static size_t row_bytes(const struct answer_rows *t, const void *row)
{
	return ANSWER_ROW_OVERHEAD + (t->fields ? fields_bytes(t->fields, row) : t->row_bytes(row));
}

static size_t bytes_so_far(const struct answer_rows *t)
{
	size_t bytes = 0;
	for (size_t i = 0; i < *t->count; i++)
		bytes += row_bytes(t, (const char *)*t->rows + i * row_size(t));
	return bytes;
}

/* False when the table is full. */
static bool add_row(const struct answer_rows *t, const struct json_value *item, size_t *bytes)
{
	if (*t->count >= (t->few ? AZ_FEW_ROWS_MAX : AZ_ROWS_MAX)) {
		t->part->cut = true;
		return false;
	}
	void *rows = answer_grow(*t->rows, *t->count, row_size(t), &t->part->cut);
	if (!rows)
		return false;
	*t->rows = rows;
	void *row = (char *)rows + *t->count * row_size(t);
	if (t->fields)
		fields_decode(t->fields, item, row);
	else
		t->read_row(item, row);
	*bytes += row_bytes(t, row);
	if (*bytes > (t->few ? AZ_FEW_BYTES_MAX : AZ_TABLE_BYTES_MAX)) {
		t->part->cut = true;
		return false;
	}
	(*t->count)++;
	return true;
}

void answer_add_rows(const struct answer_rows *t, const struct json_value *list, const struct answer_for *f)
{
	size_t bytes = bytes_so_far(t);
	for (const struct json_value *item = json_first(list); item; item = json_next(item)) {
		if (!json_is_object(item) || (t->wanted && !t->wanted(item, f)))
			continue;
		if (!add_row(t, item, &bytes))
			break;
	}
}

/* An operation may end without content (204), and an official example is a bare {}:
 * both are a table without rows. Anything else needs its list. */
bool answer_read_rows(const struct json_value *v, const struct answer_rows *t, const struct answer_for *f,
                      char *err, size_t err_size)
{
	const struct json_value *list = json_get(v, "value");
	if (t->bare && (!v || json_is_array(v)))
		list = v;
	else if (v && (!json_is_object(v) || (list && !json_is_array(list) && !json_is_null(list)))) {
		snprintf(err, err_size, "the answer is no table: \"value\" is not a list");
		return false;
	}
	answer_add_rows(t, list, f);
	return true;
}
