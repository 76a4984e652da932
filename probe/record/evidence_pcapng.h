/* SPDX-License-Identifier: BSD-2-Clause */
/* probes.pcapng: every frame of the log, each with what the matcher says of it. */
#ifndef ERPROBE_EVIDENCE_PCAPNG_H
#define ERPROBE_EVIDENCE_PCAPNG_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/record/event_log.h"

#include <stdbool.h>

/* The section's further comments begin with this: together, in their order, they are the
 * plan with its events (plan.json as one line, without Azure's resource ids), so that the
 * file alone can be analysed again. */
#define EVIDENCE_PLAN_COMMENT "erprobe plan="

/* Ceiling of the file, and of a trace's run.json: the log's bytes, and twice as many for comments and block heads. What writes
 * a bundle and what verifies it must have the same. */
#define EVIDENCE_PCAPNG_MAX (3 * EVENT_LOG_BYTES_MAX)

/* Puts the plan of a section's comments (joined by newlines, as pcapng_read gives them)
 * together again. False when they hold none. */
bool evidence_pcapng_plan(const char *comments, struct strbuf *plan);

/* Appends the whole file. The frames are matched again by a matcher of its own, in
 * the order of the log. `os` describes the system ("Linux 6.1.0"), NULL leaves it
 * out; `ended` closes the statistics. False when memory or out's ceiling ran out. */
bool evidence_pcapng(const struct plan *p, const struct event_log *log, const char *os, struct wall_ns ended,
                     struct strbuf *out);
/* The same for a file too large to stand in memory: sink takes what is in *out, now and then
 * (it may leave it there), and false ends it. */
typedef bool evidence_sink(void *arg, struct strbuf *out);
bool evidence_pcapng_to(const struct plan *p, const struct event_log *log, const char *os, struct wall_ns ended,
                        struct strbuf *out, evidence_sink *sink, void *arg);

#endif
