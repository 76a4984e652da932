/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen, sorted into the observables that the catalogue speaks of: counts
 * of answers by group of traffic, ICMP errors by who sent them, delay differences
 * between the links, and Azure's values. No judgement here. */
#ifndef ERPROBE_OBSERVABLES_H
#define ERPROBE_OBSERVABLES_H

#include "analysis/observables/azure_view.h"
#include "analysis/observables/delay.h"
#include "analysis/observables/link_observables.h"
#include "analysis/observables/traffic_group.h"
#include "analysis/path/path.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct observables {
	const struct path_view *path;
	const struct az_snapshot *snapshot;
	struct traffic_group *groups;  /* as many as there are; owned */
	size_t group_count;
	int64_t *flow_low_ns;          /* per plan flow, of target flows: the round trip without its queues; 0 = not known; owned */
	int64_t *flow_spread_ns;       /* per plan flow, of target flows: their round trips from 10 % to 80 %; 0 = not known; owned */
	struct flow_scatter *flow_scatter; /* per plan flow, of target flows; owned */
	struct link_observables links[LINKS];
	struct azure_view azure;
	bool partial;                  /* the same of flows that end in the corporate network */
	struct shared_delay shared[SHARED_PLACES];
	struct interruption interruption;
	double own_loss;               /* share of frames our own capture lost: benign loss to expect */
	bool nothing_left;             /* our own host let nothing out: no route, link down or blocked; at all, or any more */
	struct wall_ns left_until;     /* it let some out, and then, for a while, nothing any more: when the last one left; 0 = not so */
	bool refused_lately;           /* what it was last asked to send it refused, of more than one flow: too lately to tell whether anything leaves still */
	bool neighbour_dead;           /* the first hop's address was asked for and did not answer */
	bool families[FAMILIES];       /* which families have flows in this circuit */
};

/* False when out of memory. Free with observables_free(). snapshot may be NULL. */
bool observables_build(struct observables *o, const struct path_view *v, const struct az_snapshot *snapshot,
                       const struct event_counters *counters);
void observables_free(struct observables *o);

/* link_use.c: which links flows that may choose take. */
void observables_use(struct observables *o);
/* Do all flows of a family that were located take the same link? Then what a filter keeps from being
 * located takes it as well. */
bool link_use_is_one(const struct observables *o, uint8_t fam);

#endif
