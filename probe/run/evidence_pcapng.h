/* SPDX-License-Identifier: BSD-2-Clause */
/* probes.pcapng: every frame of the log, each with what the matcher says of it. */
#ifndef ERPROBE_EVIDENCE_PCAPNG_H
#define ERPROBE_EVIDENCE_PCAPNG_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/run/event_log.h"

#include <stdbool.h>

/* Appends the whole file. The frames are matched again by a matcher of its own, in
 * the order of the log. `os` describes the system ("Linux 6.1.0"), NULL leaves it
 * out; `ended` closes the statistics. False when memory or out's ceiling ran out. */
bool evidence_pcapng(const struct plan *p, const struct event_log *log, const char *os, struct wall_ns ended,
                     struct strbuf *out);

#endif
