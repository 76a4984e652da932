/* SPDX-License-Identifier: BSD-2-Clause */
/* Time stamps of pcapng interfaces, in whatever unit they come. */
#ifndef ERPROBE_PCAPNG_TIME_H
#define ERPROBE_PCAPNG_TIME_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

#define PCAPNG_MICROSECONDS 6 /* if_tsresol where the option is absent (section 4.2) */

struct pcapng_clock {
	uint8_t resolution; /* if_tsresol: 10^-n seconds; with the top bit set 2^-(n & 127) */
	int64_t offset_s;   /* if_tsoffset: seconds to add */
};

/* A stamp in the clock's units as nanoseconds since 1970, fractions cut off. False
 * when it does not fit. */
bool pcapng_stamp(const struct pcapng_clock *c, uint64_t stamp, struct wall_ns *out);

#endif
