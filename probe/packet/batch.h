/* SPDX-License-Identifier: BSD-2-Clause */
/* The probes of one message on their way out: judged, crafted, sent together. */
#ifndef ERPROBE_PACKET_BATCH_H
#define ERPROBE_PACKET_BATCH_H

#include "erprobe/clock.h"
#include "erprobe/probe.h"
#include "probe/packet/packet.h"

struct batch;

/* NULL when out of memory. Free with batch_free(). */
struct batch *batch_new(void);
void batch_free(struct batch *b);

/* Keeps a probe until batch_send(), which is to be called after at most SEND_ITEMS_MAX of them. */
void batch_add(struct packet *p, const struct probe_spec *s);
/* Judges and crafts what was added, sends it, and queues one SENT for each probe, in the order
 * they came (in bulk, for those alone that did not leave). */
void batch_send(struct packet *p, struct mono_ns now);

#endif
