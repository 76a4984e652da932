/* SPDX-License-Identifier: BSD-2-Clause */
/* One run as a process of its own: `erprobe check` of one circuit, its document and what
 * it complained of read from pipes, its time limited. A crash on a hostile packet costs
 * this one run. */
#ifndef ERPROBE_AUDIT_RUN_CHILD_H
#define ERPROBE_AUDIT_RUN_CHILD_H

#include "erprobe/clock.h"
#include "erprobe/plan.h"
#include "probe/host/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define RUN_DOCUMENT_MAX ((size_t)16 << 20)
#define RUN_COMPLAINT_MAX 1024

/* What is to be run; all borrowed for the call only. */
struct run_order {
	const char *erprobe;       /* the program's path */
	const char *packet_helper; /* or NULL */
	const char *config;        /* YAML with the one circuit */
	const char *circuit;
	const char *evidence_dir;  /* or NULL */
	uint32_t budget;
	double rate, deadline_s;
	bool deep;
	double interim_s;          /* above 0: documents come line by line, this often, the last one at the end */
	void (*on_line)(void *arg, const char *line, size_t len); /* with interim_s: takes each; or NULL */
	void *on_line_arg;
};

struct run_child {
	struct run_child *next;     /* the owner's list */
	pid_t pid;
	char circuit[NAME_MAX_LEN];
	bool deep;
	bool stopped;               /* told to end by the owner, not by its deadline */
	struct wall_ns started;
	struct mono_ns began, kill_at; /* from kill_at on it is killed, harder each time */
	int strikes;
	struct loop *loop;
	int out, err;               /* read ends of its pipes, -1 once closed */
	struct loop_event *on_out, *on_err;
	void (*on_line)(void *arg, const char *line, size_t len);
	void *on_line_arg;
	char *document;             /* NUL-terminated, owned; with on_line what has no line end yet */
	size_t len, size;
	bool too_long;
	char complaint[RUN_COMPLAINT_MAX]; /* the last whole or begun line of its standard error */
	int exit_status;            /* as waitpid() gave it, once reaped */
};

/* Starts a process. NULL with one line in err. */
struct run_child *run_child_start(struct loop *l, const struct run_order *o, char *err, size_t err_size);
/* After SIGCHLD: has it ended? Then all that it wrote is in place. */
bool run_child_reap(struct run_child *c);
/* Asks it to end (SIGTERM: it still prints a valid document); kills it later. */
void run_child_stop(struct run_child *c, struct mono_ns now);
/* To be called now and then: enforces the time limit. */
void run_child_tick(struct run_child *c, struct mono_ns now);
/* Frees; ends a process that still runs. NULL is fine. */
void run_child_free(struct run_child *c);
/* How it ended, for a person: "killed by signal 11", "exit code 3: …". */
void run_child_trouble(const struct run_child *c, char *text, size_t size);

#endif
