/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/replay/replay.h"

#include "analysis/capture_report/capture_report.h"
#include "analysis/record/comment.h"
#include "analysis/report/report.h"
#include "erprobe/exit_code.h"
#include "probe/host/build.h"
#include "probe/record/refold.h"
#include "probe/record/result_compare.h"
#include "probe/record/trace_log.h"
#include "probe/replay/replay_say.h"
#include "probe/replay/source.h"

#include <errno.h>
#include <string.h>

#define ERR_MAX 512

struct replaying {
	const struct replay_options *options;
	FILE *out, *err;
	const char *path;
	struct source source;
	struct refolded refolded;
	struct strbuf now;       /* run.json as this build computes it */
};

static void say(const struct replaying *r, const char *what)
{
	replay_say(r->err, r->path, what);
}

/* "frame 12: probe=17 … counted", for -v; counted from 1 as Wireshark does. */
static void explain(void *arg, size_t place, const struct frame *f, const struct match *m)
{
	const struct replaying *r = arg;
	struct strbuf line;

	(void)f;
	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	comment_frame(&r->source.recording.plan, m, 0, &line);
	if (line.text)
		fprintf(r->err, "frame %zu: %s\n", place + 1, line.text);
	strbuf_free(&line);
}

/* Folds the recorded events and computes the document. The stored one may be in
 * either form (--json or --jsonl); compact is one line. */
static bool conclude(struct replaying *r)
{
	const struct recording *rec = &r->source.recording;
	const char *end = memchr(rec->run_json, '\n', rec->run_json_len);
	bool compact = !end || end + 1 == rec->run_json + rec->run_json_len;

	if (!refold(&rec->plan, &rec->log, r->options->verbose ? explain : NULL, r, &r->refolded))
		return false;
	return refold_document(&r->refolded, &rec->log, compact, &r->now);
}

/* The report for a person. */
static bool make_text(const struct replaying *r, struct strbuf *out)
{
	const struct trace_told told = refold_trace(&r->refolded, &r->source.recording.log);

	if (r->refolded.trace)
		return trace_document(&told, TRACE_TEXT, &r->options->style, out, NULL, NULL);
	report_check_text(&r->refolded.result, &r->options->style, out);
	return strbuf_ok(out);
}

static bool same_document(const struct replaying *r)
{
	return r->now.len == r->source.recording.run_json_len &&
	       (r->now.len == 0 || memcmp(r->now.text, r->source.recording.run_json, r->now.len) == 0);
}

/* The same build must come to the same bytes. Another one may word it otherwise. */
static void say_difference(const struct replaying *r)
{
	const struct recording *rec = &r->source.recording;
	struct strbuf line, how;
	bool otherwise;

	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	strbuf_init(&how, STRBUF_MAX_DEFAULT);
	otherwise = result_difference(rec->run_json, rec->run_json_len, r->now.text ? r->now.text : "", r->now.len, &how);
	if (otherwise || strcmp(rec->plan.tool, build_tool()) == 0)
		strbuf_addf(&line, "this build (%s, the run was made by %s) concludes otherwise: ", build_tool(), rec->plan.tool);
	else if (!r->options->quiet)
		strbuf_addf(&line, "another build (%s, this is %s) made it, and words it otherwise: ", rec->plan.tool, build_tool());
	if (line.len > 0) {
		strbuf_add(&line, how.text ? how.text : "");
		strbuf_add(&line, r->options->format == REPLAY_JSON ? "; the stored document is printed"
		                                                    : "; this build's report is printed");
		say(r, line.text);
	}
	strbuf_free(&line);
	strbuf_free(&how);
}

static bool print(const struct replaying *r)
{
	struct strbuf text;
	bool printed;

	strbuf_init(&text, BAG_FILE_MAX);
	if (r->options->format == REPLAY_JSON) {
		strbuf_add_bytes(&text, r->source.recording.run_json, r->source.recording.run_json_len);
		printed = replay_print(&text, r->options->one_line, r->out);
		strbuf_free(&text);
		return printed;
	}
	errno = ENOMEM;
	printed = make_text(r, &text) && replay_print(&text, false, r->out);
	strbuf_free(&text);
	return printed;
}

