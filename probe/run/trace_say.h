/* SPDX-License-Identifier: BSD-2-Clause */
/* What `erprobe trace` says on standard error: one safe line each, "erprobe trace: …". */
#ifndef ERPROBE_TRACE_SAY_H
#define ERPROBE_TRACE_SAY_H

#include "probe/run/progress.h"

/* p is taken away from the terminal first. An error is said always, a warning or a note not with -q. */
void trace_error(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_note(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_warn(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
