/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/replay.h"

#include "analysis/record/comment.h"
#include "probe/run/refold.h"
#include "probe/run/replay_compare.h"
#include "probe/run/replay_load.h"

#include <string.h>

#define EXIT_LOCAL 3         /* the bundle cannot be trusted or read */
#define EXIT_INTERRUPT 130   /* what an interrupted check ended with */
#define ERR_MAX 512

struct replaying {
	const struct replay_options *options;
	FILE *out, *err;
	const char *path;
	struct recording recording;
	struct refolded refolded;
	struct strbuf now;       /* run.json as this build computes it */
};

/* One line on standard error; texts from the bundle may hold anything. */
static void say(const struct replaying *r, const char *what)
{
	char safe[2 * ERR_MAX], path[ERR_MAX];

	text_safe(safe, sizeof safe, what);
	text_safe(path, sizeof path, r->path);
	fprintf(r->err, "erprobe: replay %s: %s\n", path, safe);
}

/* "frame 12: probe=17 … counted", for -v; counted from 1 as Wireshark does. */
static void explain(void *arg, size_t place, const struct frame *f, const struct match *m)
{
	const struct replaying *r = arg;
	struct strbuf line;

	(void)f;
	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	comment_frame(&r->recording.plan, m, 0, &line);
	if (line.text)
		fprintf(r->err, "frame %zu: %s\n", place + 1, line.text);
	strbuf_free(&line);
}

/* Folds the recorded events and computes the document. The stored one may be in
 * either form (--json or --jsonl); compact is one line. */
static bool conclude(struct replaying *r)
{
	const struct recording *rec = &r->recording;
	const char *end = memchr(rec->run_json, '\n', rec->run_json_len);
	bool compact = !end || end + 1 == rec->run_json + rec->run_json_len;

	if (!refold(&rec->plan, &rec->log, r->options->verbose ? explain : NULL, r, &r->refolded))
		return false;
	report_check_json(&r->refolded.result, compact, &r->now);
	return strbuf_ok(&r->now);
}

static bool same_document(const struct replaying *r)
{
	return r->now.len == r->recording.run_json_len &&
	       (r->now.len == 0 || memcmp(r->now.text, r->recording.run_json, r->now.len) == 0);
}

static void say_difference(const struct replaying *r)
{
	struct strbuf line;

	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	strbuf_addf(&line, "this build (erprobe %s, the run was made by %s) concludes otherwise: ", ERPROBE_VERSION,
	            r->recording.plan.tool);
	replay_difference(r->recording.run_json, r->recording.run_json_len, r->now.text ? r->now.text : "", r->now.len,
	                  &line);
	strbuf_add(&line, r->options->format == REPLAY_JSON ? "; the stored document is printed"
	                                                    : "; this build's report is printed");
	if (line.text)
		say(r, line.text);
	strbuf_free(&line);
}

static bool print(const struct replaying *r)
{
	struct strbuf text;

	if (r->options->format == REPLAY_JSON)
		return fwrite(r->recording.run_json, 1, r->recording.run_json_len, r->out) ==
		               r->recording.run_json_len &&
		       fflush(r->out) == 0;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	report_check_text(&r->refolded.result, &r->options->style, &text);
	if (strbuf_ok(&text) && text.text)
		fwrite(text.text, 1, text.len, r->out);
	strbuf_free(&text);
	return fflush(r->out) == 0 && !ferror(r->out);
}

/* The stored document rules: it is what the original check said. False when it is no
 * document of ours. */
static bool stored_exit_code(const struct replaying *r, int *code)
{
	char err[ERR_MAX];

	*code = replay_stored_exit_code(r->recording.run_json, r->recording.run_json_len, err, sizeof err);
	if (*code < 0) {
		say(r, err);
		return false;
	}
	if (r->recording.log.has_end && r->recording.log.end.reason == END_INTERRUPTED)
		*code = EXIT_INTERRUPT;
	return true;
}

static int replay_recording(struct replaying *r)
{
	int code;

	if (!stored_exit_code(r, &code))
		return EXIT_LOCAL;
	if (!conclude(r)) {
		say(r, "out of memory");
		return EXIT_LOCAL;
	}
	if (!same_document(r))
		say_difference(r);
	else if (r->options->verbose)
		say(r, "the bundle is intact, and this build concludes the same, byte for byte");
	if (!print(r)) {
		say(r, "cannot write the result to standard output");
		return EXIT_LOCAL;
	}
	return code;
}

int replay_run(const char *path, const struct replay_options *o)
{
	struct replaying r = {.options = o, .path = path};
	char err[ERR_MAX];
	int code = EXIT_LOCAL;

	r.out = o->out ? o->out : stdout;
	r.err = o->err ? o->err : stderr;
	strbuf_init(&r.now, STRBUF_MAX_DEFAULT);
	if (recording_load(path, &r.recording, err, sizeof err))
		code = replay_recording(&r);
	else
		say(&r, err);
	refolded_free(&r.refolded);
	strbuf_free(&r.now);
	recording_free(&r.recording);
	return code;
}
