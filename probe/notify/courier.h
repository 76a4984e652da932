/* SPDX-License-Identifier: BSD-2-Clause */
/* One try to deliver, in a process of its own: it holds the secret, it may be slow, and
 * it may be killed, without anybody waiting for it. */
#ifndef ERPROBE_NOTIFY_COURIER_H
#define ERPROBE_NOTIFY_COURIER_H

#include "erprobe/clock.h"
#include "probe/notify/deliver.h"

#include <stdbool.h>
#include <sys/types.h>

struct courier {
	pid_t pid;   /* 0 = none is under way */
	int fd;      /* where its result comes from */
	struct mono_ns kill_at;
};

/* Starts a try. False with one line in err; no courier then. */
bool courier_start(struct courier *c, const struct notify_channel *channel, const struct notice *n, struct mono_ns now, char *err,
                   size_t err_size);
/* Has it ended? Then *r has the result, also when it died. Kills one that is late. */
bool courier_ended(struct courier *c, struct mono_ns now, struct deliver_result *r);
/* Kills it, if there is one. */
void courier_kill(struct courier *c);

#endif
