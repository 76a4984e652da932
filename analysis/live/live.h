/* SPDX-License-Identifier: BSD-2-Clause */
/* The live page: what the audit knows, as HTML that is whole without its script. It comes
 * in pieces; those with an id are one element each, which the script replaces when it
 * changed. Nothing inline, nothing from elsewhere, names from anywhere escaped. */
#ifndef ERPROBE_REPORT_LIVE_H
#define ERPROBE_REPORT_LIVE_H

#include "analysis/audit/day.h"
#include "analysis/audit/incident.h"
#include "analysis/audit/reasons.h"
#include "analysis/audit/record.h"
#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVE_EVENTS_MAX 30
#define LIVE_ID_MAX 32 /* of an element */
#define LIVE_WHY_BYTES ((size_t)512 << 10) /* of all reasons: when everything fails at once, the last circuits have their report alone */

/* One circuit; all borrowed. */
struct live_circuit {
	const char *name;
	const struct run_record *last; /* the last finished run, NULL for none */
	bool up;                       /* the last run finished */
	const char *trouble;           /* why it did not, or "" */
	const struct incident_state *incident;
	const struct day *day;
	const struct run_reasons *why; /* of the last run; NULL for none */
	const char *evidence;          /* the folder that holds the bundle of the last run, by its id; NULL: there is none */
	bool report;                   /* its page is served (LIVE_REPORT) */
};

/* Where the report page of a run is to be had: this path, and the run's id. */
#define LIVE_REPORT "/report/"

enum live_kind { LIVE_OPENED, LIVE_CHANGED, LIVE_CLOSED, LIVE_PATH };

/* Something that happened. Texts may come from anywhere. */
struct live_event {
	enum live_kind kind;
	int64_t at_us;
	char circuit[NAME_MAX_LEN];
	enum status status;
	enum domain domain;
	enum link_id link;
	char fault[FAULT_ID_MAX];
	char text[SENTENCE_MAX]; /* of an incident what it is; of a path before and after */
};

struct live_view {
	const char *host, *version;
	const struct live_circuit *circuits;
	size_t count;
	const struct live_event *events; /* the newest first */
	size_t event_count;
	bool store_ok, config_ok;
	size_t waiting; /* runs that are not stored */
};

/* Takes one piece; id is "" for what stands between the elements. */
typedef void live_piece_fn(void *arg, const char *id, const char *text, size_t len);

/* The whole page, piece by piece. `state` names what it shows: the script gives it back to
 * learn whether it missed anything. False when out of memory. */
bool live_page(const struct live_view *v, char state[LIVE_ID_MAX], live_piece_fn *fn, void *arg);

/* What the page asks for beside itself (live.css, live.js). */
extern const char live_style[], live_script[];

/* -- inside analysis/live/ -- */

/* How a circuit stands now. Without a result in this life it is undetermined. */
enum status live_status(const struct live_circuit *c);
/* Has it had no check in this life yet? Then nothing is wrong. */
bool live_waits(const struct live_circuit *c);
/* How much room a circuit has on the page: few have their reasons unfolded; while they are healthy, those of many (LIVE_BRIEF)
 * have their links among the details. */
enum live_room { LIVE_FEW, LIVE_SOME, LIVE_BRIEF };
/* One circuit as an <article> with this id. why: its reasons are told. Returns how many bytes they are. */
size_t live_circuit_html(const struct live_circuit *c, const char *id, enum live_room room, bool why, struct strbuf *out);
/* What leads from a circuit that is not healthy to the evidence: its reasons and next steps (unless !why), its run. Nothing for
 * others. Returns how many bytes the reasons are. */
size_t live_why_html(const struct live_circuit *c, const char *id, bool open, bool why, struct strbuf *out);
/* The strip of the last day, with the delay of the WAN below it. */
void live_day_html(const struct day *d, const char *name, struct strbuf *out);
/* "2026-01-31 12:00:04 UTC", within <time>; more: further attributes, each with a blank before it. */
void live_time(struct strbuf *out, int64_t at_us, const char *more);

#endif
