/* SPDX-License-Identifier: BSD-2-Clause */
/* One run into the history, with all that follows from it, in one transaction. */
#include "probe/history/history.h"

#include "probe/history/db.h"
#include "probe/history/drift.h"

#include <string.h>

#define PATH_TEXT_MAX 4096
#define HOUR_US (INT64_C(3600) * 1000000)
#define DAY_US (24 * HOUR_US)

struct adding {
	struct db *db;
	const struct run_record *r;
	int64_t circuit, run;
	int64_t at; /* microseconds, when the run began */
};

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

/* Stands for "not measured" on its way to SQL, which makes it null. */
#define UNKNOWN INT64_C(-9223372036854775807)
static int64_t us(int64_t value)
{
	return value == RECORD_UNKNOWN ? UNKNOWN : value;
}

static int64_t circuit_id(struct db *d, const char *name)
{
	int64_t id = db_one(d, 0, "SELECT id FROM circuit WHERE name=?", "t", name);

	if (id == 0 && db_run(d, "INSERT INTO circuit(name) VALUES(?)", "t", name))
		id = db_last_id(d);
	return id;
}

static bool add_run(struct adding *a)
{
	const struct run_record *r = a->r;
	bool told = r->outcome == RECORD_FINISHED;
	bool ok = db_run(a->db,
	                 "INSERT INTO run(run_id,circuit,started,ended,outcome,deep,status,domain,fault,link,confidence,contact,"
	                 "summary,trouble,probes,dropped,azure,maintenance) VALUES(?,?,?,?,?,?,?,?,?,?,iif(?<0,NULL,?),?,?,?,?,?,?,?)",
	                 "tiiitittttrrtttiiit", or_null(r->run_id), a->circuit, a->at, r->ended_at.ns / NS_PER_US,
	                 record_outcome_name(r->outcome), (int64_t)r->deep, told ? status_name(r->status) : NULL,
	                 told ? domain_name(r->domain) : NULL, told ? or_null(r->fault) : NULL, told ? link_name(r->link) : NULL,
	                 told ? r->confidence : -1.0, told ? r->confidence : -1.0, told ? contact_name(r->contact) : NULL,
	                 or_null(r->summary), or_null(r->trouble), (int64_t)r->probes_sent, (int64_t)r->capture_dropped,
	                 (int64_t)r->azure_available, or_null(r->maintenance));

	a->run = db_last_id(a->db);
	return ok;
}

static void add_hops(const struct adding *a)
{
	for (size_t i = 0; i < a->r->hop_count; i++) {
		const struct record_hop *h = &a->r->hops[i];

		db_run(a->db,
		       "INSERT OR REPLACE INTO hop VALUES(?1,?2,?3,?4,?5,?6,?7,?8,nullif(?9,?13),nullif(?10,?13),nullif(?11,?13),"
		       "nullif(?12,?13))",
		       "itiittiiiiiii", a->run, link_name((enum link_id)h->link), (int64_t)h->family, (int64_t)h->ttl,
		       or_null(h->address), domain_name((enum domain)h->domain), (int64_t)h->sent, (int64_t)h->answered,
		       us(h->rtt.min_us), us(h->rtt.median_us), us(h->rtt.p95_us), us(h->rtt.max_us), UNKNOWN);
	}
}

static void add_targets(const struct adding *a)
{
	for (size_t i = 0; i < a->r->target_count; i++) {
		const struct record_target *t = &a->r->targets[i];

		db_run(a->db,
		       "INSERT OR REPLACE INTO target VALUES(?1,?2,?3,iif(?4,?5,NULL),iif(?6<0,NULL,?6),nullif(?7,?9),nullif(?8,?9))",
		       "itiiiriii", a->run, t->name, (int64_t)t->control, (int64_t)t->tested, (int64_t)t->reachable,
		       t->loss.known ? t->loss.ratio : -1.0, us(t->rtt.median_us), us(t->rtt.p95_us), UNKNOWN);
	}
}

/* -- sums by hour and day -- */

