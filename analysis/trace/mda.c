/* SPDX-License-Identifier: BSD-2-Clause */
/* Which flow to ask where, and what came of it. */
#include "analysis/trace/mda_state.h"

#include <stdlib.h>

struct mda *mda_new(const struct mda_options *o)
{
	struct mda *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->options = *o;
	if (m->options.flows == 0 || m->options.flows > MDA_FLOWS_MAX)
		m->options.flows = MDA_FLOWS_MAX;
	if (m->options.max_ttl == 0 || m->options.max_ttl > MDA_TTL_MAX)
		m->options.max_ttl = MDA_TTL_MAX;
	size_t cells = (size_t)m->options.flows * (m->options.max_ttl + 1u);
	m->cells = calloc(cells, sizeof *m->cells);
	m->at = calloc(cells, sizeof *m->at);
	m->ends = calloc(m->options.flows, sizeof *m->ends);
	m->nodes = calloc(MDA_NODES_MAX, sizeof *m->nodes);
	m->dirty = true;
	if (m->cells && m->at && m->ends && m->nodes)
		return m;
	mda_free(m);
	return NULL;
}

void mda_free(struct mda *m)
{
	if (!m)
		return;
	free(m->cells);
	free(m->at);
	free(m->ends);
	free(m->nodes);
	free(m);
}

void mda_begin(struct mda *m, uint8_t limit)
{
	m->begun = m->dirty = true;
	m->limit = limit;
	/* Nothing answers: there is nothing to look for. */
	m->phase = limit > 0 ? MDA_GRAPH : MDA_END;
}

bool mda_begun(const struct mda *m)
{
	return m->begun;
}

bool mda_done(const struct mda *m)
{
	return m->phase == MDA_END && m->open == 0;
}

enum mda_wish mda_take(struct mda *m, uint16_t flow, uint8_t ttl, struct mda_ask *out)
{
	mda_cell(m, flow, ttl)->open++;
	m->open++;
	m->probes++;
	m->dirty = true;
	*out = (struct mda_ask){flow, ttl};
	return MDA_ASK;
}

/* -- next hops of one node -- */

static bool is_new(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	const struct mda_cell *c = mda_cell(m, flow, ttl);

	return c->state == MDA_CELL_NEW && c->open == 0 && (m->ends[flow] == 0 || ttl <= m->ends[flow]);
}

/* A flow that passes the node and was not asked one TTL on. */
static uint16_t flow_through(const struct mda *m, uint16_t place, uint8_t ttl)
{
	for (uint16_t f = 0; f < m->options.flows; f++)
		if (*mda_place(m, f, ttl) == place && is_new(m, f, (uint8_t)(ttl + 1)))
			return f;
	return MDA_NOWHERE;
}

static bool leads_to(const struct mda_node *n, uint16_t place)
{
	for (uint8_t i = 0; i < n->next_count; i++)
		if (n->next[i] == place)
			return true;
	return false;
}

/* A flow that may pass the node: best one that passes a node before it. */
static uint16_t flow_towards(const struct mda *m, uint16_t place, uint8_t ttl)
{
	uint16_t any = MDA_NOWHERE;

	for (uint16_t f = 0; f < m->options.flows; f++) {
		if (!is_new(m, f, ttl))
			continue;
		uint16_t before = *mda_place(m, f, (uint8_t)(ttl - 1));
		if (before != MDA_NOWHERE && leads_to(&m->nodes[before], place))
			return f;
		if (any == MDA_NOWHERE)
			any = f;
	}
	return any;
}

/* Probes at this TTL that may still turn out to pass the node. */
static unsigned in_flight(const struct mda *m, uint8_t ttl)
{
	unsigned n = 0;

	for (uint16_t f = 0; f < m->options.flows; f++)
		n += mda_cell(m, f, ttl)->open > 0;
	return n;
}

