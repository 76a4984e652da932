/* SPDX-License-Identifier: BSD-2-Clause */
/* Which flows a circuit needs, and what our own routing does with each.
 *
 * A flow is what a load balancer takes for one connection: all its packets go one way.
 * Several flows to one address differ in their source port (TCP) or echo identifier
 * (ICMP), and so may cross different links and different members of a group. */
#include "probe/plan/plan_flows.h"

#include "analysis/value/strbuf.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_BGP 179

/* What a group of equal flows is for, and how many it has. */
enum use {
	USE_EDGE, USE_MSEE, USE_BGP, USE_BGP_SIGNED,
	USE_BOUND_PING, USE_BOUND_TCP,
	USE_FOUND_PING, USE_FOUND_TCP_FIRST, USE_FOUND_TCP_MORE,
	USE_CONTROL_PING, USE_CONTROL_TCP_FIRST, USE_CONTROL_TCP_MORE,
	USES
};

static const uint8_t flows_of[USES] = {
	/* One address on one link: every ping goes the same way, one is enough. A live session is asked for as little
	 * as possible: of the BGP port's flows all but the first are for where pings and the first are silent while other
	 * traffic lives. One of two equal ways is dead for all six with the probability 1/64. */
	[USE_EDGE] = 1, [USE_MSEE] = 1, [USE_BGP] = 6, [USE_BGP_SIGNED] = 1,
	/* The link is chosen by source or interface. Two flows tell a dead member of a
	 * group behind it from a dead link once all targets of the link are seen together. */
	[USE_BOUND_PING] = 2, [USE_BOUND_TCP] = 2,
	/* The network chooses the link. All n flows on the same one of two links have the
	 * probability 2^(1-n): 1/128 for 8, 1/8 for 4. Further ports of a target need the
	 * links only known, which the first port's and the ping's flows do. */
	[USE_FOUND_PING] = 8, [USE_FOUND_TCP_FIRST] = 8, [USE_FOUND_TCP_MORE] = 4,
	/* A control says whether the corporate network works at all; the second flow
	 * crosses another member of a group where there is one (corp.path-partial). */
	[USE_CONTROL_PING] = 2, [USE_CONTROL_TCP_FIRST] = 2, [USE_CONTROL_TCP_MORE] = 1,
};

/* Where many targets are named, they show the links together: a few flows each are enough,
 * and more would not be asked within the run's budget. */
#define MANY_TARGETS 50
static const uint8_t flows_of_many[USES] = {
	[USE_EDGE] = 1, [USE_MSEE] = 1, [USE_BGP] = 1, [USE_BGP_SIGNED] = 1, [USE_BOUND_PING] = 1, [USE_BOUND_TCP] = 1, [USE_FOUND_PING] = 2,
	[USE_FOUND_TCP_FIRST] = 2, [USE_FOUND_TCP_MORE] = 1, [USE_CONTROL_PING] = 1, [USE_CONTROL_TCP_FIRST] = 1, [USE_CONTROL_TCP_MORE] = 1,
};

/* A circuit's first hops are the gateways of its few routes; more are not worth a flow each. */
#define FIRST_HOPS_MAX 8

bool plan_refuse(struct plan_builder *b, const char *format, ...)
{
	if (b->failed)
		return false;
	char message[512];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	text_safe(b->err, b->err_size, message);
	b->failed = true;
	return false;
}

int plan_iface_slot(struct plan_builder *b, const struct net_iface *i)
{
	struct plan *p = b->plan;
	for (size_t s = 0; s < p->iface_count; s++) {
		if (p->ifaces[s].index == i->index)
			return (int)s;
	}
	if (p->iface_count >= CHANNEL_IFACES_MAX) {
		plan_refuse(b, "the circuits' routes use more than %d interfaces of this host; check fewer circuits at once",
		            CHANNEL_IFACES_MAX);
		return -1;
	}
	struct plan_iface *slot = &p->ifaces[p->iface_count];
	*slot = (struct plan_iface){.index = i->index};
	memcpy(slot->name, i->name, sizeof(i->name));
	memcpy(slot->link_addr, i->mac, sizeof(slot->link_addr));
	return (int)p->iface_count++;
}

/* How a flow is bound on this host: by the link's source or interface, or not at all. */
struct binding {
	struct ip_addr source; /* unset: the kernel's choice */
	uint32_t iface;        /* 0: likewise */
};

