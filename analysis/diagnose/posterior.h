/* SPDX-License-Identifier: BSD-2-Clause */
/* How probable is each explanation? Hypotheses are "no fault", each row of the
 * catalogue at each place where it can be, and the likeliest of them together. */
#ifndef ERPROBE_POSTERIOR_H
#define ERPROBE_POSTERIOR_H

#include "analysis/catalogue/catalogue.h"
#include "analysis/diagnose/likelihood.h"
#include "analysis/observables/observables.h"

#include <stdbool.h>
#include <stddef.h>

/* What target traffic does while one link is faulty. Which link answers return over is a routing
 * policy of the network, so one value holds for all groups of traffic in a hypothesis. */
enum target_traffic {
	TRAFFIC_BY_FLOW = 0, /* each flow may take the link, in either direction (ECMP); what takes it into a black hole dies */
	TRAFFIC_ELSEWHERE,   /* routing moved it to the other link, or it never used the faulty direction */
	TRAFFIC_INTO,        /* a black hole: routing goes on sending traffic over the link, and it dies there */
	TRAFFIC_ALL_BACK,    /* all answers return over the link, whichever link the probes left over */
	TRAFFIC_BACK_BY_FLOW, /* a black hole for answers alone, of which each flow's may return over it */
	TRAFFIC_KINDS
};

/* One fault at one place. */
#define SERVICE_EVERY_PORT 0
struct hypothesis {
	const struct fault_row *row;
	uint8_t link;        /* enum link_id; LINK_NULL for shared places */
	uint8_t boundary;    /* AT_CORPORATE, AT_PROVIDER: the fault sits before this hop */
	uint8_t traffic;     /* SCOPE_LINK: enum target_traffic */
	uint8_t families;    /* bit mask of 1 << FAM4, 1 << FAM6 that it hits */
	uint8_t kind;        /* service: enum probe_kind and port */
	uint16_t port;       /* of TCP also SERVICE_EVERY_PORT */
	uint16_t target;
	bool attested;       /* Azure shows the session down that this fault ends */
	double log_prior;
};

#define PARTS_MAX 3
struct explanation {
	struct hypothesis parts[PARTS_MAX]; /* concurrent faults; the likelier first */
	uint8_t count;
	int grid;            /* index of the likeliest loss rate, for loss_grid() */
	double log_score;    /* natural log of prior times likelihood, not normalised */
	double probability;  /* normalised over posterior.list */
};

struct posterior {
	const struct observables *seen;
	struct group_likelihood *groups;   /* per group; owned */
	struct explanation *list;          /* most probable first; owned */
	size_t count, room;
};

/* The posterior over all hypotheses given o, which must outlive it. False when out of memory. Free with posterior_free(). */
bool posterior_build(struct posterior *p, const struct observables *o);
void posterior_free(struct posterior *p);

/* Log-likelihoods of a group of o as the posterior uses them. g may be a copy with other counts, to ask "what if". */
void posterior_group(const struct observables *o, const struct traffic_group *g, struct group_likelihood *out);

/* The same fault to a person? */
bool hypothesis_same(const struct hypothesis *a, const struct hypothesis *b);
/* Is this fault one of the explanation's? */
bool explanation_has(const struct explanation *e, const struct hypothesis *h);
/* Do both make the same statement: the same faults on the same links and targets, whatever their finer parts
 * (hop, traffic, family) are? */
bool explanation_same(const struct explanation *a, const struct explanation *b);
/* Probability summed over all explanations that contain a part with this row id and link. */
double posterior_of_fault(const struct posterior *p, const struct hypothesis *h);
/* The same for the domain of a part (on the same link, or on any where it has none). */
double posterior_of_domain(const struct posterior *p, const struct hypothesis *h);
double posterior_of_none(const struct posterior *p);
/* Natural log of the prior of e: its log_score before any observation. */
double explanation_log_prior(const struct explanation *e);
/* The explanation "no fault"; NULL where the list is empty. */
const struct explanation *posterior_none(const struct posterior *p);

#endif
