/* SPDX-License-Identifier: BSD-2-Clause */
/* Replaces addresses so that whoever sees the evidence does not learn them, and it
 * still proves the same: one address always becomes the same other one, and two that
 * share a prefix of n bits still share exactly n (as Xu, Fan, Ammar, Moon 2002: each
 * bit is flipped or not by a keyed function of the bits before it). What was one
 * network, one domain, one /30 stays one. The kinds of address stay too: private stays
 * private, multicast stays as it is. */
#ifndef ERPROBE_ANON_H
#define ERPROBE_ANON_H

#include "erprobe/addr.h"
#include "erprobe/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANON_KEPT_MAX 512
#define ANON_MACS_MAX 64

struct anon {
	uint8_t key[16];                       /* secret: who has it can take the replacement back */
	struct ip_prefix kept[ANON_KEPT_MAX];  /* these stay as they are, with all in them */
	size_t kept_count;
};

/* False when there is no room for one more. */
bool anon_keep(struct anon *a, const struct ip_prefix *p);
/* IP_NONE stays IP_NONE. */
struct ip_addr anon_addr(const struct anon *a, const struct ip_addr *addr);
struct ip_prefix anon_prefix(const struct anon *a, const struct ip_prefix *p);
/* Is this one of those that stay? */
bool anon_is_kept(const struct anon *a, const struct ip_addr *addr);
/* Group and zero link addresses stay; others become locally administered ones. */
void anon_link_addr(const struct anon *a, const uint8_t in[6], uint8_t out[6]);

/* Replaces all addresses in a captured frame of ours (Ethernet, ARP, IPv4, IPv6, ICMP
 * and what it quotes, ND, RFC 5837 objects), also names of interfaces. A checksum that
 * was right stays right, one that was wrong stays wrong. The checksums that a probe is
 * known by (ICMPv6 echo, UDP) stay the same: the compensation in the payload takes up
 * the difference. Bytes behind the packet become zero, IP options no-operations; also zero become
 * data of TCP but for what BGP may say, BFD's authentication, other protocols, extension headers, ICMP types and objects: what stays is
 * what is known, not what is not forbidden. */
void anon_frame(const struct anon *a, struct frame *f);

/* Replaces, or wipes, what a segment of BGP carries (anon_bgp.c says what stays); sums are the
 * caller's business. */
void anon_bgp(const struct anon *a, uint8_t *payload, size_t len);

#endif
