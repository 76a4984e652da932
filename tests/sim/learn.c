/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/learn.h"
#include "tests/sim/run.h"

#include <stdlib.h>

#define EVERY_NS (300 * NS_PER_SEC)

static struct baseline *learn_once(const struct sim_world *healthy, uint64_t seed, int64_t before_ns, double seconds, struct baseline *known)
{
	struct sim_world w = *healthy; /* its snapshot stays the original's */
	struct sim_outcome o;
	struct plan p;
	struct baseline *next = calloc(1, sizeof *next);
	w.rng.s ^= (seed + 1) * 0x9E3779B97F4A7C15ULL;
	world_plan(&w, &p, seed);
	p.started_at = wall_add(p.started_at, -before_ns);
	p.circuits[0].baseline = known;
	if (!next || !sim_run(&w, &p, seconds, &o))
		exit(2);
	bool learned = diagnosis_learn(o.diagnosis, &o.result, 0, next);
	sim_outcome_free(&o);
	p.circuits[0].baseline = NULL;
	plan_free(&p);
	free(learned ? known : next);
	return learned ? next : known;
}

struct baseline *sim_learn(const struct sim_world *w, uint64_t seed, int runs, double seconds)
{
	struct baseline *known = NULL;
	for (int i = 0; i < runs; i++)
		known = learn_once(w, seed + 7919 * (uint64_t)(i + 1), (runs - i) * EVERY_NS, seconds, known);
	return known;
}
