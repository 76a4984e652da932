/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict beside the next best one, and beside the next best of another domain: which
 * explanations those are, and the observations that decide between them. */
#ifndef ERPROBE_CONTEST_H
#define ERPROBE_CONTEST_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* The likeliest explanation that keeps the other parts of e and has not this one; elsewhere:
 * and blames another domain for it. NULL: there is none. */
const struct explanation *contest_next_best(const struct posterior *p, const struct explanation *e, uint8_t part, bool elsewhere);

/* Fills v->runner_up, and v->other_domain where the runner-up is of the same domain, for
 * one part of the leading explanation. Where Azure's answers are missed only all together, one
 * statement has the weight of all. Left unknown when out of memory. */
void contests_fill(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v);

#endif
