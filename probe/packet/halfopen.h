/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that a SYN of ours may have half opened: the only ones that we may
 * reset. Bounded; the oldest of a bucket is forgotten first, which costs no more
 * than a refused RST (the kernel resets an unexpected SYN-ACK by itself). */
#ifndef ERPROBE_PACKET_HALFOPEN_H
#define ERPROBE_PACKET_HALFOPEN_H

#include "erprobe/probe.h"

#include <stdbool.h>

struct halfopen;

/* NULL when out of memory. Free with halfopen_free(). */
struct halfopen *halfopen_new(void);
/* Remembers the four-tuple of a SYN that left. */
void halfopen_add(struct halfopen *h, const struct probe_spec *syn);
bool halfopen_has(const struct halfopen *h, const struct probe_spec *rst);
void halfopen_free(struct halfopen *h);

#endif
