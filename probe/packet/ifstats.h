/* SPDX-License-Identifier: BSD-2-Clause */
/* How many frames the interface itself has lost, before any capture could see them. The kernel is asked by netlink. (libpcap
 * reads the same from /sys. That is out of reach in the sandbox, and in a network namespace it often shows another
 * interface of the same name.) */
#ifndef ERPROBE_PACKET_IFSTATS_H
#define ERPROBE_PACKET_IFSTATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* rx_missed_errors + rx_fifo_errors of an interface, since it was created. fd: of kernel_open(). False when the kernel does
 * not tell. */
bool ifstats_read(int fd, uint32_t index, uint64_t *lost);
/* Reads it from one netlink message; false when it is not in there. */
bool ifstats_parse(const void *answer, size_t len, uint32_t index, uint64_t *lost);
/* Does this interface bear this alias (ip link set NAME alias …)? Only who may configure it can have set it, so an alias
 * can stand for permission. */
bool ifstats_has_alias(int fd, uint32_t index, const char *alias);

#endif
