/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket kept as one number (generic cell rate algorithm, ITU-T I.371): instead of counting tokens it stores the time at
 * which the bucket will be full again. */
#ifndef ERPROBE_PACKET_PACE_H
#define ERPROBE_PACKET_PACE_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct pace {
	int64_t interval_ns; /* mean time between packets; 0 = no limit */
	int64_t slack_ns;    /* by how much packets may leave ahead of that: the burst */
	int64_t full_at_ns;  /* monotonic time at which the bucket is full; INT64_MIN = it never was used */
};

/* On average per_second packets a second (0 = no limit), and at most burst (>= 1) of them at once. */
static inline struct pace pace_make(uint32_t per_second, uint32_t burst)
{
	int64_t interval = per_second == 0 ? 0 : NS_PER_SEC / (int64_t)per_second;

	return (struct pace){interval, interval * ((int64_t)burst - 1), INT64_MIN};
}

/* May a packet leave now? Does not take its token. */
static inline bool pace_ready(const struct pace *p, struct mono_ns now)
{
	return p->interval_ns == 0 || p->full_at_ns == INT64_MIN || now.ns >= p->full_at_ns - p->slack_ns;
}

/* Takes one token; call only after pace_ready() said yes. */
static inline void pace_take(struct pace *p, struct mono_ns now)
{
	int64_t from = p->full_at_ns > now.ns ? p->full_at_ns : now.ns;

	p->full_at_ns = from + p->interval_ns;
}

#endif
