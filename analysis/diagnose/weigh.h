/* SPDX-License-Identifier: BSD-2-Clause */
/* How much each observation speaks for one explanation against another. All weights are natural logarithms of odds: +2.3
 * makes e ten times as likely beside the rival. */
#ifndef ERPROBE_WEIGH_H
#define ERPROBE_WEIGH_H

#include "analysis/diagnose/observed.h"

#include <stddef.h>

/* Leave one out: out[i] is by how much the log odds of e against the rival would fall if observation i had not been made.
 * Above 0 it speaks for e. All else is computed as in the posterior, the mean over all possible loss rates included. */
void weigh_observations(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                        const struct explanation *rival, double *out);

/* What two scores differ by that no single observation accounts for. */
struct weigh_rest {
	double prior; /* how common the faults are, before anything is observed */
	double rate;  /* the loss rate is unknown: what the mean over all rates takes from the score at the likeliest rate */
};

/* Splits the log odds of e against the rival into shares: out[0..n-1] and *rest add up to
 * e->log_score - rival->log_score. An observation on the wire has its own log likelihood ratio as its share, computed at
 * the likeliest loss rate where the explanation has one. Azure's answers are not independent, because all of them may be
 * out of date at once (azure_word_log()): what they are worth together is divided among them in proportion to what each
 * says by itself. rest may be NULL. */
void weigh_shares(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                  const struct explanation *rival, double *out, struct weigh_rest *rest);

/* The rate of loss where e names one lies between these with 90 %, all rates of the grid taken to be as common. 0..1; both 0 where e
 * names none, or without memory. */
struct loss_range { double low, high; };
struct loss_range weigh_loss(const struct posterior *p, const struct explanation *e);

#endif
