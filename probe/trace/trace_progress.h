/* SPDX-License-Identifier: BSD-2-Clause */
/* What `erprobe trace` says on standard error: one safe line each, "erprobe trace: …". */
#ifndef ERPROBE_TRACE_SAY_H
#define ERPROBE_TRACE_SAY_H

#include "probe/host/progress.h"

#include <stddef.h>
#include <stdint.h>

/* p is taken away from the terminal first. An error is said always, a warning or a note not with -q. */
void trace_error(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_note(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void trace_warn(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How far a run is: traces done and in all, how long it has run, probes sent. */
struct trace_far { size_t done, all; int64_t ran_ns; uint32_t sent; };
/* One path is a matter of its answers; of many, what counts is how far they are. A log is
 * told now and then. */
void trace_progress(struct progress *p, struct trace_far far);

#endif
