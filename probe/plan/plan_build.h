/* SPDX-License-Identifier: BSD-2-Clause */
/* From the configuration to the plan: identity of the run, links, interfaces, flows.
 *
 *   plan_build()         everything but the TCP source ports
 *   plan_port_need()     how many of those the packet helper must reserve
 *   plan_allow_list()    where it may send to
 *   plan_assign_ports()  once it says which ports it reserved; completes the flows
 */
#ifndef ERPROBE_PLAN_BUILD_H
#define ERPROBE_PLAN_BUILD_H

#include "erprobe/plan.h"
#include "erprobe/snapshot.h"
#include "probe/config/config.h"
#include "probe/host/route.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_FLOWS_MAX 8192 /* two thousand targets with one port each; a flow's number has 16 bits */
#define PLAN_PORTS_MAX 128  /* TCP source ports that the helper is asked for, at most */

/* What the plan asks about this host: the real one, or a made-up one in tests. */
struct net_view {
	bool (*route)(void *context, const struct route_query *q, struct route *out, char *err, size_t err_size);
	void *context;
	const struct net_host *host;
};

struct plan_build_options {
	struct plan_limits limits;
	const char *tool;                            /* "erprobe 0.1.0" */
	const struct az_snapshot *const *snapshots;  /* one a circuit, each may be NULL; or NULL: nothing known yet */
	bool every_interface;                        /* capture on other interfaces with an address too */
	bool watch;                                  /* listen to the peerings' own sessions too */
	const char *watch_interface;                 /* on this mirror port, of links that name none; or NULL */
	const struct net_view *net;                  /* NULL = this host */
};

/* This host, by its kernel; both as long as the view. */
struct net_view net_view_of(struct netlink *kernel, const struct net_host *host);
/* Builds the plan. False with one line in err when the configuration does not fit
 * this host (an interface or source that does not exist, a target that is this host
 * itself, nothing to test, too many flows or interfaces); then *out is zeroed. A
 * missing route, an interface that is down are no errors: those flows have no_route.
 * A plan without any interface (iface_count 0) can send nothing. Free with plan_free(). */
bool plan_build(const struct config *c, const struct plan_build_options *o, struct plan *out, char *err, size_t err_size);

/* Has this circuit, as configured, an MSEE address to test? If not, its links have
 * to be derived from Azure's answer before plan_build. */
bool plan_circuit_has_links(const struct plan_circuit *c);
/* Fills in the links' addresses that the file leaves open from the peering's prefixes:
 * first usable address ours (ce), second one Azure's (msee). True when it filled any. */
bool plan_derive_links(struct plan_circuit *c, const struct az_peering *p);

/* TCP source ports needed: flows with another destination or port share them. */
size_t plan_port_need(const struct plan *p);
/* Gives the TCP flows ports from base on, and completes all flows (identity_flow).
 * False when count is less than the need. */
bool plan_assign_ports(struct plan *p, uint16_t base, uint16_t count);
/* The destinations of all flows, each once, sorted. The caller frees *out; false when
 * out of memory. */
bool plan_allow_list(const struct plan *p, struct ip_prefix **out, size_t *count);
/* The subnet of each link that is watched, each once: the longest prefix that holds both
 * its addresses. False with one line in err where there are more than max, or where the two
 * addresses of a link are no neighbours (the helper takes no shorter prefix either). */
enum { WATCH_LEN_MIN4 = 24, WATCH_LEN_MIN6 = 64 };
bool plan_watch_list(const struct plan *p, struct ip_prefix *out, size_t max, size_t *count, char *err, size_t err_size);

#endif
