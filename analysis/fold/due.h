/* SPDX-License-Identifier: BSD-2-Clause */
/* When each stream of a schedule is due: by its interval, and beyond it by what one more probe would tell. */
#ifndef ERPROBE_DUE_H
#define ERPROBE_DUE_H

#include "analysis/fold/schedule_state.h"

/* How badly a stream wants its turn: above 1 is due; 0 = not at all. */
double due_now(const struct schedule *s, size_t flow, int slot, struct wall_ns now);
/* What more of it would tell by now, in bits over cost; 0 = it is not to be asked beyond its interval. */
double due_more(const struct schedule *s, size_t flow, int slot, struct wall_ns now);
/* The slots of a flow that are worth a look, in their order, up to TTL_SLOTS: what does not sweep looks at the fork
 * alone, the edges' hops and the MSEEs', and where it dies. */
int due_first_slot(const struct schedule *s, size_t flow);
int due_next_slot(const struct schedule *s, size_t flow, int slot);

#endif
