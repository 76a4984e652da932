/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames from an interface, copied and stamped, never interpreted. The only user
 * of libpcap. */
#ifndef ERPROBE_PACKET_CAPTURE_H
#define ERPROBE_PACKET_CAPTURE_H

#include "erprobe/addr.h"
#include "erprobe/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture;

/* What to listen to besides ARP, ICMP and ICMPv6. */
struct capture_wants {
	uint16_t port_base, port_count; /* TCP and UDP to or from these ports; none when the count is 0 */
	const struct ip_prefix *watch;  /* BGP and BFD (RFC 4271, 5881, 5883) between addresses of one of these */
	size_t watch_count;
	const struct ip_prefix *targets; /* whom the probes go to; only CAPTURE_LIGHT heeds it */
	size_t target_count;
	bool mirror;                    /* of all this only what is of the watched subnets: their BGP and BFD, ARP and ND for them */
};

enum capture_how {
	CAPTURE_QUICK = 0, /* libpcap, frames handed over at once: 0.6 to 1.2 us each */
	CAPTURE_BULK,      /* libpcap, in blocks: some milliseconds late, but 0.1 us each */
	CAPTURE_LIGHT,     /* libpcap's filter on a socket that has no ring to set up (tap.h), and
	                      no frames with a second VLAN tag, and echo only of the targets: ready 8 to
	                      20 ms sooner, for few frames. Where it cannot be, as CAPTURE_QUICK */
	CAPTURE_MIRROR,    /* libpcap, promiscuous; else as CAPTURE_QUICK */
	CAPTURE_NONE       /* never opened: another helper of the same run has it (probe/trace/trace_senders.h) */
};

enum capture_status {
	CAPTURE_OK = 0,
	CAPTURE_DOWN,      /* the interface exists but is administratively down */
	CAPTURE_FORBIDDEN, /* no right to capture */
	CAPTURE_FAILED     /* anything else: err says what */
};

/* Opens a capture on iface with nanosecond stamps, the same whichever way, not promiscuous
 * but for CAPTURE_MIRROR, which is so until it is closed; with a kernel filter that is then locked: ARP, ICMP, ICMPv6 and what
 * w says, each also inside up to two VLAN tags; CAPTURE_LIGHT and CAPTURE_MIRROR take less. snaplen bytes of a frame are kept. On success *out is the
 * caller's, to be freed with capture_close(); else one line in err. */
enum capture_status capture_open(const char *iface, uint32_t snaplen, enum capture_how how, const struct capture_wants *w,
                                 struct capture **out, char *err, size_t err_size);
void capture_close(struct capture *c);

/* Readable when frames wait. */
int capture_fd(const struct capture *c);

typedef void (*capture_sink)(void *context, const struct frame *frame);
/* Hands at most max waiting frames to sink, marked with slot. Returns how many there
 * were, or -1 when the capture is broken for good (err says why). An interface that
 * went down is no error: the capture is silent until it comes up again. */
int capture_read(struct capture *c, uint8_t slot, int max, capture_sink sink, void *context,
                 char *err, size_t err_size);

/* Totals since the capture opened: frames received and those lost to a full buffer.
 * Both stay as they were when the kernel does not tell. */
void capture_totals(struct capture *c, uint32_t *received, uint32_t *dropped);

#endif
