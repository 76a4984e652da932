/* SPDX-License-Identifier: BSD-2-Clause */
/* What posterior.c (the arithmetic), concurrent.c (which faults are tried together) and beside.c (which of them
 * begins to show) share. Private to them. */
#ifndef ERPROBE_SCORING_H
#define ERPROBE_SCORING_H

#include "analysis/diagnose/observed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Two faults at once are rarer than chance would have it: one usually explains. */
#define PAIR_PENALTY 0.3

struct target_observation { uint16_t target; uint32_t at; /* place in scoring.obs */ };

/* What scoring needs of all observations at hand. */
struct scoring {
	const struct posterior *p;
	struct observation *obs;
	size_t n;
	double *known;         /* per observation and rank of a letter: its log-likelihood; NAN until it is asked for */
	double *none;          /* of each observation under "no fault" */
	double said_none;      /* the sum of those that rest on Azure */
	double log_none;       /* prior of "no fault" */
	struct target_observation *of_target; /* sorted by target */
	size_t *first;         /* per circuit target: its first place in of_target; one more at the end */
	const struct fault_row *rest_row; /* the sum below is of this row and these families */
	uint8_t rest_families;
	double rest;           /* all observations, as if they were of another target */
};

/* Under which letter each observation is to be looked up for a hypothesis: ranks
 * (hypotheses.h), one an observation, into out[s->n]. */
void scoring_ranks(const struct scoring *s, const struct hypothesis *h, uint8_t *out);
/* Several faults speak at once: the stronger letter of each observation is left in ranks. */
void scoring_merge(const struct scoring *s, uint8_t *ranks, const uint8_t *more);
/* Fills e's log_score and grid from its parts, whose merged ranks are given. */
void scoring_score(const struct scoring *s, struct explanation *e, const uint8_t *ranks);
/* Appends a scored explanation to p->list, which may move; false when out of memory. */
bool posterior_append(struct posterior *p, const struct explanation *e);
/* For qsort over explanations: a total order, the likeliest first. */
int explanation_by_score(const void *a, const void *b);
/* A total order of hypotheses, in the catalogue's. */
int hypothesis_compare(const struct hypothesis *a, const struct hypothesis *b);

/* concurrent.c: appends explanations by several faults at once. p->list holds the singles,
 * sorted. False when out of memory. */
bool concurrent_add(struct posterior *p, const struct scoring *s);

#endif
