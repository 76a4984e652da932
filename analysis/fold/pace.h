/* SPDX-License-Identifier: BSD-2-Clause */
/* What one hop or one end may be asked: a token bucket. */
#ifndef ERPROBE_PACE_H
#define ERPROBE_PACE_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct pace { double tokens; int64_t at_ns; }; /* at_ns: when tokens was right, wall clock; 0 = never looked at */

/* Tokens that a bucket of this rate (a second) holds when it is full: a third of a second's, at least 1. */
double pace_burst(double rate);
/* Fills the bucket up to now. Is there a token? Whoever asks then takes it from p->tokens. rate: a second, may be infinite. */
bool pace_allows(struct pace *p, double rate, struct wall_ns now);

#endif
