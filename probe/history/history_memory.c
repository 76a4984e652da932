/* SPDX-License-Identifier: BSD-2-Clause */
/* What the audit must know of a circuit when it starts again, and what may be forgotten. */
#include "probe/history/history.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"

#include <string.h>

#define PRUNE_RUNS 200 /* a call: a few milliseconds */

static void copy(char *dst, size_t size, const char *text)
{
	text_safe(dst, size, text);
}

static struct wall_ns wall_us(int64_t us)
{
	return (struct wall_ns){us * NS_PER_US};
}

enum status history_status(const char *text)
{
	for (int s = STATUS_HEALTHY; s < STATUS_UNDETERMINED; s++)
		if (strcmp(status_name((enum status)s), text) == 0)
			return (enum status)s;
	return STATUS_UNDETERMINED;
}

enum domain history_domain(const char *text)
{
	for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++)
		if (strcmp(domain_name((enum domain)d), text) == 0)
			return (enum domain)d;
	return DOMAIN_NONE;
}

enum link_id history_link(const char *text)
{
	for (int l = LINK_PRIMARY; l < LINK_NULL; l++)
		if (link_name((enum link_id)l) && strcmp(link_name((enum link_id)l), text) == 0)
			return (enum link_id)l;
	return LINK_NULL;
}

enum contact history_contact(const char *text)
{
	for (int c = CONTACT_YOU; c <= CONTACT_MICROSOFT; c++)
		if (strcmp(contact_name((enum contact)c), text) == 0)
			return (enum contact)c;
	return CONTACT_NONE;
}

/* False where it is forgotten, or the history cannot be read (*failed). */
static bool load_run(struct db *d, int64_t run, struct run_record *r, bool *failed)
{
	struct db_rows *rows = db_ask(d, "SELECT run_id,started,ended,deep,status,domain,fault,link,confidence,contact,summary,probes,azure,"
	                                 "dropped FROM run WHERE id=?", "i", run);

	if (!db_next(rows)) {
		*failed = db_failed(rows);
		return false;
	}
	copy(r->run_id, sizeof r->run_id, db_text(rows, 0));
	r->started_at = wall_us(db_int(rows, 1));
	r->ended_at = wall_us(db_int(rows, 2));
	r->outcome = RECORD_FINISHED;
	r->deep = db_int(rows, 3) != 0;
	r->status = history_status(db_text(rows, 4));
	r->domain = history_domain(db_text(rows, 5));
	copy(r->fault, sizeof r->fault, db_text(rows, 6));
	r->link = history_link(db_text(rows, 7));
	r->confidence = db_real(rows, 8);
	r->contact = history_contact(db_text(rows, 9));
	copy(r->summary, sizeof r->summary, db_text(rows, 10));
	r->probes_sent = (uint32_t)db_int(rows, 11);
	r->azure_available = db_int(rows, 12) != 0;
	r->capture_dropped = (uint64_t)db_int(rows, 13);
	return true;
}

static bool load_links(struct db *d, int64_t run, struct run_record *r)
{
	struct db_rows *rows = db_ask(d, "SELECT link,status FROM link WHERE run=?", "i", run);

	while (db_next(rows)) {
		enum link_id id = history_link(db_text(rows, 0));

		if (id > LINK_SECONDARY)
			continue;
		r->links[id].present = true;
		r->links[id].status = history_status(db_text(rows, 1));
	}
	bool ok = !db_failed(rows);
	rows = db_ask(d, "SELECT link,domain,added_us,loss,loss_low,loss_high FROM segment WHERE run=?", "i", run);
	while (db_next(rows)) {
		enum link_id id = history_link(db_text(rows, 0));
		enum domain domain = history_domain(db_text(rows, 1));

		if (id > LINK_SECONDARY || domain == DOMAIN_NONE)
			continue;
		r->links[id].segments[domain] = (struct record_segment){
			.present = true,
			.added_us = db_null(rows, 2) ? RECORD_UNKNOWN : db_int(rows, 2),
			.loss = {db_real(rows, 3), db_real(rows, 4), db_real(rows, 5), !db_null(rows, 3)},
		};
	}
	return ok && !db_failed(rows);
}

/* The open incident as it was last told. */
static bool load_incident(struct db *d, int64_t incident, struct incident_state *s)
{
	struct db_rows *rows = db_ask(d, "SELECT opened,status,domain,fault,link FROM incident WHERE id=? AND closed IS NULL", "i",
	                              incident);

	s->open = db_next(rows);
	if (!s->open)
		return !db_failed(rows);
	s->opened_at = wall_us(db_int(rows, 0));
	s->status = history_status(db_text(rows, 1));
	s->domain = history_domain(db_text(rows, 2));
	copy(s->fault, sizeof s->fault, db_text(rows, 3));
	s->link = history_link(db_text(rows, 4));
	return true;
}

