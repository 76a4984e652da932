/* SPDX-License-Identifier: BSD-2-Clause */
/* Flows that lose everything beside others that lose nothing: one member of a group of equal ways
 * (ECMP, LAG) is dead. Where it is, hop answers tell: those of the dead flows end before it. */
#ifndef ERPROBE_PARTIAL_H
#define ERPROBE_PARTIAL_H

#include "analysis/diagnose/observables.h"

/* Fills o->links[].partial and o->partial. Groups need not be there. False when out of memory. */
bool partial_look(struct observables *o);
/* Do some of the group's flows answer nothing and the others all? *dead of them. */
bool partial_group(const struct traffic_group *g, unsigned *dead);

#endif