static void roll(const struct adding *a, const char *unit, int64_t at, const char *link, enum domain domain,
                 const struct record_segment *s)
{
	bool timed = s->added_us != RECORD_UNKNOWN;

	db_run(a->db,
	       "INSERT INTO rollup VALUES(?1,?2,?3,?4,?5,1,?6,?7*?6,iif(?6,?7,NULL),iif(?6,?7,NULL),?8,?9*?8,iif(?8,?9,NULL)) "
	       "ON CONFLICT DO UPDATE SET runs=runs+1, timed=timed+excluded.timed, added_sum=added_sum+excluded.added_sum,"
	       " added_min=min(ifnull(added_min,excluded.added_min),ifnull(excluded.added_min,added_min)),"
	       " added_max=max(ifnull(added_max,excluded.added_max),ifnull(excluded.added_max,added_max)),"
	       " measured=measured+excluded.measured, loss_sum=loss_sum+excluded.loss_sum,"
	       " loss_max=max(ifnull(loss_max,excluded.loss_max),ifnull(excluded.loss_max,loss_max))",
	       "itittiiir", a->circuit, unit, at, link, domain_name(domain), (int64_t)timed, timed ? s->added_us : INT64_C(0),
	       (int64_t)s->loss.known, s->loss.known ? s->loss.ratio : 0.0);
}

static void tally(const struct adding *a, const char *unit, int64_t at)
{
	const struct run_record *r = a->r;
	bool told = r->outcome == RECORD_FINISHED;

	db_run(a->db,
	       "INSERT INTO tally VALUES(?1,?2,?3,1,?4,?5,?6,?7,?8) ON CONFLICT DO UPDATE SET runs=runs+1,"
	       " healthy=healthy+excluded.healthy, degraded=degraded+excluded.degraded, fault=fault+excluded.fault,"
	       " undetermined=undetermined+excluded.undetermined, lost=lost+excluded.lost",
	       "itiiiiii", a->circuit, unit, at, (int64_t)(told && r->status == STATUS_HEALTHY),
	       (int64_t)(told && r->status == STATUS_DEGRADED), (int64_t)(told && r->status == STATUS_FAULT),
	       (int64_t)(told && r->status == STATUS_UNDETERMINED), (int64_t)!told);
}

static void tally_link(const struct adding *a, enum link_id id, enum status status)
{
	db_run(a->db,
	       "INSERT INTO link_day VALUES(?,?,?,1,?,?,?,?) ON CONFLICT DO UPDATE SET runs=runs+1, healthy=healthy+excluded.healthy,"
	       " degraded=degraded+excluded.degraded, fault=fault+excluded.fault, undetermined=undetermined+excluded.undetermined",
	       "iitiiii", a->circuit, a->at - a->at % DAY_US, link_name(id), (int64_t)(status == STATUS_HEALTHY),
	       (int64_t)(status == STATUS_DEGRADED), (int64_t)(status == STATUS_FAULT), (int64_t)(status == STATUS_UNDETERMINED));
}

static void add_link(const struct adding *a, enum link_id id)
{
	const struct record_link *l = &a->r->links[id];
	char path[PATH_TEXT_MAX];
	int64_t path_id = 0;

	if (!l->present)
		return;
	record_path(a->r, id, path, sizeof path);
	if (path[0] && db_run(a->db, "INSERT INTO path(hops) VALUES(?) ON CONFLICT DO NOTHING", "t", path))
		path_id = db_one(a->db, 0, "SELECT id FROM path WHERE hops=?", "t", path);
	db_run(a->db, "INSERT INTO link VALUES(?,?,?,nullif(?,0))", "itti", a->run, link_name(id), status_name(l->status), path_id);
	tally_link(a, id, l->status);
	for (int domain = DOMAIN_CORPORATE; domain < DOMAINS; domain++) {
		const struct record_segment *s = &l->segments[domain];

		if (!s->present)
			continue;
		db_run(a->db, "INSERT INTO segment VALUES(?1,?2,?3,nullif(?4,?8),iif(?5<0,NULL,?5),iif(?5<0,NULL,?6),iif(?5<0,NULL,?7))",
		       "ittirrri", a->run, link_name(id), domain_name((enum domain)domain), us(s->added_us),
		       s->loss.known ? s->loss.ratio : -1.0, s->loss.low, s->loss.high, UNKNOWN);
		roll(a, "hour", a->at - a->at % HOUR_US, link_name(id), (enum domain)domain, s);
		roll(a, "day", a->at - a->at % DAY_US, link_name(id), (enum domain)domain, s);
	}
}

/* -- changes -- */

