/* SPDX-License-Identifier: BSD-2-Clause */
/* Which traffic is slower than it should be: each link beside the other or its own baseline, and what both share. */
#ifndef ERPROBE_DELAY_H
#define ERPROBE_DELAY_H

#include <stdint.h>

struct observables;

/* REROUTED: slower than usual, and by another way. */
enum delay_outcome { DELAY_UNKNOWN = 0, DELAY_SAME, DELAY_SLOWER, DELAY_JITTER, DELAY_REROUTED };

/* What both links share: is it slower than usual? (shared_delay.h) */
enum shared_place { SHARED_CORPORATE, SHARED_BEYOND, SHARED_PLACES };
struct shared_delay {
	enum delay_outcome outcome;    /* UNKNOWN, SAME or SLOWER */
	int64_t more_ns;               /* SLOWER: the least that each way takes longer */
};

/* The sum of round trips above the fastest, of all but the latest (jitter.c): Gamma-distributed of this shape; 0 = too few. */
struct flow_scatter { double total_ns; uint16_t shape; };

/* delay.c: compares the links' round trips (no baseline: 5 ms and their jitter). */
void observables_delay(struct observables *o);

#endif
