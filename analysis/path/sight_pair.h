/* SPDX-License-Identifier: BSD-2-Clause */
/* The same packets in two captures: what lies between the two places. */
#ifndef ERPROBE_SIGHT_PAIR_H
#define ERPROBE_SIGHT_PAIR_H

#include "analysis/path/sight.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stdint.h>

enum pair_side { PAIR_A = 0, PAIR_B, PAIR_SIDES };

/* Only packets that both captures could have seen are counted: of flows that came to both
 * places, inside the time of the other (shifted by the difference of the clocks), with a
 * TTL that lasts to there. */
struct sight_pair {
	uint64_t both;                      /* probes seen at both places */
	uint64_t only[PAIR_SIDES];          /* seen at one place alone */
	uint64_t answered_both;             /* of `both`: the answer was seen at both places */
	uint64_t answered_only[PAIR_SIDES]; /* ... at one place alone */
	int hops;                           /* TTL at A less TTL at B, the most frequent: > 0 = A is nearer to the sender */
	struct rtt_summary clock;           /* stamp at B less stamp at A: way from A to B, and the clocks' difference */
	struct rtt_summary between;         /* round trip at A less round trip at B: out and back between the places */
};

/* Both matched (sights_match). False when out of memory. */
bool sight_pair(const struct sights *a, const struct sights *b, struct sight_pair *out);

#endif
