/* SPDX-License-Identifier: BSD-2-Clause */
/* What a schedule remembers of its streams, flows and places: schedule.c keeps it, due.c and surplus.c read it. */
#ifndef ERPROBE_SCHEDULE_STATE_H
#define ERPROBE_SCHEDULE_STATE_H

#include "analysis/fold/half_open.h"
#include "analysis/fold/pace.h"
#include "analysis/observables/hop_limits.h"
#include "analysis/observables/sizes.h"
#include "analysis/path/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TTL_SLOTS (PATH_TTL_MAX + 3) /* TTLs 1..30, then "full", then GTSM */
#define SLOT_FULL (PATH_TTL_MAX + 1)
#define SLOT_GTSM (PATH_TTL_MAX + 2)

struct stream {
	int64_t last_ns;
	uint32_t asked, more;  /* in all; for what they would tell, beyond the interval */
	double bits;           /* that one more would tell, over its cost; 0 = none, or not known */
	double expected;       /* the same of all those that were sent for it */
	bool again;            /* the latest did not leave: its turn was another run's */
};

struct flow_state {
	struct stream slots[TTL_SLOTS];
	uint32_t next_index;
	uint8_t distance;      /* of the flow's end, 0 = not known */
	uint8_t furthest;      /* furthest hop that answered this flow's circuit */
	uint8_t edge[LINKS], msee[LINKS]; /* hops that tell which link the flow takes */
	uint8_t dies;          /* a hop that would tell where it dies, PATH_TTL_FULL = its end whether it does; 0 = none */
	bool further;          /* a further source port to a BGP port: asked where `dies` says so */
	bool answers;          /* of the flow that schedule.ends names: this end did once, whatever was asked of it */
	bool sweeps;           /* looks at each hop on its way */
	uint16_t siblings;     /* flows that ask the same end, itself included */
	uint32_t turns_lost;   /* of a BGP port's SYNs, as taken up */
	size_t end;            /* place in schedule.ends: flows to one address share it */
};

/* Large probes of one circuit: they go in turns, each judged before the next. */
#define LARGE_TURN_MAX 24

struct large_turn {
	struct size_wish wishes[LARGE_TURN_MAX];
	size_t count, next;
	uint32_t asked;        /* in all */
	int64_t at_ns;         /* when the latest was */
};

struct schedule {
	const struct plan *plan;
	struct large_turn *large; /* one a circuit; owned */
	struct pace hops[FAMILIES][PATH_TTL_MAX + 1];
	struct hop_limits limits;
	struct pace *ends;     /* owned */
	struct flow_state *flows;
	uint8_t *dies;         /* partial_where(); owned */
	bool many;
	uint32_t asked;        /* probes in all */
	struct half_open half_open;
};

/* Do they ask the same end of the same circuit? */
bool schedule_same_end(const struct plan_flow *a, const struct plan_flow *b);
/* The TTL of a slot, or PATH_TTL_FULL or PATH_TTL_GTSM. */
uint8_t schedule_slot_ttl(int slot, const struct plan_flow *f);

#endif
