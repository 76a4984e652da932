/* SPDX-License-Identifier: BSD-2-Clause */
/* The engine: which traces are in work, whose turn it is, and what comes in. */
#include "analysis/match/identity.h"
#include "analysis/path/stats.h"
#include "analysis/trace/trace_flow.h"

#include <stdlib.h>
#include <string.h>

#define ACTIVE_EAGER 256u   /* so many begin by themselves, more only where these have nothing to ask: what few need stays in a cache */
#define ACTIVE_MORE 64u     /* at a time */
#define FAILURES_MAX 3      /* probes in a row that could not leave end a trace */
#define LOOK_AGAIN_NS (4 * NS_PER_MS)
#define JUDGE_AGAIN_NS (8 * NS_PER_MS) /* of traces to which nothing has happened: there may be a thousand */
#define JUDGE_MANY_NS (32 * NS_PER_MS) /* of many, while something is open */
#define FIRST_ALONE_NS (100 * NS_PER_MS) /* then the capture has missed it */
#define FIRST_AGAIN_NS NS_PER_MS
#define JUDGED_AHEAD 4      /* traces whose turn is fetched from memory before it comes */
#define HELD_NS (100 * NS_PER_MS) /* until a link that is down is tried again */
#define TTL_FULL 64          /* of a RST: as a host's own packets */
#define INDEX_MAX 65533u    /* identity_udp_sum() numbers no more */

/* The next of a row of numbers that looks like chance and is the run's own (splitmix64). */
static uint64_t next_number(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Fisher and Yates; few traces keep the order they were named in. */
static void put_in_order(struct trace_engine *e)
{
	size_t count = e->trace_count;
	uint64_t state = 0;

	for (const char *c = e->plan->run_id; *c != '\0'; c++)
		state = state * 31 + (uint8_t)*c;
	for (size_t i = 0; i < count; i++)
		e->order[i] = (uint16_t)(i * e->group);
	for (size_t i = count; count > TRACE_ORDERED_MAX && i > 1; i--) {
		size_t k = (size_t)(next_number(&state) % i);
		uint16_t kept = e->order[i - 1];
		e->order[i - 1] = e->order[k];
		e->order[k] = kept;
	}
}

struct trace_engine *trace_engine_new(const struct plan *p, const struct trace_options *o, struct mono_ns now)
{
	struct trace_engine *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->plan = p;
	e->options = *o;
	if (e->options.max_ttl == 0 || e->options.max_ttl > TRACE_TTL_MAX)
		e->options.max_ttl = TRACE_TTL_MAX;
	e->group = o->flows > 1 ? o->flows : 1;
	e->trace_count = p->flow_count / e->group;
	for (uint32_t sent = 0; sent <= TRACE_FEW; sent++)
		for (uint32_t lost = 0; lost <= sent; lost++)
			e->few[sent][lost] = stats_ratio(lost, sent);
	trace_store_init(&e->store, p->key);
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int ttl = 0; ttl <= TRACE_TTL_MAX; ttl++)
			e->paces[fam][ttl] = trace_pace_make(o->hop_rate, now);
	e->flows = calloc(p->flow_count + 1, sizeof *e->flows);
	e->order = calloc(p->flow_count + 1, sizeof *e->order);
	e->active = calloc(TRACE_ACTIVE_MAX, sizeof *e->active);
	e->ended = calloc(p->flow_count + 1, sizeof *e->ended);
	e->matcher = matcher_new(p);
	if (e->flows && e->order && e->active && e->ended && e->matcher && trace_paths_init(e)) {
		put_in_order(e);
		return e;
	}
	trace_engine_free(e);
	return NULL;
}

void trace_engine_free(struct trace_engine *e)
{
	if (!e)
		return;
	for (size_t i = 0; e->flows && i < e->plan->flow_count; i++) {
		free(e->flows[i].shots);
		free(e->flows[i].ttls);
	}
	trace_paths_free(e);
	trace_known_free(&e->known);
	free(e->flows);
	free(e->order);
	free(e->active);
	free(e->ended);
	free(e->resets);
	matcher_free(e->matcher);
	trace_store_free(&e->store);
	free(e);
}

/* -- which traces are in work -- */

static void end_trace(struct trace_engine *e, uint16_t first)
{
	if (e->flows[first].stage == TRACE_ACTIVE)
		trace_share_end(e, first);
	for (uint16_t i = 0; i < e->group; i++) {
		struct trace_flow *f = &e->flows[first + i];
		f->stage = TRACE_ENDED;
		free(f->ttls);
		f->ttls = NULL;
	}
	e->ended[e->ended_count++] = first;
}

