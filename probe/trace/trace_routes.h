/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes that go while a trace runs (probe/host/own_routes.h): nothing is sent where there is none. */
#ifndef ERPROBE_TRACE_ROUTES_H
#define ERPROBE_TRACE_ROUTES_H

#include "analysis/trace/trace_engine.h"
#include "probe/host/loop.h"
#include "probe/host/own_routes.h"
#include "probe/host/progress.h"

#include <stdbool.h>
#include <stddef.h>

#define TRACE_ROUTES_MOVED_NS (5 * NS_PER_SEC) /* how long a route that moved is waited for since the last change */

struct trace_routes {
	struct own_routes routes;
	struct trace_engine *engine;
	struct progress *progress;
	bool said;               /* that there is none: once a run */
};

static inline struct trace_routes trace_routes_none(void) { return (struct trace_routes){.routes = own_routes_none()}; }
/* Hears of changes from now on. r stays where it is and outlives the loop. Where the kernel cannot be asked, nothing is
 * watched. False when out of memory. */
bool trace_routes_watch(struct trace_routes *r, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress);
/* As time passes, ten times a second. */
void trace_routes_look(struct trace_routes *r, struct mono_ns now);
void trace_routes_close(struct trace_routes *r);
/* Keeps, in place, the wishes whose destination has a route by the interface of their flow; the engine is told of the
 * others (SEND_ROUTE_GONE; SEND_ROUTE_MOVED, which ends the trace). Returns their number. */
size_t trace_routes_keep(struct trace_routes *r, struct trace_wish *wishes, size_t count);

#endif
