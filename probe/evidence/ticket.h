/* SPDX-License-Identifier: BSD-2-Clause */
/* The ticket text of a bundle, of a check or of a trace. */
#ifndef ERPROBE_EVIDENCE_TICKET_H
#define ERPROBE_EVIDENCE_TICKET_H

#include "analysis/value/strbuf.h"
#include "probe/evidence/redact.h"

#include <stdbool.h>
#include <stddef.h>

enum ticket_form { TICKET_TEXT = 0, TICKET_JSON, TICKET_JSON_LINE };

/* Appends the ticket for the bundle at path; of a trace with the addresses alone that the rule keeps (all for
 * AUDIENCE_INTERNAL), or, where the bundle was made for this reader, as it has them. False with one line in err when the
 * bundle cannot be trusted, or this build concludes otherwise than it says. */
bool ticket_make(const char *path, const struct redact_rule *rule, enum ticket_form form, struct strbuf *out, char *err, size_t err_size);

#endif
