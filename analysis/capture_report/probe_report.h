/* SPDX-License-Identifier: BSD-2-Clause */
/* One probe told to its end: its frames, each test of each answer, and what came of it. */
#ifndef ERPROBE_PROBE_REPORT_H
#define ERPROBE_PROBE_REPORT_H

#include "analysis/path/observe.h"
#include "analysis/path/sight.h"
#include "analysis/render/page.h"
#include "analysis/value/strbuf.h"

#define STORY_FRAMES_MAX 64 /* of one probe; more are counted, not shown */

struct story_frame { uint32_t number; struct wall_ns at; struct match match; };

/* A probe of a run. */
struct probe_story {
	const struct plan *plan;
	uint32_t probe;                 /* from 1, as in the packet comments */
	struct story_frame frames[STORY_FRAMES_MAX];
	size_t frame_count;
	uint32_t more_frames;           /* beyond STORY_FRAMES_MAX */
	enum record_state state;
};

/* The story of a probe that has at least one frame. */
void report_probe_text(const struct probe_story *s, const struct text_style *style, struct strbuf *out);
/* erprobe.probe/1; ends with a newline. */
void report_probe_json(const struct probe_story *s, struct strbuf *out);
/* The same of a probe in somebody else's capture. */
void report_sight_text(const struct sight *s, const struct text_style *style, struct strbuf *out);
void report_sight_json(const struct sight *s, struct strbuf *out);

#endif
