/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/export/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAME_STEP_TRIES 6 /* many edges may make the tables at the same moment */
#define MONTHS_AHEAD 2
#define ROWS_AT_ONCE 100

static const char schema_head[] =
	"CREATE TABLE IF NOT EXISTS erprobe_schema(version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now());\n"
	"CREATE TABLE IF NOT EXISTS erprobe_edge(edge text PRIMARY KEY, seen_at timestamptz NOT NULL, version text NOT NULL);\n";
static const char schema_tail[] =
	"CREATE INDEX IF NOT EXISTS erprobe_run_by_circuit ON erprobe_run(circuit_id, started_at);\n"
	"CREATE INDEX IF NOT EXISTS erprobe_run_by_time ON erprobe_run(started_at);\n"
	"CREATE INDEX IF NOT EXISTS erprobe_event_by_time ON erprobe_event(at);\n";
static const char schema_mark[] = "INSERT INTO erprobe_schema(version) VALUES(1) ON CONFLICT DO NOTHING;\n";

static const char *type_of(char kind)
{
	return kind == 'T' ? "timestamptz" : kind == 'i' ? "bigint" : kind == 'r' ? "double precision" : kind == 'b' ? "smallint" : "text";
}

/* What must be there: the key, and what no row is without. */
static void add_table(struct strbuf *out, const struct export_table *t, bool parts)
{
	strbuf_addf(out, "CREATE TABLE IF NOT EXISTS %s(", t->name);
	for (size_t i = 0; i < t->count; i++)
		strbuf_addf(out, "%s %s%s, ", t->columns[i].name, type_of(t->columns[i].kind), i < 5 ? " NOT NULL" : "");
	strbuf_addf(out, "PRIMARY KEY(%s))%s;\n", t->key, parts ? " PARTITION BY RANGE (started_at)" : "");
	if (parts)
		strbuf_addf(out, "CREATE TABLE IF NOT EXISTS %s_default PARTITION OF %s DEFAULT;\n", t->name, t->name);
}

static void add_schema(struct strbuf *out, bool parts)
{
	strbuf_add(out, schema_head);
	add_table(out, &export_runs, parts);
	add_table(out, &export_events, false);
	strbuf_add(out, schema_tail);
}

int store_month(void)
{
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	return (t.tm_year + 1900) * 12 + t.tm_mon;
}

static void add_month(struct strbuf *out, int month)
{
	strbuf_addf(out, "CREATE TABLE IF NOT EXISTS erprobe_run_%04d_%02d PARTITION OF erprobe_run FOR VALUES FROM ('%04d-%02d-01 00:00:00+00') "
	            "TO ('%04d-%02d-01 00:00:00+00');\n", month / 12, month % 12 + 1, month / 12, month % 12 + 1, (month + 1) / 12,
	            (month + 1) % 12 + 1);
}

void store_schema(struct strbuf *out)
{
	strbuf_add(out, "-- The fleet store of erprobe. Without partitions (CockroachDB): leave out PARTITION BY and the tables of months.\n"
	                "-- Citus: SELECT create_distributed_table('erprobe_run', 'edge'); likewise erprobe_event.\n");
	add_schema(out, true);
	for (int i = 0; i <= MONTHS_AHEAD; i++)
		add_month(out, store_month() + i);
	strbuf_add(out, schema_mark);
}

static bool run_text(struct pg *p, struct strbuf *sql)
{
	bool ok = strbuf_ok(sql) && sql->text && pg_run(p, sql->text);

	strbuf_free(sql);
	return ok;
}

/* -1: no table yet, or no answer. */
static long version_of(struct pg *p)
{
	struct pg_answer *a = pg_ask(p, "SELECT max(version) FROM erprobe_schema", 0, NULL);
	const char *text = a && pg_rows(a) == 1 ? pg_value(a, 0, 0) : NULL;
	long version = text ? strtol(text, NULL, 10) : -1;

	pg_free(a);
	return version;
}

