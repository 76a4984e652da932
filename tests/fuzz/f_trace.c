/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: a run of `erprobe trace` over a network that lies, and the same run again from
 * its log. Whatever comes in by the wire, and when, the decisions that were noted and the
 * frames must lead to the document that the run printed, byte for byte.
 *
 * The input: four bytes choose the run (see begin()), then steps of three bytes,
 *
 *   | what (1) | a (1) | b (1) |
 *
 *   what % 12:  0..3  a % 32 + 1 milliseconds pass
 *               4     a frame that is under way has a byte changed: at place b, by what / 12
 *               5     a frame that is under way is lost, or (b odd) comes twice
 *               6     a frame of the input's own: the a bytes that follow (| a | b | …), now
 *               7     the router at TTL a falls silent or speaks again; b odd: its link carries b * 8 bytes
 *               8     the host sends nothing for reason a, or sends again
 *               9     the clock was stepped within a ms
 *               10    the capture lost frames; b odd: a sender is gone
 *               11    frames come a ms late */
#define NET_QUEUE 384
#include "tests/unit/trace_logged.h"

#include "erprobe/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MS_MAX 1500      /* of one run: an input takes milliseconds, not seconds */
#define QUEUE_SPARE 140  /* what one step may add */
#define INPUT_STEPS_MAX 400

enum { PLAIN, KNOWN, SIZES, PATHS, WAYS };

static const struct { size_t flows; struct trace_options o; } ways[WAYS] = {
	[PLAIN] = {3, {.max_ttl = 20, .flows = 1}},
	[KNOWN] = {6, {.max_ttl = 20, .flows = 1, .stop_at_known = true}},
	[SIZES] = {1, {.max_ttl = 12, .flows = 1, .sizes = true}},
	[PATHS] = {16, {.max_ttl = 12, .flows = 16, .alpha = 0.05, .rounds = 2}},
};

static void begin(struct logged *l, struct rd *r)
{
	static const uint8_t kinds[] = {PROBE_ICMP_ECHO, PROBE_UDP, PROBE_TCP_SYN};
	uint8_t kind = rd_u8(r), way = rd_u8(r) % WAYS, end = rd_u8(r), more = rd_u8(r);
	struct trace_options o = ways[way].o;
	struct net *n = &l->net;

	net_new(n, kinds[kind % COUNT(kinds)], kind & 0x80, ways[way].flows);
	n->end = end % (END_HOST + 1);
	n->end_router = 3;
	n->hops = 2 + more % 12;
	o.count = way == PLAIN && more & 0x80 ? 4 : 0;
	n->plan.ifaces[0].mtu = 1500;
	n->plan.iface_count = 1;
	for (uint16_t i = 0; way == PATHS && i < n->plan.flow_count; i++) {
		n->flows[i].dst = n->flows[0].dst;
		n->flows[i].src_port = (uint16_t)(41000 + i);
		identity_flow(&n->plan, &n->flows[i]);
	}
	start(l, &o);
}

static size_t queue_left(const struct net *n)
{
	size_t left = 0;

	for (size_t i = 0; i < NET_QUEUE; i++)
		left += !n->queue[i].used;
	return left;
}

/* The a-th of those under way, around; NULL where none is. */
static struct frame *under_way(struct net *n, uint8_t a, struct net_event **event)
{
	size_t used = NET_QUEUE - queue_left(n), nth = used > 0 ? a % used : 0;

	for (size_t i = 0; i < NET_QUEUE && used > 0; i++)
		if (n->queue[i].used && nth-- == 0) {
			*event = &n->queue[i];
			return &n->queue[i].frame;
		}
	return NULL;
}

static void pass(struct net *n, int64_t ms)
{
	for (; ms > 0 && n->now_ms < MS_MAX && queue_left(n) > QUEUE_SPARE && !trace_engine_done(n->engine); ms--)
		net_step(n);
}

static void put(struct net *n, const struct net_event *e)
{
	for (size_t i = 0; i < NET_QUEUE; i++)
		if (!n->queue[i].used) {
			n->queue[i] = *e;
			return;
		}
}

static void own_frame(struct net *n, struct rd *r, size_t len)
{
	struct net_event e = {.used = true};

	len = len < rd_left(r) ? len : rd_left(r);
	rd_bytes(r, e.frame.bytes, len);
	e.frame.cap_len = (uint16_t)len;
	e.frame.wire_len = (uint32_t)len;
	e.frame.at.ns = n->now_ms * NS_PER_MS;
	put(n, &e);
}

static void step(struct net *n, struct rd *r)
{
	uint8_t what = rd_u8(r), a = rd_u8(r), b = rd_u8(r);
	struct net_event *e = NULL;
	struct frame *f = under_way(n, a, &e);
	uint8_t ttl = (uint8_t)(1 + a % (NET_HOPS_MAX - 1));

	switch (what % 12) {
	case 4:
		if (f)
			f->bytes[b % (f->cap_len > 0 ? f->cap_len : 1)] ^= (uint8_t)(1 + what / 12);
		break;
	case 5:
		if (f && (b & 1))
			put(n, e);
		else if (f)
			e->used = false;
		break;
	case 6:
		own_frame(n, r, a);
		break;
	case 7:
		n->silent[ttl] = b & 1 ? n->silent[ttl] : !n->silent[ttl];
		n->link[ttl] = b & 1 ? (uint16_t)(b * 8) : 0;
		n->mute[ttl] = b & 2;
		break;
	case 8:
		n->refuse = !n->refuse;
		n->refusal = (enum send_result)(a % SEND_RESULTS);
		break;
	case 9:
		trace_engine_clock_step(n->engine, (struct mono_ns){n->now_ms * NS_PER_MS}, a * NS_PER_MS);
		break;
	case 10:
		if (b & 1)
			trace_engine_lost_sender(n->engine);
		else
			trace_engine_lost_frames(n->engine);
		break;
	case 11:
		trace_engine_lag(n->engine, a * NS_PER_MS);
		break;
	default:
		pass(n, a % 32 + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct logged l;
	struct rd r = rd_over(data, size);

	begin(&l, &r);
	for (int i = 0; i < INPUT_STEPS_MAX && rd_left(&r) > 0 && !trace_engine_done(l.net.engine); i++)
		step(&l.net, &r);
	pass(&l.net, MS_MAX);
	trace_engine_stop(l.net.engine);
	finish(&l);
	return 0;
}
