/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/passive/framer.h"

#include <string.h>

/* RFC 4724 2, with an extended attribute length: 4 + 4 + 3 bytes. */
#define END_BODY_MAX 11u

void framer_begin(struct bgp_framer *f)
{
	f->synced = true;
	f->have = 0;
	f->at = 0;
	f->holed = false;
}

static void lose(struct bgp_framer *f)
{
	f->lost += f->synced;
	f->synced = false;
	f->have = 0;
	f->at = 0;
	f->holed = false;
}

static uint32_t body_length(const struct bgp_framer *f)
{
	return f->header.length - BGP_HEADER_BYTES;
}

static void finish(struct bgp_framer *f, framer_sink *sink, void *context)
{
	size_t len = body_length(f) < FRAMER_BODY_MAX ? body_length(f) : FRAMER_BODY_MAX;
	struct framed m = {f->header, f->body, f->holed ? 0 : len, !f->holed && len == body_length(f)};

	if (sink)
		sink(context, &m);
	framer_begin(f);
}

/* One byte more of a header. What cannot be one is given up from its first byte on; that
 * it begins later is still possible. */
static void head_byte(struct bgp_framer *f, uint8_t byte, framer_sink *sink, void *context)
{
	f->head[f->have++] = byte;
	if (f->have < BGP_HEADER_BYTES)
		return;
	struct rd r = rd_over(f->head, sizeof f->head);
	if (!bgp_header_read(&r, &f->header)) {
		f->lost += f->synced;
		f->synced = false;
		memmove(f->head, f->head + 1, --f->have);
		return;
	}
	f->synced = true;
	f->at = 0;
	f->holed = false;
	memset(f->body, 0, sizeof f->body);
	if (body_length(f) == 0)
		finish(f, sink, context);
}

static bool may_be_kept(const struct bgp_framer *f, const uint8_t *bytes, size_t len)
{
	struct bgp_family family;

	if (f->header.type != BGP_UPDATE)
		return true;
	/* A marker that comes in pieces is wiped: not all of it is seen when its beginning is. */
	return len == body_length(f) && len <= END_BODY_MAX && bgp_update_is_end(rd_over(bytes, len), &family);
}

/* As much of the body as is here; returns how many bytes that was. */
static size_t body_bytes(struct bgp_framer *f, const uint8_t *bytes, size_t len, uint8_t *wipe, framer_sink *sink,
                         void *context)
{
	size_t left = body_length(f) - f->at, n = len < left ? len : left;

	if (f->at < FRAMER_BODY_MAX)
		memcpy(f->body + f->at, bytes, n < FRAMER_BODY_MAX - f->at ? n : FRAMER_BODY_MAX - f->at);
	if (wipe && !may_be_kept(f, bytes, n))
		memset(wipe, 0, n);
	f->at += (uint32_t)n;
	if (f->at == body_length(f))
		finish(f, sink, context);
	return n;
}

/* The part of a header that has come: all ones, as far as the marker goes? */
static bool may_be_marker(const struct bgp_framer *f)
{
	for (uint8_t i = 0; i < f->have && i < BGP_MARKER_BYTES; i++)
		if (f->head[i] != 0xff)
			return false;
	return true;
}

void framer_bytes(struct bgp_framer *f, const uint8_t *bytes, size_t len, uint8_t *wipe, framer_sink *sink, void *context)
{
	size_t wiped = 0; /* wipe[wiped ..] was not judged yet */

	for (size_t i = 0; i < len;) {
		if (f->have == BGP_HEADER_BYTES) {
			i += body_bytes(f, bytes + i, len - i, wipe ? wipe + i : NULL, sink, context);
			wiped = i;
			continue;
		}
		bool synced = f->synced;
		head_byte(f, bytes[i++], sink, context);
		if (f->have != BGP_HEADER_BYTES && !(f->synced && f->have == 0))
			continue;
		/* A header ends here. What stands before it belongs to nothing that is known. */
		if (wipe && !synced && i > wiped + BGP_HEADER_BYTES)
			memset(wipe + wiped, 0, i - BGP_HEADER_BYTES - wiped);
		wiped = i;
	}
	if (wipe && len > wiped && !(f->synced && may_be_marker(f)))
		memset(wipe + wiped, 0, len - wiped);
}

void framer_gap(struct bgp_framer *f, uint32_t len, framer_sink *sink, void *context)
{
	if (len == 0)
		return;
	if (f->have != BGP_HEADER_BYTES || len > body_length(f) - f->at) {
		bool inside = f->have == BGP_HEADER_BYTES;

		f->holed = true;
		if (inside)
			finish(f, sink, context); /* that message did pass, and others perhaps */
		lose(f);
		return;
	}
	f->holed = true;
	f->at += len;
	if (f->at == body_length(f))
		finish(f, sink, context);
}
