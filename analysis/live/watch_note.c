/* SPDX-License-Identifier: BSD-2-Clause */
/* What `erprobe watch` remembers of the checks that it has seen. */
#include "analysis/live/watch_screen.h"

#include <string.h>

static void push(struct watch_circuit *c, const struct watch_mark *m)
{
	if (c->strip_count == WATCH_STRIP_MAX) {
		memmove(c->strip, c->strip + 1, (WATCH_STRIP_MAX - 1) * sizeof *c->strip);
		c->strip_count--;
	}
	c->strip[c->strip_count++] = *m;
}

static void note(struct watch_circuit *c, const struct run_record *r)
{
	struct watch_mark m = {.status = (uint8_t)r->status};
	bool first = true;

	for (int l = 0; l < LINKS; l++)
		m.links[l] = (uint8_t)(r->links[l].present ? r->links[l].status : STATUS_UNDETERMINED);
	for (size_t i = c->strip_count; i > 0; i--)
		if (!c->strip[i - 1].failed) {
			first = c->strip[i - 1].status != m.status;
			break;
		}
	if (first)
		c->since = r->started_at;
	push(c, &m);
}

void watch_take(struct watch_circuit *c, const struct run_record *r, const struct watch_reasons *reasons, bool interim)
{
	c->known = true;
	c->interim = interim;
	c->now = *r;
	if (interim && c->decided)
		return;
	c->verdict = *r;
	c->reasons = *reasons;
	c->decided = !interim;
	if (!interim)
		note(c, r);
}

void watch_note_failed(struct watch_circuit *c)
{
	const struct watch_mark m = {.failed = true, .status = STATUS_UNDETERMINED};

	push(c, &m);
}