static void add_change(const struct adding *a, const char *kind, const char *what, const char *before, const char *after)
{
	db_run(a->db, "INSERT INTO change(circuit,at,kind,what,before,after,run) VALUES(?,?,?,?,?,?,?)", "iitttti", a->circuit,
	       a->at, kind, what, before, after, a->run);
}

static void compare_facts(const struct adding *a)
{
	for (size_t i = 0; i < a->r->fact_count; i++) {
		const struct record_fact *f = &a->r->facts[i];
		struct db_rows *rows = db_ask(a->db, "SELECT value FROM fact WHERE circuit=? AND key=?", "it", a->circuit, f->key);
		bool known = db_next(rows);

		if (known && strcmp(db_text(rows, 0), f->value) == 0)
			continue;
		if (known)
			add_change(a, "azure", f->key, db_text(rows, 0), f->value);
		db_run(a->db, "INSERT OR REPLACE INTO fact VALUES(?,?,?,?)", "itti", a->circuit, f->key, f->value, a->at);
	}
}

/* The path that was last seen is kept; a hop that is silent this time takes nothing from it. */
static void compare_path(const struct adding *a, enum link_id id, const char *ask, const char *keep)
{
	char path[PATH_TEXT_MAX];
	struct db_rows *rows;

	record_path(a->r, id, path, sizeof path);
	if (!path[0])
		return;
	rows = db_ask(a->db, ask, "i", a->circuit);
	if (db_next(rows) && db_text(rows, 0)[0]) {
		if (!record_path_differs(db_text(rows, 0), path))
			return;
		add_change(a, "path", link_name(id), db_text(rows, 0), path);
	}
	db_run(a->db, keep, "ti", path, a->circuit);
}

static void compare(const struct adding *a)
{
	compare_facts(a);
	/* A path in times of a fault is the fault, not a new path. */
	if (a->r->status != STATUS_HEALTHY)
		return;
	compare_path(a, LINK_PRIMARY, "SELECT primary_path FROM memory WHERE circuit=?",
	             "UPDATE memory SET primary_path=? WHERE circuit=?");
	compare_path(a, LINK_SECONDARY, "SELECT secondary_path FROM memory WHERE circuit=?",
	             "UPDATE memory SET secondary_path=? WHERE circuit=?");
}

/* -- incidents -- */

static int64_t open_incident(const struct adding *a, const struct incident_state *s)
{
	const struct run_record *r = a->r;

	db_run(a->db, "INSERT INTO incident(circuit,opened,status,domain,fault,link,confidence,contact,summary,"
	       "maintenance,key) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
	       "iittttrtttt", a->circuit, s->opened_at.ns / NS_PER_US, status_name(r->status), domain_name(r->domain), or_null(r->fault),
	       link_name(r->link), r->confidence, contact_name(r->contact), r->summary, or_null(r->maintenance), or_null(r->run_id));
	return db_last_id(a->db);
}

static int64_t add_event(const struct adding *a, int64_t incident, enum incident_step step)
{
	int64_t event;

	db_run(a->db, "INSERT INTO event(incident,at,step,run) VALUES(?,?,?,?)", "iiti", incident, a->at, incident_step_name(step), a->run);
	event = db_last_id(a->db);
	/* In the same transaction: whoever is told of it is told once, also after a crash. */
	db_run(a->db, "INSERT INTO notice(event,channel,created,due) SELECT ?1,name,?2,?2 FROM channel WHERE steps & ?3", "iii", event,
	       a->r->ended_at.ns / NS_PER_US, INT64_C(1) << step);
	return event;
}

