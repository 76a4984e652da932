/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run in which nothing is wrong could have missed. "Healthy" is a statement about all that was
 * not seen as well: a loss of 1 % that met none of two hundred probes, a link that is 7 ms slower beside
 * one whose own length nobody knows. Faults are held against a circuit that is mostly sound, so that none
 * is accused without need; "healthy" is held against a reader who asks because something small seems
 * wrong. The confidence is what both can agree to. */
#ifndef ERPROBE_UNSEEN_H
#define ERPROBE_UNSEEN_H

#include "analysis/diagnose/posterior.h"

#include <stddef.h>
#include <stdint.h>

/* The loss that a live run is asked to find. */
#define UNSEEN_ASKED 0.02

enum unseen_place { UNSEEN_CORPORATE, UNSEEN_WAN_PRIMARY, UNSEEN_WAN_SECONDARY, UNSEEN_BEYOND, UNSEEN_PLACES };

struct unseen {
	double odds;                  /* that there is a small fault all the same, against none */
	double loss[UNSEEN_PLACES];   /* the least share that would have shown there, 0..1; 0 = no probe tells of it */
	double asked;                 /* how likely the run is with a loss of UNSEEN_ASKED where that tells least, beside none; 0 = nowhere measured */
	bool by_usual;                /* each link was held against a baseline, and not against the other */
	int64_t slower_ns;            /* so much slower either link would have shown; 0 = no two were compared */
};

/* Of a posterior that "no fault" leads. False when out of memory. */
bool unseen_look(const struct posterior *p, struct unseen *out);

/* How sure is "healthy"? 0..1; what the posterior says of no fault, less what was not seen. Without memory
 * the posterior's. */
double unseen_healthy(const struct posterior *p);

/* Would a loss of UNSEEN_ASKED have shown, 50 to 1, wherever this run measures loss? False without memory. */
bool unseen_enough(const struct posterior *p);

/* Is such a loss anywhere less than 10 to 1 against? False without memory. */
bool unseen_hinted(const struct posterior *p);

/* What would have been seen at the least, in one or two sentences, or "". */
void unseen_words(const struct posterior *p, char *out, size_t size);

#endif
