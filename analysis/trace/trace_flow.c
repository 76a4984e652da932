/* SPDX-License-Identifier: BSD-2-Clause */
/* What one trace still wants to know, and what an answer means for it. */
#include "analysis/trace/trace_flow.h"

#include "analysis/trace/trace_mtu.h"

#define WINDOW 16            /* TTLs asked beyond the furthest answer: a path with more silent hops ends there */
#define WINDOW_NARROW 8      /* with many traces: fewer probes run past their ends */
#define MANY_TRACES 4
#define SPACING_NS (50 * NS_PER_MS)        /* between two probes for one hop of one trace */
#define RETRY_EXTRA_NS (50 * NS_PER_MS)
#define RETRY_BLIND_NS (300 * NS_PER_MS)   /* before a first answer says how long they take */
#define PATIENCE_EXTRA_NS (250 * NS_PER_MS)
#define AHEAD_NS (20 * NS_PER_MS)          /* answers that take longer are not waited for before going further */
#define AHEAD_EXTRA_NS (8 * NS_PER_MS)     /* what a block of the capture and a look take */
#define AHEAD_MOST_NS (60 * NS_PER_MS)

bool trace_answer_is_too_big(const struct trace_shot *s, uint8_t family)
{
	return family == IP_V4 ? s->icmp_type == 3 && s->icmp_code == 4 : s->icmp_type == 2;
}

bool trace_answer_is_end(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from)
{
	switch (s->answer) {
	case ANSWER_ECHO_REPLY:
	case ANSWER_SYN_ACK:
	case ANSWER_HALF_OPEN:
	case ANSWER_RST:
	case ANSWER_UDP:
		return true;
	case ANSWER_UNREACHABLE:
		return ip_addr_equal(from, &f->dst) && !trace_answer_is_too_big(s, f->dst.family);
	default:
		return false;
	}
}

bool trace_answer_is_final(const struct plan_flow *f, const struct trace_shot *s, const struct ip_addr *from)
{
	return trace_answer_is_end(f, s, from) || (s->answer == ANSWER_UNREACHABLE && !trace_answer_is_too_big(s, f->dst.family));
}

/* The flow's window: the furthest TTL that may be asked now. */
static uint8_t trace_flow_limit(const struct trace_engine *e, const struct trace_flow *f)
{
	bool narrow = !f->wide && e->trace_count > MANY_TRACES;
	unsigned limit = (unsigned)f->best_ttl + (narrow ? WINDOW_NARROW : WINDOW);

	if (f->end_ttl > 0)
		return f->end_ttl;
	/* One that begins further on has its window from there. */
	if (f->best_ttl < f->start_ttl)
		limit += f->start_ttl - 1u - f->best_ttl;
	return limit < e->options.max_ttl ? (uint8_t)limit : e->options.max_ttl;
}

int64_t trace_flow_patience_ns(const struct trace_engine *e, const struct trace_flow *f)
{
	int64_t slowest = f->slowest_ns > 0 ? f->slowest_ns : e->slowest_ns;
	int64_t patience = 3 * slowest + PATIENCE_EXTRA_NS + e->lag_ns;

	/* A router tells of a dead neighbour only after it asked three times (RFC 4861
	 * 7.2.2): where the end is unknown, that is waited for. */
	const struct mda *search = trace_mda(e, (uint16_t)(f - e->flows));
	bool waits = f->end_ttl == 0 && !(search && mda_begun(search));
	return waits || patience > MATCH_WINDOW_NS ? MATCH_WINDOW_NS : patience;
}

/* All probes for this TTL were in vain, and asked before the one that found the end left: an outage may have eaten them,
 * and the end be nearer. One more tells. */
static bool may_be_the_end(const struct trace_flow *f, uint8_t ttl)
{
	const struct trace_ttl *t = &f->ttls[ttl];

	return ttl < f->end_ttl && t->answered == 0 && t->open == 0 && t->asked >= TRACE_TRIES && t->last_asked.ns < f->end_asked.ns;
}

