/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of what is to be told to whom: it is written with the event, in one
 * transaction, and each entry waits until its channel took it or it is too old. */
#ifndef ERPROBE_HISTORY_NOTICES_H
#define ERPROBE_HISTORY_NOTICES_H

#include "analysis/audit/notice.h"
#include "probe/history/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A channel by its name, with the steps it wants: a bit 1 << enum incident_step each. */
struct history_channel { const char *name; unsigned steps; };

/* From now on events are queued for these channels; what waits for others is dropped, and
 * *dropped counts it. False with history_error(). */
bool history_channels(struct history *h, const struct history_channel *list, size_t count, int64_t *dropped);

struct history_notice {
	int64_t id;
	int64_t created_us, due_us;
	int64_t tries;        /* so far */
	struct notice notice; /* without its edge */
};

/* The oldest that waits for this channel: events of a channel are told in their order.
 * False when there is none, or with *failed when the history cannot be read. */
bool history_notice_first(struct history *h, const char *channel, struct history_notice *out, bool *failed);

enum history_notice_state { HISTORY_NOTICE_WAITING, HISTORY_NOTICE_TOLD, HISTORY_NOTICE_REFUSED, HISTORY_NOTICE_TOO_OLD };
/* Notes the end of a try: waiting for due_us, or over. error: why not, or NULL. False with
 * history_error(). */
bool history_notice_tried(struct history *h, int64_t id, enum history_notice_state state, int64_t now_us, int64_t due_us,
                          const char *error);
/* How many wait. */
int64_t history_notices_waiting(struct history *h);

#endif
