/* SPDX-License-Identifier: BSD-2-Clause */
/* Text for a terminal: tones, columns, wrapping. All text that goes through here
 * is made safe first (text_safe), whoever wrote it; a tone only ever repeats what
 * a word or a mark already says. */
#ifndef ERPROBE_RENDER_PAGE_H
#define ERPROBE_RENDER_PAGE_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define PAGE_WIDTH_DEFAULT 100
#define PAGE_WIDTH_MIN 72
#define PAGE_WIDTH_MAX 200 /* longer lines are hard to read */
#define PAGE_TEXT_MAX 2048 /* bytes of one piece of text; what is longer is cut */

/* What the reader's terminal is like, and how much they asked for. */
struct text_style { bool color; bool verbose; int width; /* columns, 0 = 100 */ };

enum tone { TONE_PLAIN, TONE_STRONG, TONE_DIM, TONE_GOOD, TONE_WARN, TONE_BAD, TONE_DOUBT, TONES };

struct page {
	struct strbuf *out;
	bool color, verbose;
	size_t width;  /* columns of the terminal */
	size_t column; /* columns used in this line */
};

void page_init(struct page *p, const struct text_style *style, struct strbuf *out);
/* Appends text to the line. */
void page_text(struct page *p, enum tone tone, const char *text);
void page_textf(struct page *p, enum tone tone, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Appends text whose marks (see report_mark_tone) get their own tone. */
void page_marked(struct page *p, const char *text);
/* Text in exactly `columns` columns: cut with "…", or filled with spaces. */
void page_cell(struct page *p, enum tone tone, const char *text, size_t columns);
void page_cell_right(struct page *p, enum tone tone, const char *text, size_t columns);
/* Spaces up to this column, counted from 0; nothing when already there. */
void page_to(struct page *p, size_t column);
/* Ends the line; spaces at its end are dropped. */
void page_line(struct page *p);
/* Appends text word by word from where the line stands; further lines begin at
 * column `indent`. Ends the last line. */
void page_wrap(struct page *p, enum tone tone, const char *text, size_t indent);
/* Appends text in one piece: on the next line from column `indent` where this line
 * has no room for it, cut where no line has. */
void page_flow(struct page *p, enum tone tone, const char *text, size_t indent);
/* An empty line and a heading in strong tone. */
void page_heading(struct page *p, const char *text);

#endif
