/* SPDX-License-Identifier: BSD-2-Clause */
/* One captured frame, as the kernel gave it. Nobody has interpreted it yet. */
#ifndef ERPROBE_FRAME_H
#define ERPROBE_FRAME_H

#include "erprobe/clock.h"

#include <stdint.h>

/* Ethernet 14 + two VLAN tags 8 + IPv6 40 + ICMPv6 8 + quoted 128 + RFC 4884
 * extensions with an RFC 5837 interface name of 64: about 300. No payload of
 * others is wanted, so the capture length stays small. */
#define FRAME_BYTES_MAX 512

/* Every frame inside the program is Ethernet: the capture puts a zero Ethernet
 * header before frames of devices without one (TUN), see probe/packet/capture.c. */
struct frame {
	struct wall_ns at;   /* kernel capture stamp, nanoseconds */
	uint32_t wire_len;   /* length on the wire, without FCS */
	uint16_t cap_len;    /* bytes present, <= FRAME_BYTES_MAX */
	uint8_t iface;       /* slot in plan.ifaces[] */
	uint8_t bytes[FRAME_BYTES_MAX];
};

#endif
