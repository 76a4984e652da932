/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measuring host itself lets out, and whether its first hop is there. */
#ifndef ERPROBE_OWN_HOST_H
#define ERPROBE_OWN_HOST_H

#include "analysis/observables/observables.h"

struct own_flow {
	struct wall_ns left_at; /* when the latest of its probes left; 0 = none did */
	bool cut;               /* to a target, or a service of it, that this host has let nothing out to for a while, or never: what was answered until then does not speak of now */
};

/* What it says that this host's routes have none for a flow's destination. */
enum own_route {
	OWN_ROUTE_THERE = 0, /* nothing: there is one, or it is not for sure */
	OWN_ROUTE_NONE,      /* what a router says with "no route" */
	OWN_ROUTE_KEPT_BACK  /* this host's own trouble, like a packet filter of its own */
};

/* Fills own, one place for each flow of the plan, and o->nothing_left, o->left_until, o->refused_lately and o->neighbour_dead. */
void own_host_look(struct observables *o, const struct path_view *v, struct own_flow *own);
/* Does this host refuse what the flow asks, and has none of its probes left since? */
bool own_host_stuck(const struct path_view *v, const struct own_flow *own, size_t flow);
/* Does a packet filter of this host keep back all that asks for the same service of the same target as this flow, while other
 * probes leave? o->nothing_left must stand already. */
bool own_host_filters(const struct observables *o, const struct path_view *v, const struct own_flow *own, size_t flow);
/* o->nothing_left must stand already. */
enum own_route own_host_route(const struct observables *o, const struct path_view *v, const struct own_flow *own, size_t flow);

#endif
