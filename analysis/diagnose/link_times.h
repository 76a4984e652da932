/* SPDX-License-Identifier: BSD-2-Clause */
/* The round trips of one link in one family, and what clears the way of a slow answer.
 * Private to delay.c and usual.c. */
#ifndef ERPROBE_LINK_TIMES_H
#define ERPROBE_LINK_TIMES_H

#include "analysis/diagnose/observables.h"

#include <stdbool.h>
#include <stdint.h>

/* In nanoseconds. */
struct link_times {
	bool known, border_known;
	int64_t border, msee;       /* low quantiles where the WAN begins and at the MSEE */
	int64_t fastest;            /* of the MSEE */
	int64_t spread;             /* p95 - low of the MSEE */
	int64_t width;              /* 80 % quantile - low: jitter without this host's own hiccups */
	uint32_t samples;           /* most answers of one kind from the MSEE */
	bool target_known;
	int64_t target;             /* lowest low quantile of target flows over this link */
	int64_t target_high;        /* highest 80 % quantile among them */
};

struct link_times link_times_of(const struct observables *o, int link, int fam);
/* The border's own slowness must not count as the way before it: an MSEE behind it
 * that answers sooner shows that it was slow itself, and then it is no border. */
bool link_times_have_border(const struct link_times *t);

#endif
