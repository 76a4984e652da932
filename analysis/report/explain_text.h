/* SPDX-License-Identifier: BSD-2-Clause */
/* The fault catalogue for people: what `erprobe explain` prints. Faults come from the
 * catalogue's rows and words, so a new row explains itself; what is no fault and still has a
 * name (own.capture, own.api, conflict) has its words in explain_text.c. */
#ifndef ERPROBE_REPORT_EXPLAIN_TEXT_H
#define ERPROBE_REPORT_EXPLAIN_TEXT_H

#include "analysis/render/page.h"
#include "analysis/value/strbuf.h"

#include <stdbool.h>

/* Appends the entry of one fault: what it means, how it shows on the wire and in
 * Azure, what tells it from its neighbours, what to do, whom to call. False, with
 * nothing appended, when the catalogue has no such id. */
bool explain_fault_text(const char *id, const struct text_style *style, struct strbuf *out);

/* Appends every fault's id and title, by domain. */
void explain_list_text(const struct text_style *style, struct strbuf *out);

/* Walks the ids in the catalogue's order, each once, then what is no fault; NULL after the last. */
const char *explain_id(size_t at);

#endif
