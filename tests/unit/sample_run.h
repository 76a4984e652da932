/* SPDX-License-Identifier: BSD-2-Clause */
/* For the tests of evidence: a small run with real packets. One circuit, both links,
 * one interface; flow 0 is an echo to the primary's far address, flow 1 a SYN to its
 * port 179. Frames in order:
 *
 *   1 echo TTL 1 out        2 time exceeded from 10.10.0.1, in
 *   3 echo TTL 64 out       4 echo reply, in        5 the same again: duplicate
 *   6 SYN TTL 64 out        7 echo reply with a wrong token: forged
 */
#ifndef TEST_SAMPLE_RUN_H
#define TEST_SAMPLE_RUN_H

#include "analysis/match/identity.h"
#include "erprobe/bytes.h"
#include "erprobe/event.h"
#include "erprobe/plan.h"
#include "probe/record/event_log.h"
#include "tests/unit/sample_plan.h"

#define SAMPLE_FRAMES 7
#define SAMPLE_START INT64_C(1700000000000000000)

static inline void run_links(struct plan_circuit *c)
{
	c->links[0].configured = c->links[1].configured = true;
	c->links[0].ce[FAM4] = sample_addr("172.16.3.1");
	c->links[0].msee[FAM4] = sample_addr("172.16.3.2");
	c->links[1].ce[FAM4] = sample_addr("172.16.4.1");
	c->links[1].msee[FAM4] = sample_addr("172.16.4.2");
	for (int l = 0; l < LINKS; l++) {
		c->links[l].asn = -1;
		c->links[l].vlan = -1;
	}
	c->target_count = 1;
	c->targets = calloc(1, sizeof *c->targets);
	snprintf(c->targets[0].name, NAME_MAX_LEN, "app");
	c->targets[0].address = sample_addr("10.101.7.7");
}

static inline void run_flows(struct plan *p)
{
	p->flow_count = 2;
	p->flows = calloc(p->flow_count, sizeof *p->flows);
	p->flows[0].role = FLOW_MSEE;
	p->flows[0].kind = PROBE_ICMP_ECHO;
	p->flows[0].src_port = 0x4242;
	p->flows[1].id = 1;
	p->flows[1].role = FLOW_BGP_MSEE;
	p->flows[1].kind = PROBE_TCP_SYN;
	p->flows[1].src_port = 40000;
	p->flows[1].dst_port = 179;
	for (size_t i = 0; i < p->flow_count; i++) {
		p->flows[i].link = LINK_PRIMARY;
		p->flows[i].src = sample_addr("10.10.1.1");
		p->flows[i].dst = sample_addr("172.16.3.2");
		p->flows[i].next_hop = sample_addr("10.10.0.1");
		identity_flow(p, &p->flows[i]);
	}
}

/* Free with plan_free(). */
static inline void run_plan(struct plan *p)
{
	memset(p, 0, sizeof *p);
	snprintf(p->run_id, sizeof p->run_id, "01890000-0000-7000-8000-00000000abcd");
	snprintf(p->tool, sizeof p->tool, "erprobe 0.1.0");
	snprintf(p->host, sizeof p->host, "probe-host");
	for (size_t i = 0; i < RUN_KEY_BYTES; i++)
		p->key[i] = (uint8_t)(i + 1);
	p->started_at.ns = SAMPLE_START;
	p->clock.max_error_us = -1;
	snprintf(p->clock.source, sizeof p->clock.source, "adjtimex");
	p->limits = (struct plan_limits){6000, 200, 20, 60, 20, 0.95};
	p->iface_count = 1;
	snprintf(p->ifaces[0].name, NAME_MAX_LEN, "eth0");
	p->ifaces[0].index = 2;
	p->circuit_count = 1;
	p->circuits = calloc(1, sizeof *p->circuits);
	snprintf(p->circuits[0].name, NAME_MAX_LEN, "frankfurt-1");
	run_links(&p->circuits[0]);
	run_flows(p);
}

/* Ethernet and IPv4 headers before a payload of len bytes; returns the writer behind them. */
static inline struct wr run_headers(struct frame *f, const struct ip_addr *src, const struct ip_addr *dst, uint16_t ip_id,
                                    uint8_t ttl, uint8_t protocol, uint16_t len)
{
	struct wr w, sum;

	memset(f, 0, sizeof *f);
	w = wr_over(f->bytes, sizeof f->bytes);
	wr_zero(&w, 12);
	wr_u16(&w, 0x0800);
	wr_u16(&w, 0x4500);
	wr_u16(&w, (uint16_t)(20 + len));
	wr_u16(&w, ip_id);
	wr_u16(&w, 0);
	wr_u8(&w, ttl);
	wr_u8(&w, protocol);
	wr_u16(&w, 0);
	wr_bytes(&w, src->bytes, 4);
	wr_bytes(&w, dst->bytes, 4);
	sum = wr_over(f->bytes + 24, 2);
	wr_u16(&sum, inet_sum_fold(inet_sum(0, f->bytes + 14, 20)));
	f->cap_len = (uint16_t)(34 + len);
	f->wire_len = f->cap_len;
	return w;
}

