/* SPDX-License-Identifier: BSD-2-Clause */
/* What this host's own kernel would do with a packet, and which interfaces,
 * addresses and neighbours it has (rtnetlink). */
#ifndef ERPROBE_ROUTE_H
#define ERPROBE_ROUTE_H

#include "erprobe/addr.h"
#include "probe/host/netlink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IFACE_NAME_MAX 16 /* IFNAMSIZ */

struct route_query {
	struct ip_addr dst;
	struct ip_addr src;   /* bound source, or unset */
	uint32_t oif;         /* bound interface, or 0 */
	uint8_t protocol;     /* IPPROTO_TCP or IPPROTO_ICMP(V6); 0 = not said */
	uint16_t sport, dport; /* TCP, for policy rules and multipath hashing; 0 = not said */
};

struct route {
	bool reachable;          /* the routing table has a way */
	bool local;              /* dst is an address of this host */
	bool broadcast;          /* dst is the broadcast address of a network of this host's */
	uint32_t oif;            /* kernel index of the interface; 0 unless reachable */
	bool on_link;            /* dst itself is the next hop: there is no gateway */
	struct ip_addr next_hop; /* gateway, or dst itself when on-link */
	struct ip_addr source;   /* the bound source, else the one the kernel prefers; may be unset */
	int error;               /* errno that the kernel gave as its reason; 0 = none given */
};

/* Asks for the route of one packet. False with one line in err only when the kernel
 * could not be asked; "no route" is an answer (reachable = false). */
bool route_lookup(struct netlink *n, const struct route_query *q, struct route *out, char *err, size_t err_size);

struct net_iface {
	char name[IFACE_NAME_MAX];
	uint32_t index;
	uint32_t lower;   /* interface that this one is a VLAN, macvlan, … of, in our namespace; 0 = none */
	uint32_t master;  /* bridge or bond that this one is a port of; 0 = none */
	uint32_t mtu;     /* largest IP datagram it takes; 0 = not known */
	bool up;          /* switched on */
	bool carrier;     /* and the line is there */
	bool loopback;
	bool resolves;    /* neighbours are found by ARP or ND, with our 6-byte address */
	uint8_t mac[6];
};

struct net_address { struct ip_addr address; uint32_t iface; };

/* The interfaces and addresses of a moment. */
struct net_host {
	struct net_iface *ifaces;
	size_t iface_count;
	struct net_address *addresses;
	size_t address_count;
};

/* False with one line in err; then *out is zeroed. */
bool net_host_read(struct netlink *n, struct net_host *out, char *err, size_t err_size);
void net_host_free(struct net_host *h);
/* NULL when there is none. */
const struct net_iface *net_iface_named(const struct net_host *h, const char *name);
const struct net_iface *net_iface_at(const struct net_host *h, uint32_t index);
/* The interface that holds this address; 0 = not an address of this host. */
uint32_t net_address_iface(const struct net_host *h, const struct ip_addr *a);
/* Is one of them below or above the other? Then both show the same frames. */
bool net_iface_related(const struct net_iface *a, const struct net_iface *b);

/* The address, and its interface, that an RTM_NEWADDR or RTM_DELADDR speaks of; unset where it is broken or of another family. */
struct ip_addr net_address_in(struct rd *body, uint32_t *iface);

enum neighbour_state {
	NEIGHBOUR_UNKNOWN = 0, /* the kernel has no entry */
	NEIGHBOUR_RESOLVED,    /* reachable, stale, delay, probe, permanent or noarp: a MAC is known */
	NEIGHBOUR_INCOMPLETE,  /* being asked for */
	NEIGHBOUR_FAILED       /* asked for and silent */
};
struct neighbour { enum neighbour_state state; bool has_mac; uint8_t mac[6]; };

/* The kernel's own entry for an on-link address. False with one line in err only
 * when the kernel could not be asked. */
bool neighbour_lookup(struct netlink *n, const struct ip_addr *a, uint32_t iface, struct neighbour *out, char *err,
                      size_t err_size);

#endif
