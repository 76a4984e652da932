/* SPDX-License-Identifier: BSD-2-Clause */
/* One link answers later than the other, by no more than two ways may differ (delay.h), and no
 * baseline tells since when. That is no fault that one run could name, and none that it could exclude: who reads
 * "healthy" is told by how much, and what would decide it. */
#ifndef ERPROBE_APART_H
#define ERPROBE_APART_H

#include "analysis/observables/observables.h"
#include "erprobe/result.h"

#define APART_TOLD_NS NS_PER_MS /* a step that a baseline of a few runs finds; less is not worth a sentence */

/* more_ns is 0 where the links differ by less than APART_TOLD_NS, or a baseline tells. */
struct links_apart apart_of(const struct observables *o);
/* One sentence; "" where more_ns is 0. */
void apart_words(const struct links_apart *a, char *out, size_t size);

#endif
