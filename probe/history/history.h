/* SPDX-License-Identifier: BSD-2-Clause */
/* The history: every run, hop, verdict, change and incident, in one SQLite file with
 * nothing to set up. One process, the audit, adds runs; any number read beside it. Others write what is theirs, beside it
 * too: a check what is normal (history_baseline.h), erprobe-export how far it has got (history_export.h).
 *
 * Times are microseconds since 1970 UTC. What is told twice is counted once: a run is
 * known by its id, so adding it again changes nothing. */
#ifndef ERPROBE_HISTORY_H
#define ERPROBE_HISTORY_H

#include "analysis/audit/incident.h"
#include "analysis/audit/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_VERSION 5
#define HISTORY_ERROR_MAX 400

struct history;

/* Opens for writing. Missing parent folders are made. A damaged database is moved aside
 * (PATH.damaged-TIME) and a new one begun: then note says so, else it is "". One of a
 * newer version is refused. NULL with one line in err. */
struct history *history_open(const char *path, char *note, size_t note_size, char *err, size_t err_size);
/* Brings a history of an older version up to this one's, as history_open() does. False: it is none, or that failed. */
bool history_bring_up(const char *path);
/* Opens what is there for reading. NULL with one line in err. */
struct history *history_read(const char *path, char *err, size_t err_size);
void history_close(struct history *h);
const char *history_error(const struct history *h);

/* What the audit knows of a circuit when it starts again. */
struct history_memory {
	bool has_last;
	struct run_record last;        /* of the last finished run: verdict, times, paths; no targets */
	struct incident_state incident;
	int64_t incident_id;           /* of the open one, else 0 */
};

/* The ids of the events that a run made, 0 = none. */
struct history_added { int64_t event, drift; };

/* Adds a run, with changes of path and Azure against the runs before, roll-ups and what
 * the step makes of incidents and events, all or nothing. step is what incident_take()
 * answered for it, and after the state then. Nothing when the run is there already.
 * False with history_error(). */
bool history_add(struct history *h, const struct run_record *r, enum incident_step step, const struct incident_state *after,
                 struct history_added *out);
/* What is remembered of a circuit; zeroed where nothing is. False with history_error(). */
bool history_memory(struct history *h, const char *circuit, struct history_memory *out);

/* Removes what is too old, a bounded amount a call: runs, changes and incidents that are over,
 * with their events, before keep_us; hops, segments and targets of runs before detail_us. True
 * when there was nothing more to do. */
bool history_prune(struct history *h, int64_t keep_us, int64_t detail_us);

/* -- inside probe/history/ -- */

/* Words back to values; what is unknown is STATUS_UNDETERMINED, DOMAIN_NONE, LINK_NULL, CONTACT_NONE. */
enum status history_status(const char *text);
enum domain history_domain(const char *text);
enum link_id history_link(const char *text);
enum contact history_contact(const char *text);
struct db;
struct db *history_db(struct history *h);

#endif
