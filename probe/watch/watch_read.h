/* SPDX-License-Identifier: BSD-2-Clause */
/* One document of a check, as the live view needs it. */
#ifndef ERPROBE_WATCH_READ_H
#define ERPROBE_WATCH_READ_H

#include "analysis/live/watch_screen.h"

/* Takes a document erprobe.check/1 of this one circuit, finished or not (watch_take). False with
 * one line in err; then c is as it was. Nothing in it is believed without a bound (run_read.h). */
bool watch_read(struct watch_circuit *c, const char *text, size_t len, char *err, size_t err_size);

#endif
