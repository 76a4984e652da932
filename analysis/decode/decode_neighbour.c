/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds an address on this link: ARP (RFC 826) and the two neighbour
 * messages of IPv6 (RFC 4861 4.3, 4.4). */
#include "analysis/decode/layers.h"

#include <string.h>

enum { ARP_ETHERNET = 1, ARP_IPV4 = 0x0800, ARP_REQUEST = 1, ARP_REPLY = 2 };
enum { OPTION_SOURCE_LINK = 1, OPTION_TARGET_LINK = 2 };

/*   0      2      4    5    6      8            14      18           24      28
 *   +------+------+----+----+------+------------+-------+------------+-------+
 *   | hard | prot | hl | pl | op   | sender MAC | IPv4  | target MAC | IPv4  |
 *   +------+------+----+----+------+------------+-------+------------+-------+ */
enum decode_status decode_arp(const struct span *s, struct decoded_neighbour *n)
{
	struct rd r = s->r;
	struct decoded_neighbour a = {.present = true, .has_link_addr = true};
	uint8_t sender[4], target[4];
	uint16_t hardware = rd_u16(&r);
	uint16_t protocol = rd_u16(&r);
	uint8_t hardware_len = rd_u8(&r);
	uint8_t protocol_len = rd_u8(&r);
	uint16_t op = rd_u16(&r);

	rd_bytes(&r, a.link_addr, sizeof(a.link_addr));
	rd_bytes(&r, sender, sizeof(sender));
	rd_skip(&r, 6);
	rd_bytes(&r, target, sizeof(target));
	if (!rd_ok(&r))
		return span_short(s);
	if (hardware != ARP_ETHERNET || protocol != ARP_IPV4)
		return DECODE_UNKNOWN;
	if (hardware_len != 6 || protocol_len != 4)
		return DECODE_MALFORMED;
	if (op != ARP_REQUEST && op != ARP_REPLY)
		return DECODE_UNKNOWN;
	a.reply = op == ARP_REPLY;
	a.sender = ip_addr_from(IP_V4, sender);
	a.target = ip_addr_from(IP_V4, target);
	*n = a;
	return DECODE_OK;
}

/* One option:  type (1) | length in 8 bytes (1) | content. A length of nought
 * would never end: RFC 4861 4.6 has such packets dropped. */
static bool nd_option(struct rd *r, uint8_t wanted, struct decoded_neighbour *n)
{
	uint8_t type = rd_u8(r);
	size_t len = (size_t)rd_u8(r) * 8;

	if (!rd_ok(r) || len == 0)
		return false;
	struct rd content = rd_sub(r, len - 2);
	if (!rd_ok(r))
		return false;
	if (type == wanted && !n->has_link_addr) {
		rd_bytes(&content, n->link_addr, sizeof(n->link_addr));
		n->has_link_addr = rd_ok(&content);
	}
	return true;
}

/*   +-----------------+------------------------+------------------+
 *   | flags, reserved | target address         | options          |
 *   +-----------------+------------------------+------------------+
 *    (read already)     16 bytes                                     */
enum decode_status decode_nd(const struct span *s, bool advertisement, const struct decoded_ip *ip,
                             struct decoded_neighbour *n)
{
	struct rd r = s->r;
	uint8_t target[16];

	rd_bytes(&r, target, sizeof(target));
	if (!rd_ok(&r))
		return span_short(s);
	n->present = true;
	n->reply = advertisement;
	n->sender = ip->src;
	n->target = ip_addr_from(IP_V6, target);
	while (rd_left(&r) > 0) {
		/* RFC 4861 4.3, 4.4: a solicitation tells the sender's own
		 * address, an advertisement that of the target it speaks for. */
		if (!nd_option(&r, advertisement ? OPTION_TARGET_LINK : OPTION_SOURCE_LINK, n))
			return rd_ok(&r) ? DECODE_MALFORMED : span_short(s);
	}
	return DECODE_OK;
}
