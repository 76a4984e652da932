/* SPDX-License-Identifier: BSD-2-Clause */
/* One direction of a TCP connection put in order, for a listener that may have come late
 * and may miss segments: what lies ahead waits, what was seen before is left out, and a
 * hole is given up once the receiver has acknowledged it, or there is no more room.
 * All numbers are sequence numbers (RFC 9293), which wrap. */
#ifndef ERPROBE_PASSIVE_STREAM_H
#define ERPROBE_PASSIVE_STREAM_H

#include "analysis/passive/framer.h"
#include "erprobe/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_WAITING_MAX 6
/* Further ahead, or behind, than any window of BGP: another connection, or a forgery. */
#define STREAM_WINDOW (1u << 20)

/* Payload of one segment: len bytes (bytes is never NULL), and `missing` more that the capture has cut off. */
struct segment {
	uint32_t seq;
	const uint8_t *bytes;
	size_t len;
	uint32_t missing;
};

struct waiting { uint32_t seq; uint16_t len; uint32_t missing; uint8_t bytes[FRAME_BYTES_MAX]; };

/* Zeroed: nothing was seen yet. */
struct stream {
	bool known;              /* next is */
	uint32_t next;           /* sequence number of the byte that comes next */
	struct bgp_framer framer;
	struct waiting waiting[STREAM_WAITING_MAX]; /* by sequence number */
	uint8_t waiting_count;
	uint32_t repeated;       /* segments that brought nothing new */
	uint32_t holes;          /* given up */
	uint32_t astray;         /* segments outside the window */
};

/* A SYN: the first byte of the stream will be seq + 1. */
void stream_begin(struct stream *s, uint32_t seq);
/* Takes a segment. wipe: as for framer_bytes(), the segment's bytes where they may be changed. */
void stream_take(struct stream *s, const struct segment *g, uint8_t *wipe, framer_sink *sink, void *context);
/* The other side has acknowledged everything before ack: what is missing there passed unseen. */
void stream_acknowledged(struct stream *s, uint32_t ack, framer_sink *sink, void *context);

#endif
