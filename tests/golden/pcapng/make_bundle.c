/* SPDX-License-Identifier: BSD-2-Clause */
/* make_bundle DIR: saves the sample run of tests/unit/sample_run.h as evidence, for
 * pcapng_tools.sh to look at with the tools of others. */
#include "probe/evidence/evidence.h"

#include <stdio.h>

#include "tests/unit/sample_run.h"

int main(int argc, char **argv)
{
	struct plan p;
	struct event_log log;
	struct run_result r = {0};
	char err[400];
	bool ok;

	if (argc != 2) {
		fprintf(stderr, "usage: make_bundle DIR\n");
		return 3;
	}
	run_plan(&p);
	run_log(&p, &log);
	r.plan = &p;
	r.ended_at.ns = SAMPLE_START + 2 * NS_PER_SEC;
	ok = evidence_write(argv[1], &p, &log, &r, "{}\n", &(struct evidence_extras){0}, err, sizeof err);
	if (!ok)
		fprintf(stderr, "make_bundle: %s\n", err);
	event_log_free(&log);
	plan_free(&p);
	return ok ? 0 : 3;
}
