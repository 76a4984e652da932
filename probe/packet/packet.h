/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that erprobe-packet has open, and the two halves of its life: packet_open() runs with the right to raw sockets,
 * packet_serve() without any right. */
#ifndef ERPROBE_PACKET_PACKET_H
#define ERPROBE_PACKET_PACKET_H

#include "probe/packet/args.h"
#include "probe/packet/capture.h"
#include "probe/packet/craft.h"
#include "probe/packet/host.h"
#include "probe/packet/links.h"
#include "probe/packet/outbox.h"
#include "probe/packet/policy.h"
#include "probe/packet/send.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct batch;

/* One opened interface. */
struct packet_line {
	uint32_t index;
	uint8_t link_addr[6];
	struct capture *capture;  /* NULL: the interface was down at the start, the capture broke, or another helper captures */
	bool more;                /* frames are left that poll() no longer reports, since libpcap has read them already */
	bool down;                /* it was down at the start: nothing is sent or captured on it in this run */
	struct sender sender;
	uint64_t lost_before;     /* frames that the interface itself had lost before we opened it (ifstats.h) */
};

struct packet {
	int channel;
	pid_t parent;
	struct packet_line lines[CHANNEL_IFACES_MAX];
	size_t line_count;
	bool bulk;                /* no CHANNEL_SENT for probes that left: their captured frames tell, here or at another helper */
	int kernel;               /* route netlink socket (kernel.h), or -1 */
	struct ports ports;
	struct policy policy;
	struct links links;
	struct craft *craft;
	struct batch *batch;
	struct outbox *outbox;
	struct channel_counters counters; /* the latest totals */
};

/* Opens captures, sockets and ports as the arguments say, and lists the host's own addresses. False with one line in err.
 * What is open stays so until the process ends. */
bool packet_open(struct packet *p, const struct packet_args *a, char *err, size_t err_size);

/* Sends CHANNEL_READY, then answers requests and hands frames over until erprobe says stop or closes the channel. Returns the
 * exit code: EXIT_DONE at a proper end, EXIT_ERROR with one line on standard error. */
int packet_serve(struct packet *p);

#endif
