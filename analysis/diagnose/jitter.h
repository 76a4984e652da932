/* SPDX-License-Identifier: BSD-2-Clause */
/* Does what passes an MSEE scatter as its own answers do? */
#ifndef ERPROBE_JITTER_H
#define ERPROBE_JITTER_H

#include "analysis/diagnose/observables.h"

#include <stdbool.h>
#include <stdint.h>

enum passing { PASSING_UNKNOWN = 0, PASSING_STEADY, PASSING_SCATTERS };

/* Fills o->flow_low_ns and o->flow_spread_ns; group_of: per record, its group or -1. False when out of memory. */
bool jitter_flows(struct observables *o, const int32_t *group_of);
/* width: how far the MSEE's own answers over this link scatter, 10 % to 80 %. */
enum passing jitter_passing(const struct observables *o, int link, int fam, int64_t width_ns);

#endif
