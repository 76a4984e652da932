/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes from a packet that was built before: libnet builds one of each shape, and what
 * varies is patched into a copy of it. Shape is what decides where fields lie and what is
 * never patched: kind, family, size, traffic class, DF, and whether a RST acknowledges.
 *
 * Checksums follow (RFC 1624): the sum of all 16-bit words is kept as a whole number, from
 * which the old word is taken and to which the new one is added; folding it gives what
 * summing the packet anew would give, zeros included. */
#ifndef ERPROBE_PACKET_TEMPLATE_H
#define ERPROBE_PACKET_TEMPLATE_H

#include "erprobe/probe.h"
#include "probe/packet/sizes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEMPLATES_MAX 16u      /* shapes in use at once; the next takes the oldest's place */
#define TEMPLATE_BYTES_MAX 128u /* longer packets are rare, and built anew */

struct template {
	uint8_t kind, family, tos, dont_fragment; /* kind 0 = free */
	uint16_t size;
	bool acks;
	size_t len;
	uint8_t bytes[TEMPLATE_BYTES_MAX];
	uint32_t ip_sum;           /* of the IPv4 header without its checksum */
	uint32_t sum;              /* of pseudo header and transport, without checksum and compensation */
};

struct templates {
	struct template list[TEMPLATES_MAX];
	size_t next;
};

/* Keeps a datagram that was built for s; not those that are too long, nor frames. */
void templates_keep(struct templates *t, const struct probe_spec *s, const uint8_t *datagram, size_t len);
/* Writes the datagram of s into out and returns its length; 0 when no template fits. */
size_t templates_build(const struct templates *t, const struct probe_spec *s, uint8_t *out);

#endif
