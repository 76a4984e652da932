/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of records to erprobe. What the channel does not take at once waits here. The queue is bounded and never
 * blocks: when it is nearly full, frames are dropped (and counted), so that answers to requests still fit. */
#ifndef ERPROBE_PACKET_OUTBOX_H
#define ERPROBE_PACKET_OUTBOX_H

#include "erprobe/channel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_SLOTS 4096u   /* 2.3 MiB: a second of a busy run while erprobe is away */
#define OUTBOX_RESERVE 256u  /* slots that frames may not take; the answers to one message need fewer */

struct outbox;

/* Writes to the channel fd, which stays the caller's. NULL when out of memory. */
struct outbox *outbox_new(int fd);
void outbox_free(struct outbox *o);

/* Fills magic, version and kind. */
void outbox_head(struct channel_head *h, enum channel_kind kind);
/* Queues a copy of a record other than a frame. False when the queue is full: before a request is read that needs an answer,
 * outbox_room() must be asked. */
bool outbox_put(struct outbox *o, const void *record, size_t size);
/* Queues a frame; where only the reserve is left, drops it and counts it as unforwarded. */
void outbox_put_frame(struct outbox *o, const struct frame *f);
size_t outbox_room(const struct outbox *o);
bool outbox_is_empty(const struct outbox *o);
uint32_t outbox_unforwarded(const struct outbox *o);
/* Sends as much as the channel takes without blocking. False when the other end is closed. */
bool outbox_flush(struct outbox *o);

#endif
