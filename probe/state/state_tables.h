/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's tables row by row, as sent, for `erprobe state -v`. */
#ifndef ERPROBE_AZURE_STATE_TABLES_H
#define ERPROBE_AZURE_STATE_TABLES_H

#include "analysis/render/page.h"
#include "erprobe/snapshot.h"

#define STATE_ROWS_SHOWN 60 /* of one table; the JSON document has all */

void state_tables(struct page *p, const struct az_snapshot *s);

#endif
