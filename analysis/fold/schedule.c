/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams, intervals, priorities. */
#include "analysis/fold/schedule.h"

#include "analysis/fold/half_open.h"
#include "analysis/observables/partial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TTL_SLOTS (PATH_TTL_MAX + 3) /* TTLs 1..30, then "full", then GTSM */
#define SLOT_FULL (PATH_TTL_MAX + 1)
#define SLOT_GTSM (PATH_TTL_MAX + 2)

#define FIRST_REACH 8          /* hops looked for before anything is known */
#define REACH_BEYOND 3         /* and past the furthest that answered */

/* Answers a second asked of one end, before the hop rate bounds it. */
#define EDGE_RATE 8.0
#define MSEE_RATE 15.0
#define TARGET_RATE 16.0
#define CONTROL_RATE 4.0
#define HOP_PERIOD_S 0.5       /* one hop, one flow of the link */
#define TARGET_HOP_PERIOD_S 2.5
#define BGP_PERIOD_S 2.2       /* each of the two TTLs: never above one SYN a second */
#define BGP_AGAIN_S 0.5        /* a SYN that did not leave, since another run of this host asked then */
#define NEIGHBOUR_PERIOD_S 1.0
#define FORK_FIRST_S 0.4       /* the first two at a hop where ways part, and those where a flow dies */
#define FORK_PERIOD_S 3.0
#define DIES_COUNT 2
#define DOUBT_PERIOD_S 0.1     /* a flow that was silent once, where others of its service answer */
#define QUICK_START_S 0.25     /* the first few probes of an end come closer together */
#define QUICK_START_COUNT 4

/* What is left of the rate goes by information: not sooner than in this part of a stream's interval (so that
 * bursts are not mistaken for it), not for less than that many bits, or where less than that is in
 * doubt, and not out of the last part of the budget. */
#define SURPLUS_SOONEST 0.25
#define SURPLUS_BITS 1e-6
#define SURPLUS_DOUBT 0.01
#define SURPLUS_BUDGET 0.75

struct stream {
	int64_t last_ns;
	uint32_t asked, more;  /* in all; for what they would tell, beyond the interval */
	double bits;           /* that one more would tell, over its cost; 0 = none, or not known */
	double expected;       /* the same of all those that were sent for it */
	bool again;            /* the latest did not leave: its turn was another run's */
};

struct flow_state {
	struct stream slots[TTL_SLOTS];
	uint32_t next_index;
	uint8_t distance;      /* of the flow's end, 0 = not known */
	uint8_t furthest;      /* furthest hop that answered this flow's circuit */
	uint8_t edge[LINKS], msee[LINKS]; /* hops that tell which link the flow takes */
	uint8_t dies;          /* a hop that would tell where it dies, PATH_TTL_FULL = its end whether it does; 0 = none */
	bool further;          /* a further source port to a BGP port: asked where `dies` says so */
	bool answers;          /* a BGP port: it did once */
	bool sweeps;           /* looks at each hop on its way */
	uint16_t siblings;     /* flows that ask the same end, itself included */
	uint32_t turns_lost;   /* of a BGP port's SYNs, as taken up */
	size_t end;            /* place in schedule.ends: flows to one address share it */
};

/* What one hop or one end may be asked: a token bucket at the hop rate. Hops are told
 * apart by family and TTL alone, since which router answers is not known before. */
struct pace { double tokens; int64_t at_ns; };

/* Many flows: not every one can be asked in time, and each look at them costs. Then only
 * those of the first targets look at hops, and what a link's own ends are due comes first. */
#define MANY_FLOWS 600
#define SWEEPING_TARGETS 16
#define LINK_FIRST 1000.0

/* Large probes of one circuit: they go in turns, each judged before the next. */
#define LARGE_TURN_MAX 24
#define LARGE_UNSEEN_NS NS_PER_SEC /* asked for, but not seen leaving for so long: they did not */

struct large_turn {
	struct size_wish wishes[LARGE_TURN_MAX];
	size_t count, next;
	uint32_t asked;        /* in all */
	int64_t at_ns;         /* when the latest was */
};

struct schedule {
	const struct plan *plan;
	struct large_turn *large; /* one a circuit; owned */
	struct pace hops[FAMILIES][PATH_TTL_MAX + 1];
	struct hop_limits limits;
	struct pace *ends;     /* owned */
	struct flow_state *flows;
	uint8_t *dies;         /* partial_where(); owned */
	bool many;
	uint32_t asked;        /* probes in all */
	struct half_open half_open;
};

