/* SPDX-License-Identifier: BSD-2-Clause */
/* Folds classified frames into probe records. */
#include "analysis/path/observe.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_NS (950 * NS_PER_MS)
#define QUICK_NS (300 * NS_PER_MS)
#define PATIENCE_MIN_NS (600 * NS_PER_MS)
#define PATIENCE_EXTRA_NS (250 * NS_PER_MS)
#define SILENT_EXTRA_NS (60 * NS_PER_MS)

bool observations_init(struct observations *o, const struct plan *p)
{
	memset(o, 0, sizeof *o);
	o->plan = p;
	o->now = p->started_at;
	o->refusals = calloc(p->flow_count ? p->flow_count : 1, sizeof *o->refusals);
	return o->refusals != NULL;
}

void observations_free(struct observations *o)
{
	free(o->records);
	free(o->refusals);
	memset(o, 0, sizeof *o);
}

void observations_time(struct observations *o, struct wall_ns now)
{
	if (now.ns > o->now.ns)
		o->now = now;
}

static struct probe_record *record_new(struct observations *o)
{
	if (o->count == o->size) {
		size_t size = o->size ? o->size * 2 : 1024;
		struct probe_record *grown = realloc(o->records, size * sizeof *grown);
		if (!grown) {
			o->out_of_memory = true;
			return NULL;
		}
		o->records = grown;
		o->size = size;
	}
	struct probe_record *r = &o->records[o->count++];
	memset(r, 0, sizeof *r);
	return r;
}

static void take_out(struct observations *o, const struct match *m)
{
	struct probe_record *r = record_new(o);
	if (!r)
		return;
	r->flow = m->flow;
	r->ttl = m->ttl;
	r->size = m->size;
	r->sent_at = m->sent_at;
}

/* A target whose SYN-ACK is not answered sends it again after a second (RFC 9293 3.8.1, RFC 6298 2): one that comes so
 * late where the flow was quick before, and all else is, is the second, and the first died on its way to us. Where no more
 * than another flow to the same port was quick it may be the second: this flow's way may be slow as a whole. */
enum second { SECOND_NO, SECOND_MAY_BE, SECOND_YES };

static enum second is_second_answer(const struct observations *o, const struct match *m)
{
	const struct plan_flow *own = &o->plan->flows[m->flow];
	enum second out = SECOND_NO;
	if (m->answer != ANSWER_SYN_ACK || m->rtt_ns < REPEAT_NS || o->slowest_rtt_ns >= QUICK_NS)
		return SECOND_NO;
	for (size_t i = 0; i < o->count && out != SECOND_YES; i++) {
		const struct probe_record *r = &o->records[i];
		const struct plan_flow *f = &o->plan->flows[r->flow];
		if (r->answer != ANSWER_SYN_ACK || r->arrived || r->rtt_ns >= QUICK_NS)
			continue;
		if (r->flow == m->flow)
			out = SECOND_YES;
		else if (f->dst_port == own->dst_port && ip_addr_equal(&f->dst, &own->dst))
			out = SECOND_MAY_BE;
	}
	return out;
}

static void take_answer(struct observations *o, const struct match *m)
{
	struct probe_record *r = &o->records[m->probe];
	if (r->answer != ANSWER_NONE)
		return;
	if (m->answer == ANSWER_HALF_OPEN && m->arrived < o->count && o->records[m->arrived].answer == ANSWER_NONE)
		o->records[m->arrived].arrived = true;
	enum second second = is_second_answer(o, m);
	r->arrived = r->arrived || second == SECOND_YES;
	r->answer = (uint8_t)m->answer;
	r->icmp_type = m->icmp_type;
	r->icmp_code = m->icmp_code;
	r->from = m->from;
	r->rtt_ns = m->rtt_ns;
	r->reply_ttl = m->reply_ttl;
	r->reply_iface = m->iface;
	r->reply_id = m->reply_id;
	r->answer_seq = m->answer_seq;
	r->mtu = m->mtu;
	r->answer_size = m->size;
	r->mpls_count = m->extensions.mpls_count;
	if (r->mpls_count > 0)
		r->mpls_label = m->extensions.mpls[0].label;
	/* Unreachable errors may take seconds of neighbour resolution: they do
	 * not say how long answers take, and what may be a second answer does not either. */
	if (m->answer != ANSWER_UNREACHABLE && !r->arrived && second == SECOND_NO && m->rtt_ns > o->slowest_rtt_ns)
		o->slowest_rtt_ns = m->rtt_ns;
}

