/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes of the packets that the helper makes, in one place for policy and craft. */
#ifndef ERPROBE_PACKET_SIZES_H
#define ERPROBE_PACKET_SIZES_H

#include "erprobe/probe.h"

#include <stdint.h>

#define SIZE_ETHERNET 14u
#define SIZE_IPV4 20u      /* RFC 791: no options are ever sent */
#define SIZE_IPV6 40u      /* RFC 8200: no extension headers */
#define SIZE_ICMP 8u       /* RFC 792, RFC 4443: echo with identifier and sequence */
#define SIZE_UDP 8u        /* RFC 768 */
#define SIZE_TCP 20u       /* RFC 9293 */
#define SIZE_TCP_MSS 4u    /* the option that every SYN carries */
#define SIZE_ARP 28u       /* RFC 826 for Ethernet and IPv4 */
#define SIZE_SOLICIT 32u   /* RFC 4861, 4.3: 24 bytes and the link-layer option of 8 */

/* Bytes of the smallest IP datagram that holds a probe of this kind; 0 for a kind
 * that is no IP datagram of ours (PROBE_NEIGHBOUR) or a family that is none. */
static inline uint16_t probe_size_min(uint8_t kind, uint8_t family)
{
	unsigned ip = family == IP_V4 ? SIZE_IPV4 : SIZE_IPV6;

	if (family != IP_V4 && family != IP_V6)
		return 0;
	if (kind == PROBE_ICMP_ECHO)
		return (uint16_t)(ip + SIZE_ICMP + ECHO_PAYLOAD_MIN);
	if (kind == PROBE_UDP)
		return (uint16_t)(ip + SIZE_UDP + ECHO_PAYLOAD_MIN);
	if (kind == PROBE_TCP_SYN)
		return (uint16_t)(ip + SIZE_TCP + SIZE_TCP_MSS);
	if (kind == PROBE_TCP_RST)
		return (uint16_t)(ip + SIZE_TCP);
	return 0;
}

#endif
