/* SPDX-License-Identifier: BSD-2-Clause */
/* One simulated run: the real schedule, matcher, fold and verdict over a world. */
#ifndef ERPROBE_SIM_RUN_H
#define ERPROBE_SIM_RUN_H

#include "analysis/fold/diagnosis.h"
#include "tests/sim/world.h"

struct sim_outcome { double seconds; uint32_t probes; struct run_result result; struct diagnosis *diagnosis; };

/* seconds = 0 runs until the diagnosis is decided, as a live run does. Else it runs for
 * so long and judges once at the end, which is many times cheaper. False when out of
 * memory. Free with sim_outcome_free(). */
bool sim_run(struct sim_world *w, struct plan *p, double seconds, struct sim_outcome *out);
void sim_outcome_free(struct sim_outcome *o);

#endif
