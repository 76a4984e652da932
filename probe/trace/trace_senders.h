/* SPDX-License-Identifier: BSD-2-Clause */
/* The packet helpers of a trace. The first captures and sends. Of many echoes at no limit of rate a
 * second one sends beside it, on another processor: most of what a probe costs is the kernel's, in its
 * sender's time. Both are caged alike and may send to the same targets; the second captures nothing.
 *
 * Where a rate is given there is one helper, whose bucket bounds all that leaves. Where ports are
 * reserved, or connections opened and reset, there is one too: only it knows them. */
#ifndef ERPROBE_TRACE_SENDERS_H
#define ERPROBE_TRACE_SENDERS_H

#include "erprobe/plan.h"
#include "erprobe/probe.h"
#include "probe/channel/helper.h"
#include "probe/trace/trace.h"
#include "probe/trace/trace_ways.h"

#include <stdbool.h>
#include <stddef.h>

#define TRACE_TWO_FROM 1024 /* destinations from which a second helper is worth its start */

struct trace_senders {
	struct helper *first;   /* NULL: not started */
	struct helper *second;  /* NULL: one is enough */
};

/* Starts what so many destinations of this plan take, with the next hops of w. False with one line in err. */
bool trace_senders_start(struct trace_senders *s, const struct trace_run_options *o, const struct plan *p, size_t destinations,
                         const struct trace_ways *w, char *err, size_t err_size);
/* Hands 1 to CHANNEL_BATCH probes to the helper that has less to do, or to the first where the second takes none: all or none. */
bool trace_senders_put(const struct trace_senders *s, const struct probe_spec *specs, size_t count);
/* The second one is gone: from now on the first sends all. */
void trace_senders_lose_second(struct trace_senders *s);
/* As helper_leave(). */
void trace_senders_leave(struct trace_senders *s);

#endif
