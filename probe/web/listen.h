/* SPDX-License-Identifier: BSD-2-Clause */
/* A listening TCP socket on an address of this host. */
#ifndef ERPROBE_LISTEN_H
#define ERPROBE_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

/* Listens on "ADDRESS:PORT", "[IPV6]:PORT" or "localhost:PORT" (IPv4's); nothing is looked
 * up. The descriptor, which does not block, or -1 with one line in err. */
int listen_on(const char *where, char *err, size_t err_size);
/* Can other hosts reach it? */
bool listen_is_open(const char *where);

#endif
