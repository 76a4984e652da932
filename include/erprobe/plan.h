/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan: everything that is fixed before the first probe leaves. Together
 * with the frames, the snapshot and the end event it is all that a verdict may
 * depend on, and it is saved as plan.json. */
#ifndef ERPROBE_PLAN_H
#define ERPROBE_PLAN_H

#include "erprobe/addr.h"
#include "erprobe/channel.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NAME_MAX_LEN 128     /* circuit, target and interface names, with NUL */
#define RESOURCE_ID_MAX 512  /* ARM allows long ids; longer ones are a configuration error */
#define UUID_TEXT_MAX 37
#define KEY_FILE_MAX 512    /* of a file that the configuration names, with NUL */
#define TARGET_PORTS_MAX 8
#define RUN_KEY_BYTES 16

enum domain { DOMAIN_NONE = 0, DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_AZURE, DOMAINS };
/* "corporate", "wan", "azure"; NULL for DOMAIN_NONE. */
const char *domain_name(enum domain d);

enum link_id { LINK_PRIMARY = 0, LINK_SECONDARY = 1, LINKS = 2, LINK_ANY = 2, LINK_BOTH = 3, LINK_NULL = 4 };
/* "primary", "secondary", "both"; NULL otherwise. */
const char *link_name(enum link_id l);

/* Who holds the near /30 address: the customer's edge (l2, direct: no provider) or the provider's (l3). */
enum handoff { HANDOFF_L2 = 0, HANDOFF_L3, HANDOFF_DIRECT };
const char *handoff_name(enum handoff h);
/* What stands between the edge and Microsoft's port with HANDOFF_DIRECT, for people. */
#define DIRECT_WAN "cross-connect"

enum peering_type { PEERING_PRIVATE = 0, PEERING_MICROSOFT };
const char *peering_name(enum peering_type p); /* "AzurePrivatePeering", … */

#define PLAN_MTU_MAX 1500 /* ExpressRoute carries no larger datagram */

struct plan_link {
	bool configured;                     /* named in the file or derived from Azure's prefixes */
	struct ip_addr ce[FAMILIES];         /* near address of the /30 (E); may be unset */
	struct ip_addr msee[FAMILIES];       /* far address (M) */
	struct ip_addr source[FAMILIES];     /* bind to this source, or unset */
	char interface[NAME_MAX_LEN];        /* bind to this interface, or "" */
	char watch_interface[NAME_MAX_LEN];  /* where a mirror of its segment comes in: its sessions are read there alone; or "" */
	bool on_edge[FAMILIES];              /* we hold the ce address ourselves: E is this host */
	bool derived;                        /* addresses come from Azure's peering, not from the file */
	int64_t asn;                         /* the edge's own AS as configured, or -1 */
	int32_t vlan;                        /* likewise, or -1 */
	char tcp_md5_key_file[KEY_FILE_MAX]; /* key of the BGP session (RFC 2385), or ""; never in evidence */
	int32_t mtu;                         /* largest IP datagram that it should carry whole, in bytes; 0 = not tested */
};

struct plan_domain { struct ip_prefix prefix; enum domain domain; };

/* A target behind the circuit, or a control that does not cross it. One address each. */
struct plan_target {
	char name[NAME_MAX_LEN];
	struct ip_addr address;
	uint16_t tcp[TARGET_PORTS_MAX];
	uint8_t tcp_count;
	bool control;
};

struct baseline; /* erprobe/baseline.h */

struct plan_circuit {
	char name[NAME_MAX_LEN];
	char resource_id[RESOURCE_ID_MAX];
	char gateway_id[RESOURCE_ID_MAX];    /* "" when not configured */
	enum peering_type peering;
	enum handoff handoff;
	struct plan_link links[LINKS];
	struct plan_domain *domains;         /* owned by the plan */
	size_t domain_count;
	struct plan_target *targets;         /* targets first, then controls; owned by the plan */
	size_t target_count;
	struct baseline *baseline;           /* what is normal, as known before the run; owned by the plan; NULL = nothing */
};

struct plan_iface {
	char name[NAME_MAX_LEN];
	uint32_t index;                      /* kernel interface index */
	uint8_t link_addr[6];
	uint16_t mtu;                        /* largest IP datagram that it takes, in bytes; 0 = not known */
	bool mirror;                         /* listened to, promiscuous, for the watched peerings' frames alone; nothing is sent */
};