/* Why the last probe of a trace could not leave, where none could; else SEND_OK. */
static uint8_t why_none_left(const struct trace_engine *e, uint16_t first)
{
	uint8_t why = SEND_OK;

	for (uint16_t i = 0; i < e->group; i++)
		for (uint16_t k = 0; k < e->flows[first + i].shot_count; k++) {
			if (e->flows[first + i].shots[k].state != SHOT_NOT_SENT)
				return SEND_OK;
			why = e->flows[first + i].shots[k].icmp_code;
		}
	return why;
}

void trace_conclude(struct trace_engine *e, uint16_t first, bool cut_short)
{
	trace_decided(e, (struct trace_decision){.kind = cut_short ? TRACE_DECIDED_CUT : TRACE_DECIDED_END, .flow = first});
	e->flows[first].cut_short = cut_short;
	if (cut_short && e->flows[first].refusal == SEND_OK)
		e->flows[first].refusal = why_none_left(e, first);
	end_trace(e, first);
}

/* False without memory. */
static bool have_ttls(struct trace_engine *e, struct trace_flow *f)
{
	if (!f->ttls)
		f->ttls = calloc((size_t)e->options.max_ttl + 1, sizeof *f->ttls);
	e->out_of_memory |= !f->ttls;
	return f->ttls != NULL;
}

void trace_begin(struct trace_engine *e, uint16_t flow)
{
	struct trace_flow *f = &e->flows[flow];
	bool possible = !e->plan->flows[flow].no_route;

	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_BEGIN, .flow = flow});
	f->look_at = f->judge_at = (struct mono_ns){INT64_MIN};
	if (!possible)
		f->refusal = SEND_NO_ROUTE;
	if (!possible || !have_ttls(e, f)) {
		end_trace(e, flow);
		return;
	}
	for (uint16_t i = 0; i < e->group; i++) {
		e->flows[flow + i].stage = TRACE_ACTIVE;
		trace_share_begin(e, &e->flows[flow + i]);
	}
	trace_paths_begin(e, flow);
	e->active[e->active_count++] = flow;
}

static void begin_traces(struct trace_engine *e, size_t most)
{
	while (e->active_count < most && e->waiting_next < e->trace_count)
		trace_begin(e, e->order[e->waiting_next++]);
}

/* Those in work have nothing to ask now. Whether others were there to begin; it is their turn. */
static bool begin_more(struct trace_engine *e)
{
	size_t before = e->active_count, most = before + ACTIVE_MORE;

	begin_traces(e, most < TRACE_ACTIVE_MAX ? most : TRACE_ACTIVE_MAX);
	if (e->active_count > before)
		e->active_next = before;
	return e->active_count > before;
}

/* -- probes to send -- */

static struct trace_shot *new_shot(struct trace_engine *e, struct trace_flow *f)
{
	if (f->shot_count >= INDEX_MAX)
		return NULL;
	if (f->shot_count == f->shot_room) {
		uint32_t room = f->shot_room > 0 ? 2u * f->shot_room : 16u;
		if (room > INDEX_MAX)
			room = INDEX_MAX;
		struct trace_shot *grown = realloc(f->shots, room * sizeof *grown);
		if (!grown) {
			e->out_of_memory = true;
			return NULL;
		}
		f->shots = grown;
		f->shot_room = (uint16_t)room;
	}
	struct trace_shot *s = &f->shots[f->shot_count++];
	memset(s, 0, sizeof *s);
	return s;
}

bool trace_hand_out(struct trace_engine *e, uint16_t flow, uint8_t ttl, uint16_t size, struct mono_ns now, struct trace_wish *w)
{
	struct trace_flow *f = &e->flows[flow];
	uint8_t fam = (uint8_t)ip_family_index(e->plan->flows[flow].dst.family);
	struct trace_shot *s = have_ttls(e, f) ? new_shot(e, f) : NULL;

	if (!s)
		return false;
	s->ttl = ttl;
	s->size = size;
	s->asked_at = now;
	f->ttls[ttl].asked = (uint16_t)(f->ttls[ttl].asked + (size == 0));
	trace_opens(f, ttl);
	f->ttls[ttl].last_asked = now;
	if (ttl > f->asked_ttl)
		f->asked_ttl = ttl;
	if (ttl != f->end_ttl || (size > 0 && e->plan->flows[flow].kind == PROBE_UDP))
		trace_pace_take(&e->paces[fam][ttl]);
	if (size == 0 && ttl != f->end_ttl && e->paces[fam][ttl].learned)
		trace_limit_asked(&e->limits[fam][ttl], now);
	uint16_t index = (uint16_t)(f->shot_count - 1);
	*w = (struct trace_wish){.id = identity_name(flow, index), .flow = flow, .index = index, .ttl = ttl, .size = size};
	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_ASK, .flow = flow, .ttl = ttl, .size = size});
	return true;
}

