/* SPDX-License-Identifier: BSD-2-Clause */
/* A baseline of a simulated circuit, learned as the program learns it. */
#ifndef ERPROBE_SIM_LEARN_H
#define ERPROBE_SIM_LEARN_H

#include "erprobe/baseline.h"
#include "tests/sim/world.h"

/* Runs a healthy world so many times, for so many seconds each (0: until decided), five
 * minutes apart and ending five minutes before world_plan()'s start. The world is not
 * changed. NULL when nothing was learned; the caller frees. */
struct baseline *sim_learn(const struct sim_world *w, uint64_t seed, int runs, double seconds);

#endif
