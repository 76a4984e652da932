/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypotheses of a standard circuit, for the tests of where they are tried and of what they make expect. */
#ifndef ERPROBE_DIAGNOSE_LIST_H
#define ERPROBE_DIAGNOSE_LIST_H

#include "tests/unit/diagnose_judge.h"

#define BOTH_FAMILIES 3

struct list { struct judged j; struct hypothesis *h; size_t count; };

static inline struct list *list_of(enum handoff handoff, bool v6)
{
	struct list *l = calloc(1, sizeof *l);

	assert_non_null(l);
	judged_standard(&l->j, handoff);
	if (handoff == HANDOFF_L3)
		for (int k = 0; k < LINKS; k++)
			l->j.w.way[FAM4][k] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", k ? "10.10.4.1" : "10.10.3.1", k ? "172.16.1.9" : "172.16.1.1", "", "", ""}, 5, 6, 8, 0, 0};
	if (v6) {
		world_link_flows(&l->j.w, P, FAM6);
		world_link_flows(&l->j.w, S, FAM6);
	}
	return l;
}

static inline void fill(struct list *l)
{
	if (l->j.w.seen.count == 0)
		world_run(&l->j.w, 3);
	judged_see(&l->j);
	free(l->h);
	l->h = hypotheses_list(&l->j.seen, &l->count);
	assert_non_null(l->h);
}

static inline void list_free(struct list *l)
{
	judged_free(&l->j);
	free(l->h);
	free(l);
}

#endif
