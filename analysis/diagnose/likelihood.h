/* SPDX-License-Identifier: BSD-2-Clause */
/* How likely is an observation under a cell of the catalogue? The letters of the
 * cells get their numbers here and nowhere else. All results are natural logs. */
#ifndef ERPROBE_LIKELIHOOD_H
#define ERPROBE_LIKELIHOOD_H

#include "analysis/observables/observables.h"
#include "erprobe/baseline.h"

/* Loss rates that a lossy hypothesis is averaged over: log-spaced. */
#define LOSS_GRID 24
#define LOSS_LOWEST 0.01  /* FAULTS.md: loss below 1 % is no fault */
#define LOSS_HIGHEST 0.90
double loss_grid(int i);

/* One group's log-likelihood under each letter that speaks of traffic. */
struct group_likelihood {
	double alive;            /* A */
	double dead;             /* X */
	double mixed;            /* m */
	double other;            /* h */
	double any;              /* ? */
	double maybe;            /* c: dead or alive */
	double no_way_back;      /* B: dead, unless there is a way back that we do not know */
	double partial;          /* P: each flow dead or alive */
	double partial_back;     /* p: that by the way back alone, or all alive */
	double half;             /* H (no cell's own: letters.c): half of the flows dead, or as m */
	double half_back;        /* r: half of the flows dead, or all alive */
	double loss[LOSS_GRID];  /* L: each loss rate */
	double loss_by_return[LOSS_GRID]; /* l: half of the flows return over the lossy link */
};

/* What the rest of the run says of who should answer. BESIDE: pings of what serves its ports, which it may ignore.
 * PROVED: it answers the same over the other link, or as a hop of other traffic; of an MSEE, the other one does. */
enum manner { MANNER_BESIDE, MANNER_USUAL, MANNER_PROVED };

/* own_loss: share of frames that our own capture lost. usual: how this responder answered
 * before, or NULL. */
void likelihood_group(const struct traffic_group *g, enum manner manner, double own_loss,
                      const struct baseline_answerer *usual, struct group_likelihood *out);
/* Log-likelihood of a group under a letter; grid is a place in loss_grid() for L and l. */
double likelihood_of(const struct group_likelihood *l, char letter, int grid);

double likelihood_unreach(enum unreach seen, char letter);
double likelihood_delay(enum delay_outcome seen, char letter);
double likelihood_flap(enum flap_seen seen, char letter);
double likelihood_shared(enum delay_outcome seen, char letter);
double likelihood_refused(const struct traffic_group *g, char letter);

double likelihood_size(const struct link_size *s, char letter); /* sizes_judge.c */
double likelihood_use(enum link_use seen, char letter);
double likelihood_state(enum az_state seen, char letter);
double likelihood_peering(enum az_peering_state seen, char letter);
double likelihood_arp(enum az_arp_state seen, char letter);
double likelihood_session(enum az_session_state seen, char letter);
double likelihood_connection(enum az_connection_state seen, char letter);
double likelihood_gateway(enum az_state seen, char letter);
/* likelihood_says.c: seen is 0 where Azure did not say. */
double likelihood_says(enum azure_says which, uint8_t seen, char letter);

#endif
