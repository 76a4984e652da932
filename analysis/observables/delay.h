/* SPDX-License-Identifier: BSD-2-Clause */
/* Delay: is one link slower than it should be, or the path that both links share? */
#ifndef ERPROBE_DELAY_H
#define ERPROBE_DELAY_H

#include <stdint.h>

struct observables;

enum delay_outcome {
	DELAY_UNKNOWN = 0, /* too few answers to compare */
	DELAY_SAME,
	DELAY_SLOWER,      /* every packet takes longer */
	DELAY_JITTER,      /* some packets take much longer: a queue */
	DELAY_REROUTED     /* slower than usual, over another path than usual */
};

/* The parts of the path that both links share, each compared with the circuit's baseline (shared_delay.h). */
enum shared_place {
	SHARED_CORPORATE, /* from the probing host to the edges */
	SHARED_BEYOND,    /* from the MSEEs to the targets */
	SHARED_TO_MSEE,   /* from the probing host to the MSEEs, where nothing tells its corporate part from the provider's */
	SHARED_PLACES
};
struct shared_delay {
	enum delay_outcome outcome;    /* DELAY_UNKNOWN, DELAY_SAME or DELAY_SLOWER */
	int64_t more_ns;               /* DELAY_SLOWER: by how much at least, over every path through it */
};

/* How much the round trips of one flow vary (jitter.c): the sum of what each exceeds the flow's fastest by. The slowest
 * fifth count no more than the one before them, because the probing host itself may have delayed them. If the excess is
 * exponential, this sum is Gamma-distributed with this shape. shape 0 = too few answers. */
struct flow_scatter { double total_ns; uint16_t shape; };

/* delay.c: fills links[].delay and what goes with it. Without a baseline the links are compared with each other, and a
 * difference of 5 ms plus their jitter is taken as normal. */
void observables_delay(struct observables *o);

#endif
