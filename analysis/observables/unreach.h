/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads ICMP errors that say "there is no way". */
#ifndef ERPROBE_UNREACH_H
#define ERPROBE_UNREACH_H

#include "analysis/observables/observables.h"

/* What the error that answered this probe says, and from which side; UNREACH_NONE
 * where it says nothing of reachability. */
enum unreach unreach_of(const struct path_view *v, const struct probe_record *r);
/* The domain of who sent the error that answered this probe. */
enum domain unreach_sender_domain(const struct path_view *v, const struct probe_record *r);
/* Does it say that a route or a neighbour is missing (no filter, no port)? */
bool unreach_is_no_way(const struct probe_record *r);
/* Marks the circuit's targets (one place each, all false before) that a router says there is no
 * way to, and those that are silent beside them. */
void unreach_unrouted(const struct path_view *v, bool *unrouted);

#endif
