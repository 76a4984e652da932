/* SPDX-License-Identifier: BSD-2-Clause */
/* Where Azure and the wire contradict each other, whatever the verdict makes of it. */
#ifndef ERPROBE_CONTRADICT_H
#define ERPROBE_CONTRADICT_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* Fills r->contradictions. Nothing when out of memory, or where Azure was not read. */
void contradictions_fill(const struct posterior *p, struct circuit_result *r);

#endif
