/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/ifstats.h"

#include "probe/packet/kernel.h"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER_MAX 16384 /* a link message with all its attributes is about 2 KiB */

/* The data of the first attribute of this type; false where the message has none, or answers another question. */
static bool find(const void *answer, size_t len, uint32_t index, uint16_t wanted, struct rd *data)
{
	struct ifinfomsg link;
	struct rd body;
	uint16_t type;

	if (!kernel_message(answer, len, RTM_NEWLINK, index, &link, sizeof(link), &body))
		return false;
	while (kernel_attribute(&body, &type, data))
		if (type == wanted)
			return true;
	return false;
}

bool ifstats_parse(const void *answer, size_t len, uint32_t index, uint64_t *lost)
{
	/* Newer kernels append fields, older ones lack the last: the first suffice. */
	const size_t needed = offsetof(struct rtnl_link_stats64, tx_aborted_errors);
	struct rtnl_link_stats64 stats;
	struct rd data;

	if (!find(answer, len, index, IFLA_STATS64, &data) || rd_left(&data) < needed)
		return false;
	memset(&stats, 0, sizeof(stats));
	rd_bytes(&data, &stats, needed);
	*lost = stats.rx_missed_errors + stats.rx_fifo_errors;
	return true;
}

static bool parse_alias(const void *answer, size_t len, uint32_t index, const char *alias)
{
	size_t size = strlen(alias) + 1;
	struct rd data;

	return find(answer, len, index, IFLA_IFALIAS, &data) && rd_left(&data) == size && memcmp(rd_take(&data, size), alias, size) == 0;
}

/* The answer to a question about this interface; 0 where there is none. */
static size_t answer_of(int fd, uint32_t index, uint8_t answer[ANSWER_MAX])
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
	return kernel_ask(fd, &question, answer, ANSWER_MAX);
}

bool ifstats_read(int fd, uint32_t index, uint64_t *lost)
{
	uint8_t answer[ANSWER_MAX];

	return ifstats_parse(answer, answer_of(fd, index, answer), index, lost);
}

bool ifstats_has_alias(int fd, uint32_t index, const char *alias)
{
	uint8_t answer[ANSWER_MAX];

	return parse_alias(answer, answer_of(fd, index, answer), index, alias);
}