/* How many probes this TTL is to get in all. */
static uint16_t rounds_for(const struct trace_engine *e, const struct trace_flow *f, uint8_t ttl)
{
	uint16_t count = e->options.count;

	if (count == 0 && may_be_the_end(f, ttl))
		return (uint16_t)(f->ttls[ttl].asked + 1u);
	if (count == 0)
		return f->ttls[ttl].answered > 0 ? 1 : TRACE_TRIES;
	/* Behind the last hop that answers there may be nothing at all. */
	return f->end_ttl == 0 && ttl > f->best_ttl && count > TRACE_TRIES ? (uint16_t)TRACE_TRIES : count;
}

static int64_t spacing_for(const struct trace_engine *e, const struct trace_flow *f)
{
	if (e->options.count > 0)
		return SPACING_NS;
	if (f->slowest_ns == 0)
		return RETRY_BLIND_NS;
	return f->slowest_ns + f->slowest_ns / 2 + RETRY_EXTRA_NS;
}

/* The last hop is the destination's own, whose answers nobody else asks for. */
bool trace_hop_ready(struct trace_engine *e, const struct trace_flow *f, uint8_t fam, uint8_t ttl, struct mono_ns now)
{
	return ttl == f->end_ttl || trace_pace_ready(&e->paces[fam][ttl], now);
}

static bool all_asked_once(const struct trace_flow *f, uint8_t limit)
{
	for (uint8_t ttl = f->back_ttl; ttl <= limit; ttl++)
		if (f->ttls[ttl].asked == 0)
			return false;
	return true;
}

/* Of many traces, the TTLs that are asked in any order: those of the first window, and as
 * far as hops have answered. Behind them the end may be next. */
static uint8_t first_wave(const struct trace_engine *e, const struct trace_flow *f, uint8_t limit)
{
	/* One that begins further on begins near its end. */
	unsigned wave = e->options.stop_at_known ? f->start_ttl : WINDOW_NARROW;

	if (f->best_ttl > wave)
		wave = f->best_ttl;
	return e->trace_count > TRACE_ORDERED_MAX && wave < limit ? (uint8_t)wave : limit;
}

/* Many traces go one hop further at a time: a probe behind the end tells nothing that one for
 * the end does not. Where answers are slow, or this one stays out, the window is asked as a whole. */
static bool waits_for_next(const struct trace_engine *e, const struct trace_flow *f, uint8_t next, struct mono_ns now)
{
	int64_t slowest = f->slowest_ns > 0 ? f->slowest_ns : e->slowest_ns;
	int64_t wait = 2 * slowest + AHEAD_EXTRA_NS + e->lag_ns;

	return f->ttls[next].open > 0 && slowest <= AHEAD_NS &&
	       mono_since(now, f->ttls[next].last_asked) < (wait < AHEAD_MOST_NS ? wait : AHEAD_MOST_NS);
}

/* A TTL that this trace has not asked yet; 0 = none now. */
static uint8_t unasked_ttl(struct trace_engine *e, uint16_t flow, uint8_t limit, struct mono_ns now)
{
	const struct trace_flow *f = &e->flows[flow];
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[flow].dst.family);
	uint8_t wave = first_wave(e, f, limit);
	uint8_t ttl = e->trace_count > TRACE_ORDERED_MAX ? (uint8_t)(flow * 7u % wave) : 0;

	for (uint8_t i = 0; i < wave; i++) {
		ttl = ttl < wave ? (uint8_t)(ttl + 1u) : 1; /* round once, from there on */
		if (ttl >= f->back_ttl && f->ttls[ttl].asked == 0 && trace_hop_ready(e, f, fam, ttl, now))
			return ttl;
	}
	for (ttl = (uint8_t)(wave + 1u); ttl <= limit; ttl++) {
		if (ttl > wave + 1u && waits_for_next(e, f, (uint8_t)(wave + 1u), now))
			return 0;
		if (f->ttls[ttl].asked == 0 && trace_hop_ready(e, f, fam, ttl, now))
			return ttl;
	}
	return 0;
}

