/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of erprobe-export, inside probe/export/ only. */
#ifndef ERPROBE_EXPORT_H
#define ERPROBE_EXPORT_H

#include "probe/config/config.h"
#include "probe/export/pg.h"
#include "probe/history/history_export.h"

#define EXPORT_ERROR_MAX 400
#define EXPORT_BATCH 500
#define EXPORT_EVERY_DEFAULT_S 60

struct exporter;

/* One place that rows are taken to. */
struct sink {
	const char *name;
	/* Takes the rows, all or none; those it has already change nothing. False with one line in err. */
	bool (*send)(struct exporter *e, const struct export_rows *rows, size_t *added, char *err, size_t err_size);
	bool wanted;
	bool failing;      /* and it was said */
	unsigned tries;    /* in a row that failed */
	int64_t again_ns;  /* monotonic: not before then */
};

struct exporter {
	const char *name; /* before each line on standard error: what its user has typed */
	struct config config;
	char history_path[CONFIG_TEXT_MAX], edge[NAME_MAX_LEN];
	struct sink sinks[2];
	struct pg *pg;
	int pg_month; /* whose partitions this connection has made: store_month(); 0: none */
	bool quiet;
};

/* A line on standard error; quiet leaves notes out. */
void export_say(const struct exporter *e, bool note, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Connects to the fleet store with the connection string of the configuration's file. */
struct pg *export_connect(const struct exporter *e, char *err, size_t err_size);
bool sink_postgresql(struct exporter *e, const struct export_rows *rows, size_t *added, char *err, size_t err_size);
bool sink_http(struct exporter *e, const struct export_rows *rows, size_t *added, char *err, size_t err_size);
/* Takes all that waits to one sink. False when it did not take it. */
bool export_round(struct exporter *e, struct sink *s);
/* `--query`: what the edges found last, a JSON object a line on standard output. The exit code. */
int export_query(struct exporter *e, int64_t since_s);

#endif
