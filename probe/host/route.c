/* SPDX-License-Identifier: BSD-2-Clause */
/* Route and neighbour look-ups. */
#include "probe/host/route.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static unsigned char af_of(const struct ip_addr *a)
{
	return a->family == IP_V6 ? AF_INET6 : AF_INET;
}

/* An attribute that is an address of this family; unset when it has another length. */
static struct ip_addr read_address(uint8_t family, struct rd value)
{
	uint8_t bytes[16] = {0};
	size_t len = ip_addr_len(family);
	if (len == 0 || rd_left(&value) != len)
		return ip_addr_none();
	rd_bytes(&value, bytes, len);
	return ip_addr_from(family, bytes);
}

/* RTA_VIA: a next hop of another family (IPv4 over an IPv6 gateway, RFC 5549):
 * 16-bit family in host order, then the address. */
static struct ip_addr read_via(struct rd value)
{
	uint16_t family;
	rd_bytes(&value, &family, sizeof(family));
	return read_address(family == AF_INET6 ? IP_V6 : family == AF_INET ? IP_V4 : IP_NONE, value);
}

struct route_answer {
	const struct route_query *query;
	struct route *out;
};

static void read_route_attributes(const struct route_query *q, struct rd body, struct route *out)
{
	uint16_t type;
	struct rd value;
	while (netlink_attribute(&body, &type, &value)) {
		out->on_link &= type != RTA_GATEWAY && type != RTA_VIA;
		if (type == RTA_OIF)
			out->oif = netlink_u32(&value);
		else if (type == RTA_GATEWAY)
			out->next_hop = read_address(q->dst.family, value);
		else if (type == RTA_VIA)
			out->next_hop = read_via(value);
		else if (type == RTA_PREFSRC && !ip_addr_is_set(&q->src))
			out->source = read_address(q->dst.family, value);
	}
}

static void take_route(void *context, uint16_t type, struct rd body)
{
	struct route_answer *a = context;
	struct route *out = a->out;
	struct rtmsg m;
	rd_bytes(&body, &m, sizeof(m));
	if (type != RTM_NEWROUTE || !rd_ok(&body))
		return;
	out->on_link = true;
	out->next_hop = a->query->dst;
	out->source = a->query->src;
	read_route_attributes(a->query, body, out);
	out->local = m.rtm_type == RTN_LOCAL;
	out->broadcast = m.rtm_type == RTN_BROADCAST;
	/* Asked for a bound interface, IPv4 assumes that everything is on-link there when
	 * no route leads over it. Such an answer comes from no table: not a way to dst. */
	bool assumed = m.rtm_table == RT_TABLE_UNSPEC && a->query->oif != 0 && a->query->dst.family == IP_V4;
	out->reachable = (m.rtm_type == RTN_UNICAST || out->local) && out->oif != 0 && !assumed;
}

/* Errors that are an answer about the route, not a failure to ask. */
static bool says_no_route(int error)
{
	return error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES || error == EINVAL || error == ENODEV ||
	       error == ENETDOWN || error == EADDRNOTAVAIL;
}

static void put_query(struct wr *w, const struct route_query *q)
{
	netlink_put(w, RTA_DST, q->dst.bytes, ip_addr_len(q->dst.family));
	if (ip_addr_is_set(&q->src))
		netlink_put(w, RTA_SRC, q->src.bytes, ip_addr_len(q->src.family));
	if (q->oif != 0)
		netlink_put(w, RTA_OIF, &q->oif, sizeof(q->oif));
	if (q->protocol != 0)
		netlink_put(w, RTA_IP_PROTO, &q->protocol, sizeof(q->protocol));
	const uint8_t sport[2] = {(uint8_t)(q->sport >> 8), (uint8_t)q->sport};
	const uint8_t dport[2] = {(uint8_t)(q->dport >> 8), (uint8_t)q->dport};
	if (q->sport != 0)
		netlink_put(w, RTA_SPORT, sport, sizeof(sport));
	if (q->dport != 0)
		netlink_put(w, RTA_DPORT, dport, sizeof(dport));
}

bool route_lookup(struct netlink *n, const struct route_query *q, struct route *out, char *err, size_t err_size)
{
	uint8_t attributes[128];
	struct wr w = wr_over(attributes, sizeof(attributes));
	struct rtmsg m = {
		.rtm_family = af_of(&q->dst),
		.rtm_dst_len = (unsigned char)(ip_addr_len(q->dst.family) * 8),
		.rtm_src_len = (unsigned char)(ip_addr_len(q->src.family) * 8),
		.rtm_flags = RTM_F_LOOKUP_TABLE,
	};
	struct route_answer a = {q, out};
	*out = (struct route){0};
	put_query(&w, q);
	out->error = netlink_ask(n, RTM_GETROUTE, false, &m, sizeof(m), &w, take_route, &a);
	if (out->error == 0 || says_no_route(out->error)) {
		if (!out->reachable)
			*out = (struct route){.source = q->src, .error = out->error, .broadcast = out->broadcast};
		return true;
	}
	char dst[IP_TEXT_MAX];
	text_format(err, err_size, "cannot look up the route to %s: %s", ip_addr_text(&q->dst, dst), strerror(out->error));
	return false;
}

static void take_neighbour(void *context, uint16_t type, struct rd body)
{
	struct neighbour *out = context;
	struct ndmsg m;
	uint16_t attribute;
	struct rd value;
	rd_bytes(&body, &m, sizeof(m));
	if (type != RTM_NEWNEIGH || !rd_ok(&body))
		return;
	while (netlink_attribute(&body, &attribute, &value)) {
		if (attribute == NDA_LLADDR && rd_left(&value) == sizeof(out->mac)) {
			rd_bytes(&value, out->mac, sizeof(out->mac));
			out->has_mac = true;
		}
	}
	const unsigned resolved = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
	out->state = m.ndm_state & resolved         ? NEIGHBOUR_RESOLVED
	             : m.ndm_state & NUD_FAILED     ? NEIGHBOUR_FAILED
	             : m.ndm_state & NUD_INCOMPLETE ? NEIGHBOUR_INCOMPLETE
	                                            : NEIGHBOUR_UNKNOWN;
}

bool neighbour_lookup(struct netlink *n, const struct ip_addr *a, uint32_t iface, struct neighbour *out, char *err,
                      size_t err_size)
{
	uint8_t attributes[32];
	struct wr w = wr_over(attributes, sizeof(attributes));
	struct ndmsg m = {.ndm_family = af_of(a), .ndm_ifindex = (int32_t)iface};
	*out = (struct neighbour){0};
	netlink_put(&w, NDA_DST, a->bytes, ip_addr_len(a->family));
	int error = netlink_ask(n, RTM_GETNEIGH, false, &m, sizeof(m), &w, take_neighbour, out);
	if (error == 0 || error == ENOENT || error == ENODEV)
		return true;
	char text[IP_TEXT_MAX];
	text_format(err, err_size, "cannot look up the neighbour %s: %s", ip_addr_text(a, text), strerror(error));
	return false;
}
