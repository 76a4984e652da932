/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses that a trace's probes leave from: what one does that goes while the trace runs. */
#ifndef ERPROBE_TRACE_SOURCES_H
#define ERPROBE_TRACE_SOURCES_H

#include "analysis/trace/trace_engine.h"
#include "probe/host/loop.h"
#include "probe/host/own_addresses.h"
#include "probe/host/progress.h"

#include <stdbool.h>
#include <stddef.h>

struct trace_sources {
	struct own_addresses addresses;
	const struct plan *plan;
	struct trace_engine *engine;
	struct progress *progress;
};

static inline struct trace_sources trace_sources_none(void) { return (struct trace_sources){.addresses.heard.fd = -1}; }
/* Watches the sources of this plan: when one goes, that is said, and what was under way is set aside. s stays where it is and outlives
 * the loop. Where the kernel cannot be asked that is said, and nothing is watched. False when out of memory. */
bool trace_sources_watch(struct trace_sources *s, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress);
/* As time passes: looks at what could not be read before. */
void trace_sources_look(struct trace_sources *s);
void trace_sources_close(struct trace_sources *s);
/* Keeps, in place, the wishes whose source is there; the engine is told of the others. Returns their number. */
size_t trace_sources_keep(struct trace_sources *s, struct trace_wish *wishes, size_t count);

#endif
