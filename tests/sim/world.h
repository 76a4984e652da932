/* SPDX-License-Identifier: BSD-2-Clause */
/* A small world to diagnose: an emulated circuit in memory, with its truth as the
 * input. Probes go in as specifications, frames come out with their times, so that
 * the real fold is exercised from decoding to verdict.
 *
 *   host - core1 - core2 - edge1 [- p1 - pe1] = msee1 - gw - t1, t2
 *                        \ edge2 [- p2 - pe2] = msee2 /
 *                        \ control
 * (in brackets: handoff l3, where pe holds the near /30 address). With on_edge the
 * host is edge1 and edge2 itself, and its first hop is an MSEE.
 *
 *   world.c  the healthy world and what Azure says of it
 *   direct.c ports of ExpressRoute Direct
 *   fault.c  breaks it
 *   walk.c   what becomes of a probe
 *   plan.c   the plan of a prober in it */
#ifndef ERPROBE_SIM_WORLD_H
#define ERPROBE_SIM_WORLD_H

#include "erprobe/plan.h"
#include "erprobe/probe.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stdint.h>

/* Nodes of one link's chain, nearest first. */
enum sim_node { NODE_CORE1, NODE_CORE2, NODE_CE, NODE_P, NODE_PE, NODE_MSEE, NODE_GW, NODE_END, NODES };

#define SIM_TARGETS 2
#define SIM_FILTERS 2
#define SIM_EDGE_AS 65010
#define SIM_GATEWAY_AS 65515
#define SIM_EDGE_PATH "65010 I"    /* of a route of ours at an MSEE */
#define SIM_GATEWAY_PATH "65515 I" /* of one of the virtual networks */
#define SIM_VLAN 300
#define SIM_SAMPLED "2026-09-21T14:11:00Z" /* a moment before the run */

struct sim_rng { uint64_t s; };
double sim_uniform(struct sim_rng *r); /* 0 <= x < 1 */
double sim_between(struct sim_rng *r, double low, double high);

/* Loss on one wire in one direction. burst_s = 0: each packet for itself. Else
 * Gilbert-Elliott in continuous time: a bad state in which everything is lost lasts
 * burst_s on average and takes `share` of all time. */
struct sim_loss { double share, burst_s; bool bad; double at_s; };

/* A node's manners: how it answers what expires at it or asks it. */
struct sim_manners {
	double answers;       /* share of ICMP errors it gives, 1 = all */
	double per_second;    /* token bucket for ICMP errors, 0 = unlimited */
	double slow_ms;       /* extra time its control plane takes for any answer of its own */
	double slow_spread_ms; /* and a random time on top, mean */
	bool mute_ping, mute_tcp; /* answers no echo request, no SYN */
	double tokens, filled_at; /* bucket state */
};

/* One service that is dropped or refused. */
struct sim_filter {
	enum sim_node at;     /* by this node, behind its own TTL check; NODE_END: by the target */
	bool before;          /* already on the way to it */
	int link;             /* on this link alone, -1 = both */
	uint8_t kind;         /* enum probe_kind */
	uint16_t port;        /* 0 = any */
	int target;           /* -1 = any */
	bool refuses;         /* ICMP administratively prohibited (RFC 1812 5.2.7.1); the target resets */
};

enum sim_return { RETURN_BY_FLOW, RETURN_SAME, RETURN_PRIMARY, RETURN_SECONDARY };

#define SIM_COUNTED 8

