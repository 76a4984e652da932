/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses inside frames. Each layer gets the bytes of its own part; what is cut is
 * replaced as far as it is there. */
#include "analysis/record/anon.h"

#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/decode/decode.h"
#include "erprobe/bytes.h"

#include <string.h>

enum { ETHER_HEADER = 14, IPV4_MIN = 20, IPV6_HEADER = 40, ICMP_HEADER = 8, COMPENSATION_AT = 12 };
enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_VLAN = 0x8100, TYPE_IPV6 = 0x86dd, TYPE_QINQ = 0x88a8, TYPE_OLD_QINQ = 0x9100 };
enum { ICMP_PROTOCOL = 1, TCP_PROTOCOL = 6, UDP_PROTOCOL = 17, FRAGMENT_PROTOCOL = 44, ICMP6_PROTOCOL = 58 };
enum { FRAGMENT_HEADER = 8 };
enum { ND_SOLICITATION = 135, ND_ADVERTISEMENT = 136, MPLS_CLASS = 1, INTERFACE_CLASS = 2, TCP_MIN = 20, UDP_HEADER = 8, BFD_FIXED = 24 };

/* Bytes that are here of one layer. */
struct part { uint8_t *at; size_t len; };

static struct part part_from(struct part p, size_t skip)
{
	return skip < p.len ? (struct part){p.at + skip, p.len - skip} : (struct part){p.at + p.len, 0};
}

/* What is not known to be harmless does not go out. */
static void blank(struct part p)
{
	if (p.len > 0)
		memset(p.at, 0, p.len);
}

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* One's complement sum, 16 bits, not complemented. */
static uint16_t sum_of(const void *data, size_t len)
{
	return (uint16_t)~inet_sum_fold(inet_sum(0, data, len));
}

