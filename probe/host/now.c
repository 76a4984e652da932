/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/now.h"

#include <time.h>

/* Two clocks count as read at one moment within this; as often they are tried. */
#define BOTH_APART_NS (20 * NS_PER_US)
#define BOTH_TRIES 8

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

void now_both(struct wall_ns *wall, struct mono_ns *mono)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < BOTH_TRIES && best > BOTH_APART_NS; i++) {
		struct mono_ns before = now_mono();
		struct wall_ns between = now_wall();
		int64_t took = mono_since(now_mono(), before);

		if (took >= best)
			continue;
		best = took;
		*wall = between;
		*mono = before;
	}
}

int64_t clock_twin_look(struct clock_twin *t, struct wall_ns wall, struct mono_ns mono)
{
	int64_t apart = wall.ns - mono.ns;
	int64_t moved = t->looked ? apart - t->apart_ns : 0;

	t->apart_ns = apart;
	t->looked = true;
	return moved > CLOCK_STEP_NS || moved < -CLOCK_STEP_NS ? moved : 0;
}

int64_t clock_twin_now(struct clock_twin *t)
{
	struct wall_ns wall = {0};
	struct mono_ns mono = {0};

	now_both(&wall, &mono);
	return clock_twin_look(t, wall, mono);
}

struct clock_twin clock_twin_begun(void)
{
	struct clock_twin t = {0};

	clock_twin_now(&t);
	return t;
}
