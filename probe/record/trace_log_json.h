/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of a trace as the member "trace" of plan.json, and back. */
#ifndef ERPROBE_TRACE_LOG_JSON_H
#define ERPROBE_TRACE_LOG_JSON_H

#include "analysis/value/json_out.h"
#include "erprobe/plan.h"
#include "probe/record/json_fields.h"
#include "probe/record/trace_log.h"

void trace_log_json_put(struct json_out *j, const struct trace_log *l);
/* v is the member, p the plan that it belongs to, frames how many the run captured. NULL after
 * a failure, which f has. Free with trace_log_free(). */
struct trace_log *trace_log_json_take(struct fields *f, const struct json_value *v, const struct plan *p, uint32_t frames);

#endif
