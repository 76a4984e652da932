/* SPDX-License-Identifier: BSD-2-Clause */
/* What the probes tell of sizes: places, bounds, limits. */
#include "analysis/trace/size_search.h"
#include "analysis/trace/trace_mtu_work.h"

#include <string.h>

#define USUAL_MTU 1500 /* of an interface that does not say */

/* -- gathering -- */

static struct mtu_tried *tried_of(struct mtu_place *p, uint16_t size)
{
	for (uint16_t i = 0; i < p->tried_count; i++)
		if (p->tried[i].size == size)
			return &p->tried[i];
	if (p->tried_count == MTU_SIZES)
		return NULL;
	p->tried[p->tried_count] = (struct mtu_tried){.size = size};
	return &p->tried[p->tried_count++];
}

const struct mtu_tried *mtu_tried_at(const struct mtu_place *p, uint16_t size)
{
	for (uint16_t i = 0; i < p->tried_count; i++)
		if (p->tried[i].size == size)
			return &p->tried[i];
	return NULL;
}

/* Did the probe come to its place? The router where its TTL ran out says so, or the
 * destination itself. */
static bool has_come(const struct mtu_work *w, const struct trace_shot *s)
{
	if (s->state != SHOT_ANSWERED || s->from >= w->engine->store.address_count)
		return false;
	return s->answer == ANSWER_TIME_EXCEEDED || trace_answer_is_end(w->plan, s, &w->engine->store.addresses[s->from]);
}

static uint16_t told_mtu(const struct mtu_work *w, const struct trace_shot *s)
{
	const struct trace_store *store = &w->engine->store;
	uint32_t mtu = s->extra != NO_EXTRA && s->extra <= store->extra_count ? store->extras[s->extra - 1].mtu : 0;

	/* RFC 1191 5: old routers leave it 0; what is no smaller than the probe is no help either. */
	return mtu < s->size ? (uint16_t)mtu : 0;
}

static void take_told(struct mtu_work *w, const struct trace_shot *s)
{
	uint16_t mtu = told_mtu(w, s);

	for (uint8_t i = 0; i < w->told_count; i++) {
		struct mtu_told *t = &w->told[i];
		if (t->size != s->size || t->from != s->from)
			continue;
		if (s->ttl < t->ttl)
			t->ttl = s->ttl;
		return;
	}
	if (w->told_count < MTU_TOLD)
		w->told[w->told_count++] = (struct mtu_told){s->ttl, s->size, mtu, s->from};
}

static void count(struct mtu_tried *t, const struct trace_shot *s, bool come)
{
	t->answered = (uint16_t)(t->answered + come);
	t->lost = (uint16_t)(t->lost + (s->state == SHOT_SILENT));
	t->waiting = (uint16_t)(t->waiting + (s->state == SHOT_ASKED));
	t->unsent = (uint16_t)(t->unsent + (s->state == SHOT_NOT_SENT));
}

/* The first place that lies behind whoever said that this probe is too large: our own host, or a router of the path. */
static uint8_t behind(const struct mtu_work *w, const struct trace_shot *s, bool own)
{
	uint8_t teller = 0;

	for (uint16_t i = 0; i < w->flow->shot_count && !own; i++) {
		const struct trace_shot *k = &w->flow->shots[i];
		if (k->state == SHOT_ANSWERED && k->answer == ANSWER_TIME_EXCEEDED && k->from == s->from && k->ttl < s->ttl && k->ttl > teller)
			teller = k->ttl;
	}
	return own || teller > 0 ? (uint8_t)(teller + 1) : s->ttl;
}

/* A link became narrow while we asked: that this size and larger ones came before says nothing of it as it is now. */
static void forget(struct mtu_work *w, const struct trace_shot *s, bool own)
{
	for (uint16_t ttl = behind(w, s, own); ttl <= TRACE_TTL_MAX; ttl++)
		for (uint16_t i = 0; i < w->places[ttl].tried_count; i++) {
			struct mtu_tried *t = &w->places[ttl].tried[i];
			if (t->size >= s->size)
				t->answered = t->lost = 0;
		}
}

