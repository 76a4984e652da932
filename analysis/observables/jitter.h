/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what passes an MSEE scatter as its own answers do? */
#ifndef ERPROBE_JITTER_H
#define ERPROBE_JITTER_H

#include "analysis/observables/observables.h"

#include <stdbool.h>
#include <stdint.h>

/* Fills o->flow_low_ns, o->flow_spread_ns and o->flow_scatter; group_of: per record, its group or -1. False when
 * out of memory. */
bool jitter_flows(struct observables *o, const int32_t *group_of);
/* From here on what passes has told: 20 to 1. */
#define JITTER_SURE 3.0
/* The logarithm of how many times likelier what passes the MSEE of `link` is with a queue on the link than with a control
 * plane that is busy; 0 where nothing passes, or without memory. width_ns: how far either MSEE's own answers scatter,
 * 10 % to 80 % (passing.c). */
double jitter_log_odds(const struct observables *o, int link, int fam, const int64_t width_ns[LINKS]);

#endif
