/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of a prober on the world's host: the flows that plan_build makes there. */
#include "analysis/match/identity.h"
#include "analysis/value/strbuf.h"
#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLOWS_MAX 200
#define FIRST_PORT_FLOWS 8
#define FURTHER_PORT_FLOWS 4
#define FURTHER_BGP_FLOWS 5

static void add_target(struct plan_circuit *c, const char *name, const char *address, uint16_t p1, uint16_t p2, bool control)
{
	struct plan_target *t = &c->targets[c->target_count++];
	text_safe(t->name, sizeof t->name, name);
	t->address = sim_addr(address);
	t->tcp[0] = p1;
	t->tcp[1] = p2;
	t->tcp_count = p2 ? 2 : 1;
	t->control = control;
}

static void add_domain(struct plan_circuit *c, const char *prefix, enum domain d)
{
	if (!ip_prefix_parse(prefix, &c->domains[c->domain_count].prefix))
		exit(2);
	c->domains[c->domain_count++].domain = d;
}

static void fill_targets(const struct sim_world *w, struct plan_circuit *c)
{
	c->targets = calloc(8, sizeof *c->targets);
	if (!c->targets)
		exit(2);
	for (int fam = 0; fam < FAMILIES; fam++) {
		bool v6 = fam == FAM6;
		if (w->fam[fam] && w->target_count > 0)
			add_target(c, v6 ? "app-v6" : "app", v6 ? "fd10:101::7" : "10.101.7.7", 443, 22, false);
		if (w->fam[fam] && w->target_count > 1)
			add_target(c, v6 ? "db-v6" : "db", v6 ? "fd10:101::8" : "10.101.7.8", 443, 0, false);
	}
	for (int fam = 0; fam < FAMILIES && !w->no_controls; fam++)
		if (w->fam[fam])
			add_target(c, fam == FAM6 ? "dc-1-v6" : "dc-1", fam == FAM6 ? "fd10:10:9::9" : "10.10.9.9", 53, 0, true);
}

static void fill_circuit(const struct sim_world *w, struct plan_circuit *c)
{
	text_safe(c->name, sizeof c->name, "frankfurt-1");
	c->handoff = w->direct ? HANDOFF_DIRECT : w->handoff;
	c->domains = calloc(8, sizeof *c->domains);
	if (!c->domains)
		exit(2);
	add_domain(c, "10.10.0.0/16", DOMAIN_CORPORATE);
	add_domain(c, "fd10:10::/32", DOMAIN_CORPORATE);
	add_domain(c, "172.16.1.0/24", DOMAIN_WAN);
	add_domain(c, "fd16:1::/32", DOMAIN_WAN);
	add_domain(c, "10.100.0.0/15", DOMAIN_AZURE);
	add_domain(c, "fd10:100::/31", DOMAIN_AZURE);
	for (int l = 0; l < LINKS; l++)
		c->links[l].asn = c->links[l].vlan = -1;
	for (int l = 0; l < w->link_count; l++) {
		c->peering = w->microsoft ? PEERING_MICROSOFT : PEERING_PRIVATE;
		c->links[l].configured = true;
		c->links[l].mtu = 1500;
		if (w->asn_configured)
			c->links[l].asn = SIM_EDGE_AS;
		if (w->vlan_configured[l] > 0)
			c->links[l].vlan = w->vlan_configured[l];
		for (int fam = 0; fam < FAMILIES; fam++)
			if (w->fam[fam]) {
				c->links[l].ce[fam] = sim_addr(sim_ce[l][fam]);
				c->links[l].msee[fam] = sim_addr(sim_msee[l][fam]);
				c->links[l].on_edge[fam] = w->on_edge;
			}
	}
	fill_targets(w, c);
}

/* On the edge each link has its own address to send from; its target flows are
 * spread over the links as a multipath route does. */
static struct ip_addr source_of(const struct sim_world *w, const struct plan *p, uint8_t link, int fam)
{
	static const char *const behind[FAMILIES] = {"10.10.1.10", "fd10:10:1::10"};
	size_t l = link < LINKS ? link : p->flow_count % (size_t)w->link_count;
	return sim_addr(w->on_edge ? sim_ce[l][fam] : behind[fam]);
}

