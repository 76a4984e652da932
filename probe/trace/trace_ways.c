/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_ways.h"

#include "analysis/match/identity.h"
#include "analysis/trace/trace_capture.h"
#include "erprobe/bytes.h"
#include "probe/host/now.h"
#include "probe/host/route.h"

#include <linux/rtnetlink.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READ_AGAIN_NS (100 * NS_PER_MS)
#define MAC_BYTES 6u
#define ETHERTYPE_AT 12u
#define HEADER_BYTES 14u
#define TOLD_OF (RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE | RTMGRP_IPV4_RULE | 1u << (RTNLGRP_IPV6_RULE - 1) | 1u << (RTNLGRP_NEXTHOP - 1))

bool trace_ways_wanted(const struct trace_run_options *o, size_t destinations, double rate)
{
	if (o->send_by == TRACE_SEND_STACK || destinations < TRACE_BULK_FROM || o->sizes)
		return false;
	return o->send_by == TRACE_SEND_LINK || isinf(rate);
}

/* The number of this next hop, from 1; 0 when there is no room for it. */
static uint8_t via_of(struct trace_ways *w, const struct plan_flow *f)
{
	for (size_t i = 0; i < w->via_count; i++)
		if (w->vias[i].iface == f->iface && ip_addr_equal(&w->vias[i].addr, &f->next_hop))
			return (uint8_t)(i + 1);
	if (w->via_count == CHANNEL_VIAS_MAX)
		return 0;
	w->vias[w->via_count++] = (struct helper_via){f->next_hop, f->iface};
	return (uint8_t)w->via_count;
}

/* By a gateway of its own family: a destination on the link is its own next hop, and there may be thousands. */
static bool has_gateway(const struct plan_flow *f)
{
	return !f->no_route && f->next_hop.family == f->dst.family && !ip_addr_equal(&f->next_hop, &f->dst);
}

void trace_ways_make(struct trace_ways *w, const struct plan *p)
{
	char why[160];

	*w = (struct trace_ways){.plan = p, .round = 1, .kernel.fd = -1, .heard.fd = -1};
	/* Heard from before the first look at a neighbour. */
	if (!netlink_open(&w->kernel, why, sizeof why) || !netlink_listen(&w->heard, TOLD_OF, why, sizeof why)) {
		trace_ways_free(w);
		return;
	}
	w->flows = calloc(p->flow_count + 1, sizeof *w->flows);
	/* Interface by interface, as the helper numbers them. */
	for (size_t iface = 0; w->flows && iface < p->iface_count; iface++)
		for (size_t i = 0; i < p->flow_count; i++)
			if (p->flows[i].iface == iface && has_gateway(&p->flows[i]))
				w->flows[i].via = via_of(w, &p->flows[i]);
}

void trace_ways_free(struct trace_ways *w)
{
	if (!w->plan)
		return;
	free(w->flows);
	netlink_close(&w->kernel);
	netlink_close(&w->heard);
	*w = (struct trace_ways){0};
}

void trace_ways_none(struct trace_ways *w)
{
	w->none = true;
}

static void take_told(void *context, uint16_t type, struct rd body)
{
	bool *told = context;

	(void)type;
	(void)body;
	*told = true;
}

void trace_ways_anew(struct trace_ways *w, struct wall_ns since)
{
	w->round++;
	if (since.ns > w->since.ns)
		w->since = since;
}

void trace_ways_look(struct trace_ways *w, struct mono_ns now)
{
	if (!trace_ways_open(w) || mono_since(now, w->round_at) < TRACE_WAYS_NS)
		return;
	w->round_at = now;
	trace_ways_anew(w, now_wall());
}

/* What the socket could not hold was a change too. On a host whose routes change all the time nothing goes by a link: each
 * change would set aside what is under way. */
