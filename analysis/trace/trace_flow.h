/* SPDX-License-Identifier: BSD-2-Clause */
/* One trace of the engine as it stands. Private to analysis/trace/. */
#ifndef ERPROBE_TRACE_FLOW_H
#define ERPROBE_TRACE_FLOW_H

#include "analysis/trace/mda.h"
#include "analysis/trace/trace_engine.h"
#include "analysis/trace/trace_known.h"
#include "analysis/trace/trace_limit.h"
#include "analysis/trace/trace_pace.h"
#include "analysis/trace/trace_store.h"
#include "erprobe/result.h"

#define TRACE_FEW 4
#define TRACE_ACTIVE_MAX 1024u /* traces in work at once */

enum trace_stage { TRACE_WAITING = 0, TRACE_ACTIVE, TRACE_ENDED };

/* One TTL of a trace. */
struct trace_ttl {
	uint16_t asked;          /* handed out, without those that did not leave */
	uint16_t answered;
	uint16_t open;           /* neither answered nor given up */
	struct mono_ns last_asked;
};

/* What is looked at again and again stands first: in one line of the cache, or two. */
struct trace_flow {
	uint8_t stage;           /* enum trace_stage */
	uint8_t end_ttl;         /* nearest TTL of a final answer; 0 = not known */
	uint8_t best_ttl;        /* furthest TTL that answered */
	uint8_t asked_ttl;       /* furthest TTL asked */
	uint8_t failures;        /* probes that could not leave, in a row */
	bool cut_short;          /* ended from outside */
	bool wide;               /* silence all the way to a narrow window: it was widened, once */
	uint8_t refusal;         /* enum send_result that ended it, SEND_OK = none */
	uint16_t shot_count, shot_room;
	uint16_t open;           /* probes neither answered nor given up: those of all its ttls */
	uint16_t first_open;     /* no shot before this one is open */
	struct trace_shot *shots; /* owned */
	struct trace_ttl *ttls;   /* [max_ttl + 1] while active, from the first probe on; owned */
	struct mono_ns look_at;  /* nothing is to be done before, unless an answer comes */
	struct mono_ns judge_at; /* nor is it looked whether it is over, or whose silence is to be noted */
	int64_t slowest_ns;
	uint8_t start_ttl;       /* where it began; no TTL below back_ttl is asked */
	uint8_t back_ttl;        /* how far back it is to be asked so far */
	bool is_back;            /* it has met a known hop, or has come to TTL 1 */
	bool has_walked, has_taught;
	bool seen;               /* one of its probes was captured as it left */
	bool held;               /* nothing can leave at the moment: see trace_engine_not_sent() */
	bool sizes_begun, sizes_over; /* of the search of trace_mtu.h */
	uint32_t walked_to;      /* the known hop that it has come to last */
	uint32_t met;            /* the one of another trace that it stopped at, or TRACE_KNOWN_NONE */
	uint32_t udp_answers;
	struct mono_ns end_asked; /* when the probe was asked that found end_ttl */
};

/* A SYN-ACK came for this probe. */
struct trace_reset {
	struct trace_wish wish;
	uint32_t probe;          /* the matcher's number */
};

struct trace_engine {
	const struct plan *plan;
	struct trace_options options;
	struct matcher *matcher;
	struct trace_store store;
	struct trace_flow *flows;       /* one a plan flow */
	uint16_t group;                 /* flows of one trace; its first is a multiple */
	size_t trace_count;
	struct mda **mdas;              /* by trace, where all its paths are searched; owned */
	struct trace_pace paces[FAMILIES][TRACE_TTL_MAX + 1];
	struct trace_limit limits[FAMILIES][TRACE_TTL_MAX + 1]; /* kept where paces are learned */
	uint16_t *active;               /* flows in work */
	size_t active_count, active_next;
	uint16_t *order;                /* of beginning: with many traces by chance, so that no part of the network is asked all at once */
	size_t waiting_next;            /* the first in the order that has not begun */
	uint16_t *ended;                /* in the order of ending */
	size_t ended_count, ended_told;
	struct trace_reset *resets;     /* connections that may have to be ended; owned */
	size_t reset_count, reset_room;
	int64_t slowest_ns;             /* of all traces */
	uint32_t not_sent[SEND_RESULTS];
	uint32_t aside;                 /* probes set aside in all */
	bool left_by[CHANNEL_IFACES_MAX]; /* a probe was captured as it left by this interface */
	int64_t lag_ns;                 /* longest time that a frame took to get here */
	struct trace_known known;       /* with stop_at_known */
	struct ratio_bound few[TRACE_FEW + 1][TRACE_FEW + 1]; /* [sent][lost]: nearly all hops are one of these */
	trace_decision_sink *note;          /* told of each decision; NULL = nobody */
	void *note_arg;
	bool out_of_memory;
};

static inline void trace_decided(const struct trace_engine *e, struct trace_decision n)
{
	if (e->note)
		e->note(e->note_arg, &n);
}

/* A probe for this TTL is neither answered nor given up, or no longer. */
static inline void trace_opens(struct trace_flow *f, uint8_t ttl)
{
	f->ttls[ttl].open++;
	f->open++;
}
static inline void trace_closes(struct trace_flow *f, uint8_t ttl)
{
	f->ttls[ttl].open--;
	f->open--;
}

