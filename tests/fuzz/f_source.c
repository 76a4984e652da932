/* SPDX-License-Identifier: BSD-2-Clause */
/* The door: a capture that somebody names for replay. Ours or not, it comes to a report
 * or to a reason; two halves of the input are set side by side as well. */
#include "analysis/capture_report/capture_report.h"
#include "analysis/capture_report/pair_report.h"
#include "analysis/capture_report/probe_report.h"
#include "probe/replay/source.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct text_style style = {.width = 100};

static void check_sights(const struct sights *s)
{
	size_t count;
	const struct sight *list = sights_list(s, &count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].number == 0 || list[i].number > count || (list[i].answer != ANSWER_NONE && list[i].rtt_ns < 0))
			abort();
		if (i > 0 && sights_order(&list[i - 1], &list[i]) > 0)
			abort();
	}
}

static void report(const struct source *s, struct strbuf *out)
{
	struct capture_report c = {.tool = "t", .sha256 = s->sha256, .totals = sights_totals(s->sights)};
	struct sight_path *paths = sight_paths(s->sights, &c.path_count);
	const struct sight *first = sights_find(s->sights, 1);

	if (!paths)
		abort();
	c.paths = paths;
	report_capture_text(&c, &style, out);
	report_capture_json(&c, out);
	if (first) {
		report_sight_text(first, &style, out);
		report_sight_json(first, out);
	}
	sight_paths_free(paths, c.path_count);
}

static void conclude(const struct source *s)
{
	struct refolded r;
	struct strbuf out;

	if (!refold(&s->recording.plan, &s->recording.log, NULL, NULL, &r))
		return;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (!refold_document(&r, &s->recording.log, true, &out) && strbuf_ok(&out))
		abort();
	strbuf_free(&out);
	refolded_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct source s[2];
	char err[600] = "";
	bool open[2] = {false, false};
	size_t half = size / 2;
	struct sight_pair pair;
	struct strbuf out;

	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	open[0] = source_read("a", data, size, &s[0], err, sizeof err);
	if (!open[0] && err[0] == '\0')
		abort();
	if (size > 0 && data[0] & 1)
		open[1] = source_read("b", data + half, size - half, &s[1], err, sizeof err);
	for (int i = 0; i < 2; i++) {
		if (!open[i])
			continue;
		if (source_has_run(&s[i]))
			conclude(&s[i]);
		if (!source_sights(&s[i]))
			abort();
		check_sights(s[i].sights);
		report(&s[i], &out);
	}
	if (open[0] && !sight_pair(s[0].sights, s[open[1] ? 1 : 0].sights, &pair))
		abort();
	for (int i = 0; i < 2; i++)
		if (open[i])
			source_close(&s[i]);
	strbuf_free(&out);
	return 0;
}
