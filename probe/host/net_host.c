/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces and addresses of this host. */
#include "probe/host/route.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define NET_OBJECTS_MAX 65536 /* interfaces, and addresses: a bound, not a wish */
#define DUMP_TRIES 5          /* a dump that changes under our hands is repeated */

struct collect {
	struct net_host *host;
	bool failed; /* out of memory */
};

/* Room for one more; NULL (and failed) when there is none. Doubles at powers of two. */
static void *more(struct collect *c, void **array, size_t count, size_t size)
{
	if (c->failed || count >= NET_OBJECTS_MAX) {
		c->failed = true;
		return NULL;
	}
	if (count == 0 || (count & (count - 1)) == 0) {
		void *grown = realloc(*array, (count == 0 ? 1 : 2 * count) * size);
		if (!grown) {
			c->failed = true;
			return NULL;
		}
		*array = grown;
	}
	return (char *)*array + count * size;
}

static void read_link_attributes(struct rd body, struct net_iface *i, bool *elsewhere)
{
	uint16_t type;
	struct rd value;
	while (netlink_attribute(&body, &type, &value)) {
		size_t len = rd_left(&value);
		if (type == IFLA_IFNAME && len > 0 && len <= sizeof(i->name)) {
			rd_bytes(&value, i->name, len);
			i->name[sizeof(i->name) - 1] = '\0';
		} else if (type == IFLA_ADDRESS && len == sizeof(i->mac)) {
			rd_bytes(&value, i->mac, len);
			i->resolves = true;
		} else if (type == IFLA_CARRIER) {
			i->carrier = rd_u8(&value) != 0;
		} else if (type == IFLA_MTU) {
			i->mtu = netlink_u32(&value);
		} else if (type == IFLA_LINK) {
			i->lower = netlink_u32(&value);
		} else if (type == IFLA_MASTER) {
			i->master = netlink_u32(&value);
		} else if (type == IFLA_LINK_NETNSID) {
			*elsewhere = true; /* the other end is in another namespace: not one of our indexes */
		}
	}
}

static void take_link(void *context, uint16_t type, struct rd body)
{
	struct collect *c = context;
	struct ifinfomsg m;
	bool elsewhere = false;
	rd_bytes(&body, &m, sizeof(m));
	if (type != RTM_NEWLINK || !rd_ok(&body) || m.ifi_index <= 0)
		return;
	void *ifaces = c->host->ifaces;
	struct net_iface *i = more(c, &ifaces, c->host->iface_count, sizeof(*i));
	c->host->ifaces = ifaces;
	if (!i)
		return;
	*i = (struct net_iface){.index = (uint32_t)m.ifi_index};
	read_link_attributes(body, i, &elsewhere);
	i->up = m.ifi_flags & IFF_UP;
	i->carrier = i->carrier && i->up;
	i->loopback = m.ifi_flags & IFF_LOOPBACK;
	i->resolves = i->resolves && !i->loopback && !(m.ifi_flags & IFF_NOARP);
	if (elsewhere || i->lower == i->index)
		i->lower = 0;
	c->host->iface_count++;
}

struct ip_addr net_address_in(struct rd *body, uint32_t *iface)
{
	struct ifaddrmsg m;
	uint16_t attribute;
	struct rd value, address = rd_over(NULL, 0);
	rd_bytes(body, &m, sizeof(m));
	uint8_t family = m.ifa_family == AF_INET6 ? IP_V6 : m.ifa_family == AF_INET ? IP_V4 : IP_NONE;
	if (!rd_ok(body) || family == IP_NONE)
		return ip_addr_none();
	/* On a point-to-point interface IFA_ADDRESS is the other end's; IFA_LOCAL is ours. */
	bool has_local = false;
	while (netlink_attribute(body, &attribute, &value)) {
		if (attribute == IFA_LOCAL || (attribute == IFA_ADDRESS && !has_local))
			address = value;
		has_local = has_local || attribute == IFA_LOCAL;
	}
	*iface = m.ifa_index;
	return rd_left(&address) == ip_addr_len(family) ? ip_addr_from(family, address.at) : ip_addr_none();
}

static void take_address(void *context, uint16_t type, struct rd body)
{
	struct collect *c = context;
	uint32_t iface = 0;
	struct ip_addr address = type == RTM_NEWADDR ? net_address_in(&body, &iface) : ip_addr_none();

	if (!ip_addr_is_set(&address))
		return;
	void *addresses = c->host->addresses;
	struct net_address *a = more(c, &addresses, c->host->address_count, sizeof(*a));
	c->host->addresses = addresses;
	if (!a)
		return;
	*a = (struct net_address){address, iface};
	c->host->address_count++;
}

static int collect_all(struct netlink *n, struct net_host *out)
{
	struct collect c = {.host = out};
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
	struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
	int error = netlink_ask(n, RTM_GETLINK, true, &link, sizeof(link), NULL, take_link, &c);
	if (error == 0)
		error = netlink_ask(n, RTM_GETADDR, true, &address, sizeof(address), NULL, take_address, &c);
	return error == 0 && c.failed ? ENOMEM : error;
}

bool net_host_read(struct netlink *n, struct net_host *out, char *err, size_t err_size)
{
	int error = EINTR;
	*out = (struct net_host){0};
	for (int i = 0; error == EINTR && i < DUMP_TRIES; i++) {
		net_host_free(out);
		error = collect_all(n, out);
	}
	if (error == 0)
		return true;
	text_format(err, err_size, "cannot list this host's interfaces: %s", strerror(error));
	net_host_free(out);
	return false;
}

void net_host_free(struct net_host *h)
{
	free(h->ifaces);
	free(h->addresses);
	*h = (struct net_host){0};
}

const struct net_iface *net_iface_named(const struct net_host *h, const char *name)
{
	for (size_t i = 0; i < h->iface_count; i++) {
		if (strcmp(h->ifaces[i].name, name) == 0)
			return &h->ifaces[i];
	}
	return NULL;
}

const struct net_iface *net_iface_at(const struct net_host *h, uint32_t index)
{
	for (size_t i = 0; i < h->iface_count; i++) {
		if (h->ifaces[i].index == index)
			return &h->ifaces[i];
	}
	return NULL;
}

uint32_t net_address_iface(const struct net_host *h, const struct ip_addr *a)
{
	for (size_t i = 0; i < h->address_count; i++) {
		if (ip_addr_is_set(a) && ip_addr_equal(&h->addresses[i].address, a))
			return h->addresses[i].iface;
	}
	return 0;
}

bool net_iface_related(const struct net_iface *a, const struct net_iface *b)
{
	return a->lower == b->index || b->lower == a->index || a->master == b->index || b->master == a->index;
}