static bool same_end(const struct plan_flow *a, const struct plan_flow *b)
{
	return a->circuit == b->circuit && ip_addr_equal(&a->dst, &b->dst) && a->role == b->role;
}

/* One sweeping flow for each link's own ends, and one for each service of a target. */
static bool does_sweep(const struct plan *p, const struct plan_flow *f)
{
	if (f->role == FLOW_EDGE || f->role == FLOW_MSEE)
		return f->kind == PROBE_ICMP_ECHO;
	if (f->role != FLOW_TARGET && f->role != FLOW_CONTROL && f->role != FLOW_TRACE)
		return false;
	for (size_t i = 0; i < f->id; i++) {
		const struct plan_flow *g = &p->flows[i];
		if (same_end(f, g) && g->kind == f->kind && g->link == f->link &&
		    (f->role == FLOW_CONTROL || g->dst_port == f->dst_port))
			return false;
	}
	return true;
}

static double pace_burst(double rate)
{
	double burst = rate / 3;
	return burst < 1 ? 1 : burst;
}

static void fill_paces(struct schedule *s)
{
	double burst = pace_burst(s->plan->limits.hop_rate);
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int ttl = 0; ttl <= PATH_TTL_MAX; ttl++)
			s->hops[fam][ttl].tokens = burst;
	for (size_t i = 0; i < s->plan->flow_count; i++)
		s->ends[i].tokens = burst;
}

struct schedule *schedule_new(const struct plan *p)
{
	struct schedule *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->plan = p;
	s->many = p->flow_count > MANY_FLOWS;
	s->flows = calloc(p->flow_count + 1, sizeof *s->flows);
	s->ends = calloc(p->flow_count + 1, sizeof *s->ends);
	s->large = calloc(p->circuit_count + 1, sizeof *s->large);
	s->dies = calloc(p->flow_count + 1, sizeof *s->dies);
	if (!s->flows || !s->ends || !s->large || !s->dies) {
		schedule_free(s);
		return NULL;
	}
	fill_paces(s);
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		bool late = s->many && f->role == FLOW_TARGET && f->target >= SWEEPING_TARGETS;
		s->flows[i].sweeps = !late && does_sweep(p, f);
		s->flows[i].further = path_is_further_port(p, i);
		s->flows[i].end = i;
		for (size_t k = p->flow_count; k-- > 0;) {
			s->flows[i].siblings = (uint16_t)(s->flows[i].siblings + same_end(f, &p->flows[k]));
			if (ip_addr_equal(&f->dst, &p->flows[k].dst))
				s->flows[i].end = k; /* the first of them */
		}
	}
	return s;
}

void schedule_free(struct schedule *s)
{
	if (!s)
		return;
	free(s->flows);
	free(s->ends);
	free(s->large);
	free(s->dies);
	half_open_free(&s->half_open);
	free(s);
}

void schedule_paths(struct schedule *s, const struct path_view *v)
{
	uint8_t furthest = 0;
	bool told = !s->many && partial_where(v, s->dies);
	for (size_t i = 0; i < v->address_count; i++)
		if (v->addresses[i].ttl > furthest)
			furthest = v->addresses[i].ttl;
	for (size_t i = 0; i < v->seen->count; i++)
		if (s->plan->flows[v->seen->records[i].flow].role == FLOW_BGP_MSEE && v->seen->records[i].answer != ANSWER_NONE)
			s->flows[v->seen->records[i].flow].answers = true;
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *f = &s->plan->flows[i];
		int fam = ip_family_index(f->dst.family);
		if (f->circuit != v->circuit_index || fam < 0)
			continue;
		struct flow_state *state = &s->flows[i];
		state->distance = path_flow_distance(v, f);
		state->furthest = furthest;
		state->dies = told && (f->role == FLOW_TARGET || f->role == FLOW_BGP_MSEE) ? s->dies[i] : 0;
		for (int l = 0; l < LINKS; l++) {
			state->edge[l] = v->distance[fam].edge[l];
			state->msee[l] = v->distance[fam].msee[l];
		}
	}
}

static uint32_t large_seen(const struct path_view *v)
{
	uint32_t n = 0;
	for (size_t i = 0; i < v->seen->count; i++)
		n += observations_is_large(&v->seen->records[i]) &&
		     v->plan->flows[v->seen->records[i].flow].circuit == v->circuit_index;
	return n;
}