/* An end that was none of the run's own has a code of its own, whatever was found until then: as check.c has it. */
static int code_by_end(const struct event_log *log, int code)
{
	if (log->has_end && log->end.reason == END_INTERRUPTED)
		return EXIT_INTERRUPTED;
	return log->has_end && log->end.reason == END_HELPER_LOST ? EXIT_ERROR : code;
}

/* The stored document rules: it is what the original check said. False when it is no
 * document of ours. */
static bool stored_exit_code(const struct replaying *r, int *code)
{
	char err[ERR_MAX];

	if (r->source.recording.log.trace) {
		*code = r->source.recording.log.trace->exit_code;
		return true;
	}
	*code = result_stored_exit_code(r->source.recording.run_json, r->source.recording.run_json_len, err, sizeof err);
	if (*code < 0) {
		say(r, err);
		return false;
	}
	*code = code_by_end(&r->source.recording.log, *code);
	return true;
}

static int replay_recording(struct replaying *r)
{
	int code;

	if (!stored_exit_code(r, &code))
		return EXIT_ERROR;
	if (!conclude(r)) {
		say(r, "out of memory");
		return EXIT_ERROR;
	}
	if (!same_document(r))
		say_difference(r);
	else if (r->options->verbose)
		say(r, "the bundle is intact, and this build concludes the same, byte for byte");
	if (!print(r)) {
		replay_say_unwritten(r->err, r->path);
		return EXIT_ERROR;
	}
	return code;
}

/* -- captures -- */

static bool as_text(const struct replay_options *o)
{
	return !o->format_given || o->format == REPLAY_TEXT;
}

/* A run's packets alone: what they conclude to, without Azure. */
static int replay_packets(struct replaying *r)
{
	const struct recording *rec = &r->source.recording;
	char line[200];

	if (rec->log.frame_count != r->source.frames_said) {
		text_format(line, sizeof line, "it has %zu of the run's %lu frames; the result is of these alone", rec->log.frame_count,
		            (unsigned long)r->source.frames_said);
		say(r, line);
	}
	if (!refold(&rec->plan, &rec->log, r->options->verbose ? explain : NULL, r, &r->refolded)) {
		say(r, "out of memory");
		return EXIT_ERROR;
	}
	/* A trace's packets are all of it: its document is the one that it printed. */
	bool made = (rec->log.trace ? r->options->format == REPLAY_TEXT : as_text(r->options))
	                    ? make_text(r, &r->now)
	                    : refold_document(&r->refolded, &rec->log, false, &r->now);
	if (!made || !replay_print(&r->now, r->options->one_line, r->out)) {
		if (made)
			replay_say_unwritten(r->err, r->path);
		else
			say(r, "out of memory");
		return EXIT_ERROR;
	}
	return code_by_end(&rec->log, refold_exit_code(&r->refolded, &rec->log));
}

static int replay_capture(struct replaying *r)
{
	struct capture_report c = {.tool = build_tool(), .sha256 = r->source.sha256, .bytes = r->source.bytes,
	                           .interfaces = r->source.interfaces, .totals = sights_totals(r->source.sights)};
	struct sight_path *paths = sight_paths(r->source.sights, &c.path_count);
	bool printed;

	if (!paths) {
		say(r, "out of memory");
		return EXIT_ERROR;
	}
	c.paths = paths;
	if (as_text(r->options))
		report_capture_text(&c, &r->options->style, &r->now);
	else
		report_capture_json(&c, &r->now);
	sight_paths_free(paths, c.path_count);
	printed = replay_print(&r->now, r->options->one_line, r->out);
	if (!printed)
		replay_say_unwritten(r->err, r->path);
	return printed ? EXIT_DONE : EXIT_ERROR;
}

int replay_run(const char *path, const struct replay_options *o)
{
	struct replaying r = {.options = o, .path = path};
	char err[ERR_MAX];
	int code = EXIT_ERROR;

	r.out = o->out ? o->out : stdout;
	r.err = o->err ? o->err : stderr;
	strbuf_init(&r.now, BAG_FILE_MAX);
	if (!source_open(path, &r.source, err, sizeof err))
		say(&r, err);
	else if (r.source.kind == SOURCE_BUNDLE)
		code = replay_recording(&r);
	else if (r.source.kind == SOURCE_PACKETS)
		code = replay_packets(&r);
	else
		code = replay_capture(&r);
	refolded_free(&r.refolded);
	strbuf_free(&r.now);
	source_close(&r.source);
	return code;
}
