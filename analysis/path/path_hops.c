/* SPDX-License-Identifier: BSD-2-Clause */
/* The hop table of one link: who answered at each distance, how often, how fast. */
#include "analysis/path/path.h"
#include "analysis/path/stats.h"
#include "analysis/value/strbuf.h"

#include <stdlib.h>
#include <string.h>

struct hop_gather {
	struct hop_result *hop;
	uint32_t votes[HOP_ADDRESSES_MAX];
	uint32_t reply_ttl_votes[256];
	int64_t *rtts;
	size_t rtt_count;
};

struct service_flow { uint8_t circuit, role, kind; uint16_t target, port; size_t flow; bool answered; };

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Flows that ask the same service of the same target are equal but for their number. */
static int compare_services(const struct service_flow *a, const struct service_flow *b)
{
	const size_t x[] = {a->circuit, a->role, a->target, a->kind, a->port};
	const size_t y[] = {b->circuit, b->role, b->target, b->kind, b->port};
	for (size_t i = 0; i < sizeof x / sizeof x[0]; i++)
		if (x[i] != y[i])
			return compare(x[i], y[i]);
	return 0;
}

static int by_service(const void *a, const void *b)
{
	const struct service_flow *x = a, *y = b;
	int order = compare_services(x, y);
	return order ? order : compare(x->flow, y->flow);
}

/* A service that never answered, of a target that does answer others, is filtered
 * or off: its silence is no loss of the way. */
static bool find_filtered(const struct path_view *v, bool *filtered)
{
	const struct plan *p = v->plan;
	struct service_flow *list = calloc(p->flow_count + 1, sizeof *list);
	if (!list)
		return false;
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		list[i] = (struct service_flow){f->circuit, f->role, f->kind, f->target, f->dst_port, i, false};
	}
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (path_is_end_answer(&p->flows[r->flow], r) && observations_state(v->seen, r) == RECORD_ANSWERED)
			list[r->flow].answered = true;
	}
	qsort(list, p->flow_count, sizeof *list, by_service);
	for (size_t i = 0, end; i < p->flow_count; i = end) {
		bool answered = false;
		for (end = i; end < p->flow_count && compare_services(&list[i], &list[end]) == 0; end++)
			answered = answered || list[end].answered;
		for (size_t k = i; k < end; k++) {
			const struct plan_flow *f = &p->flows[list[k].flow];
			filtered[list[k].flow] = !answered && f->role == FLOW_TARGET && path_flow_distance(v, f) > 0;
		}
	}
	free(list);
	return true;
}

/* Does a record tell of this link? Hops before the fork are shared by both. */
static bool counts_for(const struct path_view *v, const struct probe_record *r, enum link_id link, uint8_t fam)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	if (f->circuit != v->circuit_index || ip_family_index(f->dst.family) != (int)fam)
		return false;
	if (f->role != FLOW_EDGE && f->role != FLOW_MSEE && f->role != FLOW_TARGET)
		return false;
	return v->flow_link[r->flow] == link;
}

static void add_address(struct hop_gather *g, const struct ip_addr *a)
{
	struct hop_result *h = g->hop;
	for (uint8_t i = 0; i < h->address_count; i++)
		if (ip_addr_equal(&h->addresses[i], a)) {
			g->votes[i]++;
			return;
		}
	if (h->address_count < HOP_ADDRESSES_MAX) {
		h->addresses[h->address_count] = *a;
		g->votes[h->address_count++] = 1;
	}
}

static bool gather(const struct path_view *v, const bool *filtered, enum link_id link, uint8_t fam, struct hop_gather *g)
{
	struct hop_result *h = g->hop;
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (observations_is_large(r) || !counts_for(v, r, link, fam) || path_record_hop(v, r) != h->ttl ||
		    (filtered[r->flow] && observations_state(v->seen, r) != RECORD_ANSWERED))
			continue;
		enum record_state state = observations_state(v->seen, r);
		if (state == RECORD_WAITING || state == RECORD_SET_ASIDE)
			continue;
		h->sent++;
		if (state != RECORD_ANSWERED)
			continue;
		h->answered++;
		add_address(g, &r->from);
		g->reply_ttl_votes[r->reply_ttl]++;
		g->rtts[g->rtt_count++] = r->rtt_ns;
		if (r->mpls_count > 0 && h->mpls_count == 0) {
			h->mpls[0].label = r->mpls_label;
			h->mpls_count = 1;
		}
	}
	return h->sent > 0;
}

/* The most frequent address first; ties keep the order of appearance. */
static void sort_addresses(struct hop_gather *g)
{
	struct hop_result *h = g->hop;
	for (uint8_t i = 1; i < h->address_count; i++)
		for (uint8_t k = i; k > 0 && g->votes[k] > g->votes[k - 1]; k--) {
			struct ip_addr a = h->addresses[k];
			h->addresses[k] = h->addresses[k - 1];
			h->addresses[k - 1] = a;
			uint32_t votes = g->votes[k];
			g->votes[k] = g->votes[k - 1];
			g->votes[k - 1] = votes;
		}
}

