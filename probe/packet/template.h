/* SPDX-License-Identifier: BSD-2-Clause */
/* Building probes fast: libnet builds the first probe of each shape, and later ones are copies of it in which only the fields
 * that differ are written anew. Two probes have the same shape when their fields lie at the same places and those that are
 * never rewritten are equal: kind, address family, size, traffic class, DF, and whether a RST carries an acknowledgement.
 *
 * Checksums are updated rather than computed anew (RFC 1624). The sum of all 16-bit words is kept unfolded; the old word is
 * subtracted and the new one added. Folding the result gives exactly what summing the whole packet would give, also where
 * the checksum is zero. */
#ifndef ERPROBE_PACKET_TEMPLATE_H
#define ERPROBE_PACKET_TEMPLATE_H

#include "erprobe/probe.h"
#include "probe/packet/sizes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATES_MAX 16u      /* shapes kept at once; one more replaces the oldest */
#define TEMPLATE_BYTES_MAX 128u /* longer packets are rare; libnet builds each of them */

struct template {
	uint8_t kind, family, tos, dont_fragment; /* kind 0 = free */
	uint16_t size;
	bool acks;
	size_t len;
	uint8_t bytes[TEMPLATE_BYTES_MAX];
	uint32_t ip_sum;           /* unfolded sum of the IPv4 header, its checksum left out */
	uint32_t sum;              /* unfolded sum of pseudo header and transport, without checksum and craft_compensation()'s word */
};

struct templates {
	struct template list[TEMPLATES_MAX];
	size_t next;
};

/* Keeps a datagram that was built for s as the template of its shape. Ignores one that is too long, and neighbour requests. */
void templates_keep(struct templates *t, const struct probe_spec *s, const uint8_t *datagram, size_t len);
/* Writes the datagram of s into out and returns its length; 0 when there is no template of its shape. */
size_t templates_build(const struct templates *t, const struct probe_spec *s, uint8_t *out);

#endif
