/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 (RFC 791) and IPv6 (RFC 8200) headers, of a packet or of a quote in an
 * ICMP error.
 *
 *   IPv4  +-------+-------+---------------+-------------------------------+
 *         |version| IHL   | TOS           | total length                  |
 *         +-------+-------+---------------+-----+-------------------------+
 *         | identification                |0 D M| fragment offset, 8 bytes|
 *         +---------------+---------------+-----+-------------------------+
 *         | TTL           | protocol      | header checksum               |
 *         +---------------+---------------+-------------------------------+
 *         | source | destination | options to IHL * 4                     |
 *
 *   IPv6  +-------+---------------+---------------------------------------+
 *         |version| traffic class | flow label                            |
 *         +-------+---------------+-------+---------------+---------------+
 *         | payload length                | next header   | hop limit     |
 *         +-------------------------------+---------------+---------------+
 *         | source, 16 bytes | destination, 16 bytes | extension headers  |
 */
#include "analysis/decode/layers.h"

#include <string.h>

/* Extension headers followed before a packet is given up. RFC 8200 4.1 names
 * seven places; more only costs time. */
#define EXTENSION_HEADERS_MAX 8

#define IPV4_HEADER_MIN 20u
#define IPV6_HEADER 40u
/* RFC 792: the least that an error quotes after the IP header. */
#define QUOTE_TRANSPORT_MIN 8u

/* What follows a header whose length field declares `declared` more bytes.
 *
 * The length of a quoted header is not to be trusted: some stacks convert it to
 * host order or subtract the header before they quote. It bounds the quote only
 * where it leaves room for what an error quotes at least. */
static struct span body_after(const struct rd *r, size_t declared, bool quoted)
{
	size_t have = rd_left(r);
	struct span body;

	if (quoted && declared < QUOTE_TRANSPORT_MIN)
		declared = have;
	body.r = rd_peek(r, declared < have ? declared : have);
	body.whole = have >= declared;
	return body;
}

/* A fragment is never a whole message, though all its bytes may be here. */
static void note_fragment(uint16_t offset, bool more, struct decoded_ip *ip, struct span *body)
{
	ip->fragment = offset != 0;
	if (more)
		body->whole = false;
}

static struct ip_addr read_addr(struct rd *r, uint8_t family)
{
	uint8_t bytes[16];

	rd_bytes(r, bytes, ip_addr_len(family));
	return ip_addr_from(family, bytes);
}

static enum decode_status ipv4_header(const struct span *s, bool quoted, struct decoded_ip *ip,
                                      struct span *body)
{
	struct rd r = s->r;
	const uint8_t *at = rd_take(&r, IPV4_HEADER_MIN); /* as drawn above */

	if (at == NULL)
		return span_short(s);
	size_t header = (at[0] & 0x0fu) * 4u;
	uint16_t total_len = bytes_big16(at + 2), frag = bytes_big16(at + 6);
	if (at[0] >> 4 != IP_V4 || header < IPV4_HEADER_MIN)
		return DECODE_MALFORMED;
	if (total_len < header && !quoted)
		return DECODE_MALFORMED;
	/* Each field in its place: as a value that is copied there, the processor would wait for its parts to be joined. */
	memset(ip, 0, sizeof *ip);
	ip->present = true;
	ip->src.family = ip->dst.family = IP_V4;
	memcpy(ip->src.bytes, at + 12, 4);
	memcpy(ip->dst.bytes, at + 16, 4);
	ip->protocol = at[9];
	ip->ttl = at[8];
	ip->tos = at[1];
	ip->ip_id = bytes_big16(at + 4);
	ip->total_len = total_len;
	ip->dont_fragment = (frag & 0x4000) != 0;
	(void)rd_take(&r, header - IPV4_HEADER_MIN);
	if (!rd_ok(&r))
		return span_short(s);
	ip->checksum_ok = inet_sum_fold(inet_sum(0, at, header)) == 0;
	*body = body_after(&r, total_len > header ? total_len - header : 0, quoted);
	note_fragment(frag & 0x1fff, (frag & 0x2000) != 0, ip, body);
	return DECODE_OK;
}

