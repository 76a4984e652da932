/* SPDX-License-Identifier: BSD-2-Clause */
/* The circuit's baseline beside what was seen: what is another than usual. */
#ifndef ERPROBE_USUAL_H
#define ERPROBE_USUAL_H

#include "analysis/observables/link_times.h"
#include "erprobe/baseline.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stdint.h>

/* What this run would teach: times, hops and shares of answers. */
void usual_run(const struct observables *o, struct baseline_run *out);

/* Fills o->links[].path, the new hops and changed reply TTLs. False when out of memory.
 * Nothing where there is no baseline. */
bool usual_paths(struct observables *o);

/* In nanoseconds: how much longer than usual the WAN takes (below 0: less), how much of that
 * is no news, and what is usual; and how much longer the other link takes as well, where no edge places that. */
struct usual_delay { int64_t more_ns, allowed_ns, msee_ns, scatter_ns, shared_ns; };
/* False where nothing comparable is known: no baseline, another path, too few answers. */
bool usual_delay(const struct observables *o, int link, int fam, const struct link_times *own, struct usual_delay *out);

/* Has the provider changed the way: other hops in the WAN than usual, or answers of the MSEE that
 * come with another TTL while those of all before it do not? */
bool usual_rerouted(const struct observables *o, int link, int fam);
/* As usual_delay(), for a way that was changed: what is usual of the old one is compared. */
bool usual_delay_rerouted(const struct observables *o, int link, int fam, const struct link_times *own, struct usual_delay *out);
/* How much longer than usual one quantity of a way takes, and how much of that is no news. False
 * where the way is another or the quantity is not known. */
bool usual_more(const struct observables *o, int link, int fam, enum baseline_quantity q, int64_t now_ns, int64_t *more_ns, int64_t *allowed_ns);
/* Stands for the circuit's targets of a family: the fastest of others is no measure for these. 0 = none. */
uint32_t usual_targets(const struct plan_circuit *c, int fam);
/* How a group's responder answered before; NULL when that is not known, or its way is another. */
const struct baseline_answerer *usual_answerer(const struct observables *o, const struct traffic_group *g);

/* What the document says of it: one entry a link and family that has a baseline. */
void usual_result(const struct observables *o, struct circuit_result *r);

#endif
