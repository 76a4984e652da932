/* SPDX-License-Identifier: BSD-2-Clause */
/* The test's own view of packets and its small helpers on the far side. */
#ifndef ERPROBE_TEST_DRIVE_H
#define ERPROBE_TEST_DRIVE_H

#include <stddef.h>
#include <stdint.h>

/* Prints one line about a frame: "arp 1 10.0.0.1 10.0.0.2", "icmp 8 …", "tcp S …". */
void show_frame(const uint8_t *bytes, size_t len, unsigned slot);

/* Accepts and closes TCP connections until killed. */
int far_listen(const char *address, const char *port);
/* Sends the frame written as hex out of an interface, count times. */
int far_inject(const char *iface, const char *hex, const char *count);
/* Answers IPv4 echo requests that come to a TUN device, until killed. */
int far_tun(const char *device);

#endif