void schedule_sizes(struct schedule *s, const struct path_view *v)
{
	struct large_turn *t = &s->large[v->circuit_index];
	bool on_the_way = t->asked > large_seen(v) && v->seen->now.ns - t->at_ns < LARGE_UNSEEN_NS;
	if (t->next < t->count || on_the_way)
		return;
	t->next = 0;
	t->count = sizes_next(v, t->wishes, LARGE_TURN_MAX);
}

/* What was asked for, or what the routers at this TTL are seen to answer. */
static double rate_of(const struct schedule *s, size_t flow, int slot)
{
	int fam = ip_family_index(s->plan->flows[flow].dst.family);
	double rate = s->plan->limits.hop_rate;
	return slot < SLOT_FULL && fam >= 0 ? hop_limits_rate(&s->limits, fam, slot, rate) : rate;
}

/* What a probe of this stream costs: 1, and more where the routers answer less than was asked for. */
static double cost_of(const struct schedule *s, size_t flow, int slot)
{
	double rate = rate_of(s, flow, slot);
	return isfinite(rate) && rate > 0 ? s->plan->limits.hop_rate / rate : 1;
}

static void forget_information(struct schedule *s, uint8_t circuit)
{
	for (size_t i = 0; i < s->plan->flow_count; i++)
		for (int k = 0; k < TTL_SLOTS && s->plan->flows[i].circuit == circuit; k++)
			s->flows[i].slots[k].bits = 0;
}

void schedule_inform(struct schedule *s, const struct observables *o, const struct information *i)
{
	if (s->many)
		return;
	forget_information(s, o->path->circuit_index);
	for (size_t g = 0; g < i->count && i->doubt >= SURPLUS_DOUBT; g++)
		for (size_t f = 0; f < s->plan->flow_count && i->bits[g] >= SURPLUS_BITS; f++) {
			uint8_t ttl = information_ttl(o->path, &o->groups[g], f);
			if (ttl == 0 || ttl == PATH_TTL_GTSM)
				continue; /* a BGP port has a rate of its own */
			int slot = ttl == PATH_TTL_FULL ? SLOT_FULL : ttl;
			s->flows[f].slots[slot].bits = i->bits[g] / cost_of(s, f, slot);
		}
}

/* --- intervals --- */

static double end_rate(const struct plan *p, const struct plan_flow *f)
{
	double rate = 1;
	switch (f->role) {
	case FLOW_EDGE: rate = EDGE_RATE; break;
	case FLOW_MSEE: rate = MSEE_RATE; break;
	case FLOW_TARGET: rate = TARGET_RATE; break;
	case FLOW_CONTROL: rate = CONTROL_RATE; break;
	default: break;
	}
	return fmin(rate, 0.8 * p->limits.hop_rate);
}

static bool is_fork(const struct flow_state *state, int slot)
{
	for (int l = 0; l < LINKS; l++)
		if (slot == state->edge[l] || slot == state->msee[l])
			return true;
	return false;
}

static uint8_t most_of(const uint8_t hops[LINKS])
{
	return hops[LINK_PRIMARY] > hops[LINK_SECONDARY] ? hops[LINK_PRIMARY] : hops[LINK_SECONDARY];
}

/* Seconds between two probes of a stream; 0 = not worth asking. */
static double period(const struct schedule *s, size_t flow, int slot, uint32_t asked)
{
	const struct plan_flow *f = &s->plan->flows[flow];
	const struct flow_state *state = &s->flows[flow];
	if (f->role == FLOW_NEIGHBOUR)
		return slot == SLOT_FULL && asked < 8 ? NEIGHBOUR_PERIOD_S : 0;
	if (state->further)
		return slot == SLOT_GTSM && state->dies == PATH_TTL_GTSM ? BGP_PERIOD_S : 0;
	if (f->role == FLOW_BGP_MSEE)
		return slot == SLOT_GTSM || slot == SLOT_FULL ? BGP_PERIOD_S : 0;
	if (f->role == FLOW_BGP_SIGNED) /* the TTL that also passes GTSM */
		return slot == SLOT_GTSM && asked < BGP_SIGNED_MAX ? BGP_PERIOD_S : 0;
	if (slot == SLOT_GTSM)
		return 0;
	if (slot == SLOT_FULL && state->dies == PATH_TTL_FULL)
		return DOUBT_PERIOD_S;
	if (slot == SLOT_FULL) {
		double steady = state->siblings / end_rate(s->plan, f);
		return asked < QUICK_START_COUNT ? fmin(QUICK_START_S * (1 + state->siblings / 8.0), steady) : steady;
	}
	if (state->distance > 0 && slot >= state->distance)
		return 0;
	if (!state->sweeps) /* only where the path forks, and where it dies */
		return f->role != FLOW_TARGET ? 0 : slot == state->dies && asked < DIES_COUNT ? FORK_FIRST_S :
		       f->link == LINK_ANY && is_fork(state, slot) ? (asked < 2 ? FORK_FIRST_S : FORK_PERIOD_S) : 0;
	int reach = state->furthest + REACH_BEYOND > FIRST_REACH ? state->furthest + REACH_BEYOND : FIRST_REACH;
	if (slot > reach)
		return 0;
	if (f->role == FLOW_CONTROL)
		return asked < 2 ? 1.0 : 0;
	if (f->role == FLOW_TARGET)
		return asked < 2 ? 0.8 : slot <= most_of(state->msee) ? TARGET_HOP_PERIOD_S : 6.0;
	return state->furthest > 0 && slot > state->furthest + 1 && asked > 3 ? 4.0 : HOP_PERIOD_S;
}

