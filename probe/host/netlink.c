/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/netlink.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_WAIT_S 2
#define REQUEST_MAX 512
/* The kernel fills at most 32 KiB a message of a dump (netlink_dump()). */
#define ANSWER_MAX 32768
#define ANSWERS_MAX 4096u /* messages of one dump: more than any host's addresses need */

bool netlink_open(struct netlink *n, char *err, size_t err_size)
{
	struct timeval wait = {.tv_sec = ANSWER_WAIT_S};
	*n = (struct netlink){.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)};
	if (n->fd >= 0 && setsockopt(n->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0)
		return true;
	text_format(err, err_size, "cannot ask the kernel for routes: netlink: %s", strerror(errno));
	netlink_close(n);
	return false;
}

void netlink_close(struct netlink *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

bool netlink_listen(struct netlink *n, uint32_t groups, char *err, size_t err_size)
{
	const struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = groups};

	*n = (struct netlink){.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
	if (n->fd >= 0 && bind(n->fd, (const struct sockaddr *)&own, sizeof(own)) == 0)
		return true;
	text_format(err, err_size, "cannot hear of changes of this host's addresses: netlink: %s", strerror(errno));
	netlink_close(n);
	return false;
}

static size_t padding(size_t len)
{
	return (NLA_ALIGNTO - len % NLA_ALIGNTO) % NLA_ALIGNTO;
}

/*  0        2        4
 *  +--------+--------+----------------+---------+
 *  | length | type   | value          | padding |   length covers header and value
 *  +--------+--------+----------------+---------+   (RFC 3549 section 2.3)
 */
void netlink_put(struct wr *w, uint16_t type, const void *data, size_t len)
{
	struct nlattr head = {.nla_len = (uint16_t)(sizeof(head) + len), .nla_type = type};
	wr_bytes(w, &head, sizeof(head));
	wr_bytes(w, data, len);
	wr_zero(w, padding(len));
}

bool netlink_attribute(struct rd *r, uint16_t *type, struct rd *value)
{
	struct nlattr head;
	if (rd_left(r) < sizeof(head))
		return false;
	rd_bytes(r, &head, sizeof(head));
	if (head.nla_len < sizeof(head))
		return false;
	size_t len = head.nla_len - sizeof(head);
	*type = head.nla_type & 0x3fff; /* NLA_TYPE_MASK: without the two flag bits */
	*value = rd_sub(r, len);
	if (!rd_ok(r))
		return false;
	size_t pad = padding(len);
	rd_skip(r, pad < rd_left(r) ? pad : rd_left(r));
	return true;
}

uint32_t netlink_u32(struct rd *r)
{
	uint32_t v;
	rd_bytes(r, &v, sizeof(v));
	return v;
}

static int send_question(struct netlink *n, uint16_t type, bool dump, const void *fixed, size_t fixed_len,
                         const struct wr *attributes)
{
	uint8_t bytes[REQUEST_MAX];
	struct wr w = wr_over(bytes, sizeof(bytes));
	size_t extra = attributes ? wr_len(attributes) : 0;
	struct nlmsghdr head = {
		.nlmsg_len = (uint32_t)(sizeof(head) + fixed_len + padding(fixed_len) + extra),
		.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0)),
		.nlmsg_seq = ++n->seq,
	};
	wr_bytes(&w, &head, sizeof(head));
	wr_bytes(&w, fixed, fixed_len);
	wr_zero(&w, padding(fixed_len));
	if (attributes)
		wr_bytes(&w, attributes->start, extra);
	if (!wr_ok(&w) || (attributes && !wr_ok(attributes)))
		return EMSGSIZE;
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent = sendto(n->fd, bytes, wr_len(&w), 0, (const struct sockaddr *)&kernel, sizeof(kernel));
	return sent < 0 ? errno : 0;
}

struct answer {
	uint32_t seq;
	netlink_message *each;
	void *context;
	bool dump;
	bool done;
	bool changed; /* the kernel says the dump is not of one moment */
	bool heard;   /* no answer but news: of no question, and without an end */
};

/* One message of a datagram. Returns an errno that ends the answer, or 0. */
static int take_message(struct answer *a, const struct nlmsghdr *head, struct rd body)
{
	if (a->heard) {
		a->each(a->context, head->nlmsg_type, body);
		return 0;
	}
	if (head->nlmsg_seq != a->seq)
		return 0; /* of an earlier question that was given up */
	a->changed = a->changed || (head->nlmsg_flags & NLM_F_DUMP_INTR);
	if (head->nlmsg_type == NLMSG_DONE) {
		a->done = true;
		return 0;
	}
	if (head->nlmsg_type == NLMSG_ERROR) {
		int32_t error;
		rd_bytes(&body, &error, sizeof(error));
		a->done = true;
		return !rd_ok(&body) ? EBADMSG : error > 0 ? EBADMSG : -error;
	}
	if (head->nlmsg_type >= NLMSG_MIN_TYPE)
		a->each(a->context, head->nlmsg_type, body);
	a->done = a->done || !a->dump;
	return 0;
}

static int take_datagram(struct answer *a, const uint8_t *bytes, size_t len)
{
	struct rd r = rd_over(bytes, len);
	while (!a->done && rd_left(&r) >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr head;
		rd_bytes(&r, &head, sizeof(head));
		if (head.nlmsg_len < sizeof(head))
			return EBADMSG;
		struct rd body = rd_sub(&r, head.nlmsg_len - sizeof(head));
		if (!rd_ok(&r))
			return EBADMSG;
		size_t pad = padding(head.nlmsg_len);
		rd_skip(&r, pad < rd_left(&r) ? pad : rd_left(&r));
		int error = take_message(a, &head, body);
		if (error != 0)
			return error;
	}
	return 0;
}

/* Takes one datagram. Returns an errno, EAGAIN when none came, or 0. */
static int receive(const struct netlink *n, struct answer *a)
{
	_Alignas(struct nlmsghdr) uint8_t bytes[ANSWER_MAX];
	struct sockaddr_nl from = {0};
	socklen_t from_len = sizeof(from);
	ssize_t got = recvfrom(n->fd, bytes, sizeof(bytes), MSG_TRUNC, (struct sockaddr *)&from, &from_len);

	if (got < 0)
		return errno == EINTR ? 0 : errno;
	if ((size_t)got > sizeof(bytes))
		return EMSGSIZE;
	/* Anybody may write to our socket; only the kernel is heard. */
	return from.nl_pid == 0 ? take_datagram(a, bytes, (size_t)got) : 0;
}

int netlink_ask(struct netlink *n, uint16_t type, bool dump, const void *fixed, size_t fixed_len,
                const struct wr *attributes, netlink_message *each, void *context)
{
	int error = send_question(n, type, dump, fixed, fixed_len, attributes);
	struct answer a = {.seq = n->seq, .each = each, .context = context, .dump = dump};
	uint32_t most = n->most > 0 ? n->most : ANSWERS_MAX;
	for (uint32_t i = 0; error == 0 && !a.done && i < most; i++)
		error = receive(n, &a);
	if (error == 0 && !a.done)
		error = EMSGSIZE;
	return error == 0 && a.changed ? EINTR : error;
}

int netlink_heard(struct netlink *n, netlink_message *each, void *context)
{
	struct answer a = {.each = each, .context = context, .heard = true};
	int error = 0;

	for (uint32_t i = 0; error == 0 && i < ANSWERS_MAX; i++)
		error = receive(n, &a);
	return error == EAGAIN ? 0 : error;
}