static int16_t most_frequent(const uint32_t votes[256])
{
	int best = -1;
	for (int i = 0; i < 256; i++)
		if (votes[i] > 0 && (best < 0 || votes[i] > votes[best]))
			best = i;
	return (int16_t)best;
}

static void name_role(const struct path_view *v, enum link_id link, uint8_t fam, struct hop_result *h)
{
	const struct path_distance *d = &v->distance[fam];
	const char *role = "";
	if (d->msee[link] > 0 && h->ttl == d->msee[link])
		role = "msee";
	else if (d->edge[link] > 0 && h->ttl == d->edge[link])
		role = "edge";
	else
		for (size_t i = 0; i < v->circuit->target_count; i++)
			if (!v->circuit->targets[i].control && path_target_distance(v, i, link) == h->ttl && h->answered > 0 &&
			    ip_addr_equal(&v->circuit->targets[i].address, &h->addresses[0]))
				role = "target";
	if (role[0] == '\0' && v->circuit->peering == PEERING_PRIVATE && d->msee[link] > 0 && h->ttl == d->msee[link] + 1 && h->answered == 0)
		role = "gateway";
	text_format(h->role, sizeof h->role, "%s", role);
	if (strcmp(role, "gateway") == 0)
		text_format(h->note, sizeof h->note, "%s", "silent: normal, it never answers");
	else if (h->answered == 0)
		text_format(h->note, sizeof h->note, "%s", "does not answer");
}

/* A later hop's answers prove the path up to here: raw loss above that bound is
 * this hop's own unwillingness (rate limit), not loss on the way. */
static void envelope(struct hop_result *hops, size_t count)
{
	struct ratio_bound best = {.known = false};
	for (size_t i = count; i-- > 0;) {
		struct hop_result *h = &hops[i];
		h->loss = stats_ratio(h->sent - h->answered, h->sent);
		if (h->answered > 0 && (!best.known || h->loss.ratio < best.ratio))
			best = h->loss;
		h->path_loss = best.known ? best : h->loss;
		if (h->answered > 0 && h->loss.ratio > h->path_loss.ratio + 0.05 && h->note[0] == '\0')
			text_format(h->note, sizeof h->note, "%s", "limits its answers, passes traffic");
	}
}

static uint8_t last_hop(const struct path_view *v, enum link_id link, uint8_t fam)
{
	uint8_t last = 0;
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		if (counts_for(v, r, link, fam) && observations_state(v->seen, r) == RECORD_ANSWERED) {
			uint8_t hop = path_record_hop(v, r);
			if (hop > last)
				last = hop;
		}
	}
	if (v->distance[fam].msee[link] > last)
		last = v->distance[fam].msee[link];
	return last > HOPS_MAX ? HOPS_MAX : last;
}

static size_t fill_hops(const struct path_view *v, enum link_id link, uint8_t fam, uint8_t last,
                        struct hop_result *hops, int64_t *rtts, const bool *filtered)
{
	size_t count = 0;
	for (uint8_t ttl = 1; ttl <= last; ttl++) {
		struct hop_result *h = &hops[count];
		h->ttl = ttl;
		struct hop_gather g = {.hop = h, .rtts = rtts};
		if (!gather(v, filtered, link, fam, &g)) {
			memset(h, 0, sizeof *h);
			continue;
		}
		sort_addresses(&g);
		h->reply_ttl = most_frequent(g.reply_ttl_votes);
		h->rtt = stats_rtt(rtts, g.rtt_count);
		struct ip_addr none = ip_addr_none();
		h->domain = path_hop_domain(v, fam, link, ttl, h->address_count ? &h->addresses[0] : &none);
		name_role(v, link, fam, h);
		count++;
	}
	return count;
}

size_t path_hops(const struct path_view *v, enum link_id link, uint8_t fam, struct hop_result **hops)
{
	*hops = NULL;
	uint8_t last = link < LINKS ? last_hop(v, link, fam) : 0;
	if (last == 0)
		return 0;
	struct hop_result *list = calloc(last, sizeof *list);
	int64_t *rtts = calloc(v->seen->count + 1, sizeof *rtts);
	bool *filtered = calloc(v->plan->flow_count + 1, sizeof *filtered);
	if (!list || !rtts || !filtered || !find_filtered(v, filtered)) {
		free(list);
		free(rtts);
		free(filtered);
		return 0;
	}
	size_t count = fill_hops(v, link, fam, last, list, rtts, filtered);
	free(rtts);
	free(filtered);
	envelope(list, count);
	*hops = list;
	return count;
}

int16_t path_return_length(uint8_t reply_ttl)
{
	static const uint8_t starts[] = {32, 64, 128, 255};

	for (size_t i = 0; reply_ttl > 0 && i < sizeof starts; i++)
		if (reply_ttl <= starts[i])
			return (int16_t)(starts[i] - reply_ttl + 1);
	return -1;
}
