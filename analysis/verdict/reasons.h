/* SPDX-License-Identifier: BSD-2-Clause */
/* What speaks for a verdict and what against it, as sentences. */
#ifndef ERPROBE_REASONS_H
#define ERPROBE_REASONS_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

#include <stdint.h>

/* Fills v->evidence_for and v->evidence_against for one fault of e, which is e->parts[part]: of two at once
 * each has its own, weighed against the others alone. Nothing when out of memory. */
void reasons_fill(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v);

#endif
