/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of a peering's own sessions, and a plan that watches it: one circuit, the primary
 * link 172.31.255.1 to .2, and fe80-free IPv6 beside it. */
#ifndef TEST_WATCH_FRAMES_H
#define TEST_WATCH_FRAMES_H

#include "analysis/decode/bgp.h"
#include "analysis/passive/watch.h"
#include "erprobe/bytes.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_ADDR "172.31.255.1"
#define FAR_ADDR "172.31.255.2"
#define NEAR_ADDR6 "2001:db8:3::1"
#define FAR_ADDR6 "2001:db8:3::2"

static inline struct ip_addr watch_addr(const char *text)
{
	struct ip_addr a;

	if (!ip_addr_parse(text, &a))
		abort();
	return a;
}

/* The caller frees circuits and flows. */
static inline void watch_plan(struct plan *p)
{
	struct plan_link *l;

	memset(p, 0, sizeof *p);
	p->watch = true;
	p->circuit_count = 1;
	p->circuits = calloc(1, sizeof *p->circuits);
	if (!p->circuits)
		abort();
	l = &p->circuits[0].links[LINK_PRIMARY];
	l->ce[FAM4] = watch_addr(NEAR_ADDR);
	l->msee[FAM4] = watch_addr(FAR_ADDR);
	l->ce[FAM6] = watch_addr(NEAR_ADDR6);
	l->msee[FAM6] = watch_addr(FAR_ADDR6);
}

static const uint8_t near_mac[6] = {2, 0, 0, 0, 0, 1}, far_mac[6] = {2, 0, 0, 0, 0, 2};

/* A frame under way: what is written goes into f->bytes. */
struct making { struct frame *f; struct wr w; };

/* tags: pairs of type and VLAN id, ended by a type of 0; or NULL. */
static inline struct making frame_begin(struct frame *f, int64_t at_ms, const uint8_t src[6], const uint8_t dst[6],
                                        const uint16_t *tags, uint16_t type)
{
	struct making m = {f, {0}};

	memset(f, 0, sizeof *f);
	f->at.ns = (INT64_C(1800000000) * 1000 + at_ms) * NS_PER_MS;
	m.w = wr_over(f->bytes, sizeof f->bytes);
	wr_bytes(&m.w, dst, 6);
	wr_bytes(&m.w, src, 6);
	for (; tags && tags[0] != 0; tags += 2) {
		wr_u16(&m.w, tags[0]);
		wr_u16(&m.w, tags[1]);
	}
	wr_u16(&m.w, type);
	return m;
}

static inline void frame_end(struct making *m)
{
	m->f->cap_len = (uint16_t)wr_len(&m->w);
	m->f->wire_len = m->f->cap_len;
}

static inline void put_ipv4(struct making *m, const char *src, const char *dst, uint8_t protocol, size_t body)
{
	struct ip_addr s = watch_addr(src), d = watch_addr(dst);
	uint8_t *at = m->w.at;

	wr_u16(&m->w, 0x4500);
	wr_u16(&m->w, (uint16_t)(20 + body));
	wr_u32(&m->w, 0);
	wr_u8(&m->w, 255);
	wr_u8(&m->w, protocol);
	wr_u16(&m->w, 0);
	wr_bytes(&m->w, s.bytes, 4);
	wr_bytes(&m->w, d.bytes, 4);
	uint16_t sum = inet_sum_fold(inet_sum(0, at, 20));
	at[10] = (uint8_t)(sum >> 8);
	at[11] = (uint8_t)sum;
}

struct tcp_words { bool far; uint16_t sport, dport; uint32_t seq, ack; uint8_t flags; };

