/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet socket with a ring of blocks (TPACKET_V3) for bulk, as libpcap would set it up, but for one thing:
 * for stamps of nanoseconds libpcap asks for SO_TIMESTAMPNS, whereupon the kernel stamps every frame that any
 * interface of the host takes in. The ring does without: each frame is stamped as it is put there. */
#ifndef ERPROBE_PACKET_RING_H
#define ERPROBE_PACKET_RING_H

#include "probe/packet/capture.h"

struct sock_fprog;
struct ring;

/* On iface, both ways, of what the filter lets through, which is locked. NULL where libpcap must do: no
 * Ethernet, down, no right, no memory. The caller's, to be freed with ring_close(). */
struct ring *ring_open(const char *iface, const struct sock_fprog *filter);
void ring_close(struct ring *r);
/* Readable when a block is full or some milliseconds old. */
int ring_fd(const struct ring *r);
/* As capture_read(). */
int ring_read(struct ring *r, uint8_t slot, int max, capture_sink sink, void *context);

#endif
