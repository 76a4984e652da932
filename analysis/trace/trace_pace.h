/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast the routers at one distance may be asked. Who stands there is unknown
 * before they answer, so that the limit is kept by TTL: one hop's worth, times the
 * different addresses that have answered at that TTL.
 *
 * Learned, a limit begins at 20 answers a second; each answer raises it, and silence
 * of a TTL that did answer before halves it, at most once a second: most routers
 * limit their ICMP errors by a token bucket (RFC 4443 2.4 (f), RFC 1812 4.3.2.8). */
#ifndef ERPROBE_TRACE_PACE_H
#define ERPROBE_TRACE_PACE_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

#define TRACE_PACE_FIRST 20.0   /* answers a second of one hop, before anything is learned */
#define TRACE_PACE_LOWEST 1.0
#define TRACE_PACE_HIGHEST 1e6
#define TRACE_PACE_WIDTH 32     /* different addresses counted at one TTL */

struct trace_pace {
	double rate;                /* of one hop; INFINITY = no limit */
	bool learned;
	double tokens;
	struct mono_ns at;          /* of the last refill */
	struct mono_ns slowed_at;   /* of the last halving */
	bool answered, slowed;
	uint32_t addresses[TRACE_PACE_WIDTH]; /* whatever numbers the caller gives them */
	uint8_t width;
	double ceiling;             /* of a limit that was fitted to the answers; 0 = none */
};

/* hop_rate: answers a second of one hop, INFINITY = no limit, 0 = learned. */
struct trace_pace trace_pace_make(double hop_rate, struct mono_ns now);
/* May a probe leave now? Takes nothing. No second sees more than the rate. */
bool trace_pace_ready(struct trace_pace *p, struct mono_ns now);
void trace_pace_take(struct trace_pace *p);
/* An address answered here; the same number always means the same address. */
void trace_pace_answer(struct trace_pace *p, uint32_t address);
/* The routers here are seen to answer so many a second: a learned rate stays below. */
void trace_pace_limit(struct trace_pace *p, double rate);
/* A probe stayed without answer. */
void trace_pace_silence(struct trace_pace *p, struct mono_ns now);

#endif
