/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/fold/half_open.h"

#include <stdlib.h>
#include <string.h>

#define HALF_OPEN_WAIT_NS (60 * NS_PER_MS) /* the kernel's own RST comes far sooner */

static bool is_reset_asked(const struct half_open *h, uint32_t record)
{
	for (size_t i = h->reset_count; i-- > 0;)
		if (h->resets[i] == record)
			return true;
	return false;
}

static bool remember_reset(struct half_open *h, uint32_t record)
{
	if (h->reset_count == h->reset_size) {
		size_t size = h->reset_size ? h->reset_size * 2 : 64;
		uint32_t *grown = realloc(h->resets, size * sizeof *grown);
		if (!grown)
			return false;
		h->resets = grown;
		h->reset_size = size;
	}
	h->resets[h->reset_count++] = record;
	return true;
}

/* Our kernel's own RST has no signature and a usual TTL: behind a key or GTSM nobody heeds it. */
static bool needs_own_reset(const struct plan *p, const struct probe_record *r)
{
	const struct plan_flow *f = &p->flows[r->flow];
	return plan_asks_bgp_port(f) && r->ttl == PATH_TTL_GTSM;
}

/* A SYN-ACK that our kernel did not answer with a RST (a filter may forbid it)
 * would leave the far side waiting: we end it ourselves. */
size_t half_open_resets(struct half_open *h, const struct plan *p, const struct observations *o, struct wall_ns now,
                        struct probe_wish *wishes, size_t max)
{
	size_t n = 0;
	bool settled = true;
	for (size_t i = h->scanned; i < o->count && n < max; i++) {
		const struct probe_record *r = &o->records[i];
		bool waiting = observations_state(o, r) == RECORD_WAITING;
		bool own = needs_own_reset(p, r);
		bool half_open = r->answer == ANSWER_SYN_ACK && (own || !r->reset) && !is_reset_asked(h, (uint32_t)i);
		if (settled && !waiting && !half_open)
			h->scanned = i + 1;
		else
			settled = false;
		if (!half_open || (!own && now.ns - r->sent_at.ns - r->rtt_ns < HALF_OPEN_WAIT_NS) || !remember_reset(h, (uint32_t)i))
			continue;
		wishes[n++] = (struct probe_wish){.flow = r->flow, .kind = PROBE_TCP_RST,
		                                  .ttl = own ? PATH_TTL_GTSM : PATH_TTL_FULL, .seq = r->answer_seq};
	}
	return n;
}

void half_open_free(struct half_open *h)
{
	free(h->resets);
	memset(h, 0, sizeof *h);
}
