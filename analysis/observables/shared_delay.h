/* SPDX-License-Identifier: BSD-2-Clause */
/* Is what both links share slower than usual: the corporate way to the edges, or Azure's from the
 * MSEEs to the targets? Nothing stands beside it in the same run, so that only the circuit's
 * baseline can tell. */
#ifndef ERPROBE_SHARED_DELAY_H
#define ERPROBE_SHARED_DELAY_H

#include "analysis/observables/observables.h"

/* Fills o->shared and o->shared_soon; what cannot be compared stays DELAY_UNKNOWN. Paths and links' delays are known. */
void shared_delay_look(struct observables *o);

#endif
