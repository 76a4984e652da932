/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of the packet helper: one packet, described completely in numbers. */
#ifndef ERPROBE_PROBE_H
#define ERPROBE_PROBE_H

#include "erprobe/addr.h"
#include "erprobe/clock.h"

#include <stdint.h>

enum probe_kind {
	PROBE_ICMP_ECHO = 1, /* ICMP or ICMPv6 echo request */
	PROBE_TCP_SYN = 2,
	PROBE_TCP_RST = 3,   /* ends a connection that a PROBE_TCP_SYN half opened */
	PROBE_NEIGHBOUR = 4, /* ARP request (RFC 826) or neighbour solicitation (RFC 4861) for dst */
	PROBE_UDP = 5,       /* datagram with the echo payload below */
	PROBE_KINDS
};

/* Bytes of the whole IP datagram: the largest frames that hardware takes (9,216) without
 * their Ethernet header. The payload of an echo must hold the token. */
#define PROBE_SIZE_MAX 9202
/* ICMP echo payload layout, both families (network order):
 *   0        8        12       14
 *   +--------+--------+--------+---------------
 *   | token  | probe  | compen-| zeros to size
 *   | 64 bit | id 32  | sation |
 *   +--------+--------+--------+---------------
 * The compensation makes the ICMP checksum the flow's constant (icmp_sum), so
 * that load balancers which hash the first four ICMP bytes see one flow (Paris).
 * In UDP it makes the checksum name the probe instead: ports are a flow's constants,
 * and the checksum is the only other field that every quote shows (RFC 792). */
#define ECHO_PAYLOAD_MIN 14

/* A signed segment (RFC 2385) has its options in this order, each header a multiple of 4:
 *
 *   | 1 | 1 | 19 | 18 | digest (16) |          and behind it, of a SYN,
 *   | 2 | 4 | maximum segment size  |
 *
 * The digest covers what is fixed here; it comes from the one who has the key. */
#define TCP_DIGEST_BYTES 16
#define TCP_SIGNATURE_BYTES 20
#define TCP_SYN_WINDOW 64240 /* 44 segments of 1460: what Linux offers first */

struct probe_spec {
	uint32_t id;         /* unique in the run, from 1; names the probe in answers and evidence */
	uint8_t kind;        /* enum probe_kind */
	uint8_t iface;       /* slot of an interface opened at start */
	uint8_t ttl;         /* TTL or hop limit, 1..255 */
	uint8_t tos;         /* DSCP and ECN, or traffic class */
	uint8_t dont_fragment; /* IPv4 DF; 0 or 1 */
	uint8_t via;         /* may leave straight by its interface, to this one of the next hops named at start, from 1 (probe/packet/links.h);
	                        0 = by the host's own IP stack */
	struct ip_addr src;
	struct ip_addr dst;
	uint16_t src_port;   /* TCP or UDP source port; ICMP echo identifier */
	uint16_t dst_port;   /* TCP or UDP destination port; ICMP echo sequence number */
	uint16_t ip_id;      /* IPv4 identification: keyed, see analysis/match/identity.h */
	uint16_t icmp_sum;   /* ICMP checksum the packet must carry (constant of the flow), or UDP checksum (names the probe) */
	uint32_t seq;        /* TCP sequence number: keyed */
	uint32_t ack;        /* TCP acknowledgment number; 0 but for RST after SYN-ACK */
	uint32_t flow_label; /* IPv6, 20 bits, constant of the flow */
	uint16_t size;       /* bytes of the IP datagram; 0 = smallest that holds the probe */
	uint64_t token;      /* keyed value for the payload of echo and UDP */
	struct mono_ns not_after; /* it leaves by then or not at all: its turn among other runs is over (probe/run/syn_turns.h); 0 = whenever */
	uint8_t is_signed;   /* TCP: the digest below goes with it; 0 or 1 */
	uint8_t digest[TCP_DIGEST_BYTES];
};

#endif