static double first_priority(const struct schedule *s, size_t flow, int slot)
{
	const struct plan_flow *f = &s->plan->flows[flow];
	const struct flow_state *state = &s->flows[flow];
	if (slot < SLOT_FULL)
		return (f->role == FLOW_EDGE || f->role == FLOW_MSEE ? 800 : state->sweeps ? 700 : 600) - slot;
	switch (f->role) {
	case FLOW_NEIGHBOUR: return 990;
	case FLOW_EDGE:
	case FLOW_MSEE: return 980;
	case FLOW_BGP_MSEE: return slot == SLOT_GTSM ? 940 : 0;
	case FLOW_BGP_SIGNED: return slot == SLOT_GTSM ? 935 : 0;
	case FLOW_CONTROL: return 930;
	default: return state->sweeps ? 950 : 750;
	}
}

/* A little irregular, so that nothing periodic is met in step (RFC 2330 11.1.1). */
static double irregular(size_t flow, int slot, uint32_t asked)
{
	uint32_t h = (uint32_t)(flow * 2654435761u) ^ ((uint32_t)slot * 40503u) ^ (asked * 2246822519u);
	h ^= h >> 15;
	h *= 2246822519u;
	h ^= h >> 13;
	return 0.8 + 0.4 * (double)(h & 0xffffu) / 65535.0;
}

static bool is_link_end(const struct plan_flow *f)
{
	return f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE || f->role == FLOW_BGP_SIGNED ||
	       f->role == FLOW_NEIGHBOUR;
}

/* How badly a stream wants its turn: above 1 is due; 0 = not at all. */
static double want(const struct schedule *s, size_t flow, int slot, struct wall_ns now)
{
	const struct stream *stream = &s->flows[flow].slots[slot], *gtsm = &s->flows[flow].slots[SLOT_GTSM];
	double every = period(s, flow, slot, stream->asked), since = (double)(now.ns - stream->last_ns) / (double)NS_PER_SEC;
	if (every <= 0 || s->flows[flow].next_index > UINT16_MAX)
		return 0;
	if (stream->again) /* the first of all turns that come */
		return since < BGP_AGAIN_S ? 0 : first_priority(s, flow, SLOT_GTSM);
	/* The plain SYN to a BGP port waits for the one that passes GTSM, of a silent port for two: a further port may need the turn. */
	if (stream->asked == 0)
		return first_priority(s, flow, slot) > 0 ? first_priority(s, flow, slot) : gtsm->asked > !s->flows[flow].answers && !gtsm->again ? 2 : 0;
	double due = since / (every * irregular(flow, slot, stream->asked));
	return due >= 1 && s->many && is_link_end(&s->plan->flows[flow]) ? due + LINK_FIRST : due;
}

/* What more of it would tell by now; 0 = it is not to be asked beyond its interval. */
static double want_more(const struct schedule *s, size_t flow, int slot, struct wall_ns now)
{
	const struct stream *stream = &s->flows[flow].slots[slot];
	double every = stream->bits > 0 && stream->asked > 0 ? period(s, flow, slot, stream->asked) : 0;
	if (every <= 0 || s->flows[flow].next_index > UINT16_MAX)
		return 0;
	double since = (double)(now.ns - stream->last_ns) / (double)NS_PER_SEC;
	double due = since / (every * irregular(flow, slot, stream->asked));
	return due < SURPLUS_SOONEST ? 0 : due * stream->bits;
}

