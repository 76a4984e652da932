/* SPDX-License-Identifier: BSD-2-Clause */
/* The sections of the text report, in the order of reading. */
#ifndef ERPROBE_REPORT_TEXT_PARTS_H
#define ERPROBE_REPORT_TEXT_PARTS_H

#include "analysis/render/page.h"
#include "erprobe/result.h"

/* The verdict's line, its summary, who must act, and the other faults. */
void text_verdict(struct page *p, const struct circuit_result *c);
/* Evidence for and against, what next, alternatives. Nothing where there is nothing. */
void text_reasons(struct page *p, const struct circuit_result *c);
/* The links as a picture over the three domains. */
void text_links(struct page *p, const struct circuit_result *c);
/* What was seen of the peerings' own sessions; nothing where nobody watched. */
void text_watched(struct page *p, const struct circuit_result *c);
/* The same for a letter: a bullet a line, each with its link. */
void text_watched_bullets(struct page *p, const struct circuit_result *c);
/* Targets and controls with their services. */
void text_targets(struct page *p, const struct circuit_result *c);
/* What Azure says, with its age at the end of the run, and what could not be read. */
void text_azure(struct page *p, const struct circuit_result *c, struct wall_ns now);
/* Hop tables, and what else was tried, of every link. */
void text_hops(struct page *p, const struct circuit_result *c);

/* Does this fault lie on (or concern) this link? Faults that both links share do. */
bool fault_on_link(const struct verdict *v, enum link_id l);

#endif
