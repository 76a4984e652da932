/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/who_acts.h"

#include "analysis/value/strbuf.h"

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
	const char *provider = provider_name(c);

	buf[0] = '\0';
	if (v->status == STATUS_UNDETERMINED)
		text_format(buf, size, "not known yet%s", v->alternative_count > 0 ? "; see what would decide it" : "");
	else if (v->contact == CONTACT_PROVIDER && c->plan->handoff == HANDOFF_DIRECT)
		text_format(buf, size, "whoever runs the cross-connect or fibre to Microsoft's port (ExpressRoute Direct: no provider)");
	else if (v->contact == CONTACT_PROVIDER)
		text_format(buf, size, "the provider%s%s", provider[0] != '\0' ? ", " : "", provider);
	else if (v->contact == CONTACT_MICROSOFT)
		text_format(buf, size, "Microsoft (a support request)");
	else if (v->contact == CONTACT_YOU)
		text_format(buf, size, "you: this is on your side");
	return buf;
}
