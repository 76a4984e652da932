/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/record/linktype.h"

#include "analysis/record/pcapng_format.h"
#include "erprobe/bytes.h"

#include <string.h>

#define ETHERNET_HEADER 14
#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86DD

/* Where the network layer begins, and what it is. */
struct network { size_t at; uint16_t ethertype; };

/* By the version in the first four bits. */
static bool raw(const struct frame *f, size_t at, struct network *n)
{
	unsigned version = f->cap_len > at ? f->bytes[at] >> 4 : 0;

	*n = (struct network){at, version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6};
	return version == 4 || version == 6;
}

/* The EtherType is at `at`, the network layer at `len`. */
static bool typed(const struct frame *f, size_t at, size_t len, struct network *n)
{
	struct rd in = rd_over(f->bytes, f->cap_len);

	rd_skip(&in, at);
	*n = (struct network){len, rd_u16(&in)};
	return rd_ok(&in) && f->cap_len >= len;
}

static bool find_network(const struct frame *f, uint16_t link_type, struct network *n)
{
	switch (link_type) {
	case LINK_TYPE_NULL: /* address family (32), in the writer's byte order: the version tells */
	case LINK_TYPE_LOOP:
		return raw(f, 4, n);
	case LINK_TYPE_SLL: /* packet type, ARPHRD, address length (16 each), address (64), protocol (16) */
		return typed(f, 14, 16, n);
	case LINK_TYPE_SLL2: /* protocol (16), reserved (16), interface (32), ARPHRD (16), type, length (8), address (64) */
		return typed(f, 0, 20, n);
	case LINK_TYPE_RAW_BSD:
	case LINK_TYPE_RAW_OPENBSD:
	case LINK_TYPE_RAW:
	case LINK_TYPE_IPV4:
	case LINK_TYPE_IPV6:
		return raw(f, 0, n);
	default:
		return false;
	}
}

bool link_type_to_ethernet(struct frame *f, uint16_t link_type)
{
	struct network n;
	size_t keep;
	struct wr w;

	if (link_type == LINK_TYPE_ETHERNET)
		return true;
	if (!find_network(f, link_type, &n))
		return false;
	keep = f->cap_len - n.at;
	if (keep > FRAME_BYTES_MAX - ETHERNET_HEADER)
		keep = FRAME_BYTES_MAX - ETHERNET_HEADER;
	memmove(f->bytes + ETHERNET_HEADER, f->bytes + n.at, keep);
	w = wr_over(f->bytes, ETHERNET_HEADER);
	wr_zero(&w, 12);
	wr_u16(&w, n.ethertype);
	f->cap_len = (uint16_t)(keep + ETHERNET_HEADER);
	f->wire_len = f->wire_len >= n.at ? f->wire_len - (uint32_t)n.at + ETHERNET_HEADER : f->cap_len;
	return true;
}
