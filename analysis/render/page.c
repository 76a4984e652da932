/* SPDX-License-Identifier: BSD-2-Clause */
/* Tones, columns and wrapping of terminal text. */
#include "analysis/render/page.h"

#include "analysis/render/words.h"
#include "analysis/value/utf8.h"

#include <stdio.h>
#include <string.h>

#define RESET "\x1b[0m"

void page_init(struct page *p, const struct text_style *style, struct strbuf *out)
{
	int width = style->width > 0 ? style->width : PAGE_WIDTH_DEFAULT;

	if (width < PAGE_WIDTH_MIN)
		width = PAGE_WIDTH_MIN;
	if (width > PAGE_WIDTH_MAX)
		width = PAGE_WIDTH_MAX;
	*p = (struct page){.out = out, .color = style->color, .verbose = style->verbose, .width = (size_t)width};
}

static const char *tone_code(enum tone tone)
{
	/* The sixteen basic colours follow the terminal's own palette. */
	static const char *const codes[TONES] = {
	    [TONE_PLAIN] = "",           [TONE_STRONG] = "\x1b[1m",   [TONE_DIM] = "\x1b[2m",
	    [TONE_GOOD] = "\x1b[32m",    [TONE_WARN] = "\x1b[1;33m",  [TONE_BAD] = "\x1b[1;31m",
	    [TONE_DOUBT] = "\x1b[1;35m",
	};

	return codes[tone];
}

/* The only way text reaches the buffer; it is already safe. */
static void emit(struct page *p, enum tone tone, const char *text, size_t len)
{
	char piece[PAGE_TEXT_MAX];

	if (len == 0)
		return;
	if (len >= sizeof piece)
		len = sizeof piece - 1;
	memcpy(piece, text, len);
	piece[len] = '\0';
	p->column += utf8_columns(piece);
	bool colored = p->color && tone != TONE_PLAIN;
	if (colored)
		strbuf_add(p->out, tone_code(tone));
	strbuf_add(p->out, piece);
	if (colored)
		strbuf_add(p->out, RESET);
}

void page_text(struct page *p, enum tone tone, const char *text)
{
	char safe[PAGE_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	emit(p, tone, safe, strlen(safe));
}

void page_textf(struct page *p, enum tone tone, const char *format, ...)
{
	char text[PAGE_TEXT_MAX];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len > 0)
		page_text(p, tone, text);
}

void page_marked(struct page *p, const char *text)
{
	char safe[PAGE_TEXT_MAX];
	const char *at = safe;
	uint32_t cp;

	text_safe(safe, sizeof safe, text);
	while (*at != '\0') {
		size_t plain = 0, len;
		enum tone tone = TONE_PLAIN;

		while ((len = utf8_next(at + plain, &cp)) > 0 && (tone = report_mark_tone(cp)) == TONE_PLAIN)
			plain += len;
		emit(p, TONE_PLAIN, at, plain);
		emit(p, tone, at + plain, len);
		at += plain + len;
	}
}

static void spaces(struct page *p, size_t n)
{
	p->column += n;
	for (; n > 0; n--)
		strbuf_add_char(p->out, ' ');
}

/* Makes text safe and at most `columns` wide; returns the columns it takes. */
static size_t fitted(char *out, size_t size, const char *text, size_t columns)
{
	text_safe(out, size, text);
	size_t used = utf8_columns(out);
	if (used <= columns || columns == 0)
		return used;
	size_t keep = utf8_fit(out, size - sizeof TEXT_CUT_MARK, columns - 1);
	memcpy(out + keep, TEXT_CUT_MARK, sizeof TEXT_CUT_MARK);
	return utf8_columns(out);
}

void page_cell(struct page *p, enum tone tone, const char *text, size_t columns)
{
	char safe[PAGE_TEXT_MAX];
	size_t used = fitted(safe, sizeof safe, text, columns);

	emit(p, tone, safe, strlen(safe));
	spaces(p, columns > used ? columns - used : 0);
}

void page_cell_right(struct page *p, enum tone tone, const char *text, size_t columns)
{
	char safe[PAGE_TEXT_MAX];
	size_t used = fitted(safe, sizeof safe, text, columns);

	spaces(p, columns > used ? columns - used : 0);
	emit(p, tone, safe, strlen(safe));
}

void page_to(struct page *p, size_t column)
{
	spaces(p, column > p->column ? column - p->column : 0);
}

void page_line(struct page *p)
{
	struct strbuf *b = p->out;

	while (!b->failed && b->len > 0 && b->text[b->len - 1] == ' ')
		b->text[--b->len] = '\0';
	strbuf_add_char(b, '\n');
	p->column = 0;
}

/* Bytes of text that fit into `columns`: whole words, or a piece of a word that is
 * longer than a line. *next is where the following line begins. 0 = nothing fits here. */
static size_t line_break(const char *text, size_t columns, bool whole_line, size_t *next)
{
	size_t fit = utf8_fit(text, strlen(text), columns);
	size_t end = fit;

	if (text[fit] != '\0') {
		while (end > 0 && text[end] != ' ')
			end--;
		if (end == 0 && whole_line)
			end = fit;
	}
	*next = end;
	while (text[*next] == ' ')
		++*next;
	return end;
}

void page_wrap(struct page *p, enum tone tone, const char *text, size_t indent)
{
	char safe[PAGE_TEXT_MAX];
	const char *at = safe;

	text_safe(safe, sizeof safe, text);
	while (*at != '\0') {
		size_t next, room = p->width > p->column ? p->width - p->column : 0;
		size_t len = line_break(at, room, p->column <= indent, &next);

		emit(p, tone, at, len);
		at += next;
		if (*at == '\0')
			break;
		page_line(p);
		page_to(p, indent);
	}
	page_line(p);
}

void page_flow(struct page *p, enum tone tone, const char *text, size_t indent)
{
	char safe[PAGE_TEXT_MAX];

	text_safe(safe, sizeof safe, text);
	if (p->column + utf8_columns(safe) > p->width) {
		page_line(p);
		page_to(p, indent);
		safe[utf8_fit(safe, sizeof safe, p->width - indent)] = '\0';
	}
	emit(p, tone, safe, strlen(safe));
}

void page_heading(struct page *p, const char *text)
{
	page_line(p);
	page_wrap(p, TONE_STRONG, text, 2);
}