void observations_match(struct observations *o, const struct match *m, struct wall_ns at)
{
	observations_time(o, at);
	if (m->cls == MATCH_OUT) {
		take_out(o, m);
		return;
	}
	if (!m->has_probe || m->probe >= o->count)
		return;
	if (m->cls == MATCH_ANSWER)
		take_answer(o, m);
	else if (m->cls == MATCH_LATE)
		o->records[m->probe].late = true;
	else if (m->cls == MATCH_OUT_RESET)
		o->records[m->probe].reset = true;
}

/* Answers to an address that is gone come to nobody: what of this flow was under way is neither answered nor lost. */
static void set_aside(struct observations *o, uint16_t flow)
{
	for (size_t i = 0; i < o->count; i++) {
		struct probe_record *r = &o->records[i];
		if (r->flow == flow && observations_state(o, r) == RECORD_WAITING)
			r->late = true;
	}
}

void observations_not_sent(struct observations *o, const struct event_not_sent *e)
{
	observations_time(o, e->at);
	o->not_sent++;
	if (e->flow >= o->plan->flow_count)
		return;
	struct flow_refusals *f = &o->refusals[e->flow];
	if (e->result == SEND_NO_ROUTE || e->result == SEND_ROUTE_GONE || e->result == SEND_LINK_DOWN || e->result == SEND_BLOCKED || e->result == SEND_NO_ADDRESS)
		f->latest = e->at;
	if (e->result == SEND_NO_ADDRESS)
		set_aside(o, e->flow);
	switch (e->result) {
	case SEND_NO_ROUTE:
	case SEND_ROUTE_GONE: f->no_route++; break;
	case SEND_LINK_DOWN:
	case SEND_NO_ADDRESS: f->link_down++; break;
	case SEND_BLOCKED: f->blocked++; break;
	case SEND_NO_BUFFER: f->overloaded++; break;
	case SEND_REFUSED_RATE: f->turn++; break;
	default: f->policy++; break;
	}
}

int64_t observations_patience_ns(const struct observations *o)
{
	int64_t patience = 3 * o->slowest_rtt_ns + PATIENCE_EXTRA_NS;
	if (patience < PATIENCE_MIN_NS)
		return PATIENCE_MIN_NS;
	return patience > MATCH_WINDOW_NS ? MATCH_WINDOW_NS : patience;
}

bool observations_is_silent(const struct observations *o, const struct probe_record *r)
{
	return observations_state(o, r) == RECORD_WAITING && wall_since(o->now, r->sent_at) > 2 * o->slowest_rtt_ns + SILENT_EXTRA_NS;
}

bool observations_is_large(const struct probe_record *r)
{
	return r->size > OBSERVE_SMALL_MAX;
}

enum record_state observations_state(const struct observations *o, const struct probe_record *r)
{
	if (r->answer == ANSWER_UNREACHABLE)
		return RECORD_UNREACHABLE;
	if (r->arrived)
		return RECORD_LOST;
	if (r->answer != ANSWER_NONE)
		return RECORD_ANSWERED;
	if (r->late)
		return RECORD_SET_ASIDE;
	if (wall_since(o->now, r->sent_at) < observations_patience_ns(o))
		return RECORD_WAITING;
	return RECORD_LOST;
}
