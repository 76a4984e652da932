/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/db.h"

#include "analysis/value/strbuf.h"
#include "probe/host/library.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATEMENTS_MAX 96  /* different SQL texts of the program */
#define WRITER_WAITS_MS 500 /* the service has other things to do; it tries again later */
#define READER_WAITS_MS 5000

/* SQLite's functions, once they are loaded: only what opens a history needs them. */
#define SQLITE_CALLS(X) \
	X(bind_blob64) X(bind_double) X(bind_int64) X(bind_null) X(bind_text) X(busy_timeout) X(changes64) \
	X(close_v2) X(column_double) X(column_int64) X(column_text) X(column_type) X(errmsg) X(exec) \
	X(extended_errcode) X(finalize) X(get_autocommit) X(last_insert_rowid) X(open_v2) X(prepare_v3) \
	X(reset) X(step)

static struct {
#define X(name) __typeof__(sqlite3_##name) *name;
	SQLITE_CALLS(X)
#undef X
} lite;

static bool load(char *err, size_t err_size)
{
	static const struct library_call calls[] = {
#define X(name) {"sqlite3_" #name, &lite.name},
		SQLITE_CALLS(X)
#undef X
	};

	return library_load("libsqlite3.so.0", "libsqlite3-0", calls, sizeof calls / sizeof calls[0], err, err_size);
}

struct db_rows {
	struct db *db;
	const char *sql;
	sqlite3_stmt *stmt;
	bool failed; /* the last step */
};

struct db {
	sqlite3 *sqlite;
	struct db_rows rows[STATEMENTS_MAX];
	size_t count;
	bool failed; /* since db_begin() */
	bool corrupt;
	char error[DB_ERROR_MAX];
};

static bool fail(struct db *d)
{
	int code = lite.extended_errcode(d->sqlite) & 0xff;

	d->failed = true;
	d->corrupt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
	text_format(d->error, sizeof d->error, "%s", lite.errmsg(d->sqlite));
	return false;
}

const char *db_error(const struct db *d)
{
	return d->error;
}

/* -- opening -- */

static bool prepare_file(struct db *d, bool write)
{
	/* FULL: a commit is on the disk, also when the power fails. Memory is bounded: 8 MB of pages. */
	static const char settings[] = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-8192; "
	                               "PRAGMA trusted_schema=OFF; PRAGMA journal_size_limit=16777216;";

	lite.busy_timeout(d->sqlite, write ? WRITER_WAITS_MS : READER_WAITS_MS);
	if (write && !db_script(d, "PRAGMA journal_mode=WAL;"))
		return false;
	/* The first read of the file is here: one that is no database is found out. */
	return db_script(d, settings) && db_script(d, "SELECT count(*) FROM sqlite_schema;");
}

static enum db_open_result why_not(struct db *d, int code, const char *path, char *err, size_t err_size)
{
	const char *text = d->error[0] ? d->error : d->sqlite ? lite.errmsg(d->sqlite) : "out of memory";
	struct stat s;

	if (access(path, F_OK) != 0 && errno == ENOENT && code == SQLITE_CANTOPEN) {
		text_format(err, err_size, "%s: No such file or directory", path);
		return DB_ABSENT;
	}
	if (stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
		text_format(err, err_size, "%s: Is a directory: history.path names a file", path);
		return DB_NO_ACCESS;
	}
	text_format(err, err_size, "%s: %s", path, text);
	return d->corrupt ? DB_CORRUPT : DB_NO_ACCESS;
}

enum db_open_result db_open(const char *path, bool write, struct db **out, char *err, size_t err_size)
{
	struct db *d = load(err, err_size) ? calloc(1, sizeof *d) : NULL;
	int flags = (write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOFOLLOW;
	enum db_open_result result;
	int code;

	*out = NULL;
	if (!d) {
		if (lite.open_v2)
			text_format(err, err_size, "%s: out of memory", path);
		return DB_NO_ACCESS;
	}
	code = lite.open_v2(path, &d->sqlite, flags, NULL);
	/* A reader without the right to write still sees what is in the file. */
	if (code != SQLITE_OK && !write) {
		lite.close_v2(d->sqlite);
		code = lite.open_v2(path, &d->sqlite, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, NULL);
	}
	if (code == SQLITE_OK && prepare_file(d, write)) {
		*out = d;
		return DB_OPEN;
	}
	result = why_not(d, code, path, err, err_size);
	db_close(d);
	return result;
}

void db_close(struct db *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->count; i++)
		lite.finalize(d->rows[i].stmt);
	lite.close_v2(d->sqlite);
	free(d);
}

/* -- statements -- */

