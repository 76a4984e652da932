/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen on the links' segments without asking. */
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"
#include "analysis/report/watched_lines.h"

#define LINK_COLUMNS 12

static void line(void *arg, bool strong, const char *text)
{
	struct page *p = arg;

	page_to(p, LINK_COLUMNS);
	page_wrap(p, strong ? TONE_STRONG : TONE_PLAIN, text, LINK_COLUMNS + 2);
}

void text_watched(struct page *p, const struct circuit_result *c)
{
	if (!watched_listened(c))
		return;
	page_heading(p, WATCHED_HEADING);
	for (size_t i = 0; i < c->link_count && i < LINKS; i++) {
		page_textf(p, TONE_STRONG, "  %s", link_name(c->links[i].id));
		watched_lines(c, &c->links[i], line, p);
	}
}

struct letter { struct page *page; const char *link; };

static void bullet(void *arg, bool strong, const char *text)
{
	const struct letter *to = arg;

	page_textf(to->page, TONE_PLAIN, "  - %s: ", to->link);
	page_wrap(to->page, strong ? TONE_STRONG : TONE_PLAIN, text, 4);
}

void text_watched_bullets(struct page *p, const struct circuit_result *c)
{
	if (!watched_listened(c))
		return;
	page_heading(p, WATCHED_HEADING);
	for (size_t i = 0; i < c->link_count && i < LINKS; i++) {
		struct letter to = {p, link_words(c->links[i].id)};

		watched_lines(c, &c->links[i], bullet, &to);
	}
}
