/* SPDX-License-Identifier: BSD-2-Clause */
/* From the probes of one trace to its hops. */
#include "analysis/trace/trace_result.h"

#include "analysis/path/path.h"
#include "analysis/path/stats.h"
#include "analysis/trace/trace_flow.h"
#include "analysis/trace/trace_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything of one TTL while it is gathered. */
struct gather {
	const struct trace_engine *engine;
	const struct trace_flow *trace;
	struct trace_hop *hop;
	uint32_t votes[HOP_ADDRESSES_MAX];
	int64_t *rtts;
	size_t rtt_count;
	struct trace_sample *samples;
	bool changed_quote, changed_port, changed_source;
};

static void vote(struct gather *g, uint32_t number)
{
	struct hop_result *h = &g->hop->hop;

	for (uint8_t i = 0; i < h->address_count; i++)
		if (g->hop->numbers[i] == number) {
			g->votes[i]++;
			return;
		}
	if (h->address_count == HOP_ADDRESSES_MAX || number >= g->engine->store.address_count)
		return;
	h->addresses[h->address_count] = g->engine->store.addresses[number];
	g->hop->numbers[h->address_count] = number;
	g->votes[h->address_count++] = 1;
}

static void take_extra(struct trace_hop *h, const struct trace_extra *x)
{
	if (x->mpls_count > 0) {
		memcpy(h->hop.mpls, x->mpls, sizeof h->hop.mpls);
		h->hop.mpls_count = x->mpls_count;
	}
	if (x->has_interface) {
		h->has_interface = true;
		h->interface_role = x->interface_role;
		h->interface_index = x->interface_index;
		h->interface_addr = x->interface_addr;
		memcpy(h->interface_name, x->interface_name, sizeof h->interface_name);
	}
	if (x->mtu > 0)
		h->mtu = x->mtu;
}

static bool is_icmp_error(uint8_t answer)
{
	return answer == ANSWER_TIME_EXCEEDED || answer == ANSWER_UNREACHABLE || answer == ANSWER_OTHER_ERROR;
}

static void take_icmp(struct gather *g, const struct trace_shot *s)
{
	struct trace_hop *h = g->hop;

	/* A refusal tells more than a TTL that ran out. */
	if (!h->has_icmp || s->answer != ANSWER_TIME_EXCEEDED) {
		h->icmp_type = s->icmp_type;
		h->icmp_code = s->icmp_code;
	}
	h->has_icmp = true;
	h->has_quote = h->has_quote || s->has_quote;
	if (s->has_quote) {
		h->quoted_ttl = s->quoted_ttl;
		h->quoted_tos = s->quoted_tos;
		g->changed_quote |= s->changed_quote;
		g->changed_port |= s->changed_port;
		g->changed_source |= s->changed_source;
	}
}

static void take_answer(struct gather *g, const struct trace_shot *s)
{
	g->hop->hop.answered++;
	vote(g, s->from);
	g->rtts[g->rtt_count++] = s->rtt_ns;
	if (is_icmp_error(s->answer))
		take_icmp(g, s);
	if (s->extra != NO_EXTRA && s->extra <= g->engine->store.extra_count)
		take_extra(g->hop, &g->engine->store.extras[s->extra - 1]);
}

static void add_sample(struct gather *g, const struct trace_shot *s)
{
	struct trace_sample *to = &g->samples[g->hop->hop.sent++];

	to->answered = s->state == SHOT_ANSWERED && s->from < g->engine->store.address_count;
	if (!to->answered)
		return;
	to->answer = s->answer;
	to->icmp_type = s->icmp_type;
	to->icmp_code = s->icmp_code;
	to->reply_ttl = s->reply_ttl;
	to->has_quote = s->has_quote;
	to->quoted_ttl = s->quoted_ttl;
	to->from = g->engine->store.addresses[s->from];
	to->rtt_ns = s->rtt_ns;
	take_answer(g, s);
}

