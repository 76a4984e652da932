/* SPDX-License-Identifier: BSD-2-Clause */
/* Scoring hypotheses: shared by posterior.c (the arithmetic), concurrent.c (which faults are tried together) and beside.c
 * (which second fault begins to show), and private to them. */
#ifndef ERPROBE_SCORING_H
#define ERPROBE_SCORING_H

#include "analysis/diagnose/observed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The prior of two faults at once is the product of their priors times this. Without it, a second fault would too often be
 * added to fit what one alone explains nearly as well. Not for a session that Azure shows down, beside dead services. */
#define PAIR_PENALTY 0.3

struct target_observation { uint16_t target; uint32_t at; /* place in scoring.obs */ };

/* What is prepared once and then used for every hypothesis. All logarithms are natural. */
struct scoring {
	const struct posterior *p;
	struct observation *obs;
	size_t n;
	double *known;         /* cache, by observation and rank of a letter: the log-likelihood; NAN = not computed yet */
	double *none;          /* log-likelihood of each observation under "no fault" */
	double said_none;      /* the sum of none[] over the observations that are Azure's answers */
	double log_none;       /* log prior of "no fault" */
	struct target_observation *of_target; /* the observations of targets, sorted by target */
	size_t *first;         /* by target of the circuit: where its observations begin in of_target; one more entry ends the last */
	/* With thousands of targets, a fault at one of them leaves all other observations as they are. Their sum is kept. */
	const struct fault_row *rest_row; /* the row … */
	uint8_t rest_families;            /* … and address families that it was computed for */
	double rest;                      /* log-likelihood of all observations, each as one of a target that is not hit */
};

/* Fills out[s->n]: the letter of the catalogue under which each observation is looked up if h is true, as a rank
 * (hypotheses.h). */
void scoring_ranks(const struct scoring *s, const struct hypothesis *h, uint8_t *out);
/* Several faults at once: of the two letters of each observation the stronger stays in ranks. */
void scoring_merge(const struct scoring *s, uint8_t *ranks, const uint8_t *more);
/* Fills e->log_score and e->grid (the likeliest loss rate); ranks are those of all its parts, merged. */
void scoring_score(const struct scoring *s, struct explanation *e, const uint8_t *ranks);
/* Appends a scored explanation to p->list, which may move; false when out of memory. */
bool posterior_append(struct posterior *p, const struct explanation *e);
/* For qsort() over explanations: the likeliest first. A total order, so that the same run always gives the same list. */
int explanation_by_score(const void *a, const void *b);
/* A total order of hypotheses: that of the catalogue's rows. */
int hypothesis_compare(const struct hypothesis *a, const struct hypothesis *b);

/* concurrent.c: appends explanations that consist of several faults. p->list holds the single faults, sorted. False when
 * out of memory. */
bool concurrent_add(struct posterior *p, const struct scoring *s);

#endif
