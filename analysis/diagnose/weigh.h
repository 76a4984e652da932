/* SPDX-License-Identifier: BSD-2-Clause */
/* What each observation weighs between two explanations, and the verdict's contest with
 * the next best. */
#ifndef ERPROBE_WEIGH_H
#define ERPROBE_WEIGH_H

#include "analysis/diagnose/observed.h"
#include "erprobe/result.h"

#include <stddef.h>

/* Into out[n], natural log: by how much the odds of e against the rival would fall without
 * the observation, all else as the posterior reckoned it (the mean over all rates of loss
 * included). Above 0 it speaks for e. */
void weigh_observations(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                        const struct explanation *rival, double *out);

/* The likeliest explanation that keeps the other parts of e and has not this one; elsewhere:
 * and blames another domain for it. NULL: there is none. */
const struct explanation *weigh_next_best(const struct posterior *p, const struct explanation *e, uint8_t part, bool elsewhere);

/* Fills v->runner_up, and v->other_domain where the runner-up is of the same domain, for
 * one part of the leading explanation. Left unknown when out of memory. */
void weigh_contests(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v);

#endif