/* Beside nodes that answer, silence is mostly a limit: no flow is searched for it. */
static bool may_search(const struct mda *m, const struct mda_node *n)
{
	unsigned width = m->first[n->ttl + 1] - (unsigned)m->first[n->ttl];

	return n->ttl > 0 && (n->address != MDA_SILENT_ADDRESS || width == 1);
}

static enum mda_wish node_next(struct mda *m, uint16_t place, const bool *ready, struct mda_ask *out)
{
	const struct mda_node *n = &m->nodes[place];
	unsigned width = m->first[n->ttl + 1] - (unsigned)m->first[n->ttl];

	if (!n->judged || n->asked >= n->need)
		return MDA_NOTHING;
	uint16_t flow = flow_through(m, place, n->ttl);
	if (flow != MDA_NOWHERE)
		return ready[n->ttl + 1] ? mda_take(m, flow, (uint8_t)(n->ttl + 1), out) : MDA_HELD;
	if (!may_search(m, n))
		return MDA_NOTHING;
	if (in_flight(m, n->ttl) >= (n->need - (unsigned)n->asked) * width)
		return MDA_HELD;
	flow = flow_towards(m, place, n->ttl);
	if (flow == MDA_NOWHERE)
		return MDA_NOTHING;
	return ready[n->ttl] ? mda_take(m, flow, n->ttl, out) : MDA_HELD;
}

/* -- flows or packets? -- */

static struct mda_check *check_of(struct mda *m, const struct mda_node *n)
{
	for (size_t i = 0; i < m->check_count; i++)
		if (m->checks[i].ttl == n->ttl && m->checks[i].address == n->address)
			return &m->checks[i];
	if (m->check_count == MDA_CHECKS_MAX)
		return NULL;
	uint16_t place = (uint16_t)(n - m->nodes);
	for (uint16_t f = 0; f < m->options.flows; f++)
		if (*mda_place(m, f, n->ttl) == place && mda_cell(m, f, (uint8_t)(n->ttl + 1))->state == MDA_CELL_SEEN) {
			m->checks[m->check_count] = (struct mda_check){.ttl = n->ttl, .address = n->address, .flow = f};
			return &m->checks[m->check_count++];
		}
	return NULL;
}

/* One that two next hops share evenly would show in all but alpha of the cases. */
static enum mda_wish check_next(struct mda *m, const struct mda_node *n, const bool *ready, struct mda_ask *out)
{
	struct mda_check *c = n->balancer == MDA_UNKNOWN && n->ttl <= mda_spread_from(m) ? check_of(m, n) : NULL;
	uint16_t wanted = (uint16_t)(mda_stop(1, m->options.alpha, MDA_FLOWS_MAX) - 1);

	if (!c || c->other > 0 || c->lost >= MDA_TRIES * wanted)
		return MDA_NOTHING;
	if (c->asked >= wanted + c->lost)
		return c->same < wanted ? MDA_HELD : MDA_NOTHING;
	if (!ready[n->ttl + 1])
		return MDA_HELD;
	c->asked++;
	return mda_take(m, c->flow, (uint8_t)(n->ttl + 1), out);
}

static uint32_t checks_in_flight(const struct mda *m)
{
	uint32_t n = 0;

	for (size_t i = 0; i < m->check_count; i++)
		n += (uint32_t)m->checks[i].asked - m->checks[i].same - m->checks[i].other - m->checks[i].lost;
	return n;
}

static enum mda_wish graph_next(struct mda *m, const bool *ready, struct mda_ask *out)
{
	enum mda_wish wish = MDA_NOTHING;

	mda_build(m);
	for (size_t i = 0; i < m->node_count && wish != MDA_ASK; i++) {
		enum mda_wish one = node_next(m, (uint16_t)i, ready, out);
		wish = one != MDA_NOTHING ? one : wish;
	}
	if (wish == MDA_NOTHING && m->open > checks_in_flight(m))
		return MDA_HELD;
	/* In the order of TTLs: who spreads packets is the first where it shows. */
	for (size_t i = 0; i < m->node_count && wish == MDA_NOTHING; i++)
		wish = check_next(m, &m->nodes[i], ready, out);
	return wish;
}