/* What is common to a group of flows. */
struct group {
	uint8_t circuit, link, role, kind;
	uint16_t target;
	struct ip_addr dst;
	uint16_t dst_port;
	struct binding bind;
};

static struct binding bind_to(const struct plan_builder *b, const struct plan_link *l, int fam)
{
	struct binding bind = {.source = l->source[fam]};
	const struct net_iface *i = l->interface[0] ? net_iface_named(b->net->host, l->interface) : NULL;
	bind.iface = i ? i->index : 0;
	return bind;
}

static bool is_bound(const struct plan_link *l, int fam)
{
	return l->interface[0] || ip_addr_is_set(&l->source[fam]);
}

static bool ask(struct plan_builder *b, const struct route_query *q, struct route *out)
{
	char err[256];
	return b->net->route(b->net->context, q, out, err, sizeof(err)) ? true : plan_refuse(b, "%s", err);
}

/* The interface comes from the question that a connection of this kind would put: rules
 * may look at ports, and a multipath route spreads by them. The packet then leaves by a
 * raw socket bound to that interface and to no port. What the kernel makes of that is
 * asked too: it names the next hop, and where it knows no way (a rule on ports led
 * there) the flow goes as a raw socket goes by itself. */
static bool find_route(struct plan_builder *b, const struct group *g, struct route *out)
{
	bool tcp = g->kind == PROBE_TCP_SYN;
	struct route_query q = {
		.dst = g->dst,
		.src = g->bind.source,
		.oif = g->bind.iface,
		.protocol = tcp ? IPPROTO_TCP : g->dst.family == IP_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP,
		.sport = tcp ? b->spread : 0,
		.dport = tcp ? g->dst_port : 0,
	};
	b->spread++;
	if (!ask(b, &q, out))
		return false;
	for (int again = 0; again < 2 && out->reachable && !out->local; again++) {
		struct route bound;
		const struct route_query as_sent = {.dst = g->dst, .src = out->source, .oif = out->oif};
		const struct route_query raw = {.dst = g->dst, .src = g->bind.source, .oif = g->bind.iface};
		if (!ask(b, &as_sent, &bound))
			return false;
		if (bound.reachable) {
			*out = bound;
			return true;
		}
		if (again == 1)
			*out = bound;
		else if (!ask(b, &raw, out))
			return false;
	}
	return true;
}

static struct plan_flow *new_flow(struct plan_builder *b, const struct group *g)
{
	struct plan *p = b->plan;
	if (p->flow_count >= PLAN_FLOWS_MAX) {
		plan_refuse(b, "the circuits need more than %d flows; check fewer circuits at once, or fewer targets", PLAN_FLOWS_MAX);
		return NULL;
	}
	if (p->flow_count >= b->flow_room) {
		size_t room = b->flow_room ? 2 * b->flow_room : 64;
		struct plan_flow *flows = realloc(p->flows, room * sizeof(*flows));
		if (!flows) {
			plan_refuse(b, "out of memory");
			return NULL;
		}
		p->flows = flows;
		b->flow_room = room;
	}
	struct plan_flow *f = &p->flows[p->flow_count];
	*f = (struct plan_flow){
		.id = (uint16_t)p->flow_count, .circuit = g->circuit, .link = g->link, .role = g->role, .kind = g->kind,
		.target = g->target, .dst = g->dst, .dst_port = g->dst_port, .src = g->bind.source,
	};
	p->flow_count++;
	return f;
}

/* Puts into the flow what our routing does with it. */
static bool apply_route(struct plan_builder *b, struct plan_flow *f, const struct route *r)
{
	const struct net_iface *i = r->reachable ? net_iface_at(b->net->host, r->oif) : NULL;
	/* An interface that is switched off cannot be opened for capture either. */
	f->no_route = !i || !i->up || !ip_addr_is_set(&r->source);
	if (f->no_route)
		return true;
	int slot = plan_iface_slot(b, i);
	if (slot < 0)
		return false;
	f->iface = (uint8_t)slot;
	f->src = r->source;
	f->next_hop = r->next_hop;
	return true;
}

static bool refuse_own_address(struct plan_builder *b, const struct group *g)
{
	const struct plan_circuit *c = &b->plan->circuits[g->circuit];
	char text[IP_TEXT_MAX];
	ip_addr_text(&g->dst, text);
	if (g->role == FLOW_TARGET || g->role == FLOW_CONTROL)
		return plan_refuse(b, "circuit '%s': '%s' has the address %s, which is this host itself; name another host", c->name,
		                   c->targets[g->target].name, text);
	return plan_refuse(b, "circuit '%s', %s link: %s is an address of this host; ce is the near address of the /30, msee "
	                      "the far one",
	                   c->name, link_name((enum link_id)g->link), text);
}