static bool waits_for_first(const struct trace_engine *e, const struct trace_flow *f, struct mono_ns now)
{
	return e->options.first_alone && !f->seen && f->shot_count > 0 && mono_since(now, f->shots[0].asked_at) < FIRST_ALONE_NS;
}

/* One probe of the trace whose turn it is, and of the next, until one has any. */
static bool next_probe(struct trace_engine *e, struct mono_ns now, struct trace_wish *w)
{
	for (size_t tried = 0; tried < e->active_count; tried++) {
		uint16_t flow = e->active[e->active_next % e->active_count];
		struct trace_flow *f = &e->flows[flow];

		e->active_next = (e->active_next + 1) % e->active_count;
		trace_fetch_turns(e);
		if (f->held)
			f->look_at = mono_add(now, HELD_NS);
		f->held = false;
		if (waits_for_first(e, f, now))
			f->look_at = mono_add(now, FIRST_AGAIN_NS);
		if (f->look_at.ns > now.ns)
			continue;
		uint16_t which = flow;
		uint16_t size = 0;
		uint8_t ttl = trace_flow_wants(e, flow, now);
		if (ttl == 0)
			ttl = trace_mtu_wants(e, flow, now, &size);
		if (ttl == 0)
			ttl = trace_paths_wants(e, flow, now, &which);
		if (ttl > 0 && trace_hand_out(e, which, ttl, size, now, w))
			return true;
		if (ttl > 0 && which != flow)
			mda_unsent(trace_mda(e, flow), (uint16_t)(which % e->group), ttl);
		f->look_at = mono_add(now, LOOK_AGAIN_NS);
	}
	return false;
}

size_t trace_engine_next(struct trace_engine *e, struct mono_ns now, struct trace_wish *wishes, size_t most)
{
	size_t n = 0;

	while (n < most && e->reset_count > 0) {
		const struct trace_reset *r = &e->resets[--e->reset_count];
		if (matcher_half_open(e->matcher, r->probe))
			wishes[n++] = r->wish;
	}
	begin_traces(e, ACTIVE_EAGER);
	for (bool any = true; any && n < most;) {
		any = next_probe(e, now, &wishes[n]);
		n += any;
		any = any || begin_more(e);
	}
	return n;
}

/* -- what comes in -- */

static void take_out(struct trace_engine *e, const struct match *m)
{
	struct trace_flow *f = &e->flows[m->flow];

	if (m->index >= f->shot_count)
		return;
	if (e->options.first_alone && !f->seen)
		f->look_at = (struct mono_ns){INT64_MIN};
	f->seen = true;
	if (e->plan->flows[m->flow].iface < CHANNEL_IFACES_MAX)
		e->left_by[e->plan->flows[m->flow].iface] = true;
	f->shots[m->index].left = true;
	if (f->shots[m->index].state != SHOT_ANSWERED)
		f->shots[m->index].sent_at = m->sent_at;
	f->failures = 0;
}

static void take_late(struct trace_engine *e, const struct match *m)
{
	struct trace_flow *f = &e->flows[m->flow];

	if (!m->has_probe || f->stage == TRACE_WAITING || m->index >= f->shot_count)
		return;
	struct trace_shot *s = &f->shots[m->index];
	if (s->state == SHOT_ASKED && f->ttls && f->ttls[s->ttl].open > 0)
		trace_closes(f, s->ttl);
	if (s->state == SHOT_ASKED || s->state == SHOT_SILENT)
		s->state = SHOT_LATE;
}

/* The host's own kernel ends a connection that it knows nothing of; where a local
 * filter keeps the SYN-ACK from it, that is our part. */
