/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a check has its baselines from, and where its healthy runs go. A history that
 * cannot be read or written costs the baseline, never the check. */
#ifndef ERPROBE_CHECK_BASELINE_H
#define ERPROBE_CHECK_BASELINE_H

#include "probe/host/progress.h"
#include "probe/record/refold.h"
#include "probe/run/check.h"

struct check_baseline {
	char path[1100];      /* of the history */
	bool use;             /* there is a place, and nobody said --no-history */
	bool broken;          /* it was told that it cannot be read: nothing is written either */
};

/* Gives the plan's circuits what is known of them. */
void check_baseline_begin(struct check_baseline *b, const struct config *c, const struct check_options *o, struct plan *p,
                          struct progress *progress);
/* Adds what the run teaches. */
void check_baseline_end(const struct check_baseline *b, const struct refolded *found, struct progress *progress);

#endif
