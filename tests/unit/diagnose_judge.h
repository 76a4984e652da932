/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps from what was seen to the posterior, on top of diagnose_world.h. */
#ifndef ERPROBE_DIAGNOSE_JUDGE_H
#define ERPROBE_DIAGNOSE_JUDGE_H

#include "tests/unit/diagnose_world.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/observables/observables.h"
#include "analysis/diagnose/posterior.h"
#include "tests/unit/diagnose_azure.h"

/* Enough for the circuits of these tests. */
#define OBSERVATIONS_ROOM 4096

struct judged {
	struct world w;
	struct azure a;
	bool azure_read;
	struct event_counters counters;
	struct path_view path;
	struct observables seen;
	struct posterior posterior;
};

/* Both links, two targets, a healthy Azure that was read when the run began. */
static inline void judged_standard(struct judged *j, enum handoff handoff)
{
	memset(j, 0, sizeof *j);
	world_standard(&j->w, handoff);
	azure_healthy(&j->a, j->w.plan.started_at);
	j->azure_read = true;
}

static inline void judged_see(struct judged *j)
{
	if (j->azure_read)
		j->a.s.done_at = j->w.seen.now;
	assert_true(path_view_build(&j->path, &j->w.plan, 0, &j->w.seen));
	assert_true(observables_build(&j->seen, &j->path, j->azure_read ? &j->a.s : NULL, &j->counters));
}

static inline void judged_weigh(struct judged *j)
{
	judged_see(j);
	assert_true(posterior_build(&j->posterior, &j->seen));
}

static inline void judged_forget(struct judged *j)
{
	posterior_free(&j->posterior);
	observables_free(&j->seen);
	path_view_free(&j->path);
}

static inline void judged_free(struct judged *j)
{
	judged_forget(j);
	world_free(&j->w);
}

/* The group of these properties, or NULL. port 0 = ping. */
static inline const struct traffic_group *judged_group(const struct judged *j, enum group_class cls, uint8_t link, uint8_t hop,
                                                       uint16_t port, uint16_t target)
{
	for (size_t i = 0; i < j->seen.group_count; i++) {
		const struct traffic_group *g = &j->seen.groups[i];
		bool of_target = cls == GROUP_TARGET || cls == GROUP_CONTROL;
		if (g->cls == cls && g->link == link && (cls != GROUP_HOP || g->hop == hop) && g->port == port && (!of_target || g->target == target))
			return g;
	}
	return NULL;
}

/* The same; fails the test where there is none. */
static inline const struct traffic_group *need(const struct judged *j, enum group_class cls, uint8_t link, uint8_t hop, uint16_t port, uint16_t target)
{
	const struct traffic_group *g = judged_group(j, cls, link, hop, port, target);

	if (!g)
		fail_msg("no group of class %d, link %u, hop %u, port %u, target %u", (int)cls, link, hop, port, target);
	return g;
}

/* Probability of a fault (by id, on a link or LINK_NULL for any), alone or with another. */
static inline double judged_probability(const struct judged *j, const char *id, uint8_t link)
{
	double sum = 0;

	for (size_t i = 0; i < j->posterior.count; i++) {
		const struct explanation *e = &j->posterior.list[i];
		bool has = false;
		for (uint8_t k = 0; k < e->count; k++)
			has = has || (strcmp(e->parts[k].row->id, id) == 0 && (link == LINK_NULL || e->parts[k].link == link));
		sum += has ? e->probability : 0;
	}
	return sum;
}

#endif
