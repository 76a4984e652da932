/* SPDX-License-Identifier: BSD-2-Clause */
/* The posterior laid open: for a reader who wants to check the arithmetic. */
#ifndef ERPROBE_EXPLAIN_H
#define ERPROBE_EXPLAIN_H

#include "analysis/diagnose/posterior.h"
#include "analysis/value/strbuf.h"

/* The likeliest explanations, then what each observation weighs (natural log) for the first against
 * `versus` (a fault id; NULL, or one that is not listed by itself: the second). Their weights add up
 * to the last of them, the difference of the two scores (weigh_shares). */
void explain_posterior(const struct posterior *p, const char *versus, struct strbuf *out);

#endif