struct sim_world {
	enum handoff handoff;
	bool direct;                         /* ExpressRoute Direct: the wires are those of HANDOFF_L2, which it is with */
	bool fam[FAMILIES];
	/* the prober's place and plan */
	bool on_edge;
	int link_count;                      /* 1: the circuit has a primary link alone */
	int target_count;                    /* 0..SIM_TARGETS */
	bool no_controls, asn_configured, microsoft; /* the last: Microsoft peering */
	int vlan_configured[LINKS];          /* 0 = not */
	/* ways */
	bool passive_secondary;              /* all target traffic prefers the primary */
	enum sim_return back;                /* how answers from behind the MSEEs choose their link */
	bool partial[LINKS][NODES], partial_back[LINKS][NODES]; /* one of two equal wires to this node is dead, for what goes there or comes back */
	bool rerouted[LINKS];                /* the provider's hop is another router than before, and one more stands on the way back */
	bool hidden[LINKS][NODES];           /* decrements no TTL (MPLS without TTL propagation) */
	int members[NODES];                  /* equal routers that share this place, 0 and 1 = one */
	struct sim_manners manners[LINKS][NODES];
	double benign;                       /* loss of every wire, by itself no fault */
	/* State of each link's parts: */
	bool cut[LINKS][NODES];              /* the way to this node is cut (layer 2) */
	bool dead[LINKS][NODES];             /* the node itself is down */
	uint16_t made[SIM_COUNTED];          /* answers that each target made */
	struct sim_loss loss_forward[LINKS][NODES], loss_back[LINKS][NODES]; /* on the way to this node */
	double delay_ms[LINKS][NODES];       /* one way, to this node */
	double delay_back_ms[LINKS][NODES];  /* more than that on the way back */
	double jitter_ms[LINKS][NODES];
	int size_limit[LINKS][NODES];        /* bytes that the wire to this node takes, 0 = all */
	bool size_told[LINKS][NODES];        /* the node before it says so */
	bool size_back_alone;                /* only on the way back */
	bool bgp_down[LINKS];                /* edge-MSEE session: no route either way */
	bool drained[LINKS];                 /* longer paths: nothing with a choice takes it, either way */
	bool unadvertised[LINKS];            /* the session stands, but Azure has no way back over it */
	bool unforwarded[LINKS][FAMILIES];   /* the customer's edge forwards nothing of this family over its link, either way */
	bool drops_first;                    /* and it does so before it looks at the TTL, as a host does */
	bool stale_routing[LINKS];           /* the session is dead but routing does not know yet */
	bool gateway_down, gateway_withdrawn;
	bool unannounced;                    /* withdrawn by not being announced: the gateway itself lives */
	double flap_s[LINKS];                /* the wire to the MSEE: up so long, then down as long, for ever; 0 = stands */
	bool session_flaps[LINKS];           /* it is the session that does, and routing knows at once */
	bool way_back_lost;                  /* what comes from the virtual networks dies before it reaches us */
	struct sim_filter filters[SIM_FILTERS];
	int filter_count;
	unsigned filtered;                   /* probes that a target would have answered and that met one */
	unsigned unfiltered;                 /* probes of the same service that came to a target */
	bool no_route_at_edge;               /* who says that there is no route: the edge, else core2 */
	bool target_dead[SIM_TARGETS], target_mute_ping[SIM_TARGETS];
	/* Azure's side */
	struct az_snapshot azure;
	bool azure_unread;
	bool azure_stale;                    /* faults that break the world from now on change nothing here */
	double azure_age_s;                  /* how old the snapshot says it is */
	double azure_tables_s;               /* what Azure has to read from its routers comes so long after the start, the rest at once; 0 = all together */
	/* It breaks in the middle of the run: until then the world is another one; NULL = it is broken from the start. Azure is
	 * read before, and tells of what broke only where it is asked once more. */
	struct sim_world *before;            /* borrowed */
	double breaks_s;
	/* our own side */
	double capture_loss;                 /* share of frames that our capture loses, and says so */
	struct sim_rng rng;
};

/* A healthy world with its Azure snapshot. */
void world_init(struct sim_world *w, enum handoff handoff, bool v4, bool v6, uint64_t seed);
void world_free(struct sim_world *w);
/* Makes a healthy world with HANDOFF_L2 one of ExpressRoute Direct. */
void world_direct(struct sim_world *w);
/* The plan of a prober on the host: links found by flow, on the edge bound to them.
 * Free with plan_free(). */
void world_plan(const struct sim_world *w, struct plan *p, uint64_t seed);

/* How much of a fault: zero fields mean the fault's usual size. */
struct sim_size {
	double loss;          /* share */
	double burst_s;
	bool back;            /* loss or delay in the return direction alone */
	double ms;            /* added delay or mean jitter */
	int bytes;            /* largest datagram that still passes */
	int variant;          /* a fault's own kinds: which hop, silent or refusing, … */
};
/* Breaks it by catalogue id; false when the id or its combination is not simulated. */
bool world_fault(struct sim_world *w, const char *id, int link, const struct sim_size *size);
/* What Azure says wrongly although nothing is wrong, or that a fault is not there.
 * quirk: odd but seen on healthy circuits; else a plain untruth. */
void world_azure_odd(struct sim_world *w, bool quirk, struct sim_rng *r);
/* Leaves some parts of the snapshot unread. */
void world_azure_partly(struct sim_world *w, double share, struct sim_rng *r);

struct sim_answer {
	bool left;            /* the probe left this host */
	bool no_route;        /* it did not: our own routing knows no way */
	bool answered;
	double rtt_ms;
	struct ip_addr from;
	uint8_t type, code;   /* ICMP of the family; 0/129 echo reply; SIM_SYN_ACK, SIM_RST, SIM_NEIGHBOUR */
	bool is_error;
	uint8_t reply_ttl;
	uint16_t id;          /* IPv4 id of a target's answer */
	uint32_t mtu;         /* that a too-big error names */
	int link;             /* link that the probe took */
};
#define SIM_NEIGHBOUR 253
#define SIM_RST 254
#define SIM_SYN_ACK 255

/* What becomes of a probe that leaves at now_s. */
void world_probe(struct sim_world *w, const struct plan *p, const struct probe_spec *spec, double now_s,
                 struct sim_answer *out);

/* Shared by the files above. What Azure says of Microsoft's port of a link: shut by its owner; receiving less light than is
 * called healthy, and living; cut from what is at its other end; in a dead MSEE. Nothing where Azure has not noticed, and
 * but for the first nothing without ExpressRoute Direct. */
void direct_shut(struct sim_world *w, int l);
void direct_weak(struct sim_world *w, int l);
void direct_cut(struct sim_world *w, int l);
void direct_msee_dead(struct sim_world *w, int l);
struct ip_addr sim_addr(const char *text);
extern const char *const sim_ce[LINKS][FAMILIES], *const sim_msee[LINKS][FAMILIES];
void sim_text(struct az_text *t, const char *value);
void sim_event(struct az_events *list, const char *kind);
void sim_traffic(struct sim_world *w, const char *in, const char *out); /* bits a second over the circuit, into and out of Azure */

#endif
