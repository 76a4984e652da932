/* SPDX-License-Identifier: BSD-2-Clause */
/* When a live run has seen enough: the posterior is looked at again and again, and ends the run
 * once its statement stands, or once more of the same would not decide. */
#ifndef ERPROBE_STOP_H
#define ERPROBE_STOP_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* How often, in event time, the paths and the posterior are looked at anew. */
#define STOP_LOOK_NS (100 * NS_PER_MS)

/* What a circuit's last look saw, and for how long it has been so; zero before the first. */
struct look {
	char fault[PARTS_MAX][FAULT_ID_MAX];
	uint8_t link[PARTS_MAX];
	uint8_t count;
	unsigned same;          /* looks in a row with this statement */
	unsigned still;         /* looks in a row in which its probability did not move */
	double probability;
	unsigned row_still;     /* the same of its least certain row */
	double row;
};

struct stop_moment {
	int64_t elapsed_ns;   /* since the first probe left */
	double asked;         /* the confidence that the user wants, 0..1 */
	bool azure_pending;   /* Azure was asked of this circuit and has not told all yet */
	bool azure_again;     /* it is being asked once more, since its answers are older than what died … */
	int64_t again_ns;     /* … for so long */
};

/* Takes one more look at a circuit: *memory is brought up to date. True when its statement stands, or
 * when nothing will decide it. */
bool stop_stands(struct look *memory, const struct posterior *p, const struct stop_moment *now);

/* Can a verdict stand so soon after the first probe that looking is worth its time? */
bool stop_looks(int64_t elapsed_ns);

/* Is the run over, whatever stands? */
bool stop_gives_up(int64_t elapsed_ns);

#endif