static enum mda_wish next_of_phases(struct mda *m, const bool *ready, struct mda_ask *out)
{
	enum mda_wish wish = MDA_NOTHING;

	while (m->begun && m->phase != MDA_END) {
		if (m->phase == MDA_GRAPH)
			wish = graph_next(m, ready, out);
		else
			wish = m->phase == MDA_LOSS ? mda_loss_next(m, ready, out) : mda_follow_next(m, ready, out);
		if (wish != MDA_NOTHING)
			return wish;
		if (m->open > 0)
			return MDA_HELD;
		m->phase++;
	}
	return MDA_NOTHING;
}

enum mda_wish mda_next(struct mda *m, const bool *ready, struct mda_ask *out)
{
	size_t checks = m->check_count;
	uint32_t probes = m->probes;
	uint8_t phase = m->phase, far_ttl = m->far_ttl;
	enum mda_wish wish = next_of_phases(m, ready, out);

	m->steps += m->phase != phase || m->check_count != checks || m->probes != probes || m->far_ttl != far_ttl;
	return wish;
}

uint32_t mda_steps(const struct mda *m)
{
	return m->steps;
}

/* -- what came -- */

static bool is_known_place(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	return flow < m->options.flows && ttl > 0 && ttl <= m->options.max_ttl;
}

static struct mda_check *running_check(struct mda *m, uint16_t flow, uint8_t ttl)
{
	for (size_t i = 0; i < m->check_count; i++) {
		struct mda_check *c = &m->checks[i];
		if (c->flow == flow && c->ttl + 1 == ttl && c->asked > c->same + c->other + c->lost)
			return c;
	}
	return NULL;
}

static bool is_loss_probe(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	return m->phase == MDA_LOSS && ttl == m->far_ttl && flow < mda_loss_flows(m);
}

/* A probe that is accounted for: its cell, whether it was asked for here, and the check that it is of. */
struct landed { struct mda_cell *cell; bool asked; struct mda_check *check; };

static struct landed land(struct mda *m, uint16_t flow, uint8_t ttl)
{
	struct landed l = {.cell = mda_cell(m, flow, ttl)};

	m->dirty = true;
	l.asked = l.cell->open > 0;
	if (l.asked) {
		l.cell->open--;
		m->open--;
	}
	if (l.asked && l.cell->state == MDA_CELL_SEEN && !is_loss_probe(m, flow, ttl))
		l.check = running_check(m, flow, ttl);
	return l;
}

void mda_seen(struct mda *m, uint16_t flow, uint8_t ttl, uint32_t address, bool end)
{
	if (!is_known_place(m, flow, ttl))
		return;
	struct landed l = land(m, flow, ttl);
	if (is_loss_probe(m, flow, ttl)) {
		if (l.asked && end)
			m->answered[flow]++;
		return;
	}
	if (l.check && address == l.cell->address)
		l.check->same++;
	else if (l.check)
		l.check->other++;
	if (l.cell->state == MDA_CELL_SEEN)
		return;
	l.cell->state = MDA_CELL_SEEN;
	l.cell->address = address;
	l.cell->end = end;
}

void mda_silent(struct mda *m, uint16_t flow, uint8_t ttl)
{
	if (!is_known_place(m, flow, ttl))
		return;
	struct landed l = land(m, flow, ttl);
	if (l.check)
		l.check->lost++;
	if (!is_loss_probe(m, flow, ttl) && l.cell->state == MDA_CELL_NEW && ++l.cell->tries >= MDA_TRIES)
		l.cell->state = MDA_CELL_SILENT;
}

void mda_unsent(struct mda *m, uint16_t flow, uint8_t ttl)
{
	if (!is_known_place(m, flow, ttl))
		return;
	struct landed l = land(m, flow, ttl);
	if (l.asked && is_loss_probe(m, flow, ttl))
		m->sent[flow]--;
	if (l.check)
		l.check->asked--;
}
