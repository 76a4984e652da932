/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides which probes leave straight by their interface, as a frame to the link address of their next hop, and which go
 * through the host's IP stack.
 *
 * A datagram that goes straight costs half the CPU time, because no route is looked up and no packet filter is asked. It must not
 * become a way around the host's rules. So it is open only to a caller who has the right to raw sockets himself, and
 * erprobe asks for it only after the stack has let a probe of the same flow through. erprobe names the next hop, never a
 * link address: the address is that of the kernel's neighbour entry, which is read again every tenth of a second. Where
 * anything is in doubt, probes go through the stack. One probe now and then always does, so that the kernel keeps
 * confirming the neighbour entry. */
#ifndef ERPROBE_PACKET_LINKS_H
#define ERPROBE_PACKET_LINKS_H

#include "erprobe/channel.h"
#include "erprobe/clock.h"
#include "erprobe/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINKS_READ_NS (100 * NS_PER_MS)  /* neighbour entries are read again after this time */
#define LINKS_FIND_NS (5 * NS_PER_MS)    /* the same of one that is missing, at first */
#define LINKS_LOST_NS NS_PER_SEC         /* each time twice as long, up to this */
#define LINKS_STACK_NS (50 * NS_PER_MS)  /* one probe in this time goes through the stack */
#define LINKS_BYTES_MAX 576              /* larger datagrams go through the stack; every IPv4 link carries this (RFC 791, 3.2) */

struct link_via {
	struct ip_addr addr;      /* of the next hop */
	uint8_t iface;            /* place of its interface among the opened ones */
	uint32_t index;           /* the kernel's number of that interface */
	bool known;               /* mac holds the kernel's neighbour entry, as last read */
	uint8_t mac[6];
	struct mono_ns stack_at;  /* when a probe last went through the stack */
	struct mono_ns read_at;   /* when the entry was last read; 0 = never */
	int64_t wait_ns;          /* from then until it is read again */
};

struct links {
	struct link_via list[CHANNEL_VIAS_MAX]; /* as the start arguments name them */
	size_t count;
	bool allowed;             /* false: all probes go through the stack */
	int kernel;               /* route netlink socket; not owned */
	uint32_t number;          /* sequence number of the last netlink request */
	uint32_t changed;         /* how often an entry had changed or vanished when it was read again */
	uint32_t sent;            /* probes that went straight to a link address */
};

/* Reads again the neighbour entries that are due. */
void links_look(struct links *l, struct mono_ns now);
/* Notes what was read of one entry, and with it when to read it again; mac NULL: the kernel has none. */
void links_take(struct link_via *v, const uint8_t mac[6], uint32_t *changed);
/* The link address that this probe, a datagram of len bytes, goes straight to; NULL: it goes through the stack. Changes nothing
 * but the note of when a probe last went through the stack. */
const uint8_t *links_way(struct links *l, const struct probe_spec *s, size_t len, struct mono_ns now);

#endif
