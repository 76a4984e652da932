/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/neighbour.h"

#include "erprobe/bytes.h"

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX 2048 /* an entry with all its attributes is about 150 bytes */
#define ANSWERS_MAX 64  /* that came too late, or are nobody's */
#define MAC_BYTES 6u
#define GROUP_BIT 1u    /* of the first byte of a link address: no single station's */
#define KNOWN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP)

static uint8_t family_of(const struct ip_addr *a)
{
	return a->family == IP_V6 ? AF_INET6 : AF_INET;
}

/* struct nlmsghdr | struct ndmsg | attribute: the address, padded to four bytes. */
static bool ask(int fd, uint32_t index, const struct ip_addr *a, uint32_t number)
{
	struct {
		struct nlmsghdr head;
		struct ndmsg neighbour;
		struct rtattr attribute;
		uint8_t address[16];
	} q;
	size_t len = ip_addr_len(a->family);

	memset(&q, 0, sizeof(q));
	q.head.nlmsg_len = (uint32_t)(sizeof(q) - sizeof(q.address) + len);
	q.head.nlmsg_type = RTM_GETNEIGH;
	q.head.nlmsg_flags = NLM_F_REQUEST;
	q.head.nlmsg_seq = number;
	q.neighbour.ndm_family = family_of(a);
	q.neighbour.ndm_ifindex = (int)index;
	q.attribute.rta_type = NDA_DST;
	q.attribute.rta_len = (unsigned short)(sizeof(q.attribute) + len);
	memcpy(q.address, a->bytes, len);
	return len > 0 && send(fd, &q, q.head.nlmsg_len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)q.head.nlmsg_len;
}

/* The value of the next attribute; false at the end or at a broken one. */
static bool next_attribute(struct rd *r, uint16_t *type, struct rd *value)
{
	struct rtattr head;

	if (rd_left(r) < sizeof(head))
		return false;
	rd_bytes(r, &head, sizeof(head));
	if (head.rta_len < sizeof(head))
		return false;
	*type = head.rta_type;
	*value = rd_sub(r, head.rta_len - sizeof(head));
	if (!rd_ok(r))
		return false;
	size_t pad = RTA_ALIGN((size_t)head.rta_len) - head.rta_len;
	rd_skip(r, pad < rd_left(r) ? pad : rd_left(r));
	return true;
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
	struct rd all = rd_over(answer, len), value;
	struct nlmsghdr head;
	struct ndmsg n;
	uint16_t type;
	bool same = false, found = false;

	if (len < sizeof(head) + sizeof(n))
		return false;
	rd_bytes(&all, &head, sizeof(head));
	if (head.nlmsg_type != RTM_NEWNEIGH || head.nlmsg_seq != number || head.nlmsg_len < sizeof(head) + sizeof(n))
		return false;
	struct rd body = rd_sub(&all, head.nlmsg_len - sizeof(head));
	rd_bytes(&body, &n, sizeof(n));
	if (!rd_ok(&all) || n.ndm_family != family_of(a) || n.ndm_ifindex != (int)index || (n.ndm_state & KNOWN) == 0 || n.ndm_type != RTN_UNICAST)
		return false;
	while (next_attribute(&body, &type, &value)) {
		if (type == NDA_DST)
			same = is_of(value, a);
		else if (type == NDA_LLADDR)
			found = take_mac(value, mac);
	}
	return same && found;
}

bool neighbour_read(int fd, uint32_t index, const struct ip_addr *a, uint32_t number, uint8_t mac[6])
{
	uint8_t answer[ANSWER_MAX];
	struct nlmsghdr head;

	if (fd < 0 || !ask(fd, index, a, number))
		return false;
	/* The kernel answers while it is asked (netlink(7)): nothing is waited for. */
	for (int i = 0; i < ANSWERS_MAX; i++) {
		struct sockaddr_nl from = {0};
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, answer, sizeof(answer), MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

		if (n <= 0)
			return false;
		/* Any process may write to the socket; the kernel's number is 0. */
		if ((size_t)n < sizeof(head) || from_len != sizeof(from) || from.nl_family != AF_NETLINK || from.nl_pid != 0)
			continue;
		memcpy(&head, answer, sizeof(head));
		if (head.nlmsg_seq == number) /* not one that came too late */
			return neighbour_parse(answer, (size_t)n, index, a, number, mac);
	}
	return false;
}
