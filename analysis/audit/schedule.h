/* SPDX-License-Identifier: BSD-2-Clause */
/* When each circuit is checked, as a pure function of two clocks. `every` runs on the
 * monotonic clock, so that a step of the wall clock changes nothing; its phase comes from
 * the circuit's name, so that it is the same after a restart and circuits do not start
 * together. cron runs by the wall clock, spread within the minute. */
#ifndef ERPROBE_AUDIT_SCHEDULE_H
#define ERPROBE_AUDIT_SCHEDULE_H

#include "analysis/audit/cron.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* every_ns > 0, or else by cron. */
struct timetable {
	int64_t every_ns;
	struct cron cron;
};

struct slot {
	uint64_t phase;     /* of the circuit's name */
	struct mono_ns due; /* the next start */
	bool running;       /* a run is under way: none is started beside it */
	bool deep;          /* the next run is a deep one */
	bool idle;          /* cron never comes again */
};

/* A number for a name, the same on every host and in every version (64-bit FNV-1a). */
uint64_t schedule_phase(const char *name);
/* Sets up a slot: zeroed, with its first start. */
void schedule_begin(struct slot *s, const struct timetable *t, const char *name, struct wall_ns wall, struct mono_ns mono);
/* May the slot start a run now? Never while one is running. */
bool schedule_due(const struct slot *s, struct mono_ns now);
/* Notes a start and sets the next: starts that were missed are not made up for. */
void schedule_started(struct slot *s, const struct timetable *t, struct wall_ns wall, struct mono_ns mono);
/* Notes the end of a run; `deep` asks for a deep one at once. */
void schedule_ended(struct slot *s, bool deep);
/* The wall clock was stepped: what goes by it is set anew. */
void schedule_stepped(struct slot *s, const struct timetable *t, struct wall_ns wall, struct mono_ns mono);

#endif
