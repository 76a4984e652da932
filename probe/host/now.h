/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's clocks, and whether they still agree. */
#ifndef ERPROBE_NOW_H
#define ERPROBE_NOW_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct mono_ns now_mono(void);
struct wall_ns now_wall(void);
/* Both at one moment: read again where something came between the two. */
void now_both(struct wall_ns *wall, struct mono_ns *mono);

/* A wall clock that runs at most this much apart from the monotonic one between two
 * looks is being slewed (adjtime: 500 ppm); more is a step. */
#define CLOCK_STEP_NS (50 * NS_PER_MS)
/* Of one run: a clock that is stepped over and over, or stands, would fill a journal. */
#define CLOCK_STEPS_NAMED 3u

/* The monotonic twin of a wall clock reading. Pure: times are arguments. */
struct clock_twin {
	int64_t apart_ns; /* wall - monotonic at the last look */
	bool looked;
};

/* How far the wall clock was stepped since the last look (positive: forwards), in
 * nanoseconds; 0 when it was not. */
int64_t clock_twin_look(struct clock_twin *t, struct wall_ns wall, struct mono_ns mono);
/* The same with both clocks as they are now. */
int64_t clock_twin_now(struct clock_twin *t);
/* One that has looked now. */
struct clock_twin clock_twin_begun(void);

#endif
