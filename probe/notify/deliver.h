/* SPDX-License-Identifier: BSD-2-Clause */
/* One try to tell one event over one channel. Blocks, reads secrets, talks to the world:
 * for a process of its own (courier.h) that sees no packet. */
#ifndef ERPROBE_NOTIFY_DELIVER_H
#define ERPROBE_NOTIFY_DELIVER_H

#include "probe/notify/channel.h"

#include <stdbool.h>
#include <stdint.h>

#define DELIVER_ERROR_MAX 240
#define DELIVER_TIMEOUT_S 30.0

enum deliver_outcome {
	DELIVER_TOLD = 0, /* the receiver took it */
	DELIVER_LATER,    /* it did not, and may at another time */
	DELIVER_REFUSED   /* it read it and will never take it */
};

struct deliver_result {
	enum deliver_outcome outcome;
	int64_t retry_after_s; /* what the receiver asked for, -1 = nothing */
	char error[DELIVER_ERROR_MAX]; /* one line without secrets, "" when told */
};

void deliver(const struct notify_channel *c, const struct notice *n, struct deliver_result *r);

/* -- inside probe/notify/ -- */
void deliver_webhook(const struct notify_channel *c, const struct notice *n, struct deliver_result *r);
void deliver_mail(const struct notify_channel *c, const struct notice *n, struct deliver_result *r);
void deliver_command(const struct notify_channel *c, const struct notice *n, struct deliver_result *r);
void deliver_syslog(const struct notify_channel *c, const struct notice *n, struct deliver_result *r);
/* Root may read a secret's file that is another user's, but only while it has its rights:
 * so they go after that, and before anything is read from the network. */
bool deliver_give_up_rights(struct deliver_result *r);
/* Notes a failure; the text is made safe for a line of the log. */
void deliver_fail(struct deliver_result *r, enum deliver_outcome outcome, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
