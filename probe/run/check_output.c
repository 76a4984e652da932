/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/check_output.h"

#include "analysis/report/report.h"
#include "probe/evidence/evidence.h"
#include "probe/host/output.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static void make_report(const struct check_options *o, const struct run_result *r, struct strbuf *out)
{
	const struct text_style style = {
		.color = terminal_color(o->color, STDOUT_FILENO),
		.verbose = o->verbose,
		.width = terminal_width(STDOUT_FILENO),
	};

	if (o->format == CHECK_TEXT)
		report_check_text(r, &style, out);
	else
		report_check_json(r, o->format == CHECK_JSONL, out);
}

static bool print_report(const struct check_options *o, const struct run_result *r, struct progress *p)
{
	struct strbuf report;
	bool ok;

	strbuf_init(&report, STRBUF_MAX_DEFAULT);
	make_report(o, r, &report);
	ok = strbuf_ok(&report) && report.text;
	if (!ok) {
		progress_error(p, "out of memory for the report");
	} else if (!output_write(report.text, report.len)) {
		progress_error(p, "cannot write the result to standard output: %s", strerror(errno));
		ok = false;
	}
	strbuf_free(&report);
	return ok;
}

static bool save_evidence(const struct check_options *o, const struct run_result *r, const struct event_log *log,
                          struct progress *p)
{
	const struct evidence_extras extras = {.config = o->config_text, .sign_key = o->sign_key};
	struct strbuf document;
	char err[512];
	bool ok;

	if (!o->evidence_dir || (o->evidence_unhealthy && run_result_exit_code(r) == STATUS_HEALTHY))
		return true;
	strbuf_init(&document, STRBUF_MAX_DEFAULT);
	report_check_json(r, false, &document);
	ok = strbuf_ok(&document) && document.text;
	if (!ok)
		progress_error(p, "out of memory for the evidence: nothing was saved");
	else if (!evidence_write(o->evidence_dir, r->plan, log, r, document.text, &extras, err, sizeof err)) {
		progress_error(p, "%s", err);
		ok = false;
	}
	strbuf_free(&document);
	return ok;
}

static void say_ends(const struct run_result *r, struct progress *p)
{
	for (size_t i = 0; i < r->circuit_count; i++)
		progress_note(p, "run %s circuit=%s status=%s", r->plan->run_id, r->circuits[i].plan->name,
		              status_name(r->circuits[i].faults[0].status));
}

bool check_output(const struct check_options *o, const struct run_result *r, const struct event_log *log,
                  struct progress *p)
{
	bool printed = print_report(o, r, p);
	bool saved = save_evidence(o, r, log, p);

	say_ends(r, p);
	return printed && saved;
}

void check_interim(const struct diagnosis *live, struct wall_ns now)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
	struct run_result r;
	struct strbuf line;

	if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT) || !diagnosis_result(live, &r))
		return;
	r.ended_at = now;
	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	report_check_json(&r, true, &line);
	if (strbuf_ok(&line) && line.text)
		output_write(line.text, line.len); /* a reader that went away is told of at the end */
	strbuf_free(&line);
	run_result_free(&r);
}
