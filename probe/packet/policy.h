/* SPDX-License-Identifier: BSD-2-Clause */
/* What erprobe-packet is willing to send, whoever asks. Pure: no clock, no system
 * call; the caller brings the time. The rules, in the order they are asked:
 *
 *   1 bounds   a known kind, an opened interface, one family, TTL, size, flags
 *   2 target   in the allow list fixed at start; never multicast, broadcast or
 *              unspecified; loopback only where the list names loopback itself
 *   3 source   an address of this host: nothing is spoofed
 *   4 port     TCP and UDP leave only from ports that we hold, so never from a live
 *              session and never from 179
 *   5 session  a RST only where a SYN of ours went before
 *   6 rate     all packets; one SYN a second to a BGP port; five neighbour requests
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
#define POLICY_BGP_MAX 256           /* destinations with a BGP limit of their own */
#define POLICY_NEIGHBOURS_A_SECOND 5
#define POLICY_NO_SLOT UINT8_MAX

/* One address of this host. */
struct policy_own {
	struct ip_addr addr;
	struct ip_addr broadcast; /* of its subnet; unset for IPv6 */
	struct ip_prefix on_link; /* who is reached directly through it */
	uint8_t slot;             /* interface it sits on, or POLICY_NO_SLOT */
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
	uint8_t via_count;               /* next hops named at start */
	bool ethernet[CHANNEL_IFACES_MAX]; /* neighbour requests need a link address */
	bool mirror[CHANNEL_IFACES_MAX];   /* nothing leaves by a mirror port */
	uint16_t port_base, port_count;
	struct pace all;
	struct pace neighbours;
	struct policy_bgp bgp[POLICY_BGP_MAX];
	size_t bgp_count;
	struct halfopen *halfopen;
	uint32_t refused;                /* probes refused so far */
};

/* Sets limits and copies the allow list; rate in packets a second, 0 = no limit.
 * The caller then fills own (a malloc'd array that the policy takes over), iface_count, via_count,
 * ethernet[] and the ports. False when out of memory. Free with policy_free(). */
bool policy_init(struct policy *p, const struct ip_prefix *allow, size_t allow_count, uint32_t rate);
void policy_free(struct policy *p);

/* policy_check() will be asked about this probe soon: what it looks up is fetched from memory meanwhile. */
void policy_expect(const struct policy *p, const struct probe_spec *s);
/* SEND_OK, or the first rule that the probe breaks (SEND_REFUSED_…, also counted).
 * A probe that passes has taken its share of the rate. */
enum send_result policy_check(struct policy *p, const struct probe_spec *s, struct mono_ns now);
/* To be told of each probe that left, so that its RST is known later. */
void policy_sent(struct policy *p, const struct probe_spec *s);

#endif
