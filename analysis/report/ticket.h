/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts to paste into a ticket. Each names what the other side's first line asks for,
 * and nothing that is not theirs to know: the provider's holds no resource id, tenant or
 * subscription, and no address but those of the circuit's own /30s. */
#ifndef ERPROBE_TICKET_H
#define ERPROBE_TICKET_H

#include "analysis/report/evidence_text.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

enum audience { AUDIENCE_INTERNAL = 0, AUDIENCE_PROVIDER, AUDIENCE_MICROSOFT, AUDIENCES };
/* "internal", "provider", "microsoft". */
const char *audience_name(enum audience a);
/* False when the word is none of them. */
bool audience_parse(const char *word, enum audience *out);

/* One ticket a circuit, subject first. AUDIENCE_INTERNAL gets what both get. */
void report_ticket(const struct run_result *r, enum audience a, const struct report_place *place, struct strbuf *out);

#endif
