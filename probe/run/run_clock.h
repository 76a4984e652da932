/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of a run: wall time as it was when the run began, which no step of the host's
 * clock disturbs. Frames are stamped by the wall clock, so a step would turn the round trips
 * of what is in flight into hours, deadlines of answers into the past, and intervals into a
 * standstill. Each step is measured beside the monotonic clock and taken out again: of stamps
 * from behind it, and of what is read of the clock. Pure: times are arguments. */
#ifndef ERPROBE_RUN_CLOCK_H
#define ERPROBE_RUN_CLOCK_H

#include "erprobe/clock.h"
#include "probe/host/now.h"

#include <stddef.h>
#include <stdint.h>

/* Stamps may still come from before this many steps, less one. */
#define RUN_CLOCK_SHIFTS 4

struct run_clock {
	struct clock_twin twin;
	int64_t shifts[RUN_CLOCK_SHIFTS]; /* wall clock less run's clock: now, before the last step, … */
	size_t shift_count;               /* of them in use beyond the first, which begins as 0 */
	uint32_t steps;
};

/* Both clocks, read at one moment. How far the wall clock was stepped since the last look
 * (ns, positive: forwards); 0 when it was not. */
int64_t run_clock_look(struct run_clock *c, struct wall_ns wall, struct mono_ns mono);
/* What is read of the wall clock now, after a look, on the run's clock. */
struct wall_ns run_clock_now(const struct run_clock *c, struct wall_ns wall);
/* A stamp of the wall clock from some moment before now (on the run's clock), on the run's
 * clock: by which setting of the wall clock it was made is told by that the moment is not of
 * the future, and of those the latest. */
struct wall_ns run_clock_stamp(const struct run_clock *c, struct wall_ns stamp, struct wall_ns now);

#endif
