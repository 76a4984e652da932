/* SPDX-License-Identifier: BSD-2-Clause */
/* What others see of the service: metrics as a file, and metrics and page over HTTP by a
 * process of its own (probe/web/serve.h), which is started again when it dies. */
#ifndef ERPROBE_AUDIT_FRONT_H
#define ERPROBE_AUDIT_FRONT_H

#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <sys/types.h>

#define FRONT_LISTEN_MAX 128

struct service;

struct front {
	char listen[FRONT_LISTEN_MAX]; /* where, "" = nowhere */
	int socket;                 /* that listens, -1 = not yet */
	struct mono_ns listen_at;   /* when to try again */
	bool listen_told;           /* that it cannot */
	pid_t pid;                  /* of the process that serves, 0 = none */
	int channel;                /* to it */
	struct mono_ns start_at;    /* when to start it again */
	int64_t wait_ns;            /* how long after the next death */
	bool death_told;
	bool stale;                 /* something changed since the last shelf that it took */
	struct mono_ns shelf_at;    /* when it may have the next */
	bool refuses;               /* it took none of the last shelves */
	struct mono_ns refuses_since;
	bool shelf_told;            /* that none can be made */
};

void front_init(struct front *f);
/* After a configuration was taken over, and never with --once: listens where it says. */
void front_adopt(struct service *s);
/* Something that others see has changed. */
void front_changed(struct front *f);
/* Keeps the process running, and hands it what changed, not more often than once a second. */
void front_tick(struct service *s, struct mono_ns now);
/* After SIGCHLD. */
void front_reap(struct front *f, struct mono_ns now);
void front_end(struct front *f);

#endif
