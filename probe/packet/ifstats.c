/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/ifstats.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 16384 /* a link message with all its attributes is about 2 KiB */
#define WAIT_MS 50

int ifstats_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
}

static bool ask(int fd, uint32_t index)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} question;

	memset(&question, 0, sizeof(question));
	question.head.nlmsg_len = sizeof(question);
	question.head.nlmsg_type = RTM_GETLINK;
	question.head.nlmsg_flags = NLM_F_REQUEST;
	question.head.nlmsg_seq = index;
	question.link.ifi_family = AF_UNSPEC;
	question.link.ifi_index = (int)index;
	return send(fd, &question, sizeof(question), MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof(question);
}

/* struct nlmsghdr | struct ifinfomsg | attributes, each struct rtattr and data,
 * padded to four bytes (rtnetlink(7)). */
bool ifstats_parse(const void *answer, size_t len, uint32_t index, uint64_t *lost)
{
	const uint8_t *at = answer;
	struct nlmsghdr head;
	struct rtattr attr;
	struct rtnl_link_stats64 stats;
	size_t offset = NLMSG_LENGTH(sizeof(struct ifinfomsg));

	if (len < offset)
		return false;
	memcpy(&head, at, sizeof(head));
	if (head.nlmsg_type != RTM_NEWLINK || head.nlmsg_seq != index || head.nlmsg_len > len)
		return false;
	while (offset + sizeof(attr) <= head.nlmsg_len) {
		memcpy(&attr, at + offset, sizeof(attr));
		if (attr.rta_len < sizeof(attr) || attr.rta_len > head.nlmsg_len - offset)
			return false;
		/* Newer kernels append fields, older ones lack the last: the first suffice. */
		if (attr.rta_type == IFLA_STATS64 &&
		    attr.rta_len >= sizeof(attr) + offsetof(struct rtnl_link_stats64, tx_aborted_errors)) {
			memset(&stats, 0, sizeof(stats));
			memcpy(&stats, at + offset + sizeof(attr), offsetof(struct rtnl_link_stats64, tx_aborted_errors));
			*lost = stats.rx_missed_errors + stats.rx_fifo_errors;
			return true;
		}
		offset += RTA_ALIGN((size_t)attr.rta_len);
	}
	return false;
}

bool ifstats_read(int fd, uint32_t index, uint64_t *lost)
{
	uint8_t answer[ANSWER_MAX];
	struct pollfd wait = {fd, POLLIN, 0};
	ssize_t n;

	if (fd < 0 || !ask(fd, index))
		return false;
	while (poll(&wait, 1, WAIT_MS) == 1) {
		n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
		if (n <= 0)
			return false;
		if (ifstats_parse(answer, (size_t)n, index, lost))
			return true;
	}
	return false;
}
