/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP (RFC 792) and ICMPv6 (RFC 4443):
 *
 *   0      1      2          4                      8
 *   +------+------+----------+----------------------+-----------------------
 *   | type | code | checksum | rest: id and seq,    | echo: payload
 *   |      |      |          | MTU, pointer, length | error: quoted datagram
 *   +------+------+----------+----------------------+-----------------------
 *
 * An error quotes the start of the datagram that caused it: by RFC 792 its IP
 * header and 8 bytes, by RFC 1812 4.3.2.3 and RFC 4443 2.4 (c) as much as fits.
 * A quote is followed one level deep: an error about an error does not exist. */
#include "analysis/decode/layers.h"

#define ICMP_HEADER 8u

enum icmp4_type {
	ICMP4_ECHO_REPLY = 0,
	ICMP4_UNREACHABLE = 3,
	ICMP4_QUENCH = 4,
	ICMP4_REDIRECT = 5,
	ICMP4_ECHO = 8,
	ICMP4_TIME_EXCEEDED = 11,
	ICMP4_PARAMETER = 12
};

enum icmp6_type {
	ICMP6_UNREACHABLE = 1,
	ICMP6_PARAMETER = 4,
	ICMP6_ECHO = 128,
	ICMP6_ECHO_REPLY = 129,
	ICMP6_SOLICITATION = 135,
	ICMP6_ADVERTISEMENT = 136
};

static bool is_echo(uint8_t family, uint8_t type)
{
	return family == IP_V4 ? type == ICMP4_ECHO || type == ICMP4_ECHO_REPLY
	                       : type == ICMP6_ECHO || type == ICMP6_ECHO_REPLY;
}

static bool is_error(uint8_t family, uint8_t type)
{
	if (family == IP_V6)
		return type >= ICMP6_UNREACHABLE && type <= ICMP6_PARAMETER;
	return type == ICMP4_UNREACHABLE || type == ICMP4_QUENCH || type == ICMP4_REDIRECT ||
	       type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAMETER;
}

/* RFC 4443 2.3: ICMPv6 sums a pseudo-header too.
 *   | source (16) | destination (16) | length (4) | zero (3) | 58 | */
static uint32_t pseudo_sum(const struct decoded_ip *ip, size_t len)
{
	uint8_t pseudo[40];
	struct wr w = wr_over(pseudo, sizeof(pseudo));

	wr_bytes(&w, ip->src.bytes, 16);
	wr_bytes(&w, ip->dst.bytes, 16);
	wr_u32(&w, (uint32_t)len);
	wr_u32(&w, PROTO_ICMP6);
	return inet_sum(0, pseudo, sizeof(pseudo));
}

static bool checksum_right(const struct span *s, const struct decoded_ip *ip)
{
	size_t len = rd_left(&s->r);
	uint32_t start = ip->src.family == IP_V6 ? pseudo_sum(ip, len) : 0;

	return s->whole && inet_sum_fold(inet_sum(start, s->r.at, len)) == 0;
}

/* The payload layout of probe.h; what others put there reads as any numbers. */
static void echo_payload(struct rd r, uint32_t rest, struct decoded_echo *echo)
{
	echo->present = true;
	echo->id = (uint16_t)(rest >> 16);
	echo->seq = (uint16_t)rest;
	uint64_t token = rd_u64(&r);
	uint32_t probe_id = rd_u32(&r);
	if (!rd_ok(&r))
		return;
	echo->has_payload = true;
	echo->token = token;
	echo->probe_id = probe_id;
}

static void quoted_icmp(struct rd r, uint8_t family, struct decoded_icmp *icmp)
{
	uint8_t type = rd_u8(&r);
	uint8_t code = rd_u8(&r);
	uint16_t sum = rd_u16(&r);

	if (!rd_ok(&r))
		return;
	icmp->quoted_icmp = true;
	icmp->quoted_icmp_type = type;
	icmp->quoted_icmp_code = code;
	icmp->quoted_icmp_sum = sum;
	uint32_t rest = rd_u32(&r);
	if (rd_ok(&r) && is_echo(family, type))
		echo_payload(r, rest, &icmp->quoted_echo);
}

/* Reads as much of the quote as is there. Its being short is normal and no
 * fault of the packet, unless not even the IP header is whole. */
static enum decode_status quoted_datagram(struct rd quote, uint8_t family,
                                          struct decoded_icmp *icmp)
{
	struct span s = {quote, false};
	struct span body;

	if (decode_ip_header(&s, family, true, &icmp->quoted_ip, &body) != DECODE_OK)
		return DECODE_MALFORMED;
	if (icmp->quoted_ip.fragment)
		return DECODE_OK;
	if (icmp->quoted_ip.protocol == (family == IP_V4 ? PROTO_ICMP : PROTO_ICMP6))
		quoted_icmp(body.r, family, icmp);
	else if (icmp->quoted_ip.protocol == PROTO_TCP)
		decode_tcp(&body, &icmp->quoted_tcp);
	else if (icmp->quoted_ip.protocol == PROTO_UDP)
		decode_udp(&body, &icmp->quoted_udp);
	return DECODE_OK;
}

static enum decode_status icmp_error(const struct span *body, uint8_t family,
                                     struct decoded_icmp *icmp)
{
	struct rd quote = decode_extensions(family, icmp, body, &icmp->extensions);
	enum decode_status status = quoted_datagram(quote, family, icmp);

	return status == DECODE_OK || body->whole ? status : DECODE_CUT;
}

enum decode_status decode_icmp(const struct span *s, struct decoded *out)
{
	struct span body = *s;
	struct decoded_icmp *h = &out->icmp; /* zeros still */
	uint8_t family = out->ip.src.family;
	const uint8_t *at = rd_take(&body.r, ICMP_HEADER); /* as drawn above */

	if (at == NULL)
		return span_short(s);
	h->present = true;
	h->start = at;
	h->type = at[0];
	h->code = at[1];
	h->checksum = bytes_big16(at + 2);
	h->rest = bytes_big32(at + 4);
	h->checksum_ok = checksum_right(s, &out->ip);
	h->is_error = is_error(family, h->type);

	if (h->is_error)
		return icmp_error(&body, family, h);
	if (is_echo(family, h->type))
		echo_payload(body.r, h->rest, &h->echo);
	if (family == IP_V6 && (h->type == ICMP6_SOLICITATION || h->type == ICMP6_ADVERTISEMENT))
		return decode_nd(&body, h->type == ICMP6_ADVERTISEMENT, &out->ip, &out->neighbour);
	return DECODE_OK;
}
