/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probe next? Every (flow, TTL) that can tell something is a stream with an
 * interval of its own; the one that is most overdue goes first, and what was never
 * asked goes before what was. Intervals shrink where more answers still help and
 * grow where the hop would be asked too often.
 * A flow that is dead beside others of its service that live is asked a few hops more, by which it shows where it dies.
 *
 * The intervals are the floor: all ends, hops and controls of both links are asked by them in
 * the same seconds, whatever is believed. Where the verdict is in doubt, what rate they leave
 * goes to the streams that would tell most (information.h), each by its information over what it costs: a
 * hop costs more the lower its limit is. */
#ifndef ERPROBE_SCHEDULE_H
#define ERPROBE_SCHEDULE_H

#include "analysis/diagnose/information.h"
#include "analysis/fold/diagnosis.h"
#include "analysis/observables/hop_limits.h"
#include "analysis/observables/sizes.h"
#include "analysis/path/path.h"

#include <stdbool.h>
#include <stddef.h>

struct schedule;

struct schedule *schedule_new(const struct plan *p);
void schedule_free(struct schedule *s);
/* Takes what the paths look like now: distances decide which TTLs are worth asking. */
void schedule_paths(struct schedule *s, const struct path_view *v);
/* Sizes to ask for (sizes.h), of this circuit. Those still wanted from before go first. */
void schedule_sizes(struct schedule *s, const struct path_view *v);
/* Takes what one more probe would tell of this circuit, as it stands now; o is what i was built of.
 * Never asked, or with hundreds of flows, the schedule goes by its intervals alone. */
void schedule_inform(struct schedule *s, const struct observables *o, const struct information *i);
/* How fast the routers at this TTL (1 .. PATH_TTL_MAX) of a link (LINKS = of neither) were asked. */
struct trace_hop_rate schedule_hop_rate(const struct schedule *s, uint8_t link, int fam, int ttl);
/* As diagnosis_surplus(). */
size_t schedule_surplus(const struct schedule *s, struct probe_surplus *out, size_t max);
/* As diagnosis_next(). */
size_t schedule_next(struct schedule *s, const struct observations *o, struct wall_ns now, struct probe_wish *wishes,
                     size_t max);

#endif
