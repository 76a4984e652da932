/* SPDX-License-Identifier: BSD-2-Clause */
/* From what each flow met to nodes and their next hops. */
#include "analysis/trace/mda_state.h"

#include <math.h>
#include <string.h>

static bool is_settled(const struct mda_cell *c)
{
	return c->state != MDA_CELL_NEW;
}

/* What a flow met at a TTL up to its end. */
static const struct mda_cell *known(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	const struct mda_cell *c = mda_cell(m, flow, ttl);

	return is_settled(c) && (m->ends[flow] == 0 || ttl <= m->ends[flow]) ? c : NULL;
}

static uint16_t add_node(struct mda *m, uint8_t ttl, uint32_t address, bool end)
{
	for (size_t i = m->first[ttl]; i < m->node_count; i++)
		if (m->nodes[i].address == address) {
			m->nodes[i].end |= end;
			return (uint16_t)i;
		}
	if (m->node_count == MDA_NODES_MAX) {
		m->full = true;
		return MDA_NOWHERE;
	}
	struct mda_node *n = &m->nodes[m->node_count];
	memset(n, 0, sizeof *n);
	n->ttl = ttl;
	n->address = address;
	n->end = end;
	return (uint16_t)m->node_count++;
}

static void find_ends(struct mda *m)
{
	for (uint16_t f = 0; f < m->options.flows; f++) {
		m->ends[f] = 0;
		for (uint8_t ttl = m->options.max_ttl; ttl > 0; ttl--)
			if (mda_cell(m, f, ttl)->state == MDA_CELL_SEEN && mda_cell(m, f, ttl)->end)
				m->ends[f] = ttl;
	}
}

/* The nodes of this TTL. */
static void place_flows(struct mda *m, uint8_t ttl)
{
	m->first[ttl] = (uint16_t)m->node_count;
	for (uint16_t f = 0; f < m->options.flows; f++) {
		const struct mda_cell *c = known(m, f, ttl);
		uint16_t place = MDA_NOWHERE;
		if (c && c->state == MDA_CELL_SEEN)
			place = add_node(m, ttl, c->address, c->end);
		else if (c)
			place = add_node(m, ttl, MDA_SILENT_ADDRESS, false);
		*mda_place(m, f, ttl) = place;
		if (place != MDA_NOWHERE)
			m->nodes[place].flows++;
	}
}

static void add_next(struct mda_node *n, uint16_t next)
{
	for (uint8_t i = 0; i < n->next_count; i++)
		if (n->next[i] == next)
			return;
	if (n->next_count < MDA_NEXT_MAX)
		n->next[n->next_count++] = next;
}

/* From the nodes of ttl to those of ttl + 1. */
static void join(struct mda *m, uint8_t ttl)
{
	for (uint16_t f = 0; f < m->options.flows; f++) {
		uint16_t place = *mda_place(m, f, ttl), next = *mda_place(m, f, (uint8_t)(ttl + 1));
		if (place == MDA_NOWHERE)
			continue;
		struct mda_node *n = &m->nodes[place];
		const struct mda_cell *c = mda_cell(m, f, (uint8_t)(ttl + 1));
		if (is_settled(c) || c->open > 0)
			n->asked++;
		if (is_settled(c))
			n->settled++;
		if (next != MDA_NOWHERE)
			add_next(n, next);
	}
}

/* Silence is followed as far as the trace itself went. */
static bool is_judged(const struct mda *m, const struct mda_node *n)
{
	return !n->end && n->ttl < m->options.max_ttl && (n->address != MDA_SILENT_ADDRESS || n->ttl < m->limit);
}

static void set_needs(struct mda *m, uint8_t ttl)
{
	unsigned width = 0;

	for (size_t i = m->first[ttl]; i < m->first[ttl + 1]; i++)
		if ((m->nodes[i].judged = is_judged(m, &m->nodes[i])))
			width++;
	double of_hop = 1 - pow(1 - m->options.alpha, 1.0 / m->hops);
	double of_node = width > 0 ? 1 - pow(1 - of_hop, 1.0 / width) : 1;
	for (size_t i = m->first[ttl]; i < m->first[ttl + 1]; i++) {
		struct mda_node *n = &m->nodes[i];
		uint16_t k = n->next_count > 0 ? n->next_count : 1;
		n->need = n->judged ? mda_stop(k, of_node, m->options.flows) : 0;
		n->missed = n->judged ? mda_miss((uint16_t)(k + 1), n->settled) : 0;
	}
}

