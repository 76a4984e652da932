/* SPDX-License-Identifier: BSD-2-Clause */
/* Is what passes an MSEE as late as its own answers are? */
#ifndef ERPROBE_LATE_FLOWS_H
#define ERPROBE_LATE_FLOWS_H

#include "analysis/observables/observables.h"

#include <stdint.h>

/* LATE_SOME: flows that pass are late, and no control plane is. LATE_NONE: all that would be late
 * are not, so that the MSEE's own answers are slow and the way is as ever. */
enum late { LATE_UNKNOWN = 0, LATE_NONE, LATE_SOME };

/* more_ns: how much later than over the other link, or than usual, the MSEE answers over this one. */
enum late late_flows(const struct observables *o, int link, int fam, int64_t more_ns);

/* By how much the fastest flows that go by this link are later than those by the other that ask the same: what is late on the way
 * there, since of either some return by either link. 0 = not known, or no later. */
int64_t late_there_ns(const struct observables *o, int link, int fam);

#endif
