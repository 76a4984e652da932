/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/run_clock.h"

#include <string.h>

/* How exactly a step is measured; a stamp that is later than now by no more is not of the future. */
#define SLACK_NS NS_PER_MS

int64_t run_clock_look(struct run_clock *c, struct wall_ns wall, struct mono_ns mono)
{
	int64_t step = clock_twin_look(&c->twin, wall, mono);

	if (step == 0)
		return 0;
	memmove(c->shifts + 1, c->shifts, sizeof(c->shifts) - sizeof(c->shifts[0]));
	c->shifts[0] = c->shifts[1] + step;
	c->shift_count += c->shift_count + 1 < RUN_CLOCK_SHIFTS;
	c->steps++;
	return step;
}

struct wall_ns run_clock_now(const struct run_clock *c, struct wall_ns wall)
{
	return wall_add(wall, -c->shifts[0]);
}

struct wall_ns run_clock_stamp(const struct run_clock *c, struct wall_ns stamp, struct wall_ns now)
{
	struct wall_ns best = wall_add(stamp, -c->shifts[0]);

	for (size_t i = 1; i <= c->shift_count; i++) {
		struct wall_ns other = wall_add(stamp, -c->shifts[i]);
		bool future = wall_since(other, now) > SLACK_NS, best_future = wall_since(best, now) > SLACK_NS;

		if (!future && (best_future || wall_since(other, best) > 0))
			best = other;
	}
	return best;
}
