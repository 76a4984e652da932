/* SPDX-License-Identifier: BSD-2-Clause */
/* When does a run stop sending, and why? Pure: times are arguments. */
#ifndef ERPROBE_STOPPING_H
#define ERPROBE_STOPPING_H

#include "erprobe/clock.h"
#include "erprobe/event.h"

#include <stdbool.h>
#include <stdint.h>

/* The capture is drained for at most a second, then the result is computed. */
#define CLOSING_NS (1500 * NS_PER_MS)
/* How long the last probes of a spent budget are given to be answered. */
#define LAST_ANSWERS_NS NS_PER_SEC

struct run_state {
	bool helper_lost, interrupted, decided;
	uint32_t sent, budget;     /* probes */
	int64_t since_last_ns;     /* since the last probe left */
	int64_t elapsed_ns, run_ns; /* of the whole command; how long it may send */
};

/* The reason to stop now; 0 to go on. The first that holds of: helper lost,
 * interrupted, decided, budget spent and its answers waited for, time over. */
enum end_reason why_stop(const struct run_state *s);

/* How long a command with this deadline (seconds) may send: the deadline without the
 * time to close, which is never more than a quarter of it. */
int64_t sending_time_ns(double deadline_s);

#endif
