/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures frames from an interface: copied, with the kernel's time stamp, never interpreted. The only user of libpcap. */
#ifndef ERPROBE_PACKET_CAPTURE_H
#define ERPROBE_PACKET_CAPTURE_H

#include "erprobe/addr.h"
#include "erprobe/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture;

/* What to capture. ARP, ICMP and ICMPv6 always are. */
struct capture_wants {
	uint16_t port_base, port_count; /* TCP and UDP to or from these ports; port_count 0 = none */
	const struct ip_prefix *watch;  /* subnets: BGP and BFD between two addresses of one of them (RFC 4271, 5881, 5883) */
	size_t watch_count;
	const struct ip_prefix *targets; /* CAPTURE_LIGHT: echo requests and replies of other hosts are left out */
	size_t target_count;
	bool mirror;                    /* nothing but the watched subnets' BGP and BFD, and ARP and ND for their addresses */
};

enum capture_how {
	CAPTURE_QUICK = 0, /* libpcap hands each frame over at once; costs 0.6 to 1.2 us of CPU a frame */
	CAPTURE_BULK,      /* libpcap hands frames over in blocks, some milliseconds later; costs 0.1 us a frame */
	CAPTURE_FULL,      /* as CAPTURE_BULK, for a run at full speed: a ring of our own (ring.h), which spares the host the stamps of
	                    * all other frames. Where that is not possible, CAPTURE_BULK */
	CAPTURE_LIGHT,     /* for a run of few frames that must start at once: a packet socket without a ring (tap.h), ready
	                    * 8 to 20 ms sooner. Echo is captured of the targets alone, and no frame with two VLAN tags.
	                    * Where that is not possible, CAPTURE_QUICK */
	CAPTURE_MIRROR,    /* as CAPTURE_QUICK, but promiscuous: for a mirror port */
	CAPTURE_NONE       /* not opened: another helper of the same run captures (probe/trace/trace_senders.h) */
};

enum capture_status {
	CAPTURE_OK = 0,
	CAPTURE_DOWN,      /* the interface exists but is administratively down */
	CAPTURE_FORBIDDEN, /* no right to capture */
	CAPTURE_FAILED     /* anything else: err says what */
};

/* Opens a capture on iface that keeps snaplen bytes of each frame. Stamps are in nanoseconds and of the same clock in every
 * mode. The kernel's filter lets through what w names, also inside one or two VLAN tags, and is locked: this process
 * cannot change it any more. Only CAPTURE_MIRROR makes the interface promiscuous, until capture_close(). On success *out is
 * the caller's, to be freed with capture_close(); else one line is in err. */
enum capture_status capture_open(const char *iface, uint32_t snaplen, enum capture_how how, const struct capture_wants *w,
                                 struct capture **out, char *err, size_t err_size);
void capture_close(struct capture *c);

/* A descriptor for poll(): readable while frames wait. */
int capture_fd(const struct capture *c);

typedef void (*capture_sink)(void *context, const struct frame *frame);
/* Calls sink for at most max of the frames that wait; slot is noted in each as its interface. Returns how many there were,
 * or -1 when the capture is broken for good (err says why). An interface that goes down is no error: no frame comes until
 * it is up again. */
int capture_read(struct capture *c, uint8_t slot, int max, capture_sink sink, void *context,
                 char *err, size_t err_size);

/* Totals since the capture was opened: frames received, and frames that the kernel dropped because the buffer was full.
 * Both stay untouched where the kernel does not answer. */
void capture_totals(struct capture *c, uint32_t *received, uint32_t *dropped);

#endif
