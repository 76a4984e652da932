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
/* The first half of it, of which a ring may be made too (ring.h): the filter is locked, and nothing comes yet. */
int tap_socket(const char *iface, const struct sock_fprog *filter);
/* The last step: from now on it sees what the filter lets through. */
bool tap_listen(int fd, const char *iface);
/* The kernel takes the outer VLAN tag out of a frame and keeps it beside: it goes back to its place. Where the kernel
 * does not tell its TPID, it is 0x8100. */
void tap_put_tag_back(struct frame *f, bool has_tpid, uint16_t tpid, uint16_t tci);
/* As capture_read(); -1 with errno. */
int tap_read(int fd, uint8_t slot, uint32_t snaplen, int max, capture_sink sink, void *context);

#endif