bool db_script(struct db *d, const char *sql)
{
	return lite.exec(d->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK || fail(d);
}

/* Prepared once for each constant of the program: its address is the key. */
static struct db_rows *statement(struct db *d, const char *sql)
{
	struct db_rows *r;

	for (size_t i = 0; i < d->count; i++) {
		if (d->rows[i].sql == sql) {
			lite.reset(d->rows[i].stmt);
			return &d->rows[i];
		}
	}
	if (d->count == STATEMENTS_MAX) {
		text_format(d->error, sizeof d->error, "more than %d different statements", STATEMENTS_MAX);
		d->failed = true;
		return NULL;
	}
	r = &d->rows[d->count];
	if (lite.prepare_v3(d->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &r->stmt, NULL) != SQLITE_OK) {
		fail(d);
		return NULL;
	}
	r->db = d;
	r->sql = sql;
	d->count++;
	return r;
}

static bool bind(struct db_rows *r, const char *values, va_list args)
{
	int code = SQLITE_OK, place = 1;

	for (; code == SQLITE_OK && *values; values++, place++) {
		if (*values == 'i') {
			code = lite.bind_int64(r->stmt, place, va_arg(args, int64_t));
		} else if (*values == 'r') {
			code = lite.bind_double(r->stmt, place, va_arg(args, double));
		} else if (*values == 't') {
			code = lite.bind_text(r->stmt, place, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
		} else if (*values == 'b') {
			const void *data = va_arg(args, const void *);

			code = lite.bind_blob64(r->stmt, place, data, va_arg(args, size_t), SQLITE_TRANSIENT);
		} else {
			code = lite.bind_null(r->stmt, place);
		}
	}
	return code == SQLITE_OK || fail(r->db);
}

static struct db_rows *ask(struct db *d, const char *sql, const char *values, va_list args)
{
	struct db_rows *r = statement(d, sql);

	return r && bind(r, values, args) ? r : NULL;
}

struct db_rows *db_ask(struct db *d, const char *sql, const char *values, ...)
{
	struct db_rows *r;
	va_list args;

	va_start(args, values);
	r = ask(d, sql, values, args);
	va_end(args);
	return r;
}

bool db_next(struct db_rows *r)
{
	int code = r ? lite.step(r->stmt) : SQLITE_DONE;

	if (code == SQLITE_ROW)
		return true;
	if (r) {
		r->failed = code != SQLITE_DONE;
		if (r->failed)
			fail(r->db);
		lite.reset(r->stmt);
	}
	return false;
}

bool db_failed(const struct db_rows *r)
{
	return !r || r->failed;
}

bool db_run(struct db *d, const char *sql, const char *values, ...)
{
	struct db_rows *r;
	va_list args;
	int code;

	va_start(args, values);
	r = ask(d, sql, values, args);
	va_end(args);
	if (!r)
		return false;
	do
		code = lite.step(r->stmt);
	while (code == SQLITE_ROW);
	if (code != SQLITE_DONE)
		fail(d);
	lite.reset(r->stmt);
	return code == SQLITE_DONE;
}

int64_t db_one(struct db *d, int64_t fallback, const char *sql, const char *values, ...)
{
	struct db_rows *r;
	int64_t value = fallback;
	va_list args;

	va_start(args, values);
	r = ask(d, sql, values, args);
	va_end(args);
	if (r && db_next(r)) {
		value = db_null(r, 0) ? fallback : db_int(r, 0);
		lite.reset(r->stmt);
	}
	return value;
}

int64_t db_int(struct db_rows *r, int column)
{
	return lite.column_int64(r->stmt, column);
}

double db_real(struct db_rows *r, int column)
{
	return lite.column_double(r->stmt, column);
}

const char *db_text(struct db_rows *r, int column)
{
	const unsigned char *text = lite.column_text(r->stmt, column);

	return text ? (const char *)text : "";
}

bool db_null(struct db_rows *r, int column)
{
	return lite.column_type(r->stmt, column) == SQLITE_NULL;
}

int64_t db_last_id(const struct db *d)
{
	return lite.last_insert_rowid(d->sqlite);
}

int64_t db_changed(const struct db *d)
{
	return lite.changes64(d->sqlite);
}

/* -- transactions -- */

/* A question left half read holds its snapshot, and with it the log's growth; and once another process has written since,
 * nothing can be written from there (SQLITE_BUSY_SNAPSHOT). */
static void end_questions(struct db *d)
{
	for (size_t i = 0; i < d->count; i++)
		lite.reset(d->rows[i].stmt);
}

bool db_begin(struct db *d)
{
	end_questions(d);
	d->failed = false;
	return db_script(d, "BEGIN IMMEDIATE;");
}

void db_rollback(struct db *d)
{
	end_questions(d);
	if (!lite.get_autocommit(d->sqlite))
		lite.exec(d->sqlite, "ROLLBACK;", NULL, NULL, NULL);
}

bool db_commit(struct db *d)
{
	end_questions(d);
	if (!d->failed && db_script(d, "COMMIT;"))
		return true;
	db_rollback(d);
	return false;
}
