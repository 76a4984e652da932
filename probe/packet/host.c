/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/host.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ip_addr address_of(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa != NULL && sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof(in4));
		return ip_addr_from(IP_V4, (const uint8_t *)&in4.sin_addr);
	}
	if (sa != NULL && sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		return ip_addr_from(IP_V6, (const uint8_t *)&in6.sin6_addr);
	}
	return ip_addr_none();
}

static uint8_t mask_len(const struct ip_addr *mask)
{
	uint8_t len = 0;

	for (size_t i = 0; i < ip_addr_len(mask->family); i++)
		for (unsigned bit = 0x80; bit != 0 && (mask->bytes[i] & bit) != 0; bit >>= 1)
			len++;
	return len;
}

static struct ip_prefix prefix_of(struct ip_addr a, uint8_t len)
{
	for (size_t i = 0; i < ip_addr_len(a.family); i++) {
		unsigned host_bits = len >= 8 * (i + 1) ? 0 : len <= 8 * i ? 8 : (unsigned)(8 * (i + 1) - len);

		a.bytes[i] = (uint8_t)(a.bytes[i] & 0xff << host_bits);
	}
	return (struct ip_prefix){a, len};
}

/* On a point-to-point device the one neighbour is its other end, whatever the mask. */
static struct ip_prefix on_link_of(const struct ifaddrs *i, const struct ip_addr *own)
{
	struct ip_addr mask = address_of(i->ifa_netmask);
	struct ip_addr peer = address_of(i->ifa_dstaddr);

	if ((i->ifa_flags & IFF_POINTOPOINT) != 0 && ip_addr_is_set(&peer))
		return (struct ip_prefix){peer, (uint8_t)(8 * ip_addr_len(peer.family))};
	if (mask.family != own->family)
		return (struct ip_prefix){*own, (uint8_t)(8 * ip_addr_len(own->family))};
	return prefix_of(*own, mask_len(&mask));
}

static uint8_t slot_of(const char *name, const uint32_t *indexes, size_t count)
{
	unsigned index = if_nametoindex(name);

	for (size_t i = 0; i < count; i++)
		if (indexes[i] == index)
			return (uint8_t)i;
	return POLICY_NO_SLOT;
}

static bool fill_own(const struct ifaddrs *i, const uint32_t *indexes, size_t count, struct policy_own *out)
{
	out->addr = address_of(i->ifa_addr);
	if (!ip_addr_is_set(&out->addr))
		return false;
	out->on_link = on_link_of(i, &out->addr);
	out->broadcast = (i->ifa_flags & IFF_BROADCAST) != 0 && out->addr.family == IP_V4
	                     ? address_of(i->ifa_broadaddr) : ip_addr_none();
	/* Without a broadcast address (a /32, or "brd" never set) the field repeats the own one. */
	if (ip_addr_equal(&out->broadcast, &out->addr))
		out->broadcast = ip_addr_none();
	out->slot = slot_of(i->ifa_name, indexes, count);
	return true;
}

bool host_addresses(const uint32_t *indexes, size_t index_count, struct policy_own **out, size_t *count,
                    char *err, size_t err_size)
{
	struct ifaddrs *all = NULL;
	size_t most = 0;

	*out = NULL;
	*count = 0;
	if (getifaddrs(&all) != 0) {
		snprintf(err, err_size, "cannot list this host's addresses: %s", strerror(errno));
		return false;
	}
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		most++;
	*out = calloc(most > 0 ? most : 1, sizeof(**out));
	if (*out == NULL)
		snprintf(err, err_size, "cannot list this host's addresses: out of memory");
	for (const struct ifaddrs *i = all; *out != NULL && i != NULL; i = i->ifa_next)
		if (fill_own(i, indexes, index_count, &(*out)[*count]))
			(*count)++;
	freeifaddrs(all);
	return *out != NULL;
}

bool host_link_address(const char *iface, uint8_t out[6])
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r;
	bool ethernet;

	memset(out, 0, 6);
	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", iface);
	ethernet = fd >= 0 && ioctl(fd, SIOCGIFHWADDR, &r) == 0 && r.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	if (ethernet)
		memcpy(out, r.ifr_hwaddr.sa_data, 6);
	if (fd >= 0)
		close(fd);
	return ethernet;
}
