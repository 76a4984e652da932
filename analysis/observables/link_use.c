/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links target traffic takes. */
#include "analysis/observables/observables.h"

/* Needs enough flows that may choose, and at least one that was located. */
#define FLOWS_THAT_CHOOSE 6

void observables_use(struct observables *o)
{
	const struct path_view *v = o->path;
	/* No traffic of ours takes any: where it went until it ended does not say that it gets there. */
	for (int fam = 0; fam < FAMILIES && o->left_until.ns == 0; fam++) {
		uint32_t choosing = 0, on[LINKS] = {0};
		for (size_t i = 0; i < v->plan->flow_count; i++) {
			const struct plan_flow *f = &v->plan->flows[i];
			if (f->circuit != v->circuit_index || f->role != FLOW_TARGET || f->link != LINK_ANY ||
			    ip_family_index(f->dst.family) != fam)
				continue;
			choosing++;
			if (v->flow_link[i] < LINKS)
				on[v->flow_link[i]]++;
		}
		for (int l = 0; l < LINKS; l++)
			if (choosing >= FLOWS_THAT_CHOOSE && on[0] + on[1] >= FLOWS_THAT_CHOOSE)
				o->links[l].use[fam] = on[l] > 0 ? USE_YES : USE_NO;
	}
}

bool link_use_is_one(const struct observables *o, uint8_t fam)
{
	enum link_use primary = o->links[LINK_PRIMARY].use[fam], secondary = o->links[LINK_SECONDARY].use[fam];
	return (primary == USE_YES && secondary == USE_NO) || (primary == USE_NO && secondary == USE_YES);
}
