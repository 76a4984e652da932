/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_notices.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"
#include "probe/history/drift.h"

#include <stdio.h>
#include <string.h>

bool history_channels(struct history *h, const struct history_channel *list, size_t count, int64_t *dropped)
{
	struct db *d = history_db(h);

	*dropped = 0;
	if (!db_begin(d)) {
		db_rollback(d);
		return false;
	}
	db_run(d, "DELETE FROM channel", "");
	for (size_t i = 0; i < count; i++)
		db_run(d, "INSERT INTO channel VALUES(?,?)", "ti", list[i].name, (int64_t)list[i].steps);
	if (db_run(d, "UPDATE notice SET state='dropped' WHERE state='waiting' AND channel NOT IN (SELECT name FROM channel)", ""))
		*dropped = db_changed(d);
	return db_commit(d);
}

static enum incident_step step_of(const char *text)
{
	for (int s = INCIDENT_OPENED; s <= INCIDENT_CLOSED; s++)
		if (strcmp(incident_step_name((enum incident_step)s), text) == 0)
			return (enum incident_step)s;
	return INCIDENT_CHANGED;
}

#define COPY(dst, column) text_safe(dst, sizeof(dst), db_text(r, column))

static void read_notice(struct db_rows *r, struct history_notice *out)
{
	struct notice *n = &out->notice;
	const char *run = db_text(r, 16);

	out->id = db_int(r, 0);
	out->created_us = db_int(r, 1);
	out->due_us = db_int(r, 2);
	out->tries = db_int(r, 3);
	n->step = step_of(db_text(r, 4));
	n->at.ns = db_int(r, 5) * NS_PER_US;
	n->opened_at.ns = db_int(r, 6) * NS_PER_US;
	COPY(n->circuit, 7);
	n->status = history_status(db_text(r, 8));
	n->domain = history_domain(db_text(r, 9));
	COPY(n->fault, 10);
	n->link = history_link(db_text(r, 11));
	n->confidence = db_real(r, 12);
	n->contact = history_contact(db_text(r, 13));
	COPY(n->summary, 14);
	COPY(n->maintenance, 15);
	COPY(n->run_id, 16);
	n->flapping = db_int(r, 21) >= INCIDENT_FLAPPING;
	/* Run ids are unique in the world; the database's own numbers stand in for what was forgotten. */
	if (run[0])
		snprintf(n->key, sizeof n->key, "%s%s.%s", n->run_id, db_int(r, 20) ? DRIFT_KEY_END : "", incident_step_name(n->step));
	else
		snprintf(n->key, sizeof n->key, "event-%lld.%s", (long long)db_int(r, 17), incident_step_name(n->step));
	if (db_null(r, 18))
		snprintf(n->incident, sizeof n->incident, "incident-%lld.opened", (long long)db_int(r, 19));
	else
		snprintf(n->incident, sizeof n->incident, "%.50s.opened", db_text(r, 18));
}

#define OWN "e.step='closed' OR r.id IS NULL OR " SQL_IS_DRIFT("i")

bool history_notice_first(struct history *h, const char *channel, struct history_notice *out, bool *failed)
{
	struct db *d = history_db(h);
	/* What is told of an incident's end, and of a drift, is the incident; of the rest, what that run found. */
	struct db_rows *r = db_ask(d,
	                           "SELECT n.id,n.created,n.due,n.tries,e.step,e.at,i.opened,c.name,"
	                           " iif(" OWN ",i.status,r.status),iif(" OWN ",i.domain,r.domain),"
	                           " iif(" OWN ",i.fault,r.fault),iif(" OWN ",i.link,r.link),"
	                           " iif(" OWN ",i.confidence,r.confidence),"
	                           " iif(" OWN ",i.contact,r.contact),"
	                           " iif(" OWN ",i.summary,r.summary),"
	                           " iif(" OWN ",i.maintenance,r.maintenance),r.run_id,e.id,i.key,i.id," SQL_IS_DRIFT("i") ",i.spells"
	                           " FROM notice n JOIN event e ON e.id=n.event JOIN incident i ON i.id=e.incident"
	                           " JOIN circuit c ON c.id=i.circuit LEFT JOIN run r ON r.id=e.run"
	                           " WHERE n.channel=? AND n.state='waiting' ORDER BY n.id LIMIT 1", "t", channel);

	*failed = false;
	memset(out, 0, sizeof *out);
	if (!db_next(r)) {
		*failed = db_failed(r);
		return false;
	}
	read_notice(r, out);
	db_next(r);
	return true;
}

bool history_notice_tried(struct history *h, int64_t id, enum history_notice_state state, int64_t now_us, int64_t due_us,
                          const char *error)
{
	static const char *const names[] = {[HISTORY_NOTICE_WAITING] = "waiting", [HISTORY_NOTICE_TOLD] = "told",
	                                    [HISTORY_NOTICE_REFUSED] = "refused", [HISTORY_NOTICE_TOO_OLD] = "too-old"};

	return db_run(history_db(h), "UPDATE notice SET tries=tries+1, state=?2, due=?3, ended=iif(?2='waiting',NULL,?4), error=?5 WHERE id=?1",
	              "itiit", id, names[state], due_us, now_us, error);
}

int64_t history_notices_waiting(struct history *h)
{
	return db_one(history_db(h), 0, "SELECT count(*) FROM notice WHERE state='waiting'", "");
}
