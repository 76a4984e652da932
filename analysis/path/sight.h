/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of anybody in a capture of anybody: ping, traceroute, mtr, scamper, connection
 * attempts, our own runs seen from another place. No plan and no key says what to look
 * for, so each echo request, SYN and traceroute-like datagram is taken for a probe, and
 * an answer belongs to the latest probe that it names: by echo id and number, by TCP
 * acknowledgment, by the datagram that an ICMP error quotes.
 *
 * A capture on a router, or on all interfaces, sees each packet more than once: the first
 * sight counts, with the TTL it had there. Round trips are between two frames of one
 * capture, so they tell of the way behind the place of capture. */
#ifndef ERPROBE_SIGHT_H
#define ERPROBE_SIGHT_H

#include "analysis/match/match.h"
#include "erprobe/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIGHT_FRAMES_MAX 2000000u           /* probes and answers that are kept */
#define SIGHT_WINDOW_NS (10 * NS_PER_SEC)   /* an answer after that is no answer */
#define SIGHT_AGAIN_NS (NS_PER_SEC / 2)     /* the same packet within that time is a second sight */

/* One probe, and the first answer to it. */
struct sight {
	uint32_t number;         /* from 1, in the order of the frames */
	uint32_t frame;          /* its place in the file, from 1 */
	struct wall_ns at;
	struct ip_addr src, dst;
	uint8_t kind;            /* PROBE_ICMP_ECHO, PROBE_TCP_SYN, PROBE_UDP */
	uint8_t ttl, last_ttl;   /* at its first and at its last sight */
	uint16_t src_port;       /* or echo identifier */
	uint16_t dst_port;       /* or echo sequence number */
	uint16_t ip_id, sum;     /* IPv4 identification; UDP checksum */
	uint32_t seq;            /* TCP */
	uint32_t sights;         /* how often it was seen */
	uint8_t answer;          /* enum answer_kind; ANSWER_NONE = none was seen */
	uint8_t icmp_type, icmp_code, reply_ttl;
	uint32_t answer_frame, answers; /* frame of the first; how many there were in all */
	struct ip_addr from;
	int64_t rtt_ns;
	struct mpls_label mpls[MPLS_LABELS_MAX];
	uint8_t mpls_count;
};

struct sight_totals {
	uint64_t frames, unreadable;    /* all; those that could not be decoded */
	uint64_t other_links;           /* of a link type that is not read */
	uint64_t probes, again;         /* different probes; further sights of one */
	uint64_t answered;              /* probes with an answer */
	uint64_t answers, strays;       /* frames that name a probe; that name none of this capture */
	struct wall_ns first, last;     /* stamps of the earliest and the latest frame */
};

struct sights;

/* NULL when out of memory. Free with sights_free(). */
struct sights *sights_new(void);
void sights_free(struct sights *s);
/* Takes the next frame of the file (Ethernet). False when there is no room for more. */
bool sights_frame(struct sights *s, const struct frame *f);
/* Counts the next frame of the file, which is of a link type that is not read. */
void sights_skip(struct sights *s);
/* After the last frame, once: sorts, drops second sights, finds the answers. */
void sights_match(struct sights *s);
/* The probes, ordered by what makes two equal (sights_order) and then by time. */
const struct sight *sights_list(const struct sights *s, size_t *count);
/* The probe of this number; NULL when there is none. */
const struct sight *sights_find(const struct sights *s, uint32_t number);
const struct sight_totals *sights_totals(const struct sights *s);
/* Negative, 0, positive, by kind, addresses, ports and sequence number: what the same
 * packet shows at another place too, and another time does not change. */
int sights_order(const struct sight *a, const struct sight *b);

#endif
