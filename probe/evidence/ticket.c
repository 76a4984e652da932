/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/ticket.h"

#include "probe/evidence/bundle.h"
#include "probe/evidence/environment.h"
#include "probe/run/refold.h"
#include "probe/run/replay_compare.h"
#include "probe/run/replay_load.h"

#include <stdio.h>

static bool make(const struct recording *rec, enum audience a, struct strbuf *out, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(&rec->bag, BUNDLE_ENVIRONMENT);
	struct environment e = {0};
	struct refolded now;
	int code = replay_stored_exit_code(rec->run_json, rec->run_json_len, err, err_size);

	if (code < 0 || (f && !environment_read(f->data, f->len, &e, err, err_size)))
		return false;
	if (!refold(&rec->plan, &rec->log, NULL, NULL, &now)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	if (run_result_exit_code(&now.result) == code) {
		report_ticket(&now.result, a, &e.place, out);
		code = -1;
	} else {
		text_format(err, err_size, "this build concludes otherwise than run.json says; see erprobe evidence verify");
	}
	refolded_free(&now);
	if (code == -1 && !strbuf_ok(out)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	return code == -1;
}

bool ticket_make(const char *path, enum audience a, struct strbuf *out, char *err, size_t err_size)
{
	struct recording rec;
	bool ok;

	if (!recording_load(path, &rec, err, err_size))
		return false;
	ok = !rec.log.trace;
	if (!ok)
		text_format(err, err_size, "it is of erprobe trace, which judges no circuit: make a ticket of a bundle of erprobe check");
	ok = ok && make(&rec, a, out, err, err_size);
	recording_free(&rec);
	return ok;
}
