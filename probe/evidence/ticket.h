/* SPDX-License-Identifier: BSD-2-Clause */
/* The ticket text of a bundle. */
#ifndef ERPROBE_EVIDENCE_TICKET_H
#define ERPROBE_EVIDENCE_TICKET_H

#include "analysis/report/ticket.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends the ticket for the bundle at path. False with one line in err when the bundle
 * cannot be trusted, or this build concludes otherwise than it says. */
bool ticket_make(const char *path, enum audience a, struct strbuf *out, char *err, size_t err_size);

#endif
