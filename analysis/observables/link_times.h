/* SPDX-License-Identifier: BSD-2-Clause */
/* The round trips of one link in one family, and what clears the way of a slow answer.
 * Private to delay.c and usual.c. */
#ifndef ERPROBE_LINK_TIMES_H
#define ERPROBE_LINK_TIMES_H

#include "analysis/observables/observables.h"

#include <stdbool.h>
#include <stdint.h>

/* Without a baseline two links may differ by so much, and by their jitter. */
#define DELAY_FREE_NS (5 * NS_PER_MS)

/* In nanoseconds. */
struct link_times {
	bool known, border_known;
	int64_t border, msee;       /* low quantiles where the WAN begins and at the MSEE */
	int64_t border_width;       /* the border's, as width below */
	int64_t fastest;            /* of the MSEE */
	int64_t spread;             /* p95 - low of the MSEE */
	int64_t width;              /* 80 % quantile - low: jitter without this host's own hiccups */
	uint32_t samples;           /* most answers of one kind from the MSEE */
	bool target_known;
	int64_t target;             /* lowest low quantile of target flows over this link */
	int64_t target_high;        /* highest 80 % quantile among them */
};

struct link_times link_times_of(const struct observables *o, int link, int fam);
/* The border's own slowness must not count as the way before it: an MSEE or a target behind it that
 * answers sooner shows that it was slow itself, and so does an MSEE that scatters less, since its
 * answers take the same way and more. Then it is no border. */
bool link_times_have_border(const struct link_times *t);
/* The first half of it: does the border answer, and sooner than all that lies behind it? */
bool link_times_border_first(const struct link_times *t);

#endif
