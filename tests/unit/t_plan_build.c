/* SPDX-License-Identifier: BSD-2-Clause */
/* From a configuration to a plan, on a made-up host. */
#include "analysis/value/strbuf.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "probe/plan/plan_build.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define NO_AZURE "azure: {auth: {method: none}}\n"

/* The host: eth0 towards the corporate network, wan1 on the primary /30, wan2 switched
 * off, tun0 without neighbours, vlan5 on top of eth0, spare with an address of its own. */
static struct net_iface ifaces[] = {
	{.name = "lo", .index = 1, .up = true, .carrier = true, .loopback = true},
	{.name = "eth0", .index = 2, .up = true, .carrier = true, .resolves = true, .mac = {2, 0, 0, 0, 0, 2}},
	{.name = "wan1", .index = 3, .up = true, .carrier = true, .resolves = true, .mac = {2, 0, 0, 0, 0, 3}},
	{.name = "wan2", .index = 4, .up = false, .resolves = true, .mac = {2, 0, 0, 0, 0, 4}},
	{.name = "tun0", .index = 5, .up = true, .carrier = true},
	{.name = "vlan5", .index = 6, .up = true, .carrier = true, .resolves = true, .lower = 2},
	{.name = "spare", .index = 7, .up = true, .carrier = true, .resolves = true, .mac = {2, 0, 0, 0, 0, 7}},
};
static struct net_address addresses[8];
static struct net_host host = {ifaces, COUNT(ifaces), addresses, COUNT(addresses)};

static struct ip_addr ip(const char *text)
{
	struct ip_addr a = ip_addr_none();
	if (text && !ip_addr_parse(text, &a))
		fail_msg("'%s' is no address", text);
	return a;
}

/* The routing table, first row that fits. `port`: only for TCP to this port. */
static const struct route_row { const char *prefix; uint32_t oif; const char *gateway, *source; bool local; uint16_t port; } table[] = {
	{"10.55.0.0/16", 7, "10.7.0.254", "10.7.0.1", false, 8080},
	{"10.56.0.0/16", 7, "10.7.0.254", "10.7.0.1", false, 8080},
	{"10.56.0.0/16", 0, NULL, NULL, false, 0},
	{"10.10.1.1/32", 1, NULL, "10.10.1.1", true, 0},
	{"172.16.3.1/32", 1, NULL, "172.16.3.1", true, 0},
	{"172.16.3.0/30", 3, NULL, "10.10.1.1", false, 0}, /* the kernel would prefer another source */
	{"172.16.9.0/30", 4, NULL, "172.16.9.1", false, 0},
	{"10.10.1.0/24", 2, NULL, "10.10.1.1", false, 0},
	{"10.99.0.0/16", 5, "10.98.0.2", "10.98.0.1", false, 0},
	{"10.66.0.0/16", 2, "10.10.1.66", NULL, false, 0}, /* the interface has no address */
	{"192.0.2.0/24", 0, NULL, NULL, false, 0},         /* unreachable */
	{"0.0.0.0/0", 2, "10.10.1.254", "10.10.1.1", false, 0},
	{"fd00:1::/64", 2, NULL, "fd00:1::1", false, 0},
	{"fd00:3::/64", 2, "fe80::1", "fd00:1::1", false, 0},
	{"fe80::/64", 2, NULL, "fe80::2", false, 0},
};
static unsigned asked;
static struct ip_addr no_answer_for; /* once */
static uint16_t ports_asked[64];

static bool fake_route(void *context, const struct route_query *q, struct route *out, char *err, size_t err_size)
{
	assert_ptr_equal(context, &host);
	if (ip_addr_equal(&q->dst, &no_answer_for)) {
		text_format(err, err_size, "the kernel does not answer");
		no_answer_for = ip_addr_none();
		return false;
	}
	*out = (struct route){.source = q->src};
	if (q->sport && asked < COUNT(ports_asked))
		ports_asked[asked++] = q->sport;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct ip_prefix p;
		assert_true(ip_prefix_parse(table[i].prefix, &p));
		if (!ip_prefix_contains(&p, &q->dst) || (q->oif && table[i].oif != q->oif) || (table[i].port && table[i].port != q->dport))
			continue;
		if (table[i].oif == 0)
			return true;
		*out = (struct route){.reachable = true, .local = table[i].local, .oif = table[i].oif,
		                      .next_hop = table[i].gateway ? ip(table[i].gateway) : q->dst,
		                      .source = ip_addr_is_set(&q->src) ? q->src : ip(table[i].source)};
		return true;
	}
	return true;
}

