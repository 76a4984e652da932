/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/history/history_recent.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"
#include "probe/history/drift.h"

#include <string.h>

static enum record_outcome outcome_of(const char *text)
{
	for (int o = RECORD_FINISHED; o < RECORD_FAILED; o++)
		if (strcmp(text, record_outcome_name((enum record_outcome)o)) == 0)
			return (enum record_outcome)o;
	return RECORD_FAILED;
}

bool history_day(struct history *h, const char *circuit, int64_t now_us, struct day *out)
{
	struct db *db = history_db(h);
	struct db_rows *r = db_ask(db,
	                           "SELECT started,outcome,status,"
	                           "(SELECT added_us FROM segment WHERE run=run.id AND link='primary' AND domain='wan'),"
	                           "(SELECT added_us FROM segment WHERE run=run.id AND link='secondary' AND domain='wan')"
	                           " FROM run WHERE circuit=(SELECT id FROM circuit WHERE name=?) AND started>? AND started<=? ORDER BY started",
	                           "tii", circuit, now_us - DAY_SLOTS * DAY_SLOT_US, now_us);

	while (db_next(r)) {
		const int64_t wan_us[2] = {db_null(r, 3) ? RECORD_UNKNOWN : db_int(r, 3), db_null(r, 4) ? RECORD_UNKNOWN : db_int(r, 4)};

		day_take(out, db_int(r, 0), outcome_of(db_text(r, 1)), history_status(db_text(r, 2)), wan_us);
	}
	day_turn(out, now_us);
	return !db_failed(r);
}

static void take_event(struct db_rows *r, struct live_event *e)
{
	const char *step = db_text(r, 1);

	*e = (struct live_event){
		.kind = strcmp(step, "opened") == 0    ? LIVE_OPENED
		        : strcmp(step, "changed") == 0 ? LIVE_CHANGED
		        : strcmp(step, "closed") == 0  ? LIVE_CLOSED
		                                       : LIVE_PATH,
		.at_us = db_int(r, 0), .status = history_status(db_text(r, 3)), .domain = history_domain(db_text(r, 4)),
		.link = history_link(db_text(r, 5)),
	};
	text_safe(e->circuit, sizeof e->circuit, db_text(r, 2));
	text_safe(e->fault, sizeof e->fault, db_text(r, 6));
	if (e->kind == LIVE_PATH)
		text_format(e->text, sizeof e->text, "%s → %s", db_text(r, 7), db_text(r, 8));
	else
		text_safe(e->text, sizeof e->text, db_text(r, 7));
}

#define OWN "step='closed' OR run.id IS NULL OR " SQL_IS_DRIFT("incident")

bool history_events(struct history *h, struct live_event *out, size_t *count)
{
	/* By id, not by time: a step of the clock changes no order, no index is needed, and of years
	 * of other changes only the last are looked at. What an incident was is told by the run that
	 * opened or changed it, while that is kept; at its end by itself, as what a drift was always. */
	struct db_rows *r = db_ask(history_db(h),
	                           "SELECT * FROM (SELECT event.at AS at,step,circuit.name,iif(" OWN ",incident.status,run.status),"
	                           "iif(" OWN ",incident.domain,run.domain),iif(" OWN ",incident.link,run.link),"
	                           "iif(" OWN ",incident.fault,run.fault),iif(" OWN ",incident.summary,run.summary),NULL"
	                           " FROM event JOIN incident ON incident.id=event.incident JOIN circuit ON circuit.id=incident.circuit"
	                           " LEFT JOIN run ON run.id=event.run ORDER BY event.id DESC LIMIT ?)"
	                           " UNION ALL SELECT * FROM (SELECT at,kind,circuit.name,NULL,NULL,what,NULL,before,after"
	                           " FROM change JOIN circuit ON circuit.id=change.circuit WHERE kind='path' AND change.id>(SELECT max(id) FROM change)-2000"
	                           " ORDER BY change.id DESC LIMIT ?)"
	                           " ORDER BY 1 DESC LIMIT ?",
	                           "iii", (int64_t)LIVE_EVENTS_MAX, (int64_t)LIVE_EVENTS_MAX, (int64_t)LIVE_EVENTS_MAX);
	struct live_event fresh[LIVE_EVENTS_MAX];
	size_t n = 0;

	/* To its end, which the last LIMIT sets: db_begin() tells why. */
	while (db_next(r) && n < LIVE_EVENTS_MAX)
		take_event(r, &fresh[n++]);
	if (db_failed(r))
		return false;
	memcpy(out, fresh, n * sizeof *out);
	*count = n;
	return true;
}
