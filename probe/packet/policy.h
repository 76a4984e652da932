/* SPDX-License-Identifier: BSD-2-Clause */
/* What erprobe-packet is willing to send, whoever asks. Pure: it reads no clock and makes no system call; the caller
 * passes the time. The rules, in the order in which they are checked:
 *
 *   1 bounds   the kind is known, the interface is open, both addresses are of one family; TTL, size and flags are valid
 *   2 target   it is in the allow list that was fixed at start; never multicast, broadcast or the unspecified address;
 *              loopback only where the list names loopback itself
 *   3 source   it is an address of this host: nothing is spoofed
 *   4 port     TCP and UDP leave only from ports that this program has reserved, so never from a live connection's port
 *              and never from 179
 *   5 session  a RST is sent only where a SYN of ours was sent before
 *   6 rate     of all packets together; besides, one SYN a second to the BGP port of an address, and five neighbour
 *              requests a second; nothing leaves after its turn among other runs
 */
#ifndef ERPROBE_PACKET_POLICY_H
#define ERPROBE_PACKET_POLICY_H

#include "erprobe/channel.h"
#include "erprobe/clock.h"
#include "erprobe/probe.h"
#include "probe/packet/allow.h"
#include "probe/packet/halfopen.h"
#include "probe/packet/pace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POLICY_BGP_PORT 179
#define POLICY_BGP_MAX 256           /* destinations whose BGP port may be asked; each has a limit of its own */
#define POLICY_NEIGHBOURS_A_SECOND 5
#define POLICY_NO_SLOT UINT8_MAX

/* One address of this host. */
struct policy_own {
	struct ip_addr addr;
	struct ip_addr broadcast; /* of its subnet; unset for IPv6 */
	struct ip_prefix on_link; /* its subnet: addresses there are reached without a gateway */
	uint8_t slot;             /* place of its interface among the opened ones, or POLICY_NO_SLOT */
};

struct policy_bgp {
	struct ip_addr dst;
	struct pace pace;
};

struct policy {
	struct allow allow;
	struct policy_own *own;          /* owned by the policy */
	size_t own_count;
	uint8_t iface_count;
	uint8_t via_count;               /* next hops that were named at start (links.h) */
	bool ethernet[CHANNEL_IFACES_MAX]; /* by interface: it has an Ethernet address, which a neighbour request needs */
	bool mirror[CHANNEL_IFACES_MAX];   /* by interface: a mirror port, on which nothing is sent */
	uint16_t port_base, port_count;
	struct pace all;
	struct pace neighbours;
	struct policy_bgp bgp[POLICY_BGP_MAX];
	size_t bgp_count;
	struct halfopen *halfopen;
	uint32_t refused;                /* probes refused so far */
};

/* Sets the limits and copies the allow list; rate is in packets a second, 0 = no limit. The caller then fills in own (a
 * malloc'd array that belongs to the policy from then on), iface_count, via_count, ethernet[], mirror[] and the ports.
 * False when out of memory. Free with policy_free(). */
bool policy_init(struct policy *p, const struct ip_prefix *allow, size_t allow_count, uint32_t rate);
void policy_free(struct policy *p);

/* Prefetches what policy_check() will read for this probe, so that cache misses overlap with other work. */
void policy_expect(const struct policy *p, const struct probe_spec *s);
/* May this probe be sent at `now`? SEND_OK, or the first rule that it breaks (SEND_REFUSED_…), which p->refused counts. A
 * probe that passes has been charged to the rate limits. */
enum send_result policy_check(struct policy *p, const struct probe_spec *s, struct mono_ns now);
/* Must be called for each probe that was sent: a later RST is allowed only after its SYN. */
void policy_sent(struct policy *p, const struct probe_spec *s);

#endif