/* Silence counts also of a probe that the capture missed: the helper says that it left. */
static void gather_shots(struct gather *g)
{
	struct hop_result *h = &g->hop->hop;

	for (uint16_t i = 0; i < g->trace->shot_count; i++) {
		const struct trace_shot *s = &g->trace->shots[i];
		if (s->ttl == h->ttl && s->size == 0 && (s->state == SHOT_ANSWERED || s->state == SHOT_SILENT))
			add_sample(g, s);
	}
}

/* The most frequent address first; ties keep the order of appearance. */
static void sort_addresses(struct gather *g)
{
	struct hop_result *h = &g->hop->hop;

	for (uint8_t i = 1; i < h->address_count; i++)
		for (uint8_t k = i; k > 0 && g->votes[k] > g->votes[k - 1]; k--) {
			struct ip_addr a = h->addresses[k];
			uint32_t votes = g->votes[k], number = g->hop->numbers[k];
			h->addresses[k] = h->addresses[k - 1];
			h->addresses[k - 1] = a;
			g->votes[k] = g->votes[k - 1];
			g->votes[k - 1] = votes;
			g->hop->numbers[k] = g->hop->numbers[k - 1];
			g->hop->numbers[k - 1] = number;
		}
}

static int16_t most_frequent_ttl(const struct trace_sample *samples, size_t count)
{
	uint16_t votes[256];
	int best = -1;
	size_t alike = 0;

	for (; alike < count && (!samples[alike].answered || best < 0 || samples[alike].reply_ttl == best); alike++)
		if (samples[alike].answered)
			best = samples[alike].reply_ttl;
	if (alike == count) /* nearly always */
		return (int16_t)best;
	memset(votes, 0, sizeof votes);
	for (size_t i = 0; i < count; i++)
		votes[samples[i].reply_ttl] = (uint16_t)(votes[samples[i].reply_ttl] + samples[i].answered);
	best = 0;
	for (int i = 1; i < 256; i++)
		best = votes[i] > votes[best] ? i : best;
	return (int16_t)best;
}

/* A neighbour's answer from TTL 255 or 64 has come one hop; an answer that began with
 * 64 but lost 33 or more looks like one that began with 32: the forward distance
 * tells which is nearer. */
static int16_t return_length(const struct hop_result *h)
{
	if (h->reply_ttl <= 0)
		return -1;
	int16_t length = path_return_length((uint8_t)h->reply_ttl);
	if (h->reply_ttl <= 32 && h->ttl > 20)
		return (int16_t)(64 - h->reply_ttl + 1);
	return length;
}

/* Before stats_rtt() sorts them. */
static void describe_rtts(struct trace_hop *h, const int64_t *rtts, size_t count)
{
	double mean = 0, squares = 0;

	for (size_t i = 0; i < count; i++) {
		double step = (double)rtts[i] - mean;
		mean += step / (double)(i + 1);
		squares += step * ((double)rtts[i] - mean);
	}
	if (count == 0)
		return;
	h->last_ns = rtts[count - 1];
	h->mean_ns = (int64_t)mean;
	h->deviation_ns = (int64_t)sqrt(squares / (double)count);
}

static struct ratio_bound loss_of(const struct trace_engine *e, uint32_t lost, uint32_t sent)
{
	return sent <= TRACE_FEW && lost <= sent ? e->few[sent][lost] : stats_ratio(lost, sent);
}

static void fill_hop(const struct trace_engine *e, uint16_t flow, uint8_t ttl, int64_t *rtts, struct trace_hop *h,
                     struct trace_sample *samples)
{
	struct gather g = {.engine = e, .trace = &e->flows[flow], .hop = h, .rtts = rtts, .samples = samples};

	h->hop.ttl = ttl;
	h->samples = samples;
	gather_shots(&g);
	sort_addresses(&g);
	h->hop.reply_ttl = most_frequent_ttl(samples, h->hop.sent);
	h->return_length = return_length(&h->hop);
	describe_rtts(h, rtts, g.rtt_count);
	h->hop.rtt = stats_rtt(rtts, g.rtt_count);
	h->hop.loss = loss_of(e, h->hop.sent - h->hop.answered, h->hop.sent);
	if (h->hop.sent > 0 && h->hop.answered == 0)
		snprintf(h->hop.note, sizeof h->hop.note, "does not answer");
	trace_remarks(&e->plan->flows[flow], h, (struct trace_changes){g.changed_quote, g.changed_port, g.changed_source});
}

