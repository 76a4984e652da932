/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/check_baseline.h"

#include "analysis/value/strbuf.h"
#include "probe/host/state_folder.h"
#include "probe/history/history_baseline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The history that the configuration names, else the one below the default places. */
static bool find_place(const struct config *c, char *path, size_t size)
{
	char folder[STATE_FOLDER_MAX];

	if (c->history_path[0])
		text_format(path, size, "%s", c->history_path);
	else if (state_folder("", folder))
		text_format(path, size, "%s/history.db", folder);
	else
		return false;
	return true;
}

static void read_one(struct check_baseline *b, struct history *h, struct plan_circuit *c, struct progress *progress)
{
	struct baseline *known = calloc(1, sizeof *known);
	char err[HISTORY_ERROR_MAX] = "out of memory";
	bool there = false;

	if (!known || !history_baseline(h, c->name, known, &there, err, sizeof err)) {
		progress_warn(progress, "circuit %s: the baseline in %s cannot be read: %s", c->name, b->path,
		              known ? history_error(h) : err);
		b->broken = true;
	} else if (err[0]) {
		progress_warn(progress, "circuit %s: the baseline in %s is not used, and a new one is begun: %s", c->name, b->path, err);
	}
	c->baseline = there ? known : NULL;
	if (!there)
		free(known);
}

void check_baseline_begin(struct check_baseline *b, const struct config *c, const struct check_options *o, struct plan *p,
                          struct progress *progress)
{
	char err[HISTORY_ERROR_MAX];
	struct history *h;

	memset(b, 0, sizeof *b);
	b->use = !o->no_history && find_place(c, b->path, sizeof b->path);
	if (!b->use || (access(b->path, F_OK) != 0 && errno == ENOENT))
		return;
	h = history_read(b->path, err, sizeof err);
	if (!h && history_bring_up(b->path)) /* who only checks by hand has no service that would */
		h = history_read(b->path, err, sizeof err);
	b->broken = !h;
	if (!h)
		progress_warn(progress, "no baseline is used: %s (--no-history does without)", err);
	for (size_t i = 0; h && i < p->circuit_count; i++)
		read_one(b, h, &p->circuits[i], progress);
	history_close(h);
}

static bool keep_one(struct history *h, const struct refolded *found, size_t circuit, struct baseline *room)
{
	return !diagnosis_learn(found->diagnosis, &found->result, circuit, room) ||
	       history_baseline_keep(h, found->result.circuits[circuit].plan->name, room);
}

static bool any_healthy(const struct run_result *r)
{
	for (size_t i = 0; i < r->circuit_count; i++)
		if (r->circuits[i].faults[0].status == STATUS_HEALTHY)
			return true;
	return false;
}

void check_baseline_end(const struct check_baseline *b, const struct refolded *found, struct progress *progress)
{
	char err[HISTORY_ERROR_MAX] = "out of memory", note[HISTORY_ERROR_MAX];
	struct baseline *room;
	struct history *h;

	if (!b->use || b->broken || !any_healthy(&found->result))
		return;
	room = malloc(sizeof *room);
	h = room ? history_open(b->path, note, sizeof note, err, sizeof err) : NULL;
	if (!h)
		progress_warn(progress, "the baseline was not kept: %s (--no-history does without)", err);
	for (size_t i = 0; h && i < found->result.circuit_count; i++)
		if (!keep_one(h, found, i, room)) {
			progress_warn(progress, "the baseline was not kept: %s: %s", b->path, history_error(h));
			break;
		}
	history_close(h);
	free(room);
}