/* What a flow is sent to find out. */
enum flow_role {
	FLOW_EDGE,     /* the near /30 address of its link */
	FLOW_MSEE,     /* the far one */
	FLOW_BGP_MSEE, /* TCP 179 there */
	FLOW_BGP_SIGNED, /* likewise, each segment signed with the session's key */
	FLOW_TARGET,
	FLOW_CONTROL,
	FLOW_NEIGHBOUR, /* ARP or ND for an on-link address (M on the edge, else our first hop) */
	FLOW_TRACE,     /* no circuit: erprobe trace */
	FLOW_ROLES
};
const char *flow_role_name(enum flow_role r);

/* One flow: all its packets share what load balancers hash on, so they take one
 * path. Fixed in the plan; a probe is a (flow, TTL, index) triple. */
struct plan_flow {
	uint16_t id;          /* its place in plan.flows[] */
	uint8_t circuit;      /* place in plan.circuits[] */
	uint8_t link;         /* enum link_id: bound to it, LINK_ANY where the path decides */
	uint8_t role;         /* enum flow_role */
	uint8_t kind;         /* enum probe_kind */
	uint8_t iface;        /* slot in plan.ifaces[] that our own routing chose */
	uint16_t target;      /* place in circuit.targets[] for FLOW_TARGET, FLOW_CONTROL */
	struct ip_addr src;
	struct ip_addr dst;
	struct ip_addr next_hop; /* on-link address that the packets go to first */
	uint16_t src_port;    /* TCP source port or ICMP echo identifier */
	uint16_t dst_port;    /* TCP destination port; 0 for ICMP */
	uint16_t icmp_sum;    /* constant ICMP checksum of the flow */
	uint32_t flow_label;  /* constant IPv6 flow label */
	bool no_route;        /* our own routing table has no way to dst: nothing will leave */
};

struct plan_limits {
	uint32_t budget;      /* most probes in the run */
	double rate;          /* packets a second over all interfaces */
	double hop_rate;      /* answers a second asked of one hop */
	double deadline_s;    /* whole command */
	double azure_deadline_s;
	double confidence;    /* asked of a verdict, 0..1 */
};

#define PLAN_STALL_US 1000000 /* worth telling of: stamps stay true, paces suffer */

/* State of the host's clock at start (adjtimex), and what became of it in the run. */
struct plan_clock {
	bool synchronized;
	int64_t max_error_us; /* -1 = unknown */
	char source[32];      /* "adjtimex" */
	uint32_t steps;       /* of the wall clock while the run went on; taken out of every time of it */
	int64_t stepped_us;   /* their sum, positive: forwards */
	int64_t stall_us;     /* for how long the program once did not get to run; 0 = less than PLAN_STALL_US */
};

/* Does it ask a BGP port, whose SYNs keep a turn among all runs of this host? */
static inline bool plan_asks_bgp_port(const struct plan_flow *f)
{
	return f->role == FLOW_BGP_MSEE || f->role == FLOW_BGP_SIGNED;
}

struct plan {
	char run_id[UUID_TEXT_MAX];          /* UUIDv7 */
	char tool[NAME_MAX_LEN];             /* "erprobe 0.1.0" */
	char host[NAME_MAX_LEN];
	uint8_t key[RUN_KEY_BYTES];          /* identity of this run's probes; worthless afterwards */
	struct wall_ns started_at;
	struct plan_clock clock;
	struct plan_limits limits;
	struct plan_iface ifaces[CHANNEL_IFACES_MAX];
	size_t iface_count;
	struct plan_circuit *circuits;
	size_t circuit_count;
	struct plan_flow *flows;
	size_t flow_count;
	bool azure_asked;                    /* false with auth: none */
	bool watch;                          /* frames of the peerings' own sessions are kept and read (erprobe/watched.h) */
};

/* Frees all that the plan owns, not the struct itself; safe on a zeroed plan. */
void plan_free(struct plan *p);
/* Deep copy of one circuit, its baseline with it. False when out of memory: *to then owns what was copied, NULL for the rest. */
bool plan_circuit_copy(struct plan_circuit *to, const struct plan_circuit *from);
/* Deep copy; false when out of memory (then *to is zeroed). */
bool plan_copy(struct plan *to, const struct plan *from);
/* Domain of an address by the longest configured prefix and the links' /30s, as
 * FAULTS.md draws the borders; DOMAIN_NONE when nothing says. */
enum domain plan_domain_of(const struct plan_circuit *c, const struct ip_addr *a);

#endif
