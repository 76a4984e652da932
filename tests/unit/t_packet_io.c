/* SPDX-License-Identifier: BSD-2-Clause */
/* The helper's small edges: the bounded outbox, errno to result, netlink answers. */
#include "probe/packet/ifstats.h"
#include "probe/packet/kernel.h"
#include "probe/packet/outbox.h"
#include "probe/packet/send.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

static struct channel_sent sent(uint32_t id)
{
	struct channel_sent r;

	memset(&r, 0, sizeof(r));
	outbox_head(&r.head, CHANNEL_SENT);
	r.probe_id = id;
	return r;
}

static void outbox_keeps_room_for_answers(void **state)
{
	static struct frame f;
	struct channel_sent s = sent(1);
	struct outbox *o = outbox_new(-1);

	(void)state;
	assert_non_null(o);
	for (unsigned i = 0; i < OUTBOX_SLOTS + 100; i++)
		outbox_put_frame(o, &f);
	assert_int_equal(outbox_unforwarded(o), 100 + OUTBOX_RESERVE);
	assert_int_equal(outbox_room(o), OUTBOX_RESERVE);
	for (unsigned i = 0; i < OUTBOX_RESERVE; i++)
		assert_true(outbox_put(o, &s, sizeof(s)));
	assert_false(outbox_put(o, &s, sizeof(s)));
	assert_false(outbox_flush(o)); /* no such descriptor: the other end is gone */
	outbox_free(o);
}

/* Reads one message of SENT records and checks that they are those from want on.
 * Returns how many there were. */
static uint32_t read_sent(int fd, uint32_t want)
{
	static struct channel_sent r[CHANNEL_BATCH + 1];
	ssize_t n = recv(fd, r, sizeof(r), 0);
	uint32_t count = n > 0 ? (uint32_t)((size_t)n / sizeof(r[0])) : 0;

	assert_true(n <= 0 || (size_t)n == count * sizeof(r[0]));
	assert_true(count <= CHANNEL_BATCH);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(r[i].probe_id, want + i);
		assert_int_equal(r[i].head.magic, CHANNEL_MAGIC);
	}
	return count;
}

/* More than the socket takes, in order, whole, and again after the ring wrapped. */
static void outbox_keeps_order(void **state)
{
	struct outbox *o;
	uint32_t next = 0, want = 0;
	int fds[2], little = 8192;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &little, sizeof(little)), 0);
	o = outbox_new(fds[0]);
	assert_non_null(o);
	for (int turn = 0; turn < 5; turn++) {
		uint32_t got;

		while (outbox_room(o) > 1000) { /* so that the ring wraps elsewhere each turn */
			struct channel_sent s = sent(next++);

			assert_true(outbox_put(o, &s, sizeof(s)));
		}
		assert_true(outbox_flush(o));
		assert_false(outbox_is_empty(o)); /* or the test tests nothing */
		while (!outbox_is_empty(o)) {
			got = read_sent(fds[1], want);
			assert_true(got > 0);
			want += got;
			assert_true(outbox_flush(o));
		}
		while ((got = read_sent(fds[1], want)) > 0)
			want += got;
	}
	assert_int_equal(next, want);
	close(fds[1]);
	assert_true(outbox_flush(o)); /* nothing to send: nothing to notice */
	{
		struct channel_sent s = sent(0);

		outbox_put(o, &s, sizeof(s));
	}
	assert_false(outbox_flush(o));
	outbox_free(o);
	close(fds[0]);
}

