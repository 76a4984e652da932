/* SPDX-License-Identifier: BSD-2-Clause */
/* What would one more probe tell? How uncertain it is now which statement is true, less how
 * uncertain that is expected to be once the probe was answered or was not: the mutual
 * information of outcome and statement (Lindley 1956), in bits. 0 where all statements that are
 * still open expect the same. The predictions are the posterior's own: how likely a group's
 * counts would be with one probe more, answered or not, so that a responder's habits are in them
 * (a hop that answers four probes in five tells next to nothing of 1 % loss). */
#ifndef ERPROBE_INFORMATION_H
#define ERPROBE_INFORMATION_H

#include "analysis/diagnose/posterior.h"

#include <stdbool.h>
#include <stddef.h>

#define INFORMATION_STATEMENTS 16 /* the likeliest are told apart */
#define INFORMATION_OUTCOMES 4

/* Any number n of statements, each with its probability (they need not sum up to 1) and the chance
 * of each of INFORMATION_OUTCOMES outcomes under it (which sum up to 1; unused ones are 0). */
struct expectation { double probability, outcome[INFORMATION_OUTCOMES]; };
/* Bits that the outcome is expected to tell of which statement is true: 0 .. log2 n. */
double information_bits(const struct expectation *of, size_t n);

struct information {
	double *bits;    /* of one more probe of each of the observables' groups; owned */
	size_t count;
	double doubt;    /* bits that are missing: entropy of the statements */
};

/* From the posterior as it stands. False when out of memory. Free with information_free(). */
bool information_build(struct information *i, const struct posterior *p);
void information_free(struct information *i);

/* The TTL with which a probe of this plan flow would be counted in the group: that of a hop, PATH_TTL_FULL for
 * its end, PATH_TTL_GTSM for a BGP port; 0: none would. */
uint8_t information_ttl(const struct path_view *v, const struct traffic_group *g, size_t flow);

#endif
