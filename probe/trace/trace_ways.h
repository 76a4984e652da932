/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probes of a trace of many destinations may leave straight by their interface (probe/packet/links.h), and which go
 * by the host's own IP stack.
 *
 * A flow's probes go by the stack until one of them was captured as it left, so that the host's firewall, its routes and its
 * neighbours were asked. It left by the flow's interface, for the link address that the kernel has for the next hop of the
 * route, in a plain frame: then what follows of the flow may go the same way by the link, for a second. When the host's routes,
 * rules or interfaces change, or it refuses a probe of a flow that it let through before, each flow begins anew at once, after a change of those by the link a second
 * later at the soonest; one of which the host refused a probe stays with the stack. */
#ifndef ERPROBE_TRACE_WAYS_H
#define ERPROBE_TRACE_WAYS_H

#include "analysis/match/match.h"
#include "erprobe/frame.h"
#include "erprobe/plan.h"
#include "probe/channel/helper.h"
#include "probe/host/loop.h"
#include "probe/host/netlink.h"
#include "probe/trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_WAYS_NS NS_PER_SEC /* what the host's stack said of a flow stands so long: no message tells of a new rule of its packet filter */

struct trace_way { uint8_t mac[6]; bool known; struct mono_ns read_at; };

struct trace_way_flow {
	uint32_t seen;       /* the round in which one of its probes left as one by the link would; 0 = none did */
	uint32_t linked;     /* index + 1 of the last probe handed out for the link */
	uint8_t via;         /* number of its next hop in vias, from 1; 0 = by the stack for good */
};

struct trace_ways {
	const struct plan *plan;
	struct trace_way_flow *flows; /* NULL = all by the stack. Owned */
	struct helper_via vias[CHANNEL_VIAS_MAX];
	struct trace_way ways[CHANNEL_VIAS_MAX]; /* as the kernel's entries were last read */
	size_t via_count;
	bool none;           /* all by the stack */
	uint32_t round;      /* from 1; a new one begins each flow anew */
	struct wall_ns since; /* what left before tells nothing of this round */
	struct mono_ns round_at; /* when one last began by the clock */
	bool handed;         /* any probe by a link since the host's routes, rules or interfaces last changed */
	loop_fn *lost;       /* of lost_arg: see trace_ways_watch() */
	void *lost_arg;
	struct netlink kernel, heard;
};

/* Is anything to leave by a link, in a trace of so many destinations at this rate? */
bool trace_ways_wanted(const struct trace_run_options *o, size_t destinations, double rate);
/* Finds the next hops of the plan. Without memory or netlink: all by the stack. Free with trace_ways_free(), also what is zeroed. */
void trace_ways_make(struct trace_ways *w, const struct plan *p);
void trace_ways_free(struct trace_ways *w);
/* All by the stack from now on, because the helper has no right to the rest. */
void trace_ways_none(struct trace_ways *w);
/* Watches for what would change a way, and calls lost(arg) when what was last handed out for a link may have gone to nobody.
 * w stays where it is and outlives the loop. False when out of memory. */
bool trace_ways_watch(struct trace_ways *w, struct loop *loop, loop_fn *lost, void *arg);

/* Each flow begins anew: what leaves from this moment on tells of it. */
void trace_ways_anew(struct trace_ways *w, struct wall_ns since);
/* Time passed: lets each flow begin anew where that is due. Call it a few times in TRACE_WAYS_NS. */
void trace_ways_look(struct trace_ways *w, struct mono_ns now);
/* A probe was captured as it left. One that was handed out for the link, however long ago, tells nothing: the stack was not asked. */
void trace_ways_left(struct trace_ways *w, const struct frame *f, const struct match *m);
/* trace_ways_left() or trace_ways_hand() will be asked for this flow of the plan soon: fetches from memory what is kept of it. */
static inline void trace_ways_near(const struct trace_ways *w, uint16_t flow)
{
	if (w->flows)
		__builtin_prefetch(&w->flows[flow], 1);
}
/* One did not leave. Where the host had let others of the flow through, it has changed, and each flow begins anew. */
void trace_ways_refused(struct trace_ways *w, uint32_t id, enum send_result why);
/* May any probe leave by a link? */
bool trace_ways_open(const struct trace_ways *w);
/* By which of vias, from 1, this flow's probes may leave; 0 = by the stack. */
uint8_t trace_ways_of(const struct trace_ways *w, uint16_t flow);
/* The same for the probe that is handed out now, whose index in its flow is above those before: its probe_spec.via. */
uint8_t trace_ways_hand(struct trace_ways *w, uint16_t flow, uint16_t index);

/* Does this frame, of a probe that leaves, go to that link address, with nothing between its header and the datagram, and
 * with the traffic class that a trace asks for (none)? What the host marks on its way out goes by the stack. */
bool trace_way_is_plain(const struct frame *f, const uint8_t mac[6]);

#endif