static bool has_partitions(struct pg *p)
{
	struct pg_answer *a = pg_ask(p, "SELECT version()", 0, NULL);
	const char *text = a && pg_rows(a) == 1 ? pg_value(a, 0, 0) : NULL;
	bool has = text && !strstr(text, "Cockroach");

	pg_free(a);
	return has;
}

static bool make_tables(struct pg *p)
{
	const struct timespec wait = {0, 300000000L};
	bool parts = has_partitions(p);

	for (int i = 0; i < SAME_STEP_TRIES; i++) {
		struct strbuf sql;

		strbuf_init(&sql, STRBUF_MAX_DEFAULT);
		add_schema(&sql, parts);
		strbuf_add(&sql, schema_mark);
		/* "IF NOT EXISTS" of two at once may still fail for one of them. */
		if (run_text(p, &sql) || version_of(p) == STORE_VERSION)
			return true;
		nanosleep(&wait, NULL);
	}
	return false;
}

/* Without the right to make tables, or where the month has rows in the default partition
 * already, rows go there: nothing is lost, so this may fail. */
void store_make_months(struct pg *p, int month)
{
	if (!has_partitions(p))
		return;
	for (int i = 0; i <= MONTHS_AHEAD; i++) {
		struct strbuf sql;

		strbuf_init(&sql, STRBUF_MAX_DEFAULT);
		add_month(&sql, month + i);
		run_text(p, &sql);
	}
}

bool store_prepare(struct pg *p, char *err, size_t err_size)
{
	long version = version_of(p);

	if (version > STORE_VERSION) {
		text_format(err, err_size, "the fleet store has schema version %ld, this erprobe-export knows %d: update it", version, STORE_VERSION);
		return false;
	}
	if (version < STORE_VERSION && !make_tables(p)) {
		text_format(err, err_size, "the fleet store's tables cannot be made: %s", pg_error(p));
		return false;
	}
	return true;
}

static void add_insert(struct strbuf *sql, const struct export_table *t, size_t rows)
{
	size_t place = 1;

	strbuf_addf(sql, "INSERT INTO %s(", t->name);
	for (size_t i = 0; i < t->count; i++)
		strbuf_addf(sql, "%s%s", i > 0 ? "," : "", t->columns[i].name);
	strbuf_add(sql, ") VALUES ");
	for (size_t row = 0; row < rows; row++) {
		strbuf_add(sql, row > 0 ? ",(" : "(");
		for (size_t i = 0; i < t->count; i++)
			strbuf_addf(sql, "%s$%zu", i > 0 ? "," : "", place++);
		strbuf_add_char(sql, ')');
	}
	strbuf_add(sql, " ON CONFLICT DO NOTHING");
}

static bool insert(struct pg *p, const struct export_rows *r, size_t from, size_t rows, size_t *added)
{
	const char *const *values = (const char *const *)(r->values + from * r->table->count);
	struct pg_answer *a = NULL;
	struct strbuf sql;

	strbuf_init(&sql, STRBUF_MAX_DEFAULT);
	add_insert(&sql, r->table, rows);
	if (strbuf_ok(&sql) && sql.text)
		a = pg_ask(p, sql.text, rows * r->table->count, values);
	strbuf_free(&sql);
	if (a)
		*added += pg_changed(a);
	pg_free(a);
	return a != NULL;
}

bool store_add(struct pg *p, const struct export_rows *rows, size_t *added)
{
	bool ok = pg_run(p, "BEGIN");

	*added = 0;
	for (size_t at = 0; ok && at < rows->rows; at += ROWS_AT_ONCE)
		ok = insert(p, rows, at, rows->rows - at < ROWS_AT_ONCE ? rows->rows - at : ROWS_AT_ONCE, added);
	if (ok)
		return pg_run(p, "COMMIT");
	return false;
}

bool store_seen(struct pg *p, const char *edge, const char *version)
{
	const char *const values[] = {edge, version};
	struct pg_answer *a = pg_ask(p, "INSERT INTO erprobe_edge(edge, seen_at, version) VALUES($1, now(), $2)"
	                                " ON CONFLICT (edge) DO UPDATE SET seen_at=excluded.seen_at, version=excluded.version", 2, values);

	pg_free(a);
	return a != NULL;
}
