/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/schedule.h"

#define MINUTE_NS (60 * NS_PER_SEC)

uint64_t schedule_phase(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * UINT64_C(1099511628211);
	/* FNV leaves the low bits of short names alike: mix the high ones in. */
	hash ^= hash >> 32;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

/* The first instant after now that lies at the slot's phase of the interval. */
static struct mono_ns next_of_interval(const struct slot *s, int64_t every_ns, struct wall_ns wall, struct mono_ns mono)
{
	int64_t phase = (int64_t)(s->phase % (uint64_t)every_ns);
	int64_t into = (wall.ns - phase) % every_ns;

	if (into < 0)
		into += every_ns;
	return mono_add(mono, every_ns - into);
}

static void next_of_cron(struct slot *s, const struct cron *c, struct wall_ns wall, struct mono_ns mono)
{
	int64_t splay = (int64_t)(s->phase % (uint64_t)MINUTE_NS), next;

	/* Asked from one splay ago: a minute whose splayed start still lies ahead counts. */
	s->idle = !cron_next(c, (wall.ns - splay) / NS_PER_SEC, &next);
	if (!s->idle)
		s->due = mono_add(mono, next * NS_PER_SEC + splay - wall.ns);
}

static void set_next(struct slot *s, const struct timetable *t, struct wall_ns wall, struct mono_ns mono)
{
	if (t->every_ns > 0)
		s->due = next_of_interval(s, t->every_ns, wall, mono);
	else
		next_of_cron(s, &t->cron, wall, mono);
}

void schedule_begin(struct slot *s, const struct timetable *t, const char *name, struct wall_ns wall, struct mono_ns mono)
{
	*s = (struct slot){.phase = schedule_phase(name)};
	set_next(s, t, wall, mono);
}

bool schedule_due(const struct slot *s, struct mono_ns now)
{
	return !s->running && (s->deep || (!s->idle && mono_since(now, s->due) >= 0));
}

void schedule_started(struct slot *s, const struct timetable *t, struct wall_ns wall, struct mono_ns mono)
{
	s->running = true;
	s->deep = false;
	if (mono_since(mono, s->due) < 0)
		return; /* a deep run out of turn: the turn itself stays */
	if (t->every_ns > 0)
		s->due = mono_add(s->due, (mono_since(mono, s->due) / t->every_ns + 1) * t->every_ns);
	else
		next_of_cron(s, &t->cron, wall, mono);
}

void schedule_ended(struct slot *s, bool deep)
{
	s->running = false;
	s->deep = deep;
}

void schedule_stepped(struct slot *s, const struct timetable *t, struct wall_ns wall, struct mono_ns mono)
{
	if (t->every_ns <= 0)
		next_of_cron(s, &t->cron, wall, mono);
}