/* A segment of the peering's BGP, from the near side or (far) from the other. */
static inline void tcp_frame(struct frame *f, int64_t at_ms, struct tcp_words t, const void *payload, size_t len)
{
	struct making m = frame_begin(f, at_ms, t.far ? far_mac : near_mac, t.far ? near_mac : far_mac, NULL, 0x0800);

	put_ipv4(&m, t.far ? FAR_ADDR : NEAR_ADDR, t.far ? NEAR_ADDR : FAR_ADDR, 6, 20 + len);
	wr_u16(&m.w, t.sport);
	wr_u16(&m.w, t.dport);
	wr_u32(&m.w, t.seq);
	wr_u32(&m.w, t.ack);
	wr_u16(&m.w, (uint16_t)(0x5000 | t.flags));
	wr_u16(&m.w, 65535);
	wr_u32(&m.w, 0);
	wr_bytes(&m.w, payload, len);
	frame_end(&m);
}

static inline void arp_frame(struct frame *f, int64_t at_ms, const uint8_t mac[6], const char *sender, const char *target, bool reply)
{
	static const uint8_t all[6] = {255, 255, 255, 255, 255, 255};
	struct ip_addr s = watch_addr(sender), d = watch_addr(target);
	struct making m = frame_begin(f, at_ms, mac, reply ? near_mac : all, NULL, 0x0806);

	wr_u32(&m.w, 0x00010800);
	wr_u16(&m.w, 0x0604);
	wr_u16(&m.w, reply ? 2 : 1);
	wr_bytes(&m.w, mac, 6);
	wr_bytes(&m.w, s.bytes, 4);
	wr_zero(&m.w, 6);
	wr_bytes(&m.w, d.bytes, 4);
	frame_end(&m);
}

/* A neighbour advertisement (RFC 4861 4.4) for target, to all nodes or to dst. */
static inline void nd_frame(struct frame *f, int64_t at_ms, const uint8_t mac[6], const char *src, const char *dst, const char *target,
                            uint8_t hop_limit)
{
	static const uint8_t group[6] = {0x33, 0x33, 0, 0, 0, 1};
	struct ip_addr s = watch_addr(src), d = watch_addr(dst), t = watch_addr(target);
	struct making m = frame_begin(f, at_ms, mac, group, NULL, 0x86dd);

	wr_u32(&m.w, 0x60000000);
	wr_u16(&m.w, 32);
	wr_u8(&m.w, 58);
	wr_u8(&m.w, hop_limit);
	wr_bytes(&m.w, s.bytes, 16);
	wr_bytes(&m.w, d.bytes, 16);
	wr_u32(&m.w, 0x88000000);
	wr_u32(&m.w, 0x20000000);
	wr_bytes(&m.w, t.bytes, 16);
	wr_u16(&m.w, 0x0201);
	wr_bytes(&m.w, mac, 6);
	frame_end(&m);
}

static inline void bfd_frame(struct frame *f, int64_t at_ms, bool far, uint8_t state, uint8_t diag, const uint16_t *tags)
{
	struct making m = frame_begin(f, at_ms, far ? far_mac : near_mac, far ? near_mac : far_mac, tags, 0x0800);

	put_ipv4(&m, far ? FAR_ADDR : NEAR_ADDR, far ? NEAR_ADDR : FAR_ADDR, 17, 32);
	wr_u16(&m.w, 49152);
	wr_u16(&m.w, 3784);
	wr_u16(&m.w, 32);
	wr_u16(&m.w, 0);
	wr_u8(&m.w, (uint8_t)(0x20 | diag));
	wr_u8(&m.w, (uint8_t)(state << 6));
	wr_u8(&m.w, 3);
	wr_u8(&m.w, 24);
	wr_u32(&m.w, far ? 2 : 1);
	wr_u32(&m.w, far ? 1 : 2);
	wr_u32(&m.w, 300000);
	wr_u32(&m.w, 300000);
	wr_u32(&m.w, 0);
	frame_end(&m);
}

/* A message of this type; its body is fill, over and over. Returns its length. */
static inline size_t bgp_message(uint8_t *at, uint8_t type, const void *body, size_t len)
{
	memset(at, 0xff, BGP_MARKER_BYTES);
	at[16] = (uint8_t)((BGP_HEADER_BYTES + len) >> 8);
	at[17] = (uint8_t)(BGP_HEADER_BYTES + len);
	at[18] = type;
	if (len > 0)
		memcpy(at + BGP_HEADER_BYTES, body, len);
	return BGP_HEADER_BYTES + len;
}

#endif
