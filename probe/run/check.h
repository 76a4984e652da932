/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe check`: one diagnosis of each circuit of a configuration. */
#ifndef ERPROBE_CHECK_H
#define ERPROBE_CHECK_H

#include "probe/config/config.h"
#include "probe/host/terminal.h"

#include <stdbool.h>
#include <stdint.h>

#define CHECK_BUDGET_DEFAULT 6000u
#define CHECK_RATE_DEFAULT 200.0       /* packets a second, over all interfaces */
#define CHECK_HOP_RATE_DEFAULT 20.0    /* answers a second asked of one hop */
#define CHECK_DEADLINE_DEFAULT 60.0    /* seconds, whole command */
#define CHECK_AZURE_DEADLINE_DEFAULT 20.0 /* seconds, but never beyond the deadline */
#define CHECK_CONFIDENCE_DEFAULT 0.90

enum check_format { CHECK_TEXT = 0, CHECK_JSON, CHECK_JSONL };

/* A zero (or NULL) means "the default"; so a zeroed struct is a plain check. */
struct check_options {
	enum check_format format;
	enum color_when color;
	bool quiet;                /* no progress, warnings or closing line; errors stay */
	bool verbose;
	const char *evidence_dir;  /* NULL: nothing is saved */
	bool evidence_unhealthy;   /* saved only where the verdict is not healthy */
	const char *sign_key;      /* signs the evidence; NULL: unsigned */
	const char *config_text;   /* the configuration in effect as YAML, for the evidence; or NULL */
	const char *packet_helper; /* NULL: beside erprobe, else ../libexec/erprobe/ */
	uint32_t budget;           /* most probes in the run */
	double rate;               /* packets a second; INFINITY = max */
	double hop_rate;           /* answers a second of one hop; INFINITY = max */
	double deadline_s;
	double azure_deadline_s;
	double confidence;         /* asked of a verdict, 0..1 */
	bool explain_rate;         /* say how fast each hop was asked, and why */
	bool no_history;
	bool bgp_watch;            /* the peerings' own sessions are listened to */
	const char *watch_interface; /* where a mirror of the peerings' segments comes in, of links that name none; or NULL */
	double watch_s;            /* at least this long; 0 = as long as the check takes */
	double interim_s;          /* with CHECK_JSONL: print what is known so far this often; 0 = never */
};

/* Checks all circuits of c (choose with config_select() first) in one run. The result
 * goes to standard output; progress, warnings and errors to standard error. Clears the
 * capabilities of the process and ignores SIGPIPE: call it once, from one thread.
 * Returns the exit code: 0 healthy, 1 degraded, 2 fault, 3 undetermined or an error,
 * 130 when SIGINT, SIGTERM or SIGHUP (unless that was ignored from the start) ended it. */
int check_run(const struct config *c, const struct check_options *o);

#endif
