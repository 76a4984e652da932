/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket as one number (the generic cell rate algorithm): instead of
 * counting tokens it keeps the time at which the bucket will be full again. */
#ifndef ERPROBE_PACKET_PACE_H
#define ERPROBE_PACKET_PACE_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct pace {
	int64_t interval_ns; /* between packets in the long run; 0 = no limit */
	int64_t slack_ns;    /* how far ahead of that a burst may run */
	int64_t full_at_ns;  /* monotonic */
};

/* per_second packets in the long run (0 = no limit), at most burst (>= 1) at once. */
static inline struct pace pace_make(uint32_t per_second, uint32_t burst)
{
	int64_t interval = per_second == 0 ? 0 : NS_PER_SEC / (int64_t)per_second;

	return (struct pace){interval, interval * ((int64_t)burst - 1), INT64_MIN};
}

/* May a packet leave now? Takes nothing. */
static inline bool pace_ready(const struct pace *p, struct mono_ns now)
{
	return p->interval_ns == 0 || p->full_at_ns == INT64_MIN || now.ns >= p->full_at_ns - p->slack_ns;
}

/* Takes one packet's worth; call after pace_ready() said yes. */
static inline void pace_take(struct pace *p, struct mono_ns now)
{
	int64_t from = p->full_at_ns > now.ns ? p->full_at_ns : now.ns;

	p->full_at_ns = from + p->interval_ns;
}

#endif