static void add_flow(const struct sim_world *w, struct plan *p, uint8_t link, uint8_t role, uint8_t kind, uint16_t target,
                     struct ip_addr dst, uint16_t port)
{
	struct plan_flow *f = &p->flows[p->flow_count];
	*f = (struct plan_flow){.id = (uint16_t)p->flow_count, .link = link, .role = role, .kind = kind, .target = target, .dst = dst};
	f->src = source_of(w, p, link, ip_family_index(dst.family));
	/* other runs take other ports, and so other ways */
	f->src_port = (uint16_t)(33000u + ((unsigned)p->key[0] << 6 | p->key[8] >> 2) + (unsigned)p->flow_count * 7);
	f->dst_port = kind == PROBE_TCP_SYN ? port : 0;
	identity_flow(p, f);
	p->flow_count++;
}

static void add_links(const struct sim_world *w, struct plan *p, const struct plan_circuit *c, int fam)
{
	for (uint8_t l = 0; l < w->link_count; l++) {
		if (!w->on_edge)
			add_flow(w, p, l, FLOW_EDGE, PROBE_ICMP_ECHO, 0, c->links[l].ce[fam], 0);
		add_flow(w, p, l, FLOW_MSEE, PROBE_ICMP_ECHO, 0, c->links[l].msee[fam], 0);
		add_flow(w, p, l, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, c->links[l].msee[fam], 179);
		if (w->on_edge)
			add_flow(w, p, l, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, 0, c->links[l].msee[fam], 0);
	}
}

static void add_flows(const struct sim_world *w, struct plan *p, const struct plan_circuit *c, int fam)
{
	add_links(w, p, c, fam);
	for (uint16_t t = 0; t < c->target_count; t++) {
		const struct plan_target *target = &c->targets[t];
		if (ip_family_index(target->address.family) != fam)
			continue;
		uint8_t role = target->control ? FLOW_CONTROL : FLOW_TARGET;
		for (int i = 0; i < (target->control ? 2 : FIRST_PORT_FLOWS); i++)
			add_flow(w, p, LINK_ANY, role, PROBE_ICMP_ECHO, t, target->address, 0);
		for (int k = 0; k < target->tcp_count; k++)
			for (int i = 0; i < (target->control ? 1 : k == 0 ? FIRST_PORT_FLOWS : FURTHER_PORT_FLOWS); i++)
				add_flow(w, p, LINK_ANY, role, PROBE_TCP_SYN, t, target->address, target->tcp[k]);
	}
}

void world_plan(const struct sim_world *w, struct plan *p, uint64_t seed)
{
	memset(p, 0, sizeof *p);
	text_safe(p->run_id, sizeof p->run_id, "00000000-0000-7000-8000-000000000000");
	text_safe(p->tool, sizeof p->tool, "erprobe sim");
	for (int i = 0; i < RUN_KEY_BYTES; i++)
		p->key[i] = (uint8_t)(((seed + 1) * 0x9E3779B97F4A7C15ULL) >> (4 * (i % 15))) ^ (uint8_t)i;
	p->started_at = (struct wall_ns){INT64_C(1790000000) * NS_PER_SEC};
	p->limits = (struct plan_limits){.budget = 6000, .rate = 200, .hop_rate = 20, .deadline_s = 60, .azure_deadline_s = 20, .confidence = 0.9};
	p->azure_asked = true;
	p->iface_count = 1;
	text_safe(p->ifaces[0].name, sizeof p->ifaces[0].name, "eth0");
	p->circuits = calloc(1, sizeof *p->circuits);
	if (!p->circuits)
		exit(2);
	p->circuit_count = 1;
	fill_circuit(w, &p->circuits[0]);
	p->flows = calloc(FLOWS_MAX, sizeof *p->flows);
	if (!p->flows)
		exit(2);
	for (int fam = 0; fam < FAMILIES; fam++)
		if (w->fam[fam])
			add_flows(w, p, &p->circuits[0], fam);
	for (int fam = 0; fam < FAMILIES; fam++)
		for (uint8_t l = 0; w->fam[fam] && l < w->link_count; l++)
			for (int i = 0; i < FURTHER_BGP_FLOWS; i++)
				add_flow(w, p, l, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, p->circuits[0].links[l].msee[fam], 179);
}