/* -- what a run decides, and carries out again from notes of it (trace_engine.c, trace_again.c) -- */

/* Begins the trace whose first flow this is. It ends at once where there is no route or no memory. */
void trace_begin(struct trace_engine *e, uint16_t flow);
/* Ends a trace; cut_short: from outside. */
void trace_conclude(struct trace_engine *e, uint16_t first, bool cut_short);
/* Notes a probe as asked and fills *w with it. False when the flow has no number left, or without memory. */
bool trace_hand_out(struct trace_engine *e, uint16_t flow, uint8_t ttl, uint16_t size, struct mono_ns now, struct trace_wish *w);
/* A probe did not leave this host. */
void trace_unsent(struct trace_engine *e, uint16_t flow, uint16_t index, enum send_result why);
/* A probe's answer is not waited for any longer. */
void trace_silent(struct trace_engine *e, uint16_t flow, uint16_t index, struct mono_ns now);

/* How long an answer is waited for. */
int64_t trace_flow_patience_ns(const struct trace_engine *e, const struct trace_flow *f);
/* The TTL that this flow should ask now; 0 = none. */
uint8_t trace_flow_wants(struct trace_engine *e, uint16_t flow, struct mono_ns now);
/* Is there nothing left to ask or to wait for? */
bool trace_flow_finished(const struct trace_engine *e, const struct trace_flow *f);
/* An answer's place in the trace. */
void trace_flow_answer(struct trace_engine *e, const struct match *m);
void trace_flow_udp(struct trace_engine *e, const struct match *m, struct wall_ns at);
/* May a probe leave for this TTL now? */
bool trace_hop_ready(struct trace_engine *e, const struct trace_flow *f, uint8_t fam, uint8_t ttl, struct mono_ns now);

/* Fetches from memory what the next of the active traces has, and which the one after it is (trace_fetch.c). */
void trace_fetch_turns(const struct trace_engine *e);

/* -- hops asked once (trace_share.c) -- */

void trace_share_begin(struct trace_engine *e, struct trace_flow *f);
/* An answer came, or silence was noted: how far back is still to be asked? */
void trace_share_walk(struct trace_engine *e, uint16_t flow);
/* The same as time passes, and noted where it changes anything. */
void trace_share_look(struct trace_engine *e, uint16_t flow);
bool trace_share_over(const struct trace_engine *e, const struct trace_flow *f);
void trace_share_end(struct trace_engine *e, uint16_t flow);
const struct trace_known_hop *trace_share_hop(const struct trace_engine *e, const struct trace_flow *f, uint8_t ttl);

/* -- all paths (trace_paths.c); flow is any of the trace's -- */

static inline uint16_t trace_first(const struct trace_engine *e, uint16_t flow)
{
	return e->group > 1 ? (uint16_t)(flow - flow % e->group) : flow;
}
static inline struct mda *trace_mda(const struct trace_engine *e, uint16_t flow)
{
	return e->group > 1 && e->mdas ? e->mdas[flow / e->group] : NULL;
}
/* Nothing can leave for this trace at the moment: what is in flight is set aside, and it pauses.
 * False, and nothing done, where nothing of it ever left; of a link that is down, or an address or a route that is gone, where
 * nothing of any trace did by its interface: one that only begins waits with the others (trace_aside.c). */
bool trace_hold(struct trace_engine *e, uint16_t first, enum send_result why);
/* A probe that was noted as set aside, once more. */
void trace_aside_again(struct trace_engine *e, uint16_t flow, uint16_t index);
/* A router did not answer this probe, though one behind it did answer. */
void trace_flow_silence(struct trace_engine *e, uint16_t flow, const struct trace_shot *s, struct mono_ns now);
/* False when out of memory. */
bool trace_paths_init(struct trace_engine *e);
void trace_paths_free(struct trace_engine *e);
/* The trace's first flow has begun. */
void trace_paths_begin(struct trace_engine *e, uint16_t first);
/* The TTL and flow that the search should ask now; 0 = none. */
uint8_t trace_paths_wants(struct trace_engine *e, uint16_t first, struct mono_ns now, uint16_t *flow);
/* Nothing is left to search. */
bool trace_paths_over(struct trace_engine *e, uint16_t first);
/* A noted step (TRACE_DECIDED_SEARCH, TRACE_DECIDED_STEP) once more. */
void trace_paths_again(struct trace_engine *e, const struct trace_decision *n);
void trace_paths_answer(struct trace_engine *e, uint16_t flow, const struct trace_shot *s, bool final);

/* -- sizes (trace_mtu_ask.c) -- */

/* The TTL that a probe of *size bytes should go to; 0 = none now. */
uint8_t trace_mtu_wants(struct trace_engine *e, uint16_t flow, struct mono_ns now, uint16_t *size);
bool trace_mtu_over(const struct trace_engine *e, uint16_t flow);

/* A router or the far host could not pass on a packet of this size; a smaller one goes on
 * (RFC 792, RFC 4443). */
bool trace_answer_is_too_big(const struct trace_shot *s, uint8_t family);
/* Does this answer end the path? */
bool trace_answer_is_final(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from);
/* Did the destination itself give it? */
bool trace_answer_is_end(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from);

#endif
