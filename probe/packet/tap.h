/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet socket without a ring, for a capture that is to begin at once: the kernel waits
 * two to four of its ticks (8 to 20 ms) while it sets up a ring, which is longer than many
 * a path's round trip. It costs a system call a frame (0.6 us), and its buffer holds some
 * hundred frames: of use for a few destinations, with a filter that keeps other people's pings out. */
#ifndef ERPROBE_PACKET_TAP_H
#define ERPROBE_PACKET_TAP_H

#include "probe/packet/capture.h"

struct sock_fprog;

/* A socket on iface that sees what the filter lets through, both ways, with the kernel's
 * stamps; the filter is locked. -1 where a ring must do: no Ethernet, down, no right, or a
 * kernel that does not begin to stamp within some milliseconds. */
int tap_open(const char *iface, const struct sock_fprog *filter);
/* As capture_read(); -1 with errno. */
int tap_read(int fd, uint8_t slot, uint32_t snaplen, int max, capture_sink sink, void *context);

#endif
