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

#define ALLOW_STEPS 4096u

struct allow_set {
	struct ip_prefix *prefixes; /* sorted, disjoint; owned */
	size_t count;
	struct allow_span *v4;      /* the IPv4 prefixes, which come first; owned */
	size_t v4_count;
	uint32_t *steps;            /* [ALLOW_STEPS + 1]: how many spans begin before each of equal steps from the first one on; owned */
	uint8_t shift;              /* a step is 2^shift addresses */
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
void allow_free(struct allow *a);

#endif