uint8_t trace_flow_wants(struct trace_engine *e, uint16_t flow, struct mono_ns now)
{
	struct trace_flow *f = &e->flows[flow];
	uint8_t limit = trace_flow_limit(e, f);
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[flow].dst.family);
	int64_t spacing = spacing_for(e, f);
	uint8_t unasked = unasked_ttl(e, flow, limit, now);

	if (unasked > 0)
		return unasked;
	if (f->end_ttl == 0 && !all_asked_once(f, limit))
		return 0;
	for (uint8_t ttl = f->back_ttl; ttl <= limit; ttl++) {
		const struct trace_ttl *t = &f->ttls[ttl];
		if (t->asked > 0 && t->asked < rounds_for(e, f, ttl) && mono_since(now, t->last_asked) >= spacing &&
		    trace_hop_ready(e, f, fam, ttl, now))
			return ttl;
	}
	return 0;
}

bool trace_flow_finished(const struct trace_engine *e, const struct trace_flow *f)
{
	uint8_t limit = trace_flow_limit(e, f);

	for (uint8_t ttl = f->back_ttl; ttl <= limit; ttl++)
		if (f->ttls[ttl].open > 0 || f->ttls[ttl].asked < rounds_for(e, f, ttl))
			return false;
	return true;
}

static void note_progress(struct trace_engine *e, uint16_t flow, const struct trace_shot *s, const struct ip_addr *from)
{
	struct trace_flow *f = &e->flows[flow];
	const struct plan_flow *p = &e->plan->flows[flow];

	/* What is said of a size is said of no place. */
	if (s->size > 0)
		return;
	if (trace_answer_is_final(p, s, from) && (f->end_ttl == 0 || s->ttl < f->end_ttl)) {
		f->end_ttl = s->ttl;
		f->end_asked = s->asked_at;
	}
	if (s->ttl > f->best_ttl)
		f->best_ttl = s->ttl;
	/* Errors after a neighbour's silence take seconds: they do not say how long answers take. */
	if (s->answer == ANSWER_UNREACHABLE && !trace_answer_is_end(p, s, from))
		return;
	if (s->rtt_ns > f->slowest_ns)
		f->slowest_ns = s->rtt_ns;
	if (s->rtt_ns > e->slowest_ns)
		e->slowest_ns = s->rtt_ns;
}

/* Has an answer changed whether the trace is over? Of many traces that would be looked at
 * too often: not while the end is unknown and something is still open. */
static bool may_be_over(const struct trace_engine *e, const struct trace_flow *f)
{
	return e->trace_count <= TRACE_ORDERED_MAX || f->open == 0 || f->end_ttl > 0 || e->options.stop_at_known;
}

static void look_soon(struct trace_engine *e, uint16_t flow)
{
	struct trace_flow *f = &e->flows[trace_first(e, flow)];

	f->look_at = (struct mono_ns){INT64_MIN};
	if (may_be_over(e, f))
		f->judge_at = f->look_at;
}

static void take(struct trace_engine *e, uint16_t flow, struct trace_shot *s, const struct ip_addr *from)
{
	struct trace_ttl *t = &e->flows[flow].ttls[s->ttl];
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[flow].dst.family);

	if (s->state == SHOT_ASKED && t->open > 0)
		trace_closes(&e->flows[flow], s->ttl);
	s->state = SHOT_ANSWERED;
	t->answered = (uint16_t)(t->answered + (s->size == 0));
	s->from = trace_store_address(&e->store, from);
	note_progress(e, flow, s, from);
	look_soon(e, flow);
	if (s->size > 0)
		return;
	trace_share_walk(e, flow);
	trace_paths_answer(e, flow, s, trace_answer_is_final(&e->plan->flows[flow], s, from));
	if (s->answer != ANSWER_TIME_EXCEEDED)
		return;
	trace_pace_answer(&e->paces[fam][s->ttl], s->from);
	if (e->paces[fam][s->ttl].learned)
		trace_limit_answered(&e->limits[fam][s->ttl], s->asked_at);
}

