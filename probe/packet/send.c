/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* sendmmsg */
#include "probe/packet/send.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINK_BYTES 6

/* ipv6(7); glibc shows it only together with all of its extensions. */
struct pktinfo6 {
	struct in6_addr source;
	unsigned index;
};

static bool set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/* A path MTU learned from the network must not keep a probe from leaving at full
 * size (PMTUDISC_PROBE), and a full queue must be told (RECVERR). */
static bool set_options(int fd, int family)
{
	if (family == AF_INET)
		return set_int(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE) &&
		       set_int(fd, IPPROTO_IP, IP_RECVERR, 1);
	return set_int(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) &&
	       set_int(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

/* IPPROTO_RAW: we write the IP header ourselves, and receive nothing (raw(7)).
 * Returns -1 with errno; EAFNOSUPPORT when the host lacks the family. */
static int open_raw(int family, const char *name)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
	int saved;

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1) == 0 &&
	    set_options(fd, family))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* Not the capture's own socket: the kernel does not show a packet socket what it
 * sent itself, and every probe must be in the capture. Protocol 0 receives nothing. */
static int open_link(int type, uint32_t index)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)index};
	int fd = socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int saved;

	if (fd < 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static enum sender_status refuse(const char *name, char *err, size_t err_size)
{
	int error = errno;

	snprintf(err, err_size, "cannot open a raw socket on %s: %s", name, strerror(error));
	return error == EPERM || error == EACCES ? SENDER_FORBIDDEN : SENDER_FAILED;
}

void sender_none(struct sender *s)
{
	*s = (struct sender){.raw = {-1, -1}, .link = -1, .direct = -1};
}

enum sender_status sender_open(struct sender *s, const char *name, uint32_t index, char *err, size_t err_size)
{
	static const int families[FAMILIES] = {[FAM4] = AF_INET, [FAM6] = AF_INET6};

	*s = (struct sender){.raw = {-1, -1}, .link = -1, .direct = -1, .index = index};
	snprintf(s->name, sizeof(s->name), "%s", name);
	for (int f = 0; f < FAMILIES; f++) {
		s->raw[f] = open_raw(families[f], name);
		if (s->raw[f] < 0 && errno != EAFNOSUPPORT)
			return refuse(name, err, err_size);
	}
	s->link = open_link(SOCK_RAW, index);
	return s->link < 0 ? refuse(name, err, err_size) : SENDER_OK;
}

bool sender_by_link(struct sender *s)
{
	if (s->direct < 0)
		s->direct = open_link(SOCK_DGRAM, s->index);
	return s->direct >= 0;
}

enum send_result send_result_of(int error)
{
	static const struct { int error; enum send_result result; } rows[] = {
		{0, SEND_OK},
		{ENETUNREACH, SEND_NO_ROUTE}, {EHOSTUNREACH, SEND_NO_ROUTE}, {EAFNOSUPPORT, SEND_NO_ROUTE},
		{EADDRNOTAVAIL, SEND_NO_ROUTE},
		{ENETDOWN, SEND_LINK_DOWN}, {ENODEV, SEND_LINK_DOWN}, {ENXIO, SEND_LINK_DOWN},
		{ENOBUFS, SEND_NO_BUFFER}, {EAGAIN, SEND_NO_BUFFER}, {ENOMEM, SEND_NO_BUFFER},
		{EPERM, SEND_BLOCKED}, {EACCES, SEND_BLOCKED},
		{EMSGSIZE, SEND_TOO_BIG},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return rows[i].result;
	return SEND_OTHER_ERROR;
}

/* Without carrier the kernel accepts a datagram and drops it unseen, and with the
 * interface down it only says that there is no route: so ask first. (After a cable
 * is plugged in the answer, like the sending itself, takes up to a second to turn.) */
static int link_state(const struct sender *s)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, s->name, sizeof(r.ifr_name));
	if (ioctl(s->link, SIOCGIFFLAGS, &r) != 0)
		return errno;
	return (r.ifr_flags & IFF_UP) != 0 && (r.ifr_flags & IFF_RUNNING) != 0 ? 0 : ENETDOWN;
}

/* The source goes along as ancillary data too: for a packet that brings its own
 * header the kernel does not look inside for rules such as "from SOURCE". */
union source_hint {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(struct pktinfo6))];
};

/* Everything that one datagram's system call points at. */
struct envelope {
	struct sockaddr_ll to_link;
	struct sockaddr_in to4;
	struct sockaddr_in6 to6;
	struct iovec data;
	union source_hint hint;
};

static void hint4(struct msghdr *m, union source_hint *hint, const struct probe_spec *p)
{
	struct in_pktinfo info;

	memset(&info, 0, sizeof(info));
	memcpy(&info.ipi_spec_dst, p->src.bytes, 4);
	m->msg_controllen = CMSG_SPACE(sizeof(info));
	hint->head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
	memcpy(CMSG_DATA(&hint->head), &info, sizeof(info));
}

