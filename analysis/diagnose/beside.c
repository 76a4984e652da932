/* SPDX-License-Identifier: BSD-2-Clause */
/* Evidence alone counts, not how common such a pair is: until samples have come it is improbable, however plain the
 * first losses are. */
#include "analysis/diagnose/beside.h"

#include "analysis/diagnose/scoring.h"
#include "analysis/observables/link_times.h"

#include <math.h>
#include <stdlib.h>

/* So much likelier with it: a single loss is chance, as often as not. */
#define HINT 4
/* Too few answers for a comparison of the links, and so many that their fastest are near the least there is. */
#define FEW_ANSWERS 3

/* What is dead of one target or on one link leaves traffic that a loss would show in. */
static bool leaves_traffic(const struct explanation *lead)
{
	for (uint8_t i = 0; i < lead->count; i++)
		if (lead->parts[i].row->place != AT_TARGET && lead->parts[i].link >= LINKS)
			return false;
	return true;
}

/* Is x what leads, and one fault more? */
static bool is_beside(const struct explanation *lead, const struct explanation *x)
{
	if (x->count != lead->count + 1)
		return false;
	for (uint8_t i = 0; i < lead->count; i++)
		if (hypothesis_compare(&x->parts[i], &lead->parts[i]) != 0)
			return false;
	return true;
}

static bool loss_is_hinted(const struct posterior *p)
{
	const struct explanation *lead = &p->list[0];
	for (size_t i = 1; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		bool loss = is_beside(lead, x) && x->parts[lead->count].row->target == 'L';
		if (loss && x->log_score - lead->log_score > x->parts[lead->count].log_prior + log(PAIR_PENALTY * HINT))
			return true;
	}
	return false;
}

/* The fastest of what the MSEE answers itself; 0 = too few, or none. */
static int64_t msee_ns(const struct observables *o, uint8_t link, uint8_t fam)
{
	int64_t least = 0;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		bool msee = (g->cls == GROUP_MSEE && g->kind != PROBE_NEIGHBOUR) || g->cls == GROUP_MSEE_HOP;
		if (msee && g->link == link && g->fam == fam && g->rtt.known && g->answered >= FEW_ANSWERS && (least == 0 || g->rtt.min_ns < least))
			least = g->rtt.min_ns;
	}
	return least;
}

/* Are the links further apart than two may be, where they were not yet compared? */
static bool delay_is_hinted(const struct observables *o)
{
	for (uint8_t fam = 0; fam < FAMILIES; fam++) {
		int64_t primary = msee_ns(o, LINK_PRIMARY, fam), secondary = msee_ns(o, LINK_SECONDARY, fam);
		bool compared = o->links[LINK_PRIMARY].delay != DELAY_UNKNOWN && o->links[LINK_SECONDARY].delay != DELAY_UNKNOWN;
		if (!compared && primary > 0 && secondary > 0 && llabs(primary - secondary) > DELAY_FREE_NS)
			return true;
	}
	return false;
}

bool beside_is_hinted(const struct posterior *p)
{
	return p->count > 0 && leaves_traffic(&p->list[0]) && (loss_is_hinted(p) || delay_is_hinted(p->seen));
}
