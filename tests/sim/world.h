/* SPDX-License-Identifier: BSD-2-Clause */
/* A small world to diagnose: an emulated circuit in memory, with its truth as the
 * input. Probes go in as specifications, frames come out with their times, so that
 * the real fold is exercised from decoding to verdict.
 *
 *   host - core1 - core2 - edge1 [- p1 - pe1] = msee1 - gw - t1, t2
 *                        \ edge2 [- p2 - pe2] = msee2 /
 *                        \ control
 * (in brackets: handoff l3, where pe holds the near /30 address)
 */
#ifndef ERPROBE_SIM_WORLD_H
#define ERPROBE_SIM_WORLD_H

#include "erprobe/plan.h"
#include "erprobe/probe.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

/* Nodes of one link's chain, nearest first. */
enum sim_node { NODE_CORE1, NODE_CORE2, NODE_CE, NODE_P, NODE_PE, NODE_MSEE, NODE_GW, NODE_END, NODES };

struct sim_rng { uint64_t s; };
double sim_uniform(struct sim_rng *r); /* 0 <= x < 1 */

/* A node's manners: how it answers what expires at it or asks it. */
struct sim_manners {
	double answers;       /* share of answers it gives, 1 = all */
	double per_second;    /* token bucket for ICMP errors, 0 = unlimited */
	double slow_ms;       /* extra time its control plane takes */
	double tokens; double filled_at; /* bucket state */
};

struct sim_world {
	enum handoff handoff;
	bool fam[FAMILIES];
	bool passive_secondary;              /* all target traffic prefers the primary */
	struct sim_manners manners[LINKS][NODES];
	/* State of each link's parts: */
	bool cut[LINKS][NODES];              /* the way to this node is cut (layer 2) */
	bool dead[LINKS][NODES];             /* the node itself is down */
	double loss_forward[LINKS][NODES], loss_back[LINKS][NODES]; /* on the way to this node */
	double delay_ms[LINKS][NODES];       /* one way, to this node */
	double jitter_ms[LINKS][NODES];
	bool bgp_down[LINKS];                /* edge-MSEE session: no route either way */
	bool stale_routing[LINKS];           /* the session is dead but routing does not know yet */
	bool gateway_down, gateway_withdrawn;
	bool control_behind_cut;
	/* One service that is dropped: kind and port, at a node or at one target. */
	bool acl; enum sim_node acl_at; bool acl_reject; uint8_t acl_kind; uint16_t acl_port; int acl_target;
	bool target_dead[2];
	struct az_snapshot azure;
	bool azure_unread;
	struct sim_rng rng;
};

/* A healthy world with its Azure snapshot. */
void world_init(struct sim_world *w, enum handoff handoff, bool v4, bool v6, uint64_t seed);
void world_free(struct sim_world *w);
/* Breaks it by catalogue id; false when the id or its combination is not simulated. */
bool world_fault(struct sim_world *w, const char *id, int link);
/* The plan of a prober on the host: links found by flow. Free with plan_free(). */
void world_plan(const struct sim_world *w, struct plan *p, uint64_t seed);

struct sim_answer {
	bool answered;
	double rtt_ms;
	struct ip_addr from;
	uint8_t type, code;   /* ICMP of the family; 0/129 echo reply; 255 = SYN-ACK, 254 = RST */
	bool is_error;
	uint8_t reply_ttl;
};
/* What becomes of a probe that leaves at now_s. */
void world_probe(struct sim_world *w, const struct plan *p, const struct probe_spec *spec, double now_s,
                 struct sim_answer *out);

#endif
