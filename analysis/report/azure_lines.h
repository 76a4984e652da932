/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's side in a few labelled lines, for the text and for the page. */
#ifndef ERPROBE_AZURE_LINES_H
#define ERPROBE_AZURE_LINES_H

#include "erprobe/clock.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

/* One line; a label of "" goes on with the one before. `warn`: something was not read. */
typedef void azure_line_fn(void *arg, const char *label, const char *text, bool warn);

/* Says in order what was read of circuit, peering, both paths and gateway, what explains a fault, and
 * at most `errors_most` of the reads that failed (the rest is counted). Parts older than a minute
 * at `now` say so. */
void azure_lines(const struct az_snapshot *a, struct wall_ns now, size_t errors_most, azure_line_fn *put, void *arg);

#endif
