/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own entry for a neighbour on a link, asked of it by netlink (rtnetlink(7)). */
#ifndef ERPROBE_PACKET_NEIGHBOUR_H
#define ERPROBE_PACKET_NEIGHBOUR_H

#include "erprobe/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks on the socket of kernel_open() for the link address that the host itself would send to: of an entry that
 * is reachable, stale, being confirmed, or fixed. False where there is none, or the kernel does not say at once;
 * kernels before 5.0 do not. What another process sends to the socket is no answer. */
bool neighbour_read(int fd, uint32_t index, const struct ip_addr *a, uint32_t number, uint8_t mac[6]);
/* Takes the same from one answer message, to the question of this number (anything that no other question has). */
bool neighbour_parse(const void *answer, size_t len, uint32_t index, const struct ip_addr *a, uint32_t number, uint8_t mac[6]);

#endif
