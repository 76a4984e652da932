/* SPDX-License-Identifier: BSD-2-Clause */
/* What the limit of a router's ICMP errors is, from which of our probes it answered: most
 * limit them by a token bucket (RFC 4443 2.4 (f), RFC 1812 4.3.2.8), which shows as a run
 * of answers (the burst), then one answer every 1 / rate.
 *
 *   asked     | | | | | | | | | | | | | |
 *   answered  | | | | | |         |     |        burst 6, then answered / elapsed
 *
 * The last probes are remembered in the order of asking, because silence is known later
 * than an answer is. */
#ifndef ERPROBE_TRACE_LIMIT_H
#define ERPROBE_TRACE_LIMIT_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_LIMIT_SEEN 64u
#define TRACE_LIMIT_SHARE 0.8   /* of a fitted rate that is asked for at most: the rest is for others */

struct trace_limit_probe { struct mono_ns asked_at; uint8_t fate; };

struct trace_limit {
	struct trace_limit_probe probes[TRACE_LIMIT_SEEN]; /* a ring */
	uint32_t asked, answered, silent;                  /* in all */
};

/* A bucket that fits what was seen. */
struct trace_limit_fit {
	bool known;
	double rate;            /* answers a second */
	uint16_t burst;         /* 0 = not seen */
	uint16_t answered, silent; /* behind the burst, that the rate is from */
	double elapsed_s;
};

void trace_limit_asked(struct trace_limit *l, struct mono_ns at);
/* What became of the probe asked at this time. */
void trace_limit_answered(struct trace_limit *l, struct mono_ns asked_at);
void trace_limit_silent(struct trace_limit *l, struct mono_ns asked_at);
/* From three silences and two answers behind the first silence on, one in four silent. */
struct trace_limit_fit trace_limit_fit(const struct trace_limit *l);

#endif
