/* SPDX-License-Identifier: BSD-2-Clause */
/* All paths to one destination, with a stated chance of having missed one: the
 * Multipath Detection Algorithm (Augustin, Friedman, Teixeira, E2EMON 2007; Veitch et al.,
 * INFOCOM 2009). Pure: it says which flow to ask at which TTL, and is told what came.
 *
 *   us --f1,f2,f3,…--> A --f1,f3--> B --> D      a node is a (TTL, address); its flows are
 *                        \-f2-----> C -/         those seen there; its next hops are where
 *                                                they are seen one TTL later
 *
 * A node with k next hops known is asked with n(k) different flows: so many that, were
 * there k+1 that share the flows evenly, one of them would have been missed with at most
 * the node's share of alpha. Where too few flows are known to pass a node, others are
 * asked at its TTL until enough do (node control). The alpha of the whole is split over
 * the hops, alpha_h = 1-(1-alpha)^(1/hops), and a hop's over its nodes.
 *
 * Then, where a node has several next hops, one flow is repeated: other answers mean that
 * packets, not flows, are spread. At last some flows are sent to the end, in turn: loss
 * of some of them alone is what a failed member of a bundle (LAG) looks like. */
#ifndef ERPROBE_MDA_H
#define ERPROBE_MDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MDA_FLOWS_MAX 256u
#define MDA_TTL_MAX 64u
#define MDA_NODES_MAX 512u
#define MDA_NEXT_MAX 64u      /* next hops of one node */
#define MDA_TRIES 3u          /* of a flow at one TTL, before it counts as silent */
#define MDA_LOSS_FLOWS 32u    /* flows compared in their loss (DIAGNOSIS: 16 to 32) */
#define MDA_SILENT_ADDRESS (UINT32_MAX - 1)
#define MDA_SOURCE (UINT32_MAX - 2)

enum mda_balancer { MDA_NONE = 0, MDA_UNKNOWN, MDA_PER_FLOW, MDA_PER_PACKET };
const char *mda_balancer_name(enum mda_balancer b); /* "per flow", …; NULL for MDA_NONE */

struct mda_options {
	uint16_t flows;            /* that may be used, 1 .. MDA_FLOWS_MAX; flow 0 is the trace itself */
	uint8_t max_ttl;           /* 1 .. MDA_TTL_MAX */
	double alpha;              /* chance of having missed a path, 0..1 exclusive */
	uint16_t rounds;           /* probes a flow when losses are compared; 0 = none */
};

struct mda_node {
	uint8_t ttl;               /* 0 = this host */
	uint32_t address;          /* the caller's number, MDA_SILENT_ADDRESS or MDA_SOURCE */
	bool end;                  /* the destination, or who refused: nothing is behind it */
	bool judged;               /* its next hops were looked for */
	uint16_t flows;            /* seen here */
	uint16_t asked, settled;   /* of them at the next TTL; without those in flight */
	uint16_t need;             /* n(k) */
	double missed;             /* bound on the chance that it has one more next hop of even share */
	uint8_t balancer;          /* enum mda_balancer */
	uint8_t next_count;
	uint16_t next[MDA_NEXT_MAX]; /* places in nodes[] */
};

struct mda_graph {
	const struct mda_node *nodes; /* by TTL, this host first; belongs to the mda */
	size_t count;
	uint16_t flows;            /* used */
	uint32_t probes;           /* asked for beyond the trace itself */
	uint8_t hops;              /* that alpha was split over */
	double alpha, bound;       /* asked, and reached: 1 - product of (1 - missed) */
	bool complete;             /* every node got its n(k) */
	bool full;                 /* more nodes than MDA_NODES_MAX: the rest was left out */
};

/* What became of the flows that were sent to the end. */
struct mda_loss {
	uint16_t flows;            /* compared; 0 = not done */
	uint32_t sent, answered;
	double chance;             /* of losses as unevenly spread, were all flows alike */
	uint16_t bad_count;        /* flows that lose more than their share; 0 where chance is not small */
	uint16_t bad[MDA_LOSS_FLOWS];
	uint8_t furthest[MDA_LOSS_FLOWS]; /* TTL up to which a bad one was answered; 0 = not looked at */
};

struct mda_ask { uint16_t flow; uint8_t ttl; };
enum mda_wish { MDA_NOTHING = 0, MDA_HELD, MDA_ASK };

struct mda;

/* NULL when out of memory. Free with mda_free(), safe on NULL. */
struct mda *mda_new(const struct mda_options *o);
void mda_free(struct mda *m);

/* Flow 0 has been traced. limit: the TTL of its end, or the furthest that answered. */
void mda_begin(struct mda *m, uint8_t limit);
bool mda_begun(const struct mda *m);
/* The next probe: MDA_ASK with *out filled, which counts as asked from then on; MDA_HELD
 * when there are some, but only at TTLs that ready[] (by TTL, MDA_TTL_MAX + 1) forbids. */
enum mda_wish mda_next(struct mda *m, const bool *ready, struct mda_ask *out);
/* How many calls of mda_next() have changed what the search remembers: those, with the
 * same ready[], and all that came between them, lead to the same search again. */
uint32_t mda_steps(const struct mda *m);
/* All is known that can be: nothing wanted, nothing in flight. */
bool mda_done(const struct mda *m);

/* An answer, of flow 0 also before mda_begin(). end: nothing is behind who gave it. */
void mda_seen(struct mda *m, uint16_t flow, uint8_t ttl, uint32_t address, bool end);
/* A probe stayed without answer; one did not leave. */
void mda_silent(struct mda *m, uint16_t flow, uint8_t ttl);
void mda_unsent(struct mda *m, uint16_t flow, uint8_t ttl);

/* As it stands; valid until the next call that changes m. */
struct mda_graph mda_graph(struct mda *m);
struct mda_loss mda_loss(const struct mda *m);
/* An address that this flow met at two TTLs: false when none. Those next to each other are
 * a loop (or a router that passes on what expired), others a cycle. */
bool mda_cycle(const struct mda *m, uint16_t flow, uint8_t *first, uint8_t *second);

/* Chance that n draws among k equally likely ones miss at least one. */
double mda_miss(uint16_t k, uint16_t n);
/* n(k): the smallest n for which k + 1 are missed with at most eps; at most most. */
uint16_t mda_stop(uint16_t k, double eps, uint16_t most);

#endif