static bool is_extension(uint8_t next)
{
	return next == PROTO_HOP_BY_HOP || next == PROTO_ROUTING || next == PROTO_FRAGMENT ||
	       next == PROTO_AUTH || next == PROTO_DEST_OPTS;
}

/* Steps over one extension header and returns the next one's number. All begin
 *   +-------------+-------------+---
 *   | next header | length      |     length in 8 bytes beyond the first 8
 *   +-------------+-------------+---  (RFC 4302: AH counts 4 bytes, less 2)
 * but for the fragment header (RFC 8200 4.5), which is 8 bytes and has no length. */
static uint8_t step_extension(struct span *body, uint8_t kind, struct decoded_ip *ip)
{
	uint8_t next = rd_u8(&body->r);
	uint8_t len = rd_u8(&body->r);

	if (kind == PROTO_FRAGMENT) {
		uint16_t frag = rd_u16(&body->r);
		rd_skip(&body->r, 4);
		if (rd_ok(&body->r))
			note_fragment(frag >> 3, (frag & 1) != 0, ip, body);
	} else if (kind == PROTO_AUTH) {
		rd_skip(&body->r, (size_t)len * 4 + 6);
	} else {
		rd_skip(&body->r, (size_t)len * 8 + 6);
	}
	return next;
}

/* Follows the chain up to the transport; ip->protocol is set when it is found. */
static enum decode_status follow_extensions(struct span *body, uint8_t next, struct decoded_ip *ip)
{
	for (int n = 0; is_extension(next); n++) {
		if (n == EXTENSION_HEADERS_MAX)
			return DECODE_MALFORMED;
		next = step_extension(body, next, ip);
		if (!rd_ok(&body->r))
			return span_short(body);
		if (ip->fragment)
			break;
	}
	ip->protocol = next;
	return DECODE_OK;
}

static enum decode_status ipv6_header(const struct span *s, bool quoted, struct decoded_ip *ip,
                                      struct span *body)
{
	struct rd r = s->r;
	struct decoded_ip h = {.present = true, .checksum_ok = true};
	uint32_t first = rd_u32(&r);
	uint16_t payload = rd_u16(&r);
	uint8_t next = rd_u8(&r);

	h.ttl = rd_u8(&r);
	h.src = read_addr(&r, IP_V6);
	h.dst = read_addr(&r, IP_V6);
	if (!rd_ok(&r))
		return span_short(s);
	if (first >> 28 != IP_V6)
		return DECODE_MALFORMED;
	h.tos = (uint8_t)(first >> 20);
	h.flow_label = first & 0xfffff;
	h.total_len = payload > UINT16_MAX - IPV6_HEADER ? UINT16_MAX
	                                                 : (uint16_t)(payload + IPV6_HEADER);
	*ip = h;
	*body = body_after(&r, payload, quoted);
	return follow_extensions(body, next, ip);
}

enum decode_status decode_ip_header(const struct span *s, uint8_t family, bool quoted,
                                    struct decoded_ip *ip, struct span *body)
{
	return family == IP_V4 ? ipv4_header(s, quoted, ip, body)
	                       : ipv6_header(s, quoted, ip, body);
}

static enum decode_status transport(const struct span *body, struct decoded *out)
{
	uint8_t icmp = out->ip.src.family == IP_V4 ? PROTO_ICMP : PROTO_ICMP6;

	if (out->ip.protocol == icmp)
		return decode_icmp(body, out);
	if (out->ip.protocol == PROTO_TCP)
		return decode_tcp(body, &out->tcp);
	if (out->ip.protocol == PROTO_UDP)
		return decode_udp(body, &out->udp);
	return DECODE_UNKNOWN;
}

enum decode_status decode_ip(const struct span *s, uint8_t family, struct decoded *out)
{
	struct span body;
	enum decode_status status = decode_ip_header(s, family, false, &out->ip, &body);

	if (status != DECODE_OK)
		return status;
	if (!out->ip.fragment)
		status = transport(&body, out);
	return status == DECODE_OK && !body.whole ? DECODE_CUT : status;
}