/* An echo request of the spec, or the reply to it; probe.h draws the payload. */
static inline void run_echo(struct frame *f, const struct probe_spec *s, bool reply, uint64_t token)
{
	struct wr w = run_headers(f, reply ? &s->dst : &s->src, reply ? &s->src : &s->dst, reply ? 7 : s->ip_id,
	                          reply ? 250 : s->ttl, 1, 8 + 14);
	struct wr fix;
	uint32_t rest;

	wr_u16(&w, reply ? 0 : 0x0800);
	wr_u16(&w, 0);
	wr_u16(&w, s->src_port);
	wr_u16(&w, s->dst_port);
	wr_u64(&w, token);
	wr_u32(&w, s->id);
	wr_u16(&w, 0);
	if (!reply) { /* the compensation makes the checksum the flow's constant */
		fix = wr_over(f->bytes + 36, 2);
		wr_u16(&fix, s->icmp_sum);
		rest = inet_sum_fold(inet_sum(0, f->bytes + 34, 22));
		fix = wr_over(f->bytes + 54, 2);
		wr_u16(&fix, (uint16_t)rest);
		return;
	}
	fix = wr_over(f->bytes + 36, 2);
	wr_u16(&fix, inet_sum_fold(inet_sum(0, f->bytes + 34, 22)));
}

/* Time exceeded from a router, with the whole probe in its quote. */
static inline void run_exceeded(struct frame *f, const struct frame *probe, const char *router, const struct ip_addr *to)
{
	struct ip_addr from = sample_addr(router);
	uint16_t quoted = (uint16_t)(probe->cap_len - 14);
	struct wr w = run_headers(f, &from, to, 9, 64, 1, (uint16_t)(8 + quoted));
	struct wr fix;

	wr_u16(&w, 0x0b00);
	wr_u16(&w, 0);
	wr_u32(&w, 0);
	wr_bytes(&w, probe->bytes + 14, quoted);
	fix = wr_over(f->bytes + 36, 2);
	wr_u16(&fix, inet_sum_fold(inet_sum(0, f->bytes + 34, 8u + quoted)));
}

static inline void run_syn(struct frame *f, const struct probe_spec *s)
{
	struct wr w = run_headers(f, &s->src, &s->dst, s->ip_id, s->ttl, 6, 20);

	wr_u16(&w, s->src_port);
	wr_u16(&w, s->dst_port);
	wr_u32(&w, s->seq);
	wr_u32(&w, 0);
	wr_u16(&w, 0x5002);
	wr_u16(&w, 64240);
	wr_u32(&w, 0);
}

/* Fills frames[SAMPLE_FRAMES], a millisecond and 345 nanoseconds apart. */
static inline void run_frames(const struct plan *p, struct frame *frames)
{
	struct probe_spec s;

	identity_probe(p, &p->flows[0], 1, 0, 1, 0, &s);
	run_echo(&frames[0], &s, false, s.token);
	run_exceeded(&frames[1], &frames[0], "10.10.0.1", &s.src);
	identity_probe(p, &p->flows[0], 2, 1, 64, 0, &s);
	run_echo(&frames[2], &s, false, s.token);
	run_echo(&frames[3], &s, true, s.token);
	run_echo(&frames[4], &s, true, s.token);
	run_echo(&frames[6], &s, true, s.token + 1);
	identity_probe(p, &p->flows[1], 3, 0, 64, 0, &s);
	run_syn(&frames[5], &s);
	for (int i = 0; i < SAMPLE_FRAMES; i++)
		frames[i].at.ns = SAMPLE_START + (i + 1) * INT64_C(1000345);
}

/* The log of the run: a not-sent event stands between frames 5 and 6. Free with
 * event_log_free(). */
static inline void run_log(const struct plan *p, struct event_log *l)
{
	struct frame frames[SAMPLE_FRAMES];
	struct az_snapshot *s = calloc(1, sizeof *s);
	struct event e = {.kind = EVENT_AZURE, .u.azure = {0, s}};

	event_log_init(l);
	snprintf(s->why_not, sizeof s->why_not, "no token");
	s->finished = true;
	event_log_add(l, &e);
	az_snapshot_free(s);
	free(s);
	run_frames(p, frames);
	for (int i = 0; i < SAMPLE_FRAMES; i++) {
		e = (struct event){.kind = EVENT_NOT_SENT,
		                   .u.not_sent = {{SAMPLE_START + 5500000}, 1, 255, SEND_NO_BUFFER, 105}};
		if (i == 5)
			event_log_add(l, &e);
		e = (struct event){.kind = EVENT_FRAME, .u.frame = &frames[i]};
		event_log_add(l, &e);
	}
	e = (struct event){.kind = EVENT_COUNTERS, .u.counters = {.received = 12, .dropped = 1, .foreign = 4}};
	event_log_add(l, &e);
	e = (struct event){.kind = EVENT_END, .u.end = {{SAMPLE_START + INT64_C(2000000000)}, END_DEADLINE}};
	event_log_add(l, &e);
}

#endif
