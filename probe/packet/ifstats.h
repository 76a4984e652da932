/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames that an interface itself lost, asked of the kernel by netlink: libpcap
 * reads them from a mounted /sys, which after the sandbox is out of reach and in a
 * network namespace often shows other interfaces of the same name. */
#ifndef ERPROBE_PACKET_IFSTATS_H
#define ERPROBE_PACKET_IFSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A route netlink socket, for later questions; -1 with errno. */
int ifstats_open(void);
/* rx_missed_errors + rx_fifo_errors of an interface since it exists. False when the
 * kernel does not say within a moment. */
bool ifstats_read(int fd, uint32_t index, uint64_t *lost);
/* Takes the same from one answer message; false when it does not hold it. */
bool ifstats_parse(const void *answer, size_t len, uint32_t index, uint64_t *lost);
/* Has who may configure this interface marked it with that alias (ip link set NAME alias …)? */
bool ifstats_has_alias(int fd, uint32_t index, const char *alias);
/* The same of one answer message. */
bool ifstats_parse_alias(const void *answer, size_t len, uint32_t index, const char *alias);

#endif
