/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/export/export.h"

#include "analysis/value/strbuf.h"
#include "probe/export/store.h"
#include "probe/secret/secret_file.h"

#include <stdlib.h>
#include <string.h>

#define CONNINFO_MAX 4096
#define CONFLICT_TRIES 5

struct pg *export_connect(const struct exporter *e, char *err, size_t err_size)
{
	char conninfo[CONNINFO_MAX], why[PG_ERROR_MAX];
	struct pg *p;

	if (!secret_file_line("the connection string's file", e->config.export.conninfo_path, conninfo, sizeof conninfo, err, err_size))
		return NULL;
	p = pg_open(conninfo, why, sizeof why);
	explicit_bzero(conninfo, sizeof conninfo);
	if (!p)
		text_format(err, err_size, "the fleet store cannot be reached: %s", why);
	return p;
}

static void disconnect(struct exporter *e)
{
	pg_close(e->pg);
	e->pg = NULL;
	e->pg_month = 0;
}

static bool connected(struct exporter *e, char *err, size_t err_size)
{
	if (e->pg)
		return true;
	e->pg = export_connect(e, err, err_size);
	if (e->pg && store_prepare(e->pg, err, err_size))
		return true;
	disconnect(e);
	return false;
}

/* One connection may last for years. */
static void follow_months(struct exporter *e)
{
	int month = store_month();

	if (month == e->pg_month)
		return;
	store_make_months(e->pg, month);
	e->pg_month = month;
}

bool sink_postgresql(struct exporter *e, const struct export_rows *rows, size_t *added, char *err, size_t err_size)
{
	if (!connected(e, err, err_size))
		return false;
	follow_months(e);
	for (int i = 0; i < CONFLICT_TRIES; i++) {
		if (store_add(e->pg, rows, added) && store_seen(e->pg, e->edge, ERPROBE_VERSION))
			return true;
		text_format(err, err_size, "%s", pg_error(e->pg));
		if (!pg_try_again(e->pg) || !pg_run(e->pg, "ROLLBACK"))
			break;
	}
	/* Whatever it was, a new connection has none of it. */
	disconnect(e);
	return false;
}
