/* SPDX-License-Identifier: BSD-2-Clause */
/* A network in memory for the tests of the trace: one path, routers with delays of
 * 1 ms a hop each way, silent and limited ones, a destination that answers in its
 * way. Probes are crafted as the packet helper does. */
#ifndef ERPROBE_TRACE_NET_H
#define ERPROBE_TRACE_NET_H

#include "tests/unit/match_frames.h"

#include "analysis/trace/trace_engine.h"
#include "analysis/trace/trace_result.h"
#include "probe/packet/craft.h"

#include <math.h>
#include <stdlib.h>

enum end_mode { END_ANSWERS, END_SILENT, END_PORT, END_RST, END_SYN_ACK, END_ADMIN, END_HOST };

#define NET_HOPS_MAX 40
#ifndef NET_QUEUE
#define NET_QUEUE 4096
#endif
#define NET_FLOWS 72 /* more than TRACE_ORDERED_MAX */

struct net_event { struct frame frame; bool used; };

struct net {
	struct plan plan;
	struct plan_flow flows[NET_FLOWS];
	struct trace_engine *engine;
	struct craft *craft;
	int hops;                        /* the destination's distance */
	enum end_mode end;
	bool silent[NET_HOPS_MAX + 1];   /* by TTL */
	uint32_t drop_first[NET_HOPS_MAX + 1]; /* answers that get lost first, by TTL */
	uint8_t end_router;              /* END_ADMIN, END_HOST: the router that refuses */
	uint8_t quoted_tos;
	uint32_t asked[256];             /* probes that left, by TTL */
	uint32_t probes, resets;
	size_t most_in_step;
	int64_t now_ms;
	struct net_event *queue;
	uint16_t told[NET_FLOWS];
	size_t told_count;
	bool refuse;                     /* the helper sends nothing … */
	enum send_result refusal;        /* … and says this; SEND_OK = SEND_BLOCKED */
	bool holds, half_open;           /* an end that answers no other SYN while a connection of it is half open */
	bool deaf;                       /* the capture loses all frames */
	bool swallow;                    /* a sender that dies: what it takes never leaves, and nobody says so */
	uint16_t link[NET_HOPS_MAX + 1]; /* bytes that the link behind a TTL takes; 0 = all. [0] is our own */
	bool mute[NET_HOPS_MAX + 1];     /* the router before it says nothing of that */
	uint16_t said_mtu;               /* what they say instead of the truth */
	uint16_t back;                   /* an echo comes back in fragments, the first of this size; 0 = whole */
	uint8_t lossy;                   /* the link behind this TTL loses two in three of the large ones; 0 = none */
	uint32_t large_seen;
	void (*seen)(void *arg, const struct frame *f, const struct match *m); /* told of each frame; NULL = nobody */
	void *seen_arg;
};

static inline void net_new(struct net *n, uint8_t kind, bool v6, size_t flows)
{
	char err[200];

	memset(n, 0, sizeof *n);
	memcpy(n->plan.key, "0123456789abcdef", RUN_KEY_BYTES);
	for (size_t i = 0; i < flows; i++) {
		struct plan_flow *f = &n->flows[i];
		f->id = (uint16_t)i;
		f->role = FLOW_TRACE;
		f->kind = kind;
		f->src = addr(v6 ? US6 : US);
		f->dst = addr(v6 ? DST6 : DST);
		f->dst.bytes[ip_addr_len(f->dst.family) - 1] = (uint8_t)(10 + i);
		f->src_port = 40001;
		f->dst_port = kind == PROBE_ICMP_ECHO ? 0 : 443;
		identity_flow(&n->plan, f);
	}
	n->plan.flows = n->flows;
	n->plan.flow_count = flows;
	n->hops = 8;
	n->craft = craft_new(err, sizeof err);
	n->queue = calloc(NET_QUEUE, sizeof *n->queue);
	assert_non_null(n->craft);
	assert_non_null(n->queue);
}

static inline void net_start(struct net *n, uint8_t max_ttl, uint16_t count, double hop_rate)
{
	const struct trace_options o = {.max_ttl = max_ttl, .count = count, .hop_rate = hop_rate};

	n->engine = trace_engine_new(&n->plan, &o, (struct mono_ns){0});
	assert_non_null(n->engine);
}

static inline void net_free(struct net *n)
{
	trace_engine_free(n->engine);
	craft_free(n->craft);
	free(n->queue);
}

static inline struct ip_addr router(const struct net *n, int ttl)
{
	struct ip_addr a = addr(n->flows[0].dst.family == IP_V6 ? RT6 : RT);

	a.bytes[ip_addr_len(a.family) - 1] = (uint8_t)ttl;
	return a;
}

