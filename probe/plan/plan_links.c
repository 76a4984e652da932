/* SPDX-License-Identifier: BSD-2-Clause */
/* The links' addresses from Azure's own prefixes, where the file leaves them open. */
#include "probe/plan/plan_build.h"

bool plan_circuit_has_links(const struct plan_circuit *c)
{
	for (int l = 0; l < LINKS; l++) {
		for (int fam = 0; fam < FAMILIES; fam++) {
			if (ip_addr_is_set(&c->links[l].msee[fam]))
				return true;
		}
	}
	return false;
}

/* Fills one address unless the file has it. */
static bool fill(struct ip_addr *at, const struct ip_prefix *prefix, uint32_t n)
{
	if (ip_addr_is_set(at))
		return false;
	*at = ip_prefix_nth(prefix, n);
	return ip_addr_is_set(at);
}

/* Of each /30 (IPv6: /126) the customer takes the first usable address and Microsoft
 * the second. */
static bool derive_family(struct plan_link *l, const struct az_text *text, uint8_t family, uint8_t bits)
{
	struct ip_prefix prefix;
	if (!text->present || !ip_prefix_parse(text->text, &prefix) || prefix.addr.family != family || prefix.len != bits)
		return false;
	int fam = ip_family_index(family);
	const struct ip_addr *known = ip_addr_is_set(&l->ce[fam]) ? &l->ce[fam] : &l->msee[fam];
	/* Half of a link in the file, and Azure means another /30: the contradiction is for
	 * the diagnosis to tell, not for us to mix. */
	if (ip_addr_is_set(known) && !ip_prefix_contains(&prefix, known))
		return false;
	bool ce = fill(&l->ce[fam], &prefix, 1);
	bool msee = fill(&l->msee[fam], &prefix, 2);
	return ce || msee;
}

bool plan_derive_links(struct plan_circuit *c, const struct az_peering *p)
{
	bool any = false;
	if (p->part.read != AZ_OK || !p->present)
		return false;
	for (int i = 0; i < LINKS; i++) {
		struct plan_link *l = &c->links[i];
		bool v4 = derive_family(l, &p->prefix[i], IP_V4, 30);
		bool v6 = derive_family(l, &p->prefix6[i], IP_V6, 126);
		if (v4 || v6) {
			l->configured = true;
			l->derived = true;
			any = true;
		}
	}
	return any;
}
