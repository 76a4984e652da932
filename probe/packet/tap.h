/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet socket without a ring (the memory that kernel and libpcap share), for a capture that must begin at once. Setting up
 * a ring takes the kernel two to four of its ticks, 8 to 20 ms, which is longer than the round trip of many paths. Without
 * one each frame costs a system call (0.6 us), and the socket's buffer holds only some hundred frames. So this is for runs
 * with few destinations, with a filter that leaves other hosts' pings out. */
#ifndef ERPROBE_PACKET_TAP_H
#define ERPROBE_PACKET_TAP_H

#include "probe/packet/capture.h"

struct sock_fprog;

/* A socket on iface for frames in both directions that pass the filter, with the kernel's time stamps. The filter is locked.
 * -1 where the caller must take a ring instead: the interface is no Ethernet or is down, the right is missing, or the kernel
 * does not begin to stamp frames within some milliseconds. */
int tap_open(const char *iface, const struct sock_fprog *filter);
/* As capture_read(); -1 with errno. */
int tap_read(int fd, uint8_t slot, uint32_t snaplen, int max, capture_sink sink, void *context);

/* -- for a socket with a ring (ring.h) -- */

/* A socket that has the filter, locked, and takes nothing yet. -1 where the interface is no Ethernet or is down, or the right is missing. */
int tap_socket(const char *iface, const struct sock_fprog *filter);
/* Takes frames from now on. False where the interface is gone. */
bool tap_listen(int fd, const char *iface);
/* The kernel takes the outer VLAN tag out of a frame that has an Ethernet header and keeps it beside: it goes back to its place.
 * status: TP_STATUS_VLAN_TPID_VALID where the kernel told the tag's type too. */
void tap_put_tag_back(struct frame *f, uint32_t status, uint16_t told_tpid, uint16_t tci);

#endif
