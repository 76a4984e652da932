/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_baseline.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"
#include "probe/host/now.h"
#include "probe/record/baseline_json.h"

#include <string.h>

bool history_baseline(struct history *h, const char *circuit, struct baseline *out, bool *known, char *err, size_t err_size)
{
	struct db *d = history_db(h);
	struct db_rows *rows = db_ask(d, "SELECT state FROM baseline WHERE circuit=(SELECT id FROM circuit WHERE name=?)", "t", circuit);

	err[0] = '\0';
	*known = false;
	if (db_next(rows)) {
		const char *text = db_text(rows, 0);

		*known = baseline_json_read(text, strlen(text), out, err, err_size);
		while (db_next(rows))
			;
	}
	return !db_failed(rows);
}

bool history_baseline_keep(struct history *h, const char *circuit, const struct baseline *b)
{
	struct db *d = history_db(h);
	struct strbuf text;
	bool ok;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	ok = baseline_json_write(b, &text) && db_begin(d);
	if (ok && db_one(d, 0, "SELECT incident FROM memory WHERE circuit=(SELECT id FROM circuit WHERE name=?)", "t", circuit) == 0) {
		db_run(d, "INSERT INTO circuit(name) VALUES(?) ON CONFLICT DO NOTHING", "t", circuit);
		db_run(d, "INSERT OR REPLACE INTO baseline(circuit,updated,state) SELECT id,?2,?3 FROM circuit WHERE name=?1", "tit", circuit,
		       now_wall().ns / NS_PER_US, text.text);
	}
	ok = ok && db_commit(d);
	if (!ok)
		db_rollback(d);
	strbuf_free(&text);
	return ok;
}
