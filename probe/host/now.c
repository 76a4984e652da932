/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/now.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * NS_PER_SEC + t.tv_nsec;
}

struct mono_ns now_mono(void)
{
	return (struct mono_ns){read_clock(CLOCK_MONOTONIC)};
}

struct wall_ns now_wall(void)
{
	return (struct wall_ns){read_clock(CLOCK_REALTIME)};
}

int64_t clock_twin_look(struct clock_twin *t, struct wall_ns wall, struct mono_ns mono)
{
	int64_t apart = wall.ns - mono.ns;
	int64_t moved = t->looked ? apart - t->apart_ns : 0;

	t->apart_ns = apart;
	t->looked = true;
	return moved > CLOCK_STEP_NS || moved < -CLOCK_STEP_NS ? moved : 0;
}