static inline void net_later(struct net *n, const struct datagram *d, int64_t at_ms)
{
	for (size_t i = 0; i < NET_QUEUE; i++)
		if (!n->queue[i].used) {
			n->queue[i].used = true;
			frame_of(d, at_ms, &n->queue[i].frame);
			return;
		}
	fail_msg("the network's queue is full");
}

#define NET_QUOTE_MAX 256
#define NET_SEEN_MAX 400  /* of a datagram, by the capture */

/* An ICMP error from a router, with its second word; quoted is the probe as it arrived there. */
static inline void net_error_of(struct net *n, const struct ip_addr *from, const struct datagram *probe, uint8_t type,
                                uint8_t code, uint32_t rest, uint8_t reply_ttl, int64_t at_ms)
{
	struct datagram d, quoted = *probe;
	bool v4 = from->family == IP_V4;

	if (quoted.len > NET_QUOTE_MAX)
		quoted.len = NET_QUOTE_MAX;

	quoted.bytes[v4 ? 8 : 7] = 1;
	if (v4)
		quoted.bytes[1] = n->quoted_tos;
	else
		quoted.bytes[0] = (uint8_t)(0x60 | n->quoted_tos >> 4), quoted.bytes[1] =
			(uint8_t)((quoted.bytes[1] & 0x0f) | n->quoted_tos << 4);
	icmp_wrap(&d, from, &n->flows[0].src, type, code, rest, reply_ttl, quoted.bytes, quoted.len);
	net_later(n, &d, at_ms);
}

static inline void net_error(struct net *n, const struct ip_addr *from, const struct datagram *probe, uint8_t type,
                             uint8_t code, uint8_t reply_ttl, int64_t at_ms)
{
	net_error_of(n, from, probe, type, code, 0, reply_ttl, at_ms);
}

/* The head of a datagram of which the capture has the beginning alone. */
static inline void net_length(struct datagram *d, uint16_t size)
{
	bool v4 = d->bytes[0] >> 4 == 4;

	put16(d->bytes + (v4 ? 2 : 4), (uint16_t)(v4 ? size : size - 40));
	if (v4) {
		put16(d->bytes + 10, 0);
		put16(d->bytes + 10, inet_sum_fold(inet_sum(0, d->bytes, 20)));
	}
}

/* Does a probe of this size die at a link before `at`, or before its TTL runs out? Who can, says so. */
static inline bool net_narrow(struct net *n, const struct probe_spec *s, const struct datagram *d, int at)
{
	for (int k = 1; k < at; k++) {
		bool v4 = s->dst.family == IP_V4;
		struct ip_addr from = router(n, k);
		uint16_t mtu = n->said_mtu > 0 ? n->said_mtu : n->link[k];
		if (s->size > 1000 && k == n->lossy && n->large_seen++ % 3 != 0)
			return true;
		if (n->link[k] == 0 || s->size <= n->link[k])
			continue;
		if (!n->mute[k])
			net_error_of(n, &from, d, v4 ? 3 : 2, v4 ? 4 : 0, mtu, (uint8_t)(255 - k + 1), n->now_ms + 2 * k);
		return true;
	}
	return false;
}

static inline void net_end(struct net *n, const struct probe_spec *s, const struct datagram *probe, int64_t at_ms)
{
	struct datagram d;
	bool v4 = s->dst.family == IP_V4;
	uint8_t ttl = (uint8_t)(64 - n->hops + 1);

	if (n->end == END_ANSWERS && s->kind == PROBE_ICMP_ECHO) {
		echo_datagram(s, true, &d);
		if (s->size > 0)
			net_length(&d, n->back > 0 && s->size > n->back ? n->back : s->size);
		net_later(n, &d, at_ms);
	} else if (n->end == END_PORT) {
		net_error(n, &s->dst, probe, v4 ? 3 : 1, v4 ? 3 : 4, ttl, at_ms);
	} else if (n->end == END_RST || n->end == END_SYN_ACK) {
		if (n->holds && n->half_open)
			return;
		n->half_open = n->end == END_SYN_ACK;
		tcp_datagram(&s->dst, &s->src, s->dst_port, s->src_port, 99, s->seq + 1,
		             n->end == END_RST ? TCP_RST | TCP_ACK : TCP_SYN | TCP_ACK, ttl, 1, 0, &d);
		net_later(n, &d, at_ms);
	} else if (n->end == END_ANSWERS && s->kind == PROBE_UDP) {
		uint8_t body[12] = {(uint8_t)(s->dst_port >> 8), (uint8_t)s->dst_port, (uint8_t)(s->src_port >> 8),
		                    (uint8_t)s->src_port, 0, 12, 0, 0, 'a', 'b', 'c', 'd'};
		ip_wrap(&d, &s->dst, &s->src, 17, ttl, 1, 0, body, sizeof body);
		net_later(n, &d, at_ms);
	}
}