static void step_incident(const struct adding *a, enum incident_step step, const struct incident_state *s, int64_t *event)
{
	const struct run_record *r = a->r;
	int64_t incident = db_one(a->db, 0, "SELECT incident FROM memory WHERE circuit=?", "i", a->circuit);

	if (step == INCIDENT_OPENED)
		incident = open_incident(a, s);
	else if (step == INCIDENT_CLOSED)
		db_run(a->db, "UPDATE incident SET closed=? WHERE id=?", "ii", a->at, incident);
	else if (step == INCIDENT_CHANGED)
		db_run(a->db, "UPDATE incident SET status=?,domain=?,fault=?,link=?,confidence=?,contact=?,summary=?,changes=changes+1,"
		       "maintenance=ifnull(?,maintenance) WHERE id=?", "ttttrttti", status_name(r->status), domain_name(r->domain), or_null(r->fault),
		       link_name(r->link), r->confidence, contact_name(r->contact), r->summary, or_null(r->maintenance), incident);
	if (incident != 0)
		db_run(a->db, "UPDATE incident SET spells=?1 WHERE id=?2 AND spells<>?1", "ii", (int64_t)s->spells, incident);
	if (step != INCIDENT_SAME)
		*event = add_event(a, incident, step);
	db_run(a->db, "UPDATE memory SET bad=?,runs=?,first_bad=?,incident=nullif(?,0),seen_fault=?,seen_link=?,seen_runs=?,spells=?,calm=?"
	       " WHERE circuit=?",
	       "iiiittiiii", (int64_t)s->bad, (int64_t)s->runs, s->first_bad.ns / NS_PER_US, s->open ? incident : INT64_C(0),
	       or_null(s->seen_fault), link_name(s->seen_link), (int64_t)s->seen_runs, (int64_t)s->spells, (int64_t)s->calm, a->circuit);
}

/* What is usual has slowly become longer: an incident beside those of verdicts, opened once
 * and closed once. A run without a baseline says nothing of it. */
static void step_drift(const struct adding *a, int64_t *event)
{
	const struct record_drift *d = &a->r->drift;
	int64_t incident = db_one(a->db, 0, "SELECT drift FROM memory WHERE circuit=?", "i", a->circuit);

	if (!d->known || d->open == (incident != 0))
		return;
	if (d->open) {
		db_run(a->db, "INSERT INTO incident(circuit,opened,status,domain,link,contact,summary,key) VALUES(?,?,?,?,?,?,?,"
		       "?||'" DRIFT_KEY_END "')", "iitttttt", a->circuit, d->since.ns / NS_PER_US, status_name(STATUS_DEGRADED), domain_name(d->domain), link_name(d->link),
		       contact_name(d->domain == DOMAIN_WAN ? CONTACT_PROVIDER : CONTACT_YOU), d->summary, or_null(a->r->run_id));
		incident = db_last_id(a->db);
	} else {
		db_run(a->db, "UPDATE incident SET closed=? WHERE id=?", "ii", a->at, incident);
	}
	*event = add_event(a, incident, d->open ? INCIDENT_OPENED : INCIDENT_CLOSED);
	db_run(a->db, "UPDATE memory SET drift=nullif(?,0) WHERE circuit=?", "ii", d->open ? incident : INT64_C(0), a->circuit);
}

static void add_all(struct adding *a, enum incident_step step, const struct incident_state *after, struct history_added *out)
{
	/* One that was told to end says nothing of the circuit, and failed at nothing. */
	if (!add_run(a) || a->r->outcome == RECORD_INTERRUPTED)
		return;
	tally(a, "hour", a->at - a->at % HOUR_US);
	tally(a, "day", a->at - a->at % DAY_US);
	if (a->r->outcome != RECORD_FINISHED)
		return;
	db_run(a->db, "INSERT INTO memory(circuit,bad,runs,first_bad,seen_runs) VALUES(?,0,0,0,0) ON CONFLICT DO NOTHING", "i",
	       a->circuit);
	for (int l = 0; l < LINKS; l++)
		add_link(a, (enum link_id)l);
	add_hops(a);
	add_targets(a);
	compare(a);
	step_incident(a, step, after, &out->event);
	step_drift(a, &out->drift);
	db_run(a->db, "UPDATE memory SET last_run=? WHERE circuit=?", "ii", a->run, a->circuit);
}

bool history_add(struct history *h, const struct run_record *r, enum incident_step step, const struct incident_state *after,
                 struct history_added *out)
{
	struct adding a = {.db = history_db(h), .r = r, .at = r->started_at.ns / NS_PER_US};

	*out = (struct history_added){0};
	if (!db_begin(a.db)) {
		db_rollback(a.db);
		return false;
	}
	a.circuit = circuit_id(a.db, r->circuit);
	if (a.circuit > 0 &&
	    (!r->run_id[0] || db_one(a.db, 0, "SELECT 1 FROM run WHERE run_id=? AND circuit=?", "ti", r->run_id, a.circuit) == 0))
		add_all(&a, step, after, out);
	return db_commit(a.db);
}
