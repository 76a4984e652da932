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

enum { OPTION_END = 0, OPTION_NOTHING = 1 };

/* Options: kind (1) | length, both included (1) | content; the first two kinds are one byte. */
enum tcp_signature tcp_signature_find(struct rd r, struct decoded_payload *digest)
{
	*digest = (struct decoded_payload){NULL, 0};
	while (rd_left(&r) > 0) {
		uint8_t kind = rd_u8(&r);
		if (kind == OPTION_END)
			break;
		if (kind == OPTION_NOTHING)
			continue;
		uint8_t len = rd_u8(&r);
		if (!rd_ok(&r) || len < 2)
			break;
		if (kind == TCP_MD5 || kind == TCP_AO) {
			size_t have = rd_left(&r);
			*digest = (struct decoded_payload){r.at, have < len - 2u ? have : len - 2u};
			return (enum tcp_signature)kind;
		}
		rd_skip(&r, len - 2u);
	}
	return TCP_UNSIGNED;
}

enum decode_status decode_tcp(const struct span *s, struct decoded_tcp *tcp)
{
	struct rd r = s->r;
	struct decoded_tcp h = {.present = true, .start = s->r.at};
	struct decoded_payload digest;

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
	h.signature = (uint8_t)tcp_signature_find(rd_peek(&r, header - TCP_HEADER_MIN), &digest);
	bool whole = rd_left(&r) >= header - TCP_HEADER_MIN;
	rd_skip(&r, header - TCP_HEADER_MIN);
	if (whole)
		h.payload = (struct decoded_payload){r.at, rd_left(&r)};
	*tcp = h;
	return whole ? DECODE_OK : span_short(s);
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
	h.payload = (struct decoded_payload){r.at, rd_left(&r)};
	h.token = rd_u64(&r);
	h.probe_id = rd_u32(&r);
	h.has_payload = rd_ok(&r);
	*udp = h;
	return DECODE_OK;
}
