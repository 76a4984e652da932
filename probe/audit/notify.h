/* SPDX-License-Identifier: BSD-2-Clause */
/* The post office of the service: takes what waits in the history's queue to the
 * channels, one message of a channel at a time and in order, each try in a process of
 * its own, so that a receiver that is slow or dead holds nothing else up. */
#ifndef ERPROBE_AUDIT_NOTIFY_H
#define ERPROBE_AUDIT_NOTIFY_H

#include "probe/config/config.h"

#include <stdbool.h>

struct service;
struct mono_ns;

/* After the configuration was taken over: its channels from now on. */
void notify_adopt(struct service *s);
/* After the history was opened: it must know the channels before the next event. */
void notify_opened(struct service *s);
/* There may be something new in the queue. */
void notify_kick(struct service *s);
/* Takes results, starts what is due. */
void notify_tick(struct service *s, struct mono_ns now);
/* Is a message under way, or due now? */
bool notify_is_busy(const struct service *s, struct mono_ns now);
/* The end: kills what is under way; it will be tried again by the next life of the service. */
void notify_end(struct service *s);

/* `erprobe audit --test-notify`: a test message over each channel, a line each on standard
 * output. Returns the exit code. Takes over *c and frees it. */
int notify_test(struct config *c);

#endif
