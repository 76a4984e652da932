/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/route_map.h"

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DUMP_MOST 32u /* answers of up to 32 KiB: beyond some 10,000 routes the map costs more than it saves */
#define LEN_MOST 32u

static bool add_edge(struct route_map *m, uint32_t at)
{
	if (m->count == m->room) {
		size_t room = m->room > 0 ? 2 * m->room : 64;
		uint32_t *grown = realloc(m->edges, room * sizeof *grown);
		if (!grown)
			return false;
		m->edges = grown;
		m->room = room;
	}
	m->edges[m->count++] = at;
	return true;
}

/* Where a prefix begins, and where what lies behind it does. */
static void add_prefix(struct route_map *m, const uint8_t bytes[4], unsigned len)
{
	uint32_t first = bytes_big32(bytes), last = len >= LEN_MOST ? first : first | UINT32_MAX >> len;

	if (!add_edge(m, first) || (last < UINT32_MAX && !add_edge(m, last + 1)))
		m->unfit = true;
}

/* Finds the attribute that is a destination; false where there is none. Notes what makes a route unfit. */
static bool read_destination(struct route_map *m, struct rd body, uint16_t wanted, bool is_route, uint8_t bytes[4])
{
	uint16_t type;
	struct rd value;
	bool found = false;

	while (netlink_attribute(&body, &type, &value)) {
		if (is_route && (type == RTA_MULTIPATH || type == RTA_NH_ID))
			m->unfit = true;
		if (type != wanted || rd_left(&value) != 4)
			continue;
		rd_bytes(&value, bytes, 4);
		found = true;
	}
	return found;
}

static void take_route(void *context, uint16_t type, struct rd body)
{
	struct route_map *m = context;
	struct rtmsg head;
	uint8_t bytes[4];

	rd_bytes(&body, &head, sizeof(head));
	if (type == RTM_NEWROUTE && rd_ok(&body) && head.rtm_family == AF_INET &&
	    read_destination(m, body, RTA_DST, true, bytes))
		add_prefix(m, bytes, head.rtm_dst_len);
}

static void take_rule(void *context, uint16_t type, struct rd body)
{
	struct route_map *m = context;
	struct fib_rule_hdr head;
	uint8_t bytes[4];

	rd_bytes(&body, &head, sizeof(head));
	if (type == RTM_NEWRULE && rd_ok(&body) && head.family == AF_INET && read_destination(m, body, FRA_DST, false, bytes))
		add_prefix(m, bytes, head.dst_len);
}

static int compare(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/* Sorted, each once; among them what the kernel knows without a route: 0.0.0.0/8 and the limited broadcast. */
static bool put_in_order(struct route_map *m)
{
	static const uint8_t zero[4] = {0}, broadcast[4] = {255, 255, 255, 255};
	size_t kept = 0;

	add_prefix(m, zero, 8);
	add_prefix(m, zero, 32); /* unspecified: this host */
	add_prefix(m, broadcast, 32);
	if (m->unfit)
		return false;
	qsort(m->edges, m->count, sizeof *m->edges, compare);
	for (size_t i = 0; i < m->count; i++)
		if (kept == 0 || m->edges[kept - 1] != m->edges[i])
			m->edges[kept++] = m->edges[i];
	m->count = kept;
	m->known = calloc(kept + 1, sizeof *m->known);
	m->asked = calloc(kept + 1, sizeof *m->asked);
	return m->known && m->asked;
}

void route_map_make(struct route_map *m)
{
	const struct rtmsg routes = {.rtm_family = AF_INET}, learned = {.rtm_family = AF_INET, .rtm_flags = RTM_F_CLONED};
	const struct fib_rule_hdr rules = {.family = AF_INET};
	struct netlink n;
	char why[128];

	*m = (struct route_map){0};
	/* A socket of its own: a dump that is given up ends with it. */
	if (!netlink_open(&n, why, sizeof why))
		return;
	n.most = DUMP_MOST;
	bool ok = netlink_ask(&n, RTM_GETROUTE, true, &routes, sizeof routes, NULL, take_route, m) == 0 &&
	          netlink_ask(&n, RTM_GETROUTE, true, &learned, sizeof learned, NULL, take_route, m) == 0 &&
	          netlink_ask(&n, RTM_GETRULE, true, &rules, sizeof rules, NULL, take_rule, m) == 0;
	netlink_close(&n);
	if (!ok || m->unfit || !put_in_order(m))
		route_map_free(m);
}

void route_map_free(struct route_map *m)
{
	free(m->edges);
	free(m->known);
	free(m->asked);
	*m = (struct route_map){0};
}

/* The last stretch that does not begin after the address. */
static size_t stretch_of(const struct route_map *m, uint32_t address)
{
	size_t low = 0, high = m->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (m->edges[middle] <= address)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static bool in_map(const struct route_map *m, const struct ip_addr *dst)
{
	return m->count > 0 && dst->family == IP_V4 && !ip_addr_is_multicast(dst); /* of a group who has joined it counts */
}

bool route_map_get(const struct route_map *m, const struct ip_addr *dst, struct route *out)
{
	size_t at = in_map(m, dst) ? stretch_of(m, bytes_big32(dst->bytes)) : 0;

	if (!in_map(m, dst) || !m->asked[at])
		return false;
	*out = m->known[at];
	if (out->on_link)
		out->next_hop = *dst;
	return true;
}

void route_map_put(struct route_map *m, const struct ip_addr *dst, const struct route *r)
{
	size_t at = in_map(m, dst) ? stretch_of(m, bytes_big32(dst->bytes)) : 0;

	if (!in_map(m, dst))
		return;
	m->known[at] = *r;
	m->asked[at] = true;
}
