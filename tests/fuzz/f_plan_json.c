/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: plan.json of anybody. What is taken must be within bounds that other code
 * relies on, and must come out as it went in. */
#include "probe/record/plan_json.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bounds(const struct plan *p, const struct event_log *log, uint32_t frames)
{
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];

		if (f->id != i || f->iface >= CHANNEL_IFACES_MAX || f->role >= FLOW_ROLES || f->link > LINK_ANY ||
		    f->kind == 0 || f->kind >= PROBE_KINDS || (p->circuit_count > 0 && f->circuit >= p->circuit_count))
			abort();
	}
	for (size_t i = 0; i < log->not_sent_count; i++) {
		if (log->not_sent[i].event.flow >= p->flow_count || log->not_sent[i].after_frames > frames)
			abort();
	}
}

/* A frame count stands for that many frames in the log. */
static void add_frames(struct event_log *log, uint32_t frames)
{
	struct frame f = {.cap_len = 0};
	struct event e = {.kind = EVENT_FRAME, .u.frame = &f};

	for (uint32_t i = 0; i < frames; i++)
		event_log_add(log, &e);
}

static void check_round_trip(const struct plan *p, const struct event_log *log)
{
	struct strbuf once, twice;
	struct plan p2;
	struct event_log log2;
	uint32_t frames;
	char err[200];

	strbuf_init(&once, STRBUF_MAX_DEFAULT);
	strbuf_init(&twice, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(p, log, &once, err, sizeof err) ||
	    !plan_json_read(once.text, once.len, &p2, &log2, &frames, err, sizeof err))
		abort();
	add_frames(&log2, frames);
	if (!plan_json_write(&p2, &log2, &twice, err, sizeof err) || twice.len != once.len ||
	    memcmp(once.text, twice.text, once.len) != 0)
		abort();
	plan_free(&p2);
	event_log_free(&log2);
	strbuf_free(&once);
	strbuf_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan p;
	struct event_log log;
	uint32_t frames;
	char err[200] = "";

	if (!plan_json_read((const char *)data, size, &p, &log, &frames, err, sizeof err)) {
		if (err[0] == '\0' || strchr(err, '\n'))
			abort();
		return 0;
	}
	check_bounds(&p, &log, frames);
	add_frames(&log, frames);
	check_round_trip(&p, &log);
	plan_free(&p);
	event_log_free(&log);
	return 0;
}
