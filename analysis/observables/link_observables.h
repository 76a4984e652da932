/* SPDX-License-Identifier: BSD-2-Clause */
/* What was observed of one link as a whole. The answers to its probes are in the traffic groups (traffic_group.h). */
#ifndef ERPROBE_LINK_OBSERVABLES_H
#define ERPROBE_LINK_OBSERVABLES_H

#include "analysis/catalogue/catalogue.h"
#include "analysis/observables/delay.h"
#include "analysis/observables/outages.h"
#include "analysis/observables/sizes.h"
#include "analysis/path/path.h"

#include <stdbool.h>
#include <stdint.h>

/* Is the path through the same routers as in the circuit's baseline? PATH_SAME also where some of them do not answer
 * this time. */
enum path_change { PATH_NOT_KNOWN = 0, PATH_SAME, PATH_NEW };
struct usual_path {
	enum path_change change;
	/* PATH_NEW: the first hop at which another router answers, who runs it, and who answers now and answered before. */
	uint8_t ttl;
	enum domain domain;
	struct ip_addr now, before;
	/* PATH_SAME: answers arrive with another TTL than usual, so the way back has changed. */
	bool back_changed;             /* of the MSEE or of any hop */
	bool back_before;              /* of a hop before the WAN */
	bool back_msee;                /* of the MSEE */
};

/* Does routing send any traffic to targets over this link now? Judged by the flows that the plan binds to no link. */
enum link_use { USE_UNKNOWN = 0, USE_YES, USE_NO };

struct link_observables {
	bool expected;                 /* the link is configured, so that something can be said of it */
	/* Its round trips, compared with its own baseline or, where there is none, with the other link (delay.c). */
	enum delay_outcome delay;
	int64_t delay_more_ns;         /* by how much it is slower */
	int64_t apart_ns;              /* DELAY_SAME: by how much its answers are later nevertheless, … */
	int64_t apart_allowed_ns;      /* … and by how much they may be without being called slower; 0 = not compared */
	int64_t longer_ns;             /* DELAY_SAME beside the other link, without a baseline: by how much its MSEE answers later all the
	                                * same, as over two ways of which one is longer; 0 = no later */
	bool scatters;                 /* round trips to the MSEE itself vary widely: a queue on the link, or a busy control
	                                * plane of the MSEE; `delay` says which */
	bool by_usual;                 /* it was compared with its own baseline */
	bool partial;                  /* some flows lose everything and the others nothing, and the dead ones end between edge and
	                                * MSEE: one of several parallel paths (ECMP, LAG) is down (partial.h) */
	bool ports_open;               /* the same is possible, and SYNs from further source ports to the MSEE's port 179 would tell */
	bool ports_weigh;              /* or they would tell where the fault is in doubt: some flows of a service live over this link, others do not */
	bool ports_differ;             /* some source ports to it are dead beside others that answer, wherever they end */
	bool delay_clear;              /* traffic that passes through the MSEE is late too: it is not the MSEE's control plane alone */
	double jitter_log_odds;        /* DELAY_JITTER: natural log of the odds, by traffic through the MSEE, that it is a queue (jitter.h) */
	bool on_edge[FAMILIES];        /* the probing host itself holds the near /30 address: it is the edge */
	enum link_use use[FAMILIES];
	struct link_size size[FAMILIES];
	struct usual_path path[FAMILIES];
	struct link_outages outages;
	uint8_t heard[HEARD][FAMILIES]; /* passive watch (--bgp-watch): enum heard_session and heard_segment (heard.h) */
	const struct peering_seen *watched[FAMILIES]; /* what heard[] was derived from; NULL where nobody listened */
};

#endif
