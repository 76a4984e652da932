/* SPDX-License-Identifier: BSD-2-Clause */
/* The fleet store: PostgreSQL, or what speaks its protocol. The only user of libpq. */
#ifndef ERPROBE_EXPORT_PG_H
#define ERPROBE_EXPORT_PG_H

#include <stdbool.h>
#include <stddef.h>

#define PG_ERROR_MAX 240

struct pg;
struct pg_answer;

/* Connects by a libpq connection string. NULL with one line in err, never with a password. */
struct pg *pg_open(const char *conninfo, char *err, size_t err_size);
void pg_close(struct pg *p);
/* What went wrong last, one line. */
const char *pg_error(const struct pg *p);
/* Was that another's transaction in the way (SQLSTATE class 40), so that the same works now? */
bool pg_try_again(const struct pg *p);

/* Was a table missing (SQLSTATE 42P01)? */
bool pg_lacks_table(const struct pg *p);

/* Statements without an answer; several in one text are one transaction. */
bool pg_run(struct pg *p, const char *sql);
/* One statement with text values for $1, $2, …; NULL = null. Not NULL: to be freed. */
struct pg_answer *pg_ask(struct pg *p, const char *sql, size_t count, const char *const *values);
size_t pg_rows(const struct pg_answer *a);
/* NULL where it is null. */
const char *pg_value(const struct pg_answer *a, size_t row, size_t column);
/* Rows that an INSERT added. */
size_t pg_changed(struct pg_answer *a);
void pg_free(struct pg_answer *a);

#endif
