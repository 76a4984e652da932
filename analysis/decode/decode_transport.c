/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP (RFC 9293) and UDP (RFC 768) headers, of a packet or of a quote, which may
 * end after 8 bytes:
 *
 *   0        2        4                 8
 *   +--------+--------+-----------------+
 *   | source | dest.  | sequence number |            what a quote always has
 *   +--------+--------+----+------+-----+--------+
 *   | acknowledgment  |offs| flags| window       |
 *   +-----------------+----+------+--------------+
 *   | checksum | urgent | options to offset * 4   |
 *
 *   | source | dest.  | length | checksum | UDP payload (probe.h) …
 *
 * The checksum is not tested: on frames that leave this host the network card
 * fills it in after the capture has seen them. */
#include "analysis/decode/layers.h"

#define TCP_HEADER_MIN 20u

enum decode_status decode_tcp(const struct span *s, struct decoded_tcp *tcp)
{
	struct rd r = s->r;
	struct decoded_tcp h = {.present = true};

	h.src_port = rd_u16(&r);
	h.dst_port = rd_u16(&r);
	h.seq = rd_u32(&r);
	if (!rd_ok(&r))
		return span_short(s);
	*tcp = h;

	h.ack = rd_u32(&r);
	size_t header = (rd_u8(&r) >> 4) * 4u;
	h.flags = rd_u8(&r);
	h.window = rd_u16(&r);
	rd_skip(&r, 4);
	if (!rd_ok(&r))
		return span_short(s);
	if (header < TCP_HEADER_MIN)
		return DECODE_MALFORMED;
	h.full_header = true;
	*tcp = h;
	return rd_left(&r) < header - TCP_HEADER_MIN ? span_short(s) : DECODE_OK;
}

enum decode_status decode_udp(const struct span *s, struct decoded_udp *udp)
{
	struct rd r = s->r;
	struct decoded_udp h = {.present = true};

	h.src_port = rd_u16(&r);
	h.dst_port = rd_u16(&r);
	h.len = rd_u16(&r);
	h.checksum = rd_u16(&r);
	if (!rd_ok(&r))
		return span_short(s);
	h.token = rd_u64(&r);
	h.probe_id = rd_u32(&r);
	h.has_payload = rd_ok(&r);
	*udp = h;
	return DECODE_OK;
}
