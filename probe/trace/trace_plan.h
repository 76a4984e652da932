/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of a trace: one flow a destination, as this host would send it. */
#ifndef ERPROBE_TRACE_PLAN_H
#define ERPROBE_TRACE_PLAN_H

#include "erprobe/plan.h"
#include "probe/trace/trace.h"
#include "probe/trace/trace_dests.h"

#include <stdbool.h>
#include <stddef.h>

/* Flows of one destination, one after the other. */
uint16_t trace_plan_group(const struct trace_run_options *o);

/* Fills *out; flow i belongs to destination i / trace_plan_group(). A destination that is this host itself
 * is said and taken off the list. A missing route is no error: its flow has no_route.
 * False with one line in err. Free with plan_free(). */
bool trace_plan_build(struct trace_dests *d, const struct trace_run_options *o, const struct plan_limits *limits,
                      struct plan *out, char *err, size_t err_size);

/* The destinations of all flows as the shortest list of prefixes that covers them and
 * nothing else. The caller frees *out. False when out of memory. */
bool trace_plan_allow(const struct plan *p, struct ip_prefix **out, size_t *count);

#endif
