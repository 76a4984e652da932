/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes as evidence: which hypotheses fit what full-size probes met, and how likely that is. */
#include "analysis/diagnose/hypotheses.h"

#include <math.h>

static bool decided(const struct link_size *s)
{
	return s->outcome != SIZE_UNKNOWN || s->doubt;
}

/* Where nothing is known of sizes, a fault of sizes is no explanation that could be weighed. */
bool sizes_can_tell(const struct observables *o, uint8_t link)
{
	for (uint8_t l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if ((link >= LINKS || l == link) && decided(&o->links[l].size[fam]))
				return true;
	return false;
}

/* Who says so sits before the narrow part, and owns the interface that it leads to. */
static bool fits_told(const struct hypothesis *h, const struct link_size *s)
{
	if (h->row->size == 'W')
		return s->told_domain == DOMAIN_WAN || s->told_domain == DOMAIN_NONE;
	if (s->told_domain != DOMAIN_CORPORATE && s->told_domain != DOMAIN_NONE)
		return false;
	return s->told_hop == 0 || h->boundary == s->told_hop || h->boundary == s->told_hop + 1;
}

/* The limit lies after the last hop that passes and at or before the first that does not. */
static bool fits_silence(const struct hypothesis *h, const struct link_size *s)
{
	uint8_t dead = s->dead > 0 ? s->dead : s->msee;
	if (h->row->size == 'W') {
		uint8_t from = s->passed > s->corporate ? s->passed : s->corporate;
		uint8_t to = s->msee > 0 && s->msee < dead ? s->msee : dead;
		return from < to;
	}
	return h->boundary > s->passed && h->boundary <= dead && h->boundary <= s->corporate_most;
}

char letter_of_size(const struct hypothesis *h, const struct observables *o, uint8_t link, uint8_t fam)
{
	const struct link_size *s = &o->links[link].size[fam];
	bool reached = h->link >= LINKS || h->link == link;
	if (!h->row->size || !reached || !(h->families & 1u << fam))
		return '.';
	if (s->outcome == SIZE_TOLD && !fits_told(h, s))
		return 'x';
	if (s->outcome == SIZE_DIES && !fits_silence(h, s))
		return 'x';
	return h->row->size;
}

/* All that is not small dies: so does a policer's or a filter's, seldom that of a link which is too narrow. */
static double all_but_small(bool narrow, bool elsewhere, bool sure)
{
	return log(narrow ? .02 : elsewhere ? .002 : sure ? .001 : .05);
}

/* A single responder that ignores large pings is nothing rare; several, the ones behind it
 * among them, are. */
double likelihood_size(const struct link_size *s, char letter)
{
	bool elsewhere = letter == 'x', narrow = letter == 'C' || letter == 'W';
	switch (s->outcome) {
	case SIZE_PASSES: return log(narrow || elsewhere ? .005 : .9989);
	case SIZE_TOLD: return log(narrow ? .97 : elsewhere ? .002 : .00001);
	case SIZE_DIES:
		if (s->least_dies)
			return all_but_small(narrow, elsewhere, s->sure);
		return log(narrow ? .97 : elsewhere ? .002 : s->sure ? .00002 : .05);
	default: return s->doubt ? log(narrow ? .9 : .05) : 0;
	}
}
