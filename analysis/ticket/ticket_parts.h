/* SPDX-License-Identifier: BSD-2-Clause */
/* The sections of a ticket that have a file of their own, and the lines all are made of. */
#ifndef ERPROBE_REPORT_TICKET_PARTS_H
#define ERPROBE_REPORT_TICKET_PARTS_H

#include "analysis/render/page.h"
#include "analysis/ticket/ticket.h"

/* "Label:    text", wrapped below the text; nothing for an empty text. */
void ticket_field(struct page *p, const char *label, const char *text);
/* "  - text", wrapped below the text. */
void ticket_bullet(struct page *p, const char *text);

/* Does the sentence name no address but those that this reader knows anyhow: the links' ends, and for
 * the provider or Microsoft those of its own domain? Always, where the reader is of the house. */
bool ticket_may_say(const struct circuit_result *c, enum audience a, const char *sentence);
/* What the reader is asked to do, by where the finding lies and whose edge holds the /30. */
void ticket_ask(struct page *p, const struct circuit_result *c, enum audience a);
/* What a first line asks for and no measurement knows, to be filled in by the sender. */
void ticket_fill_in(struct page *p, enum audience a);

#endif
