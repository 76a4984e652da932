/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_limit.h"

enum { FATE_OPEN = 0, FATE_ANSWERED, FATE_SILENT };
#define SILENCES_LEAST 3u
#define ANSWERS_LEAST 2u
#define SHARE_LEAST 4u      /* one in so many is silent: fewer look like loss */
#define ELAPSED_LEAST_S 0.3

void trace_limit_asked(struct trace_limit *l, struct mono_ns at)
{
	l->probes[l->asked++ % TRACE_LIMIT_SEEN] = (struct trace_limit_probe){at, FATE_OPEN};
}

/* The oldest one of this time that is open; probes of one moment do not differ here. */
static void settle(struct trace_limit *l, struct mono_ns asked_at, uint8_t fate)
{
	uint32_t first = l->asked > TRACE_LIMIT_SEEN ? l->asked - TRACE_LIMIT_SEEN : 0;

	for (uint32_t i = first; i < l->asked; i++) {
		struct trace_limit_probe *p = &l->probes[i % TRACE_LIMIT_SEEN];
		if (p->asked_at.ns == asked_at.ns && p->fate == FATE_OPEN) {
			p->fate = fate;
			return;
		}
	}
}

void trace_limit_answered(struct trace_limit *l, struct mono_ns asked_at)
{
	l->answered++;
	settle(l, asked_at, FATE_ANSWERED);
}

void trace_limit_silent(struct trace_limit *l, struct mono_ns asked_at)
{
	l->silent++;
	settle(l, asked_at, FATE_SILENT);
}

struct trace_limit_fit trace_limit_fit(const struct trace_limit *l)
{
	uint32_t at = l->asked > TRACE_LIMIT_SEEN ? l->asked - TRACE_LIMIT_SEEN : 0, run = 0;
	bool whole = at == 0; /* the run's beginning is still there */
	struct trace_limit_fit f = {.known = false};
	struct mono_ns from = {0}, to = {0};

	for (; at < l->asked && l->probes[at % TRACE_LIMIT_SEEN].fate != FATE_SILENT; at++)
		run += l->probes[at % TRACE_LIMIT_SEEN].fate == FATE_ANSWERED;
	if (at == l->asked)
		return f;
	f.burst = whole ? (uint16_t)run : 0;
	from = to = l->probes[at % TRACE_LIMIT_SEEN].asked_at;
	for (; at < l->asked; at++) {
		const struct trace_limit_probe *p = &l->probes[at % TRACE_LIMIT_SEEN];
		if (p->fate == FATE_ANSWERED)
			f.answered++;
		else if (p->fate == FATE_SILENT)
			f.silent++;
		to = p->fate != FATE_OPEN ? p->asked_at : to;
	}
	f.elapsed_s = (double)mono_since(to, from) / (double)NS_PER_SEC;
	f.known = f.silent >= SILENCES_LEAST && f.answered >= ANSWERS_LEAST && f.silent * SHARE_LEAST >= (unsigned)f.answered + f.silent &&
	          f.elapsed_s >= ELAPSED_LEAST_S;
	f.rate = f.known ? f.answered / f.elapsed_s : 0;
	return f;
}
