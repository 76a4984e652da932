/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/refold.h"

#include <string.h>

struct folding {
	struct diagnosis *diagnosis;
	refold_watch *watch;
	void *arg;
	size_t frames;
};

static bool fold_one(void *arg, const struct event *e)
{
	struct folding *f = arg;
	struct match match;

	if (e->kind != EVENT_FRAME) {
		diagnosis_fold(f->diagnosis, e, NULL);
		return true;
	}
	memset(&match, 0, sizeof match);
	diagnosis_fold(f->diagnosis, e, &match);
	if (f->watch)
		f->watch(f->arg, f->frames, e->u.frame, &match);
	f->frames++;
	return true;
}

bool refold(const struct plan *p, const struct event_log *log, refold_watch *watch, void *arg,
            struct refolded *out)
{
	struct folding f = {.watch = watch, .arg = arg};

	memset(out, 0, sizeof *out);
	f.diagnosis = diagnosis_new(p);
	if (!f.diagnosis)
		return false;
	event_log_each(log, fold_one, &f);
	if (!diagnosis_result(f.diagnosis, &out->result)) {
		diagnosis_free(f.diagnosis);
		memset(out, 0, sizeof *out);
		return false;
	}
	out->diagnosis = f.diagnosis;
	return true;
}

void refolded_free(struct refolded *r)
{
	run_result_free(&r->result);
	if (r->diagnosis)
		diagnosis_free(r->diagnosis);
	memset(r, 0, sizeof *r);
}
