/* SPDX-License-Identifier: BSD-2-Clause */
/* Routes that go while a run lasts. The socket of the probes is bound to their interface, and there the kernel takes an IPv4
 * destination without a route for a neighbour: it would ask the whole segment for addresses of others by ARP, thousands in bulk,
 * and say no more than that its table of neighbours is full, or nothing at all. So when the host's routes or rules change, each
 * destination's route is to be asked for anew before it gets its next probe; while there is none, nothing is to be sent there. */
#ifndef ERPROBE_OWN_ROUTES_H
#define ERPROBE_OWN_ROUTES_H

#include "erprobe/plan.h"
#include "probe/host/netlink.h"
#include "probe/host/now.h"
#include "probe/host/route_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct own_routes {
	struct netlink kernel, heard;
	const struct plan *plan;
	struct route_map map;    /* of this round; of one interface and source alone */
	struct ip_addr map_src;
	uint8_t map_iface;
	bool mapped;
	uint32_t round;          /* changes so far; 0 = none: nothing is asked, whatever the plan found stands */
	uint32_t *looked;        /* [flow_count]: 2 * round of the last look, + 1 where there was no route; owned, from the first change on */
	bool due;                /* a change was heard, and not looked at yet */
	struct mono_ns round_at;
};

static inline struct own_routes own_routes_none(void) { return (struct own_routes){.kernel.fd = -1, .heard.fd = -1}; }
/* Hears of changes from now on; the plan outlives o. False where the kernel cannot be asked: nothing is watched then, and what goes
 * out is the kernel's affair. */
bool own_routes_open(struct own_routes *o, const struct plan *p);
/* After own_routes_open(), whatever it returned. */
void own_routes_close(struct own_routes *o);
/* Readable when own_routes_take() has something; -1 where nothing is watched. */
static inline int own_routes_fd(const struct own_routes *o) { return o->heard.fd; }
/* Takes what the kernel told. On a host whose routes change all the time, it is looked at ten times a second, no oftener. */
void own_routes_take(struct own_routes *o, struct mono_ns now);
/* As time passes: what was heard and not looked at yet. */
void own_routes_look(struct own_routes *o, struct mono_ns now);
/* Has its destination no route by its interface any more? False as long as no route has changed. */
bool own_routes_gone(struct own_routes *o, uint16_t flow);
/* Of one that has none: does a route lead there by another interface, as after a failover? */
bool own_routes_moved(struct own_routes *o, uint16_t flow);

#endif
