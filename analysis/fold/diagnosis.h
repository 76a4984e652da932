/* SPDX-License-Identifier: BSD-2-Clause */
/* The diagnosis is a fold over the event log: each event updates a state, and the result is computed from the state
 * alone. The same plan and the same events give the same result, live or in replay.
 *
 *   diagnosis_fold()   takes one event: a frame, Azure's answer, a tick of the clock, …
 *   diagnosis_next()   says which probes should be sent now (live only; replay has no need of it)
 *   diagnosis_result() computes the verdict from the events so far
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

/* Folds one event. With EVENT_FRAME, *match says which probe the frame is or answers; NULL where the caller does not
 * need to know. (The comments of the packets in the evidence are made from it.) */
void diagnosis_fold(struct diagnosis *d, const struct event *e, struct match *match);

/* Is this frame none of ours (MATCH_FOREIGN), so that folding it would change nothing? The caller counts such frames and
 * keeps them out of the event log. */
bool diagnosis_is_foreign(const struct diagnosis *d, const struct frame *f);

/* Is it a RST that we sent to end a connection that a SYN-ACK had half opened? */
bool diagnosis_is_reset(const struct diagnosis *d, const struct frame *f);

/* A probe that should be sent now. The caller builds the packet: a probe by
 * identity_probe(plan, &plan->flows[flow], id, index, ttl, size, &spec); a RST (PROBE_TCP_RST) from the flow's addresses
 * and ports with sequence number seq. */
struct probe_wish {
	uint16_t flow;
	uint8_t kind;      /* the flow's kind, or PROBE_TCP_RST */
	uint8_t ttl;
	uint16_t index;
	uint16_t size;     /* of the IP datagram in bytes; 0 = as small as the kind allows */
	uint32_t seq;      /* PROBE_TCP_RST only */
};

/* Fills wishes[] with up to max probes to send now, and notes them as asked for: first those that are overdue, the most
 * overdue first, then those that are expected to tell most (schedule.h). Returns how many. Keeps to the rate per hop, to
 * one SYN a second to the BGP port of an address, and to the budget of probes. The caller keeps to the total rate: it
 * should call every few milliseconds, with max what that rate allows. */
size_t diagnosis_next(struct diagnosis *d, struct wall_ns now, struct probe_wish *wishes, size_t max);

/* How many probes a second the routers at this TTL (1 .. PATH_TTL_MAX) were sent, and why not more. link: counts the
 * flows of this link; LINKS = the flows that the plan binds to neither. fam: FAM4 or FAM6. */
struct trace_hop_rate diagnosis_hop_rate(const struct diagnosis *d, uint8_t link, int fam, int ttl);

/* Every end and hop is probed at fixed intervals. What the rate leaves beyond that goes where one more probe is expected to
 * tell most (information.h); this says where that was. */
struct probe_surplus {
	uint16_t flow;     /* stands for all flows that probe the same: end, service and link */
	uint8_t ttl;       /* of the hop that is probed; PATH_TTL_FULL = the end itself */
	uint32_t asked;    /* probes in all */
	uint32_t more;     /* those of them that left beyond the interval */
	double bits;       /* mean over `more`: bits of information that such a probe was expected to give, per unit of its cost */
};
/* Fills up to max of them, the one with most probes first. Returns how many. */
size_t diagnosis_surplus(const struct diagnosis *d, struct probe_surplus *out, size_t max);

/* Can the run stop? True when every circuit's verdict has reached the confidence that was asked for, and neither a probe
 * in flight nor an answer of Azure that is still awaited could change it. */
bool diagnosis_decided(struct diagnosis *d, struct wall_ns now);

/* Should Azure be asked once more of a circuit? True, with *circuit, where an end that had answered died after Azure's answers
 * were read: they speak of another state of things. Once a run for each circuit. Call after diagnosis_decided(), only where
 * Azure can still be asked: from then on a verdict waits for a while for a snapshot of this circuit that is finished. */
bool diagnosis_asks_azure(struct diagnosis *d, struct wall_ns now, size_t *circuit);

/* Computes the result. It points into the plan and the diagnosis, which must outlive it; free with run_result_free().
 * False when out of memory. */
bool diagnosis_result(const struct diagnosis *d, struct run_result *out);

/* The circuit's baseline (what is normal for it) with this run added; r is the run's result. False, with *out untouched,
 * where the run must not be learned from: it was not healthy, was cut short or interrupted, fell into planned
 * maintenance, or measured nothing. */
bool diagnosis_learn(const struct diagnosis *d, const struct run_result *r, size_t circuit, struct baseline *out);

/* Appends the probabilities of a circuit's explanations and what each observation weighs (see explain.h): for -v and for
 * tests. versus: explained against this fault; NULL = against the runner-up. */
void diagnosis_explain(const struct diagnosis *d, size_t circuit, const char *versus, struct strbuf *out);

#endif
