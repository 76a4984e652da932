/* SPDX-License-Identifier: BSD-2-Clause */
/* A second fault that begins to show. */
#ifndef ERPROBE_BESIDE_H
#define ERPROBE_BESIDE_H

#include "analysis/diagnose/posterior.h"

/* Does what was seen speak for a loss or a delay beside what leads? What is dead shows at once and would end the run, before
 * enough was asked to tell the other. p: with the likeliest first. */
bool beside_is_hinted(const struct posterior *p);

#endif
