/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan with one flow of each sort, and the frames that belong to it: for the
 * tests of the matcher. Stamps are milliseconds since the world began. */
#ifndef ERPROBE_MATCH_FRAMES_H
#define ERPROBE_MATCH_FRAMES_H

#include "analysis/match/identity.h"
#include "analysis/match/match.h"
#include "erprobe/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum {
	ECHO4, SYN4, ECHO6, SYN6, ARP4, ND6,
	SELF4,      /* to ourselves: not used */
	SYN4_OTHER, /* as SYN4, from another port */
	WORLD_FLOWS
};

struct world {
	struct plan plan;
	struct plan_flow flows[WORLD_FLOWS];
	struct matcher *m;
	struct match got;     /* of the latest frame */
};

#define US "10.10.1.1"
#define DST "10.101.7.7"
#define RT "172.16.1.9"
#define US6 "2001:db8:10::1"
#define DST6 "2001:db8:101::7"
#define RT6 "2001:db8:172::9"

static inline struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

static inline void set_flow(struct world *w, uint16_t id, uint8_t kind, const char *src, const char *dst,
                            uint16_t src_port, uint16_t dst_port)
{
	struct plan_flow *f = &w->flows[id];

	f->id = id;
	f->kind = kind;
	f->src = addr(src);
	f->dst = addr(dst);
	f->src_port = src_port;
	f->dst_port = dst_port;
	identity_flow(&w->plan, f);
}

static inline void world_new(struct world *w)
{
	memset(w, 0, sizeof(*w));
	memcpy(w->plan.key, "0123456789abcdef", RUN_KEY_BYTES);
	set_flow(w, ECHO4, PROBE_ICMP_ECHO, US, DST, 1234, 0);
	set_flow(w, SYN4, PROBE_TCP_SYN, US, DST, 40001, 443);
	set_flow(w, ECHO6, PROBE_ICMP_ECHO, US6, DST6, 1235, 0);
	set_flow(w, SYN6, PROBE_TCP_SYN, US6, DST6, 40001, 179);
	set_flow(w, ARP4, PROBE_NEIGHBOUR, US, "10.10.1.2", 0, 0);
	set_flow(w, ND6, PROBE_NEIGHBOUR, US6, "2001:db8:10::2", 0, 0);
	set_flow(w, SELF4, PROBE_ICMP_ECHO, US, US, 1236, 0);
	set_flow(w, SYN4_OTHER, PROBE_TCP_SYN, US, DST, 40002, 443);
	w->plan.flows = w->flows;
	w->plan.flow_count = WORLD_FLOWS;
	w->m = matcher_new(&w->plan);
	assert_non_null(w->m);
}

static inline void world_free(struct world *w)
{
	matcher_free(w->m);
}

/* --- datagrams ------------------------------------------------------------- */

struct datagram { uint8_t bytes[FRAME_BYTES_MAX]; size_t len; };

static inline void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Puts an IP header before body; the checksums are right. */
static inline void ip_wrap(struct datagram *d, const struct ip_addr *src, const struct ip_addr *dst,
                           uint8_t proto, uint8_t ttl, uint16_t id, uint32_t label, const void *body,
                           size_t len)
{
	struct wr w = wr_over(d->bytes, sizeof(d->bytes));
	bool v4 = src->family == IP_V4;

	if (v4) {
		wr_u16(&w, 0x4500);
		wr_u16(&w, (uint16_t)(20 + len));
		wr_u16(&w, id);
		wr_u16(&w, 0x4000);
		wr_u8(&w, ttl);
		wr_u8(&w, proto);
		wr_u16(&w, 0);
	} else {
		wr_u32(&w, 6u << 28 | label);
		wr_u16(&w, (uint16_t)len);
		wr_u8(&w, proto);
		wr_u8(&w, ttl);
	}
	wr_bytes(&w, src->bytes, ip_addr_len(src->family));
	wr_bytes(&w, dst->bytes, ip_addr_len(dst->family));
	if (v4)
		put16(d->bytes + 10, inet_sum_fold(inet_sum(0, d->bytes, 20)));
	wr_bytes(&w, body, len);
	assert_true(wr_ok(&w));
	d->len = wr_len(&w);
}

static inline uint16_t icmp_sum_of(const struct ip_addr *src, const struct ip_addr *dst, const uint8_t *msg,
                                   size_t len)
{
	uint32_t sum = 0;

	if (src->family == IP_V6) {
		const uint8_t tail[8] = {0, 0, (uint8_t)(len >> 8), (uint8_t)len, 0, 0, 0, 58};
		sum = inet_sum(sum, src->bytes, 16);
		sum = inet_sum(sum, dst->bytes, 16);
		sum = inet_sum(sum, tail, 8);
	}
	return inet_sum_fold(inet_sum(sum, msg, len));
}

static inline void icmp_wrap(struct datagram *d, const struct ip_addr *src, const struct ip_addr *dst,
                             uint8_t type, uint8_t code, uint32_t rest, uint8_t ttl, const void *body,
                             size_t len)
{
	uint8_t msg[FRAME_BYTES_MAX];
	struct wr w = wr_over(msg, sizeof(msg));

	wr_u8(&w, type);
	wr_u8(&w, code);
	wr_u16(&w, 0);
	wr_u32(&w, rest);
	wr_bytes(&w, body, len);
	assert_true(wr_ok(&w));
	put16(msg + 2, icmp_sum_of(src, dst, msg, wr_len(&w)));
	ip_wrap(d, src, dst, src->family == IP_V4 ? 1 : 58, ttl, 0x7777, 0, msg, wr_len(&w));
}

