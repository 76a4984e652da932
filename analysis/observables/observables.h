/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that was observed of one circuit, sorted into the columns of the fault catalogue (catalogue.h):
 * how many probes each responder answered, which ICMP errors came and from whom, which link is slower, and what
 * Azure reports. This is what was seen and nothing more: which fault it means is decided in diagnose/. */
#ifndef ERPROBE_OBSERVABLES_H
#define ERPROBE_OBSERVABLES_H

#include "analysis/observables/azure_view.h"
#include "analysis/observables/delay.h"
#include "analysis/observables/fell_silent.h"
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
	struct traffic_group *groups;  /* owned */
	size_t group_count;
	/* The next three have one entry for each flow of the plan and are filled for flows to targets; owned. 0 = not known. */
	int64_t *flow_low_ns;          /* round trip without queueing: the low quantile of the flow's round trips, in ns */
	int64_t *flow_spread_ns;       /* 80 % quantile of its round trips less their 10 % quantile, in ns */
	struct flow_scatter *flow_scatter;
	struct link_observables links[LINKS];
	struct azure_view azure;
	bool partial;                  /* as links[].partial, but the dead flows end in the corporate network */
	bool flows_differ;             /* flows are dead beside others alive that ask the same; where they end need not have been seen */
	struct shared_delay shared[SHARED_PLACES];
	bool shared_soon;              /* a few more answers of the targets, and what lies behind the MSEEs can be compared with the baseline */
	struct interruption interruption;
	double own_loss;               /* share of frames that our own capture dropped, 0..1: so much loss is ours, not the network's */
	/* Does the probing host itself send? It refuses where it has no route, its interface is down, or a packet
	 * filter blocks. */
	bool nothing_left;             /* no probe leaves: none ever did, or none does any more (see left_until) */
	struct wall_ns left_until;     /* probes left at first and then none did, for half a second at least: when the last one left.
	                                * ns 0 = no such break */
	bool refused_lately;           /* the latest probes of several flows were refused, but not for long enough to say that none leaves */
	struct fell_silent fell_silent; /* what left before its dead_from is not in the groups: it does not speak of now */
	bool own_filter;               /* its packet filter lets out nothing of some flows to targets, while others leave */
	bool neighbour_dead;           /* ARP or neighbour discovery for the first hop got no answer */
	bool families[FAMILIES];       /* address families in which this circuit has flows */
};

/* Fills *o from what the path view knows and what Azure answered; snapshot is NULL where nothing was read. *o points
 * into v and snapshot, which must outlive it. False when out of memory. Free with observables_free(). */
bool observables_build(struct observables *o, const struct path_view *v, const struct az_snapshot *snapshot,
                       const struct event_counters *counters);
void observables_free(struct observables *o);

/* link_use.c: fills links[].use, from flows that the plan binds to no link. */
void observables_use(struct observables *o);
/* Do all flows of this family whose link is known take the same link? Then it is safe to assume that flows whose hops a
 * filter hides take it too. */
bool link_use_is_one(const struct observables *o, uint8_t fam);

#endif
