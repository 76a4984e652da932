/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe replay --explain PROBE`. */
#include "erprobe/exit_code.h"
#include "probe/replay/replay.h"

#include "analysis/capture_report/probe_report.h"
#include "probe/replay/replay_say.h"
#include "probe/replay/source.h"

#include <string.h>

#define ERR_MAX 512

/* Gathers the frames of one probe while the run is folded again. */
struct telling {
	struct probe_story story;
	struct observations seen;
};

static void note(void *arg, size_t place, const struct frame *f, const struct match *m)
{
	struct telling *t = arg;
	struct probe_story *s = &t->story;

	observations_time(&t->seen, f->at);
	observations_match(&t->seen, m, f->at);
	if (!m->has_probe || m->probe + 1 != s->probe)
		return;
	if (s->frame_count == STORY_FRAMES_MAX)
		s->more_frames++;
	else
		s->frames[s->frame_count++] = (struct story_frame){(uint32_t)place + 1, f->at, *m};
}

static bool tell(struct source *s, struct telling *t)
{
	struct recording *r = &s->recording;
	struct refolded folded;
	bool ok = observations_init(&t->seen, &r->plan) && refold(&r->plan, &r->log, note, t, &folded);

	t->story.plan = &r->plan;
	if (ok) {
		observations_time(&t->seen, folded.result.ended_at);
		if (t->story.probe - 1 < t->seen.count)
			t->story.state = observations_state(&t->seen, &t->seen.records[t->story.probe - 1]);
		refolded_free(&folded);
	}
	ok = ok && !t->seen.out_of_memory;
	return ok;
}

static bool explain_run(struct source *s, uint32_t probe, bool text, const struct replay_options *o, struct strbuf *out,
                        char *err, size_t err_size)
{
	struct telling t = {.story = {.probe = probe}};
	bool ok = tell(s, &t);

	if (!ok)
		text_format(err, err_size, "out of memory");
	else if (t.story.frame_count == 0)
		text_format(err, err_size, "it has no probe %lu (%zu left, counted from 1)", (unsigned long)probe, t.seen.count);
	ok = ok && t.story.frame_count > 0;
	if (ok && text)
		report_probe_text(&t.story, &o->style, out);
	else if (ok)
		report_probe_json(&t.story, out);
	observations_free(&t.seen);
	return ok;
}

static bool explain_capture(struct source *s, uint32_t probe, bool text, const struct replay_options *o,
                            struct strbuf *out, char *err, size_t err_size)
{
	const struct sight *found = sights_find(s->sights, probe);

	if (!found) {
		text_format(err, err_size, "it has no probe %lu (%llu were found, counted from 1)", (unsigned long)probe,
		            (unsigned long long)sights_totals(s->sights)->probes);
		return false;
	}
	if (text)
		report_sight_text(found, &o->style, out);
	else
		report_sight_json(found, out);
	return true;
}

int replay_explain(const char *path, uint32_t probe, const struct replay_options *o)
{
	struct source s;
	struct strbuf out;
	char err[ERR_MAX];
	FILE *say = o->err ? o->err : stderr;
	bool text = !o->format_given || o->format == REPLAY_TEXT, ok;

	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	ok = source_open(path, &s, err, sizeof err);
	if (ok)
		ok = source_has_run(&s) ? explain_run(&s, probe, text, o, &out, err, sizeof err)
		                        : explain_capture(&s, probe, text, o, &out, err, sizeof err);
	if (!ok) {
		replay_say(say, path, err);
	} else if (!replay_print(&out, o->one_line, o->out ? o->out : stdout)) {
		replay_say_unwritten(say, path);
		ok = false;
	}
	strbuf_free(&out);
	source_close(&s);
	return ok ? EXIT_DONE : EXIT_ERROR;
}