static void take_large(struct mtu_work *w, struct mtu_place *p, const struct trace_shot *s, bool come)
{
	struct mtu_tried *t = tried_of(p, s->size);
	bool own = s->state == SHOT_NOT_SENT && s->icmp_code == SEND_TOO_BIG;
	bool told = s->state == SHOT_ANSWERED && s->answer == ANSWER_UNREACHABLE && trace_answer_is_too_big(s, w->plan->dst.family);

	if (!t)
		return;
	count(t, s, come);
	t->told = t->told || own || told;
	if (own || told)
		forget(w, s, own);
	if (own && (w->own_refused == 0 || s->size < w->own_refused))
		w->own_refused = s->size;
	if (told)
		take_told(w, s);
	/* An echo with DF clear may come back in pieces: the first has its head. */
	if (come && s->answer == ANSWER_ECHO_REPLY && s->reply_size > 0 && s->reply_size < s->size &&
	    s->reply_size > w->back_fragment)
		w->back_fragment = s->reply_size;
}

static void take_shot(struct mtu_work *w, const struct trace_shot *s)
{
	struct mtu_place *p = &w->places[s->ttl];
	bool come = has_come(w, s);

	w->half_opens = w->half_opens || (come && s->answer == ANSWER_SYN_ACK);
	if (s->size > 0) {
		w->sent += s->state != SHOT_NOT_SENT;
		w->answered += s->state == SHOT_ANSWERED;
	}
	if (s->size > TRACE_SIZE_SMALL) {
		take_large(w, p, s, come);
		return;
	}
	p->seen = p->seen || come;
	/* A filter may refuse SYNs that carry bytes, however few: an empty one is no comparison. */
	if (w->plan->kind == PROBE_TCP_SYN && s->size == 0)
		return;
	p->small_sent += come || s->state == SHOT_SILENT;
	p->small_answered += come;
	p->small_waiting += s->state == SHOT_ASKED;
	if (s->size > 0)
		count(&p->small, s, come);
}

/* -- bounds -- */

bool mtu_is_refused(const struct mtu_place *p, const struct mtu_tried *t)
{
	return t->told || (t->answered == 0 && size_lost_beyond(p->small_sent, p->small_answered, t->lost, SIZE_BY_CHANCE));
}

/* What comes to a place has come past all before it; what does not come to it comes to
 * none behind it. */
static void bound(struct mtu_work *w)
{
	uint16_t carried = 0, refused = 0;

	for (uint8_t ttl = w->furthest; ttl > 0; ttl--) {
		struct mtu_place *p = &w->places[ttl];
		for (uint16_t i = 0; i < p->tried_count; i++)
			if (p->tried[i].answered > 0 && p->tried[i].size > carried)
				carried = p->tried[i].size;
		p->carried = carried;
	}
	for (uint8_t ttl = 1; ttl <= w->furthest; ttl++) {
		struct mtu_place *p = &w->places[ttl];
		for (uint16_t i = 0; i < p->tried_count; i++) {
			const struct mtu_tried *t = &p->tried[i];
			if (t->size > p->carried && mtu_is_refused(p, t) && (refused == 0 || t->size < refused))
				refused = t->size;
		}
		/* A nearer place may be silent to what comes further. */
		p->refused = refused > p->carried ? refused : 0;
	}
	for (uint8_t i = 0; i < w->told_count; i++)
		for (uint8_t ttl = w->told[i].ttl; ttl <= w->furthest; ttl++) {
			struct mtu_place *p = &w->places[ttl];
			uint16_t mtu = w->told[i].mtu;
			if (mtu > TRACE_SIZE_SMALL && mtu >= p->carried && (p->told_mtu == 0 || mtu < p->told_mtu))
				p->told_mtu = mtu;
		}
}

bool mtu_is_settled(const struct mtu_work *w, const struct mtu_place *p)
{
	return !p->there || p->carried == w->full || (p->refused > 0 && p->refused == p->carried + 1) ||
	       (p->carried > 0 && p->carried == p->told_mtu);
}

void mtu_gather(const struct trace_engine *e, uint16_t flow, struct mtu_work *w)
{
	memset(w, 0, sizeof *w);
	w->engine = e;
	w->flow = &e->flows[flow];
	w->plan = &e->plan->flows[flow];
	w->full = e->options.sizes && !w->plan->no_route ? e->plan->ifaces[w->plan->iface].mtu : 0;
	if (w->full == 0 && e->options.sizes)
		w->full = USUAL_MTU;
	if (w->full > PROBE_SIZE_MAX)
		w->full = PROBE_SIZE_MAX;
	w->echo = w->plan->kind == PROBE_ICMP_ECHO;
	for (uint16_t i = 0; i < w->flow->shot_count; i++)
		take_shot(w, &w->flow->shots[i]);
	uint8_t last = w->flow->end_ttl > 0 ? w->flow->end_ttl : w->flow->best_ttl;
	for (uint8_t ttl = 1; ttl <= last; ttl++) {
		struct mtu_place *p = &w->places[ttl];
		/* A datagram from the destination names no probe: no size is known of it. */
		p->there = p->seen && !(w->flow->udp_answers > 0 && ttl == w->flow->end_ttl);
		if (p->there)
			w->furthest = ttl;
	}
	w->is_end = w->furthest > 0 && w->furthest == w->flow->end_ttl;
	bound(w);
}

