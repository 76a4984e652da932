/* SPDX-License-Identifier: BSD-2-Clause */
/* One trace of the engine as it stands. Private to analysis/path/trace_*.c. */
#ifndef ERPROBE_TRACE_FLOW_H
#define ERPROBE_TRACE_FLOW_H

#include "analysis/path/trace_engine.h"
#include "analysis/path/trace_pace.h"
#include "analysis/path/trace_store.h"

enum trace_stage { TRACE_WAITING = 0, TRACE_ACTIVE, TRACE_ENDED };

/* One TTL of a trace. */
struct trace_ttl {
	uint16_t asked;          /* handed out, without those that did not leave */
	uint16_t answered;
	uint16_t open;           /* neither answered nor given up */
	struct mono_ns last_asked;
};

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
	uint32_t udp_answers;
	struct trace_shot *shots; /* owned */
	struct trace_ttl *ttls;   /* [max_ttl + 1] while active; owned */
	int64_t slowest_ns;
	uint16_t first_open;     /* no shot before this one is open */
	struct mono_ns look_at;  /* nothing is to be done before, unless an answer comes */
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
	struct trace_pace paces[FAMILIES][TRACE_TTL_MAX + 1];
	uint16_t *active;               /* flows in work */
	size_t active_count, active_next;
	uint16_t *order;                /* of beginning: with many traces by chance, so that no part of the network is asked all at once */
	size_t waiting_next;            /* the first in the order that has not begun */
	uint16_t *ended;                /* in the order of ending */
	size_t ended_count, ended_told;
	uint64_t *ids;                  /* of each probe handed out: flow << 16 | index, by id - 1 */
	size_t id_count, id_room;
	struct trace_reset *resets;     /* connections that may have to be ended; owned */
	size_t reset_count, reset_room;
	int64_t slowest_ns;             /* of all traces */
	uint32_t not_sent[SEND_RESULTS];
	bool out_of_memory;
};

/* The flow's window: the furthest TTL that may be asked now. */
uint8_t trace_flow_limit(const struct trace_engine *e, const struct trace_flow *f);
/* How long an answer is waited for. */
int64_t trace_flow_patience_ns(const struct trace_engine *e, const struct trace_flow *f);
/* The TTL that this flow should ask now; 0 = none. */
uint8_t trace_flow_wants(struct trace_engine *e, uint16_t flow, struct mono_ns now);
/* Is there nothing left to ask or to wait for? */
bool trace_flow_finished(const struct trace_engine *e, const struct trace_flow *f);
/* An answer's place in the trace. */
void trace_flow_answer(struct trace_engine *e, const struct match *m);
void trace_flow_udp(struct trace_engine *e, const struct match *m, struct wall_ns at);
/* Does this answer end the path? */
bool trace_answer_is_final(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from);
/* Did the destination itself give it? */
bool trace_answer_is_end(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from);

#endif
