/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: segments of one direction, in any order, with holes and lies. The input
 * is a list of steps:  | what 1 | place 2 | length 1 | missing 1 | that many bytes |
 * Each segment is also wiped. What a listener to the wiped frames hears must be what the
 * other one heard, or nothing, and never the body of an UPDATE. */
#include "analysis/passive/stream.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct listener { struct stream s; size_t heard; };

static void check(bool good)
{
	if (!good)
		abort();
}

static void hear(void *context, const struct framed *m)
{
	struct listener *l = context;

	l->heard++;
	check(m->header.length >= BGP_HEADER_BYTES && m->body_len <= FRAMER_BODY_MAX);
	check(!m->whole || m->body_len == m->header.length - BGP_HEADER_BYTES);
}

/* To the wiped frames: routes are gone. */
static void hear_wiped(void *context, const struct framed *m)
{
	struct bgp_family f;

	hear(context, m);
	if (m->header.type != BGP_UPDATE || (m->whole && bgp_update_is_end(rd_over(m->body, m->body_len), &f)))
		return;
	for (size_t i = 0; i < m->body_len; i++)
		check(m->body[i] == 0);
}

static void check_stream(const struct stream *s)
{
	check(s->waiting_count <= STREAM_WAITING_MAX);
	for (uint8_t i = 0; i < s->waiting_count; i++) {
		check(s->waiting[i].len <= FRAME_BYTES_MAX);
		check((int32_t)(s->waiting[i].seq - s->next) > 0);
		check(i == 0 || (int32_t)(s->waiting[i].seq - s->waiting[i - 1].seq) >= 0);
	}
	check(s->framer.have <= BGP_HEADER_BYTES);
}

static void one_segment(struct listener *raw, struct listener *wiper, struct listener *wiped, struct segment g)
{
	uint8_t *bytes = malloc(g.len + 1);

	check(bytes != NULL);
	memcpy(bytes, g.bytes, g.len);
	g.bytes = bytes;
	stream_take(&raw->s, &g, NULL, hear, raw);
	stream_take(&wiper->s, &g, bytes, hear, wiper);
	stream_take(&wiped->s, &g, NULL, hear_wiped, wiped);
	free(bytes);
}

static void acknowledge(struct listener *l, uint32_t ack, framer_sink *sink)
{
	stream_acknowledged(&l->s, ack, sink, l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct listener *l = calloc(3, sizeof *l); /* to the wire, the one that wipes, to what it wiped */
	struct rd r = rd_over(data, size);

	check(l != NULL);
	for (int steps = 0; rd_left(&r) > 0 && steps < 400; steps++) {
		uint8_t what = rd_u8(&r);
		uint32_t place = rd_u16(&r) + (what & 0x10 ? UINT32_MAX - 0x8000u : 0);
		size_t len = rd_u8(&r);
		uint32_t missing = rd_u8(&r);

		len = len < rd_left(&r) ? len : rd_left(&r);
		struct rd bytes = rd_sub(&r, len);
		if (!rd_ok(&r))
			break;
		if (what % 4 == 0) {
			for (int i = 0; i < 3; i++)
				stream_begin(&l[i].s, place - 1);
		} else if (what % 4 == 1) {
			acknowledge(&l[0], place, hear);
			acknowledge(&l[1], place, hear);
			acknowledge(&l[2], place, hear_wiped);
		}
		one_segment(&l[0], &l[1], &l[2], (struct segment){place, bytes.at, len, what & 0x20 ? missing : 0});
		for (int i = 0; i < 3; i++)
			check_stream(&l[i].s);
		check(l[0].heard == l[1].heard);
	}
	free(l);
	return 0;
}