static uint8_t slot_ttl(int slot, const struct plan_flow *f)
{
	if (f->role == FLOW_NEIGHBOUR || slot == SLOT_GTSM)
		return PATH_TTL_GTSM;
	return slot == SLOT_FULL ? PATH_TTL_FULL : (uint8_t)slot;
}

static bool is_bgp(const struct plan_flow *f)
{
	return f->role == FLOW_BGP_MSEE || f->role == FLOW_BGP_SIGNED;
}

/* SYNs to BGP ports that did not leave come again: the latest of a flow, which is the one that waited. */
static void take_lost_turns(struct schedule *s, const struct observations *o)
{
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		struct flow_state *state = &s->flows[i];
		if (!is_bgp(&s->plan->flows[i]) || o->refusals[i].turn == state->turns_lost)
			continue;
		state->turns_lost = o->refusals[i].turn;
		int slot = state->slots[SLOT_FULL].last_ns > state->slots[SLOT_GTSM].last_ns ? SLOT_FULL : SLOT_GTSM;
		state->slots[slot].again = state->slots[slot].asked > 0;
	}
}

/* All probes of a BGP port, signed or not and of both TTLs, share one SYN a second. */
static bool bgp_may(const struct schedule *s, size_t flow, struct wall_ns now)
{
	const struct plan_flow *f = &s->plan->flows[flow];
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *g = &s->plan->flows[i];
		if (!is_bgp(g) || !ip_addr_equal(&g->dst, &f->dst))
			continue;
		for (int slot = SLOT_FULL; slot <= SLOT_GTSM; slot++)
			if (s->flows[i].slots[slot].asked > 0 && !s->flows[i].slots[slot].again && now.ns - s->flows[i].slots[slot].last_ns < NS_PER_SEC)
				return false;
	}
	return true;
}

static struct pace *pace_of(struct schedule *s, size_t flow, int slot)
{
	int fam = ip_family_index(s->plan->flows[flow].dst.family);
	if (slot < SLOT_FULL && fam >= 0)
		return &s->hops[fam][slot];
	return &s->ends[s->flows[flow].end];
}

static bool pace_allows(struct pace *p, double rate, struct wall_ns now)
{
	double burst = pace_burst(rate);
	if (!isfinite(rate))
		return true;
	if (p->at_ns > 0 && now.ns > p->at_ns)
		p->tokens += (double)(now.ns - p->at_ns) / (double)NS_PER_SEC * rate;
	if (p->tokens > burst)
		p->tokens = burst;
	p->at_ns = now.ns;
	return p->tokens >= 1;
}

struct trace_hop_rate schedule_hop_rate(const struct schedule *s, uint8_t link, int fam, int ttl)
{
	return hop_limits_told(&s->limits, link, fam, ttl, s->plan->limits.hop_rate);
}

static int nearer(int next, int hop, int slot)
{
	return hop > slot && hop < next ? hop : next;
}

/* What does not sweep looks at the fork alone, the edges' hops and the MSEEs', and where it dies. */
static int next_slot(const struct schedule *s, size_t flow, int slot)
{
	const struct flow_state *state = &s->flows[flow];
	if (state->sweeps || slot >= SLOT_FULL)
		return slot + 1;
	int next = nearer(SLOT_FULL, state->dies, slot);
	for (int l = 0; l < LINKS; l++)
		next = nearer(nearer(next, state->edge[l], slot), state->msee[l], slot);
	return next;
}

static int first_slot(const struct schedule *s, size_t flow)
{
	return next_slot(s, flow, 0);
}

typedef double wanted(const struct schedule *s, size_t flow, int slot, struct wall_ns now);

/* The stream that is wanted most, and at least so much. */
static bool pick(struct schedule *s, struct wall_ns now, wanted *how, double best, size_t *flow, int *slot)
{
	bool found = false;
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *f = &s->plan->flows[i];
		if (f->no_route && s->flows[i].slots[SLOT_FULL].asked > 0)
			continue;
		for (int k = first_slot(s, i); k < TTL_SLOTS; k = next_slot(s, i, k)) {
			double w = how(s, i, k, now);
			if (w <= 0 || w < best || (is_bgp(f) && !bgp_may(s, i, now)) ||
			    !pace_allows(pace_of(s, i, k), rate_of(s, i, k), now))
				continue;
			best = w;
			*flow = i;
			*slot = k;
			found = true;
		}
	}
	return found;
}

