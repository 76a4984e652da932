/* SPDX-License-Identifier: BSD-2-Clause */
/* What the live page shows of the past: the last day of a circuit, the last events. */
#ifndef ERPROBE_HISTORY_RECENT_H
#define ERPROBE_HISTORY_RECENT_H

#include "analysis/audit/day.h"
#include "analysis/live/live.h"
#include "probe/history/history.h"

/* Adds the runs of the last day before now_us. False with history_error(). */
bool history_day(struct history *h, const char *circuit, int64_t now_us, struct day *out);
/* The last events of all circuits, at most LIVE_EVENTS_MAX, the newest first. False with
 * history_error(): then out and *count are as they were. */
bool history_events(struct history *h, struct live_event *out, size_t *count);

#endif
