/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts of a bundle for people who open it without erprobe. All are computed from the
 * result alone, so whoever has the bundle can compute them again and compare. */
#ifndef ERPROBE_EVIDENCE_TEXT_H
#define ERPROBE_EVIDENCE_TEXT_H

#include "analysis/render/place.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

/* One page in plain words: what, when, where, what was tested and seen, and what was not. */
void report_summary_text(const struct run_result *r, const struct report_place *place, struct strbuf *out);
/* What stands before such tables: when, and what the columns mean. */
void report_mtr_head(const struct plan *p, const struct report_place *place, struct strbuf *out);
/* One line of such a table's head, and one a hop. */
void report_mtr_columns(const char *host, struct strbuf *out);
void report_mtr_hop(const struct hop_result *h, struct strbuf *out);
/* A table a link and family in the manner of `mtr --report`. */
void report_mtr_text(const struct run_result *r, const struct report_place *place, struct strbuf *out);

#endif
