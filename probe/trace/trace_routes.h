/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes that go while a trace runs. The socket of the probes is bound to their interface, and there the kernel takes an IPv4
 * destination without a route for a neighbour: it would ask the whole segment for addresses of others by ARP, thousands in bulk,
 * and say no more than that its table of neighbours is full. So when the host's routes or rules change, each
 * destination's route is asked for anew before it gets its next probe; while there is none, nothing is sent there. */
#ifndef ERPROBE_TRACE_ROUTES_H
#define ERPROBE_TRACE_ROUTES_H

#include "analysis/trace/trace_engine.h"
#include "probe/host/loop.h"
#include "probe/host/netlink.h"
#include "probe/host/progress.h"
#include "probe/host/route_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct trace_routes {
	struct netlink kernel, heard;
	const struct plan *plan;
	struct trace_engine *engine;
	struct progress *progress;
	struct route_map map;    /* of this round; of one interface and source alone */
	struct ip_addr map_src;
	uint8_t map_iface;
	bool mapped;
	uint32_t round;          /* changes so far; 0 = none: nothing is asked, whatever the plan found stands */
	uint32_t *looked;        /* [flow_count]: 2 * round of the last look, + 1 where there was no route; owned, from the first change on */
	bool due;                /* a change was heard, and not looked at yet */
	bool said;               /* that there is none: once a run */
	struct mono_ns round_at;
};

static inline struct trace_routes trace_routes_none(void) { return (struct trace_routes){.kernel.fd = -1, .heard.fd = -1}; }
/* Hears of changes from now on. r stays where it is and outlives the loop. Where the kernel cannot be asked, nothing is
 * watched, and what goes out is the kernel's affair. False when out of memory. */
bool trace_routes_watch(struct trace_routes *r, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress);
/* As time passes, ten times a second: what was heard since the last look begins a round, no sooner. */
void trace_routes_look(struct trace_routes *r, struct mono_ns now);
void trace_routes_close(struct trace_routes *r);
/* Keeps, in place, the wishes whose destination has a route by the interface of their flow; the engine is told of the
 * others (SEND_ROUTE_GONE). Returns their number. */
size_t trace_routes_keep(struct trace_routes *r, struct trace_wish *wishes, size_t count);

#endif
