/* SPDX-License-Identifier: BSD-2-Clause */
/* Ethernet, with up to two VLAN tags (IEEE 802.1Q, 802.1ad):
 *
 *   0           6          12     14     16     18
 *   +-----------+-----------+------+------+------+---
 *   | dst       | src       | TPID | TCI  | type | ...
 *   +-----------+-----------+------+------+------+---
 *                            ^^^^^^^^^^^^^ nought to twice
 */
#include "analysis/decode/layers.h"

#include <string.h>

enum ethertype {
	TYPE_IPV4 = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_VLAN = 0x8100,     /* customer tag */
	TYPE_IPV6 = 0x86dd,
	TYPE_SERVICE = 0x88a8,  /* service tag, 802.1ad */
	TYPE_OLD_QINQ = 0x9100  /* the service tag of equipment older than 802.1ad */
};

static bool is_tag(uint16_t type)
{
	return type == TYPE_VLAN || type == TYPE_SERVICE || type == TYPE_OLD_QINQ;
}

/* Reads addresses, tags and type; false when the bytes end first. */
static bool link_header(struct rd *r, struct decoded_link *link)
{
	rd_bytes(r, link->dst, sizeof(link->dst));
	rd_bytes(r, link->src, sizeof(link->src));
	uint16_t type = rd_u16(r);

	while (is_tag(type) && link->vlan_count < VLAN_TAGS_MAX) {
		uint16_t tpid = type, tci = rd_u16(r);
		type = rd_u16(r);
		if (!rd_ok(r))
			return false;
		link->vlan_tpid[link->vlan_count] = tpid;
		link->vlan[link->vlan_count++] = tci;
	}
	if (!rd_ok(r))
		return false;
	link->ethertype = type;
	return true;
}

void decode_frame(const struct frame *f, struct decoded *out)
{
	memset(out, 0, sizeof(*out));

	/* The length came over the packet channel: it bounds nothing by itself. */
	size_t have = f->cap_len < FRAME_BYTES_MAX ? f->cap_len : FRAME_BYTES_MAX;
	struct span s = {rd_over(f->bytes, have), have >= f->wire_len};

	if (!link_header(&s.r, &out->link)) {
		out->status = span_short(&s);
		return;
	}
	switch (out->link.ethertype) {
	case TYPE_IPV4:
		out->status = decode_ip(&s, IP_V4, out);
		break;
	case TYPE_IPV6:
		out->status = decode_ip(&s, IP_V6, out);
		break;
	case TYPE_ARP:
		out->status = decode_arp(&s, &out->neighbour);
		break;
	default:
		out->status = DECODE_UNKNOWN;
	}
}
