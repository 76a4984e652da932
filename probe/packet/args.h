/* SPDX-License-Identifier: BSD-2-Clause */
/* The start arguments of erprobe-packet: interface names, numbers and address literals. They are parsed before anything is
 * opened, and are the only strings that the program ever reads. A list of targets that is too long for arguments comes on
 * a file descriptor instead: a sealed file of struct ip_prefix. */
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
#define ARGS_WATCH_MAX 64u      /* peering subnets; each makes the capture filter longer */
/* The shortest prefix that may be watched. A peering's subnet is a /30 or a /126; a much shorter prefix would let whoever
 * may run this program read other people's BGP sessions. */
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
	bool mirror[CHANNEL_IFACES_MAX]; /* by interface: a mirror port. Promiscuous, captures frames of the watched subnets
	                              * alone, sends nothing */
	struct ip_prefix *allow;     /* owned; packet_args_free() */
	size_t allow_count;
	bool from_file;              /* the list came by --allow-fd */
	struct ip_prefix watch[ARGS_WATCH_MAX]; /* subnets whose BGP and BFD frames are captured too */
	size_t watch_count;
	uint32_t rate;               /* packets a second; 0 = "max" */
	uint16_t ports;              /* TCP source ports to reserve; 0 = no TCP probes */
	uint32_t snaplen;            /* bytes kept of a frame, at most FRAME_BYTES_MAX */
	enum capture_how how;        /* CAPTURE_BULK and CAPTURE_NONE also: no CHANNEL_SENT for a probe that left, its captured
	                              * frame says so */
};

/* Reads argv. False with one line in err; *out is then valid up to the bad argument, so that the caller can compare the
 * channel version first: another version explains an argument that is not known. Free with packet_args_free() in either
 * case. */
bool packet_args_parse(int argc, char *const *argv, struct packet_args *out, char *err, size_t err_size);
void packet_args_free(struct packet_args *a);

#endif
