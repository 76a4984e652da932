/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows that lose everything beside others that lose nothing: one member of a group of equal ways
 * (ECMP, LAG) is dead. Where it is, hop answers tell: those of the dead flows end before it. */
#ifndef ERPROBE_PARTIAL_H
#define ERPROBE_PARTIAL_H

#include "analysis/observables/observables.h"

/* Fills o->links[].partial, o->links[].ports_open and .ports_weigh, .ports_differ, o->partial, o->flows_differ and the groups' ends, as far as groups are there. False
 * when out of memory. */
bool partial_look(struct observables *o);
/* For each flow of the plan a hop that is to be asked next by that flow, to learn where it dies: of those of the circuit that
 * are dead while another that asks the same lives, the middle of what its answers leave open. Of further source ports to an MSEE's
 * BGP port PATH_TTL_GTSM where they would tell a dead way from a dead link, or are all that shows the ways of a link that nothing
 * takes; there the edge's distance of those that are dead. PATH_TTL_FULL of a flow whose end was silent once, where
 * others that ask the same had an answer: it is dead, or that was lost. 0 where nothing is open.
 * hops: as many places as the plan has flows. False when out of memory. */
bool partial_where(const struct path_view *v, uint8_t *hops);
/* Do some of the group's flows answer nothing and the others all? *dead of them. */
bool partial_group(const struct traffic_group *g, unsigned *dead);

#endif
