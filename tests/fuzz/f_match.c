/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the matcher, over a sequence of frames. The input is a list of
 * steps, each
 *
 *   | what (1) | flow and change (1) | place (1) | milliseconds (1) |
 *
 *   what % 4:  0  a frame of the input's own: 2 * place bytes follow
 *              1  a probe of a flow leaves
 *              2  its target answers, with one byte changed
 *              3  a router answers and quotes the probe, with one byte changed */
#include "analysis/match/identity.h"
#include "analysis/match/match.h"
#include "erprobe/bytes.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLOWS = 5, LINK = 14, IP = 20 };

static const uint8_t us[4] = {10, 10, 1, 1}, target[4] = {10, 101, 7, 7}, router[4] = {172, 16, 1, 9};

struct run {
	struct plan plan;
	struct plan_flow flows[FLOWS];
	uint16_t next[FLOWS];
	struct probe_spec last;  /* the latest probe of all; its kind is 0 before */
	struct matcher *m;
	int64_t now_ns;
	uint32_t frames;
};

static void begin(struct run *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->plan.key, "0123456789abcdef", RUN_KEY_BYTES);
	for (uint16_t i = 0; i < FLOWS; i++) {
		struct plan_flow *f = &r->flows[i];
		f->id = i;
		f->kind = i == 4 ? PROBE_NEIGHBOUR : i % 2 == 0 ? PROBE_ICMP_ECHO : PROBE_TCP_SYN;
		f->src = ip_addr_from(IP_V4, us);
		f->dst = ip_addr_from(IP_V4, i == 4 ? router : target);
		f->src_port = (uint16_t)(40000 + i);
		f->dst_port = f->kind == PROBE_TCP_SYN ? 179 : 0;
		identity_flow(&r->plan, f);
	}
	r->plan.flows = r->flows;
	r->plan.flow_count = FLOWS;
	r->m = matcher_new(&r->plan);
}

static void put16(uint8_t *at, uint16_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void ip_header(struct wr *w, const uint8_t *src, const uint8_t *dst, uint8_t proto, uint8_t ttl,
                      uint16_t id, size_t body)
{
	uint8_t *start = w->at;

	wr_u16(w, 0x4500);
	wr_u16(w, (uint16_t)(IP + body));
	wr_u16(w, id);
	wr_u16(w, 0x4000);
	wr_u8(w, ttl);
	wr_u8(w, proto);
	wr_u16(w, 0);
	wr_bytes(w, src, 4);
	wr_bytes(w, dst, 4);
	if (wr_ok(w))
		put16(start + 10, inet_sum_fold(inet_sum(0, start, IP)));
}

/* The probe's transport, or with reply what the target sends back. */
static void transport(struct wr *w, const struct probe_spec *s, bool reply)
{
	uint8_t *start = w->at;

	if (s->kind == PROBE_ICMP_ECHO) {
		wr_u8(w, reply ? 0 : 8);
		wr_u8(w, 0);
		wr_u16(w, 0);
		wr_u16(w, s->src_port);
		wr_u16(w, s->dst_port);
		wr_u64(w, s->token);
		wr_u32(w, s->id);
		wr_u16(w, 0);
		if (wr_ok(w))
			put16(start + 2, inet_sum_fold(inet_sum(0, start, (size_t)(w->at - start))));
		return;
	}
	wr_u16(w, reply ? s->dst_port : s->src_port);
	wr_u16(w, reply ? s->src_port : s->dst_port);
	wr_u32(w, reply ? 99 : s->seq);
	wr_u32(w, reply ? s->seq + 1 : 0);
	wr_u8(w, 0x50);
	wr_u8(w, reply ? TCP_SYN | TCP_ACK : TCP_SYN);
	wr_zero(w, 6);
}

static size_t transport_len(const struct probe_spec *s)
{
	return s->kind == PROBE_ICMP_ECHO ? 22 : 20;
}

static void datagram(struct wr *w, const struct probe_spec *s, bool reply)
{
	uint8_t proto = s->kind == PROBE_ICMP_ECHO ? 1 : 6;

	ip_header(w, reply ? s->dst.bytes : s->src.bytes, reply ? s->src.bytes : s->dst.bytes, proto,
	          reply ? 60 : s->ttl, reply ? 0 : s->ip_id, transport_len(s));
	transport(w, s, reply);
}

static void see(struct run *r, struct frame *f, size_t len)
{
	struct match got;

	f->at.ns = r->now_ns;
	f->cap_len = (uint16_t)len;
	f->wire_len = f->cap_len;
	bool foreign = matcher_is_foreign(r->m, f);
	matcher_near(r->m, matcher_expect(r->m, f));
	matcher_frame(r->m, f, &got);
	r->frames++;
	if (foreign != (got.cls == MATCH_FOREIGN) || matcher_probes_out(r->m) > r->frames)
		abort();
	if (got.has_probe && (got.probe >= matcher_probes_out(r->m) || got.flow >= FLOWS))
		abort();
	if (got.cls == MATCH_ANSWER &&
	    (!got.has_probe || got.answer == ANSWER_NONE || got.rtt_ns < 0 || got.rtt_ns > MATCH_WINDOW_NS))
		abort();
}

static void send_one(struct run *r, uint8_t flow, uint8_t ttl)
{
	struct frame f = {0};
	struct wr w = wr_over(f.bytes, sizeof(f.bytes));

	if (r->flows[flow].kind == PROBE_NEIGHBOUR)
		return;
	identity_probe(&r->plan, &r->flows[flow], r->frames + 1, r->next[flow]++, ttl, 0, &r->last);
	wr_zero(&w, 12);
	wr_u16(&w, 0x0800);
	datagram(&w, &r->last, false);
	see(r, &f, wr_len(&w));
}

static void answer(struct run *r, bool quote, uint8_t change, uint8_t place)
{
	struct frame f = {0};
	struct wr w = wr_over(f.bytes, sizeof(f.bytes));

	if (r->last.kind == 0)
		return;
	wr_zero(&w, 12);
	wr_u16(&w, 0x0800);
	if (quote) {
		ip_header(&w, router, us, 1, 250, 1, 8 + IP + transport_len(&r->last));
		wr_u32(&w, 0x0b000000);
		wr_u32(&w, 0);
	}
	datagram(&w, &r->last, !quote);
	f.bytes[LINK + place % 90] ^= change;
	if (quote) { /* else its sum would hide the change */
		put16(f.bytes + LINK + IP + 2, 0);
		put16(f.bytes + LINK + IP + 2,
		      inet_sum_fold(inet_sum(0, f.bytes + LINK + IP, wr_len(&w) - LINK - IP)));
	}
	see(r, &f, wr_len(&w));
}

static void raw(struct run *r, struct rd *in, size_t len)
{
	struct frame f = {0};

	if (len > rd_left(in))
		len = rd_left(in);
	if (len > sizeof(f.bytes))
		len = sizeof(f.bytes);
	rd_bytes(in, f.bytes, len);
	see(r, &f, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd in = rd_over(data, size);
	struct run r;

	begin(&r);
	while (r.m != NULL && rd_left(&in) >= 4) {
		uint8_t what = rd_u8(&in), change = rd_u8(&in), place = rd_u8(&in);
		r.now_ns += rd_u8(&in) * 20 * NS_PER_MS;
		if (what % 4 == 0)
			raw(&r, &in, (size_t)place * 2);
		else if (what % 4 == 1)
			send_one(&r, change % FLOWS, place);
		else
			answer(&r, what % 4 == 3, change, place);
	}
	matcher_free(r.m);
	return 0;
}
