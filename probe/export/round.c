/* SPDX-License-Identifier: BSD-2-Clause */
/* From the outbox to one sink, batch by batch; the cursor moves when a batch has arrived. */
#include "probe/export/export.h"

#include "analysis/audit/notice.h"
#include "analysis/audit/schedule.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "probe/host/now.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void export_say(const struct exporter *e, bool note, const char *format, ...)
{
	char raw[EXPORT_ERROR_MAX * 2], safe[EXPORT_ERROR_MAX * 2];
	va_list args;

	if (note && e->quiet)
		return;
	va_start(args, format);
	vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	text_safe(safe, sizeof safe, raw);
	fprintf(stderr, "%s: %s\n", e->name, safe);
}

/* Azure's id, in lower case as it compares ids: the same circuit from wherever it is seen. */
static const char *circuit_id(void *arg, const char *name)
{
	static char id[CONFIG_TEXT_MAX];
	const struct exporter *e = arg;

	for (size_t i = 0; i < e->config.circuit_count; i++) {
		const struct plan_circuit *c = &e->config.circuits[i];

		if (strcmp(c->name, name) != 0 || !c->resource_id[0])
			continue;
		snprintf(id, sizeof id, "%s", c->resource_id);
		for (char *at = id; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		return id;
	}
	return name;
}

/* Moves one table on. *moved counts rows taken, *all tells that nothing waits any more. */
static bool move(struct exporter *e, struct sink *s, struct history *h, const struct export_table *t, int64_t *cursor, size_t *moved,
                 bool *all, char *err, size_t err_size)
{
	struct export_rows rows;
	size_t added = 0;
	bool ok = history_export_rows(h, t, e->edge, *cursor, EXPORT_BATCH, circuit_id, e, &rows);

	if (!ok)
		text_format(err, err_size, "the history cannot be read: %s", history_error(h));
	else if (rows.rows > 0)
		ok = s->send(e, &rows, &added, err, err_size);
	if (ok) {
		*cursor = rows.last_id;
		*moved += rows.rows;
		*all = rows.rows < EXPORT_BATCH;
	}
	history_export_free(&rows);
	return ok;
}

static bool move_all(struct exporter *e, struct sink *s, struct history *h, size_t *moved, char *err, size_t err_size)
{
	struct export_cursor at;
	bool runs = false, events = false;

	if (!history_export_cursor(h, s->name, &at)) {
		text_format(err, err_size, "the history cannot be read: %s", history_error(h));
		return false;
	}
	while (!runs || !events) {
		struct export_cursor before = at;

		if (!move(e, s, h, &export_runs, &at.run, moved, &runs, err, err_size) ||
		    !move(e, s, h, &export_events, &at.event, moved, &events, err, err_size))
			return false;
		if ((at.run != before.run || at.event != before.event) && !history_export_advance(h, s->name, &at)) {
			text_format(err, err_size, "the history cannot note how far exports have got: %s", history_error(h));
			return false;
		}
	}
	return true;
}

static void say_how(struct exporter *e, struct sink *s, bool ok, size_t moved, const char *err)
{
	int64_t wait = notice_retry_ns(schedule_phase(e->edge), ++s->tries, -1);

	if (!ok) {
		if (!s->failing)
			export_say(e, false, "%s: %s; runs wait in the history", s->name, err);
		s->failing = true;
		s->again_ns = mono_add(now_mono(), wait).ns;
		return;
	}
	if (s->failing)
		export_say(e, false, "%s takes runs again; %zu caught up", s->name, moved);
	else if (moved > 0)
		export_say(e, true, "%zu row%s to %s", moved, PLURAL_S(moved), s->name);
	s->failing = false;
	s->tries = 0;
	s->again_ns = 0;
}

bool export_round(struct exporter *e, struct sink *s)
{
	char err[EXPORT_ERROR_MAX] = "";
	struct history *h = history_read(e->history_path, err, sizeof err);
	size_t moved = 0;
	bool ok = h && move_all(e, s, h, &moved, err, sizeof err);

	history_close(h);
	say_how(e, s, ok, moved, err);
	return ok;
}
