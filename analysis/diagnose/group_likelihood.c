/* SPDX-License-Identifier: BSD-2-Clause */
/* A group's likelihoods with all that the rest of the run, and the baseline, says of who should answer. */
#include "analysis/diagnose/posterior.h"
#include "analysis/diagnose/usual.h"

/* Who answers over one link does not ignore what comes over the other. */
#define ANSWERS_ELSEWHERE 3

static bool answers_elsewhere(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *other = &o->groups[i];
		if (other->cls == g->cls && other->target == g->target && other->kind == g->kind && other->port == g->port &&
		    other->fam == g->fam && other->answered >= ANSWERS_ELSEWHERE)
			return true;
	}
	return false;
}

/* Is silence of this target no habit of its own? */
static bool service_matters(const struct observables *o, const struct traffic_group *g)
{
	if (g->kind != PROBE_ICMP_ECHO)
		return true;
	if (g->target < o->path->circuit->target_count && o->path->circuit->targets[g->target].tcp_count == 0)
		return true;
	return g->answered == 0 && g->cls == GROUP_TARGET && answers_elsewhere(o, g);
}

void posterior_group(const struct observables *o, const struct traffic_group *g, struct group_likelihood *out)
{
	likelihood_group(g, service_matters(o, g), o->own_loss, usual_answerer(o, g), out);
}