static const struct net_view view = {fake_route, &host, &host};

static int make_addresses(void **state)
{
	(void)state;
	static const struct { const char *text; uint32_t iface; } rows[COUNT(addresses)] = {
		{"127.0.0.1", 1}, {"10.10.1.1", 2}, {"fd00:1::1", 2}, {"fe80::2", 2}, {"172.16.3.1", 3}, {"172.16.9.1", 4},
		{"10.5.0.1", 6}, {"10.7.0.1", 7},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		addresses[i] = (struct net_address){ip(rows[i].text), rows[i].iface};
	asked = 0;
	return 0;
}

static struct config parse(const char *text)
{
	struct config c;
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	if (!config_parse("f", text, strlen(text), &c, &errors))
		fail_msg("%s", errors.text);
	strbuf_free(&errors);
	return c;
}

static struct plan_build_options options(void)
{
	return (struct plan_build_options){.tool = "erprobe 1.2.3", .net = &view, .limits = {.budget = 77, .rate = 200, .confidence = 0.95}};
}

static struct plan build(const char *text)
{
	struct config c = parse(text);
	struct plan_build_options o = options();
	struct plan p;
	char err[512] = "";
	if (!plan_build(&c, &o, &p, err, sizeof(err)))
		fail_msg("%s", err);
	config_free(&c);
	return p;
}

static void assert_refused(const char *text, const char *wanted)
{
	struct config c = parse(text);
	struct plan_build_options o = options();
	struct plan p;
	char err[512] = "";
	assert_false(plan_build(&c, &o, &p, err, sizeof(err)));
	assert_null(p.flows);
	assert_null(p.circuits);
	assert_string_equal(err, wanted);
	config_free(&c);
}

/* Flows of a role and kind; link LINK_NULL = of any. */
static size_t count(const struct plan *p, int role, int kind, int link)
{
	size_t n = 0;
	for (size_t i = 0; i < p->flow_count; i++)
		n += p->flows[i].role == role && p->flows[i].kind == kind && (link == LINK_NULL || p->flows[i].link == link);
	return n;
}

static const struct plan_flow *first(const struct plan *p, int role, int kind)
{
	for (size_t i = 0; i < p->flow_count; i++) {
		if (p->flows[i].role == role && p->flows[i].kind == kind)
			return &p->flows[i];
	}
	fail_msg("no flow of role %d, kind %d", role, kind);
	return NULL;
}

static void assert_ip(const struct ip_addr *a, const char *text)
{
	char got[IP_TEXT_MAX];
	assert_string_equal(ip_addr_text(a, got), text);
}

/* Behind the edge: nothing bound. */
static const char behind[] = NO_AZURE
	"circuits:\n  - name: c\n"
	"    links: {primary: {ce: 172.20.3.1, msee: 172.20.3.2}, secondary: {ce: 172.20.4.1, msee: 172.20.4.2}}\n"
	"    targets: [{name: app, address: 10.101.7.7, tcp: [443, 8443]}, {name: mute, address: 10.101.7.8}]\n"
	"    controls: [{name: dc, address: 10.10.1.9, tcp: [53, 88]}]\n";

static void test_head(void **state)
{
	(void)state;
	struct plan p = build(behind), q = build(behind);
	assert_string_equal(p.tool, "erprobe 1.2.3");
	assert_int_equal(p.limits.budget, 77);
	assert_false(p.azure_asked);
	assert_int_equal(strlen(p.run_id), 36);
	assert_int_equal(p.run_id[14], '7');
	assert_non_null(strchr("89ab", p.run_id[19]));
	unsigned long long ms_high = strtoull(p.run_id, NULL, 16), ms_low = strtoull(p.run_id + 9, NULL, 16);
	assert_true((int64_t)((ms_high << 16) | ms_low) == p.started_at.ns / NS_PER_MS);
	assert_string_not_equal(p.run_id, q.run_id);
	assert_memory_not_equal(p.key, q.key, sizeof(p.key));
	assert_string_equal(p.clock.source, "adjtimex");
	assert_string_equal(p.circuits[0].targets[0].name, "app");
	plan_free(&p);
	plan_free(&q);
}

static void test_behind_the_edge(void **state)
{
	(void)state;
	struct plan p = build(behind);
	for (int l = 0; l < LINKS; l++) {
		assert_int_equal(count(&p, FLOW_EDGE, PROBE_ICMP_ECHO, l), 1);
		assert_int_equal(count(&p, FLOW_MSEE, PROBE_ICMP_ECHO, l), 1);
		assert_int_equal(count(&p, FLOW_BGP_MSEE, PROBE_TCP_SYN, l), 6); /* all but one asked where they would tell alone */
	}
	assert_int_equal(first(&p, FLOW_BGP_MSEE, PROBE_TCP_SYN)->dst_port, 179);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_ICMP_ECHO, LINK_ANY), 16);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_ANY), 8 + 4);
	assert_int_equal(count(&p, FLOW_CONTROL, PROBE_ICMP_ECHO, LINK_ANY), 2);
	assert_int_equal(count(&p, FLOW_CONTROL, PROBE_TCP_SYN, LINK_ANY), 2 + 1);
	/* One first hop: the gateway of all but the on-link control. */
	assert_int_equal(count(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, LINK_NULL), 1);
	const struct plan_flow *n = first(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR), *t = first(&p, FLOW_TARGET, PROBE_ICMP_ECHO),
	                       *k = first(&p, FLOW_CONTROL, PROBE_ICMP_ECHO);
	assert_ip(&n->dst, "10.10.1.254");
	assert_ip(&n->src, "10.10.1.1");
	assert_int_equal(n->link, LINK_ANY);
	assert_ip(&t->next_hop, "10.10.1.254");
	assert_ip(&t->src, "10.10.1.1");
	assert_ip(&k->next_hop, "10.10.1.9");
	assert_int_equal(k->target, 2);
	assert_int_equal(p.iface_count, 1);
	assert_string_equal(p.ifaces[0].name, "eth0");
	assert_int_equal(p.ifaces[0].index, 2);
	assert_memory_equal(p.ifaces[0].link_addr, "\2\0\0\0\0\2", 6);
	assert_false(p.circuits[0].links[0].on_edge[FAM4]);
	for (size_t i = 0; i < p.flow_count; i++) {
		assert_int_equal(p.flows[i].id, i);
		assert_int_equal(p.flows[i].circuit, 0);
		assert_false(p.flows[i].no_route);
	}
	plan_free(&p);
}

