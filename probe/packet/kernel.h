/* SPDX-License-Identifier: BSD-2-Clause */
/* The privileged program's few questions to the kernel, over one route netlink socket (rtnetlink(7)). What erprobe itself
 * asks goes by probe/host/netlink.h, which this program is too small to have. */
#ifndef ERPROBE_PACKET_KERNEL_H
#define ERPROBE_PACKET_KERNEL_H

#include "erprobe/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The socket, non-blocking; -1 with errno. The caller closes it. */
int kernel_open(void);

/* Asks one question: a struct nlmsghdr whose length, type, flags and sequence number are set, and what follows it. Returns the
 * bytes of the message that answers this number; 0 where the kernel has none, or it does not fit. Never waits. */
size_t kernel_ask(int fd, const void *question, void *answer, size_t room);

/* Takes an answer message apart: is it of this type and number, with all of its header? Then fills fixed[fixed_len], the
 * type's own header (struct ifinfomsg, …), and *attributes, what follows it. */
bool kernel_message(const void *answer, size_t len, uint16_t type, uint32_t number, void *fixed, size_t fixed_len, struct rd *attributes);

/* Steps to the next attribute; false at the end or at a broken one. */
bool kernel_attribute(struct rd *r, uint16_t *type, struct rd *value);

#endif