static void on_change(void *arg)
{
	struct trace_ways *w = arg;
	bool told = false;

	if (netlink_heard(&w->heard, take_told, &told) == 0 && !told)
		return;
	trace_ways_anew(w, wall_add(now_wall(), TRACE_WAYS_NS));
	if (w->handed)
		w->lost(w->lost_arg);
	w->handed = false;
}

bool trace_ways_watch(struct trace_ways *w, struct loop *loop, loop_fn *lost, void *arg)
{
	w->lost = lost;
	w->lost_arg = arg;
	return !w->flows || loop_readable(loop, w->heard.fd, on_change, w) != NULL;
}

bool trace_way_is_plain(const struct frame *f, const uint8_t mac[6])
{
	if (f->cap_len < HEADER_BYTES + 2 || memcmp(f->bytes, mac, MAC_BYTES) != 0)
		return false;
	uint16_t type = bytes_big16(f->bytes + ETHERTYPE_AT), first = bytes_big16(f->bytes + HEADER_BYTES);
	/* | version (4) | header's length (4) | type of service (8) |, or | version (4) | traffic class (8) | label (20) |:
	 * RFC 791, 3.1; RFC 8200, 3. */
	return (type == 0x0800 && first >> 12 == 4 && (first & 0xff) == 0) || (type == 0x86dd && first >> 4 == 0x600);
}

/* The kernel's entry for a next hop, no older than READ_AGAIN_NS. */
static const struct trace_way *way_of(struct trace_ways *w, uint8_t via)
{
	struct trace_way *way = &w->ways[via - 1];
	const struct helper_via *v = &w->vias[via - 1];
	struct neighbour n;
	struct mono_ns now = now_mono();
	char why[160];

	if (way->read_at.ns != 0 && mono_since(now, way->read_at) < READ_AGAIN_NS)
		return way;
	way->read_at = now;
	way->known = neighbour_lookup(&w->kernel, &v->addr, w->plan->ifaces[v->iface].index, &n, why, sizeof why) &&
	             n.state == NEIGHBOUR_RESOLVED && n.has_mac;
	if (way->known)
		memcpy(way->mac, n.mac, sizeof way->mac);
	return way;
}

void trace_ways_left(struct trace_ways *w, const struct frame *f, const struct match *m)
{
	struct trace_way_flow *flow = trace_ways_open(w) ? &w->flows[m->flow] : NULL;

	if (!flow || flow->via == 0 || flow->seen == w->round || f->iface != w->plan->flows[m->flow].iface ||
	    f->at.ns < w->since.ns || m->index < flow->linked)
		return;
	const struct trace_way *way = way_of(w, flow->via);
	if (way->known && trace_way_is_plain(f, way->mac))
		flow->seen = w->round;
}

void trace_ways_refused(struct trace_ways *w, uint32_t id, enum send_result why)
{
	bool passing = why == SEND_NO_BUFFER || why == SEND_REFUSED_RATE;

	if (!w->flows || passing || id == 0 || identity_named_flow(id) >= w->plan->flow_count)
		return;
	struct trace_way_flow *flow = &w->flows[identity_named_flow(id)];
	bool changed = flow->via != 0 && flow->seen != 0 && (why == SEND_BLOCKED || why == SEND_NO_ROUTE);
	flow->via = 0;
	if (changed)
		trace_ways_anew(w, now_wall());
}

bool trace_ways_open(const struct trace_ways *w)
{
	return w->flows && !w->none && w->via_count > 0;
}

uint8_t trace_ways_of(const struct trace_ways *w, uint16_t flow)
{
	return trace_ways_open(w) && w->flows[flow].seen == w->round ? w->flows[flow].via : 0;
}

uint8_t trace_ways_hand(struct trace_ways *w, uint16_t flow, uint16_t index)
{
	uint8_t via = trace_ways_of(w, flow);

	if (via != 0)
		w->flows[flow].linked = index + 1u;
	w->handed = w->handed || via != 0;
	return via;
}