/* Each look-up of a TCP flow names another source port: our own multipath routes spread. */
static void test_lookups_spread(void **state)
{
	(void)state;
	struct plan p = build(behind);
	assert_true(asked >= 12);
	for (unsigned i = 1; i < asked; i++)
		assert_int_not_equal(ports_asked[i], ports_asked[i - 1]);
	plan_free(&p);
}

/* A rule on ports leads where a raw socket cannot follow: then the flow goes the raw
 * socket's own way, and where that has none it has no route. */
static void test_rule_on_ports(void **state)
{
	(void)state;
	struct plan p = build(NO_AZURE "circuits: [{name: c, targets: [{name: t, address: 10.55.0.1, tcp: [8080]}, {name: u, address: 10.56.0.1, tcp: [8080]}]}]");
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_ANY), 16);
	for (size_t i = 0; i < p.flow_count; i++) {
		const struct plan_flow *f = &p.flows[i];
		assert_int_equal(f->no_route, f->role == FLOW_TARGET && f->target == 1);
		if (f->role == FLOW_TARGET && !f->no_route)
			assert_ip(&f->next_hop, "10.10.1.254");
	}
	assert_int_equal(p.iface_count, 1);
	plan_free(&p);
}

/* Five hundred targets of three ports fit into a plan: many show the links together. */
static void test_many_targets(void **state)
{
	(void)state;
	struct strbuf yaml;
	strbuf_init(&yaml, STRBUF_MAX_DEFAULT);
	strbuf_add(&yaml, NO_AZURE "circuits: [{name: c, targets: [");
	for (int i = 0; i < 500; i++)
		strbuf_addf(&yaml, "%s{name: t%d, address: 10.55.%d.%d, tcp: [22, 443, 8443]}", i ? ", " : "", i, i / 250, i % 250 + 1);
	strbuf_add(&yaml, "]}]\n");
	struct plan p = build(yaml.text);
	assert_int_equal(p.circuits[0].target_count, 500);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_ICMP_ECHO, LINK_ANY), 1000);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_ANY), 2000);
	plan_free(&p);
	strbuf_free(&yaml);
}