/* A probe crosses the network. */
static inline void net_probe(struct net *n, const struct probe_spec *s)
{
	struct datagram d = {.len = 0};
	uint8_t mac[6] = {0};
	bool v4 = s->dst.family == IP_V4;
	bool refused = (n->end == END_ADMIN || n->end == END_HOST) && s->ttl >= n->end_router;
	int at = refused ? n->end_router : s->ttl < n->hops ? s->ttl : n->hops;

	uint8_t bytes[CRAFT_BYTES_MAX];
	d.len = craft_build(n->craft, s, mac, bytes);
	assert_in_range(d.len, 1, sizeof bytes);
	d.len = d.len > NET_SEEN_MAX ? NET_SEEN_MAX : d.len;
	memcpy(d.bytes, bytes, d.len);
	if (v4) { /* the kernel fills in the checksum of the header */
		put16(d.bytes + 10, 0);
		put16(d.bytes + 10, inet_sum_fold(inet_sum(0, d.bytes, 20)));
	}
	net_later(n, &d, n->now_ms);
	n->asked[s->ttl]++;
	n->probes++;
	if (n->silent[s->ttl < n->hops ? s->ttl : n->hops])
		return;
	if (n->drop_first[s->ttl] > 0) {
		n->drop_first[s->ttl]--;
		return;
	}
	if (net_narrow(n, s, &d, at))
		return;
	struct ip_addr from = router(n, at);
	int64_t at_ms = n->now_ms + 2 * at;
	if (refused && n->end == END_ADMIN)
		net_error(n, &from, &d, v4 ? 3 : 1, v4 ? 13 : 1, (uint8_t)(255 - at + 1), at_ms);
	else if (refused)
		net_error(n, &from, &d, v4 ? 3 : 1, v4 ? 1 : 3, (uint8_t)(255 - at + 1), at_ms + 2000);
	else if (s->ttl < n->hops)
		net_error(n, &from, &d, v4 ? 11 : 3, 0, (uint8_t)(255 - at + 1), at_ms);
	else
		net_end(n, s, &d, at_ms);
}

static inline void net_send(struct net *n, const struct trace_wish *w)
{
	struct probe_spec s;

	identity_probe(&n->plan, &n->flows[w->flow], w->id, w->index, w->ttl, w->size, &s);
	if (w->size > 0 && n->link[0] > 0 && w->size > n->link[0])
		trace_engine_not_sent(n->engine, w->id, SEND_TOO_BIG);
	else if (w->reset)
		n->resets++, n->half_open = false;
	else if (n->refuse)
		trace_engine_not_sent(n->engine, w->id, n->refusal != SEND_OK ? n->refusal : SEND_BLOCKED);
	else if (!n->swallow)
		net_probe(n, &s);
}

/* Frames of this moment, those that left first. */
static inline void net_deliver(struct net *n)
{
	struct match m;

	for (;;) {
		struct net_event *next = NULL;
		for (size_t i = 0; i < NET_QUEUE; i++) {
			struct net_event *e = &n->queue[i];
			if (e->used && e->frame.at.ns <= n->now_ms * NS_PER_MS && (!next || e->frame.at.ns < next->frame.at.ns))
				next = e;
		}
		if (!next)
			return;
		next->used = false;
		if (n->deaf)
			continue;
		trace_engine_near(n->engine, trace_engine_expect(n->engine, &next->frame));
		trace_engine_frame(n->engine, &next->frame, &m);
		if (n->seen)
			n->seen(n->seen_arg, &next->frame, &m);
	}
}

static inline void net_step(struct net *n)
{
	struct trace_wish wishes[64];
	struct mono_ns now = {n->now_ms * NS_PER_MS};
	uint16_t flow;

	net_deliver(n);
	trace_engine_tick(n->engine, now);
	size_t count = trace_engine_next(n->engine, now, wishes, 64);
	for (size_t i = 0; i < count; i++)
		net_send(n, &wishes[i]);
	n->most_in_step = count > n->most_in_step ? count : n->most_in_step;
	while (trace_engine_ended(n->engine, &flow))
		n->told[n->told_count++] = flow;
	n->now_ms++;
}

/* Until all traces have ended, or this many milliseconds. */
static inline void net_run(struct net *n, int64_t ms)
{
	while (!trace_engine_done(n->engine) && n->now_ms < ms)
		net_step(n);
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#endif
