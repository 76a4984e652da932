/* SPDX-License-Identifier: BSD-2-Clause */
/* What would decide between the two likeliest explanations. */
#ifndef ERPROBE_DECIDE_H
#define ERPROBE_DECIDE_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* Fills v->decided_by, what would tell e from its rival most first: a part of Azure that was not read (and why), an
 * end that answers nothing, a longer run; and where nothing that can be seen from here tells the two apart, another
 * vantage. The rival is the next best, or where that lies in e's own domain the best of another one. Nothing where e
 * has no rival, or when out of memory. */
void decide_fill(const struct posterior *p, const struct explanation *e, struct verdict *v);

/* What would tell this fault from its neighbours, as the catalogue has it; where that is something of Azure's which this
 * run has read, that too is said. "" where the catalogue names nothing. */
void decide_words(const struct posterior *p, const struct hypothesis *h, char *buf, size_t size);

#endif
