/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet socket with a ring (TPACKET_V3: memory that the kernel and we share), for a capture of very many frames. The kernel
 * fills blocks of frames, and hands a block over when it is full or some milliseconds old: no frame costs a system call.
 *
 * It stands in the place of libpcap's for the sake of what libpcap asks of the kernel together with nanoseconds (SO_TIMESTAMPNS):
 * to stamp each frame that comes in anywhere on the host, in every namespace and of whatever traffic. Without it those alone are
 * stamped that the ring takes, in nanoseconds and of the same clock, those that leave and those that come in at the same place:
 * where the kernel hands a frame to its captures. One that comes in is there some hundred nanoseconds after it would have been
 * stamped; later where it waits first for another processor (RPS) or on a veth. While anybody else on the host has frames stamped
 * as they come in, as most time daemons do, so are these. */
#ifndef ERPROBE_PACKET_RING_H
#define ERPROBE_PACKET_RING_H

#include "probe/packet/capture.h"

struct sock_fprog;
struct ring;

/* A ring on iface for frames in both directions that pass the filter, which is locked. NULL where libpcap must be asked instead: the
 * interface is no Ethernet or is down, the right is missing, or the kernel has no such ring. Free with ring_close(). */
struct ring *ring_open(const char *iface, const struct sock_fprog *filter);
void ring_close(struct ring *r);
int ring_fd(const struct ring *r);
/* As capture_read(), but for errors: there are none. */
int ring_read(struct ring *r, uint8_t slot, int max, capture_sink sink, void *context);

#endif