static void hint6(struct msghdr *m, union source_hint *hint, const struct probe_spec *p, uint32_t index)
{
	struct pktinfo6 info;

	memset(&info, 0, sizeof(info));
	memcpy(&info.source, p->src.bytes, 16);
	info.index = index;
	m->msg_controllen = CMSG_SPACE(sizeof(info));
	hint->head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(info)), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
	memcpy(CMSG_DATA(&hint->head), &info, sizeof(info));
}

/* The port must be 0 or the protocol; the flow label comes from our header. */
static void address(const struct sender *s, const struct send_item *item, struct envelope *e, struct msghdr *m)
{
	const struct probe_spec *p = item->probe;

	memset(e, 0, sizeof(*e));
	e->data = (struct iovec){(void *)(uintptr_t)item->bytes, item->len};
	*m = (struct msghdr){.msg_iov = &e->data, .msg_iovlen = 1, .msg_control = &e->hint};
	if (p->dst.family == IP_V6) {
		e->to6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_scope_id = s->index};
		memcpy(&e->to6.sin6_addr, p->dst.bytes, 16);
		m->msg_name = &e->to6, m->msg_namelen = sizeof(e->to6);
		hint6(m, &e->hint, p, s->index);
	} else {
		e->to4 = (struct sockaddr_in){.sin_family = AF_INET};
		memcpy(&e->to4.sin_addr, p->dst.bytes, 4);
		m->msg_name = &e->to4, m->msg_namelen = sizeof(e->to4);
		hint4(m, &e->hint, p);
	}
}

/* The kernel writes the frame's header: the source is the interface's own address of the moment. */
static void address_link(const struct sender *s, const struct send_item *item, struct envelope *e, struct msghdr *m)
{
	/* Network order of 16 bits, written out. */
	static const uint8_t protocols[FAMILIES][2] = {[FAM4] = {0x08, 0x00}, [FAM6] = {0x86, 0xdd}};

	e->to_link = (struct sockaddr_ll){.sll_family = AF_PACKET, .sll_ifindex = (int)s->index, .sll_halen = LINK_BYTES};
	memcpy(&e->to_link.sll_protocol, protocols[item->probe->dst.family == IP_V6 ? FAM6 : FAM4], 2);
	memcpy(e->to_link.sll_addr, item->mac, LINK_BYTES);
	e->data = (struct iovec){(void *)(uintptr_t)item->bytes, item->len};
	*m = (struct msghdr){.msg_iov = &e->data, .msg_iovlen = 1, .msg_name = &e->to_link, .msg_namelen = sizeof(e->to_link)};
}

static void conclude(struct send_item *item, int error)
{
	item->error = error;
	item->result = send_result_of(error);
}

/* Items that go out by one call. */
struct run {
	int fd; /* -1: the host lacks the family */
	struct send_item *items[SEND_ITEMS_MAX];
	struct mmsghdr messages[SEND_ITEMS_MAX];
	struct envelope envelopes[SEND_ITEMS_MAX];
	size_t count;
};

/* The kernel stops at the first that it refuses, and tells why only when that is the first of a call: so it is asked
 * again from there. Empties the run. */
static void send_run(struct run *r)
{
	size_t done = 0;

	while (done < r->count) {
		int n = r->fd < 0 ? -1 : sendmmsg(r->fd, r->messages + done, (unsigned)(r->count - done), MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n <= 0)
			conclude(r->items[done++], r->fd < 0 ? EAFNOSUPPORT : errno);
		for (; n > 0; n--, done++)
			conclude(r->items[done], r->messages[done].msg_len == r->items[done]->len ? 0 : EMSGSIZE);
	}
	r->count = 0;
}

typedef void address_fn(const struct sender *s, const struct send_item *item, struct envelope *e, struct msghdr *m);

static void add(const struct sender *s, struct run *r, int fd, struct send_item *item, address_fn *to)
{
	if (r->count == SEND_ITEMS_MAX || (r->count > 0 && r->fd != fd))
		send_run(r);
	r->fd = fd;
	r->items[r->count] = item;
	r->messages[r->count].msg_len = 0;
	to(s, item, &r->envelopes[r->count], &r->messages[r->count].msg_hdr);
	r->count++;
}

static void send_frame(const struct sender *s, struct send_item *item)
{
	conclude(item, send(s->link, item->bytes, item->len, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)item->len ? 0 : errno);
}

void sender_send(const struct sender *s, struct send_item *items, size_t count)
{
	struct run run;
	int down = link_state(s);

	run.count = 0;
	for (size_t i = 0; i < count; i++) {
		if (down != 0) {
			conclude(&items[i], down);
		} else if (items[i].probe->kind == PROBE_NEIGHBOUR) {
			send_run(&run);
			send_frame(s, &items[i]);
		} else if (items[i].mac == NULL) {
			add(s, &run, s->raw[items[i].probe->dst.family == IP_V6 ? FAM6 : FAM4], &items[i], address);
		}
	}
	send_run(&run);
	for (size_t i = 0; down == 0 && i < count; i++)
		if (items[i].mac != NULL && items[i].probe->kind != PROBE_NEIGHBOUR)
			add(s, &run, s->direct, &items[i], address_link);
	send_run(&run);
}
