/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan as a value: copy, free, and whose address is it? */
#include "erprobe/plan.h"

#include "erprobe/baseline.h"

#include <stdlib.h>
#include <string.h>

void plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->circuit_count; i++) {
		free(p->circuits[i].domains);
		free(p->circuits[i].targets);
		free(p->circuits[i].baseline);
	}
	free(p->circuits);
	free(p->flows);
	p->circuits = NULL;
	p->circuit_count = 0;
	p->flows = NULL;
	p->flow_count = 0;
}

/* A copy of count elements in *to; nothing (NULL) is copied as nothing. */
static bool copy_array(void **to, const void *from, size_t count, size_t size)
{
	*to = NULL;
	if (count == 0)
		return true;
	*to = calloc(count, size);
	if (*to == NULL)
		return false;
	memcpy(*to, from, count * size);
	return true;
}

bool plan_circuit_copy(struct plan_circuit *to, const struct plan_circuit *from)
{
	void *domains, *targets, *baseline;

	*to = *from;
	bool ok = copy_array(&domains, from->domains, from->domain_count, sizeof *from->domains);
	ok = copy_array(&targets, from->targets, from->target_count, sizeof *from->targets) && ok;
	ok = copy_array(&baseline, from->baseline, from->baseline ? 1 : 0, sizeof *from->baseline) && ok;
	to->domains = domains;
	to->targets = targets;
	to->baseline = baseline;
	return ok;
}

static bool copy_circuits(struct plan *to, const struct plan *from)
{
	void *circuits;
	bool ok = copy_array(&circuits, from->circuits, from->circuit_count, sizeof *from->circuits);

	to->circuits = circuits;
	to->circuit_count = ok ? from->circuit_count : 0;
	/* Every circuit gets its own arrays (or none) before anything may be freed. */
	for (size_t i = 0; i < to->circuit_count; i++)
		ok = plan_circuit_copy(&to->circuits[i], &from->circuits[i]) && ok;
	return ok;
}

bool plan_copy(struct plan *to, const struct plan *from)
{
	void *flows;

	*to = *from;
	bool ok = copy_circuits(to, from);
	ok = copy_array(&flows, from->flows, from->flow_count, sizeof *from->flows) && ok;
	to->flows = flows;
	if (ok)
		return true;
	plan_free(to);
	memset(to, 0, sizeof *to);
	return false;
}

/* Whose is the address that a link names? With l3 the provider's edge holds the
 * near side of the /30, otherwise the customer's; the far side is the MSEE. */
static enum domain domain_by_links(const struct plan_circuit *c, const struct ip_addr *a)
{
	int fam = ip_family_index(a->family);

	for (int l = 0; l < LINKS && fam >= 0; l++) {
		const struct plan_link *link = &c->links[l];

		if (ip_addr_equal(&link->ce[fam], a))
			return c->handoff == HANDOFF_L3 ? DOMAIN_WAN : DOMAIN_CORPORATE;
		if (ip_addr_equal(&link->msee[fam], a))
			return DOMAIN_AZURE;
	}
	return DOMAIN_NONE;
}

/* A link's own address is more exact than any prefix, so it is asked first. */
enum domain plan_domain_of(const struct plan_circuit *c, const struct ip_addr *a)
{
	enum domain best = domain_by_links(c, a);
	int best_len = -1;

	if (best != DOMAIN_NONE)
		return best;
	for (size_t i = 0; i < c->domain_count; i++) {
		const struct plan_domain *d = &c->domains[i];

		if (ip_prefix_contains(&d->prefix, a) && d->prefix.len > best_len) {
			best = d->domain;
			best_len = d->prefix.len;
		}
	}
	return best;
}
