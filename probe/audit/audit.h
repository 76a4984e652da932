/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe audit`: every circuit checked on its own schedule, for years. */
#ifndef ERPROBE_AUDIT_H
#define ERPROBE_AUDIT_H

#include "probe/config/config.h"

#include <stdbool.h>

#define AUDIT_EVERY_DEFAULT_S 300
#define AUDIT_LISTEN_DEFAULT "127.0.0.1:9470"
#define AUDIT_RATE_DEFAULT 200     /* packets a second of all runs together */
#define AUDIT_PARALLEL_DEFAULT 4   /* runs at the same time */
#define AUDIT_INCIDENT_NEED 2      /* of… */
#define AUDIT_INCIDENT_OF 3
#define AUDIT_CONFIDENCE_PERCENT 90
#define HISTORY_KEEP_DEFAULT_S (INT64_C(400) * 86400)
#define HISTORY_DETAIL_DEFAULT_S (INT64_C(30) * 86400)
#define EVIDENCE_KEEP_DEFAULT_S (INT64_C(90) * 86400)
#define EVIDENCE_SIZE_DEFAULT_MB 1024

struct audit_options {
	const char *config_path;   /* as -c gave it, read again on SIGHUP; NULL = the default places */
	const char *packet_helper; /* or NULL */
	const char *checker;       /* run in place of `erprobe check`, with its arguments and output; or NULL */
	bool once;                 /* one run of each circuit, then the end */
	bool quiet;                /* nothing but warnings and errors */
};

/* From here on SIGTERM, SIGINT and SIGHUP wait until audit_run() can answer them: none ends a service that only begins. */
void audit_hold_signals(void);
/* Runs until SIGTERM or SIGINT, or with `once` until every circuit was checked. Takes
 * over *c and frees it. Returns the exit code: 0 after a clean end; 3 when it could not
 * begin (one line on standard error), or with `once` when a run failed, was ended by others than the service, or was not kept. */
int audit_run(struct config *c, const struct audit_options *o);

#endif
