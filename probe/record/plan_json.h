/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan as JSON (schema erprobe.plan/1) and back, together with all events of
 * the log that are neither frames nor Azure's answers. Every value comes back
 * equal. 64-bit nanoseconds and floating-point limits are decimal text. */
#ifndef ERPROBE_PLAN_JSON_H
#define ERPROBE_PLAN_JSON_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/record/event_log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_JSON_SCHEMA "erprobe.plan/1"
/* More flows than this cannot be read back (the JSON reader's own ceiling). */
#define PLAN_JSON_FLOWS_MAX 8192u
#define PLAN_JSON_DOMAINS_MAX 4096u /* a circuit */
#define PLAN_JSON_TARGETS_MAX 4096u /* a circuit */

/* False with one line in err when the plan is beyond the bounds above or memory ran
 * out (out->failed); out then holds rubbish. */
bool plan_json_write(const struct plan *p, const struct event_log *log, struct strbuf *out, char *err,
                     size_t err_size);
/* The same as one line. */
bool plan_json_write_line(const struct plan *p, const struct event_log *log, struct strbuf *out, char *err,
                          size_t err_size);
/* Reads what plan_json_write wrote. *log must be fresh: it gets the not-sent events,
 * counters and end, and the caller then adds the frames, of which there must be
 * *frames. Free both with plan_free() and event_log_free(). False with one line in
 * err on anything else: then *p and *log are as after freeing. */
bool plan_json_read(const char *text, size_t len, struct plan *p, struct event_log *log, uint32_t *frames,
                    char *err, size_t err_size);

#endif
