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
 * padded to four bytes (rtnetlink(7)). The data of the first attribute of this type; NULL
 * where the message has none, or answers another question. */
static const uint8_t *find(const void *answer, size_t len, uint32_t index, uint16_t type, size_t *size)
{
	const uint8_t *at = answer;
	struct nlmsghdr head;
	struct rtattr attr;
	size_t offset = NLMSG_LENGTH(sizeof(struct ifinfomsg));

	if (len < offset)
		return NULL;
	memcpy(&head, at, sizeof(head));
	if (head.nlmsg_type != RTM_NEWLINK || head.nlmsg_seq != index || head.nlmsg_len > len)
		return NULL;
	while (offset + sizeof(attr) <= head.nlmsg_len) {
		memcpy(&attr, at + offset, sizeof(attr));
		if (attr.rta_len < sizeof(attr) || attr.rta_len > head.nlmsg_len - offset)
			return NULL;
		*size = attr.rta_len - sizeof(attr);
		if (attr.rta_type == type)
			return at + offset + sizeof(attr);
		offset += RTA_ALIGN((size_t)attr.rta_len);
	}
	return NULL;
}

bool ifstats_parse(const void *answer, size_t len, uint32_t index, uint64_t *lost)
{
	/* Newer kernels append fields, older ones lack the last: the first suffice. */
	const size_t needed = offsetof(struct rtnl_link_stats64, tx_aborted_errors);
	struct rtnl_link_stats64 stats;
	size_t size = 0;
	const uint8_t *data = find(answer, len, index, IFLA_STATS64, &size);

	if (data == NULL || size < needed)
		return false;
	memset(&stats, 0, sizeof(stats));
	memcpy(&stats, data, needed);
	*lost = stats.rx_missed_errors + stats.rx_fifo_errors;
	return true;
}

bool ifstats_parse_alias(const void *answer, size_t len, uint32_t index, const char *alias)
{
	size_t size = 0;
	const uint8_t *data = find(answer, len, index, IFLA_IFALIAS, &size);

	return data != NULL && size == strlen(alias) + 1 && memcmp(data, alias, size) == 0;
}

/* The answer to a question about this interface; 0 where none comes within a moment. */
static size_t answer_of(int fd, uint32_t index, uint8_t answer[ANSWER_MAX])
{
	struct pollfd wait = {fd, POLLIN, 0};
	struct nlmsghdr head;

	if (fd < 0 || !ask(fd, index))
		return 0;
	while (poll(&wait, 1, WAIT_MS) == 1) {
		ssize_t n = recv(fd, answer, ANSWER_MAX, MSG_DONTWAIT);

		if (n <= 0)
			return 0;
		if ((size_t)n < sizeof(head))
			continue;
		memcpy(&head, answer, sizeof(head));
		if (head.nlmsg_seq == index) /* not one that came too late */
			return (size_t)n;
	}
	return 0;
}

bool ifstats_read(int fd, uint32_t index, uint64_t *lost)
{
	uint8_t answer[ANSWER_MAX];

	return ifstats_parse(answer, answer_of(fd, index, answer), index, lost);
}

bool ifstats_has_alias(int fd, uint32_t index, const char *alias)
{
	uint8_t answer[ANSWER_MAX];

	return ifstats_parse_alias(answer, answer_of(fd, index, answer), index, alias);
}
