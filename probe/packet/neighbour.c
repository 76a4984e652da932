/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/neighbour.h"

#include "probe/packet/kernel.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX 2048 /* an entry with all its attributes is about 150 bytes */
#define MAC_BYTES 6u
#define GROUP_BIT 1u    /* of the first byte of a link address: no single station's */
#define KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

static uint8_t family_of(const struct ip_addr *a)
{
	return a->family == IP_V6 ? AF_INET6 : AF_INET;
}

static bool is_of(struct rd value, const struct ip_addr *a)
{
	size_t len = ip_addr_len(a->family);

	return rd_left(&value) == len && memcmp(rd_take(&value, len), a->bytes, len) == 0;
}

/* One station's own: neither nobody's, as of a device without any, nor a group's. */
static bool take_mac(struct rd value, uint8_t mac[6])
{
	static const uint8_t nobody[MAC_BYTES] = {0};

	if (rd_left(&value) != MAC_BYTES)
		return false;
	rd_bytes(&value, mac, MAC_BYTES);
	return (mac[0] & GROUP_BIT) == 0 && memcmp(mac, nobody, MAC_BYTES) != 0;
}

bool neighbour_parse(const void *answer, size_t len, uint32_t index, const struct ip_addr *a, uint32_t number, uint8_t mac[6])
{
	struct rd body, value;
	struct ndmsg n;
	uint16_t type;
	bool same = false, found = false;

	if (!kernel_message(answer, len, RTM_NEWNEIGH, number, &n, sizeof(n), &body) || n.ndm_family != family_of(a) ||
	    n.ndm_ifindex != (int)index || (n.ndm_state & KNOWN) == 0 || n.ndm_type != RTN_UNICAST)
		return false;
	while (kernel_attribute(&body, &type, &value)) {
		if (type == NDA_DST)
			same = is_of(value, a);
		else if (type == NDA_LLADDR)
			found = take_mac(value, mac);
	}
	return same && found;
}

bool neighbour_read(int fd, uint32_t index, const struct ip_addr *a, uint32_t number, uint8_t mac[6])
{
	struct {
		struct nlmsghdr head;
		struct ndmsg neighbour;
		struct rtattr attribute;
		uint8_t address[16]; /* as many of them as the family has */
	} question;
	uint8_t answer[ANSWER_MAX];
	size_t len = ip_addr_len(a->family);

	if (len == 0)
		return false;
	memset(&question, 0, sizeof(question));
	question.head.nlmsg_len = (uint32_t)(sizeof(question) - sizeof(question.address) + len);
	question.head.nlmsg_type = RTM_GETNEIGH;
	question.head.nlmsg_flags = NLM_F_REQUEST;
	question.head.nlmsg_seq = number;
	question.neighbour.ndm_family = family_of(a);
	question.neighbour.ndm_ifindex = (int)index;
	question.attribute.rta_type = NDA_DST;
	question.attribute.rta_len = (unsigned short)(sizeof(question.attribute) + len);
	memcpy(question.address, a->bytes, len);
	return neighbour_parse(answer, kernel_ask(fd, &question, answer, sizeof(answer)), index, a, number, mac);
}