void trace_flow_silence(struct trace_engine *e, uint16_t flow, const struct trace_shot *s, struct mono_ns now)
{
	const struct trace_flow *f = &e->flows[flow];
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[flow].dst.family);
	struct trace_pace *p = &e->paces[fam][s->ttl];

	const struct trace_flow *trace = &e->flows[trace_first(e, flow)];

	/* Nor does silence tell of a limit where its size may be why. */
	if ((s->ttl >= f->end_ttl && s->ttl > f->best_ttl) || s->size > TRACE_SIZE_SMALL)
		return;
	/* Of many flows to one destination, a hop that has never answered tells of no limit. */
	if (e->group > 1 && trace->ttls && trace->ttls[s->ttl].answered == 0)
		return;
	trace_pace_silence(p, now);
	if (!p->learned || !p->answered)
		return;
	trace_limit_silent(&e->limits[fam][s->ttl], s->asked_at);
	struct trace_limit_fit fit = trace_limit_fit(&e->limits[fam][s->ttl]);
	/* Of several routers at one TTL it is not known whose silence it is. */
	if (fit.known && p->width == 1)
		trace_pace_limit(p, TRACE_LIMIT_SHARE * fit.rate);
}

void trace_flow_answer(struct trace_engine *e, const struct match *m)
{
	struct trace_flow *f = &e->flows[m->flow];

	if (f->stage != TRACE_ACTIVE || !f->ttls || m->index >= f->shot_count || f->shots[m->index].state == SHOT_ANSWERED ||
	    f->shots[m->index].state == SHOT_ASIDE)
		return;
	struct trace_shot *s = &f->shots[m->index];
	s->answer = (uint8_t)m->answer;
	s->icmp_type = m->icmp_type;
	s->icmp_code = m->icmp_code;
	s->reply_ttl = m->reply_ttl;
	s->has_quote = m->has_quote;
	s->quoted_ttl = m->quoted_ttl;
	s->quoted_tos = m->quoted_tos;
	s->changed_quote = (m->failed >> MATCH_T5_KEYED_QUOTE & 1) != 0;
	s->changed_port = (m->failed >> MATCH_T3_PORTS & 1) != 0;
	s->changed_source = m->changed_source;
	s->rtt_ns = m->rtt_ns;
	s->reply_size = m->size;
	s->extra = trace_store_extra(&e->store, m);
	take(e, m->flow, s, &m->from);
}

/* A datagram from the destination names no probe. It is taken for the answer to the
 * nearest one that may have reached it: the first open one behind the last router
 * that answered. */
void trace_flow_udp(struct trace_engine *e, const struct match *m, struct wall_ns at)
{
	struct trace_flow *f = &e->flows[m->flow];
	struct trace_shot *nearest = NULL;

	if (f->stage != TRACE_ACTIVE || !f->ttls)
		return;
	f->udp_answers++;
	for (uint16_t i = 0; i < f->shot_count; i++) {
		struct trace_shot *s = &f->shots[i];
		bool behind = f->end_ttl > 0 ? s->ttl == f->end_ttl : s->ttl > f->best_ttl;
		if (behind && s->left && s->size == 0 && s->state == SHOT_ASKED && (!nearest || s->ttl < nearest->ttl))
			nearest = s;
	}
	if (!nearest)
		return;
	nearest->answer = ANSWER_UDP;
	nearest->reply_ttl = m->reply_ttl;
	nearest->rtt_ns = wall_since(at, nearest->sent_at);
	take(e, m->flow, nearest, &m->from);
}
