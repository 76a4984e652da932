/* SPDX-License-Identifier: BSD-2-Clause */
/* The service's state, inside probe/audit/ only. */
#ifndef ERPROBE_AUDIT_SERVICE_H
#define ERPROBE_AUDIT_SERVICE_H

#include "analysis/audit/day.h"
#include "analysis/audit/incident.h"
#include "analysis/audit/reasons.h"
#include "analysis/audit/record.h"
#include "analysis/audit/schedule.h"
#include "analysis/live/live.h"
#include "probe/audit/audit.h"
#include "probe/audit/front.h"
#include "probe/audit/notify.h"
#include "probe/audit/run_child.h"
#include "probe/history/history.h"
#include "probe/host/loop.h"
#include "probe/host/now.h"

#define SERVICE_PATH_MAX 4096
/* Runs that wait for a store that cannot be written to: about 30 MB. */
#define QUEUE_MAX 1000

/* One circuit of the configuration, and what is known of it. */
struct audit_circuit {
	const struct plan_circuit *plan; /* in the configuration in force */
	struct slot slot;
	struct incident_state incident;
	bool has_last;          /* a finished run, perhaps of an earlier life of the service */
	bool azure_lost;        /* the last finished run could not read Azure */
	bool up;                /* the last run finished, in this life */
	struct run_record last; /* the last finished one */
	struct run_reasons *why; /* of it, when it is not healthy and of this life; owned, or NULL */
	char *report;           /* the report page of its evidence; owned, or NULL */
	size_t report_len;
	char trouble[SENTENCE_MAX]; /* of the last run, when it did not finish */
	bool was_run;           /* with --once: it had its run */
	uint64_t runs[RECORD_FAILED + 1]; /* by outcome, since the start */
	uint64_t probes;
	double took_s;          /* the last run */
	struct day day;         /* the last day's runs */
};

/* A run that waits to be stored. */
struct waiting {
	struct waiting *next;
	struct run_record record;
	enum incident_step step;
	struct incident_state after;
};

/* The report pages that are served, one a circuit: what is larger, or beyond these in all, is in the evidence alone. */
#define REPORT_MAX ((size_t)256 << 10)
#define REPORTS_MAX ((size_t)4 << 20)

struct service {
	struct config config;       /* in force; owned */
	const struct audit_options *options;
	char program[SERVICE_PATH_MAX];
	char history_path[SERVICE_PATH_MAX], evidence_dir[SERVICE_PATH_MAX];
	struct timetable timetable;
	struct loop *loop;
	int lock;                   /* only_one.h; -1 without one */
	struct history *history;    /* NULL while it cannot be opened */
	struct audit_circuit *circuits; /* as many as the configuration has */
	size_t report_bytes;        /* of all their reports */
	struct run_child *children;
	size_t running;
	size_t next_circuit;        /* whose turn it is to be looked at first */
	struct waiting *queue, **queue_end;
	size_t queued, dropped;
	bool azure_told;            /* that Azure cannot be read */
	bool late_told;             /* that turns are lost */
	struct mono_ns late_at;     /* the last one that was */
	bool store_told;            /* that it cannot be written to */
	struct mono_ns store_again; /* when to try next */
	struct mono_ns prune_at;
	struct clock_twin twin;
	struct wall_ns started_at;
	struct mono_ns watchdog_at;
	int64_t watchdog_ns;
	bool stopping, failed;
	struct mono_ns stop_at;
	uint64_t reloads_failed;
	bool textfile_told;         /* that the metrics cannot be written */
	struct mono_ns textfile_at; /* when to write them next */
	bool reload_bad;            /* the last reload was refused */
	bool channels_stale;        /* the history does not know the channels in force yet */
	struct front front;
	struct live_event events[LIVE_EVENTS_MAX]; /* the last ones, as far as the history could be read */
	size_t event_count;
	struct postbox *postboxes;  /* of the configuration's channels; notify.c */
	size_t postbox_count;
};

/* -- circuits.c: the configuration's circuits, kept over a reload by their names -- */
/* Takes over the configuration. False with one line in err when out of memory; then all is as before. */
bool circuits_adopt(struct service *s, struct config *c, char *err, size_t err_size);
struct audit_circuit *circuits_find(struct service *s, const char *name);
/* Drops what is kept for readers of the circuit's last run. */
void circuits_forget_why(struct service *s, struct audit_circuit *c);
/* Frees all circuits. */
void circuits_free(struct service *s);
/* The configuration of one circuit as YAML; the caller frees. NULL when out of memory. */
char *circuits_yaml(const struct service *s, const struct audit_circuit *c);

/* -- dispatch.c: starting runs and taking their results -- */
/* Starts what is due, as far as there is room. */
void dispatch_start(struct service *s);
/* After SIGCHLD. */
void dispatch_reap(struct service *s);

/* -- shown.c -- */
/* Writes the metrics where the configuration wants them; a failure is named once. */
void textfile_write(struct service *s);
/* Everything that is served (analysis/web/shelf.h). */
void shelf_fill(struct service *s, struct strbuf *shelf);

/* -- keep.c: the store, and the queue before it -- */
/* Opens the history. False with one line in err when it cannot be used at all. */
bool keep_open(struct service *s, char *err, size_t err_size);
/* Stores a run, now or later; says it in the log once it is. */
void keep_run(struct service *s, const struct run_record *r, enum incident_step step, const struct incident_state *after);
/* Tries the queue again and forgets what is too old, when it is time. */
void keep_tick(struct service *s, struct mono_ns now);
/* The last try; says what is lost. */
void keep_close(struct service *s);

#endif
