/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe watch`: one check after the other, seen while they go on. Each check is a
 * process of its own (`erprobe check`), as in the audit: what reads hostile packets does
 * not hold the terminal. */
#ifndef ERPROBE_WATCH_H
#define ERPROBE_WATCH_H

#include "probe/config/config.h"

#include <stdint.h>

#define WATCH_EVERY_DEFAULT_S 5.0 /* from the end of a check to the begin of the next */
#define WATCH_RATE_DEFAULT 200.0  /* packets a second, all circuits together */
#define WATCH_BUDGET_DEFAULT 6000u

/* Zero (NULL) means the default. */
struct watch_options {
	const char *packet_helper;
	double every_s;
	double rate;
	uint32_t budget;          /* most probes of one check */
	bool no_color;
};

/* Watches all circuits of c (choose with config_select() first) until the user ends it.
 * Returns the exit code: 0 after q, SIGINT, SIGTERM or SIGHUP; 3 with one line on standard error when there is
 * no terminal or no memory. */
int watch_run(const struct config *c, const struct watch_options *o);

#endif
