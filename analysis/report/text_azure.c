/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/azure_lines.h"
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"

#define LABEL_COLUMNS 12
#define ERRORS_SHOWN 4 /* unless verbose; the rest is counted */

static void put_line(void *arg, const char *label, const char *text, bool warn)
{
	struct page *p = arg;

	page_to(p, 2);
	page_cell(p, warn ? TONE_WARN : TONE_DIM, label, LABEL_COLUMNS);
	page_wrap(p, TONE_PLAIN, text, 2 + LABEL_COLUMNS);
}

static void unavailable(struct page *p, const struct circuit_result *c)
{
	bool asked = c->azure.snapshot != NULL || c->azure.why_not[0] != '\0';
	bool stale = c->azure.snapshot != NULL && c->azure.snapshot->stale;

	page_heading(p, stale ? "Azure says: nothing could be read now; its last answer weighs the less the older it is"
	                : asked ? "Azure says: nothing could be read; the verdict stands on the probes alone"
	                      : "Azure was not asked; the verdict stands on the probes alone");
	if (c->azure.why_not[0] == '\0')
		return;
	page_to(p, 2);
	page_wrap(p, TONE_PLAIN, c->azure.why_not, 2);
}

void text_azure(struct page *p, const struct circuit_result *c, struct wall_ns now)
{
	const struct az_snapshot *a = c->azure.snapshot;
	char heading[3 * WORDS_MAX], age[WORDS_MAX];

	if (!c->azure.available || a == NULL) {
		unavailable(p, c);
		return;
	}
	text_format(heading, sizeof heading, "Azure says (as of %s before the end of this run)",
	            age_words(wall_since(now, c->azure.as_of), age));
	page_heading(p, heading);
	azure_lines(a, now, p->verbose ? AZ_PARTS_MAX : ERRORS_SHOWN, put_line, p);
}