bool history_memory(struct history *h, const char *circuit, struct history_memory *out)
{
	struct db *d = history_db(h);
	struct db_rows *rows;
	int64_t last;
	bool failed = false;

	memset(out, 0, sizeof *out);
	out->incident.link = LINK_NULL;
	rows = db_ask(d, "SELECT last_run,bad,runs,first_bad,ifnull(incident,0),seen_fault,seen_link,seen_runs,spells,calm FROM memory"
	                 " WHERE circuit=(SELECT id FROM circuit WHERE name=?)", "t", circuit);
	if (!db_next(rows))
		return !db_failed(rows);
	last = db_int(rows, 0);
	out->incident.bad = (uint32_t)db_int(rows, 1);
	out->incident.runs = (uint8_t)db_int(rows, 2);
	out->incident.first_bad = wall_us(db_int(rows, 3));
	out->incident_id = db_int(rows, 4);
	copy(out->incident.seen_fault, sizeof out->incident.seen_fault, db_text(rows, 5));
	out->incident.seen_link = history_link(db_text(rows, 6));
	out->incident.seen_runs = (uint8_t)db_int(rows, 7);
	out->incident.spells = (uint8_t)db_int(rows, 8);
	out->incident.calm = (uint8_t)db_int(rows, 9);
	db_next(rows);
	if (out->incident_id != 0 && !load_incident(d, out->incident_id, &out->incident))
		return false;
	out->has_last = load_run(d, last, &out->last, &failed);
	text_format(out->last.circuit, sizeof out->last.circuit, "%s", circuit);
	return load_links(d, last, &out->last) && !failed;
}

/* -- forgetting -- */

/* Incidents that are over, with their events, and changes. What is open stays, and never the
 * newest of a table: its number would be given again. */
static int64_t prune_incidents(struct db *d, int64_t keep_us)
{
	int64_t done = 0;

	db_run(d, "DELETE FROM incident WHERE id IN (SELECT id FROM incident WHERE closed<?1 AND id<(SELECT max(id) FROM incident)"
	          " ORDER BY id LIMIT ?2)", "ii", keep_us, (int64_t)PRUNE_RUNS);
	done += db_changed(d);
	db_run(d, "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at<?1 AND id<(SELECT max(id) FROM event)"
	          " AND incident NOT IN (SELECT id FROM incident) ORDER BY at LIMIT ?2)", "ii", keep_us, (int64_t)PRUNE_RUNS);
	done += db_changed(d);
	db_run(d, "DELETE FROM change WHERE id IN (SELECT id FROM change ORDER BY id LIMIT ?2) AND at<?1 AND id<(SELECT max(id) FROM change)",
	       "ii", keep_us, (int64_t)PRUNE_RUNS);
	return done + db_changed(d);
}

bool history_prune(struct history *h, int64_t keep_us, int64_t detail_us)
{
	struct db *d = history_db(h);
	int64_t done = 0;

	if (!db_begin(d)) {
		db_rollback(d);
		return true;
	}
	db_run(d, "CREATE TEMP TABLE IF NOT EXISTS old(run INTEGER PRIMARY KEY)", "");
	db_run(d, "DELETE FROM old", "");
	/* Row ids grow with time: what is old stands at the beginning of the table. */
	db_run(d, "INSERT INTO old SELECT run FROM (SELECT DISTINCT run FROM link ORDER BY run LIMIT ?2)"
	          " WHERE (SELECT started FROM run WHERE id=run) IS NULL OR (SELECT started FROM run WHERE id=run)<?1",
	       "ii", detail_us, (int64_t)PRUNE_RUNS);
	done += db_changed(d);
	db_run(d, "DELETE FROM hop WHERE run IN old", "");
	db_run(d, "DELETE FROM segment WHERE run IN old", "");
	db_run(d, "DELETE FROM target WHERE run IN old", "");
	db_run(d, "DELETE FROM link WHERE run IN old", "");
	/* Never the newest: ids only grow, and how far exports have got is told by them. */
	db_run(d, "DELETE FROM run WHERE id IN (SELECT id FROM run ORDER BY id LIMIT ?2) AND started<?1 AND id<(SELECT max(id) FROM run)",
	       "ii", keep_us, (int64_t)PRUNE_RUNS);
	done += db_changed(d);
	db_run(d, "DELETE FROM notice WHERE id IN (SELECT id FROM notice ORDER BY id LIMIT ?2) AND created<?1 AND state<>'waiting'", "ii",
	       keep_us, (int64_t)PRUNE_RUNS);
	done += db_changed(d);
	done += prune_incidents(d, keep_us);
	db_run(d, "DELETE FROM tally WHERE unit='hour' AND at<=?", "i", keep_us - INT64_C(3600000000));
	db_run(d, "DELETE FROM rollup WHERE unit='hour' AND at<=?", "i", keep_us - INT64_C(3600000000));
	return !db_commit(d) || done == 0;
}
