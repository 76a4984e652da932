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
	double partial_before;   /* Q (stands in no cell): P where what is dead shows no link */
	double partial_back;     /* p: that by the way back alone, or all alive */
	double half;             /* H (stands in no cell, letters.c derives it): half of the flows dead, or as m */
	double half_back;        /* r: half of the flows dead, or all alive */
	double loss[LOSS_GRID];  /* L: each loss rate */
	double loss_by_return[LOSS_GRID]; /* l: half of the flows return over the lossy link */
};

/* How surely a responder would answer on a healthy circuit, as the rest of the run shows. It decides how much
 * silence tells.
 * MANNER_BESIDE: pings to a target whose TCP ports answer; it may well ignore pings.
 * MANNER_PROVED: it answers this kind of probe over the other link, or as a hop of other traffic; for an MSEE and its
 * BGP port, the other MSEE does. MANNER_SURE: an MSEE that, as a hop, answers nearly all of other traffic, or whose fellow
 * answers nearly all pings, and enough of it was asked. MANNER_ALONE: an MSEE, or its BGP port, that answers nothing of what
 * the other MSEE answers.
 * MANNER_USUAL: nothing of that is known. */
enum manner { MANNER_BESIDE, MANNER_USUAL, MANNER_PROVED, MANNER_SURE, MANNER_ALONE };

/* Fills all of *out. own_loss: share of frames (0..1) that our own capture lost. usual: how this responder
 * answered in earlier runs (the baseline), or NULL. */
void likelihood_group(const struct traffic_group *g, enum manner manner, double own_loss,
                      const struct baseline_answerer *usual, struct group_likelihood *out);
/* The same beside what was weighed before of the same router: one that limits its answers limits them to all traffic, so
 * that a limit which those show is not held against it once more. At most LIKELIHOOD_BEFORE_MAX; count may be 0. */
#define LIKELIHOOD_BEFORE_MAX 4
struct group_before { const struct traffic_group *list[LIKELIHOOD_BEFORE_MAX]; size_t count; };
void likelihood_group_beside(const struct traffic_group *g, enum manner manner, double own_loss,
                             const struct baseline_answerer *usual, const struct group_before *before, struct group_likelihood *out);
/* Log-likelihood of a group under a letter; grid is the index into loss_grid() for L and l, else ignored. */
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
/* likelihood_heard.c: seen is an enum heard_session or heard_segment (analysis/observables/heard.h), 0 where nobody listened. */
double likelihood_heard(enum heard_what what, uint8_t seen, char letter);

#endif
