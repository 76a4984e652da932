/* SPDX-License-Identifier: BSD-2-Clause */
/* One SQLite database: the only user of SQLite. A failure sticks to the open transaction
 * and is asked for at its end, so that a writer checks once. */
#ifndef ERPROBE_DB_H
#define ERPROBE_DB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db;
struct db_rows; /* the rows of one question; valid until the same SQL is asked again, or a transaction begins or ends */

#define DB_ERROR_MAX 256

enum db_open_result { DB_OPEN, DB_ABSENT, DB_CORRUPT, DB_NO_ACCESS };

/* Opens (for writing: creates) a database whose readers do not wait for the writer (a
 * write-ahead log). Anything but DB_OPEN comes with one line in err and no database. */
enum db_open_result db_open(const char *path, bool write, struct db **out, char *err, size_t err_size);
void db_close(struct db *d);
/* What went wrong last, as a sentence without a full stop. */
const char *db_error(const struct db *d);

/* Several statements without values, such as a schema. */
bool db_script(struct db *d, const char *sql);
/* One statement. `values` has a letter for each "?": i int64_t, r double, t const char *
 * (NULL is null), n null (no argument), b const void * and size_t. The SQL must be a
 * constant of the program: it is prepared once. False when it failed. */
bool db_run(struct db *d, const char *sql, const char *values, ...);
/* The same for a question. NULL when it failed. */
struct db_rows *db_ask(struct db *d, const char *sql, const char *values, ...);
/* The next row; false at the end or after a failure (db_failed). */
bool db_next(struct db_rows *r);
/* After db_next() was false: was it a failure? So is no question at all. */
bool db_failed(const struct db_rows *r);
/* Columns of the row, from 0. Text is "" when null, and lives until the next row. */
int64_t db_int(struct db_rows *r, int column);
double db_real(struct db_rows *r, int column);
const char *db_text(struct db_rows *r, int column);
bool db_null(struct db_rows *r, int column);
/* The first column of the first row, or `fallback`. */
int64_t db_one(struct db *d, int64_t fallback, const char *sql, const char *values, ...);
int64_t db_last_id(const struct db *d);
/* Rows that the last statement changed. */
int64_t db_changed(const struct db *d);

/* A transaction that no reader sees half of. db_commit() is false when it, or anything
 * since db_begin(), failed: then nothing of it is kept. */
bool db_begin(struct db *d);
bool db_commit(struct db *d);
void db_rollback(struct db *d);

#endif
