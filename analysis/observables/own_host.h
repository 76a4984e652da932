/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measuring host itself lets out, and whether its first hop is there. */
#ifndef ERPROBE_OWN_HOST_H
#define ERPROBE_OWN_HOST_H

#include "analysis/observables/observables.h"

/* Fills left_at, one place for each flow of the plan, with when the latest of its probes left (0 = none did), and
 * o->nothing_left, o->left_until, o->refused_lately and o->neighbour_dead. */
void own_host_look(struct observables *o, const struct path_view *v, struct wall_ns *left_at);
/* Does this host refuse what the flow asks, and has none of its probes left since? */
bool own_host_stuck(const struct path_view *v, const struct wall_ns *left_at, size_t flow);
/* Does a packet filter of this host keep back all that asks for the same service of the same target as this flow, while other
 * probes leave? o->nothing_left must stand already. */
bool own_host_filters(const struct observables *o, const struct path_view *v, const struct wall_ns *left_at, size_t flow);

#endif
