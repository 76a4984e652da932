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

/* The path over one link: host, edge, MSEE and target across the three domains, a figure a family. */
void html_picture(struct strbuf *out, const struct circuit_result *c, const struct link_result *l);
/* The slowest 95 % of these hops in nanoseconds, at least 1: the end of the scale of their bars. */
int64_t html_slowest(const struct hop_result *hops, size_t count);
/* Round trips as a bar from the least to 95 %, a mark at the median, on a scale from 0 to most ns.
 * The figures stand beside it. */
void html_bar(struct strbuf *out, const struct rtt_summary *r, int64_t most);
/* What each domain adds and loses on each link, as a table. */
void html_segments(struct strbuf *out, const struct circuit_result *c);
/* What was tried on each link and what came of it, as a table. */
void html_checks(struct strbuf *out, const struct circuit_result *c);
/* What passed of the peerings' own sessions, as a table; nothing where nobody listened. */
void html_watched(struct strbuf *out, const struct circuit_result *c);
/* Loss and round trips by hop, a table a link and family, with how to read them. */
void html_hops(struct strbuf *out, const struct circuit_result *c);

/* What a page of ours begins with, up to the end of its style sheet: no script, no request to
 * anywhere. `more` is a style for this page alone, without markup. The caller closes the head. */
void html_begin(struct strbuf *out, const char *title, const char *more);
/* The style sheet. */
void html_style(struct strbuf *out);

#endif