/* What another trace has found before the hop at which this one stopped. */
static void take_known(const struct trace_engine *e, const struct trace_flow *f, struct trace_hop *h)
{
	const struct trace_known_hop *k = h->hop.sent == 0 ? trace_share_hop(e, f, h->hop.ttl) : NULL;

	if (!k)
		return;
	h->known = true;
	snprintf(h->hop.note, sizeof h->hop.note, "known from another trace");
	if (k->address >= e->store.address_count)
		return;
	h->numbers[0] = k->address;
	h->hop.addresses[0] = e->store.addresses[k->address];
	h->hop.address_count = 1;
}

/* A later hop's answers prove the path up to here: raw loss above that bound is this
 * hop's own unwillingness (rate limit), not loss on the way. */
static void envelope(struct trace_hop *hops, size_t count)
{
	struct ratio_bound best = {.known = false};

	for (size_t i = count; i-- > 0;) {
		struct hop_result *h = &hops[i].hop;
		if (h->answered > 0 && (!best.known || h->loss.ratio < best.ratio))
			best = h->loss;
		h->path_loss = best.known ? best : h->loss;
		if (h->answered > 0 && h->loss.ratio > h->path_loss.ratio + 0.05 && h->note[0] == '\0')
			snprintf(h->note, sizeof h->note, "limits its answers, passes traffic");
	}
}

/* -- the end -- */

static enum trace_state state_of(const struct plan_flow *p, const struct trace_shot *s, const struct ip_addr *from)
{
	switch (s->answer) {
	case ANSWER_ECHO_REPLY:
		return TRACE_STATE_ANSWERS;
	case ANSWER_SYN_ACK:
	case ANSWER_HALF_OPEN:
	case ANSWER_UDP:
		return TRACE_STATE_OPEN;
	case ANSWER_RST:
		return TRACE_STATE_CLOSED;
	default:
		break;
	}
	if (trace_icmp_is_filter(p->dst.family, s->icmp_type, s->icmp_code))
		return TRACE_STATE_FILTERED;
	if (p->kind == PROBE_UDP && ip_addr_equal(from, &p->dst) &&
	    trace_icmp_is_port(p->dst.family, s->icmp_type, s->icmp_code))
		return TRACE_STATE_CLOSED;
	/* A port unreachable for TCP is what a filter on the host says (RFC 792). */
	if (p->kind == PROBE_TCP_SYN && trace_icmp_is_port(p->dst.family, s->icmp_type, s->icmp_code))
		return TRACE_STATE_FILTERED;
	return TRACE_STATE_UNREACHABLE;
}

static void find_state(const struct trace_engine *e, uint16_t flow, struct trace_result *r)
{
	const struct trace_flow *f = &e->flows[flow];

	r->state = f->refusal != SEND_OK ? TRACE_STATE_NOT_SENT : TRACE_STATE_SILENT;
	for (uint16_t i = 0; i < f->shot_count && f->end_ttl > 0; i++) {
		const struct trace_shot *s = &f->shots[i];
		if (s->ttl != f->end_ttl || s->size > 0 || s->state != SHOT_ANSWERED || s->from >= e->store.address_count)
			continue;
		const struct ip_addr *from = &e->store.addresses[s->from];
		bool end = trace_answer_is_end(r->flow, s, from);
		if (r->reached || !trace_answer_is_final(r->flow, s, from))
			continue;
		r->reached = end;
		r->state = state_of(r->flow, s, from);
		r->state_by = *from;
		r->has_state_icmp = s->answer == ANSWER_UNREACHABLE;
		r->state_icmp_type = s->icmp_type;
		r->state_icmp_code = s->icmp_code;
	}
}

