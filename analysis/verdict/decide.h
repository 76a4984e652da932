/* SPDX-License-Identifier: BSD-2-Clause */
/* What would decide between the two likeliest explanations. */
#ifndef ERPROBE_DECIDE_H
#define ERPROBE_DECIDE_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* Fills v->decided_by, what would tell most first: a part of Azure that was not read (and why), an
 * end that answers nothing, a longer run; and where nothing that can be seen from here tells e
 * from the rival, another vantage. Nothing when out of memory. */
void decide_fill(const struct posterior *p, const struct explanation *e, const struct explanation *rival, struct verdict *v);

#endif
