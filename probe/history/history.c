/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a history: its schema, its version, and what to do with a damaged one. */
#include "probe/history/history.h"

#include "analysis/value/strbuf.h"
#include "probe/history/db.h"
#include "probe/host/files.h"
#include "probe/host/now.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0750
#define FILE_MODE_MASK 0027 /* the service's group may read: engineers look back without root */
#define PATH_ROOM 4096

struct history {
	struct db *db;
};

/* Step i leads from version i to i + 1. A step never changes once it was released. */
static const char *const steps[HISTORY_VERSION] = {
	/* 1: "ER" as the application's id, so that `file` and we know the file */
	"PRAGMA application_id=1380275045;"
	"CREATE TABLE circuit(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE path(id INTEGER PRIMARY KEY, hops TEXT NOT NULL UNIQUE);"
	"CREATE TABLE run(id INTEGER PRIMARY KEY, run_id TEXT, circuit INTEGER NOT NULL, started INTEGER NOT NULL,"
	"  ended INTEGER NOT NULL, outcome TEXT NOT NULL, deep INTEGER NOT NULL, status TEXT, domain TEXT, fault TEXT,"
	"  link TEXT, confidence REAL, contact TEXT, summary TEXT, trouble TEXT, probes INTEGER NOT NULL,"
	"  dropped INTEGER NOT NULL, azure INTEGER NOT NULL, exported INTEGER NOT NULL DEFAULT 0);"
	"CREATE UNIQUE INDEX run_by_id ON run(run_id, circuit) WHERE run_id IS NOT NULL;"
	"CREATE INDEX run_by_time ON run(circuit, started);"
	"CREATE INDEX run_outbox ON run(id) WHERE exported=0;"
	"CREATE TABLE link(run INTEGER NOT NULL, link TEXT NOT NULL, status TEXT NOT NULL, path INTEGER,"
	"  PRIMARY KEY(run, link)) WITHOUT ROWID;"
	"CREATE TABLE segment(run INTEGER NOT NULL, link TEXT NOT NULL, domain TEXT NOT NULL, added_us INTEGER, loss REAL,"
	"  loss_low REAL, loss_high REAL, PRIMARY KEY(run, link, domain)) WITHOUT ROWID;"
	"CREATE TABLE hop(run INTEGER NOT NULL, link TEXT NOT NULL, family INTEGER NOT NULL, ttl INTEGER NOT NULL,"
	"  address TEXT, domain TEXT, sent INTEGER NOT NULL, answered INTEGER NOT NULL, min_us INTEGER, median_us INTEGER,"
	"  p95_us INTEGER, max_us INTEGER, PRIMARY KEY(run, link, family, ttl)) WITHOUT ROWID;"
	"CREATE TABLE target(run INTEGER NOT NULL, name TEXT NOT NULL, control INTEGER NOT NULL, reachable INTEGER,"
	"  loss REAL, median_us INTEGER, p95_us INTEGER, PRIMARY KEY(run, name)) WITHOUT ROWID;"
	"CREATE TABLE fact(circuit INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, since INTEGER NOT NULL,"
	"  PRIMARY KEY(circuit, key)) WITHOUT ROWID;"
	"CREATE TABLE change(id INTEGER PRIMARY KEY, circuit INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL,"
	"  what TEXT NOT NULL, before TEXT, after TEXT, run INTEGER NOT NULL);"
	"CREATE INDEX change_by_time ON change(circuit, at);"
	"CREATE TABLE incident(id INTEGER PRIMARY KEY, circuit INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER,"
	"  status TEXT NOT NULL, domain TEXT, fault TEXT, link TEXT, confidence REAL, contact TEXT, summary TEXT,"
	"  changes INTEGER NOT NULL DEFAULT 0, exported INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX incident_by_time ON incident(circuit, opened);"
	"CREATE TABLE event(id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, at INTEGER NOT NULL, step TEXT NOT NULL,"
	"  run INTEGER NOT NULL);"
	"CREATE INDEX event_by_time ON event(at);"
	"CREATE TABLE memory(circuit INTEGER PRIMARY KEY, last_run INTEGER, bad INTEGER NOT NULL, runs INTEGER NOT NULL,"
	"  first_bad INTEGER NOT NULL, incident INTEGER, seen_fault TEXT, seen_link TEXT, seen_runs INTEGER NOT NULL,"
	"  primary_path TEXT, secondary_path TEXT);"
	"CREATE TABLE tally(circuit INTEGER NOT NULL, unit TEXT NOT NULL, at INTEGER NOT NULL, runs INTEGER NOT NULL,"
	"  healthy INTEGER NOT NULL, degraded INTEGER NOT NULL, fault INTEGER NOT NULL, undetermined INTEGER NOT NULL,"
	"  lost INTEGER NOT NULL, PRIMARY KEY(circuit, unit, at)) WITHOUT ROWID;"
	"CREATE TABLE rollup(circuit INTEGER NOT NULL, unit TEXT NOT NULL, at INTEGER NOT NULL, link TEXT NOT NULL,"
	"  domain TEXT NOT NULL, runs INTEGER NOT NULL, timed INTEGER NOT NULL, added_sum INTEGER NOT NULL,"
	"  added_min INTEGER, added_max INTEGER, measured INTEGER NOT NULL, loss_sum REAL NOT NULL, loss_max REAL,"
	"  PRIMARY KEY(circuit, unit, at, link, domain)) WITHOUT ROWID;",
	/* 2: who is told of events; how far the fleet's stores have got */
	"ALTER TABLE run ADD COLUMN maintenance TEXT;"
	"ALTER TABLE incident ADD COLUMN maintenance TEXT;"
	"ALTER TABLE incident ADD COLUMN key TEXT;"
	"CREATE TABLE channel(name TEXT PRIMARY KEY, steps INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE notice(id INTEGER PRIMARY KEY, event INTEGER NOT NULL, channel TEXT NOT NULL, created INTEGER NOT NULL,"
	"  due INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL DEFAULT 'waiting', ended INTEGER,"
	"  error TEXT, UNIQUE(event, channel));"
	"CREATE INDEX notice_waiting ON notice(channel, id) WHERE state='waiting';"
	"CREATE TABLE export(sink TEXT PRIMARY KEY, run INTEGER NOT NULL, event INTEGER NOT NULL) WITHOUT ROWID;"
	"DROP INDEX run_outbox;",
	/* 3: each link's verdicts by day, for reports of years; what is there already is summed */
	"CREATE TABLE link_day(circuit INTEGER NOT NULL, at INTEGER NOT NULL, link TEXT NOT NULL, runs INTEGER NOT NULL,"
	"  healthy INTEGER NOT NULL, degraded INTEGER NOT NULL, fault INTEGER NOT NULL, undetermined INTEGER NOT NULL,"
	"  PRIMARY KEY(circuit, at, link)) WITHOUT ROWID;"
	"INSERT INTO link_day SELECT circuit, started-started%86400000000, link.link, count(*), sum(link.status='healthy'),"
	"  sum(link.status='degraded'), sum(link.status='fault'), sum(link.status='undetermined') FROM link JOIN run ON run.id=link.run"
	"  GROUP BY 1,2,3;",
	/* 4: what is normal; a slow change of it is an incident beside the others */
	("CREATE TABLE baseline(circuit INTEGER PRIMARY KEY, updated INTEGER NOT NULL, state TEXT NOT NULL);"
	 "ALTER TABLE memory ADD COLUMN drift INTEGER;"),
	/* 5: incidents that go and come */
	("ALTER TABLE memory ADD COLUMN spells INTEGER NOT NULL DEFAULT 0;"
	 "ALTER TABLE memory ADD COLUMN calm INTEGER NOT NULL DEFAULT 0;"
	 "ALTER TABLE incident ADD COLUMN spells INTEGER NOT NULL DEFAULT 1;"),
};