static bool add_group(struct plan_builder *b, const struct group *g, enum use use)
{
	bool many = b->plan->circuits[g->circuit].target_count > MANY_TARGETS;
	uint8_t count = many ? flows_of_many[use] : flows_of[use];
	for (uint8_t i = 0; i < count; i++) {
		struct route r;
		if (!find_route(b, g, &r))
			return false;
		if (r.local)
			return refuse_own_address(b, g);
		struct plan_flow *f = new_flow(b, g);
		if (!f || !apply_route(b, f, &r))
			return false;
	}
	return true;
}

/* Could a packet to this address leave at all? */
static bool can_reach(struct plan_builder *b, const struct ip_addr *dst)
{
	struct group g = {.kind = PROBE_ICMP_ECHO, .dst = *dst};
	struct route r;
	return find_route(b, &g, &r) && r.reachable && ip_addr_is_set(&r.source);
}

static bool add_link(struct plan_builder *b, uint8_t circuit, enum link_id id, int fam)
{
	const struct plan_link *l = &b->plan->circuits[circuit].links[id];
	struct group g = {.circuit = circuit, .link = (uint8_t)id, .kind = PROBE_ICMP_ECHO, .bind = bind_to(b, l, fam)};
	if (ip_addr_is_set(&l->ce[fam]) && !l->on_edge[fam]) {
		g.role = FLOW_EDGE;
		g.dst = l->ce[fam];
		if (!add_group(b, &g, USE_EDGE))
			return false;
	}
	if (!ip_addr_is_set(&l->msee[fam]))
		return true;
	/* On the edge the MSEE answers its neighbour's own address and perhaps no other. */
	if (l->on_edge[fam] && !ip_addr_is_set(&g.bind.source))
		g.bind.source = l->ce[fam];
	g.role = FLOW_MSEE;
	g.dst = l->msee[fam];
	if (!add_group(b, &g, USE_MSEE))
		return false;
	g.role = FLOW_BGP_MSEE;
	g.kind = PROBE_TCP_SYN;
	g.dst_port = PORT_BGP;
	if (!add_group(b, &g, USE_BGP))
		return false;
	g.role = FLOW_BGP_SIGNED;
	return l->tcp_md5_key_file[0] == '\0' || add_group(b, &g, USE_BGP_SIGNED);
}

/* Ping and all ports of one target over one way. */
static bool add_services(struct plan_builder *b, struct group g, enum use ping, enum use tcp_first, enum use tcp_more)
{
	const struct plan_target *t = &b->plan->circuits[g.circuit].targets[g.target];
	g.kind = PROBE_ICMP_ECHO;
	if (!add_group(b, &g, ping))
		return false;
	g.kind = PROBE_TCP_SYN;
	for (size_t i = 0; i < t->tcp_count; i++) {
		g.dst_port = t->tcp[i];
		if (!add_group(b, &g, i == 0 ? tcp_first : tcp_more))
			return false;
	}
	return true;
}

static bool add_target(struct plan_builder *b, uint8_t circuit, uint16_t target)
{
	const struct plan_circuit *c = &b->plan->circuits[circuit];
	const struct plan_target *t = &c->targets[target];
	int fam = ip_family_index(t->address.family);
	struct group g = {.circuit = circuit, .link = LINK_ANY, .target = target, .dst = t->address,
	                  .role = t->control ? FLOW_CONTROL : FLOW_TARGET};
	if (t->control)
		return add_services(b, g, USE_CONTROL_PING, USE_CONTROL_TCP_FIRST, USE_CONTROL_TCP_MORE);
	int bound = 0;
	for (int l = 0; l < LINKS; l++) {
		if (!is_bound(&c->links[l], fam))
			continue;
		bound++;
		g.link = (uint8_t)l;
		g.bind = bind_to(b, &c->links[l], fam);
		if (!add_services(b, g, USE_BOUND_PING, USE_BOUND_TCP, USE_BOUND_TCP))
			return false;
	}
	/* A link that nothing binds is found by what the network does with many flows. */
	g.link = LINK_ANY;
	g.bind = (struct binding){0};
	return bound == LINKS || add_services(b, g, USE_FOUND_PING, USE_FOUND_TCP_FIRST, USE_FOUND_TCP_MORE);
}

