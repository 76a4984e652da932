/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/record/blank.h"

#include "analysis/decode/decode.h"
#include "erprobe/bytes.h"

#include <string.h>

enum { CHECKSUM_BYTES = 2, ICMP_CHECKSUM_AT = 2, TCP_OFFSET_AT = 12 };

static uint8_t *in_frame(struct frame *f, const uint8_t *at)
{
	return f->bytes + (at - f->bytes);
}

/* The signature option of a segment, looked for in all bytes that are there: what the IP
 * header before it says of its length may be wrong, in quotes above all. */
static struct decoded_payload digest_of(const struct frame *f, const struct decoded_tcp *tcp)
{
	struct decoded_payload digest = {NULL, 0};

	if (!tcp->present)
		return digest;
	struct rd r = rd_over(tcp->start, (size_t)(f->bytes + f->cap_len - tcp->start));
	rd_skip(&r, TCP_OFFSET_AT);
	size_t header = (rd_u8(&r) >> 4) * 4u;
	rd_skip(&r, TCP_HEADER_MIN - TCP_OFFSET_AT - 1);
	if (rd_ok(&r) && header > TCP_HEADER_MIN)
		tcp_signature_find(rd_peek(&r, header - TCP_HEADER_MIN), &digest);
	return digest;
}

static void blank_segment(struct frame *f, const struct decoded_tcp *tcp, const struct decoded_payload *digest)
{
	memset(in_frame(f, digest->at), 0, digest->len);
	memset(in_frame(f, tcp->start) + TCP_CHECKSUM_AT, 0, CHECKSUM_BYTES);
}

void frame_blank_digests(struct frame *f)
{
	struct decoded d;

	decode_frame(f, &d);
	struct decoded_payload own = digest_of(f, &d.tcp), quoted = digest_of(f, &d.icmp.quoted_tcp);
	if (own.len > 0)
		blank_segment(f, &d.tcp, &own);
	if (quoted.len == 0)
		return;
	uint8_t *message = in_frame(f, d.icmp.start);
	size_t len = (size_t)(f->bytes + f->cap_len - message);
	uint16_t before = (uint16_t)~inet_sum_fold(inet_sum(0, message, len));
	blank_segment(f, &d.icmp.quoted_tcp, &quoted);
	inet_sum_fix(message + ICMP_CHECKSUM_AT, before, (uint16_t)~inet_sum_fold(inet_sum(0, message, len)));
}
