/* SPDX-License-Identifier: BSD-2-Clause */
/* The result as one page of HTML: no script, nothing loaded from anywhere, pictures as
 * inline SVG with all they say also in words, made for screen and paper. */
#ifndef ERPROBE_REPORT_HTML_H
#define ERPROBE_REPORT_HTML_H

#include "analysis/render/place.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

void report_html(const struct run_result *r, const struct report_place *place, struct strbuf *out);

/* -- parts -- */

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

#endif
