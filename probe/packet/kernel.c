/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/kernel.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWERS_MAX 64 /* that came too late, or are nobody's */

int kernel_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
}

size_t kernel_ask(int fd, const void *question, void *answer, size_t room)
{
	struct nlmsghdr asked, head;

	memcpy(&asked, question, sizeof(asked));
	if (fd < 0 || send(fd, question, asked.nlmsg_len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)asked.nlmsg_len)
		return 0;
	/* The kernel answers while it is asked (netlink(7)): nothing is waited for. */
	for (int i = 0; i < ANSWERS_MAX; i++) {
		struct sockaddr_nl from = {0};
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(fd, answer, room, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);

		if (n <= 0)
			return 0;
		/* Any process may write to the socket; the kernel's number is 0. */
		if ((size_t)n < sizeof(head) || from_len != sizeof(from) || from.nl_family != AF_NETLINK || from.nl_pid != 0)
			continue;
		memcpy(&head, answer, sizeof(head));
		if (head.nlmsg_seq == asked.nlmsg_seq) /* not one that came too late */
			return (size_t)n;
	}
	return 0;
}

bool kernel_message(const void *answer, size_t len, uint16_t type, uint32_t number, void *fixed, size_t fixed_len, struct rd *attributes)
{
	struct rd all = rd_over(answer, len);
	struct nlmsghdr head;

	if (len < sizeof(head))
		return false;
	rd_bytes(&all, &head, sizeof(head));
	if (head.nlmsg_type != type || head.nlmsg_seq != number || head.nlmsg_len < sizeof(head) + fixed_len)
		return false;
	*attributes = rd_sub(&all, head.nlmsg_len - sizeof(head));
	rd_bytes(attributes, fixed, fixed_len);
	return rd_ok(&all) && rd_ok(attributes);
}

/*  0        2        4
 *  +--------+--------+----------------+---------+
 *  | length | type   | value          | padding |   length covers header and value; padding to four bytes
 *  +--------+--------+----------------+---------+   (rtnetlink(7))
 */
bool kernel_attribute(struct rd *r, uint16_t *type, struct rd *value)
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
