/* SPDX-License-Identifier: BSD-2-Clause */
/* Which size to send next, and how far. */
#include "analysis/trace/size_search.h"
#include "analysis/trace/trace_mtu_work.h"

#include <string.h>

#define TRIES_MOST 24u       /* lost at one size: then it is left alone */
#define CONTROLS 6u          /* small ones beside a large one that was lost: what silence there is worth */
#define PROBES_MOST 2000u    /* of one trace */
#define PAIRS 20u
#define PAIRS_MOST 160u
#define PAIRS_UNSURE 0.2     /* more pairs, while chance alone is no good explanation */
#define PAIR_NS (4 * NS_PER_MS)

enum wish { WISH_NOTHING = 0, WISH_WAIT, WISH_ASK };
struct asking { const struct mtu_work *w; struct mono_ns now; uint8_t ttl; uint16_t size; struct trace_engine *engine; };

/* While a connection is half open its end answers further SYNs of the same flow once in a while (RFC 5961 7; Linux: twice a second),
 * or not at all: that is no loss. Until it is reset none is sent. */
static bool is_half_open(const struct mtu_work *w, uint8_t ttl)
{
	const struct mtu_place *p = &w->places[ttl];
	uint32_t waiting = p->small.waiting;

	for (uint16_t i = 0; i < p->tried_count; i++)
		waiting += p->tried[i].waiting;
	return w->half_opens && ttl == w->furthest && waiting > 0;
}

static enum wish ask(struct asking *a, uint8_t ttl, uint16_t size)
{
	if (is_half_open(a->w, ttl))
		return WISH_WAIT;
	uint8_t fam = (uint8_t)ip_family_index(a->w->plan->dst.family);

	/* An end that answers by ICMP errors limits them as routers do. */
	bool ready = a->w->echo ? trace_hop_ready(a->engine, a->w->flow, fam, ttl, a->now)
	                        : trace_pace_ready(&a->engine->paces[fam][ttl], a->now);
	if (!ready)
		return WISH_WAIT;
	a->ttl = ttl;
	a->size = size;
	return WISH_ASK;
}

/* Small ones beside the large, so that a router's limit or plain loss is not taken for size. */
static enum wish ask_control(struct asking *a, uint8_t ttl)
{
	const struct mtu_place *p = &a->w->places[ttl];

	if (p->small_sent + p->small_waiting < CONTROLS)
		return ask(a, ttl, TRACE_SIZE_SMALL);
	return WISH_NOTHING;
}

/* Until this size is answered, refused, or left alone. */
static enum wish ask_size(struct asking *a, uint8_t ttl, uint16_t size, bool carefully)
{
	const struct mtu_place *p = &a->w->places[ttl];
	const struct mtu_tried none = {.size = size}, *found = mtu_tried_at(p, size), *t = found ? found : &none;

	if (t->answered > 0 || mtu_is_refused(p, t) || t->lost >= TRIES_MOST || t->unsent >= TRIES_MOST ||
	    (!found && p->tried_count == MTU_SIZES))
		return WISH_NOTHING;
	uint32_t tries = carefully && t->lost == 0 ? 1 : size_tries(p->small_sent, p->small_answered, SIZE_BY_CHANCE);
	enum wish control = t->lost > 0 ? ask_control(a, ttl) : WISH_NOTHING;
	if (control == WISH_ASK)
		return control;
	if ((uint32_t)t->lost + t->waiting < tries)
		return ask(a, ttl, size);
	return WISH_WAIT;
}

/* The bounds of a place, narrowed: first by what its neighbours' limits suggest. */
static enum wish ask_place(struct asking *a, uint8_t ttl)
{
	const struct mtu_work *w = a->w;
	const struct mtu_place *p = &w->places[ttl];
	uint16_t sizes[SIZE_STEPS + 2];
	size_t count = 0;

	if (mtu_is_settled(w, p) || p->refused == 0)
		return WISH_NOTHING;
	if (p->told_mtu > p->carried && p->told_mtu < p->refused) {
		sizes[count++] = p->told_mtu;
	} else {
		/* A bound that is a neighbour's may be this one's limit too. */
		if (p->carried > 0 && !mtu_tried_at(p, p->refused))
			sizes[count++] = (uint16_t)(p->refused - 1);
		if (p->carried > 0 && !mtu_tried_at(p, p->carried))
			sizes[count++] = (uint16_t)(p->carried + 1);
	}
	enum wish wish = WISH_NOTHING;
	for (size_t i = 0; i < count; i++) {
		enum wish one = ask_size(a, ttl, sizes[i], false);
		if (one == WISH_ASK)
			return one;
		wish = one == WISH_WAIT ? one : wish;
	}
	if (wish == WISH_WAIT)
		return wish;
	count = size_split(p->carried, p->refused, w->plan->dst.family == IP_V6, sizes);
	for (size_t i = 0; i < count; i++) {
		enum wish one = ask_size(a, ttl, sizes[i], false);
		if (one == WISH_ASK)
			return one;
		wish = one == WISH_WAIT ? one : wish;
	}
	return wish;
}

