/* SPDX-License-Identifier: BSD-2-Clause */
/* azure/snapshot.json: what Azure answered for each circuit of the plan.
 *   {"schema":"erprobe.azure/1","circuits":[{"name":…,"snapshot":{…} or null},…]} */
#ifndef ERPROBE_EVIDENCE_AZURE_H
#define ERPROBE_EVIDENCE_AZURE_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/record/event_log.h"

#include <stdbool.h>
#include <stddef.h>

#define EVIDENCE_AZURE_SCHEMA "erprobe.azure/1"

/* Appends the document; a failure is out's own. */
void evidence_azure_write(const struct plan *p, const struct event_log *log, struct strbuf *out);
/* Adds the snapshots of such a document to the log. The circuits must be the plan's,
 * in its order. False with one line in err. */
bool evidence_azure_read(const char *text, size_t len, const struct plan *p, struct event_log *log, char *err,
                         size_t err_size);

#endif
