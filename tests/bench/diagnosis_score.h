/* SPDX-License-Identifier: BSD-2-Clause */
/* Trials to tables, and the acceptance figures with what was reached. */
#ifndef ERPROBE_BENCH_SCORE_H
#define ERPROBE_BENCH_SCORE_H

#include "tests/bench/diagnosis_trial.h"

#include <stddef.h>
#include <stdio.h>

struct trials { const struct trial_record *list; size_t count; };

/* Fault by outcome, with the rows of one kind of trials. */
void score_matrix(FILE *out, const struct trials *t);
/* Stated confidence against the share that was right. */
void score_reliability(FILE *out, const struct trials *t);
/* What Azure was made to say, by outcome. */
void score_azure(FILE *out, const struct trials *t);
/* Size of loss and delay by outcome. */
void score_sizes(FILE *out, const struct trials *t);
/* Seconds and probes until decided, of the trials that ran as a live run does. */
void score_times(FILE *out, const struct trials *t);
/* The field's rules on the same worlds. */
void score_rules(FILE *out, const struct trials *t);
/* One line a trial that was wrong or missed at this confidence and above, most certain first. */
void score_worst(FILE *out, const struct trials *t, size_t most);
/* One line a figure: "met" or "falls short"; a figure without enough trials is "not
 * measured". Returns how many fall short. */
int score_acceptance(FILE *out, const struct trials *t);
void score_csv(FILE *out, const struct trials *t);

#endif