/* What the file says, but never more than the interface takes. */
static void test_sizes(void **state)
{
	static const struct { uint32_t mtu; const char *said; int32_t want; } rows[] = {
		{0, "", 1500}, {9000, "", 1500}, {1420, "", 1420}, {1500, ", mtu: 1400", 1400}, {1420, ", mtu: 1500", 1420}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char yaml[256];
		snprintf(yaml, sizeof yaml, NO_AZURE "circuits:\n  - name: c\n    links: {primary: {ce: 172.16.3.1, msee: 172.16.3.2%s}}\n", rows[i].said);
		for (size_t k = 0; k < COUNT(ifaces); k++)
			ifaces[k].mtu = rows[i].mtu;
		struct plan p = build(yaml);
		assert_int_equal(p.circuits[0].links[LINK_PRIMARY].mtu, rows[i].want);
		plan_free(&p);
	}
	for (size_t k = 0; k < COUNT(ifaces); k++)
		ifaces[k].mtu = 0;
}

static void test_on_the_edge(void **state)
{
	(void)state;
	struct plan p = build(NO_AZURE "circuits:\n  - name: c\n    links: {primary: {ce: 172.16.3.1, msee: 172.16.3.2}}\n");
	assert_true(p.circuits[0].links[LINK_PRIMARY].on_edge[FAM4]);
	assert_int_equal(p.circuits[0].links[LINK_PRIMARY].mtu, 1500);
	assert_int_equal(p.circuits[0].links[LINK_SECONDARY].mtu, 0); /* nothing is sent there */
	assert_int_equal(count(&p, FLOW_EDGE, PROBE_ICMP_ECHO, LINK_NULL), 0);
	const struct plan_flow *m = first(&p, FLOW_MSEE, PROBE_ICMP_ECHO), *n = first(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR);
	assert_ip(&m->src, "172.16.3.1");
	assert_ip(&m->next_hop, "172.16.3.2");
	assert_ip(&n->dst, "172.16.3.2");
	assert_ip(&n->src, "172.16.3.1");
	assert_int_equal(n->link, LINK_PRIMARY);
	assert_string_equal(p.ifaces[m->iface].name, "wan1");
	assert_int_equal(count(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, LINK_NULL), 1);
	plan_free(&p);
}

static void test_bound_links(void **state)
{
	(void)state;
	/* Both bound: nothing is left to chance. */
	struct plan p = build(NO_AZURE "circuits:\n  - name: c\n"
	                               "    links: {primary: {source: 10.10.1.1}, secondary: {interface: wan1}}\n"
	                               "    targets: [{name: app, address: 10.101.7.7, tcp: [443, 80]}, {name: near, address: 172.16.3.2}]\n");
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_ICMP_ECHO, LINK_PRIMARY), 4);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_PRIMARY), 4);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_SECONDARY), 4);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_ANY), 0);
	for (size_t i = 0; i < p.flow_count; i++) {
		const struct plan_flow *f = &p.flows[i];
		if (f->role != FLOW_TARGET)
			continue;
		/* wan1 reaches its own /30 only. */
		assert_int_equal(f->no_route, f->link == LINK_SECONDARY && f->target == 0);
		if (f->link == LINK_PRIMARY)
			assert_ip(&f->src, "10.10.1.1");
		else if (!f->no_route)
			assert_string_equal(p.ifaces[f->iface].name, "wan1");
	}
	plan_free(&p);
	/* One bound: the other is looked for. */
	p = build(NO_AZURE "circuits:\n  - name: c\n    links: {primary: {source: 10.10.1.1}}\n"
	                   "    targets: [{name: app, address: 10.101.7.7, tcp: [443]}, {name: six, address: 'fd00:3::7'}]\n");
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_PRIMARY), 2);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_TCP_SYN, LINK_ANY), 8);
	/* A source of one family binds nothing of the other. */
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_ICMP_ECHO, LINK_PRIMARY), 2);
	assert_int_equal(count(&p, FLOW_TARGET, PROBE_ICMP_ECHO, LINK_ANY), 16);
	plan_free(&p);
}

