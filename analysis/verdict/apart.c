/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/verdict/apart.h"

#include "analysis/value/strbuf.h"

struct links_apart apart_of(const struct observables *o)
{
	struct links_apart a = {.link = LINK_NULL};

	for (int l = 0; l < LINKS; l++) {
		const struct link_observables *link = &o->links[l];

		if (link->delay != DELAY_SAME || link->by_usual || link->longer_ns < APART_TOLD_NS || link->longer_ns <= a.more_ns)
			continue;
		a = (struct links_apart){.link = (enum link_id)l, .more_ns = link->longer_ns, .allowed_ns = link->apart_allowed_ns};
	}
	return a;
}

void apart_words(const struct links_apart *a, char *out, size_t size)
{
	out[0] = '\0';
	if (a->more_ns > 0)
		text_format(out, size, "The %s link's MSEE answers %.1f ms later than the other's. No single run tells a longer way from one that has "
		            "become slower; a baseline would, learned from healthy runs of before.",
		            link_name(a->link), (double)a->more_ns / (double)NS_PER_MS);
}
