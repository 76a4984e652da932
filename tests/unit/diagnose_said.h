/* SPDX-License-Identifier: BSD-2-Clause */
/* A fault case with its whole result: for the tests of the verdict and of the circuit's
 * result. */
#ifndef ERPROBE_DIAGNOSE_SAID_H
#define ERPROBE_DIAGNOSE_SAID_H

#include "analysis/verdict/verdict.h"
#include "tests/unit/diagnose_faults.h"

#define ASKED 0.8

struct said { struct judged j; struct circuit_result r; };

static inline void say(struct said *s, double asked)
{
	memset(&s->r, 0, sizeof s->r);
	assert_true(circuit_result_fill(&s->j.seen, &s->r));
	verdict_fill(&s->j.posterior, asked, &s->r);
}

static inline void unsay(struct said *s)
{
	for (size_t l = 0; l < s->r.link_count; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			free(s->r.links[l].hops[fam]);
	free(s->r.targets);
}

static inline void said_free(struct said *s)
{
	unsay(s);
	judged_free(&s->j);
}

static inline void of_case(struct said *s, size_t i, bool azure)
{
	fault_see(&s->j, &fault_cases[i], azure);
	say(s, ASKED);
}

#endif