/* The kernel took them and none was seen on the wire: so it is where the next hop answers no ARP. */
static bool is_unseen(const struct trace_engine *e, uint16_t flow)
{
	bool any = false;

	for (uint16_t i = 0; i < e->group; i++)
		for (uint16_t k = 0; k < e->flows[flow + i].shot_count; k++) {
			any = any || e->flows[flow + i].shots[k].state == SHOT_SILENT;
			if (e->flows[flow + i].shots[k].left)
				return false;
		}
	return any && e->aside == 0;
}

static bool take_paths(const struct trace_engine *e, uint16_t flow, struct trace_result *out)
{
	struct mda *m = trace_mda(e, flow);
	uint8_t a, b;

	if (!m || !mda_begun(m))
		return true;
	out->paths = mda_graph(m);
	out->flow_loss = mda_loss(m);
	out->path_addresses = calloc(out->paths.count + 1, sizeof *out->path_addresses);
	out->has_paths = out->path_addresses != NULL;
	for (size_t i = 0; out->has_paths && i < out->paths.count; i++)
		if (out->paths.nodes[i].address < e->store.address_count)
			out->path_addresses[i] = e->store.addresses[out->paths.nodes[i].address];
	for (uint16_t f = 0; f < e->group; f++)
		if (mda_cycle(m, f, &a, &b) && out->cycles++ == 0) {
			out->cycle_first = a;
			out->cycle_second = b;
		}
	return out->has_paths;
}

/* Sizes, and what a router told of its next link. */
static void take_sizes(const struct trace_engine *e, uint16_t flow, struct trace_result *out)
{
	trace_mtu_look(e, flow, &out->sizes);
	for (uint8_t i = 0; i < out->sizes.limit_count; i++) {
		const struct trace_mtu_limit *l = &out->sizes.limits[i];
		for (size_t h = 0; h < out->hop_count && l->told_mtu > 0; h++)
			for (uint8_t a = 0; a < out->hops[h].hop.address_count; a++)
				if (ip_addr_equal(&out->hops[h].hop.addresses[a], &l->told_by))
					out->hops[h].mtu = l->told_mtu;
	}
}

bool trace_result_make(const struct trace_engine *e, uint16_t flow, struct trace_result *out)
{
	const struct trace_flow *f = &e->flows[flow];
	size_t last = f->end_ttl > 0 ? f->end_ttl : f->best_ttl;

	memset(out, 0, sizeof *out);
	out->flow = &e->plan->flows[flow];
	out->complete = !f->cut_short && f->refusal != SEND_ROUTE_MOVED;
	out->refusal = (enum send_result)f->refusal;
	out->asked_ttl = f->asked_ttl;
	find_state(e, flow, out);
	out->unseen = out->state == TRACE_STATE_SILENT && is_unseen(e, flow);
	if (!take_paths(e, flow, out))
		return false;
	if (last == 0 || !f->shots)
		return true;
	int64_t *rtts = calloc((size_t)f->shot_count + 1, sizeof *rtts);
	out->hops = calloc(last, sizeof *out->hops);
	out->samples = calloc((size_t)f->shot_count + 1, sizeof *out->samples);
	if (!rtts || !out->hops || !out->samples) {
		free(rtts);
		trace_result_free(out);
		return false;
	}
	out->hop_count = last;
	struct trace_sample *samples = out->samples;
	for (size_t i = 0; i < last; i++) {
		fill_hop(e, flow, (uint8_t)(i + 1), rtts, &out->hops[i], samples);
		samples += out->hops[i].hop.sent;
		take_known(e, f, &out->hops[i]);
	}
	free(rtts);
	envelope(out->hops, out->hop_count);
	take_sizes(e, flow, out);
	trace_remark_repeats(out->hops, out->hop_count);
	return true;
}

void trace_result_free(struct trace_result *r)
{
	free(r->hops);
	free(r->samples);
	free(r->path_addresses);
	r->path_addresses = NULL;
	r->has_paths = false;
	r->hops = NULL;
	r->samples = NULL;
	r->hop_count = 0;
}
