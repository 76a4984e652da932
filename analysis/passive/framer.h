/* SPDX-License-Identifier: BSD-2-Clause */
/* Cuts one direction of a BGP connection into messages. Bytes come in order; where some
 * are missing, or the listening began in the middle, the next marker (sixteen bytes of
 * ones, then a length and a type that fit) is where it begins again.
 *
 *      ……body of an UPDATE…… | FF × 16 | length | type | body … | FF × 16 | …
 *      ^ thrown away            ^ found: from here on each message says where the next begins
 */
#ifndef ERPROBE_PASSIVE_FRAMER_H
#define ERPROBE_PASSIVE_FRAMER_H

#include "analysis/decode/bgp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kept of a body. An OPEN with twenty capabilities and a NOTIFICATION with the longest
 * shutdown communication (RFC 9003: 2 + 1 + 255 bytes) fit. */
#define FRAMER_BODY_MAX 512u

struct framed {
	struct bgp_header header;
	const uint8_t *body;     /* the first body_len bytes of it; valid during the call */
	size_t body_len;
	bool whole;              /* body_len bytes are all of it, and none was missing */
};
typedef void framer_sink(void *context, const struct framed *message);

/* Zeroed: at a place in the stream that nobody knows. */
struct bgp_framer {
	bool synced;             /* a message begins where head begins */
	uint8_t head[BGP_HEADER_BYTES];
	uint8_t have;            /* bytes in head */
	struct bgp_header header; /* of the message whose body is being read: have == BGP_HEADER_BYTES */
	uint8_t body[FRAMER_BODY_MAX];
	uint32_t at;             /* bytes of its body that have passed */
	bool holed;              /* and some of them were missing */
	uint32_t lost;           /* how often the place was lost */
};

/* At the start of a connection: the first message begins now. */
void framer_begin(struct bgp_framer *f);
/* The next bytes. wipe, where not NULL, is the same bytes where they may be changed: all
 * of them that are neither a header nor the body of an OPEN, a NOTIFICATION, a
 * ROUTE-REFRESH or an end-of-RIB marker become zero. sink may be NULL. */
void framer_bytes(struct bgp_framer *f, const uint8_t *bytes, size_t len, uint8_t *wipe, framer_sink *sink, void *context);
/* The next len bytes passed unseen. */
void framer_gap(struct bgp_framer *f, uint32_t len, framer_sink *sink, void *context);

#endif
