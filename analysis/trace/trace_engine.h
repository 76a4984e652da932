/* SPDX-License-Identifier: BSD-2-Clause */
/* Traces to many destinations at once: which probe next, what became of each, when a
 * trace is done. Pure: the time is an argument, frames come in from outside.
 *
 * A trace is one flow of the plan. Its probes:
 *
 *   1 first, every TTL up to a window beyond the furthest hop that has answered, each
 *     once; where the end is not known yet, further ones follow as answers come in
 *   2 once the end is known (or nothing more answers), the further rounds that `count`
 *     asks for; without a count, silent hops are asked again, two times, and once more
 *     those before the end that had all been asked by then (an outage may be over)
 *   3 nothing beyond the end, and nothing faster than the hops may be asked
 *
 * Where all paths are asked for, a trace has several flows, and what mda.h wants of them
 * follows once the first one's path is known. The trace ends when that is done.
 *
 * The end is the nearest TTL at which the destination itself answered, or a router
 * said that there is no way on. */
#ifndef ERPROBE_TRACE_ENGINE_H
#define ERPROBE_TRACE_ENGINE_H

#include "analysis/match/match.h"
#include "analysis/trace/trace_limit.h"
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
	uint16_t flows;            /* of the plan, one after the other, that belong to one trace: the
	                              first is the trace, the others search all paths; 0 or 1 = none */
	double alpha;              /* chance of having missed a path (mda.h) */
	uint16_t rounds;           /* probes a flow to compare their losses; 0 = none */
	bool stop_at_known;        /* hops that traces share are asked once (trace_known.h) */
	bool sizes;                /* how large a datagram each hop gets (trace_mtu.h) */
	bool first_alone;          /* a trace's first probe is seen leaving before there is another of it; waited for 100 ms at most */
};

/* A probe to be sent, or a RST that ends a connection. */
struct trace_wish {
	uint32_t id;               /* flow << 16 | index, plus 1: names the probe to trace_engine_not_sent() */
	uint16_t flow, index;
	uint8_t ttl;
	uint16_t size;             /* bytes of the IP datagram; 0 = the smallest */
	bool reset;
	uint32_t seq;              /* of a reset */
};

/* What the engine decided, and when, is a matter of clocks. Each decision that a result
 * depends on is told as it is taken: with the plan, and the frames in between, the same
 * decisions in the same order lead to the same result again. */
enum trace_decision_kind {
	TRACE_DECIDED_BEGIN = 'b',    /* a trace begins: flow */
	TRACE_DECIDED_ASK = 'a',      /* a probe is handed out: flow, ttl, size */
	TRACE_DECIDED_NOT_SENT = 'n', /* it did not leave: flow, index, why */
	TRACE_DECIDED_SILENT = 's',   /* it has been waited for long enough: flow, index */
	TRACE_DECIDED_ASIDE = 'x',    /* it is set aside: flow, index */
	TRACE_DECIDED_WALK = 'w',     /* the way back to known hops is looked at: flow */
	TRACE_DECIDED_SEARCH = 'm',   /* the search for all paths begins: flow, ttl = its limit */
	TRACE_DECIDED_STEP = 'p',     /* the search is asked for its next probe: flow, ready */
	TRACE_DECIDED_SIZED = 'z',    /* no size is left to ask for: flow */
	TRACE_DECIDED_END = 'e',      /* a trace ends: flow */
	TRACE_DECIDED_CUT = 'k'       /* it is ended from outside: flow */
};
struct trace_decision {
	uint8_t kind;              /* enum trace_decision_kind */
	uint16_t flow;             /* of the probe, or the first of the trace */
	uint16_t index;            /* of the probe in its flow */
	uint8_t ttl;
	uint16_t size;             /* as in struct trace_wish */
	uint8_t why;               /* enum send_result */
	uint64_t ready;            /* TTLs that may be asked: bit ttl - 1 */
};
typedef void trace_decision_sink(void *arg, const struct trace_decision *n);

/* How fast the routers at one TTL are asked, and why. */
struct trace_hop_rate {
	bool learned;
	double rate;               /* answers a second of all of them; INFINITY = no limit */
	uint8_t addresses;         /* that answered there */
	uint32_t asked, answered, silent; /* where it is learned */
	struct trace_limit_fit fit;
};

struct trace_engine;

