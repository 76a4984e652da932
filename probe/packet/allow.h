/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of allowed destinations, fixed at start: thousands of prefixes, asked
 * once a probe, so it is kept sorted and free of overlaps. */
#ifndef ERPROBE_PACKET_ALLOW_H
#define ERPROBE_PACKET_ALLOW_H

#include "erprobe/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First and last address of an IPv4 prefix. */
struct allow_span { uint32_t first, last; };

struct allow_set {
	struct ip_prefix *prefixes; /* sorted, disjoint; owned */
	size_t count;
	size_t v4_total;            /* IPv4 prefixes, which come first */
	uint32_t *hosts;            /* those of one address: a hash table, 0 = free; owned. NULL where there are none */
	uint8_t host_shift;         /* it has 2^(32 - host_shift) places */
	struct allow_span *v4;      /* the other IPv4 prefixes; owned */
	size_t v4_count;
};

/* Both sets of a list: loopback prefixes count only where the list names them, so
 * that 0.0.0.0/0 does not open the host's own services. */
struct allow {
	struct allow_set world;
	struct allow_set loopback;
};

/* Copies the list. False when out of memory. Free with allow_free(). */
bool allow_build(struct allow *a, const struct ip_prefix *list, size_t count);
bool allow_has(const struct allow *a, const struct ip_addr *address);
/* allow_has() will be asked about this address soon: its place may be fetched from memory meanwhile. */
void allow_expect(const struct allow *a, const struct ip_addr *address);
void allow_free(struct allow *a);

#endif
