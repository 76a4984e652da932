/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/service.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "probe/history/history_notices.h"
#include "probe/host/host_name.h"
#include "probe/host/say.h"
#include "probe/notify/courier.h"

#include <stdlib.h>
#include <string.h>

#define AGAIN_NS (1 * NS_PER_SEC)
#define RARELY_NS (60 * NS_PER_SEC) /* a look when nobody said that there is something new */

/* One channel at work. */
struct postbox {
	char name[NAME_MAX_LEN];
	struct courier courier;
	struct history_notice notice;   /* what it carries */
	bool has_result;                /* of a try, not noted yet */
	struct deliver_result result;
	struct mono_ns look_at;         /* at the queue */
	bool failing;                   /* and the log said so */
	size_t given_up;                /* since then */
};

static const struct notify_channel *channel_of(const struct service *s, const struct postbox *b)
{
	for (size_t i = 0; i < s->config.channel_count; i++)
		if (strcmp(s->config.channels[i].name, b->name) == 0)
			return &s->config.channels[i];
	return NULL;
}

/* -- the configuration's channels -- */

void notify_opened(struct service *s)
{
	struct history_channel list[CONFIG_CHANNELS_MAX];
	int64_t dropped = 0;

	for (size_t i = 0; i < s->config.channel_count; i++)
		list[i] = (struct history_channel){s->config.channels[i].name, notify_steps(&s->config.channels[i])};
	s->channels_stale = !s->history || !history_channels(s->history, list, s->config.channel_count, &dropped);
	if (dropped > 0)
		say(SAY_WARNING, "%lld message%s waited for channels that are not configured any more: dropped", (long long)dropped, PLURAL_S(dropped));
}

static struct postbox *box_named(struct service *s, const char *name)
{
	for (size_t i = 0; i < s->postbox_count; i++)
		if (strcmp(s->postboxes[i].name, name) == 0)
			return &s->postboxes[i];
	return NULL;
}

void notify_adopt(struct service *s)
{
	size_t count = s->config.channel_count;
	struct postbox *fresh = calloc(count > 0 ? count : 1, sizeof *fresh);
	struct mono_ns now = now_mono();

	if (!fresh) {
		say(SAY_ERROR, "out of memory: the channels of audit.notify stay as they were");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		struct postbox *old = box_named(s, s->config.channels[i].name);

		if (old) {
			fresh[i] = *old;
			old->courier.pid = 0;
		}
		text_format(fresh[i].name, sizeof fresh[i].name, "%s", s->config.channels[i].name);
		/* The new configuration may be the remedy: no waiting for the next try. */
		fresh[i].look_at = now;
	}
	notify_end(s);
	s->postboxes = fresh;
	s->postbox_count = count;
	notify_opened(s);
}

void notify_end(struct service *s)
{
	for (size_t i = 0; i < s->postbox_count; i++)
		courier_kill(&s->postboxes[i].courier);
	free(s->postboxes);
	s->postboxes = NULL;
	s->postbox_count = 0;
}

void notify_kick(struct service *s)
{
	for (size_t i = 0; i < s->postbox_count; i++)
		s->postboxes[i].look_at = now_mono();
}

/* -- results -- */

static void say_failing(const struct service *s, struct postbox *b)
{
	if (!b->failing)
		say(SAY_WARNING, "channel %s: %s; %lld messages wait and are tried again", b->name, b->result.error,
		    (long long)history_notices_waiting(s->history));
	b->failing = true;
}

static void say_works(struct postbox *b)
{
	if (b->failing)
		say(SAY_WARNING, "channel %s takes messages again; %zu were given up", b->name, b->given_up);
	b->failing = false;
	b->given_up = 0;
}

/* Notes how the try ended. False when the history cannot be written to. */
static bool settle(const struct service *s, struct postbox *b, struct mono_ns now)
{
	const struct notice *n = &b->notice.notice;
	int64_t at = now_wall().ns / NS_PER_US;
	uint64_t seed = schedule_phase(n->key) ^ schedule_phase(b->name);
	int64_t wait = notice_retry_ns(seed, (unsigned)b->notice.tries + 1, b->result.retry_after_s);
	enum history_notice_state state = b->result.outcome == DELIVER_TOLD    ? HISTORY_NOTICE_TOLD
	                                  : b->result.outcome == DELIVER_LATER ? HISTORY_NOTICE_WAITING
	                                                                       : HISTORY_NOTICE_REFUSED;

	if (!history_notice_tried(s->history, b->notice.id, state, at, at + wait / NS_PER_US, b->result.error[0] ? b->result.error : NULL))
		return false;
	b->look_at = state == HISTORY_NOTICE_WAITING ? mono_add(now, wait) : now;
	if (state == HISTORY_NOTICE_TOLD) {
		say_works(b);
		say(SAY_NOTE, "told %s: incident %s circuit=%s", b->name, incident_step_name(n->step), n->circuit);
	} else if (state == HISTORY_NOTICE_WAITING) {
		say_failing(s, b);
	} else {
		say(SAY_ERROR, "channel %s: incident %s circuit=%s is not told: %s", b->name, incident_step_name(n->step), n->circuit,
		    b->result.error);
	}
	return true;
}

