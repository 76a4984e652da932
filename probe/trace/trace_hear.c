/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet helpers that are lost, or say nothing. */
#include "probe/trace/tracer.h"

#include "analysis/value/strbuf.h"
#include "probe/trace/trace_progress.h"

#define ERROR_MAX 512
#define HUSH_NS (200 * NS_PER_MS)      /* each is asked twice meanwhile; what it was handed is waited for 250 ms and more */
#define SECOND_SILENT_NS NS_PER_SEC    /* the first can do without it */

void tracer_stop_listening(struct tracer *t)
{
	loop_drop(t->loop, t->frames);
	loop_drop(t->loop, t->refusals);
	t->frames = t->refusals = NULL;
}

void tracer_lose_first(struct tracer *t, const char *why)
{
	char again[ERROR_MAX] = "";

	t->helper_lost = true;
	if (t->resume)
		text_format(again, sizeof again, "; the same command again (--resume %s) does what is left", t->options->resume);
	progress_error(&t->progress, "the packet helper is lost: %s; what was found out until then follows%s", why, again);
	tracer_stop_listening(t); /* a dead descriptor stays readable for ever */
}

/* It captured nothing, so that all answers are still heard: what it had not sent, the first one sends. */
void tracer_lose_second(struct tracer *t, const char *why)
{
	loop_drop(t->loop, t->refusals);
	t->refusals = NULL;
	trace_senders_lose_second(&t->senders);
	t->unseen = 0;
	uint32_t count = trace_engine_lost_sender(t->engine);
	if (count > 0)
		progress_warn(&t->progress, "one of two packet helpers is lost: %s; the other goes on alone, and %u probes that were not seen leaving are asked again",
		              why, (unsigned)count);
	else
		progress_warn(&t->progress, "one of two packet helpers is lost: %s; the other goes on alone", why);
}

/* What is under way has waited too long by now, and for what it was answered nobody looked: it is neither answered nor lost. */
static void give_up_first(struct tracer *t, const char *why)
{
	(void)trace_engine_lost_frames(t->engine);
	tracer_lose_first(t, why);
}

static bool is_quiet(struct tracer *t, struct mono_ns now, struct helper *h, int64_t most, void (*lose)(struct tracer *, const char *))
{
	char why[HELPER_ERROR_MAX];
	int64_t quiet = h ? helper_quiet_ns(h, now) : 0;

	if (quiet >= most) {
		helper_give_up(h, why, sizeof why);
		lose(t, why);
	}
	return quiet >= HUSH_NS;
}

bool tracer_hear(struct tracer *t, struct mono_ns now)
{
	bool second = is_quiet(t, now, t->senders.second, SECOND_SILENT_NS, tracer_lose_second);
	bool first = is_quiet(t, now, t->helper_lost || t->closing ? NULL : t->senders.first, HELPER_SILENT_NS, give_up_first);

	return !first && !second;
}