struct db *history_db(struct history *h)
{
	return h->db;
}

const char *history_error(const struct history *h)
{
	return db_error(h->db);
}

void history_close(struct history *h)
{
	if (!h)
		return;
	db_close(h->db);
	free(h);
}

static bool make_parent(const char *path, char *err, size_t err_size)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_ROOM], why[200];

	if (!slash || slash == path)
		return true;
	text_format(folder, sizeof folder, "%.*s", (int)(slash - path), path);
	if (files_make_dir(folder, FOLDER_MODE, why, sizeof why))
		return true;
	text_format(err, err_size, "cannot make the folder of %s: %s", path, why);
	return false;
}

/* PATH.damaged-20260131T120000Z, with its two companions. */
static bool move_aside(const char *path, char *note, size_t note_size, char *err, size_t err_size)
{
	static const char *const parts[] = {"", "-wal", "-shm"};
	char stamp[WALL_TEXT_MAX], from[PATH_ROOM], to[PATH_ROOM];
	size_t n = 0;

	wall_text(now_wall(), stamp);
	for (const char *c = stamp; *c && *c != '.'; c++)
		if (*c != '-' && *c != ':')
			stamp[n++] = *c;
	stamp[n] = '\0';
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		snprintf(from, sizeof from, "%s%s", path, parts[i]);
		snprintf(to, sizeof to, "%s.damaged-%sZ%s", path, stamp, parts[i]);
		if (rename(from, to) != 0 && errno != ENOENT) {
			text_format(err, err_size, "%s is damaged and cannot be moved aside: %s", path, strerror(errno));
			return false;
		}
	}
	text_format(note, note_size, "the history %s is damaged: it was moved to %s.damaged-%sZ, and a new one is begun", path, path,
	            stamp);
	return true;
}

