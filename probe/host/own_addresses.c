/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/own_addresses.h"

#include "probe/host/route.h"

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#define TOLD_OF (RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)

static struct own_address *find(struct own_addresses *o, const struct ip_addr *a)
{
	for (size_t i = 0; i < o->count; i++)
		if (ip_addr_equal(&o->list[i].addr, a))
			return &o->list[i];
	return NULL;
}

bool own_addresses_open(struct own_addresses *o, const struct plan *p, char *err, size_t err_size)
{
	*o = (struct own_addresses){.heard.fd = -1};
	for (size_t i = 0; i < p->flow_count && o->count < OWN_ADDRESSES_MAX; i++)
		if (ip_addr_is_set(&p->flows[i].src) && !find(o, &p->flows[i].src))
			o->list[o->count++] = (struct own_address){.addr = p->flows[i].src};
	o->due = netlink_listen(&o->heard, TOLD_OF, err, err_size);
	return o->due;
}

void own_addresses_close(struct own_addresses *o)
{
	netlink_close(&o->heard);
}

int own_addresses_fd(const struct own_addresses *o)
{
	return o->heard.fd;
}

static void take_told(void *context, uint16_t type, struct rd body)
{
	struct own_addresses *o = context;
	uint32_t iface;

	if (type != RTM_NEWADDR && type != RTM_DELADDR)
		return;
	struct ip_addr a = net_address_in(&body, &iface);
	struct own_address *own = find(o, &a);
	if (!own)
		return;
	o->due = true;
	own->went = own->went || type == RTM_DELADDR;
}

/* Of no interface, and yet ours: by a local route (`ip route add local …`). */
static bool is_local(struct netlink *kernel, const struct ip_addr *a)
{
	const struct route_query q = {.dst = *a};
	struct route r;
	char err[160];

	return route_lookup(kernel, &q, &r, err, sizeof err) && r.local;
}

/* The tables decide: another interface may hold it still. What cannot be read changes nothing, and is read later. */
static bool look(struct own_addresses *o)
{
	struct netlink kernel;
	struct net_host host;
	char err[160];

	if (!netlink_open(&kernel, err, sizeof err))
		return false;
	bool ok = net_host_read(&kernel, &host, err, sizeof err);
	for (size_t i = 0; ok && i < o->count; i++) {
		bool was = o->list[i].gone;
		o->list[i].gone = net_address_iface(&host, &o->list[i].addr) == 0 && !is_local(&kernel, &o->list[i].addr);
		o->list[i].went = o->list[i].went || (o->list[i].gone && !was);
	}
	if (ok)
		net_host_free(&host);
	netlink_close(&kernel);
	return ok;
}

bool own_addresses_take(struct own_addresses *o)
{
	for (size_t i = 0; o->told && i < o->count; i++)
		o->list[i].went = false;
	o->told = false;
	/* More was told than the socket holds: then nobody knows what. */
	if (netlink_heard(&o->heard, take_told, o) != 0)
		o->due = true;
	if (!o->due || !look(o))
		return false;
	o->due = false;
	o->told = true;
	return true;
}

bool own_addresses_gone(const struct own_addresses *o, const struct ip_addr *a)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].gone && ip_addr_equal(&o->list[i].addr, a))
			return true;
	return false;
}
