/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/environment_net.h"

#include "erprobe/addr.h"
#include "erprobe/bytes.h"
#include "probe/host/netlink.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

struct table { struct json_out *out; size_t rows; bool cut; };

/* An address or prefix of a message's family; null where the bytes do not fit it. */
static void add_address(struct json_out *j, const char *key, uint8_t family, struct rd value)
{
	uint8_t bytes[16] = {0};
	uint8_t version = family == AF_INET ? IP_V4 : family == AF_INET6 ? IP_V6 : IP_NONE;
	char text[IP_TEXT_MAX];
	struct ip_addr a;

	if (version == IP_NONE || rd_left(&value) != ip_addr_len(version)) {
		json_null(j, key);
		return;
	}
	rd_bytes(&value, bytes, ip_addr_len(version));
	a = ip_addr_from(version, bytes);
	json_text(j, key, ip_addr_text(&a, text));
}

static void add_link_address(struct json_out *j, const char *key, struct rd value)
{
	uint8_t mac[6];
	char text[24];

	if (rd_left(&value) != sizeof mac) {
		json_null(j, key);
		return;
	}
	rd_bytes(&value, mac, sizeof mac);
	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_text(j, key, text);
}

static void add_device(struct json_out *j, const char *key, uint32_t index)
{
	char name[IF_NAMESIZE];

	json_text(j, key, index > 0 ? if_indextoname(index, name) : NULL);
}

/* True when one more row may be written. */
static bool next_row(struct table *t)
{
	if (t->rows >= ENVIRONMENT_ROWS_MAX) {
		t->cut = true;
		return false;
	}
	t->rows++;
	return true;
}

static void each_link(void *context, uint16_t type, struct rd body)
{
	struct table *t = context;
	struct ifinfomsg head;
	uint16_t attribute;
	struct rd value;

	rd_bytes(&body, &head, sizeof head);
	if (type != RTM_NEWLINK || !rd_ok(&body) || !next_row(t))
		return;
	json_object(t->out, NULL);
	json_int(t->out, "index", head.ifi_index);
	json_bool(t->out, "up", (head.ifi_flags & IFF_UP) != 0);
	json_bool(t->out, "carrier", (head.ifi_flags & IFF_RUNNING) != 0);
	while (netlink_attribute(&body, &attribute, &value)) {
		char name[IF_NAMESIZE] = "";
		size_t len = rd_left(&value) < sizeof name - 1 ? rd_left(&value) : sizeof name - 1;

		if (attribute == IFLA_IFNAME) {
			rd_bytes(&value, name, len);
			json_text(t->out, "name", name);
		} else if (attribute == IFLA_MTU) {
			json_int(t->out, "mtu", netlink_u32(&value));
		} else if (attribute == IFLA_ADDRESS) {
			add_link_address(t->out, "link_address", value);
		}
	}
	json_object_end(t->out);
}

static void each_address(void *context, uint16_t type, struct rd body)
{
	struct table *t = context;
	struct ifaddrmsg head;
	uint16_t attribute;
	struct rd value;

	rd_bytes(&body, &head, sizeof head);
	if (type != RTM_NEWADDR || !rd_ok(&body) || !next_row(t))
		return;
	json_object(t->out, NULL);
	add_device(t->out, "interface", head.ifa_index);
	json_int(t->out, "prefix_length", head.ifa_prefixlen);
	while (netlink_attribute(&body, &attribute, &value)) {
		if (attribute == IFA_ADDRESS)
			add_address(t->out, "address", head.ifa_family, value);
	}
	json_object_end(t->out);
}

static void each_route(void *context, uint16_t type, struct rd body)
{
	struct table *t = context;
	struct rtmsg head;
	uint16_t attribute;
	struct rd value;

	rd_bytes(&body, &head, sizeof head);
	/* Local and broadcast addresses of the host itself say nothing new. */
	if (type != RTM_NEWROUTE || !rd_ok(&body) || head.rtm_type != RTN_UNICAST || !next_row(t))
		return;
	json_object(t->out, NULL);
	json_int(t->out, "family", head.rtm_family == AF_INET6 ? 6 : 4);
	json_int(t->out, "prefix_length", head.rtm_dst_len);
	json_int(t->out, "table", head.rtm_table);
	while (netlink_attribute(&body, &attribute, &value)) {
		if (attribute == RTA_DST)
			add_address(t->out, "destination", head.rtm_family, value);
		else if (attribute == RTA_GATEWAY)
			add_address(t->out, "gateway", head.rtm_family, value);
		else if (attribute == RTA_PREFSRC)
			add_address(t->out, "source", head.rtm_family, value);
		else if (attribute == RTA_OIF)
			add_device(t->out, "interface", netlink_u32(&value));
		else if (attribute == RTA_PRIORITY)
			json_int(t->out, "metric", netlink_u32(&value));
	}
	json_object_end(t->out);
}

static const char *neighbour_state(uint16_t state)
{
	if (state & NUD_PERMANENT)
		return "permanent";
	if (state & NUD_REACHABLE)
		return "reachable";
	if (state & (NUD_STALE | NUD_DELAY | NUD_PROBE))
		return "stale";
	if (state & (NUD_INCOMPLETE | NUD_FAILED))
		return "failed";
	return "other";
}

static void each_neighbour(void *context, uint16_t type, struct rd body)
{
	struct table *t = context;
	struct ndmsg head;
	uint16_t attribute;
	struct rd value;

	rd_bytes(&body, &head, sizeof head);
	if (type != RTM_NEWNEIGH || !rd_ok(&body) || (head.ndm_state & NUD_NOARP) || !next_row(t))
		return;
	json_object(t->out, NULL);
	add_device(t->out, "interface", (uint32_t)head.ndm_ifindex);
	json_text(t->out, "state", neighbour_state(head.ndm_state));
	while (netlink_attribute(&body, &attribute, &value)) {
		if (attribute == NDA_DST)
			add_address(t->out, "address", head.ndm_family, value);
		else if (attribute == NDA_LLADDR)
			add_link_address(t->out, "link_address", value);
	}
	json_object_end(t->out);
}

static void add_table(struct json_out *j, struct netlink *n, const char *key, uint16_t question, const void *fixed,
                      size_t fixed_len, netlink_message *each)
{
	uint8_t none[4];
	struct wr attributes = wr_over(none, sizeof none);
	struct table t = {.out = j};
	char cut[32];
	int code;

	json_array(j, key);
	code = n ? netlink_ask(n, question, true, fixed, fixed_len, &attributes, each, &t) : -1;
	json_array_end(j);
	snprintf(cut, sizeof cut, "%s_complete", key);
	json_bool(j, cut, code == 0 && !t.cut);
}

void environment_net_write(struct json_out *j)
{
	struct ifinfomsg link = {.ifi_family = AF_UNSPEC};
	struct ifaddrmsg address = {.ifa_family = AF_UNSPEC};
	struct rtmsg route = {.rtm_family = AF_UNSPEC};
	struct ndmsg neighbour = {.ndm_family = AF_UNSPEC};
	struct netlink n;
	char err[160];
	bool open = netlink_open(&n, err, sizeof err);
	struct netlink *ask = open ? &n : NULL;

	add_table(j, ask, "interfaces", RTM_GETLINK, &link, sizeof link, each_link);
	add_table(j, ask, "addresses", RTM_GETADDR, &address, sizeof address, each_address);
	add_table(j, ask, "routes", RTM_GETROUTE, &route, sizeof route, each_route);
	add_table(j, ask, "neighbours", RTM_GETNEIGH, &neighbour, sizeof neighbour, each_neighbour);
	if (open)
		netlink_close(&n);
}
