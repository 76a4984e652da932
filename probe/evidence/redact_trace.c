/* SPDX-License-Identifier: BSD-2-Clause */
/* A trace for others: how it was asked and what the engine decided stay (neither holds an address),
 * destinations are told by their replaced address or by a number, names are left out. */
#include "probe/evidence/redact.h"

#include "analysis/trace/trace_result.h"

#include <string.h>

/* As it was written: an address follows, a name becomes a number. */
static bool take_destination(struct trace_log *l, size_t i, const char *text, const struct anon *a)
{
	char now[TRACE_LOG_TEXT_MAX];
	struct ip_addr address;

	if (!text)
		return true;
	if (ip_addr_parse(text, &address)) {
		address = anon_addr(a, &address);
		ip_addr_text(&address, now);
	} else {
		text_format(now, sizeof now, "destination-%zu", i + 1);
	}
	return trace_log_destination(l, i, now);
}

struct trace_log *redact_trace_log(const struct trace_log *from, const struct anon *a)
{
	struct trace_log *l = trace_log_new(&from->options, from->destination_count);
	bool ok = l != NULL;

	if (!ok)
		return NULL;
	l->bad = from->bad;
	l->done_before = from->done_before;
	l->done_reached = from->done_reached;
	l->resumes = from->resumes;
	l->clock_steps = from->clock_steps;
	l->drop_bins = from->drop_bins;
	l->lag_ns = from->lag_ns;
	l->stall_ns = from->stall_ns;
	l->exit_code = from->exit_code;
	for (size_t i = 0; ok && i < from->destination_count; i++) {
		l->ended_at[i] = from->ended_at[i];
		ok = take_destination(l, i, from->destinations[i], a);
	}
	if (from->words.text)
		strbuf_add_bytes(&l->words, from->words.text, from->words.len);
	if (ok && strbuf_ok(&l->words))
		return l;
	trace_log_free(l);
	return NULL;
}

/* -- the same traces? -- */

static bool follows(const struct ip_addr *before, const struct ip_addr *after, const struct anon *a)
{
	struct ip_addr to = *before;

	if (ip_addr_is_set(before))
		to = anon_addr(a, before);
	return ip_addr_equal(&to, after);
}

static bool same_times(const struct rtt_summary *x, const struct rtt_summary *y)
{
	return x->known == y->known && (!x->known || (x->min_ns == y->min_ns && x->median_ns == y->median_ns && x->p95_ns == y->p95_ns &&
	                                              x->max_ns == y->max_ns));
}

static bool same_hop(const struct trace_hop *x, const struct trace_hop *y, const struct anon *a)
{
	const struct hop_result *b = &x->hop, *n = &y->hop;

	if (b->ttl != n->ttl || b->sent != n->sent || b->answered != n->answered || b->address_count != n->address_count ||
	    !same_times(&b->rtt, &n->rtt) || b->path_loss.known != n->path_loss.known ||
	    b->path_loss.high > n->path_loss.high || b->path_loss.high < n->path_loss.high ||
	    b->mpls_count != n->mpls_count ||
	    x->remark_count != y->remark_count || x->mtu != y->mtu || strcmp(b->note, n->note) != 0)
		return false;
	for (size_t i = 0; i < b->address_count && i < HOP_ADDRESSES_MAX; i++)
		if (!follows(&b->addresses[i], &n->addresses[i], a))
			return false;
	return true;
}

static bool same_trace(const struct trace_result *x, const struct trace_result *y, const struct anon *a)
{
	bool same = x->reached == y->reached && x->complete == y->complete && x->state == y->state && x->asked_ttl == y->asked_ttl &&
	            x->hop_count == y->hop_count && follows(&x->state_by, &y->state_by, a) && x->paths.count == y->paths.count &&
	            x->paths.probes == y->paths.probes && x->flow_loss.bad_count == y->flow_loss.bad_count && x->cycles == y->cycles &&
	            x->sizes.carried == y->sizes.carried && x->sizes.refused == y->sizes.refused &&
	            x->sizes.limit_count == y->sizes.limit_count && x->sizes.back_fragment == y->sizes.back_fragment;

	for (size_t i = 0; same && i < x->hop_count; i++)
		same = same_hop(&x->hops[i], &y->hops[i], a);
	return same;
}

bool redact_same_traces(const struct refolded *before, const struct refolded *after, const struct event_log *log, const struct anon *a)
{
	const struct trace_log *l = log->trace;
	bool same = before->result.probes_sent == after->result.probes_sent;

	for (size_t i = 0; same && i < l->destination_count; i++) {
		uint16_t flow = (uint16_t)(i * l->options.flows);
		struct trace_result x, y;

		if (!trace_result_make(before->trace, flow, &x))
			return false;
		same = trace_result_make(after->trace, flow, &y);
		if (same) {
			same = same_trace(&x, &y, a);
			trace_result_free(&y);
		}
		trace_result_free(&x);
	}
	return same;
}
