/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of evidence: a plan in which every member has a value of its own. */
#ifndef TEST_SAMPLE_PLAN_H
#define TEST_SAMPLE_PLAN_H

#include "erprobe/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline struct ip_addr sample_addr(const char *text)
{
	struct ip_addr a = ip_addr_none();

	if (!ip_addr_parse(text, &a))
		abort();
	return a;
}

static inline void sample_link(struct plan_link *l, int n)
{
	char text[IP_TEXT_MAX];

	l->configured = true;
	snprintf(text, sizeof text, "172.16.%d.1", 3 + n);
	l->ce[FAM4] = sample_addr(text);
	snprintf(text, sizeof text, "172.16.%d.2", 3 + n);
	l->msee[FAM4] = sample_addr(text);
	snprintf(text, sizeof text, "2001:db8:%d::2", 3 + n);
	l->msee[FAM6] = sample_addr(text);
	l->source[FAM4] = sample_addr("10.10.1.1");
	snprintf(l->interface, sizeof l->interface, "eth%d", n);
	l->on_edge[FAM4] = n == 0;
	l->on_edge[FAM6] = n != 0;
	l->derived = n == 0;
	l->asn = n == 0 ? 4294967295 : -1;
	l->vlan = n == 0 ? 100 : -1;
}

static inline void sample_targets(struct plan_circuit *c)
{
	c->target_count = 2;
	c->targets = calloc(c->target_count, sizeof *c->targets);
	snprintf(c->targets[0].name, NAME_MAX_LEN, "app \"one\" ü");
	c->targets[0].address = sample_addr("10.101.7.7");
	c->targets[0].tcp[0] = 443;
	c->targets[0].tcp[1] = 65535;
	c->targets[0].tcp_count = 2;
	snprintf(c->targets[1].name, NAME_MAX_LEN, "dc-1");
	c->targets[1].address = sample_addr("2001:db8:9::9");
	c->targets[1].control = true;
}

static inline void sample_domains(struct plan_circuit *c)
{
	c->domain_count = 2;
	c->domains = calloc(c->domain_count, sizeof *c->domains);
	if (!ip_prefix_parse("100.64.0.0/10", &c->domains[0].prefix))
		abort();
	c->domains[0].domain = DOMAIN_WAN;
	if (!ip_prefix_parse("2001:db8::/32", &c->domains[1].prefix))
		abort();
	c->domains[1].domain = DOMAIN_AZURE;
}

static inline void sample_circuits(struct plan *p)
{
	struct plan_circuit *c;

	p->circuit_count = 2;
	p->circuits = calloc(p->circuit_count, sizeof *p->circuits);
	c = &p->circuits[0];
	snprintf(c->name, sizeof c->name, "frankfurt-1");
	snprintf(c->resource_id, sizeof c->resource_id, "/subscriptions/s/resourceGroups/g/x");
	snprintf(c->gateway_id, sizeof c->gateway_id, "/subscriptions/s/gw");
	c->peering = PEERING_MICROSOFT;
	c->handoff = HANDOFF_DIRECT;
	sample_link(&c->links[LINK_PRIMARY], 0);
	sample_link(&c->links[LINK_SECONDARY], 1);
	sample_domains(c);
	sample_targets(c);
	c = &p->circuits[1]; /* as little as there can be */
	snprintf(c->name, sizeof c->name, "bare");
	c->links[LINK_PRIMARY].asn = c->links[LINK_SECONDARY].asn = -1;
	c->links[LINK_PRIMARY].vlan = c->links[LINK_SECONDARY].vlan = -1;
}

static inline void sample_flows(struct plan *p)
{
	struct plan_flow *f;

	p->flow_count = 3;
	p->flows = calloc(p->flow_count, sizeof *p->flows);
	f = &p->flows[0];
	f->link = LINK_PRIMARY;
	f->role = FLOW_MSEE;
	f->kind = PROBE_ICMP_ECHO;
	f->src = sample_addr("10.10.1.1");
	f->dst = sample_addr("172.16.3.2");
	f->next_hop = sample_addr("10.10.1.254");
	f->src_port = 0x1234;
	f->icmp_sum = 0xabcd;
	f = &p->flows[1];
	f->id = 1;
	f->link = LINK_ANY;
	f->role = FLOW_CONTROL;
	f->kind = PROBE_TCP_SYN;
	f->iface = 1;
	f->target = 1;
	f->src = sample_addr("2001:db8:1::1");
	f->dst = sample_addr("2001:db8:9::9");
	f->src_port = 40001;
	f->dst_port = 443;
	f->flow_label = 0xfffff;
	f = &p->flows[2]; /* no way to send it: no source */
	f->id = 2;
	f->circuit = 1;
	f->link = LINK_SECONDARY;
	f->role = FLOW_NEIGHBOUR;
	f->kind = PROBE_NEIGHBOUR;
	f->dst = sample_addr("172.16.4.2");
	f->no_route = true;
}

/* Free with plan_free(). Every byte that no member takes is zero. */
static inline void sample_plan(struct plan *p)
{
	memset(p, 0, sizeof *p);
	snprintf(p->run_id, sizeof p->run_id, "01890000-0000-7000-8000-000000000001");
	snprintf(p->tool, sizeof p->tool, "erprobe 0.1.0");
	snprintf(p->host, sizeof p->host, "probe-host");
	for (size_t i = 0; i < RUN_KEY_BYTES; i++)
		p->key[i] = (uint8_t)(255 - i * 9);
	p->started_at.ns = 1700000000123456789; /* beyond what a double holds */
	p->clock.synchronized = true;
	p->clock.max_error_us = 9007199254740993; /* likewise */
	snprintf(p->clock.source, sizeof p->clock.source, "adjtimex");
	p->limits.budget = 4294967295u;
	p->limits.rate = INFINITY;
	p->limits.hop_rate = 1.0 / 3;
	p->limits.deadline_s = 60;
	p->limits.azure_deadline_s = 1e-7;
	p->limits.confidence = 0.95;
	p->iface_count = 2;
	for (unsigned i = 0; i < 2; i++) {
		snprintf(p->ifaces[i].name, NAME_MAX_LEN, "eth%u", i);
		p->ifaces[i].index = i == 0 ? 7 : UINT32_MAX;
		p->ifaces[i].link_addr[5] = (uint8_t)(i + 1);
	}
	p->azure_asked = true;
	sample_circuits(p);
	sample_flows(p);
}

#endif
