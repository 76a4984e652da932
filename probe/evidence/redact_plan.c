/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/redact.h"

#include "analysis/observables/usual.h"
#include "erprobe/baseline.h"

#include <string.h>

static void map(const struct anon *a, struct ip_addr *addr)
{
	if (ip_addr_is_set(addr))
		*addr = anon_addr(a, addr);
}

/* "if0": the slot; "" stays, an interface that is not in the plan has no slot. */
static void map_interface(const struct plan *p, char name[NAME_MAX_LEN])
{
	if (name[0] == '\0')
		return;
	for (size_t i = 0; i < p->iface_count; i++) {
		if (strcmp(p->ifaces[i].name, name) == 0) {
			text_format(name, NAME_MAX_LEN, "if%zu", i);
			return;
		}
	}
	text_format(name, NAME_MAX_LEN, REDACTED_TEXT);
}

static void map_link(const struct plan *p, struct plan_link *l, const struct anon *a)
{
	for (int fam = 0; fam < FAMILIES; fam++) {
		map(a, &l->ce[fam]);
		map(a, &l->msee[fam]);
		map(a, &l->source[fam]);
	}
	map_interface(p, l->interface);
	map_interface(p, l->watch_interface);
}

static void map_baseline(struct baseline *b, const struct anon *a)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			struct baseline_way *w = &b->ways[l][fam];

			map(a, &w->ce);
			map(a, &w->msee);
			anon_link_addr(a, w->link_addr, w->link_addr);
		}
	for (uint8_t i = 0; i < b->hop_count; i++)
		map(a, &b->hops[i].addr);
}

/* What stands for the targets is made of their addresses: the same ones must be known again by their new ones, and
 * others stay others. */
static void map_baseline_targets(struct plan_circuit *c, const uint32_t before[FAMILIES])
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			struct baseline_way *w = &c->baseline->ways[l][fam];
			uint32_t now = usual_targets(c, fam);

			if (w->targets != 0)
				w->targets = w->targets == before[fam] ? now : now ^ 2u;
		}
}

static void map_circuit(const struct plan *p, struct plan_circuit *c, const struct anon *a, enum audience audience)
{
	const uint32_t targets[FAMILIES] = {usual_targets(c, FAM4), usual_targets(c, FAM6)};

	for (int l = 0; l < LINKS; l++)
		map_link(p, &c->links[l], a);
	for (size_t i = 0; i < c->domain_count; i++)
		c->domains[i].prefix = anon_prefix(a, &c->domains[i].prefix);
	for (size_t i = 0; i < c->target_count; i++) {
		struct plan_target *t = &c->targets[i];

		map(a, &t->address);
		if (t->control || audience == AUDIENCE_PROVIDER)
			text_format(t->name, sizeof t->name, "%s-%zu", t->control ? "control" : "target", i + 1);
	}
	if (c->baseline) {
		map_baseline(c->baseline, a);
		map_baseline_targets(c, targets);
	}
	if (audience == AUDIENCE_MICROSOFT)
		return;
	if (c->resource_id[0] != '\0')
		text_format(c->resource_id, sizeof c->resource_id, REDACTED_TEXT);
	if (c->gateway_id[0] != '\0')
		text_format(c->gateway_id, sizeof c->gateway_id, REDACTED_TEXT);
}

void redact_plan(struct plan *p, const struct anon *a, enum audience audience)
{
	for (size_t i = 0; i < p->circuit_count; i++)
		map_circuit(p, &p->circuits[i], a, audience);
	for (size_t i = 0; i < p->flow_count; i++) {
		map(a, &p->flows[i].src);
		map(a, &p->flows[i].dst);
		map(a, &p->flows[i].next_hop);
	}
	for (size_t i = 0; i < p->iface_count; i++) {
		text_format(p->ifaces[i].name, sizeof p->ifaces[i].name, "if%zu", i);
		anon_link_addr(a, p->ifaces[i].link_addr, p->ifaces[i].link_addr);
	}
	text_format(p->host, sizeof p->host, REDACTED_TEXT);
}