static bool resolves_on(const struct plan_builder *b, const struct plan_flow *f)
{
	const struct net_iface *i = f->no_route ? NULL : net_iface_at(b->net->host, b->plan->ifaces[f->iface].index);
	return i && i->resolves;
}

static bool has_neighbour(const struct plan *p, size_t first, const struct ip_addr *dst, uint8_t iface)
{
	for (size_t i = first; i < p->flow_count; i++) {
		if (p->flows[i].iface == iface && ip_addr_equal(&p->flows[i].dst, dst))
			return true;
	}
	return false;
}

/* One request for the MAC of the address that a flow's packets go to first. */
static bool add_neighbour(struct plan_builder *b, size_t of, size_t first)
{
	const struct plan_flow f = b->plan->flows[of]; /* a copy: flows[] may move */
	bool is_msee = f.role == FLOW_MSEE && ip_addr_equal(&f.next_hop, &f.dst);
	bool is_gateway = !ip_addr_equal(&f.next_hop, &f.dst);
	if (!resolves_on(b, &f) || (!is_msee && !is_gateway) || has_neighbour(b->plan, first, &f.next_hop, f.iface))
		return true;
	struct group g = {
		.circuit = f.circuit, .link = is_msee ? f.link : (uint8_t)LINK_ANY, .role = FLOW_NEIGHBOUR, .kind = PROBE_NEIGHBOUR,
		.dst = f.next_hop, .bind = {.iface = b->plan->ifaces[f.iface].index},
	};
	struct route r;
	if (!is_msee && b->plan->flow_count - first >= FIRST_HOPS_MAX)
		return true;
	const struct plan_link *l = is_msee ? &b->plan->circuits[f.circuit].links[f.link] : NULL;
	int fam = ip_family_index(f.dst.family);
	if (l && l->on_edge[fam])
		g.bind.source = l->ce[fam];
	/* Asked for from our own address on that link. A gateway that no route calls on-link
	 * (`via G dev D onlink`) is asked for from the source that uses it. */
	if (!find_route(b, &g, &r))
		return false;
	if (!r.reachable)
		r = (struct route){.reachable = true, .oif = g.bind.iface, .next_hop = g.dst, .source = f.src};
	struct plan_flow *neighbour = r.local || r.source.family != g.dst.family ? NULL : new_flow(b, &g);
	return neighbour ? apply_route(b, neighbour, &r) : !b->failed;
}

static bool add_neighbours(struct plan_builder *b, size_t begin)
{
	size_t end = b->plan->flow_count;
	/* MSEEs first: where one is the gateway of targets too, its own link names the flow. */
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = begin; i < end; i++) {
			bool msee = b->plan->flows[i].role == FLOW_MSEE;
			if (msee == (pass == 0) && !add_neighbour(b, i, end))
				return false;
		}
	}
	return true;
}

/* A family that the file never names and that this host cannot route is no part of what
 * the user has: silence there would accuse somebody. But where the file names neither
 * family, IPv4 stays: without any flow a missing route would go unseen. */
static bool is_beside_the_point(struct plan_builder *b, const struct plan_circuit *c, int link, int fam,
                                const bool mentioned[FAMILIES])
{
	const struct ip_addr *msee = &c->links[link].msee[fam];
	int other = fam == FAM4 ? FAM6 : FAM4;
	if (mentioned[fam] || (!mentioned[other] && fam == FAM4))
		return false;
	return !ip_addr_is_set(msee) || !can_reach(b, msee);
}

bool plan_flows_add(struct plan_builder *b, uint8_t circuit, const bool mentioned[FAMILIES])
{
	const struct plan_circuit *c = &b->plan->circuits[circuit];
	size_t begin = b->plan->flow_count;
	for (int fam = 0; fam < FAMILIES; fam++) {
		for (int l = 0; l < LINKS; l++) {
			bool beside = is_beside_the_point(b, c, l, fam, mentioned);
			if (b->failed || (!beside && !add_link(b, circuit, (enum link_id)l, fam)))
				return false;
		}
	}
	for (size_t t = 0; t < c->target_count; t++) {
		if (!add_target(b, circuit, (uint16_t)t))
			return false;
	}
	/* Where Azure is asked, its answer alone (no peering, for example) is a diagnosis. */
	if (b->plan->flow_count == begin && !b->plan->azure_asked)
		return plan_refuse(b, "circuit '%s' has nothing to test: no link addresses and no targets", c->name);
	return add_neighbours(b, begin);
}