static void test_no_route(void **state)
{
	(void)state;
	static const struct { const char *target; bool no_route; } rows[] = {
		{"192.0.2.9", true},  /* the table says unreachable */
		{"172.16.9.2", true}, /* the interface is switched off */
		{"10.66.0.1", true},  /* the interface has no address */
		{"fd00:9::1", true},  /* no row at all */
		{"10.99.0.1", false},
		{"10.1.1.1", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[256];
		snprintf(text, sizeof(text), NO_AZURE "circuits: [{name: c, targets: [{name: t, address: '%s'}]}]", rows[i].target);
		struct plan p = build(text);
		struct ip_prefix *allow;
		size_t allowed;
		for (size_t f = 0; f < 8; f++) {
			assert_int_equal(p.flows[f].no_route, rows[i].no_route);
			assert_int_equal(ip_addr_is_set(&p.flows[f].next_hop), !rows[i].no_route);
		}
		assert_int_equal(p.iface_count, rows[i].no_route ? 0 : 1);
		assert_true(plan_allow_list(&p, &allow, &allowed));
		assert_int_equal(allowed > 0, !rows[i].no_route);
		free(allow);
		plan_free(&p);
	}
}

/* No ARP or ND where the interface has none; ND from our link-local address to a link-local gateway. */
static void test_neighbours(void **state)
{
	(void)state;
	struct plan p = build(NO_AZURE "circuits: [{name: c, targets: [{name: t, address: 10.99.0.1}]}]");
	assert_int_equal(count(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, LINK_NULL), 0);
	plan_free(&p);
	p = build(NO_AZURE "circuits: [{name: c, targets: [{name: t, address: 'fd00:3::7'}, {name: u, address: 10.1.1.1}]}]");
	assert_int_equal(count(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR, LINK_NULL), 2);
	const struct plan_flow *n = first(&p, FLOW_NEIGHBOUR, PROBE_NEIGHBOUR);
	assert_ip(&n->dst, "fe80::1");
	assert_ip(&n->src, "fe80::2");
	plan_free(&p);
}

static void test_refusals(void **state)
{
	(void)state;
	assert_refused(NO_AZURE "circuits: [{name: c, links: {primary: {interface: lo, ce: 172.20.3.1}}}]",
	               "circuit 'c', primary link: interface 'lo' is the loopback: name the one that the link's probes leave by");
	assert_refused(NO_AZURE "circuits: [{name: c, links: {primary: {interface: eth9, ce: 172.20.3.1}}}]",
	               "circuit 'c', primary link: interface 'eth9' does not exist on this host "
	               "(there are: lo, eth0, wan1, wan2, tun0, vlan5, spare)");
	assert_refused(NO_AZURE "circuits: [{name: c, links: {secondary: {source: 10.1.2.3, ce: 172.20.3.1}}}]",
	               "circuit 'c', secondary link: source 10.1.2.3 is not an address of this host");
	assert_refused(NO_AZURE "circuits: [{name: c, targets: [{name: me, address: 10.10.1.1}]}]",
	               "circuit 'c': 'me' has the address 10.10.1.1, which is this host itself; name another host");
	assert_refused(NO_AZURE "circuits: [{name: c, links: {primary: {msee: 172.16.3.1}}}]",
	               "circuit 'c', primary link: 172.16.3.1 is an address of this host; ce is the near address of the /30, msee "
	               "the far one");
	assert_refused(NO_AZURE "circuits: [{name: c, links: {primary: {interface: eth0}}}]",
	               "circuit 'c' has nothing to test: no link addresses and no targets");
}

/* A circuit with `targets` targets of 8 found flows each; and many circuits with one target. */
static void test_ceilings(void **state)
{
	(void)state;
	static char text[80000];
	size_t len = (size_t)snprintf(text, sizeof(text), NO_AZURE "circuits:\n  - name: c\n    targets:\n");
	for (int i = 0; i < 1000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "      - {name: t%d, address: 10.1.%d.%d, tcp: [1, 2, 3, 4, 5, 6, 7]}\n", i, i / 250, i % 250 + 1);
	assert_refused(text, "the circuits need more than 8192 flows; check fewer circuits at once, or fewer targets");
	len = (size_t)snprintf(text, sizeof(text), NO_AZURE "circuits:\n");
	for (int i = 0; i < 17; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "  - {name: c%d, targets: [{name: t, address: 10.1.1.1, tcp: [443]}]}\n", i);
	assert_refused(text, "136 flows go to one port of one address, at most 128 can; check fewer circuits at once");
}

static void test_ports(void **state)
{
	(void)state;
	struct plan p = build(behind);
	assert_int_equal(plan_port_need(&p), 8);
	assert_false(plan_assign_ports(&p, 40000, 7));
	assert_false(plan_assign_ports(&p, 65530, 8));
	assert_true(plan_assign_ports(&p, 40000, 8));
	for (size_t i = 0; i < p.flow_count; i++) {
		const struct plan_flow *f = &p.flows[i];
		if (f->kind == PROBE_TCP_SYN)
			assert_in_range(f->src_port, 40000, 40007);
		if (f->kind == PROBE_ICMP_ECHO)
			assert_true(f->src_port != 0 && f->icmp_sum != 0 && f->icmp_sum != 0xffff);
		for (size_t j = 0; j < i; j++) {
			const struct plan_flow *g = &p.flows[j];
			bool alike = f->kind == g->kind && f->kind != PROBE_NEIGHBOUR && ip_addr_equal(&f->dst, &g->dst) && f->dst_port == g->dst_port;
			assert_false(alike && f->src_port == g->src_port);
		}
	}
	plan_free(&p);
	p = build(NO_AZURE "circuits: [{name: c, targets: [{name: t, address: 10.1.1.1}]}]");
	assert_int_equal(plan_port_need(&p), 0);
	assert_true(plan_assign_ports(&p, 0, 0));
	plan_free(&p);
}

static void test_allow_list(void **state)
{
	(void)state;
	static const char *const wanted[] = {"10.10.1.9/32", "10.10.1.254/32", "10.101.7.7/32", "10.101.7.8/32", "172.20.3.1/32",
	                                     "172.20.3.2/32", "172.20.4.1/32", "172.20.4.2/32"};
	struct plan p = build(behind);
	struct ip_prefix *allow;
	size_t n;
	assert_true(plan_allow_list(&p, &allow, &n));
	assert_int_equal(n, COUNT(wanted));
	for (size_t i = 0; i < n; i++) {
		char text[PREFIX_TEXT_MAX];
		assert_string_equal(ip_prefix_text(&allow[i], text), wanted[i]);
	}
	free(allow);
	plan_free(&p);
}

static void test_watch_list(void **state)
{
	static const char *const wanted[] = {"172.20.3.0/30", "172.20.4.0/30"};
	struct config c = parse(behind);
	struct plan_build_options o = options();
	struct ip_prefix list[4];
	struct plan p;
	size_t n;
	char err[256], text[PREFIX_TEXT_MAX];

	(void)state;
	p = build(behind);
	assert_false(p.watch);
	assert_true(plan_watch_list(&p, list, COUNT(list), &n, err, sizeof err));
	assert_int_equal(n, 0);
	plan_free(&p);
	o.watch = true;
	assert_true(plan_build(&c, &o, &p, err, sizeof(err)));
	assert_true(p.watch);
	assert_true(plan_watch_list(&p, list, COUNT(list), &n, err, sizeof err));
	assert_int_equal(n, 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(ip_prefix_text(&list[i], text), wanted[i]);
	assert_false(plan_watch_list(&p, list, 1, &n, err, sizeof err));
	assert_non_null(strstr(err, "more than 1 subnets, at circuit"));
	/* One of the two ends is not known: nobody says what subnet that is. */
	p.circuits[0].links[0].ce[FAM4] = ip_addr_none();
	assert_true(plan_watch_list(&p, list, COUNT(list), &n, err, sizeof err));
	assert_int_equal(n, 1);
	/* No subnet holds these two: half of all addresses would be listened to. */
	assert_true(ip_addr_parse("10.0.0.1", &p.circuits[0].links[1].ce[FAM4]));
	assert_true(ip_addr_parse("100.64.0.1", &p.circuits[0].links[1].msee[FAM4]));
	assert_false(plan_watch_list(&p, list, COUNT(list), &n, err, sizeof err));
	assert_non_null(strstr(err, "ce 10.0.0.1 and msee 100.64.0.1 share no subnet of /24 or longer"));
	plan_free(&p);
	config_free(&c);
}

static void test_every_interface(void **state)
{
	(void)state;
	struct config c = parse(behind);
	struct plan_build_options o = options();
	struct plan p;
	char err[256];
	o.every_interface = true;
	assert_true(plan_build(&c, &o, &p, err, sizeof(err)));
	/* Not lo, not wan2 (down), not tun0 (no address), not vlan5 (would show eth0's frames again). */
	assert_int_equal(p.iface_count, 3);
	assert_string_equal(p.ifaces[0].name, "eth0");
	assert_string_equal(p.ifaces[1].name, "wan1");
	assert_string_equal(p.ifaces[2].name, "spare");
	plan_free(&p);
	config_free(&c);
}

/* A mirror port is listened to beside all others, and nothing leaves by it. */
static void test_mirror_port(void **state)
{
	struct config c = parse(behind);
	struct plan_build_options o = options();
	struct plan p;
	char err[256];

	(void)state;
	o.every_interface = true;
	o.watch_interface = "tun0";
	assert_true(plan_build(&c, &o, &p, err, sizeof(err)));
	assert_int_equal(p.iface_count, 3); /* nobody watches */
	assert_string_equal(p.circuits[0].links[LINK_PRIMARY].watch_interface, "");
	plan_free(&p);
	o.watch = true;
	snprintf(c.circuits[0].links[LINK_PRIMARY].watch_interface, NAME_MAX_LEN, "spare");
	assert_true(plan_build(&c, &o, &p, err, sizeof(err)));
	static const char *const names[] = {"eth0", "spare", "tun0", "wan1"};
	assert_int_equal(p.iface_count, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_string_equal(p.ifaces[i].name, names[i]);
		assert_int_equal(p.ifaces[i].mirror, i == 1 || i == 2);
	}
	assert_string_equal(p.circuits[0].links[LINK_PRIMARY].watch_interface, "spare"); /* its own comes first */
	assert_string_equal(p.circuits[0].links[LINK_SECONDARY].watch_interface, "tun0");
	plan_free(&p);
	config_free(&c);
}

static void test_no_mirror_port(void **state)
{
	static const struct { const char *name, *says; } rows[] = {
		{"nosuch", "the mirror port 'nosuch' does not exist on this host"},
		{"wan2", "the mirror port 'wan2' is switched off"},
		{"lo", "the mirror port 'lo' is the loopback"},
		{"eth0", "probes leave by 'eth0', so it is no mirror port"},
	};
	struct config c = parse(behind);
	struct plan_build_options o = options();
	struct plan p;
	char err[256];

	(void)state;
	o.watch = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		o.watch_interface = rows[i].name;
		assert_false(plan_build(&c, &o, &p, err, sizeof(err)));
		if (!strstr(err, rows[i].says))
			fail_msg("%s: %s", rows[i].name, err);
	}
	config_free(&c);
}

static struct az_text text_of(const char *s)
{
	struct az_text t = {.present = s != NULL};
	snprintf(t.text, sizeof(t.text), "%s", s ? s : "");
	return t;
}

static struct az_peering peering(const char *p4, const char *s4, const char *p6)
{
	struct az_peering p = {.present = true, .part = {.read = AZ_OK}};
	p.prefix[LINK_PRIMARY] = text_of(p4);
	p.prefix[LINK_SECONDARY] = text_of(s4);
	p.prefix6[LINK_PRIMARY] = text_of(p6);
	return p;
}

static void test_derive(void **state)
{
	(void)state;
	struct plan_circuit c = {0};
	struct az_peering p = peering("172.20.3.0/30", "172.20.4.0/30", "fd00:3::/126");
	assert_false(plan_circuit_has_links(&c));
	assert_true(plan_derive_links(&c, &p));
	assert_true(plan_circuit_has_links(&c));
	assert_ip(&c.links[0].ce[FAM4], "172.20.3.1");
	assert_ip(&c.links[0].msee[FAM4], "172.20.3.2");
	assert_ip(&c.links[1].msee[FAM4], "172.20.4.2");
	assert_ip(&c.links[0].msee[FAM6], "fd00:3::2");
	assert_false(ip_addr_is_set(&c.links[1].msee[FAM6]));
	assert_true(c.links[0].derived && c.links[0].configured && c.links[1].derived);
	/* What the file has stays. */
	struct plan_circuit own = {0};
	own.links[0].msee[FAM4] = ip("172.20.3.2");
	own.links[1].ce[FAM4] = ip("10.9.9.1");
	assert_true(plan_derive_links(&own, &p));
	assert_ip(&own.links[0].ce[FAM4], "172.20.3.1");
	assert_false(ip_addr_is_set(&own.links[1].msee[FAM4])); /* another /30: not mixed */
	assert_false(own.links[1].derived);
	static const char *const bad[] = {"172.20.3.0/29", "172.20.3.1/30", "fd00::/30", "", "x", NULL};
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct plan_circuit none = {0};
		p = peering(bad[i], NULL, "fd00::/64");
		assert_false(plan_derive_links(&none, &p));
		assert_false(none.links[0].configured);
	}
	struct plan_circuit none = {0};
	p = peering("172.20.3.0/30", NULL, NULL);
	p.part.read = AZ_FAILED;
	assert_false(plan_derive_links(&none, &p));
	p.part.read = AZ_OK;
	p.present = false;
	assert_false(plan_derive_links(&none, &p));
}

