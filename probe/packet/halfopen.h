/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections that SYNs of ours may have half opened. These alone may be reset. The table is bounded: where its buckets
 * are full, the oldest entry is forgotten. That costs nothing but a RST that is refused later, and the kernel resets an
 * unexpected SYN-ACK anyway. */
#ifndef ERPROBE_PACKET_HALFOPEN_H
#define ERPROBE_PACKET_HALFOPEN_H

#include "erprobe/probe.h"

#include <stdbool.h>

struct halfopen;

/* NULL when out of memory. Free with halfopen_free(). */
struct halfopen *halfopen_new(void);
/* Remembers addresses and ports of a SYN that left. */
void halfopen_add(struct halfopen *h, const struct probe_spec *syn);
/* Did a SYN with the same addresses and ports leave before? */
bool halfopen_has(const struct halfopen *h, const struct probe_spec *rst);
void halfopen_free(struct halfopen *h);

#endif
