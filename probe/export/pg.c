/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/export/pg.h"

#include "analysis/value/strbuf.h"

#include <postgresql/libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS "SET statement_timeout='60s'; SET client_min_messages=warning; SET client_encoding='UTF8'; SET TimeZone='UTC'"

struct pg {
	PGconn *connection;
	char error[PG_ERROR_MAX];
	char state[6]; /* SQLSTATE of the last failure */
};
struct pg_answer { PGresult *result; };

/* The first line of what libpq says. */
static void take_error(char *out, size_t size, const char *text)
{
	char line[PG_ERROR_MAX];

	snprintf(line, sizeof line, "%s", text && text[0] ? text : "no reason given");
	line[strcspn(line, "\r\n")] = '\0';
	text_safe(out, size, line);
}

static void on_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message; /* "already exists, skipping" is no news */
}

/* libpq repeats the word at which it stumbles over a connection string; that may be a piece
 * of a password. So it is read by itself first, and no word of that is passed on. */
static bool is_readable(const char *conninfo)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(conninfo, &why);
	bool readable = options != NULL;

	PQconninfoFree(options);
	PQfreemem(why);
	return readable;
}

struct pg *pg_open(const char *conninfo, char *err, size_t err_size)
{
	static const char *const names[] = {"dbname", "fallback_application_name", "connect_timeout", NULL};
	const char *const values[] = {conninfo, "erprobe-export", "10", NULL};
	struct pg *p;

	if (!is_readable(conninfo)) {
		text_format(err, err_size, "its connection string is none: write key=value pairs, a value with a space in single quotes, or a postgresql:// URI");
		return NULL;
	}
	p = calloc(1, sizeof *p);
	if (!p) {
		text_format(err, err_size, "out of memory");
		return NULL;
	}
	p->connection = PQconnectdbParams(names, values, 1);
	if (PQstatus(p->connection) == CONNECTION_OK) {
		PQsetNoticeProcessor(p->connection, on_notice, NULL);
		if (pg_run(p, SETTINGS))
			return p;
		text_format(err, err_size, "%s", p->error);
	} else {
		take_error(err, err_size, PQerrorMessage(p->connection));
	}
	pg_close(p);
	return NULL;
}

void pg_close(struct pg *p)
{
	if (!p)
		return;
	PQfinish(p->connection);
	free(p);
}

const char *pg_error(const struct pg *p)
{
	return p->error;
}

bool pg_try_again(const struct pg *p)
{
	return strncmp(p->state, "40", 2) == 0;
}

bool pg_lacks_table(const struct pg *p)
{
	return strcmp(p->state, "42P01") == 0;
}

static struct pg_answer *judge(struct pg *p, PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	struct pg_answer *a;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
		take_error(p->error, sizeof p->error, PQerrorMessage(p->connection));
		snprintf(p->state, sizeof p->state, "%s", state ? state : "");
		PQclear(result);
		return NULL;
	}
	a = malloc(sizeof *a);
	if (a)
		a->result = result;
	else
		PQclear(result);
	return a;
}

bool pg_run(struct pg *p, const char *sql)
{
	struct pg_answer *a = judge(p, PQexec(p->connection, sql));

	pg_free(a);
	return a != NULL;
}

struct pg_answer *pg_ask(struct pg *p, const char *sql, size_t count, const char *const *values)
{
	return judge(p, PQexecParams(p->connection, sql, (int)count, NULL, values, NULL, NULL, 0));
}

size_t pg_rows(const struct pg_answer *a)
{
	return (size_t)PQntuples(a->result);
}

const char *pg_value(const struct pg_answer *a, size_t row, size_t column)
{
	return PQgetisnull(a->result, (int)row, (int)column) ? NULL : PQgetvalue(a->result, (int)row, (int)column);
}

size_t pg_changed(struct pg_answer *a)
{
	return strtoul(PQcmdTuples(a->result), NULL, 10);
}

void pg_free(struct pg_answer *a)
{
	if (!a)
		return;
	PQclear(a->result);
	free(a);
}