/* What the turns at hand still ask, as the places' paces allow. */
static size_t add_large(struct schedule *s, struct wall_ns now, struct probe_wish *wishes, size_t max)
{
	size_t n = 0;
	for (size_t c = 0; c < s->plan->circuit_count; c++) {
		struct large_turn *t = &s->large[c];
		while (t->next < t->count && n < max && s->asked < s->plan->limits.budget) {
			const struct size_wish *w = &t->wishes[t->next];
			struct flow_state *state = &s->flows[w->flow];
			struct pace *pace = pace_of(s, w->flow, w->ttl < SLOT_FULL ? w->ttl : SLOT_FULL);
			int slot = w->ttl < SLOT_FULL ? w->ttl : SLOT_FULL;
			if (state->next_index > UINT16_MAX || !pace_allows(pace, rate_of(s, w->flow, slot), now))
				break;
			pace->tokens -= 1;
			wishes[n++] = (struct probe_wish){.flow = w->flow, .kind = s->plan->flows[w->flow].kind, .ttl = w->ttl,
			                                  .size = w->size, .index = (uint16_t)state->next_index++};
			t->at_ns = now.ns;
			t->next++;
			t->asked++;
			s->asked++;
		}
	}
	return n;
}

size_t schedule_next(struct schedule *s, const struct observations *o, struct wall_ns now, struct probe_wish *wishes,
                     size_t max)
{
	size_t n = half_open_resets(&s->half_open, s->plan, o, now, wishes, max);
	hop_limits_take(&s->limits, o);
	take_lost_turns(s, o);
	n += add_large(s, now, wishes + n, max - n);
	size_t flow;
	int slot;
	while (n < max && s->asked < s->plan->limits.budget) {
		bool due = pick(s, now, want, 1, &flow, &slot);
		if (!due && !(s->asked < SURPLUS_BUDGET * s->plan->limits.budget && pick(s, now, want_more, 0, &flow, &slot)))
			break;
		struct flow_state *state = &s->flows[flow];
		struct stream *stream = &state->slots[slot];
		const struct plan_flow *f = &s->plan->flows[flow];
		wishes[n++] = (struct probe_wish){.flow = (uint16_t)flow, .kind = f->kind, .ttl = slot_ttl(slot, f),
		                                  .index = (uint16_t)state->next_index++};
		pace_of(s, flow, slot)->tokens -= 1;
		stream->last_ns = now.ns;
		stream->again = false;
		stream->asked++;
		stream->more += !due;
		stream->expected += due ? 0 : stream->bits;
		s->asked++;
	}
	return n;
}

/* Into its place among those told so far; n of them, most first. Returns how many there are now. */
static size_t insert_surplus(struct probe_surplus *out, size_t n, size_t max, const struct probe_surplus *one)
{
	size_t at = n;
	while (at > 0 && out[at - 1].more < one->more)
		at--;
	if (at == max)
		return n;
	n = n < max ? n + 1 : max;
	memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof *out);
	out[at] = *one;
	return n;
}

/* All flows that ask the same of the same place as this one, of which it must be the first (else none). */
static struct probe_surplus surplus_at(const struct schedule *s, size_t first, int slot)
{
	const struct plan_flow *f = &s->plan->flows[first];
	struct probe_surplus one = {.flow = (uint16_t)first, .ttl = slot_ttl(slot, f)};
	for (size_t i = 0; i < s->plan->flow_count; i++) {
		const struct plan_flow *g = &s->plan->flows[i];
		const struct stream *t = &s->flows[i].slots[slot];
		if (!same_end(g, f) || g->kind != f->kind || g->dst_port != f->dst_port || g->link != f->link)
			continue;
		if (i < first)
			return (struct probe_surplus){.more = 0};
		one.asked += t->asked;
		one.more += t->more;
		one.bits += t->expected;
	}
	one.bits /= one.more > 0 ? one.more : 1;
	return one;
}

size_t schedule_surplus(const struct schedule *s, struct probe_surplus *out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < s->plan->flow_count && !s->many; i++)
		for (int k = 0; k < TTL_SLOTS; k++) {
			struct probe_surplus one = surplus_at(s, i, k);
			if (one.more > 0)
				n = insert_surplus(out, n, max, &one);
		}
	return n;
}
