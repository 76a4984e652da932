/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/passive/stream.h"

#include <string.h>

/* a - b in the ring of sequence numbers (RFC 9293 3.4). */
static int32_t ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

void stream_begin(struct stream *s, uint32_t seq)
{
	uint32_t repeated = s->repeated, holes = s->holes, astray = s->astray;

	memset(s, 0, sizeof *s);
	s->known = true;
	s->next = seq + 1;
	s->repeated = repeated;
	s->holes = holes;
	s->astray = astray;
	framer_begin(&s->framer);
}

/* Bytes at their place: the part that was seen before is left out. */
static void deliver(struct stream *s, const struct segment *g, uint8_t *wipe, framer_sink *sink, void *context)
{
	uint32_t old = s->next - g->seq; /* bytes of it that are old */
	size_t skip = old < g->len ? old : g->len;
	uint32_t gone = old - (uint32_t)skip, missing = gone < g->missing ? g->missing - gone : 0;

	framer_bytes(&s->framer, g->bytes + skip, g->len - skip, wipe ? wipe + skip : NULL, sink, context);
	framer_gap(&s->framer, missing, sink, context);
	s->next += (uint32_t)(g->len - skip) + missing;
}

static uint32_t end_of(const struct segment *g)
{
	return g->seq + (uint32_t)g->len + g->missing;
}

/* Delivers what waits and is due. */
static void catch_up(struct stream *s, framer_sink *sink, void *context)
{
	while (s->waiting_count > 0 && ahead(s->waiting[0].seq, s->next) <= 0) {
		const struct waiting *w = &s->waiting[0];
		const struct segment g = {w->seq, w->bytes, w->len, w->missing};

		if (ahead(end_of(&g), s->next) > 0)
			deliver(s, &g, NULL, sink, context);
		s->waiting_count--;
		memmove(&s->waiting[0], &s->waiting[1], s->waiting_count * sizeof s->waiting[0]);
	}
}

/* What lies before `to` will not come any more. */
static void give_up(struct stream *s, uint32_t to, framer_sink *sink, void *context)
{
	s->holes++;
	framer_gap(&s->framer, to - s->next, sink, context);
	s->next = to;
	catch_up(s, sink, context);
}

static void keep_waiting(struct stream *s, const struct segment *g)
{
	uint8_t at = s->waiting_count;
	struct waiting *w;

	while (at > 0 && ahead(s->waiting[at - 1].seq, g->seq) > 0)
		at--;
	if (at > 0 && s->waiting[at - 1].seq == g->seq && s->waiting[at - 1].len >= g->len) {
		s->repeated++;
		return;
	}
	memmove(&s->waiting[at + 1], &s->waiting[at], (size_t)(s->waiting_count - at) * sizeof s->waiting[0]);
	w = &s->waiting[at];
	w->seq = g->seq;
	w->len = (uint16_t)g->len;
	w->missing = g->missing;
	memcpy(w->bytes, g->bytes, g->len);
	s->waiting_count++;
}

/* Out of its turn: nobody knows yet what its bytes belong to, but for messages that begin in it. */
static void wipe_alone(const struct segment *g, uint8_t *wipe)
{
	struct bgp_framer alone;

	if (!wipe)
		return;
	memset(&alone, 0, sizeof alone);
	framer_bytes(&alone, g->bytes, g->len, wipe, NULL, NULL);
}

void stream_take(struct stream *s, const struct segment *g, uint8_t *wipe, framer_sink *sink, void *context)
{
	if ((g->len == 0 && g->missing == 0) || g->len > FRAME_BYTES_MAX || g->missing > STREAM_WINDOW)
		return;
	if (!s->known) {
		s->known = true;
		s->next = g->seq;
	}
	int32_t early = ahead(g->seq, s->next);
	if (early > (int32_t)STREAM_WINDOW || early < -(int32_t)STREAM_WINDOW) {
		s->astray++;
		wipe_alone(g, wipe);
		return;
	}
	if (ahead(end_of(g), s->next) <= 0) {
		s->repeated++;
		wipe_alone(g, wipe);
		return;
	}
	if (early <= 0) {
		if (early < 0)
			wipe_alone(&(struct segment){g->seq, g->bytes, (size_t)-early < g->len ? (size_t)-early : g->len, 0}, wipe);
		deliver(s, g, wipe, sink, context);
		catch_up(s, sink, context);
		return;
	}
	if (s->waiting_count == STREAM_WAITING_MAX)
		give_up(s, s->waiting[0].seq, sink, context);
	if (ahead(g->seq, s->next) <= 0) { /* the hole ended before it */
		stream_take(s, g, wipe, sink, context);
		return;
	}
	if (s->waiting_count < STREAM_WAITING_MAX)
		keep_waiting(s, g);
	wipe_alone(g, wipe);
}

void stream_acknowledged(struct stream *s, uint32_t ack, framer_sink *sink, void *context)
{
	if (!s->known)
		return;
	for (int n = 0; n <= STREAM_WAITING_MAX; n++) {
		int32_t behind = ahead(ack, s->next);
		uint32_t to = ack;

		if (behind <= 0 || behind > (int32_t)STREAM_WINDOW)
			return;
		if (s->waiting_count > 0 && ahead(s->waiting[0].seq, ack) < 0)
			to = s->waiting[0].seq;
		give_up(s, to, sink, context);
	}
}
