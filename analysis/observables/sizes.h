/* SPDX-License-Identifier: BSD-2-Clause */
/* How large a datagram does each link carry? Full-size probes with DF set, few of them,
 * beside the small ones that show what answers at all:
 *
 *   an end answers at full size     the way there and back carries it (the reply of an echo
 *                                   is as large as its request, RFC 792)
 *   a hop's TTL error answers it    the way there does; the error itself is small
 *   ICMP 3/4, ICMPv6 2              somebody says that it is too large, and for what
 *                                   (RFC 1191, RFC 8201)
 *   silence, small ones answered    a black hole, between the last hop that passes and the
 *                                   first that does not; then the limit is searched for */
#ifndef ERPROBE_SIZES_H
#define ERPROBE_SIZES_H

#include "analysis/path/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum size_outcome {
	SIZE_UNKNOWN = 0, /* not tested, or not decided */
	SIZE_PASSES,      /* up to the MSEE it carries the full size */
	SIZE_TOLD,        /* a router before the MSEE says that it does not */
	SIZE_DIES         /* nobody says, and yet it does not */
};

struct link_size {
	enum size_outcome outcome;
	bool doubt;            /* SIZE_UNKNOWN: the first full-size probes were lost, where small ones hardly are */
	bool sure;             /* SIZE_DIES: not one responder's silence alone, which may refuse large pings */
	bool wanted;           /* a probe could still tell something */
	bool searched;         /* the limit was searched for: carried and refused are its bounds */
	bool least_dies;       /* SIZE_DIES: not even 1,280 bytes pass, which every link carries that carries IPv6 (RFC 8200), and no tunnel over
	                        * an ExpressRoute circuit comes near: no narrow link does that */
	bool back_alone;       /* SIZE_DIES: full-size probes arrive, so their answers are what dies */
	bool there;            /* SIZE_DIES: an expired TTL, whose error is small, is missing: they do not arrive */
	bool in_pieces;        /* an echo of a large probe came back in fragments: the way back takes less */
	uint16_t full;         /* size asked for, in bytes of the IP datagram; 0 = not tested */
	uint16_t carried;      /* largest that was answered; 0 = none */
	uint16_t refused;      /* smallest that was not; 0 = none */
	uint8_t passed, dead;  /* hops: the last that it reached, the first that it did not; 0 = not known */
	uint8_t corporate;     /* the last hop known to be corporate … */
	uint8_t corporate_most; /* … and the furthest that may be: silent ones follow */
	uint8_t msee;
	struct ip_addr told_by;
	uint8_t told_hop;
	uint16_t told_mtu;
	enum domain told_domain;
	uint32_t sent, answered; /* large probes of all sizes */
};

/* Sizes of every link as far as the records tell. */
void sizes_look(const struct path_view *v, struct link_size out[LINKS][FAMILIES]);

/* A large probe that should leave: flow, TTL, bytes. */
struct size_wish { uint16_t flow; uint8_t ttl; uint16_t size; };
/* Up to max of them. Nothing while earlier ones may still be answered: twice the slowest answer of the run, and a little, is
 * waited for here, which is sooner than their silence proves anything. */
size_t sizes_next(const struct path_view *v, struct size_wish *out, size_t max);

/* sizes_words.c: as the result shows it. */
void sizes_result(const struct link_size *s, struct path_mtu *out);
/* sizes_words.c: one line on what this link carries, as evidence and as a check's detail. */
void sizes_words(const struct path_view *v, uint8_t link, uint8_t fam, const struct link_size *s, char *out, size_t size);

#endif
