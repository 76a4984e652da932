/* SPDX-License-Identifier: BSD-2-Clause */
/* The last day of a circuit at a glance: its runs by quarter of an hour, UTC. */
#ifndef ERPROBE_AUDIT_DAY_H
#define ERPROBE_AUDIT_DAY_H

#include "analysis/audit/record.h"

#include <stdbool.h>
#include <stdint.h>

#define DAY_SLOTS 96
#define DAY_SLOT_US (INT64_C(900) * 1000000)

/* How a slot went: its worst run. In the order of how bad it is. */
enum day_mark { DAY_NONE, DAY_HEALTHY, DAY_FAILED, DAY_UNDETERMINED, DAY_DEGRADED, DAY_FAULT, DAY_MARKS };
/* "healthy", "no result", …; "not checked" for none. */
const char *day_mark_words(enum day_mark m);

struct day_slot {
	enum day_mark mark;
	uint32_t runs, healthy;
	int64_t wan_sum_us[2]; /* by link: what the WAN added, of the runs that measured it */
	uint32_t wan_runs[2];
};

/* Zeroed: an empty day. */
struct day {
	int64_t newest;                    /* number of the newest slot since 1970 */
	struct day_slot slots[DAY_SLOTS];  /* slot n at n % DAY_SLOTS */
};

/* One run; wan_us by link, RECORD_UNKNOWN where it was not measured. One that is older
 * than the day is left out; interrupted ones say nothing. */
void day_take(struct day *d, int64_t at_us, enum record_outcome outcome, enum status status, const int64_t wan_us[2]);
void day_take_run(struct day *d, const struct run_record *r);
/* Forgets what is older than a day before this moment, and what lies after it. */
void day_turn(struct day *d, int64_t now_us);
/* The slots from the oldest, 0, to the newest, DAY_SLOTS - 1, and when one begins. */
const struct day_slot *day_slot(const struct day *d, int i);
int64_t day_slot_us(const struct day *d, int i);

#endif
