/* SPDX-License-Identifier: BSD-2-Clause */
/* Is what both links share slower than usual: the corporate way to the edges, or Azure's from the
 * MSEEs to the targets? Nothing stands beside it in the same run, so that only the circuit's
 * baseline can tell. Where no edge answers, or its answers may be slow themselves, it may also be both links at once. */
#ifndef ERPROBE_SHARED_DELAY_H
#define ERPROBE_SHARED_DELAY_H

#include "analysis/observables/observables.h"

/* Whose delay a row of the catalogue speaks of by its `usual` ('C' or 'G'): the corporate network's, of which all that may be known
 * is that something on the way to the MSEEs is, or Azure's. Belongs to o. */
const struct shared_delay *shared_delay_of(const struct observables *o, char usual);

/* Fills o->shared and o->shared_soon; what cannot be compared stays DELAY_UNKNOWN. Paths and links' delays are known. */
void shared_delay_look(struct observables *o);

#endif
