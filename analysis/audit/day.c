/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/day.h"

#include <stddef.h>

const char *day_mark_words(enum day_mark m)
{
	static const char *const words[DAY_MARKS] = {
		[DAY_NONE] = "not checked", [DAY_HEALTHY] = "healthy", [DAY_FAILED] = "no result", [DAY_UNDETERMINED] = "undetermined",
		[DAY_DEGRADED] = "degraded", [DAY_FAULT] = "fault"};

	return m < DAY_MARKS ? words[m] : words[DAY_NONE];
}

static size_t place(int64_t slot)
{
	return (size_t)(slot % DAY_SLOTS);
}

static void forward(struct day *d, int64_t now)
{
	/* All slots are passed over once at most, also after a step of the clock. */
	if (now - d->newest > DAY_SLOTS)
		d->newest = now - DAY_SLOTS;
	while (d->newest < now)
		d->slots[place(++d->newest)] = (struct day_slot){0};
}

void day_turn(struct day *d, int64_t now_us)
{
	int64_t now = now_us / DAY_SLOT_US;

	/* A clock that was ahead came back: what lies in the future was not then, and would hide all that comes. A step
	 * over the border of one slot is none. */
	if (d->newest - now > DAY_SLOTS)
		*d = (struct day){.newest = now};
	while (d->newest > now + 1 || (d->newest > now && d->slots[place(d->newest)].mark == DAY_NONE))
		d->slots[place(d->newest--)] = (struct day_slot){0};
	forward(d, now);
}

static enum day_mark mark_of(enum record_outcome outcome, enum status status)
{
	if (outcome != RECORD_FINISHED)
		return DAY_FAILED;
	return status == STATUS_HEALTHY    ? DAY_HEALTHY
	       : status == STATUS_DEGRADED ? DAY_DEGRADED
	       : status == STATUS_FAULT    ? DAY_FAULT
	                                   : DAY_UNDETERMINED;
}

void day_take(struct day *d, int64_t at_us, enum record_outcome outcome, enum status status, const int64_t wan_us[2])
{
	enum day_mark mark = mark_of(outcome, status);
	struct day_slot *s;

	if (outcome == RECORD_INTERRUPTED || at_us < 0)
		return;
	forward(d, at_us / DAY_SLOT_US);
	if (at_us / DAY_SLOT_US <= d->newest - DAY_SLOTS)
		return;
	s = &d->slots[place(at_us / DAY_SLOT_US)];
	s->runs++;
	s->healthy += mark == DAY_HEALTHY;
	if (mark > s->mark)
		s->mark = mark;
	for (int l = 0; l < 2; l++) {
		if (wan_us[l] != RECORD_UNKNOWN) {
			s->wan_sum_us[l] += wan_us[l];
			s->wan_runs[l]++;
		}
	}
}

void day_take_run(struct day *d, const struct run_record *r)
{
	int64_t wan_us[2] = {RECORD_UNKNOWN, RECORD_UNKNOWN};

	for (int l = 0; l < 2; l++)
		if (r->links[l].segments[DOMAIN_WAN].present)
			wan_us[l] = r->links[l].segments[DOMAIN_WAN].added_us;
	day_take(d, r->started_at.ns / NS_PER_US, r->outcome, r->status, wan_us);
}

const struct day_slot *day_slot(const struct day *d, int i)
{
	int64_t slot = d->newest - DAY_SLOTS + 1 + i;

	/* Before the first turn: nothing is known. */
	return &d->slots[slot >= 0 ? place(slot) : 0];
}

int64_t day_slot_us(const struct day *d, int i)
{
	return (d->newest - DAY_SLOTS + 1 + i) * DAY_SLOT_US;
}
