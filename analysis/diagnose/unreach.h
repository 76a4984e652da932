/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads ICMP errors that say "there is no way". */
#ifndef ERPROBE_UNREACH_H
#define ERPROBE_UNREACH_H

#include "analysis/diagnose/observables.h"

/* What the error that answered this probe says, and from which side; UNREACH_NONE
 * where it says nothing of reachability. */
enum unreach unreach_of(const struct path_view *v, const struct probe_record *r);
/* Does it say that a route or a neighbour is missing (no filter, no port)? */
bool unreach_is_no_way(const struct probe_record *r);

#endif
