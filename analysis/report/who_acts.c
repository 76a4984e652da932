/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/who_acts.h"

#include "analysis/render/words.h"

/* The provider's name as Azure knows it, or "". */
static const char *provider_name(const struct circuit_result *c)
{
	const struct az_snapshot *s = c->azure.snapshot;

	if (s == NULL || s->circuit.part.read != AZ_OK || !s->circuit.provider_name.present)
		return "";
	return s->circuit.provider_name.text;
}

const char *who_acts_words(const struct circuit_result *c, const struct verdict *v, char *buf, size_t size)
{
	return acts_words(v->status, v->contact, c->plan->handoff, provider_name(c), v->alternative_count > 0, buf, size);
}
