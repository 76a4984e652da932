/* SPDX-License-Identifier: BSD-2-Clause */
/* The store. While it cannot be written to, runs wait in memory; the log says so once,
 * and once more when it is over. */
#include "probe/audit/service.h"

#include "analysis/value/plural.h"
#include "probe/audit/evidence_keep.h"
#include "probe/host/say.h"

#include <stdlib.h>

#define AGAIN_NS (5 * NS_PER_SEC)
#define PRUNE_NS (600 * NS_PER_SEC)
#define PRUNE_MORE_NS (1 * NS_PER_SEC)

bool keep_open(struct service *s, char *err, size_t err_size)
{
	char note[HISTORY_ERROR_MAX * 2];

	s->history = history_open(s->history_path, note, sizeof note, err, err_size);
	if (s->history && note[0])
		say(SAY_WARNING, "%s", note);
	if (s->history && s->circuits)
		notify_opened(s);
	return s->history != NULL;
}

static void say_stored(const struct run_record *r)
{
	if (r->outcome == RECORD_FINISHED)
		say(SAY_NOTE, "run %s circuit=%s status=%s", r->run_id, r->circuit, status_name(r->status));
	else
		say(SAY_NOTE, "run %s circuit=%s status=%s", r->run_id[0] ? r->run_id : "-", r->circuit, record_outcome_name(r->outcome));
}

static void say_event(const struct run_record *r, enum incident_step step)
{
	if (step != INCIDENT_SAME)
		say(SAY_NOTE, "incident %s circuit=%s status=%s fault=%s", incident_step_name(step), r->circuit, status_name(r->status),
		    r->fault[0] ? r->fault : "-");
}

/* A store that broke while it was open: closed, so that it is opened again, which also
 * moves a damaged one aside. */
static void lose_store(struct service *s)
{
	if (!s->store_told)
		say(SAY_ERROR, "the history %s cannot be written to: %s; runs wait in memory (at most %d), checks go on", s->history_path,
		    s->history ? history_error(s->history) : "it is not open", QUEUE_MAX);
	s->store_told = true;
	front_changed(&s->front);
	s->store_again = mono_add(now_mono(), AGAIN_NS);
	history_close(s->history);
	s->history = NULL;
}

static bool store(struct service *s, const struct waiting *w)
{
	struct history_added added;

	if (!s->history || !history_add(s->history, &w->record, w->step, &w->after, &added))
		return false;
	say_stored(&w->record);
	say_event(&w->record, w->step);
	if (added.drift != 0)
		say(SAY_NOTE, "drift %s circuit=%s%s%s", w->record.drift.open ? "opened" : "closed", w->record.circuit,
		    w->record.drift.open ? ": " : "", w->record.drift.open ? w->record.drift.summary : "");
	if (added.event != 0 || added.drift != 0)
		notify_kick(s);
	return true;
}

static void drop_first(struct service *s)
{
	struct waiting *w = s->queue;

	s->queue = w->next;
	if (!s->queue)
		s->queue_end = &s->queue;
	s->queued--;
	free(w);
}

static void flush(struct service *s)
{
	while (s->queue && store(s, s->queue))
		drop_first(s);
	if (s->queue) {
		lose_store(s);
	} else if (s->store_told) {
		say(SAY_WARNING, "the history %s can be written to again; %zu run%s lost", s->history_path, s->dropped, PLURAL(s->dropped, " was", "s were"));
		s->store_told = false;
		s->dropped = 0;
		front_changed(&s->front);
	}
}

void keep_run(struct service *s, const struct run_record *r, enum incident_step step, const struct incident_state *after)
{
	struct waiting *w = malloc(sizeof *w);

	if (!w) {
		say(SAY_ERROR, "out of memory: a run of circuit %s is lost", r->circuit);
		return;
	}
	*w = (struct waiting){.record = *r, .step = step, .after = *after};
	if (s->queued == QUEUE_MAX) {
		if (s->dropped++ == 0)
			say(SAY_ERROR, "more than %d runs wait for the history %s: the oldest are lost from now on", QUEUE_MAX, s->history_path);
		drop_first(s);
	}
	*s->queue_end = w;
	s->queue_end = &w->next;
	s->queued++;
	if (!s->store_told)
		flush(s);
}

/* Opens the store again when it is time; then the queue goes in. */
static void try_again(struct service *s, struct mono_ns now)
{
	char err[HISTORY_ERROR_MAX];

	if (!s->store_told || mono_since(now, s->store_again) < 0)
		return;
	if (s->history || keep_open(s, err, sizeof err))
		flush(s);
	else
		s->store_again = mono_add(now, AGAIN_NS);
}

static void forget(struct service *s, struct mono_ns now)
{
	const struct config *c = &s->config;
	int64_t keep = c->history_keep_s ? c->history_keep_s : HISTORY_KEEP_DEFAULT_S;
	int64_t detail = c->history_detail_s ? c->history_detail_s : HISTORY_DETAIL_DEFAULT_S;
	int64_t at = now_wall().ns / NS_PER_US;
	bool done;

	if (mono_since(now, s->prune_at) < 0)
		return;
	done = !s->history || history_prune(s->history, at - keep * 1000000, at - (detail < keep ? detail : keep) * 1000000);
	s->prune_at = mono_add(now, done ? PRUNE_NS : PRUNE_MORE_NS);
	if (done)
		evidence_keep(s->evidence_dir, c->evidence_keep_s ? c->evidence_keep_s : EVIDENCE_KEEP_DEFAULT_S,
		              (c->evidence_size_mb ? c->evidence_size_mb : EVIDENCE_SIZE_DEFAULT_MB) * 1000000);
}

void keep_tick(struct service *s, struct mono_ns now)
{
	try_again(s, now);
	forget(s, now);
}

void keep_close(struct service *s)
{
	if (s->queue) {
		try_again(s, s->store_again);
		if (s->queue)
			say(SAY_ERROR, "%zu run%s lost: the history %s cannot be written to", s->queued, PLURAL(s->queued, " is", "s are"), s->history_path);
	}
	s->failed = s->failed || s->queue;
	while (s->queue)
		drop_first(s);
	history_close(s->history);
	s->history = NULL;
}
