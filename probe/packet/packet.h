/* SPDX-License-Identifier: BSD-2-Clause */
/* All that erprobe-packet holds once it is open, and the two halves of its life:
 * opening with rights, serving without. */
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
	struct capture *capture;  /* NULL: was down at the start, broke since, or is another helper's */
	bool more;                /* frames wait that the descriptor no longer tells of */
	bool down;                /* at the start: nothing is sent or captured in this run */
	struct sender sender;
	uint64_t lost_before;     /* the interface's own losses when we opened */
};

struct packet {
	int channel;
	pid_t parent;
	struct packet_line lines[CHANNEL_IFACES_MAX];
	size_t line_count;
	bool bulk;                /* of probes that left, the captured frame alone tells, here or at another helper */
	int ifstats;              /* netlink socket, or -1 */
	struct ports ports;
	struct policy policy;
	struct links links;
	struct craft *craft;
	struct batch *batch;
	struct outbox *outbox;
	struct channel_counters counters; /* the latest totals */
};

/* Opens captures, sockets and ports as the arguments say, and lists the host's own
 * addresses. False with one line in err; close in either case. */
bool packet_open(struct packet *p, const struct packet_args *a, char *err, size_t err_size);
void packet_close(struct packet *p);

/* Says READY, then answers requests and hands over frames until erprobe stops it or
 * is gone. Returns the exit code: 0 at a proper end, 3 with one line on standard error. */
int packet_serve(struct packet *p);

#endif