static bool migrate(struct db *d, int64_t version)
{
	static const char *const marks[HISTORY_VERSION] = {"PRAGMA user_version=1;", "PRAGMA user_version=2;", "PRAGMA user_version=3;", "PRAGMA user_version=4;",
	                                                  "PRAGMA user_version=5;"};

	for (int64_t v = version; v < HISTORY_VERSION; v++)
		if (!db_begin(d) || !db_script(d, steps[v]) || !db_script(d, marks[v]) || !db_commit(d)) {
			db_rollback(d);
			return false;
		}
	return true;
}

/* What another program's file is must not be written to. */
static bool fits(struct db *d, const char *path, bool write, char *err, size_t err_size)
{
	int64_t version = db_one(d, -1, "PRAGMA user_version", "");
	int64_t tables = db_one(d, -1, "SELECT count(*) FROM sqlite_schema", "");

	if (version > HISTORY_VERSION)
		text_format(err, err_size, "%s was written by a newer erprobe (history version %lld, this one knows %d): "
		            "update erprobe, or name another file with history.path", path, (long long)version, HISTORY_VERSION);
	else if (version == 0 && tables != 0)
		text_format(err, err_size, "%s is a database of another program: name another file with history.path", path);
	else if (version < HISTORY_VERSION && !write)
		text_format(err, err_size, "%s has history version %lld: start `erprobe audit` once, which brings it to version %d",
		            path, (long long)version, HISTORY_VERSION);
	else if (version < 0 || (version < HISTORY_VERSION && !migrate(d, version)))
		text_format(err, err_size, "cannot bring %s to history version %d: %s", path, HISTORY_VERSION, db_error(d));
	else
		return true;
	return false;
}

static struct history *wrap(struct db *d, const char *path, bool write, char *err, size_t err_size)
{
	struct history *h = NULL;

	if (fits(d, path, write, err, err_size)) {
		h = calloc(1, sizeof *h);
		if (!h)
			text_format(err, err_size, "out of memory");
	}
	if (h)
		h->db = d;
	else
		db_close(d);
	return h;
}

struct history *history_open(const char *path, char *note, size_t note_size, char *err, size_t err_size)
{
	mode_t mask;
	struct db *d;
	enum db_open_result result;

	note[0] = '\0';
	if (!make_parent(path, err, err_size))
		return NULL;
	mask = umask(FILE_MODE_MASK);
	result = db_open(path, true, &d, err, err_size);
	if (result == DB_CORRUPT && move_aside(path, note, note_size, err, err_size))
		result = db_open(path, true, &d, err, err_size);
	umask(mask);
	return result == DB_OPEN ? wrap(d, path, true, err, err_size) : NULL;
}

struct history *history_read(const char *path, char *err, size_t err_size)
{
	struct db *d;

	switch (db_open(path, false, &d, err, err_size)) {
	case DB_OPEN:
		return wrap(d, path, false, err, err_size);
	case DB_ABSENT:
		text_format(err, err_size, "there is no history yet (%s): `erprobe audit` writes it; -c FILE names another configuration",
		            path);
		return NULL;
	case DB_CORRUPT:
		text_format(err, err_size, "the history %s is damaged; `erprobe audit` will move it aside and begin a new one", path);
		return NULL;
	case DB_NO_ACCESS:
		break;
	}
	return NULL;
}

bool history_bring_up(const char *path)
{
	char note[HISTORY_ERROR_MAX], err[HISTORY_ERROR_MAX];
	struct history *h;
	struct db *d;

	if (db_open(path, false, &d, err, sizeof err) != DB_OPEN)
		return false;
	int64_t version = db_one(d, -1, "PRAGMA user_version", "");
	db_close(d);
	h = version > 0 && version < HISTORY_VERSION ? history_open(path, note, sizeof note, err, sizeof err) : NULL;
	history_close(h);
	return h != NULL;
}
