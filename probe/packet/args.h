/* SPDX-License-Identifier: BSD-2-Clause */
/* The start arguments of erprobe-packet: interface names, numbers and address
 * literals, all fixed before anything is opened. After them no string is read. A long
 * list of targets is a sealed file of struct ip_prefix on a descriptor. */
#ifndef ERPROBE_PACKET_ARGS_H
#define ERPROBE_PACKET_ARGS_H

#include "erprobe/addr.h"
#include "erprobe/channel.h"
#include "probe/packet/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGS_IFACE_MAX 16       /* IFNAMSIZ, with the NUL */
#define ARGS_ALLOW_MAX 65536
#define ARGS_RATE_MAX 1000000u  /* packets a second; beyond it say "max" */
#define ARGS_PORTS_MAX 512u     /* each holds a descriptor while the helper runs */
#define ARGS_WATCH_MAX 64u      /* peerings' subnets: the capture filter names each */
/* A peering's subnet is a /30 or a /126. Whoever may run this program sees nobody else's
 * sessions by asking for half of all addresses. */
#define ARGS_WATCH_LEN_MIN4 24
#define ARGS_WATCH_LEN_MIN6 64
#define ARGS_SNAPLEN_MIN 96u    /* Ethernet, two tags, IPv6 and a whole TCP header */

struct packet_args {
	bool help, version;          /* print and end; nothing else was looked at */
	uint32_t channel_version;    /* 0 = not given */
	const char *ifaces[CHANNEL_IFACES_MAX]; /* point into argv */
	size_t iface_count;
	struct { struct ip_addr addr; uint8_t iface; } vias[CHANNEL_VIAS_MAX]; /* next hops, each on the interface named last before it */
	size_t via_count;
	bool mirror[CHANNEL_IFACES_MAX]; /* of ifaces: promiscuous, for the watched subnets' frames alone; sends nothing */
	struct ip_prefix *allow;     /* owned; packet_args_free() */
	size_t allow_count;
	bool from_file;              /* the list came by --allow-fd */
	struct ip_prefix watch[ARGS_WATCH_MAX]; /* subnets whose BGP and BFD frames are captured too */
	size_t watch_count;
	uint32_t rate;               /* packets a second; 0 = "max" */
	uint16_t ports;              /* TCP source ports to reserve; 0 = no TCP probes */
	uint32_t snaplen;            /* bytes kept of a frame, at most FRAME_BYTES_MAX */
	enum capture_how how;        /* in bulk, and without one, also no answer to probes that left */
};

/* Reads argv. False with one line in err; out is then still valid up to the bad
 * argument, so that the channel version before it can be compared first. Free with
 * packet_args_free() in either case. */
bool packet_args_parse(int argc, char *const *argv, struct packet_args *out, char *err, size_t err_size);
void packet_args_free(struct packet_args *a);

#endif
