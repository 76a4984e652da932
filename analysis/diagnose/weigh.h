/* SPDX-License-Identifier: BSD-2-Clause */
/* What each observation weighs between two explanations. */
#ifndef ERPROBE_WEIGH_H
#define ERPROBE_WEIGH_H

#include "analysis/diagnose/observed.h"

#include <stddef.h>

/* Into out[n], natural log: by how much the odds of e against the rival would fall without
 * the observation, all else as the posterior reckoned it (the mean over all rates of loss
 * included). Above 0 it speaks for e. */
void weigh_observations(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                        const struct explanation *rival, double *out);

/* What two scores differ by beside what was seen, natural log. */
struct weigh_rest {
	double prior; /* how common each is */
	double rate;  /* the rate of a loss is not known: the mean over all rates, against the likeliest of them */
};

/* Divides the odds of e against the rival among what was seen: out[n] and rest add up to
 * e->log_score - rival->log_score. Of the wire each observation has its own likelihood ratio (of a loss, at the
 * likeliest rate). Azure's answers may all be late together (azure_word_log): each has its part, by what it says, of
 * what all of them are worth together. rest: NULL where nobody asks. */
void weigh_shares(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                  const struct explanation *rival, double *out, struct weigh_rest *rest);

#endif
