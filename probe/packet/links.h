/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probes leave straight by their interface, to the link address of their next hop, and which by the host's own IP stack.
 *
 * By the link a datagram costs half: no route is looked up, no packet filter asked. So it is for whom that is no way around
 * the host's own rules: who asks has the right to raw sockets himself. erprobe asks for it where the stack has let a probe of the
 * same flow through before; it names the next hop, never a link address: that is the kernel's own entry, read again
 * every tenth of a second. Whatever is in doubt goes by the stack, as does one probe now and then, so that the
 * kernel goes on confirming the entry. */
#ifndef ERPROBE_PACKET_LINKS_H
#define ERPROBE_PACKET_LINKS_H

#include "erprobe/channel.h"
#include "erprobe/clock.h"
#include "erprobe/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINKS_READ_NS (100 * NS_PER_MS)  /* an entry is no older */
#define LINKS_FIND_NS (5 * NS_PER_MS)    /* how soon one that is not there is looked for again */
#define LINKS_STACK_NS (50 * NS_PER_MS)  /* so often one goes by the stack */
#define LINKS_BYTES_MAX 576              /* larger datagrams are the stack's: every IPv4 link takes this (RFC 791, 3.2) */

struct link_via {
	struct ip_addr addr;      /* of the next hop */
	uint8_t iface;            /* its slot */
	uint32_t index;           /* and the kernel's number */
	bool known;               /* mac is the kernel's entry as last read */
	uint8_t mac[6];
	struct mono_ns stack_at;  /* when one last went by the stack */
};

struct links {
	struct link_via list[CHANNEL_VIAS_MAX]; /* as the start arguments name them */
	size_t count;
	bool allowed;             /* else all go by the stack */
	int kernel;               /* route netlink socket; not owned */
	struct mono_ns read_at;
	uint32_t number;          /* of the last question */
	uint32_t changed;         /* times that an entry was another one than before, or gone */
	uint32_t sent;            /* probes that left by a link */
};

/* Reads the entries again where it is time. */
void links_look(struct links *l, struct mono_ns now);
/* What was read of one entry; mac NULL: there is none. */
void links_take(struct link_via *v, const uint8_t mac[6], uint32_t *changed);
/* The link address that this probe, a datagram of len bytes, is to go to; NULL: by the stack. Pure but for when one last
 * went there. */
const uint8_t *links_way(struct links *l, const struct probe_spec *s, size_t len, struct mono_ns now);

#endif
