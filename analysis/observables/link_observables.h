/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen of one link, its traffic groups apart. */
#ifndef ERPROBE_LINK_OBSERVABLES_H
#define ERPROBE_LINK_OBSERVABLES_H

#include "analysis/catalogue/catalogue.h"
#include "analysis/observables/delay.h"
#include "analysis/observables/outages.h"
#include "analysis/observables/sizes.h"
#include "analysis/path/path.h"

#include <stdbool.h>
#include <stdint.h>

/* Are the hops those of the baseline? SAME also where some are silent this time. */
enum path_change { PATH_NOT_KNOWN = 0, PATH_SAME, PATH_NEW };
struct usual_path {
	enum path_change change;
	uint8_t ttl;                   /* PATH_NEW: the nearest hop that is another, and who answered there before */
	enum domain domain;            /* of that hop, before or now */
	struct ip_addr now, before;
	bool back_changed;             /* PATH_SAME, and yet answers of the MSEE or of a hop come with another TTL: another way back */
	bool back_before, back_msee;   /* so do those of what lies before the WAN; those of the MSEE */
};

/* Does any target flow that may choose cross this link now? */
enum link_use { USE_UNKNOWN = 0, USE_YES, USE_NO };

struct link_observables {
	bool expected;                 /* configured: there is something to say */
	enum delay_outcome delay;
	int64_t delay_more_ns;         /* by how much it is slower than the other link, or than usual */
	int64_t apart_ns, apart_allowed_ns; /* DELAY_SAME: so much later its answers are, of which so much is no news; 0 = not compared */
	bool scatters;                 /* the MSEE's own answers spread widely: a queue, or a control plane as delay has it */
	bool by_usual;                 /* it was compared with its own baseline */
	bool ports_open;               /* it may be so, and another source port to the MSEE's BGP port would tell */
	bool partial;                  /* flows over it are dead or alive, and the dead ones end between edge and MSEE (partial.h) */
	bool delay_clear;              /* what passes the MSEE is late as well: no control plane of its own */
	double jitter_log_odds;        /* DELAY_JITTER: how much what passes the MSEE speaks for a queue (jitter.h) */
	bool on_edge[FAMILIES];
	enum link_use use[FAMILIES];
	struct link_size size[FAMILIES];
	struct usual_path path[FAMILIES];
	struct link_outages outages;
	uint8_t heard[HEARD][FAMILIES]; /* enum heard_session, enum heard_segment (heard.h) */
	const struct peering_seen *watched[FAMILIES]; /* what they were made of; NULL where nobody watched */
};

#endif
