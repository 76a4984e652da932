/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/unheard.h"

#include <stdlib.h>

/* A hop that was never heard says nothing, unless another kind of probe shows that
 * it does answer there, or the other link's hop in the same place does: links are
 * mostly built alike. */
static bool hop_is_heard(const struct observables *o, const struct traffic_group *g)
{
	if (g->answered > 0)
		return true;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *other = &o->groups[i];
		if (other->cls == g->cls && other->fam == g->fam && other->hop == g->hop && other->answered > 0 &&
		    (other->link != LINK_ANY || g->link == LINK_ANY))
			return true;
	}
	return false;
}

/* An MSEE that is heard in no way at all may be silent as a hop by habit, or dead: its likelihood has both. */
bool unheard_hops_drop(struct observables *o, bool speaks[FAMILIES][LINKS])
{
	size_t kept = 0;
	bool *keep = calloc(o->group_count + 1, sizeof *keep);
	if (!keep)
		return false;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		bool mute = g->cls == GROUP_MSEE_HOP && g->link < LINKS && !speaks[g->fam][g->link];
		keep[i] = (g->cls != GROUP_HOP && g->cls != GROUP_MSEE_HOP) || mute || hop_is_heard(o, g);
	}
	for (size_t i = 0; i < o->group_count; i++)
		if (keep[i])
			o->groups[kept++] = o->groups[i];
	o->group_count = kept;
	free(keep);
	return true;
}
