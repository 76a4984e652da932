/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/hop_limits.h"

static void add_address(struct hop_limit *l, const struct ip_addr *a)
{
	for (uint8_t i = 0; i < l->address_count; i++)
		if (ip_addr_equal(&l->addresses[i], a))
			return;
	if (l->address_count < HOP_ADDRESSES_TOLD)
		l->addresses[l->address_count++] = *a;
}

/* Of several routers it is not known whose silence it is. */
static void fit(struct hop_limits *h, const struct hop_limit *l, int fam, int ttl)
{
	struct trace_limit_fit f = trace_limit_fit(&l->seen);
	double *ceiling = &h->ceiling[fam][ttl];

	if (!f.known || l->address_count != 1)
		return;
	double most = TRACE_LIMIT_SHARE * f.rate > TRACE_PACE_LOWEST ? TRACE_LIMIT_SHARE * f.rate : TRACE_PACE_LOWEST;
	if (*ceiling == 0 || most < *ceiling)
		*ceiling = most;
}

static void take(struct hop_limits *h, const struct plan_flow *f, const struct probe_record *r, enum record_state state)
{
	int fam = ip_family_index(f->dst.family);
	struct hop_limit *l = &h->of[f->link < LINKS ? f->link : LINKS][fam][r->ttl];
	const struct mono_ns at = {r->sent_at.ns}; /* differences alone count */

	if (state == RECORD_ANSWERED && r->answer == ANSWER_TIME_EXCEEDED) {
		add_address(l, &r->from);
		trace_limit_asked(&l->seen, at);
		trace_limit_answered(&l->seen, at);
	} else if (state == RECORD_LOST && l->address_count > 0) {
		trace_limit_asked(&l->seen, at);
		trace_limit_silent(&l->seen, at);
		fit(h, l, fam, r->ttl);
	}
}

void hop_limits_take(struct hop_limits *h, const struct observations *o)
{
	for (; h->scanned < o->count; h->scanned++) {
		const struct probe_record *r = &o->records[h->scanned];
		enum record_state state = observations_state(o, r);
		if (state == RECORD_WAITING)
			return;
		if (r->ttl > 0 && r->ttl <= PATH_TTL_MAX && !observations_is_large(r) &&
		    ip_family_index(o->plan->flows[r->flow].dst.family) >= 0)
			take(h, &o->plan->flows[r->flow], r, state);
	}
}

double hop_limits_rate(const struct hop_limits *h, int fam, int ttl, double rate)
{
	double most = h->ceiling[fam][ttl];

	return most > 0 && most < rate ? most : rate;
}

struct trace_hop_rate hop_limits_told(const struct hop_limits *h, uint8_t link, int fam, int ttl, double rate)
{
	const struct hop_limit *l = &h->of[link][fam][ttl];

	return (struct trace_hop_rate){.learned = true, .rate = hop_limits_rate(h, fam, ttl, rate), .addresses = l->address_count,
	                               .asked = l->seen.asked, .answered = l->seen.answered, .silent = l->seen.silent,
	                               .fit = trace_limit_fit(&l->seen)};
}
