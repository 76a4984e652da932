/* SPDX-License-Identifier: BSD-2-Clause */
/* From a probe's description to its bytes. The only user of libnet, which here
 * builds in memory alone: no socket, no privilege. */
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

/* Builds an IP datagram, or for PROBE_NEIGHBOUR an Ethernet frame that leaves from
 * link_addr, into out (CRAFT_BYTES_MAX bytes). Returns its length; 0 when the spec
 * is one that policy_check() would refuse as out of bounds, or memory is out.
 * ICMP echo carries spec.icmp_sum as its checksum (see craft_compensation). */
size_t craft_build(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out);

/* The same by libnet alone, whose packets are the templates of the others (template.h). */
size_t craft_build_anew(struct craft *c, const struct probe_spec *s, const uint8_t link_addr[6], uint8_t *out);

/* The 16-bit word X that makes the checksum of a message come out as wanted, when
 * partial is the inet_sum() of all its other words: RFC 1071 sums are one's
 * complement, so X = ~wanted - partial, that is ~wanted +' ~fold(partial). */
uint16_t craft_compensation(uint32_t partial, uint16_t wanted);

#endif
