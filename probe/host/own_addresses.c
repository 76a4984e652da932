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
	return netlink_listen(&o->heard, TOLD_OF, err, err_size);
}

void own_addresses_close(struct own_addresses *o)
{
	netlink_close(&o->heard);
}

int own_addresses_fd(const struct own_addresses *o)
{
	return o->heard.fd;
}

struct told { struct own_addresses *of; bool any; };

static void take_told(void *context, uint16_t type, struct rd body)
{
	struct told *t = context;
	uint32_t iface;

	if (type != RTM_NEWADDR && type != RTM_DELADDR)
		return;
	struct ip_addr a = net_address_in(&body, &iface);
	struct own_address *own = find(t->of, &a);
	if (!own)
		return;
	t->any = true;
	own->went = own->went || type == RTM_DELADDR;
}

/* The tables decide: another interface may hold it still. What cannot be read changes nothing. */
static void look(struct own_addresses *o, bool missed)
{
	struct netlink kernel;
	struct net_host host;
	char err[160];

	if (!netlink_open(&kernel, err, sizeof err))
		return;
	if (net_host_read(&kernel, &host, err, sizeof err)) {
		for (size_t i = 0; i < o->count; i++) {
			bool was = o->list[i].gone;
			o->list[i].gone = net_address_iface(&host, &o->list[i].addr) == 0;
			o->list[i].went = o->list[i].went || (missed && o->list[i].gone && !was);
		}
		net_host_free(&host);
	}
	netlink_close(&kernel);
}

bool own_addresses_take(struct own_addresses *o)
{
	struct told t = {.of = o};

	for (size_t i = 0; i < o->count; i++)
		o->list[i].went = false;
	/* More was told than the socket holds: then nobody knows what. */
	bool missed = netlink_heard(&o->heard, take_told, &t) != 0;
	if (t.any || missed)
		look(o, missed);
	return t.any || missed;
}

bool own_addresses_gone(const struct own_addresses *o, const struct ip_addr *a)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].gone && ip_addr_equal(&o->list[i].addr, a))
			return true;
	return false;
}
