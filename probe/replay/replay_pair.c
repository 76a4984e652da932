/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe replay A B`. */
#include "erprobe/exit_code.h"
#include "probe/replay/replay.h"

#include "analysis/capture_report/pair_report.h"
#include "probe/host/build.h"
#include "probe/replay/replay_say.h"
#include "probe/replay/source.h"

#include <string.h>

#define ERR_MAX 512

struct side { struct source source; struct refolded refolded; struct sight_path *paths; size_t path_count; };

static const char *kind_words(const struct source *s)
{
	switch (s->kind) {
	case SOURCE_BUNDLE:
		return "bundle";
	case SOURCE_PACKETS:
		return "packets of a run";
	case SOURCE_CAPTURE:
		break;
	}
	return "capture";
}

static bool side_open(struct side *s, const char *path, char *err, size_t err_size)
{
	const struct recording *r = &s->source.recording;
	bool ok;

	if (!source_open(path, &s->source, err, err_size))
		return false;
	ok = source_sights(&s->source) &&
	     (!source_has_run(&s->source) || refold(&r->plan, &r->log, NULL, NULL, &s->refolded));
	if (ok)
		s->paths = sight_paths(s->source.sights, &s->path_count);
	if (!ok || !s->paths)
		text_format(err, err_size, "out of memory");
	return ok && s->paths;
}

static void side_close(struct side *s)
{
	sight_paths_free(s->paths, s->path_count);
	refolded_free(&s->refolded);
	source_close(&s->source);
}

static void describe(const struct side *s, struct pair_part *p)
{
	*p = (struct pair_part){.name = s->source.path, .what = kind_words(&s->source),
	                        .result = source_has_run(&s->source) ? &s->refolded.result : NULL,
	                        .totals = sights_totals(s->source.sights), .paths = s->paths, .path_count = s->path_count};
}

static bool report(struct side sides[PAIR_SIDES], const struct replay_options *o, struct strbuf *out)
{
	struct pair_report r = {.tool = build_tool()};

	if (!sight_pair(sides[PAIR_A].source.sights, sides[PAIR_B].source.sights, &r.packets))
		return false;
	describe(&sides[PAIR_A], &r.parts[PAIR_A]);
	describe(&sides[PAIR_B], &r.parts[PAIR_B]);
	if (!o->format_given || o->format == REPLAY_TEXT)
		report_pair_text(&r, &o->style, out);
	else
		report_pair_json(&r, out);
	return strbuf_ok(out);
}

int replay_pair(const char *a, const char *b, const struct replay_options *o)
{
	const char *const paths[PAIR_SIDES] = {a, b};
	struct side sides[PAIR_SIDES] = {0};
	struct strbuf out;
	char err[ERR_MAX] = "";
	FILE *say = o->err ? o->err : stderr;
	bool ok = true;

	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	for (int i = 0; ok && i < PAIR_SIDES; i++) {
		ok = side_open(&sides[i], paths[i], err, sizeof err);
		if (!ok)
			replay_say(say, paths[i], err);
	}
	if (ok && !report(sides, o, &out)) {
		replay_say(say, a, "out of memory");
		ok = false;
	} else if (ok && !replay_print(&out, o->one_line, o->out ? o->out : stdout)) {
		replay_say_unwritten(say, a);
		ok = false;
	}
	strbuf_free(&out);
	side_close(&sides[PAIR_A]);
	side_close(&sides[PAIR_B]);
	return ok ? EXIT_DONE : EXIT_ERROR;
}
