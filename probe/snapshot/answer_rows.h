/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of a list ({"value": [...], "nextLink": …}) into a table of the snapshot, within
 * its bounds of rows and bytes. */
#ifndef ERPROBE_AZURE_ANSWER_ROWS_H
#define ERPROBE_AZURE_ANSWER_ROWS_H

#include "probe/snapshot/answers.h"
#include "probe/snapshot/fields.h"

/* Brackets and what is derived of one row, generously. */
#define ANSWER_ROW_OVERHEAD 330

/* A table being filled, whatever its rows are. */
struct answer_rows {
	void **rows;
	size_t *count;
	struct az_part *part;
	const struct field_set *fields;  /* how a row is read; NULL = by the three that follow */
	size_t row_size;
	void (*read_row)(const struct json_value *v, void *row);
	size_t (*row_bytes)(const void *row);
	bool (*wanted)(const struct json_value *v, const struct answer_for *f); /* NULL = all */
	bool few;                        /* a small table: AZ_FEW_ROWS_MAX, AZ_FEW_BYTES_MAX */
	bool bare;                       /* the answer may be the list itself */
};

/* Adds the rows of one page. False with a line in err when the answer is no list. */
bool answer_read_rows(const struct json_value *v, const struct answer_rows *t, const struct answer_for *f,
                      char *err, size_t err_size);
/* Adds the objects of this list. */
void answer_add_rows(const struct answer_rows *t, const struct json_value *list, const struct answer_for *f);

#endif