/* -- conclusions -- */

static const struct mtu_told *who_told(const struct mtu_work *w, const struct trace_mtu_limit *l, uint16_t above)
{
	const struct mtu_told *best = NULL;

	for (uint8_t i = 0; i < w->told_count; i++) {
		const struct mtu_told *t = &w->told[i];
		if (t->ttl <= l->before && t->size >= l->refused && t->size <= above && (!best || t->size > best->size))
			best = t;
	}
	return best;
}

static void find_limits(const struct mtu_work *w, struct trace_mtu *out)
{
	uint16_t above = w->full;
	uint8_t after = 0;

	for (uint8_t ttl = 1; ttl <= w->furthest; ttl++) {
		const struct mtu_place *p = &w->places[ttl];
		if (!p->there)
			continue;
		if (p->refused > 0 && p->refused <= above && p->carried < above && out->limit_count < TRACE_MTU_LIMITS) {
			struct trace_mtu_limit *l = &out->limits[out->limit_count++];
			*l = (struct trace_mtu_limit){.after = after, .before = ttl, .carried = p->carried, .refused = p->refused,
			                              .exact = mtu_is_settled(w, p)};
			const struct mtu_told *t = who_told(w, l, above);
			l->told = t != NULL || (w->own_refused >= l->refused && w->own_refused <= above);
			if (l->told && !t)
				l->told_by = w->plan->src;
			if (t) {
				l->told_by = w->engine->store.addresses[t->from];
				l->told_mtu = t->mtu;
			}
			l->or_back = !l->told && w->echo && w->is_end && ttl == w->furthest;
			above = p->carried;
		}
		after = ttl;
	}
}

static void find_loss(const struct mtu_work *w, struct trace_mtu *out)
{
	for (uint8_t ttl = 1; ttl <= w->furthest; ttl++) {
		const struct mtu_place *p = &w->places[ttl];
		const struct mtu_tried *t = mtu_tried_at(p, out->carried);
		struct trace_mtu_place *to = &out->places[ttl];
		to->carried = p->there ? p->carried : 0;
		to->refused = p->there ? p->refused : 0;
		to->chance = 1;
		if (!p->there || !t)
			continue;
		to->small = (struct trace_size_loss){(uint16_t)(p->small.answered + p->small.lost), p->small.answered};
		to->large = (struct trace_size_loss){(uint16_t)(t->answered + t->lost), t->answered};
		to->chance = size_loss_chance(to->small.sent, to->small.answered, to->large.sent, to->large.answered);
	}
	out->loss_differs = out->furthest > 0 && out->places[out->furthest].chance < SIZE_DIFFERS;
	for (uint8_t ttl = 1; out->loss_differs && ttl <= w->furthest && out->loss_before == 0; ttl++) {
		if (!w->places[ttl].there)
			continue;
		if (out->places[ttl].chance < SIZE_DIFFERS)
			out->loss_before = ttl;
		else
			out->loss_after = ttl;
	}
}

void trace_mtu_look(const struct trace_engine *e, uint16_t flow, struct trace_mtu *out)
{
	struct mtu_work w;

	memset(out, 0, sizeof *out);
	if (!e->options.sizes)
		return; /* 40 KiB of work are as much as a cache holds */
	mtu_gather(e, flow, &w);
	out->full = w.full;
	out->furthest = w.furthest;
	out->is_end = w.is_end;
	out->settled = w.flow->sizes_over;
	out->back_fragment = w.back_fragment;
	out->sent = w.sent;
	out->answered = w.answered;
	if (w.furthest == 0)
		return;
	out->carried = w.places[w.furthest].carried;
	out->refused = w.places[w.furthest].refused;
	out->both_ways = w.is_end && w.echo && out->carried > 0 && w.back_fragment == 0;
	find_limits(&w, out);
	find_loss(&w, out);
}
