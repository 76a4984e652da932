/* SPDX-License-Identifier: BSD-2-Clause */
/* The result as one page of HTML: no script, nothing loaded from anywhere, pictures as
 * inline SVG with all they say also in words, made for screen and paper. */
#ifndef ERPROBE_REPORT_HTML_H
#define ERPROBE_REPORT_HTML_H

#include "analysis/report/evidence_text.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

void report_html(const struct run_result *r, const struct report_place *place, struct strbuf *out);

/* -- parts -- */

/* Appends text as HTML text or attribute value: markup escaped, what could steer a
 * reader's terminal or reorder text replaced by U+FFFD. */
void html_text(struct strbuf *out, const char *text);
/* The same of a formatted text, at most 1,023 bytes of it. */
void html_textf(struct strbuf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The path over one link: host, edge, MSEE and target across the three domains. */
void html_picture(struct strbuf *out, const struct circuit_result *c, const struct link_result *l);
/* Round trips by hop: from least to 95 % as a bar, the median as a mark. */
void html_timing(struct strbuf *out, const struct hop_result *hops, size_t count, const char *name);
/* Hops, checks and segments of a link as tables. */
void html_link_tables(struct strbuf *out, const struct circuit_result *c, const struct link_result *l);

/* The style sheet. */
extern const char html_style[];

#endif