/* The echo of a spec, or the answer to it. The compensation makes the request's
 * checksum the flow's, as the packet helper does. */
static inline void echo_datagram(const struct probe_spec *s, bool reply, struct datagram *d)
{
	bool v4 = s->src.family == IP_V4;
	uint8_t body[14];
	struct wr w = wr_over(body, sizeof(body));
	size_t at = v4 ? 20 : 40;

	wr_u64(&w, s->token);
	wr_u32(&w, s->id);
	wr_u16(&w, 0);
	uint32_t rest = (uint32_t)s->src_port << 16 | s->dst_port;
	if (reply) {
		icmp_wrap(d, &s->dst, &s->src, v4 ? 0 : 129, 0, rest, 57, body, sizeof(body));
		return;
	}
	icmp_wrap(d, &s->src, &s->dst, v4 ? 8 : 128, 0, rest, s->ttl, body, sizeof(body));
	uint16_t sum = (uint16_t)(d->bytes[at + 2] << 8 | d->bytes[at + 3]);
	uint32_t fix = (uint32_t)sum + (uint16_t)~s->icmp_sum;
	put16(body + 12, (uint16_t)((fix & 0xffff) + (fix >> 16)));
	icmp_wrap(d, &s->src, &s->dst, v4 ? 8 : 128, 0, rest, s->ttl, body, sizeof(body));
	struct datagram plain = *d;
	ip_wrap(d, &s->src, &s->dst, v4 ? 1 : 58, s->ttl, s->ip_id, s->flow_label, plain.bytes + at,
	        plain.len - at);
}

static inline void tcp_datagram(const struct ip_addr *src, const struct ip_addr *dst, uint16_t sport,
                                uint16_t dport, uint32_t seq, uint32_t ack, uint8_t flags, uint8_t ttl,
                                uint16_t id, uint32_t label, struct datagram *d)
{
	uint8_t body[20];
	struct wr w = wr_over(body, sizeof(body));

	wr_u16(&w, sport);
	wr_u16(&w, dport);
	wr_u32(&w, seq);
	wr_u32(&w, ack);
	wr_u8(&w, 0x50);
	wr_u8(&w, flags);
	wr_u16(&w, 64240);
	wr_u32(&w, 0);
	ip_wrap(d, src, dst, 6, ttl, id, label, body, sizeof(body));
}

static inline void spec_datagram(const struct probe_spec *s, struct datagram *d)
{
	if (s->kind == PROBE_ICMP_ECHO)
		echo_datagram(s, false, d);
	else
		tcp_datagram(&s->src, &s->dst, s->src_port, s->dst_port, s->seq, 0, TCP_SYN, s->ttl, s->ip_id,
		             s->flow_label, d);
}

static inline void frame_of(const struct datagram *d, int64_t at_ms, struct frame *f)
{
	memset(f, 0, sizeof(*f));
	f->at.ns = at_ms * NS_PER_MS;
	put16(f->bytes + 12, d->bytes[0] >> 4 == 4 ? 0x0800 : 0x86dd);
	assert_in_range(d->len, 1, sizeof(f->bytes) - 14);
	memcpy(f->bytes + 14, d->bytes, d->len);
	f->cap_len = (uint16_t)(14 + d->len);
	f->wire_len = f->cap_len;
}

/* --- what happens ---------------------------------------------------------- */

/* Gives a frame to the matcher. Every frame also tests that matcher_is_foreign
 * says beforehand what the class then is. */
static inline enum match_class see_frame(struct world *w, const struct frame *f)
{
	bool foreign = matcher_is_foreign(w->m, f);

	matcher_frame(w->m, f, &w->got);
	assert_int_equal(foreign, w->got.cls == MATCH_FOREIGN);
	return w->got.cls;
}

static inline enum match_class see(struct world *w, const struct datagram *d, int64_t at_ms)
{
	struct frame f;

	frame_of(d, at_ms, &f);
	return see_frame(w, &f);
}

static inline struct probe_spec spec_of(const struct world *w, uint16_t flow, uint16_t index, uint8_t ttl)
{
	struct probe_spec s;

	identity_probe(&w->plan, &w->flows[flow], 1000u + index, index, ttl, 0, &s);
	return s;
}

/* A probe leaves. */
static inline struct probe_spec send_probe(struct world *w, uint16_t flow, uint16_t index, uint8_t ttl,
                                           int64_t at_ms)
{
	struct probe_spec s = spec_of(w, flow, index, ttl);
	struct datagram d;

	spec_datagram(&s, &d);
	assert_int_equal(see(w, &d, at_ms), MATCH_OUT);
	return s;
}

/* A TCP segment from the target of a probe back to us. */
static inline enum match_class segment(struct world *w, const struct probe_spec *s, uint8_t flags,
                                       uint32_t ack, int64_t at_ms)
{
	struct datagram d;

	tcp_datagram(&s->dst, &s->src, s->dst_port, s->src_port, 99, ack, flags, 60, 1, 0, &d);
	return see(w, &d, at_ms);
}

/* A segment of ours to the target. */
static inline enum match_class our_segment(struct world *w, const struct probe_spec *s, uint8_t flags,
                                           uint32_t seq, int64_t at_ms)
{
	struct datagram d;

	tcp_datagram(&s->src, &s->dst, s->src_port, s->dst_port, seq, 0, flags, 64, 1, 0, &d);
	return see(w, &d, at_ms);
}

#define FAILED(t) (1u << (t))

#endif
