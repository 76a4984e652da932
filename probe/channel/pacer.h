/* SPDX-License-Identifier: BSD-2-Clause */
/* A token bucket for the rate of a whole run: no second, wherever it begins, sees
 * more packets than the rate. Pure: the time is an argument. */
#ifndef ERPROBE_PACER_H
#define ERPROBE_PACER_H

#include "erprobe/clock.h"

#include <stddef.h>

/* The bucket holds what the rate gives in this time, so that a loop which wakes up
 * late catches up, while no more than this leaves in one go. At least one packet. */
#define PACER_BURST_S 0.02

struct pacer {
	double refill;       /* packets a second; INFINITY = no limit */
	double size, tokens; /* packets */
	struct mono_ns at;   /* of the last refill */
};

/* rate must be above 0. The bucket starts with one packet. */
struct pacer pacer_make(double rate, struct mono_ns now);
/* How many packets may leave now, at most `most`. Takes nothing. */
size_t pacer_ready(struct pacer *p, struct mono_ns now, size_t most);
/* Takes what has left; call with no more than pacer_ready() answered. */
void pacer_take(struct pacer *p, size_t packets);

#endif
