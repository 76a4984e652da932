/* SPDX-License-Identifier: BSD-2-Clause */
/* One peering's sessions, as frames tell of them: TCP connections of port 179 (there may
 * be two at a time, RFC 4271 6.8), what is said on them, and BFD beside them. */
#ifndef ERPROBE_PASSIVE_BGP_SESSION_H
#define ERPROBE_PASSIVE_BGP_SESSION_H

#include "analysis/decode/decode.h"
#include "erprobe/frame.h"
#include "erprobe/watched.h"

struct bgp_session;

struct bgp_session *bgp_session_new(void); /* NULL when out of memory */
void bgp_session_free(struct bgp_session *s);
/* Takes a TCP segment of this peering, sent by side. d is f decoded. wipe: its payload
 * where it may be changed, or NULL (framer.h says what is wiped). */
void bgp_session_segment(struct bgp_session *s, struct peering_seen *seen, uint8_t side, const struct frame *f, const struct decoded *d,
                     uint8_t *wipe);
/* Takes a BFD packet: what stands in its datagram. */
void bfd_session_packet(struct peering_seen *seen, uint8_t side, struct wall_ns at, const struct decoded_payload *payload);

#endif
