/* SPDX-License-Identifier: BSD-2-Clause */
/* What the path search remembers. Private to mda*.c. */
#ifndef ERPROBE_MDA_STATE_H
#define ERPROBE_MDA_STATE_H

#include "analysis/trace/mda.h"

#define MDA_NOWHERE UINT16_MAX
#define MDA_CHECKS_MAX 64u    /* balancers whose kind is looked at */
#define MDA_FOLLOWED 4u       /* bad flows that are traced to where they end */

enum mda_cell_state { MDA_CELL_NEW = 0, MDA_CELL_SEEN, MDA_CELL_SILENT };

/* A flow at a TTL. */
struct mda_cell {
	uint32_t address;
	uint8_t state;          /* enum mda_cell_state */
	uint8_t tries;          /* that stayed without answer */
	uint8_t open;           /* probes in flight */
	bool end;
};

/* One flow repeated behind a node. */
struct mda_check {
	uint8_t ttl;            /* of the node */
	uint32_t address;
	uint16_t flow;
	uint16_t asked, same, other, lost;
};

enum mda_phase { MDA_GRAPH = 0, MDA_LOSS, MDA_FOLLOW, MDA_END };

struct mda {
	struct mda_options options;
	bool begun;
	uint8_t phase;          /* enum mda_phase */
	uint8_t limit;          /* behind it silence is not followed */
	uint32_t open, probes;
	uint32_t steps;         /* calls of mda_next() that changed anything here */
	struct mda_cell *cells; /* [flows][max_ttl + 1] */
	uint16_t *at;           /* [max_ttl + 1][flows]: place in nodes[], or MDA_NOWHERE */
	uint8_t *ends;          /* by flow: nearest TTL of an end; 0 = none known */
	struct mda_node *nodes;
	size_t node_count;
	uint16_t first[MDA_TTL_MAX + 2]; /* nodes of a TTL: first[t] .. first[t + 1] - 1 */
	uint8_t hops;
	bool dirty, full;
	struct mda_check checks[MDA_CHECKS_MAX];
	size_t check_count;
	uint16_t sent[MDA_LOSS_FLOWS], answered[MDA_LOSS_FLOWS];
	uint8_t far_ttl;        /* that reaches the end on every flow */
};

static inline struct mda_cell *mda_cell(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	return &m->cells[(size_t)flow * (m->options.max_ttl + 1u) + ttl];
}
static inline uint16_t *mda_place(const struct mda *m, uint16_t flow, uint8_t ttl)
{
	return &m->at[(size_t)ttl * m->options.flows + flow];
}
/* mda_graph.c: nodes and next hops from the cells, when they changed. */
void mda_build(struct mda *m);
/* The nearest TTL whose node spreads packets; MDA_TTL_MAX when none is known to. */
uint8_t mda_spread_from(const struct mda *m);
/* mda_loss.c */
enum mda_wish mda_loss_next(struct mda *m, const bool *ready, struct mda_ask *out);
enum mda_wish mda_follow_next(struct mda *m, const bool *ready, struct mda_ask *out);
uint16_t mda_loss_flows(const struct mda *m);
/* Takes a probe as asked. */
enum mda_wish mda_take(struct mda *m, uint16_t flow, uint8_t ttl, struct mda_ask *out);

#endif