static uint16_t fold(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* The word at field takes up the difference, so that a checksum over both stays. */
static void compensate(uint8_t *field, uint16_t before, uint16_t after)
{
	if (before != after)
		put16(field, fold((uint32_t)get16(field) + before + (uint16_t)~after));
}

static void map_addr(const struct anon *a, uint8_t family, uint8_t *at)
{
	struct ip_addr addr = ip_addr_from(family, at);

	addr = anon_addr(a, &addr);
	memcpy(at, addr.bytes, ip_addr_len(family));
}

static void map_ip(const struct anon *a, struct part p, uint8_t family, bool quoted);

/* RFC 5837 section 4: which fields follow is said by bits of the C-Type. */
static void map_interface(const struct anon *a, struct part object)
{
	uint8_t type = object.at[3];
	struct part p = part_from(object, 4);

	if (type & 0x08)
		p = part_from(p, 4);
	if ((type & 0x04) && p.len >= 8) {
		uint8_t family = get16(p.at) == 2 ? IP_V6 : IP_V4;

		if (p.len >= 4 + ip_addr_len(family))
			map_addr(a, family, p.at + 4);
		p = part_from(p, 4 + ip_addr_len(family));
	}
	if ((type & 0x02) && p.len > 0) {
		size_t len = p.at[0] < p.len ? p.at[0] : p.len;

		if (len > 1)
			memset(p.at + 1, 'x', len - 1);
	}
}

/* RFC 4884 section 7: version (4) | reserved (12) | checksum (16) | objects. */
static void map_extensions(const struct anon *a, struct part p)
{
	uint16_t before;
	struct part o = part_from(p, 4);

	if (p.len < 4 || p.at[0] >> 4 != 2)
		return;
	before = sum_of(p.at, p.len);
	while (o.len >= 4) {
		size_t len = get16(o.at);

		if (len < 4 || len > o.len)
			break;
		if (o.at[2] == INTERFACE_CLASS)
			map_interface(a, (struct part){o.at, len});
		else if (o.at[2] != MPLS_CLASS)
			blank((struct part){o.at + 4, len - 4});
		o = part_from(o, len);
	}
	if (get16(p.at + 2) != 0)
		inet_sum_fix(p.at + 2, before, sum_of(p.at, p.len));
}

/* Where the quote ends and extensions begin (RFC 4884 sections 3, 5.1 and 5.5). */
static size_t quote_length(struct part icmp, uint8_t family)
{
	size_t have = icmp.len - ICMP_HEADER;
	size_t told = family == IP_V4 ? (size_t)icmp.at[5] * 4 : (size_t)icmp.at[4] * 8;

	if (told > 0)
		return told < have ? told : have;
	return have > 128 + 4 && icmp.at[ICMP_HEADER + 128] >> 4 == 2 ? 128 : have;
}

static void map_error(const struct anon *a, struct part icmp, uint8_t family)
{
	size_t quoted = quote_length(icmp, family);

	map_ip(a, (struct part){icmp.at + ICMP_HEADER, quoted}, family, true);
	map_extensions(a, part_from(icmp, ICMP_HEADER + quoted));
}

static void map_icmp(const struct anon *a, struct part p)
{
	uint8_t type = p.len >= ICMP_HEADER ? p.at[0] : 0;
	uint16_t before;

	if (p.len < ICMP_HEADER || type == 0 || type == 8)
		return;
	before = sum_of(p.at, p.len);
	if (type == 5) /* redirect: the gateway's address */
		map_addr(a, IP_V4, p.at + 4);
	if (type == 3 || type == 4 || type == 5 || type == 11 || type == 12)
		map_error(a, p, IP_V4);
	else
		blank(part_from(p, 4));
	inet_sum_fix(p.at + 2, before, sum_of(p.at, p.len));
}

/* Options of neighbour discovery (RFC 4861 section 4.6): type, length in 8 bytes. */
static void map_nd_options(const struct anon *a, struct part p)
{
	while (p.len >= 8 && p.at[1] > 0 && (size_t)p.at[1] * 8 <= p.len) {
		if ((p.at[0] == 1 || p.at[0] == 2) && p.at[1] == 1)
			anon_link_addr(a, p.at + 2, p.at + 2);
		else
			blank((struct part){p.at + 2, (size_t)p.at[1] * 8 - 2});
		p = part_from(p, (size_t)p.at[1] * 8);
	}
	blank(p);
}

/* outer_before, outer_after: sums of the addresses in the pseudo-header. */
static void map_icmp6(const struct anon *a, struct part p, uint16_t outer_before, uint16_t outer_after)
{
	uint8_t type = p.len >= ICMP_HEADER ? p.at[0] : 0;
	uint16_t before, after;

	if (p.len < ICMP_HEADER)
		return;
	if (type == 128 || type == 129) {
		if (p.len >= ICMP_HEADER + COMPENSATION_AT + 2)
			compensate(p.at + ICMP_HEADER + COMPENSATION_AT, outer_before, outer_after);
		return;
	}
	before = fold((uint32_t)sum_of(p.at, p.len) + outer_before);
	if (type >= 1 && type <= 4) {
		map_error(a, p, IP_V6);
	} else if ((type == ND_SOLICITATION || type == ND_ADVERTISEMENT) && p.len >= ICMP_HEADER + 16) {
		map_addr(a, IP_V6, p.at + ICMP_HEADER);
		map_nd_options(a, part_from(p, ICMP_HEADER + 16));
	} else {
		blank(part_from(p, 4));
	}
	after = fold((uint32_t)sum_of(p.at, p.len) + outer_after);
	inet_sum_fix(p.at + 2, before, after);
}

static bool is_bgp(struct part tcp)
{
	return get16(tcp.at) == BGP_PORT || get16(tcp.at + 2) == BGP_PORT;
}

/* Digests of signatures (RFC 2385, RFC 5925) were wiped when the frame was kept; of other
 * options nothing is read. Were there any? */
static bool map_tcp_options(struct part p)
{
	bool signs = false;

	while (p.len >= 2 && p.at[0] != 0) {
		size_t len = p.at[0] == 1 ? 1 : p.at[1];

		if (len == 0 || len > p.len || (len < 2 && p.at[0] != 1))
			break;
		if (p.at[0] == TCP_MD5 || p.at[0] == TCP_AO) {
			blank((struct part){p.at + 2, len - 2});
			signs = true;
		}
		p = part_from(p, len);
	}
	return signs;
}

/* No probe carries data, and what a target sends after its header is nobody's business. */
static void map_tcp(const struct anon *a, struct part p, uint16_t before, uint16_t after)
{
	size_t header = p.len >= TCP_MIN ? (size_t)(p.at[12] >> 4) * 4 : p.len;
	uint16_t data;
	struct part payload;
	bool signs = false;

	if (p.len < 18)
		return;
	payload = part_from(p, header < TCP_MIN ? p.len : header);
	data = sum_of(p.at, p.len);
	if (header >= TCP_MIN && is_bgp(p)) {
		anon_bgp(a, payload.at, payload.len);
		signs = map_tcp_options((struct part){p.at + TCP_MIN, p.len - payload.len - TCP_MIN});
	} else {
		blank(payload);
	}
	if (!signs || get16(p.at + 16) != 0) /* else wiped with a digest; without one a sum may be 0 */
		inet_sum_fix(p.at + 16, fold((uint32_t)before + data), fold((uint32_t)after + sum_of(p.at, p.len)));
}

static bool is_bfd(struct part udp)
{
	return udp.len >= UDP_HEADER && (get16(udp.at + 2) == BFD_PORT || get16(udp.at + 2) == BFD_PORT_MULTIHOP);
}

/* The fields stay; authentication (RFC 5880 4.2 to 4.4) holds passwords and digests. */
static void map_bfd(struct part p, uint16_t before, uint16_t after)
{
	uint16_t data = sum_of(p.at, p.len);

	blank(part_from(p, UDP_HEADER + BFD_FIXED));
	if (get16(p.at + 6) != 0) /* none was made */
		inet_sum_fix(p.at + 6, fold((uint32_t)before + data), fold((uint32_t)after + sum_of(p.at, p.len)));
}

static void map_transport(const struct anon *a, struct part p, uint8_t protocol, uint16_t before, uint16_t after)
{
	if (protocol == ICMP_PROTOCOL)
		map_icmp(a, p);
	else if (protocol == ICMP6_PROTOCOL)
		map_icmp6(a, p, before, after);
	else if (protocol == TCP_PROTOCOL)
		map_tcp(a, p, before, after);
	else if (protocol == UDP_PROTOCOL && is_bfd(p))
		map_bfd(p, before, after);
	else if (protocol == UDP_PROTOCOL && p.len >= 8 + COMPENSATION_AT + 2)
		compensate(p.at + 8 + COMPENSATION_AT, before, after);
	else if (protocol != UDP_PROTOCOL)
		blank(p); /* IPv6 extension headers may hold addresses */
}

/* RFC 8200 section 4.5: next header (8), reserved (8), offset (13 bits), flags (3), identification (32). An
 * echo may come back in pieces; the first has what it is known by. */
static void map_fragment(const struct anon *a, struct part p, uint16_t before, uint16_t after)
{
	if (p.len < FRAGMENT_HEADER || (get16(p.at + 2) & 0xfff8) != 0 || p.at[0] == FRAGMENT_PROTOCOL)
		blank(p.len < FRAGMENT_HEADER ? p : part_from(p, FRAGMENT_HEADER));
	else
		map_transport(a, part_from(p, FRAGMENT_HEADER), p.at[0], before, after);
}

static void map_ipv4(const struct anon *a, struct part p, bool quoted)
{
	size_t header, total;
	uint16_t before, addresses;

	header = p.len >= IPV4_MIN ? (size_t)(p.at[0] & 15) * 4 : 0;
	if (header < IPV4_MIN || header > p.len) {
		blank(p);
		return;
	}
	total = get16(p.at + 2);
	before = sum_of(p.at, header);
	addresses = sum_of(p.at + 12, 8);
	map_addr(a, IP_V4, p.at + 12);
	map_addr(a, IP_V4, p.at + 16);
	memset(p.at + IPV4_MIN, 1, header - IPV4_MIN); /* record route and its like hold addresses */
	inet_sum_fix(p.at + 10, before, sum_of(p.at, header));
	if (!quoted && total >= header && total < p.len) {
		memset(p.at + total, 0, p.len - total);
		p.len = total;
	}
	if ((get16(p.at + 6) & 0x1fff) == 0)
		map_transport(a, part_from(p, header), p.at[9], addresses, sum_of(p.at + 12, 8));
	else
		blank(part_from(p, header)); /* later fragments have no transport header */
}

/* ff02::1:ffXX:XXXX (RFC 4291 section 2.7.1) shows 24 bits of the address that is
 * asked for: it follows the replaced one. */
static void map_solicited(const struct anon *a, struct part p)
{
	static const uint8_t group[13] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
	struct ip_addr target;

	if (memcmp(p.at + 24, group, sizeof group) != 0 || p.len < IPV6_HEADER + ICMP_HEADER + 16 ||
	    p.at[6] != ICMP6_PROTOCOL || p.at[IPV6_HEADER] != ND_SOLICITATION)
		return;
	target = ip_addr_from(IP_V6, p.at + IPV6_HEADER + ICMP_HEADER);
	target = anon_addr(a, &target);
	memcpy(p.at + 37, target.bytes + 13, 3);
}

static void map_ipv6(const struct anon *a, struct part p, bool quoted)
{
	size_t total;
	uint16_t addresses;

	if (p.len < IPV6_HEADER) {
		blank(p);
		return;
	}
	total = IPV6_HEADER + (size_t)get16(p.at + 4);
	addresses = sum_of(p.at + 8, 32);
	map_addr(a, IP_V6, p.at + 8);
	map_addr(a, IP_V6, p.at + 24);
	map_solicited(a, p);
	if (!quoted && total < p.len) {
		memset(p.at + total, 0, p.len - total);
		p.len = total;
	}
	if (p.at[6] == FRAGMENT_PROTOCOL)
		map_fragment(a, part_from(p, IPV6_HEADER), addresses, sum_of(p.at + 8, 32));
	else
		map_transport(a, part_from(p, IPV6_HEADER), p.at[6], addresses, sum_of(p.at + 8, 32));
}

static void map_ip(const struct anon *a, struct part p, uint8_t family, bool quoted)
{
	if (family == IP_V4)
		map_ipv4(a, p, quoted);
	else
		map_ipv6(a, p, quoted);
}

/* RFC 826: types (16, 16), lengths 6 and 4, operation (16), then sender and target. */
static void map_arp(const struct anon *a, struct part p)
{
	if (p.len < 28 || p.at[4] != 6 || p.at[5] != 4) {
		blank(p);
		return;
	}
	anon_link_addr(a, p.at + 8, p.at + 8);
	map_addr(a, IP_V4, p.at + 14);
	anon_link_addr(a, p.at + 18, p.at + 18);
	map_addr(a, IP_V4, p.at + 24);
	memset(p.at + 28, 0, p.len - 28);
}

void anon_frame(const struct anon *a, struct frame *f)
{
	struct part whole = {f->bytes, f->cap_len < FRAME_BYTES_MAX ? f->cap_len : FRAME_BYTES_MAX};
	struct part p;
	size_t header = ETHER_HEADER;
	uint16_t type;

	if (whole.len < ETHER_HEADER)
		return;
	anon_link_addr(a, f->bytes, f->bytes);
	anon_link_addr(a, f->bytes + 6, f->bytes + 6);
	type = get16(f->bytes + 12);
	while ((type == TYPE_VLAN || type == TYPE_QINQ || type == TYPE_OLD_QINQ) && header + 4 <= whole.len && header < ETHER_HEADER + 8) {
		type = get16(f->bytes + header + 2);
		header += 4;
	}
	p = part_from(whole, header);
	if (type == TYPE_ARP)
		map_arp(a, p);
	else if (type == TYPE_IPV4)
		map_ipv4(a, p, false);
	else if (type == TYPE_IPV6)
		map_ipv6(a, p, false);
	else
		blank(p);
	/* RFC 2464 section 7: 33:33 and the last four bytes of the group. */
	if (type == TYPE_IPV6 && p.len >= IPV6_HEADER && f->bytes[0] == 0x33 && f->bytes[1] == 0x33)
		memcpy(f->bytes + 2, p.at + 36, 4);
}
