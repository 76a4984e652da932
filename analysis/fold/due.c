/* SPDX-License-Identifier: BSD-2-Clause */
/* Intervals and priorities. */
#include "analysis/fold/due.h"

#include <math.h>

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

#define LINK_FIRST 1000.0      /* with many flows: what a link's own ends are due comes first */
#define SURPLUS_SOONEST 0.25   /* part of a stream's interval, sooner than which it is not asked: bursts are not mistaken for it */

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
	if (f->role == FLOW_BGP_MSEE && slot < SLOT_FULL) /* does the edge hear what its end is silent to? */
		return slot == state->dies && asked < DIES_COUNT ? BGP_PERIOD_S : 0;
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
	return f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_NEIGHBOUR || plan_asks_bgp_port(f);
}

double due_now(const struct schedule *s, size_t flow, int slot, struct wall_ns now)
{
	const struct stream *stream = &s->flows[flow].slots[slot], *gtsm = &s->flows[flow].slots[SLOT_GTSM];
	bool answers = s->flows[s->flows[flow].end].answers;
	double every = period(s, flow, slot, stream->asked), since = (double)(now.ns - stream->last_ns) / (double)NS_PER_SEC;
	if (every <= 0 || s->flows[flow].next_index > UINT16_MAX)
		return 0;
	if (stream->again) /* the first of all turns that come */
		return since < BGP_AGAIN_S ? 0 : first_priority(s, flow, SLOT_GTSM);
	/* The plain SYN to a BGP port waits for the one that passes GTSM, at an end that is silent to all for two: a further port may need the turn. */
	if (stream->asked == 0)
		return first_priority(s, flow, slot) > 0 ? first_priority(s, flow, slot) : gtsm->asked > !answers && !gtsm->again ? 2 : 0;
	double due = since / (every * irregular(flow, slot, stream->asked));
	return due >= 1 && s->many && is_link_end(&s->plan->flows[flow]) ? due + LINK_FIRST : due;
}

double due_more(const struct schedule *s, size_t flow, int slot, struct wall_ns now)
{
	const struct stream *stream = &s->flows[flow].slots[slot];
	double every = stream->bits > 0 && stream->asked > 0 ? period(s, flow, slot, stream->asked) : 0;
	if (every <= 0 || s->flows[flow].next_index > UINT16_MAX)
		return 0;
	double since = (double)(now.ns - stream->last_ns) / (double)NS_PER_SEC;
	double due = since / (every * irregular(flow, slot, stream->asked));
	return due < SURPLUS_SOONEST ? 0 : due * stream->bits;
}

static int nearer(int next, int hop, int slot)
{
	return hop > slot && hop < next ? hop : next;
}

int due_next_slot(const struct schedule *s, size_t flow, int slot)
{
	const struct flow_state *state = &s->flows[flow];
	if (state->sweeps || slot >= SLOT_FULL)
		return slot + 1;
	int next = nearer(SLOT_FULL, state->dies, slot);
	for (int l = 0; l < LINKS; l++)
		next = nearer(nearer(next, state->edge[l], slot), state->msee[l], slot);
	return next;
}

int due_first_slot(const struct schedule *s, size_t flow)
{
	return due_next_slot(s, flow, 0);
}
