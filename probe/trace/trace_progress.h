/* SPDX-License-Identifier: BSD-2-Clause */
/* How far `erprobe trace` is, on standard error. */
#ifndef ERPROBE_TRACE_PROGRESS_H
#define ERPROBE_TRACE_PROGRESS_H

#include "probe/host/progress.h"

#include <stddef.h>
#include <stdint.h>

/* How far a run is: traces done and in all, how long it has run, probes sent. */
struct trace_far { size_t done, all; int64_t ran_ns; uint32_t sent; };
/* One path is a matter of its answers; of many, what counts is how far they are. A log is
 * told now and then. */
void trace_progress(struct progress *p, struct trace_far far);

#endif