#define ID "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/expressRouteCircuits/c"

/* Links from Azure: a family that the file never names counts only where there is a way. */
static void test_derived_families(void **state)
{
	(void)state;
	static const struct { const char *circuit, *p4, *p6; size_t v4, v6; } rows[] = {
		{"", "172.20.3.0/30", "fd00:3::/126", 1, 1},
		{"", "172.20.3.0/30", "fd00:9::/126", 1, 0},
		{"", "192.0.2.0/30", "fd00:3::/126", 1, 1}, /* no way, but IPv4 must be seen to fail */
		{", targets: [{name: t, address: 'fd00:3::7'}]", "192.0.2.0/30", "fd00:3::/126", 0, 1},
		{", targets: [{name: t, address: 'fd00:3::7'}]", "172.20.3.0/30", "fd00:9::/126", 1, 1},
		{"", NULL, NULL, 0, 0}, /* Azure says there is nothing: no error */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[512], err[256];
		snprintf(text, sizeof(text), "azure: {auth: {method: azure_cli}}\ncircuits: [{name: c, resource_id: " ID "%s}]", rows[i].circuit);
		struct config c = parse(text);
		struct az_snapshot s = {0};
		const struct az_snapshot *snapshots[] = {&s};
		struct plan_build_options o = options();
		struct plan p;
		s.peering = peering(rows[i].p4, NULL, rows[i].p6);
		o.snapshots = snapshots;
		if (!plan_build(&c, &o, &p, err, sizeof(err)))
			fail_msg("%s", err);
		assert_true(p.azure_asked);
		size_t found[FAMILIES] = {0};
		for (size_t f = 0; f < p.flow_count; f++) {
			if (p.flows[f].role == FLOW_MSEE)
				found[ip_family_index(p.flows[f].dst.family)]++;
		}
		assert_int_equal(found[FAM4], rows[i].v4);
		assert_int_equal(found[FAM6], rows[i].v6);
		plan_free(&p);
		config_free(&c);
	}
}

