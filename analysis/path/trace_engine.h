/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces to many destinations at once: which probe next, what became of each, when a
 * trace is done. Pure: the time is an argument, frames come in from outside.
 *
 * A trace is one flow of the plan. Its probes:
 *
 *   1 first, every TTL up to a window beyond the furthest hop that has answered, each
 *     once; where the end is not known yet, further ones follow as answers come in
 *   2 once the end is known (or nothing more answers), the further rounds that `count`
 *     asks for; without a count, silent hops are asked again, two times
 *   3 nothing beyond the end, and nothing faster than the hops may be asked
 *
 * The end is the nearest TTL at which the destination itself answered, or a router
 * said that there is no way on. */
#ifndef ERPROBE_TRACE_ENGINE_H
#define ERPROBE_TRACE_ENGINE_H

#include "analysis/path/match.h"
#include "erprobe/event.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_TTL_MAX 64       /* HOPS_MAX: a path of more hops is a loop */
#define TRACE_COUNT_MAX 1000u  /* probes a hop: a flow numbers 65,534 at most */
#define TRACE_ORDERED_MAX 64u  /* more destinations begin in an order of chance, each at another TTL */
#define TRACE_TRIES 3u         /* without a count: probes for a hop that stays silent */

struct trace_options {
	uint8_t max_ttl;           /* 1 .. TRACE_TTL_MAX */
	uint16_t count;            /* probes a hop; 0 = one, and TRACE_TRIES where it is silent */
	double hop_rate;           /* answers a second of one hop; 0 = learned, INFINITY = no limit */
};

/* A probe to be sent, or a RST that ends a connection. */
struct trace_wish {
	uint32_t id;               /* names the probe to trace_engine_not_sent() */
	uint16_t flow, index;
	uint8_t ttl;
	bool reset;
	uint32_t seq;              /* of a reset */
};

struct trace_engine;

/* The plan must outlive the engine and not change. NULL when out of memory. */
struct trace_engine *trace_engine_new(const struct plan *p, const struct trace_options *o, struct mono_ns now);
void trace_engine_free(struct trace_engine *e);

/* Fills wishes with at most `most` probes that should leave now; returns how many.
 * A probe that was handed out counts as asked until the helper says it did not leave. */
size_t trace_engine_next(struct trace_engine *e, struct mono_ns now, struct trace_wish *wishes, size_t most);
/* A captured frame. *out says what it was. */
void trace_engine_frame(struct trace_engine *e, const struct frame *f, struct match *out);
/* A probe did not leave this host. */
void trace_engine_not_sent(struct trace_engine *e, uint32_t id, enum send_result why);
/* Time passed: silence is noted, traces end. */
void trace_engine_tick(struct trace_engine *e, struct mono_ns now);
/* The number of a flow whose trace has ended and was not named before; false when
 * there is none. In the order of ending. */
bool trace_engine_ended(struct trace_engine *e, uint16_t *flow);
/* All traces have ended. */
bool trace_engine_done(const struct trace_engine *e);
/* Frees what is kept of a trace that has ended; its result is empty from then on. */
void trace_engine_forget(struct trace_engine *e, uint16_t flow);
/* Ends all traces as they are (interrupt, deadline, budget). */
void trace_engine_stop(struct trace_engine *e);

/* Probes seen leaving, and those that did not, by reason. */
uint32_t trace_engine_sent(const struct trace_engine *e);
const uint32_t *trace_engine_not_sent_counts(const struct trace_engine *e); /* [SEND_RESULTS] */
const struct match_counts *trace_engine_counts(const struct trace_engine *e);
/* Addresses that answered so far, numbered from 0 in the order of their first answer. */
uint32_t trace_engine_addresses(const struct trace_engine *e);
struct ip_addr trace_engine_address(const struct trace_engine *e, uint32_t number);
bool trace_engine_out_of_memory(const struct trace_engine *e);

#endif