/* How many pairs this place is to have. */
static uint32_t pairs_for(const struct mtu_place *p, const struct mtu_tried *t)
{
	uint32_t small = (uint32_t)p->small.answered + p->small.lost, large = (uint32_t)t->answered + t->lost;
	uint32_t pairs = PAIRS;

	while (pairs < PAIRS_MOST && small >= pairs && large >= pairs) {
		double chance = size_loss_chance(small, p->small.answered, large, t->answered);
		if (chance < SIZE_DIFFERS / 10 || chance > PAIRS_UNSURE)
			break;
		pairs *= 2;
	}
	return pairs;
}

/* Small and large in turn. */
static enum wish ask_pair(struct asking *a, uint8_t ttl, uint16_t large)
{
	const struct mtu_place *p = &a->w->places[ttl];
	const struct mtu_tried none = {.size = large}, *found = mtu_tried_at(p, large), *t = found ? found : &none;
	uint32_t pairs = pairs_for(p, t);
	uint32_t smalls = (uint32_t)p->small.answered + p->small.lost + p->small.waiting;
	uint32_t larges = (uint32_t)t->answered + t->lost + t->waiting;

	if (smalls < pairs || larges < pairs) {
		if (mono_since(a->now, a->w->flow->ttls[ttl].last_asked) < PAIR_NS)
			return WISH_WAIT;
		return ask(a, ttl, smalls < pairs && (smalls <= larges || larges >= pairs) ? TRACE_SIZE_SMALL : large);
	}
	return p->small.waiting > 0 || t->waiting > 0 ? WISH_WAIT : WISH_NOTHING;
}

/* Each place that is there, all at once. */
typedef enum wish (*place_asker)(struct asking *a, uint8_t ttl);
static enum wish ask_all(struct asking *a, place_asker asker)
{
	enum wish wish = WISH_NOTHING;

	for (uint8_t ttl = a->w->furthest; ttl > 0; ttl--) {
		enum wish one = a->w->places[ttl].there ? asker(a, ttl) : WISH_NOTHING;
		if (one == WISH_ASK)
			return one;
		wish = one == WISH_WAIT ? one : wish;
	}
	return wish;
}

static enum wish ask_full(struct asking *a, uint8_t ttl)
{
	/* Further ones have come: so has this one, past here. */
	return a->w->places[ttl].carried == a->w->full ? WISH_NOTHING : ask_size(a, ttl, a->w->full, true);
}

static enum wish ask_pair_here(struct asking *a, uint8_t ttl)
{
	return ask_pair(a, ttl, a->w->places[a->w->furthest].carried);
}

static bool losses_differ(const struct mtu_work *w)
{
	const struct mtu_place *p = &w->places[w->furthest];
	const struct mtu_tried *t = mtu_tried_at(p, p->carried);

	return t && size_loss_chance((uint32_t)p->small.answered + p->small.lost, p->small.answered, (uint32_t)t->answered + t->lost,
	                             t->answered) < SIZE_DIFFERS;
}

static enum wish ask_next(struct asking *a)
{
	const struct mtu_work *w = a->w;

	if (w->furthest == 0 || w->full <= TRACE_SIZE_SMALL || w->sent >= PROBES_MOST)
		return WISH_NOTHING;
	enum wish wish = ask_all(a, ask_full);
	if (wish == WISH_NOTHING)
		wish = ask_place(a, w->furthest);
	if (wish == WISH_NOTHING)
		wish = ask_all(a, ask_place);
	if (wish == WISH_NOTHING && w->places[w->furthest].carried > TRACE_SIZE_SMALL)
		wish = ask_pair_here(a, w->furthest);
	if (wish == WISH_NOTHING && losses_differ(w))
		wish = ask_all(a, ask_pair_here);
	return wish;
}

uint8_t trace_mtu_wants(struct trace_engine *e, uint16_t flow, struct mono_ns now, uint16_t *size)
{
	struct trace_flow *f = &e->flows[flow];
	struct mtu_work w;

	if (!e->options.sizes || f->sizes_over)
		return 0;
	f->sizes_begun = f->sizes_begun || (trace_flow_finished(e, f) && (f->end_ttl > 0 || f->wide));
	if (!f->sizes_begun)
		return 0;
	mtu_gather(e, flow, &w);
	struct asking a = {.w = &w, .now = now, .engine = e};
	enum wish wish = ask_next(&a);
	f->sizes_over = wish == WISH_NOTHING;
	if (f->sizes_over)
		trace_decided(e, (struct trace_decision){.kind = TRACE_DECIDED_SIZED, .flow = flow});
	*size = a.size;
	return wish == WISH_ASK ? a.ttl : 0;
}

bool trace_mtu_over(const struct trace_engine *e, uint16_t flow)
{
	return !e->options.sizes || e->flows[flow].sizes_over;
}