/* Whether a family is beside the point is asked of the kernel: that it does not answer is no "no". */
static void test_failed_lookup(void **state)
{
	(void)state;
	struct config c = parse("azure: {auth: {method: azure_cli}}\ncircuits: [{name: c, resource_id: " ID "}]");
	struct az_snapshot s = {.peering = peering("172.20.3.0/30", NULL, "fd00:3::/126")};
	const struct az_snapshot *snapshots[] = {&s};
	struct plan_build_options o = options();
	struct plan p;
	char err[256] = "";
	o.snapshots = snapshots;
	no_answer_for = ip("fd00:3::2");
	assert_false(plan_build(&c, &o, &p, err, sizeof(err)));
	assert_string_equal(err, "the kernel does not answer");
	assert_null(p.flows);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_head, make_addresses),
		cmocka_unit_test_setup(test_behind_the_edge, make_addresses),
		cmocka_unit_test_setup(test_lookups_spread, make_addresses),
		cmocka_unit_test_setup(test_rule_on_ports, make_addresses),
		cmocka_unit_test_setup(test_many_targets, make_addresses),
		cmocka_unit_test_setup(test_sizes, make_addresses),
		cmocka_unit_test_setup(test_on_the_edge, make_addresses),
		cmocka_unit_test_setup(test_bound_links, make_addresses),
		cmocka_unit_test_setup(test_no_route, make_addresses),
		cmocka_unit_test_setup(test_neighbours, make_addresses),
		cmocka_unit_test_setup(test_refusals, make_addresses),
		cmocka_unit_test_setup(test_ceilings, make_addresses),
		cmocka_unit_test_setup(test_ports, make_addresses),
		cmocka_unit_test_setup(test_allow_list, make_addresses),
		cmocka_unit_test_setup(test_watch_list, make_addresses),
		cmocka_unit_test_setup(test_every_interface, make_addresses),
		cmocka_unit_test_setup(test_mirror_port, make_addresses),
		cmocka_unit_test_setup(test_no_mirror_port, make_addresses),
		cmocka_unit_test_setup(test_derive, make_addresses),
		cmocka_unit_test_setup(test_derived_families, make_addresses),
		cmocka_unit_test_setup(test_failed_lookup, make_addresses),
	};
	return cmocka_run_group_tests_name("plan_build", tests, NULL, NULL);
}
