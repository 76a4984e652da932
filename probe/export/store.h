/* SPDX-License-Identifier: BSD-2-Clause */
/* The fleet store's tables: made, brought up to date, written to so that the same rows
 * twice change nothing. Plain SQL that PostgreSQL, Citus, TimescaleDB, YugabyteDB and
 * CockroachDB take; partitions by month where the engine has them in that form. */
#ifndef ERPROBE_EXPORT_STORE_H
#define ERPROBE_EXPORT_STORE_H

#include "analysis/value/strbuf.h"
#include "probe/export/pg.h"
#include "probe/history/history_export.h"

#define STORE_VERSION 1

/* Makes what is missing, but for the months. False with one line in err; also for a store of
 * a newer version. */
bool store_prepare(struct pg *p, char *err, size_t err_size);
/* The month it is (UTC), counted from year 0. */
int store_month(void);
/* Makes what is missing of the partitions of this month and of those soon after it. */
void store_make_months(struct pg *p, int month);
/* All statements as text, for those who run them by hand. */
void store_schema(struct strbuf *out);
/* Adds rows, all or none; *added counts those that were new. False with pg_error(). */
bool store_add(struct pg *p, const struct export_rows *rows, size_t *added);
/* Notes that the edge is alive. */
bool store_seen(struct pg *p, const char *edge, const char *version);

#endif