static void set_balancer(const struct mda *m, struct mda_node *n, uint8_t spread_from)
{
	unsigned answering = 0;

	for (uint8_t i = 0; i < n->next_count; i++)
		answering += m->nodes[n->next[i]].address != MDA_SILENT_ADDRESS;
	n->balancer = answering > 1 ? MDA_UNKNOWN : MDA_NONE;
	if (answering < 2 || n->ttl > spread_from)
		return;
	for (size_t i = 0; i < m->check_count; i++) {
		const struct mda_check *c = &m->checks[i];
		if (c->ttl == n->ttl && c->address == n->address)
			n->balancer = c->other > 0 ? MDA_PER_PACKET
			              : c->same + 1u >= mda_stop(1, m->options.alpha, MDA_FLOWS_MAX) ? MDA_PER_FLOW : MDA_UNKNOWN;
	}
}

/* Behind a node that spreads packets, a flow is no path any more. */
uint8_t mda_spread_from(const struct mda *m)
{
	uint8_t ttl = MDA_TTL_MAX;

	for (size_t i = 0; i < m->check_count; i++)
		if (m->checks[i].other > 0 && m->checks[i].ttl < ttl)
			ttl = m->checks[i].ttl;
	return ttl;
}

void mda_build(struct mda *m)
{
	uint8_t last = 0;

	if (!m->dirty)
		return;
	m->dirty = m->full = false;
	m->node_count = m->first[0] = 0;
	find_ends(m);
	for (uint16_t f = 0; f < m->options.flows; f++)
		*mda_place(m, f, 0) = 0;
	m->nodes[add_node(m, 0, MDA_SOURCE, false)].flows = m->options.flows;
	m->first[1] = (uint16_t)m->node_count;
	for (uint8_t ttl = 1; ttl <= m->options.max_ttl && m->node_count > m->first[ttl - 1]; ttl++) {
		place_flows(m, ttl);
		m->first[ttl + 1] = (uint16_t)m->node_count;
		join(m, (uint8_t)(ttl - 1));
		last = ttl;
	}
	m->hops = m->limit > 0 ? m->limit : 1;
	for (size_t i = 0; i < m->node_count; i++)
		if (is_judged(m, &m->nodes[i]) && m->nodes[i].ttl >= m->hops)
			m->hops = (uint8_t)(m->nodes[i].ttl + 1);
	for (uint8_t ttl = 0; ttl < last; ttl++)
		set_needs(m, ttl);
	for (size_t i = 0; i < m->node_count; i++)
		set_balancer(m, &m->nodes[i], mda_spread_from(m));
}

struct mda_graph mda_graph(struct mda *m)
{
	double sure = 1;

	mda_build(m);
	struct mda_graph g = {.nodes = m->nodes, .count = m->node_count, .probes = m->probes, .hops = m->hops,
	                      .alpha = m->options.alpha, .complete = m->phase > MDA_GRAPH && !m->full, .full = m->full};
	for (size_t i = 0; i < m->node_count; i++) {
		sure *= 1 - m->nodes[i].missed;
		g.complete &= !m->nodes[i].judged || m->nodes[i].settled >= m->nodes[i].need;
	}
	g.bound = 1 - sure;
	for (uint16_t f = 0; f < m->options.flows; f++)
		for (uint8_t ttl = 1; ttl <= m->options.max_ttl; ttl++)
			if (mda_cell(m, f, ttl)->state != MDA_CELL_NEW) {
				g.flows++;
				break;
			}
	return g;
}

const char *mda_balancer_name(enum mda_balancer b)
{
	static const char *const names[] = {
		[MDA_UNKNOWN] = "unknown", [MDA_PER_FLOW] = "per flow", [MDA_PER_PACKET] = "per packet"};

	return b > MDA_NONE && b <= MDA_PER_PACKET ? names[b] : NULL;
}

bool mda_cycle(const struct mda *m, uint16_t flow, uint8_t *first, uint8_t *second)
{
	for (uint8_t a = 1; a < m->options.max_ttl; a++)
		for (uint8_t b = (uint8_t)(a + 1); b <= m->options.max_ttl; b++) {
			const struct mda_cell *x = known(m, flow, a), *y = known(m, flow, b);
			if (!x || !y || x->state != MDA_CELL_SEEN || y->state != MDA_CELL_SEEN || x->address != y->address)
				continue;
			*first = a;
			*second = b;
			return true;
		}
	return false;
}
