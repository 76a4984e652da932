/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of evidence: the run of sample_run.h in a folder of the test's own, and saved there as a bundle. */
#ifndef TEST_SAVED_RUN_H
#define TEST_SAVED_RUN_H

#include "analysis/report/report.h"
#include "probe/evidence/evidence.h"
#include "probe/host/files.h"
#include "probe/record/refold.h"
#include "tests/unit/sample_run.h"

#include <fcntl.h>
#include <stdlib.h>

struct saved_run {
	char root[64];       /* the folder */
	char dir[96];        /* root/a/evidence: does not exist before something is saved */
	char bundle[160];    /* the saved bundle */
	struct plan plan;
	struct event_log log;
	struct strbuf run_json; /* its result document */
	int exit_code;
};

/* False when the folder cannot be made. End with saved_run_end(). */
static inline bool saved_run_begin(struct saved_run *s)
{
	snprintf(s->root, sizeof s->root, "/tmp/erprobe-t-saved-XXXXXX");
	if (!mkdtemp(s->root))
		return false;
	snprintf(s->dir, sizeof s->dir, "%s/a/evidence", s->root);
	strbuf_init(&s->run_json, STRBUF_MAX_DEFAULT);
	run_plan(&s->plan);
	run_log(&s->plan, &s->log);
	return true;
}

static inline void saved_run_end(struct saved_run *s)
{
	files_remove_tree(AT_FDCWD, s->root);
	event_log_free(&s->log);
	plan_free(&s->plan);
	strbuf_free(&s->run_json);
}

/* As check_run() does it: conclude, print, save. What was saved before is gone. */
static inline void saved_run_save(struct saved_run *s, bool compact, const struct evidence_extras *extras)
{
	struct refolded f;
	char err[500] = "";

	assert_true(refold(&s->plan, &s->log, NULL, NULL, &f));
	strbuf_free(&s->run_json);
	report_check_json(&f.result, compact, &s->run_json);
	s->exit_code = run_result_exit_code(&f.result);
	files_remove_tree(AT_FDCWD, s->dir);
	if (!evidence_write(s->dir, &s->plan, &s->log, &f.result, s->run_json.text, extras, err, sizeof err))
		fail_msg("%s", err);
	refolded_free(&f);
	snprintf(s->bundle, sizeof s->bundle, "%s/%s", s->dir, s->plan.run_id);
}

#endif
