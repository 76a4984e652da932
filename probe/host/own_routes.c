/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/own_routes.h"

#include "probe/host/route.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>

#define TOLD_OF (RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE | 1u << (RTNLGRP_NEXTHOP - 1))
#define ROUND_NS (100 * NS_PER_MS) /* on a host whose routes change all the time */

static void begin_round(struct own_routes *o, struct mono_ns now)
{
	if (!o->looked)
		o->looked = calloc(o->plan->flow_count + 1, sizeof *o->looked);
	if (!o->looked)
		return;
	o->due = false;
	o->round++;
	o->round_at = now;
	if (o->mapped)
		route_map_free(&o->map);
	o->mapped = false;
}

static void take_told(void *context, uint16_t type, struct rd body)
{
	bool *told = context;

	(void)type;
	(void)body;
	*told = true;
}

bool own_routes_open(struct own_routes *o, const struct plan *p)
{
	char why[160];

	*o = own_routes_none();
	o->plan = p;
	if (netlink_open(&o->kernel, why, sizeof why) && netlink_listen(&o->heard, TOLD_OF, why, sizeof why))
		return true;
	own_routes_close(o);
	return false;
}

void own_routes_close(struct own_routes *o)
{
	netlink_close(&o->kernel);
	netlink_close(&o->heard);
	if (o->mapped)
		route_map_free(&o->map);
	free(o->looked);
	*o = own_routes_none();
}

/* What the socket could not hold was a change too. */
void own_routes_take(struct own_routes *o, struct mono_ns now)
{
	bool told = false;

	if (netlink_heard(&o->heard, take_told, &told) == 0 && !told)
		return;
	o->due = true;
	if (o->round == 0 || mono_since(now, o->round_at) >= ROUND_NS)
		begin_round(o, now);
}

void own_routes_look(struct own_routes *o, struct mono_ns now)
{
	if (o->due && mono_since(now, o->round_at) >= ROUND_NS)
		begin_round(o, now);
}

static uint8_t protocol_of(const struct plan_flow *f)
{
	return f->kind == PROBE_TCP_SYN ? IPPROTO_TCP : f->kind == PROBE_UDP ? IPPROTO_UDP : IPPROTO_ICMP;
}

/* The question that the raw socket's own way out answers: bound to the interface, with no port. What cannot be asked is
 * taken to be there. */
static bool has_route(struct own_routes *o, const struct plan_flow *f)
{
	const struct route_query q = {.dst = f->dst, .src = f->src, .oif = o->plan->ifaces[f->iface].index, .protocol = protocol_of(f)};
	bool fits = o->mapped && o->map_iface == f->iface && ip_addr_equal(&o->map_src, &f->src);
	struct route found;
	char why[160];

	if (!o->mapped) {
		route_map_make(&o->map);
		o->map_iface = f->iface;
		o->map_src = f->src;
		o->mapped = fits = true;
	}
	if (fits && route_map_get(&o->map, &f->dst, &found))
		return found.reachable;
	if (!route_lookup(&o->kernel, &q, &found, why, sizeof why))
		return true;
	if (fits)
		route_map_put(&o->map, &f->dst, &found);
	return found.reachable;
}

/* IPv6 has no such guess: there the kernel itself says that there is no route. */
bool own_routes_gone(struct own_routes *o, uint16_t flow)
{
	const struct plan_flow *f = &o->plan->flows[flow];

	if (o->round == 0 || f->dst.family != IP_V4)
		return false;
	if (o->looked[flow] / 2 != o->round)
		o->looked[flow] = 2 * o->round + !has_route(o, f);
	return o->looked[flow] % 2 != 0;
}

bool own_routes_moved(struct own_routes *o, uint16_t flow)
{
	const struct plan_flow *f = &o->plan->flows[flow];
	const struct route_query q = {.dst = f->dst, .protocol = protocol_of(f)};
	struct route found;
	char why[160];

	return route_lookup(&o->kernel, &q, &found, why, sizeof why) && found.reachable && found.oif != o->plan->ifaces[f->iface].index;
}
