/* SPDX-License-Identifier: BSD-2-Clause */
/* The destinations that probes may go to, fixed at start. There may be thousands of prefixes, and each probe is looked up
 * in them. So single IPv4 addresses are kept in a hash table and all other prefixes sorted and without overlaps, for binary
 * search. */
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
	size_t v4_total;            /* how many of them are IPv4; these come first */
	uint32_t *hosts;            /* hash table of the IPv4 /32s, 0 = free slot; owned. NULL where there are none */
	uint8_t host_shift;         /* the table has 2^(32 - host_shift) slots */
	struct allow_span *v4;      /* all other IPv4 prefixes; owned */
	size_t v4_count;
};

/* Loopback addresses are allowed only where a prefix of the list lies inside loopback: 0.0.0.0/0 must not open the host's
 * own services. */
struct allow {
	struct allow_set world;
	struct allow_set loopback;
};

/* Copies the list. False when out of memory. Free with allow_free(). */
bool allow_build(struct allow *a, const struct ip_prefix *list, size_t count);
bool allow_has(const struct allow *a, const struct ip_addr *address);
/* Prefetches what allow_has() will read for this address, so that the cache miss overlaps with other work. */
void allow_expect(const struct allow *a, const struct ip_addr *address);
void allow_free(struct allow *a);

#endif