static void results_of_errors(void **state)
{
	static const struct { int error; enum send_result wanted; } rows[] = {
		{0, SEND_OK}, {ENETUNREACH, SEND_NO_ROUTE}, {EHOSTUNREACH, SEND_NO_ROUTE}, {EAFNOSUPPORT, SEND_NO_ROUTE},
		{ENETDOWN, SEND_LINK_DOWN}, {ENODEV, SEND_LINK_DOWN}, {ENXIO, SEND_LINK_DOWN},
		{ENOBUFS, SEND_NO_BUFFER}, {EAGAIN, SEND_NO_BUFFER}, {EPERM, SEND_BLOCKED}, {EACCES, SEND_BLOCKED},
		{EMSGSIZE, SEND_TOO_BIG}, {EINVAL, SEND_OTHER_ERROR}, {EBADF, SEND_OTHER_ERROR},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(send_result_of(rows[i].error), rows[i].wanted);
}

/* A link message: some attribute, then IFLA_STATS64. Returns its length. */
static size_t make_answer(uint8_t *out, size_t stats_len)
{
	struct nlmsghdr head = {.nlmsg_type = RTM_NEWLINK, .nlmsg_seq = 7};
	struct rtattr name = {.rta_len = sizeof(name) + 5, .rta_type = IFLA_IFNAME};
	struct rtattr stats = {.rta_len = (uint16_t)(sizeof(stats) + stats_len), .rta_type = IFLA_STATS64};
	struct rtnl_link_stats64 s = {.rx_packets = 1000, .rx_missed_errors = 30, .rx_fifo_errors = 4, .rx_dropped = 99};
	size_t at = NLMSG_LENGTH(sizeof(struct ifinfomsg));

	memset(out, 0, 1024);
	memcpy(out + at, &name, sizeof(name));
	at += RTA_ALIGN(name.rta_len);
	memcpy(out + at, &stats, sizeof(stats));
	memcpy(out + at + sizeof(stats), &s, stats_len < sizeof(s) ? stats_len : sizeof(s));
	at += RTA_ALIGN(stats.rta_len);
	head.nlmsg_len = (uint32_t)at;
	memcpy(out, &head, sizeof(head));
	return at;
}

static void netlink_answers(void **state)
{
	uint8_t answer[1024];
	uint64_t lost = 0;
	size_t len = make_answer(answer, sizeof(struct rtnl_link_stats64));
	uint16_t bad_len;

	(void)state;
	assert_true(ifstats_parse(answer, len, 7, &lost));
	assert_int_equal(lost, 34);
	assert_false(ifstats_parse(answer, len, 8, &lost)); /* an answer to another question */
	for (size_t cut = 0; cut < len; cut++)
		assert_false(ifstats_parse(answer, cut, 7, &lost));
	len = make_answer(answer, sizeof(struct rtnl_link_stats64) + 80); /* a newer kernel */
	assert_true(ifstats_parse(answer, len, 7, &lost));
	len = make_answer(answer, 40); /* shorter than any kernel's */
	assert_false(ifstats_parse(answer, len, 7, &lost));
	for (bad_len = 0; bad_len < sizeof(struct rtattr); bad_len++) { /* would never advance */
		len = make_answer(answer, sizeof(struct rtnl_link_stats64));
		memcpy(answer + NLMSG_LENGTH(sizeof(struct ifinfomsg)), &bad_len, sizeof(bad_len));
		assert_false(ifstats_parse(answer, len, 7, &lost));
	}
}

static void kernel_answers_for_loopback(void **state)
{
	uint64_t lost = UINT64_MAX;
	int fd = kernel_open();

	(void)state;
	if (fd < 0)
		skip();
	assert_true(ifstats_read(fd, 1, &lost));
	assert_int_equal(lost, 0);
	assert_false(ifstats_read(fd, 0x7ffffff0, &lost));
	assert_true(ifstats_read(fd, 1, &lost)); /* the error before does not linger */
	close(fd);
	assert_false(ifstats_read(-1, 1, &lost));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outbox_keeps_room_for_answers),
		cmocka_unit_test(outbox_keeps_order),
		cmocka_unit_test(results_of_errors),
		cmocka_unit_test(netlink_answers),
		cmocka_unit_test(kernel_answers_for_loopback),
	};

	return cmocka_run_group_tests_name("packet_io", tests, NULL, NULL);
}
