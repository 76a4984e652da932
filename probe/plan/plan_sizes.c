/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/plan/plan_sizes.h"

static bool asks_link_end(const struct plan_flow *f)
{
	return !f->no_route && (f->role == FLOW_EDGE || f->role == FLOW_MSEE) && f->kind == PROBE_ICMP_ECHO;
}

static int32_t size_of_link(const struct plan *p, const struct net_host *h, size_t circuit, uint8_t link)
{
	int32_t said = p->circuits[circuit].links[link].mtu, size = said > 0 ? said : PLAN_SIZE_USUAL;
	bool any = false;

	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		if (f->circuit != circuit || f->link != link || !asks_link_end(f))
			continue;
		const struct net_iface *own = net_iface_at(h, p->ifaces[f->iface].index);
		if (own && own->mtu > 0 && own->mtu < (uint32_t)size)
			size = (int32_t)own->mtu;
		any = true;
	}
	return any ? size : 0;
}

void plan_sizes(struct plan *p, const struct net_host *h)
{
	for (size_t c = 0; c < p->circuit_count; c++)
		for (uint8_t l = 0; l < LINKS; l++)
			p->circuits[c].links[l].mtu = size_of_link(p, h, c, l);
}