static void want_reset(struct trace_engine *e, const struct match *m)
{
	if (e->reset_count == e->reset_room) {
		size_t room = e->reset_room > 0 ? 2 * e->reset_room : 16;
		struct trace_reset *grown = realloc(e->resets, room * sizeof *grown);
		if (!grown)
			return; /* the far host's own timer ends it */
		e->resets = grown;
		e->reset_room = room;
	}
	e->resets[e->reset_count++] = (struct trace_reset){
		{.flow = m->flow, .index = m->index, .ttl = TTL_FULL, .reset = true, .seq = m->answer_seq}, m->probe};
}

void trace_engine_frame(struct trace_engine *e, const struct frame *f, struct match *out)
{
	matcher_frame(e->matcher, f, out);
	if (out->cls == MATCH_OUT)
		take_out(e, out);
	else if (out->cls == MATCH_LATE)
		take_late(e, out);
	else if (out->cls == MATCH_ANSWER && out->answer == ANSWER_UDP)
		trace_flow_udp(e, out, f->at);
	else if (out->cls == MATCH_ANSWER && out->has_probe)
		trace_flow_answer(e, out);
	if (out->answer == ANSWER_SYN_ACK && out->has_probe &&
	    (out->cls == MATCH_ANSWER || out->cls == MATCH_DUPLICATE || out->cls == MATCH_LATE))
		want_reset(e, out);
}

void trace_unsent(struct trace_engine *e, uint16_t flow, uint16_t index, enum send_result why)
{
	struct trace_flow *f = &e->flows[flow];

	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_NOT_SENT, .flow = flow, .index = index, .why = (uint8_t)why});
	e->not_sent[why]++;
	if (f->stage != TRACE_ACTIVE || index >= f->shot_count || f->shots[index].state != SHOT_ASKED)
		return;
	struct trace_shot *s = &f->shots[index];
	s->state = SHOT_NOT_SENT;
	s->icmp_code = (uint8_t)why;
	trace_closes(f, s->ttl);
	f->ttls[s->ttl].asked = (uint16_t)(f->ttls[s->ttl].asked - (s->size == 0));
	uint16_t first = trace_first(e, flow);
	if (trace_mda(e, flow))
		mda_unsent(trace_mda(e, flow), (uint16_t)(flow % e->group), s->ttl);
	/* A full queue is a matter of the moment, the rest is not; of a size it tells nothing more. */
	bool gone = why == SEND_LINK_DOWN || why == SEND_NO_ROUTE || why == SEND_NO_ADDRESS || why == SEND_ROUTE_GONE;
	bool passing = why == SEND_NO_BUFFER || why == SEND_REFUSED_RATE;
	if (passing || (gone && trace_hold(e, first, why)) || (s->size > 0 && why == SEND_TOO_BIG))
		return;
	if (++f->failures >= FAILURES_MAX)
		e->flows[first].refusal = (uint8_t)why;
	e->flows[first].judge_at = (struct mono_ns){INT64_MIN};
}

void trace_engine_not_sent(struct trace_engine *e, uint32_t id, enum send_result why)
{
	if (id > 0 && identity_named_flow(id) < e->plan->flow_count && why != SEND_OK && why < SEND_RESULTS)
		trace_unsent(e, identity_named_flow(id), (uint16_t)(id - 1), why);
}

/* -- time -- */

void trace_silent(struct trace_engine *e, uint16_t flow, uint16_t index, struct mono_ns now)
{
	struct trace_flow *f = &e->flows[flow];
	struct trace_shot *s = &f->shots[index];

	trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_SILENT, .flow = flow, .index = index});
	s->state = SHOT_SILENT;
	trace_closes(f, s->ttl);
	if (trace_mda(e, flow))
		mda_silent(trace_mda(e, flow), (uint16_t)(flow % e->group), s->ttl);
	trace_flow_silence(e, flow, s, now);
}

static void note_silence(struct trace_engine *e, uint16_t flow, struct mono_ns now)
{
	struct trace_flow *f = &e->flows[flow];
	int64_t patience = trace_flow_patience_ns(e, &e->flows[trace_first(e, flow)]);
	bool before = true;

	for (uint16_t i = f->first_open; i < f->shot_count; i++) {
		struct trace_shot *s = &f->shots[i];
		if (s->state == SHOT_ASKED && mono_since(now, s->asked_at) >= patience)
			trace_silent(e, flow, i, now);
		before = before && s->state != SHOT_ASKED;
		if (before)
			f->first_open = (uint16_t)(i + 1);
	}
}

