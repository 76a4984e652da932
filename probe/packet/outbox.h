/* SPDX-License-Identifier: BSD-2-Clause */
/* Records on their way to erprobe. What the channel does not take at once waits
 * here; the room is bounded, frames give way to answers, and nothing ever blocks. */
#ifndef ERPROBE_PACKET_OUTBOX_H
#define ERPROBE_PACKET_OUTBOX_H

#include "erprobe/channel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_SLOTS 4096u   /* 2.3 MiB: a second of a busy run while erprobe is away */
#define OUTBOX_RESERVE 256u  /* kept free of frames, for answers: more than one message needs */

struct outbox;

/* Writes to the channel fd, which stays the caller's. NULL when out of memory. */
struct outbox *outbox_new(int fd);
void outbox_free(struct outbox *o);

/* Fills magic, version and kind. */
void outbox_head(struct channel_head *h, enum channel_kind kind);
/* Queues a copy of a record that is no frame. False when there is no room at all:
 * ask outbox_room() before taking a request that needs an answer. */
bool outbox_put(struct outbox *o, const void *record, size_t size);
/* Queues a frame, or counts it as unforwarded when only the reserve is left. */
void outbox_put_frame(struct outbox *o, const struct frame *f);
size_t outbox_room(const struct outbox *o);
bool outbox_is_empty(const struct outbox *o);
uint32_t outbox_unforwarded(const struct outbox *o);
/* Sends what the channel takes without waiting. False when the other end is gone. */
bool outbox_flush(struct outbox *o);

#endif
