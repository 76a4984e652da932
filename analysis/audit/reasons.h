/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a run says what it says: of the result document what its text report prints below the
 * verdict. Kept beside the record of a run that is not healthy, and not in it: a thousand
 * records may wait for the store. */
#ifndef ERPROBE_AUDIT_REASONS_H
#define ERPROBE_AUDIT_REASONS_H

#include "erprobe/result.h"

#include <stddef.h>

/* One block of memory, of malloc(). Texts are safe to print. */
struct run_reasons {
	struct contradiction contradictions[CONTRADICTIONS_MAX];
	size_t contradiction_count;
	size_t count;            /* of faults: the verdict first, then what is wrong at the same time */
	struct verdict faults[]; /* without the ends of their segments */
};

#endif
