/* SPDX-License-Identifier: BSD-2-Clause */
/* The diagnosis: a fold over the event log. Same plan, same events: same result.
 *
 *   diagnosis_fold()   takes what was learned
 *   diagnosis_result() is a pure function of what was folded
 *   diagnosis_next()   says which probes are due now (live only)
 */
#ifndef ERPROBE_DIAGNOSIS_H
#define ERPROBE_DIAGNOSIS_H

#include "analysis/match/match.h"
#include "analysis/value/strbuf.h"
#include "erprobe/baseline.h"
#include "erprobe/event.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>

struct diagnosis;

/* The plan must outlive the diagnosis. NULL when out of memory. */
struct diagnosis *diagnosis_new(const struct plan *p);
void diagnosis_free(struct diagnosis *d);

/* Folds one event. For EVENT_FRAME the classification is also given back when
 * `match` is not NULL (the evidence's packet comments are made from it). */
void diagnosis_fold(struct diagnosis *d, const struct event *e, struct match *match);

/* Would folding this frame change nothing (MATCH_FOREIGN)? Such frames are
 * counted by the caller and kept out of the event log. */
bool diagnosis_is_foreign(const struct diagnosis *d, const struct frame *f);

/* Is it a RST of ours, which ends what a SYN-ACK half opened? */
bool diagnosis_is_reset(const struct diagnosis *d, const struct frame *f);

/* A probe that should leave now. The caller builds the packet:
 * identity_probe(plan, &plan->flows[flow], id, index, ttl, size, &spec) for a
 * probe; for kind PROBE_TCP_RST src, dst and ports of the flow with seq. */
struct probe_wish {
	uint16_t flow;
	uint8_t kind;      /* the flow's kind, or PROBE_TCP_RST */
	uint8_t ttl;
	uint16_t index;
	uint16_t size;     /* 0 = smallest */
	uint32_t seq;      /* PROBE_TCP_RST only */
};

/* Fills up to max probes to send now, most overdue first, then what tells most (schedule.h), and
 * remembers that they were asked for. Keeps to the per-hop rate, the BGP-port rate (one SYN a
 * second an address) and the budget; the caller keeps to the total rate and
 * should ask every few milliseconds for as many as its rate allows. */
size_t diagnosis_next(struct diagnosis *d, struct wall_ns now, struct probe_wish *wishes, size_t max);

/* How fast the routers at this TTL (1 .. PATH_TTL_MAX) were asked by the flows of a link (LINKS = of
 * neither), and why. fam: FAM4 or FAM6. */
struct trace_hop_rate diagnosis_hop_rate(const struct diagnosis *d, uint8_t link, int fam, int ttl);

/* Where probes went for what they would tell (information.h), beyond the intervals by which all is asked. */
struct probe_surplus {
	uint16_t flow;     /* the first of those that ask the same: end, service, link */
	uint8_t ttl;       /* of a hop, or PATH_TTL_FULL for the end */
	uint32_t asked;    /* in all */
	uint32_t more;     /* of them, beyond the interval */
	double bits;       /* that each of these was expected to tell, over what it cost: their mean */
};
/* Fills up to max of them, most probes first; returns how many. */
size_t diagnosis_surplus(const struct diagnosis *d, struct probe_surplus *out, size_t max);

/* True when every circuit's verdict stands at the asked confidence (Azure's answer
 * is in or given up where it could still change it) and nothing in flight could
 * change it. */
bool diagnosis_decided(struct diagnosis *d, struct wall_ns now);

/* Computes the result; false when out of memory. Free with run_result_free(). It
 * points into the plan and the diagnosis, which must outlive it. */
bool diagnosis_result(const struct diagnosis *d, struct run_result *out);

/* What is normal for a circuit once this run, whose result is r, is taken in. False, and
 * *out is not set, where it teaches nothing: not healthy, cut short, interrupted, during
 * planned maintenance, or nothing was measured. */
bool diagnosis_learn(const struct diagnosis *d, const struct run_result *r, size_t circuit, struct baseline *out);

/* Appends the posterior of a circuit in figures (see explain.h): for -v and for tests. */
void diagnosis_explain(const struct diagnosis *d, size_t circuit, const char *versus, struct strbuf *out);

#endif
