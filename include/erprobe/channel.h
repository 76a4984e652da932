/* SPDX-License-Identifier: BSD-2-Clause */
/* The packet channel: records between erprobe and erprobe-packet over a
 * SOCK_SEQPACKET pair. A message is 1 to CHANNEL_BATCH whole records back to back, each
 * kind of one fixed size, a FRAME as long as its frame (channel_frame_size()); anything else
 * in it, or another version, ends its receiver.
 * Host byte order and layout: both ends are built together and check CHANNEL_VERSION
 * first.
 *
 *   erprobe                        erprobe-packet
 *      |  (argv: interfaces, allowed targets, ports, rate;   |
 *      |   many targets come in a sealed file, ALLOW_FD)     |
 *      |                      opens, locks, drops, sandboxes |
 *      | <------------- READY, or START_FAILED --------------|
 *      |---- PROBE ----> policy, craft, send                 |
 *      | <--------------------- SENT (result) ---------------|  in bulk only if it did not leave
 *      | <--------------------- FRAME (each captured frame) -|
 *      |---- COUNT ----> COUNTERS                            |
 *      |---- STOP -----> drains the capture, COUNTERS, BYE   |
 */
#ifndef ERPROBE_CHANNEL_H
#define ERPROBE_CHANNEL_H

#include "erprobe/frame.h"
#include "erprobe/probe.h"

#include <stddef.h>
#include <stdint.h>

#define CHANNEL_MAGIC 0x45525043u /* "ERPC" */
#define CHANNEL_VERSION 6u
/* The descriptor that the helper finds its end of the pair on. */
#define CHANNEL_FD 3
/* Where it finds the sealed list of allowed targets, if there is one: struct ip_prefix
 * after struct ip_prefix. */
#define CHANNEL_ALLOW_FD 4
#define CHANNEL_BATCH 64 /* records in one message */
#define CHANNEL_IFACES_MAX 8
#define CHANNEL_VIAS_MAX 16 /* next hops that the helper is told at its start */
#define CHANNEL_TEXT_MAX 200

enum channel_kind {
	CHANNEL_PROBE = 1,
	CHANNEL_COUNT,
	CHANNEL_STOP,
	CHANNEL_READY = 64,
	CHANNEL_START_FAILED,
	CHANNEL_SENT,
	CHANNEL_FRAME,
	CHANNEL_COUNTERS,
	CHANNEL_BYE
};

struct channel_head {
	uint32_t magic;
	uint16_t version;
	uint16_t kind; /* enum channel_kind */
};

struct channel_probe { struct channel_head head; struct probe_spec spec; };
struct channel_plain { struct channel_head head; }; /* COUNT, STOP, BYE */

struct channel_ready {
	struct channel_head head;
	uint32_t ifaces;                       /* opened, in the order of the arguments */
	uint8_t link_addr[CHANNEL_IFACES_MAX][6]; /* own MAC; zeros where there is none */
	uint16_t port_base;                    /* TCP source ports reserved: base .. base+count-1 */
	uint16_t port_count;
	uint32_t links;                        /* 1: probes may leave by a link; 0: none is named, or who asks has no right to it */
};

struct channel_start_failed {
	struct channel_head head;
	char text[CHANNEL_TEXT_MAX]; /* one printable line, NUL-terminated */
};

/* Why a probe did not leave. */
enum send_result {
	SEND_OK = 0,
	SEND_NO_ROUTE,        /* ENETUNREACH, EHOSTUNREACH from our own host */
	SEND_LINK_DOWN,       /* ENETDOWN, ENODEV */
	SEND_NO_BUFFER,       /* ENOBUFS, EAGAIN: the host is overloaded */
	SEND_BLOCKED,         /* EPERM, EACCES: a local packet filter refused it */
	SEND_TOO_BIG,         /* EMSGSIZE */
	SEND_OTHER_ERROR,
	SEND_REFUSED_TARGET,  /* policy: destination not allowed at start */
	SEND_REFUSED_SOURCE,  /* policy: not an address of this host (spoofed) */
	SEND_REFUSED_PORT,    /* policy: source port not reserved by us */
	SEND_REFUSED_BOUNDS,  /* policy: kind, TTL, size or interface out of bounds */
	SEND_REFUSED_RATE,    /* policy: token bucket empty, or its turn is over */
	SEND_REFUSED_SESSION, /* policy: RST without a SYN of ours; said by erprobe too, of a probe that was to be signed and cannot be */
	SEND_NO_ADDRESS,      /* its source is no address of this host's any more; said by erprobe, never by the helper */
	SEND_ROUTE_GONE,      /* the host had a route to it when the run began, and has none now; said by erprobe, never by the helper */
	SEND_ROUTE_MOVED,     /* the host's route to it leads over another interface by now, and does not come back; likewise */
	SEND_RESULTS
};

struct channel_sent {
	struct channel_head head;
	uint32_t probe_id;
	uint32_t result; /* enum send_result */
	int32_t error;   /* errno where a system call failed, else 0 */
};

/* Travels without the room behind its cap_len bytes. */
struct channel_frame { struct channel_head head; struct frame frame; };
static inline size_t channel_frame_size(uint16_t cap_len)
{
	return offsetof(struct channel_frame, frame.bytes) + cap_len;
}

/* Totals since the capture opened, per interface (pcap_stats). */
struct channel_counters {
	struct channel_head head;
	uint32_t ifaces;
	uint32_t received[CHANNEL_IFACES_MAX];
	uint32_t dropped[CHANNEL_IFACES_MAX];       /* by the kernel: our buffer was full */
	uint32_t iface_dropped[CHANNEL_IFACES_MAX]; /* by the interface */
	uint32_t unforwarded; /* frames we could not hand over: erprobe read too slowly */
	uint32_t refused;     /* probes refused by policy */
	uint32_t by_link;     /* probes that left straight by their interface (probe/packet/links.h) */
	uint32_t link_changes; /* times that a next hop's link address was another one than before, or gone: what was sent to it may be lost */
};

#endif
