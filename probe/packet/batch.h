/* SPDX-License-Identifier: BSD-2-Clause */
/* The probes of one message, on their way out together: checked against policy, crafted, sent by as few system calls as
 * possible. */
#ifndef ERPROBE_PACKET_BATCH_H
#define ERPROBE_PACKET_BATCH_H

#include "erprobe/clock.h"
#include "erprobe/probe.h"
#include "probe/packet/packet.h"

struct batch;

/* NULL when out of memory. One a process, until its end. */
struct batch *batch_new(void);

/* Adds a probe. batch_send() must be called after at most SEND_ITEMS_MAX of them. */
void batch_add(struct packet *p, const struct probe_spec *s);
/* Sends what was added, and queues a CHANNEL_SENT record for each probe, in their order. With packet.bulk only probes that
 * did not leave get one: those that left are seen in the capture. */
void batch_send(struct packet *p, struct mono_ns now);

#endif
