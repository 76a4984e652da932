/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the bytes of a probe from its description. The only user of libnet, which builds in memory here: it opens no
 * socket and needs no privilege. */
#ifndef ERPROBE_PACKET_CRAFT_H
#define ERPROBE_PACKET_CRAFT_H

#include "erprobe/probe.h"
#include "probe/packet/sizes.h"

#include <stddef.h>
#include <stdint.h>

#define CRAFT_BYTES_MAX (SIZE_ETHERNET + PROBE_SIZE_MAX)

struct craft;

/* NULL with one line in err. Free with craft_free(). */
struct craft *craft_new(char *err, size_t err_size);
void craft_free(struct craft *c);

/* Builds an IP datagram, or for PROBE_NEIGHBOUR an Ethernet frame with source link_addr, into out (CRAFT_BYTES_MAX bytes).
 * Returns its length; 0 when out of memory or when the description is one that policy_check() refuses as out of bounds.
 * An ICMP echo is built so that its checksum is s->icmp_sum (see craft_compensation()): routers that spread ICMP by its
 * checksum then send all probes of a flow the same way. */
size_t craft_build(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out);

/* The same without the templates (template.h): libnet builds every byte. */
size_t craft_build_anew(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out);

/* The 16-bit word to put into a message so that its checksum becomes `wanted`; partial is the inet_sum() of all its other
 * words. Internet checksums are one's complement sums (RFC 1071), so the word is ~wanted - partial, computed as
 * ~wanted + ~fold(partial) with the carry added back. */
uint16_t craft_compensation(uint32_t partial, uint16_t wanted);

#endif
