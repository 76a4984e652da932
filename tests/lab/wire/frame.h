/* SPDX-License-Identifier: BSD-2-Clause */
/* What a wire must know about a frame: its class, its ports, its flow. */
#ifndef LAB_WIRE_FRAME_H
#define LAB_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_class {
    FRAME_OTHER,
    FRAME_ARP,  /* ARP, or IPv6 neighbour discovery */
    FRAME_BGP,  /* an established eBGP session: TCP port 179 sent with TTL 1 */
    FRAME_ICMP,
    FRAME_TCP,
    FRAME_UDP,
};

struct frame_info {
    enum frame_class class;
    uint8_t ttl;        /* TTL or hop limit; 0 where the frame is not IP */
    uint16_t sport;     /* 0 where there are no ports */
    uint16_t dport;
    uint32_t flow;      /* hash of addresses, protocol and ports, the same in both directions */
};

/* Reads an Ethernet frame. A short or odd frame is FRAME_OTHER, never an error. */
struct frame_info frame_read(const uint8_t *frame, size_t len);

/* The name used on the control socket ("arp", "tcp", ...); false when unknown. */
bool frame_class_from_name(const char *name, enum frame_class *class);
const char *frame_class_name(enum frame_class class);

#endif
