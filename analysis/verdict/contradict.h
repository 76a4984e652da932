/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Azure and the wire contradict each other, whatever the verdict makes of it. */
#ifndef ERPROBE_CONTRADICT_H
#define ERPROBE_CONTRADICT_H

#include "analysis/diagnose/observed.h"
#include "erprobe/result.h"

#include <stdbool.h>

/* Fills r->contradictions. Nothing when out of memory, or where Azure was not read. */
void contradictions_fill(const struct posterior *p, struct circuit_result *r);
/* Does this answer of Azure's (a state, a setting, a table's row) clearly deny that all is well? */
bool contradicts_health(const struct posterior *p, const struct observation *ob);
/* Does any? */
bool azure_denies_health(const struct posterior *p);

#endif
