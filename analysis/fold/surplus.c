/* SPDX-License-Identifier: BSD-2-Clause */
/* What was asked beyond the intervals, for what it would tell. */
#include "analysis/fold/schedule.h"
#include "analysis/fold/schedule_state.h"

#include <string.h>

/* Into its place among those told so far; n of them, most first. Returns how many there are now. */
static size_t insert_surplus(struct probe_surplus *out, size_t n, size_t max, const struct probe_surplus *one)
{
	size_t at = n;
	while (at > 0 && out[at - 1].more < one->more)
		at--;
	if (at == max)
		return n;
	n = n < max ? n + 1 : max;
	memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof *out);
	out[at] = *one;
	return n;
}

/* All flows that ask the same of the same place as this one, of which it must be the first (else none). */
static struct probe_surplus surplus_at(const struct schedule *s, size_t first, int slot)
{
	const struct plan_flow *f = &s->plan->flows[first];
	struct probe_surplus one = {.flow = (uint16_t)first, .ttl = schedule_slot_ttl(slot, f)};
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *g = &s->plan->flows[i];
		const struct stream *t = &s->flows[i].slots[slot];
		if (!schedule_same_end(g, f) || g->kind != f->kind || g->dst_port != f->dst_port || g->link != f->link)
			continue;
		if (i < first)
			return (struct probe_surplus){.more = 0};
		one.asked += t->asked;
		one.more += t->more;
		one.bits += t->expected;
	}
	one.bits /= one.more > 0 ? one.more : 1;
	return one;
}

size_t schedule_surplus(const struct schedule *s, struct probe_surplus *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < s->plan->flow_count && !s->many; i++)
		for (int k = 0; k < TTL_SLOTS; k++) {
			struct probe_surplus one = surplus_at(s, i, k);
			if (one.more > 0)
				n = insert_surplus(out, n, max, &one);
		}
	return n;
}
