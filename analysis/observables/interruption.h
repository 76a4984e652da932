/* SPDX-License-Identifier: BSD-2-Clause */
/* A short time in which traffic died, and after which it lived again: routing moved off
 * a dead link while we looked, or a session came back. Packets that die so are no loss of
 * a path: a lossy path loses now and then, for as long as anybody looks. */
#ifndef ERPROBE_INTERRUPTION_H
#define ERPROBE_INTERRUPTION_H

#include "analysis/path/path.h"
#include "erprobe/result.h"

#include <stdbool.h>

/* Looks at the circuit's probes to edges, MSEEs and targets that have come to an end
 * (answered or lost), of flows that live: that answer again after the last of their
 * losses. lives[] (one a plan flow) says which do. Found when all those losses lie so
 * close together that a path which loses at random would do so less than once in a
 * thousand times (beside a dead link, which routing has just left: in twenty); out->lost is 0 where there was none. False without memory. */
bool interruption_find(const struct path_view *v, bool *lives, struct interruption *out);

/* Did this probe leave while traffic was interrupted? */
bool interruption_covers(const struct interruption *i, const struct probe_record *r);

#endif
