/* SPDX-License-Identifier: BSD-2-Clause */
/* What the layers of the decoder share; private to analysis/decode. Each layer
 * gets the bytes of its own part alone, so that no layer can read another's. */
#ifndef ERPROBE_DECODE_LAYERS_H
#define ERPROBE_DECODE_LAYERS_H

#include "analysis/decode/decode.h"
#include "erprobe/bytes.h"

/* Values of the protocol and next-header fields (IANA). */
enum ip_protocol {
	PROTO_HOP_BY_HOP = 0,
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AUTH = 51,
	PROTO_ICMP6 = 58,
	PROTO_DEST_OPTS = 60
};

/* The captured bytes of one layer. whole: these are all that the enclosing
 * length field declares; running out of bytes is then the sender's error, and
 * the capture's cut otherwise. */
struct span {
	struct rd r;
	bool whole;
};

/* Why a layer ran out of bytes. */
static inline enum decode_status span_short(const struct span *s)
{
	return s->whole ? DECODE_MALFORMED : DECODE_CUT;
}

/* Reads an IP header of this family (enum ip_family) with its options or
 * extension headers. On DECODE_OK body holds what follows it. quoted: the header
 * stands in an ICMP error, where its length field is no promise. */
enum decode_status decode_ip_header(const struct span *s, uint8_t family, bool quoted,
                                    struct decoded_ip *ip, struct span *body);
/* A whole IP packet, of the family that the Ethernet type names. */
enum decode_status decode_ip(const struct span *s, uint8_t family, struct decoded *out);

/* ICMP or ICMPv6, by the family of out->ip, which is decoded already. */
enum decode_status decode_icmp(const struct span *s, struct decoded *out);

/* Splits the body of an ICMP error (what follows its 8 bytes) into the quoted
 * datagram and, in x, the extension structure where there is one. */
struct rd decode_extensions(uint8_t family, const struct decoded_icmp *icmp, const struct span *body,
                            struct decoded_extensions *x);

enum decode_status decode_tcp(const struct span *s, struct decoded_tcp *tcp);
enum decode_status decode_udp(const struct span *s, struct decoded_udp *udp);

enum decode_status decode_arp(const struct span *s, struct decoded_neighbour *n);
/* Neighbour solicitation and advertisement, from after the first 8 ICMPv6 bytes. */
enum decode_status decode_nd(const struct span *s, bool advertisement, const struct decoded_ip *ip,
                             struct decoded_neighbour *n);

#endif
