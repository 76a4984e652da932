/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_export.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"
#include "probe/history/drift.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 1024
#define CIRCUIT_ID_COLUMN 3 /* of both tables */

const struct export_table export_runs = {
	.name = "erprobe_run", .count = 34, .key = "edge,run_key,started_at",
	.columns = {{"edge", 't'}, {"run_key", 't'}, {"circuit", 't'}, {"circuit_id", 't'}, {"started_at", 'T'}, {"ended_at", 'T'},
	            {"outcome", 't'}, {"deep", 'b'}, {"status", 't'}, {"domain", 't'}, {"fault", 't'}, {"link", 't'}, {"confidence", 'r'},
	            {"contact", 't'}, {"summary", 't'}, {"trouble", 't'}, {"maintenance", 't'}, {"provider", 't'}, {"probes", 'i'},
	            {"dropped", 'i'}, {"azure", 'b'}, {"primary_corporate_us", 'i'}, {"primary_wan_us", 'i'}, {"primary_azure_us", 'i'},
	            {"secondary_corporate_us", 'i'}, {"secondary_wan_us", 'i'}, {"secondary_azure_us", 'i'}, {"primary_corporate_loss", 'r'},
	            {"primary_wan_loss", 'r'}, {"primary_azure_loss", 'r'}, {"secondary_corporate_loss", 'r'}, {"secondary_wan_loss", 'r'},
	            {"secondary_azure_loss", 'r'}, {"stored_id", 'i'}}};

const struct export_table export_events = {
	.name = "erprobe_event", .count = 17, .key = "edge,event_key",
	.columns = {{"edge", 't'}, {"event_key", 't'}, {"circuit", 't'}, {"circuit_id", 't'}, {"incident_key", 't'}, {"step", 't'}, {"at", 'T'},
	            {"opened_at", 'T'}, {"status", 't'}, {"domain", 't'}, {"fault", 't'}, {"link", 't'}, {"confidence", 'r'}, {"contact", 't'},
	            {"summary", 't'}, {"maintenance", 't'}, {"provider", 't'}}};

#define TIME(column) "strftime('%Y-%m-%dT%H:%M:%S'," column "/1000000,'unixepoch')||printf('.%06dZ'," column "%1000000)"
#define OF(column, link, domain) "(SELECT " column " FROM segment WHERE run=r.id AND link='" link "' AND domain='" domain "')"
#define PROVIDER(circuit) "(SELECT value FROM fact WHERE fact.circuit=" circuit " AND key='provider_name')"

static const char runs_sql[] =
	"SELECT r.id,?2,ifnull(r.run_id,printf('%s/%d',c.name,r.started)),c.name,c.name," TIME("r.started") "," TIME("r.ended")
	",r.outcome,r.deep,r.status,r.domain,r.fault,r.link,r.confidence,r.contact,r.summary,r.trouble,r.maintenance," PROVIDER("r.circuit")
	",r.probes,r.dropped,r.azure," OF("added_us", "primary", "corporate") "," OF("added_us", "primary", "wan") ","
	OF("added_us", "primary", "azure") "," OF("added_us", "secondary", "corporate") "," OF("added_us", "secondary", "wan") ","
	OF("added_us", "secondary", "azure") "," OF("loss", "primary", "corporate") "," OF("loss", "primary", "wan") ","
	OF("loss", "primary", "azure") "," OF("loss", "secondary", "corporate") "," OF("loss", "secondary", "wan") ","
	OF("loss", "secondary", "azure") ",r.id FROM run r JOIN circuit c ON c.id=r.circuit WHERE r.id>?1 ORDER BY r.id LIMIT ?3";

/* What is said of an incident's end, and of a drift, is the incident; of the rest, what that run found. */
#define OWN "e.step='closed' OR " SQL_IS_DRIFT("i")
static const char events_sql[] =
	"SELECT e.id,?2,ifnull(r.run_id||iif(" SQL_IS_DRIFT("i") ",'" DRIFT_KEY_END "',''),printf('event-%d',e.id))||'.'||e.step,"
	"c.name,c.name,ifnull(i.key||'.opened',printf('incident-%d',i.id)),"
	"e.step," TIME("e.at") "," TIME("i.opened") ",iif(" OWN ",i.status,r.status),iif(" OWN ",i.domain,r.domain),"
	"iif(" OWN ",i.fault,r.fault),iif(" OWN ",i.link,r.link),i.confidence,iif(" OWN ",i.contact,r.contact),"
	"iif(" OWN ",i.summary,r.summary),i.maintenance," PROVIDER("i.circuit")
	" FROM event e JOIN incident i ON i.id=e.incident JOIN circuit c ON c.id=i.circuit LEFT JOIN run r ON r.id=e.run"
	" WHERE e.id>?1 ORDER BY e.id LIMIT ?3";

void history_export_free(struct export_rows *r)
{
	for (size_t i = 0; r->values && i < r->rows * r->table->count; i++)
		free(r->values[i]);
	free(r->values);
	r->values = NULL;
	r->rows = 0;
}

/* One row of the answer into `to`. False when out of memory. */
static bool take_row(struct db_rows *r, const struct export_table *t, export_circuit_fn *circuit, void *arg, char **to)
{
	char text[VALUE_MAX];

	for (size_t i = 0; i < t->count; i++) {
		int column = (int)i + 1;

		if (db_null(r, column))
			continue;
		text_safe(text, sizeof text, i == CIRCUIT_ID_COLUMN ? circuit(arg, db_text(r, column)) : db_text(r, column));
		to[i] = strdup(text);
		if (!to[i])
			return false;
	}
	return true;
}

bool history_export_rows(struct history *h, const struct export_table *t, const char *edge, int64_t after, size_t most,
                         export_circuit_fn *circuit, void *arg, struct export_rows *out)
{
	struct db_rows *r = db_ask(history_db(h), t == &export_runs ? runs_sql : events_sql, "iti", after, edge, (int64_t)most);
	bool ok = r != NULL;

	*out = (struct export_rows){.table = t, .last_id = after, .values = calloc(most * t->count, sizeof(char *))};
	ok = ok && out->values;
	while (ok && out->rows < most && db_next(r)) {
		ok = take_row(r, t, circuit, arg, out->values + out->rows * t->count);
		out->last_id = db_int(r, 0);
		out->rows++;
	}
	if (ok && out->rows == most)
		db_next(r);
	return ok && !db_error(history_db(h))[0];
}

bool history_export_cursor(struct history *h, const char *sink, struct export_cursor *out)
{
	struct db *d = history_db(h);

	out->run = db_one(d, 0, "SELECT run FROM export WHERE sink=?", "t", sink);
	out->event = db_one(d, 0, "SELECT event FROM export WHERE sink=?", "t", sink);
	/* Ids that began anew: all once more, which receivers notice. */
	if (out->run > db_one(d, 0, "SELECT max(id) FROM run", ""))
		out->run = 0;
	if (out->event > db_one(d, 0, "SELECT max(id) FROM event", ""))
		out->event = 0;
	return !db_error(d)[0];
}

bool history_export_advance(struct history *h, const char *sink, const struct export_cursor *to)
{
	return db_run(history_db(h), "INSERT OR REPLACE INTO export VALUES(?,?,?)", "tii", sink, to->run, to->event);
}
