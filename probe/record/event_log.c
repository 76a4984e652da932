/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/event_log.h"

#include "probe/record/spool.h"
#include "probe/record/trace_log.h"

#include <stdlib.h>
#include <string.h>

void event_log_init(struct event_log *l)
{
	memset(l, 0, sizeof *l);
}

void event_log_free(struct event_log *l)
{
	free(l->frames);
	if (l->spool)
		spool_free(l->spool);
	else
		free(l->bytes);
	free(l->spool);
	free(l->not_sent);
	trace_log_free(l->trace);
	for (size_t i = 0; i < EVENT_LOG_CIRCUITS_MAX; i++) {
		if (l->snapshots[i])
			az_snapshot_free(l->snapshots[i]);
		free(l->snapshots[i]);
	}
	event_log_init(l);
}

/* Makes room for `more` items behind the `have` there are; never beyond max. */
static bool room_for(void **items, size_t *room, size_t have, size_t more, size_t item_size, size_t max)
{
	size_t want = *room > 0 ? *room : 64;
	void *grown;

	if (more > max || have > max - more)
		return false;
	if (have + more <= *room)
		return true;
	while (want < have + more)
		want *= 2;
	grown = realloc(*items, want * item_size);
	if (!grown)
		return false;
	*items = grown;
	*room = want;
	return true;
}

static bool add_frame(struct event_log *l, const struct frame *f)
{
	size_t cap_len = f->cap_len <= FRAME_BYTES_MAX ? f->cap_len : FRAME_BYTES_MAX;
	void *frames = l->frames, *bytes = l->bytes;
	bool ok;

	ok = room_for(&frames, &l->frame_room, l->frame_count, 1, sizeof *l->frames, EVENT_LOG_FRAMES_MAX);
	if (!l->spool)
		ok = ok && room_for(&bytes, &l->byte_room, l->byte_count, cap_len, 1, EVENT_LOG_BYTES_MAX);
	l->frames = frames;
	l->bytes = bytes;
	if (!ok)
		return false;
	l->frames[l->frame_count++] = (struct logged_frame){
		.at = f->at,
		.offset = l->byte_count,
		.wire_len = f->wire_len,
		.cap_len = (uint16_t)cap_len,
		.iface = f->iface,
	};
	/* A file that fails is said by event_log_settle(): the run goes on. */
	if (l->spool)
		(void)spool_add(l->spool, f->bytes, cap_len);
	else if (cap_len > 0)
		memcpy(l->bytes + l->byte_count, f->bytes, cap_len);
	l->byte_count += cap_len;
	return true;
}

bool event_log_spool(struct event_log *l, const char *dir, char *err, size_t err_size)
{
	l->spool = malloc(sizeof *l->spool);
	if (!l->spool) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	return spool_open(l->spool, dir, EVENT_LOG_BYTES_MAX, err, err_size);
}

bool event_log_settle(struct event_log *l, char *err, size_t err_size)
{
	if (!l->spool)
		return true;
	/* Only ever read: event_log_frame(). */
	l->bytes = (uint8_t *)(uintptr_t)spool_end(l->spool, err, err_size);
	return l->bytes != NULL;
}

static bool add_not_sent(struct event_log *l, const struct event_not_sent *e)
{
	void *items = l->not_sent;
	bool ok = room_for(&items, &l->not_sent_room, l->not_sent_count, 1, sizeof *l->not_sent,
	                   EVENT_LOG_NOT_SENT_MAX);

	l->not_sent = items;
	if (ok)
		l->not_sent[l->not_sent_count++] = (struct logged_not_sent){(uint32_t)l->frame_count, *e};
	return ok;
}

static bool add_azure(struct event_log *l, const struct event_azure *e)
{
	struct az_snapshot *copy = malloc(sizeof *copy);

	if (!copy || !az_snapshot_copy(copy, e->snapshot)) {
		free(copy);
		return false;
	}
	if (l->snapshots[e->circuit])
		az_snapshot_free(l->snapshots[e->circuit]);
	free(l->snapshots[e->circuit]);
	l->snapshots[e->circuit] = copy;
	return true;
}

bool event_log_add(struct event_log *l, const struct event *e)
{
	bool ok = true;

	switch (e->kind) {
	case EVENT_FRAME:
		ok = add_frame(l, e->u.frame);
		break;
	case EVENT_NOT_SENT:
		ok = add_not_sent(l, &e->u.not_sent);
		break;
	case EVENT_AZURE:
		ok = add_azure(l, &e->u.azure);
		break;
	case EVENT_COUNTERS:
		l->has_counters = true;
		l->counters = e->u.counters;
		break;
	case EVENT_END:
		l->has_end = true;
		l->end = e->u.end;
		break;
	case EVENT_TICK:
		break;
	}
	if (!ok)
		l->refused++;
	return ok;
}

bool event_log_has_room(const struct event_log *l)
{
	return l->frame_count < EVENT_LOG_FRAMES_MAX && l->byte_count + FRAME_BYTES_MAX <= EVENT_LOG_BYTES_MAX;
}

void event_log_frame(const struct event_log *l, size_t i, struct frame *out)
{
	const struct logged_frame *f = &l->frames[i];

	memset(out, 0, sizeof *out);
	out->at = f->at;
	out->wire_len = f->wire_len;
	out->cap_len = f->cap_len;
	out->iface = f->iface;
	if (f->cap_len > 0)
		memcpy(out->bytes, l->bytes + f->offset, f->cap_len);
}

static bool each_snapshot(const struct event_log *l, event_log_visit visit, void *arg)
{
	for (size_t i = 0; i < EVENT_LOG_CIRCUITS_MAX; i++) {
		struct event e = {.kind = EVENT_AZURE, .u.azure = {(uint8_t)i, l->snapshots[i]}};

		if (l->snapshots[i] && !visit(arg, &e))
			return false;
	}
	return true;
}

/* Merges the two lists: a not-sent event comes before frame number after_frames. */
static bool each_in_order(const struct event_log *l, event_log_visit visit, void *arg)
{
	size_t next = 0; /* not-sent event */

	for (size_t i = 0; i <= l->frame_count; i++) {
		struct frame f;
		struct event e;

		for (; next < l->not_sent_count && l->not_sent[next].after_frames <= i; next++) {
			e = (struct event){.kind = EVENT_NOT_SENT, .u.not_sent = l->not_sent[next].event};
			if (!visit(arg, &e))
				return false;
		}
		if (i == l->frame_count)
			break;
		event_log_frame(l, i, &f);
		e = (struct event){.kind = EVENT_FRAME, .u.frame = &f};
		if (!visit(arg, &e))
			return false;
	}
	return true;
}

void event_log_each(const struct event_log *l, event_log_visit visit, void *arg)
{
	struct event counters = {.kind = EVENT_COUNTERS, .u.counters = l->counters};
	struct event end = {.kind = EVENT_END, .u.end = l->end};

	if (!each_snapshot(l, visit, arg) || !each_in_order(l, visit, arg))
		return;
	if (l->has_counters && !visit(arg, &counters))
		return;
	if (l->has_end)
		visit(arg, &end);
}
