/* SPDX-License-Identifier: BSD-2-Clause */
/* What all our pages of HTML have in common: their head with its style sheet, and text that is
 * escaped. */
#ifndef ERPROBE_RENDER_HTML_H
#define ERPROBE_RENDER_HTML_H

#include "analysis/value/strbuf.h"

/* What a page of ours begins with, up to the end of its style sheet: no script, no request to
 * anywhere. `more` is a style for this page alone, without markup. The caller closes the head. */
void html_begin(struct strbuf *out, const char *title, const char *more);
/* The style sheet. */
void html_style(struct strbuf *out);

/* Appends text as HTML text or attribute value: markup escaped, what could steer a
 * reader's terminal or reorder text replaced by U+FFFD. */
void html_text(struct strbuf *out, const char *text);
/* The same of a formatted text, at most 1,023 bytes of it. */
void html_textf(struct strbuf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same as an item of a list. */
void html_item(struct strbuf *out, const char *text);

#endif
