/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose packet is it? Each probe carries values that only this run can compute
 * (SipHash-2-4 under the run's key), so that an answer proves that its sender
 * saw the probe. What fits where:
 *
 *   ICMP echo   echo seq = index; payload token (64 bit); IPv4 id (16 bit);
 *               ICMP checksum (16 bit) and IPv6 flow label (20 bit) of the flow
 *   TCP SYN     sequence number (32 bit); IPv4 id (16 bit); IPv6 flow label
 *   UDP         checksum = index, shifted by a keyed constant of the flow; payload token
 *               (64 bit); IPv4 id (16 bit); IPv6 flow label of the flow
 *   ARP, ND     nothing fits: matched by address and time alone, and said so
 *
 * The values depend on the key, the flow's id, the probe's index and its TTL, and
 * on no address: evidence with replaced addresses still proves itself. */
#ifndef ERPROBE_IDENTITY_H
#define ERPROBE_IDENTITY_H

#include "erprobe/plan.h"
#include "erprobe/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 (Aumasson, Bernstein 2012) of data under a 16-byte key. */
uint64_t siphash(const uint8_t key[16], const void *data, size_t len);

/* Fills a complete probe of this flow. index counts the flow's probes from 0 and
 * must not repeat within a run; at most 65,536 per flow. id is the run-wide probe
 * id. size = 0 for the smallest; a SYN carries no data, so that TCP ignores size.
 * The flow must have its icmp_sum, flow_label and ports set (identity_flow). */
void identity_probe(const struct plan *p, const struct plan_flow *f, uint32_t id, uint16_t index,
                    uint8_t ttl, uint16_t size, struct probe_spec *out);
/* How a trace names a probe: by its flow's place in the plan, and its index. From 1. */
static inline uint32_t identity_name(uint16_t flow, uint16_t index) { return ((uint32_t)flow << 16 | index) + 1; }
/* The flow of such a name; of another, any number. */
static inline uint16_t identity_named_flow(uint32_t name) { return (uint16_t)((name - 1) >> 16); }
/* Sets the per-flow constants that derive from the key: icmp_sum (never 0 or
 * 0xffff), flow_label (never 0). */
void identity_flow(const struct plan *p, struct plan_flow *f);
/* The keyed values alone, for checking. The IPv4 id is never 0, which a kernel
 * would replace. */
uint64_t identity_token(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl);
uint32_t identity_seq(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl);
uint16_t identity_ip_id(const struct plan *p, const struct plan_flow *f, uint16_t index, uint8_t ttl);

/* The checksum of a UDP probe: never 0 (RFC 768: none) or 0xffff, which makes at most
 * UDP_INDEXES probes of one flow. */
#define UDP_INDEXES 65534u
uint16_t identity_udp_sum(const struct plan *p, const struct plan_flow *f, uint16_t index);
/* Reads it back: false for a checksum that no probe of ours has. */
bool identity_udp_open(const struct plan *p, const struct plan_flow *f, uint16_t sum, uint16_t *index);

/* Reads a TCP sequence number back: true when identity_seq of this flow makes it,
 * for the index and TTL that are then set. A number that is not ours is taken for
 * one with probability 2^-8, and with 2^-32 for one of a given probe. */
bool identity_seq_open(const struct plan *p, const struct plan_flow *f, uint32_t seq,
                       uint16_t *index, uint8_t *ttl);

#endif