/* The plan must outlive the engine and not change. NULL when out of memory. */
struct trace_engine *trace_engine_new(const struct plan *p, const struct trace_options *o, struct mono_ns now);
void trace_engine_free(struct trace_engine *e);

/* Tells each decision from now on. */
void trace_engine_listen(struct trace_engine *e, trace_decision_sink *note, void *arg);
/* Takes a noted decision once more, in an engine that is given nothing but notes and
 * frames. One that cannot have been taken here (the note may be anybody's) changes nothing. */
void trace_engine_again(struct trace_engine *e, const struct trace_decision *n);

/* Fills wishes with at most `most` probes that should leave now; returns how many.
 * A probe that was handed out counts as asked until the helper says it did not leave. */
size_t trace_engine_next(struct trace_engine *e, struct mono_ns now, struct trace_wish *wishes, size_t most);
/* trace_engine_frame() will be given this frame soon: what it looks up is fetched from memory meanwhile. Of thousands
 * of traces none stays in a cache. The name that the frame seems to carry, 0 = none. Changes nothing. */
uint32_t trace_engine_expect(const struct trace_engine *e, const struct frame *f);
/* The frame of this name is the next one: what those look-ups lead to. */
void trace_engine_near(const struct trace_engine *e, uint32_t name);
/* A captured frame. *out says what it was. */
void trace_engine_frame(struct trace_engine *e, const struct frame *f, struct match *out);
/* A probe did not leave this host. A link that is down, or a way that is gone, after others
 * have left, may come back: what is in flight is set aside, and the trace goes on a little
 * later, as often as need be; so does one that only begins while a link is down, or an address or a route gone, by which others
 * have left. Before that, and for other reasons, three in a row end it. */
void trace_engine_not_sent(struct trace_engine *e, uint32_t id, enum send_result why);
/* Time passed: silence is noted, traces end. */
void trace_engine_tick(struct trace_engine *e, struct mono_ns now);
/* The number of a trace's (first) flow that has ended and was not named before; false
 * when there is none. In the order of ending. */
bool trace_engine_ended(struct trace_engine *e, uint16_t *flow);
/* All traces have ended. */
bool trace_engine_done(const struct trace_engine *e);
/* Frees what is kept of a trace that has ended; its result is empty from then on. */
void trace_engine_forget(struct trace_engine *e, uint16_t flow);
/* The wall clock, which stamps frames, was stepped, at most since_ns ago: what was then in
 * flight has no round trip. Its probes are set aside (neither answered nor lost) and asked
 * again. Returns how many. */
uint32_t trace_engine_clock_step(struct trace_engine *e, struct mono_ns now, int64_t since_ns);
/* The capture has lost frames: which probes are concerned is not known, so that all that
 * are open are set aside and asked again. Returns how many. */
uint32_t trace_engine_lost_frames(struct trace_engine *e);
/* A sender is gone, and with it what it had not sent yet: those that are open and were not seen leaving are set aside and asked
 * again. Returns how many. */
uint32_t trace_engine_lost_sender(struct trace_engine *e);
/* Frames come so long after their stamps: silence is waited for that much longer. */
void trace_engine_lag(struct trace_engine *e, int64_t ns);
/* Probes set aside in all, whatever for. */
uint32_t trace_engine_set_aside(const struct trace_engine *e);
/* Ends all traces as they are (interrupt, deadline, budget). */
void trace_engine_stop(struct trace_engine *e);

/* Probes seen leaving, and those that did not, by reason. */
uint32_t trace_engine_sent(const struct trace_engine *e);
/* RSTs of this host seen leaving: they end what a SYN-ACK half opened. */
uint32_t trace_engine_resets(const struct trace_engine *e);
const uint32_t *trace_engine_not_sent_counts(const struct trace_engine *e); /* [SEND_RESULTS] */
const struct match_counts *trace_engine_counts(const struct trace_engine *e);
/* Addresses that answered so far, numbered from 0 in the order of their first answer. */
uint32_t trace_engine_addresses(const struct trace_engine *e);
struct ip_addr trace_engine_address(const struct trace_engine *e, uint32_t number);
/* family IP_V4 or IP_V6, ttl 1 .. TRACE_TTL_MAX. */
struct trace_hop_rate trace_engine_hop_rate(const struct trace_engine *e, uint8_t family, uint8_t ttl);
bool trace_engine_out_of_memory(const struct trace_engine *e);

#endif