/* Is this trace over? One that found no end behind a narrow window looks further. */
static bool is_over(struct trace_engine *e, uint16_t flow, struct mono_ns now)
{
	struct trace_flow *f = &e->flows[flow];

	for (uint16_t i = 0; i < e->group; i++)
		note_silence(e, (uint16_t)(flow + i), now);
	if (f->refusal != SEND_OK)
		return true;
	trace_share_look(e, flow);
	if (!trace_flow_finished(e, f) || !trace_share_over(e, f))
		return false;
	if (f->end_ttl > 0 || f->wide)
		return trace_paths_over(e, flow) && trace_mtu_over(e, flow);
	f->wide = true;
	return trace_flow_finished(e, f) && trace_paths_over(e, flow) && trace_mtu_over(e, flow);
}

void trace_engine_tick(struct trace_engine *e, struct mono_ns now)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->active_count; i++) {
		uint16_t flow = e->active[i];
		struct trace_flow *f = &e->flows[flow];
		if (i + JUDGED_AHEAD < e->active_count)
			__builtin_prefetch(&e->flows[e->active[i + JUDGED_AHEAD]].judge_at);
		if (f->judge_at.ns > now.ns) {
			e->active[kept++] = flow;
			continue;
		}
		f->judge_at = mono_add(now, f->open > 0 && e->trace_count > TRACE_ORDERED_MAX ? JUDGE_MANY_NS : JUDGE_AGAIN_NS);
		if (is_over(e, flow, now))
			trace_conclude(e, flow, false);
		else
			e->active[kept++] = flow;
	}
	e->active_count = kept;
	begin_traces(e, ACTIVE_EAGER);
}

bool trace_engine_ended(struct trace_engine *e, uint16_t *flow)
{
	if (e->ended_told == e->ended_count)
		return false;
	*flow = e->ended[e->ended_told++];
	return true;
}

bool trace_engine_done(const struct trace_engine *e)
{
	return e->ended_count == e->trace_count;
}

void trace_engine_forget(struct trace_engine *e, uint16_t flow)
{
	if (e->flows[flow].stage != TRACE_ENDED)
		return;
	for (uint16_t i = 0; i < e->group; i++) {
		struct trace_flow *f = &e->flows[flow + i];
		free(f->shots);
		f->shots = NULL;
		f->shot_count = f->shot_room = 0;
	}
	if (trace_mda(e, flow)) {
		mda_free(e->mdas[flow / e->group]);
		e->mdas[flow / e->group] = NULL;
	}
}

void trace_engine_stop(struct trace_engine *e)
{
	for (size_t i = 0; i < e->active_count; i++)
		trace_conclude(e, e->active[i], true);
	e->active_count = 0;
	for (; e->waiting_next < e->trace_count; e->waiting_next++)
		trace_conclude(e, e->order[e->waiting_next], true);
}

/* -- what it knows -- */

uint32_t trace_engine_sent(const struct trace_engine *e)
{
	return matcher_probes_out(e->matcher);
}

uint32_t trace_engine_resets(const struct trace_engine *e)
{
	return matcher_resets_out(e->matcher);
}

const uint32_t *trace_engine_not_sent_counts(const struct trace_engine *e)
{
	return e->not_sent;
}

const struct match_counts *trace_engine_counts(const struct trace_engine *e)
{
	return matcher_counts(e->matcher);
}

uint32_t trace_engine_addresses(const struct trace_engine *e)
{
	return e->store.address_count;
}

struct ip_addr trace_engine_address(const struct trace_engine *e, uint32_t number)
{
	return number < e->store.address_count ? e->store.addresses[number] : ip_addr_none();
}

struct trace_hop_rate trace_engine_hop_rate(const struct trace_engine *e, uint8_t family, uint8_t ttl)
{
	uint8_t fam = (uint8_t)ip_family_index(family);
	const struct trace_pace *p = &e->paces[fam][ttl];
	const struct trace_limit *l = &e->limits[fam][ttl];

	return (struct trace_hop_rate){.learned = p->learned, .rate = p->rate * (p->width > 1 ? p->width : 1), .addresses = p->width,
	                               .asked = l->asked, .answered = l->answered, .silent = l->silent, .fit = trace_limit_fit(l)};
}

bool trace_engine_out_of_memory(const struct trace_engine *e)
{
	return e->out_of_memory || e->store.out_of_memory;
}
