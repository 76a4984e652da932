/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration for one circuit, with comments, from what Azure reports. */
#ifndef ERPROBE_AZURE_INIT_TEXT_H
#define ERPROBE_AZURE_INIT_TEXT_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

/* azure_section: the text of the file's azure section, as it was used for this reading. c is
 * the circuit as asked for (name, resource_id, peering). Writes what config_parse() takes. */
void init_text(const char *azure_section, const struct plan_circuit *c, const struct az_snapshot *s, struct strbuf *out);
/* text in double quotes, as YAML and JSON read it (control characters become '?'). */
void init_quoted(struct strbuf *out, const char *text);

#endif
