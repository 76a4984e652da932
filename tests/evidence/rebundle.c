/* SPDX-License-Identifier: BSD-2-Clause */
/* rebundle BUNDLE DIR: concludes again from a recording with this build, and saves that
 * as a fresh bundle in DIR: the verdict and the texts are this build's. */
#include "analysis/report/report.h"
#include "probe/evidence/evidence.h"
#include "probe/evidence/recording.h"
#include "probe/record/refold.h"

#include <stdio.h>

int main(int argc, char **argv)
{
	struct recording rec;
	struct refolded now = {0};
	struct strbuf json;
	char err[600] = "out of memory";
	bool ok;

	if (argc != 3) {
		fprintf(stderr, "usage: rebundle BUNDLE DIR\n");
		return 3;
	}
	if (!recording_load(argv[1], &rec, err, sizeof err)) {
		fprintf(stderr, "rebundle: %s\n", err);
		return 3;
	}
	strbuf_init(&json, STRBUF_MAX_DEFAULT);
	ok = refold(&rec.plan, &rec.log, NULL, NULL, &now);
	if (ok)
		report_check_json(&now.result, false, &json);
	ok = ok && strbuf_ok(&json) &&
	     evidence_write(argv[2], &rec.plan, &rec.log, &now.result, json.text,
	                    &(struct evidence_extras){.config = "circuits:\n"}, err, sizeof err);
	if (!ok)
		fprintf(stderr, "rebundle: %s\n", err);
	strbuf_free(&json);
	refolded_free(&now);
	recording_free(&rec);
	return ok ? 0 : 3;
}