/* -- starting -- */

/* What nobody wants to hear any more. True when it was too old. */
static bool give_up(const struct service *s, struct postbox *b, const struct notify_channel *c, int64_t now_us)
{
	int64_t most = c->max_age_s > 0 ? c->max_age_s : NOTIFY_AGE_DEFAULT_S;

	if (now_us - b->notice.created_us <= most * 1000000)
		return false;
	if (!history_notice_tried(s->history, b->notice.id, HISTORY_NOTICE_TOO_OLD, now_us, now_us, "too old"))
		return false;
	if (b->given_up++ == 0)
		say(SAY_ERROR, "channel %s: messages older than %lld s are given up", b->name, (long long)most);
	return true;
}

/* A due time far ahead is of a clock that was stepped back since. */
static bool is_due(const struct postbox *b, int64_t now_us)
{
	return b->notice.due_us <= now_us || b->notice.due_us > now_us + INT64_C(1000000) * NOTICE_RETRY_ASKED_MOST_S;
}

static void send_next(struct service *s, struct postbox *b, const struct notify_channel *c, struct mono_ns now)
{
	int64_t now_us = now_wall().ns / NS_PER_US;
	char err[200];
	bool failed;

	b->look_at = mono_add(now, RARELY_NS);
	while (history_notice_first(s->history, c->name, &b->notice, &failed)) {
		if (give_up(s, b, c, now_us))
			continue;
		if (!is_due(b, now_us)) {
			b->look_at = mono_add(now, (b->notice.due_us - now_us) * NS_PER_US);
			return;
		}
		const struct audit_circuit *of = circuits_find(s, b->notice.notice.circuit);

		b->notice.notice.handoff = of ? of->plan->handoff : HANDOFF_L2; /* the history does not keep it */
		host_name(b->notice.notice.edge, sizeof b->notice.notice.edge);
		if (!courier_start(&b->courier, c, &b->notice.notice, now, err, sizeof err)) {
			say(SAY_WARNING, "channel %s: %s", b->name, err);
			b->look_at = mono_add(now, AGAIN_NS * 5);
		}
		return;
	}
	if (failed)
		b->look_at = mono_add(now, AGAIN_NS);
}

static void tend(struct service *s, struct postbox *b, struct mono_ns now)
{
	const struct notify_channel *c = channel_of(s, b);

	if (courier_ended(&b->courier, now, &b->result)) {
		b->has_result = true;
		b->look_at = now;
	}
	if (b->courier.pid != 0 || !s->history || s->store_told || mono_since(now, b->look_at) < 0)
		return;
	if (b->has_result) {
		/* Not noted yet: it must not be sent again meanwhile. */
		b->has_result = !settle(s, b, now);
		if (b->has_result)
			b->look_at = mono_add(now, AGAIN_NS);
		return;
	}
	if (c && !s->stopping)
		send_next(s, b, c, now);
}

void notify_tick(struct service *s, struct mono_ns now)
{
	if (s->channels_stale && s->history && !s->store_told)
		notify_opened(s);
	for (size_t i = 0; i < s->postbox_count; i++) {
		struct postbox *b = &s->postboxes[i];

		tend(s, b, now);
		/* A result that was just noted may make room for the next. */
		if (b->courier.pid == 0 && !b->has_result && mono_since(now, b->look_at) >= 0)
			tend(s, b, now);
	}
}

bool notify_is_busy(const struct service *s, struct mono_ns now)
{
	for (size_t i = 0; i < s->postbox_count; i++) {
		const struct postbox *b = &s->postboxes[i];

		if (b->courier.pid != 0 || (s->history && !s->store_told && (b->has_result || (!s->stopping && mono_since(now, b->look_at) >= 0))))
			return true;
	}
	return false;
}
