/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_routes.h"

#include "probe/host/now.h"
#include "probe/host/route.h"
#include "probe/trace/trace_progress.h"

#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>

#define TOLD_OF (RTMGRP_IPV4_ROUTE | RTMGRP_IPV4_RULE | 1u << (RTNLGRP_NEXTHOP - 1))
#define ROUND_NS (100 * NS_PER_MS) /* on a host whose routes change all the time */

static void begin_round(struct trace_routes *r, struct mono_ns now)
{
	if (!r->looked)
		r->looked = calloc(r->plan->flow_count + 1, sizeof *r->looked);
	if (!r->looked)
		return;
	r->due = false;
	r->round++;
	r->round_at = now;
	if (r->mapped)
		route_map_free(&r->map);
	r->mapped = false;
}

static void take_told(void *context, uint16_t type, struct rd body)
{
	bool *told = context;

	(void)type;
	(void)body;
	*told = true;
}

/* What the socket could not hold was a change too. */
static void on_change(void *arg)
{
	struct trace_routes *r = arg;
	struct mono_ns now = now_mono();
	bool told = false;

	if (netlink_heard(&r->heard, take_told, &told) == 0 && !told)
		return;
	r->due = true;
	if (r->round == 0 || mono_since(now, r->round_at) >= ROUND_NS)
		begin_round(r, now);
}

bool trace_routes_watch(struct trace_routes *r, struct loop *loop, const struct plan *p, struct trace_engine *e, struct progress *progress)
{
	char why[160];

	*r = (struct trace_routes){.plan = p, .engine = e, .progress = progress, .kernel.fd = -1, .heard.fd = -1};
	if (netlink_open(&r->kernel, why, sizeof why) && netlink_listen(&r->heard, TOLD_OF, why, sizeof why))
		return loop_readable(loop, r->heard.fd, on_change, r) != NULL;
	trace_routes_close(r);
	return true;
}

void trace_routes_look(struct trace_routes *r, struct mono_ns now)
{
	if (r->due && mono_since(now, r->round_at) >= ROUND_NS)
		begin_round(r, now);
}

void trace_routes_close(struct trace_routes *r)
{
	netlink_close(&r->kernel);
	netlink_close(&r->heard);
	if (r->mapped)
		route_map_free(&r->map);
	free(r->looked);
	*r = trace_routes_none();
}

static uint8_t protocol_of(const struct plan_flow *f)
{
	return f->kind == PROBE_TCP_SYN ? IPPROTO_TCP : f->kind == PROBE_UDP ? IPPROTO_UDP : IPPROTO_ICMP;
}

/* The question that the raw socket's own way out answers: bound to the interface, with no port. What cannot be asked is
 * taken to be there. */
static bool has_route(struct trace_routes *r, const struct plan_flow *f)
{
	const struct route_query q = {.dst = f->dst, .src = f->src, .oif = r->plan->ifaces[f->iface].index, .protocol = protocol_of(f)};
	bool fits = r->mapped && r->map_iface == f->iface && ip_addr_equal(&r->map_src, &f->src);
	struct route found;
	char why[160];

	if (!r->mapped) {
		route_map_make(&r->map);
		r->map_iface = f->iface;
		r->map_src = f->src;
		r->mapped = fits = true;
	}
	if (fits && route_map_get(&r->map, &f->dst, &found))
		return found.reachable;
	if (!route_lookup(&r->kernel, &q, &found, why, sizeof why))
		return true;
	if (fits)
		route_map_put(&r->map, &f->dst, &found);
	return found.reachable;
}

/* IPv6 has no such guess: there the kernel itself says that there is no route. */
static bool is_gone(struct trace_routes *r, uint16_t flow)
{
	const struct plan_flow *f = &r->plan->flows[flow];

	if (f->dst.family != IP_V4)
		return false;
	if (r->looked[flow] / 2 != r->round)
		r->looked[flow] = 2 * r->round + !has_route(r, f);
	return r->looked[flow] % 2 != 0;
}

size_t trace_routes_keep(struct trace_routes *r, struct trace_wish *wishes, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		char text[IP_TEXT_MAX];
		if (r->round == 0 || !is_gone(r, wishes[i].flow)) {
			wishes[kept++] = wishes[i];
			continue;
		}
		if (!r->said)
			progress_warn(r->progress, "this host has lost its route to %s: nothing is sent where there is none until it is back",
			              ip_addr_text(&r->plan->flows[wishes[i].flow].dst, text));
		r->said = true;
		trace_engine_not_sent(r->engine, wishes[i].id, SEND_ROUTE_GONE);
	}
	return kept;
}
