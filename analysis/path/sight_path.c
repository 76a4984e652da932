/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/path/sight_path.h"

#include "analysis/path/path.h"
#include "analysis/path/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_NS (3 * NS_PER_SEC) /* younger probes may still have been answered after the end */
#define TTLS 256
#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

/* The probes of one path, by pointer, while hops are made of them. */
struct gathering {
	const struct sight **list;
	size_t count;
	struct wall_ns end;          /* of the capture */
	int64_t *rtts;
};

static uint16_t port_of(const struct sight *p)
{
	return p->kind == PROBE_TCP_SYN ? p->dst_port : 0;
}

static int by_path(const void *x, const void *y)
{
	const struct sight *a = *(const struct sight *const *)x, *b = *(const struct sight *const *)y;
	int order = ip_addr_compare(&a->dst, &b->dst);

	if (order == 0)
		order = ip_addr_compare(&a->src, &b->src);
	if (order == 0)
		order = COMPARE(a->kind, b->kind);
	if (order == 0)
		order = COMPARE(port_of(a), port_of(b));
	return order != 0 ? order : COMPARE(a->number, b->number);
}

static bool same_path(const struct sight *a, const struct sight *b)
{
	return a->kind == b->kind && port_of(a) == port_of(b) && ip_addr_equal(&a->src, &b->src) &&
	       ip_addr_equal(&a->dst, &b->dst);
}

static bool is_answered(const struct sight *p)
{
	return p->answer != ANSWER_NONE;
}

/* From the destination itself; a refusal in its own name counts as arrival too. */
static bool is_end(const struct sight *p)
{
	return is_answered(p) && p->answer != ANSWER_TIME_EXCEEDED && ip_addr_equal(&p->from, &p->dst);
}

static bool is_open(const struct gathering *g, const struct sight *p)
{
	return !is_answered(p) && wall_since(g->end, p->at) < PATIENCE_NS;
}

/* Nearest TTL that reached the destination; TTLS when none did. */
static unsigned end_ttl(const struct gathering *g)
{
	unsigned nearest = TTLS;

	for (size_t i = 0; i < g->count; i++)
		if (is_end(g->list[i]) && g->list[i]->ttl < nearest)
			nearest = g->list[i]->ttl;
	return nearest;
}

/* -- one hop -- */

static void vote(struct hop_result *h, uint32_t votes[HOP_ADDRESSES_MAX], const struct ip_addr *from)
{
	uint8_t at = 0;

	while (at < h->address_count && !ip_addr_equal(&h->addresses[at], from))
		at++;
	if (at == HOP_ADDRESSES_MAX)
		return;
	if (at == h->address_count) {
		h->addresses[h->address_count++] = *from;
		votes[at] = 0;
	}
	votes[at]++;
	for (; at > 0 && votes[at] > votes[at - 1]; at--) {
		struct ip_addr a = h->addresses[at];
		uint32_t v = votes[at];

		h->addresses[at] = h->addresses[at - 1];
		votes[at] = votes[at - 1];
		h->addresses[at - 1] = a;
		votes[at - 1] = v;
	}
}

static void take(struct hop_result *h, uint32_t votes[HOP_ADDRESSES_MAX], uint32_t reply_ttls[TTLS], const struct sight *p)
{
	h->answered++;
	vote(h, votes, &p->from);
	reply_ttls[p->reply_ttl]++;
	if (p->mpls_count > 0) {
		memcpy(h->mpls, p->mpls, sizeof h->mpls);
		h->mpls_count = p->mpls_count;
	}
}

static int16_t most_frequent(const uint32_t votes[TTLS])
{
	int best = -1;

	for (int i = 0; i < TTLS; i++)
		if (votes[i] > 0 && (best < 0 || votes[i] > votes[best]))
			best = i;
	return (int16_t)best;
}

/* The hop of all probes with this TTL, or from it on where it is the end. */
static void fill_hop(const struct gathering *g, unsigned ttl, bool last, struct hop_result *h)
{
	uint32_t votes[HOP_ADDRESSES_MAX] = {0}, reply_ttls[TTLS] = {0};
	size_t rtts = 0;

	h->ttl = (uint8_t)ttl;
	for (size_t i = 0; i < g->count; i++) {
		const struct sight *p = g->list[i];

		if ((last ? p->ttl < ttl : p->ttl != ttl) || is_open(g, p))
			continue;
		h->sent++;
		if (is_answered(p)) {
			take(h, votes, reply_ttls, p);
			g->rtts[rtts++] = p->rtt_ns;
		}
	}
	h->reply_ttl = most_frequent(reply_ttls);
	h->rtt = stats_rtt(g->rtts, rtts);
	h->loss = stats_ratio(h->sent - h->answered, h->sent);
	if (h->sent > 0 && h->answered == 0)
		snprintf(h->note, sizeof h->note, "does not answer");
}

/* A later hop's answers prove the path up to here, as in trace_result.c. */
static void envelope(struct hop_result *hops, size_t count)
{
	struct ratio_bound best = {.known = false};

	for (size_t i = count; i-- > 0;) {
		struct hop_result *h = &hops[i];

		if (h->answered > 0 && (!best.known || h->loss.ratio < best.ratio))
			best = h->loss;
		h->path_loss = best.known ? best : h->loss;
		if (h->answered > 0 && h->loss.ratio > h->path_loss.ratio + 0.05)
			snprintf(h->note, sizeof h->note, "limits its answers, passes traffic");
	}
}

/* -- one path -- */

static bool make_hops(const struct gathering *g, struct sight_path *path)
{
	bool asked[TTLS] = {false};
	unsigned end = end_ttl(g);
	size_t count = 0;

	for (size_t i = 0; i < g->count; i++) {
		unsigned ttl = g->list[i]->ttl < end ? g->list[i]->ttl : end;

		if (!is_open(g, g->list[i]) || ttl == end) {
			count += ttl < TTLS && !asked[ttl];
			asked[ttl % TTLS] = true;
		}
	}
	path->hops = calloc(count + 1, sizeof *path->hops);
	if (!path->hops)
		return false;
	for (unsigned ttl = 0; ttl < TTLS; ttl++)
		if (asked[ttl])
			fill_hop(g, ttl, ttl == end, &path->hops[path->hop_count++]);
	envelope(path->hops, path->hop_count);
	return true;
}

static void note_end(struct sight_path *path, const struct sight *p)
{
	if (!is_end(p) || path->reached)
		return;
	path->reached = true;
	path->end = (enum answer_kind)p->answer;
	path->distance = path_return_length(p->reply_ttl);
}

static bool make_path(const struct gathering *g, struct sight_path *path)
{
	const struct sight *one = g->list[0];

	*path = (struct sight_path){.kind = one->kind, .src = one->src, .dst = one->dst, .port = port_of(one),
	                            .first = one->at, .last = one->at, .distance = -1};
	for (size_t i = 0; i < g->count; i++) {
		const struct sight *p = g->list[i];

		path->first = p->at.ns < path->first.ns ? p->at : path->first;
		path->last = p->at.ns > path->last.ns ? p->at : path->last;
		if (is_open(g, p))
			path->open++;
		else
			path->probes++;
		path->answered += is_answered(p);
		note_end(path, p);
	}
	return make_hops(g, path);
}

static size_t run_length(const struct sight *const *list, size_t count)
{
	size_t n = 1;

	while (n < count && same_path(list[0], list[n]))
		n++;
	return n;
}

static bool make_paths(struct gathering g, size_t total, struct sight_path *paths, size_t *count)
{
	const struct sight **list = g.list;

	for (size_t at = 0; at < total; at += g.count) {
		g.list = list + at;
		g.count = run_length(g.list, total - at);
		if (!make_path(&g, &paths[*count]))
			return false;
		(*count)++;
	}
	return true;
}

struct sight_path *sight_paths(const struct sights *s, size_t *count)
{
	size_t total;
	const struct sight *probes = sights_list(s, &total);
	struct gathering g = {.list = calloc(total + 1, sizeof *g.list), .end = sights_totals(s)->last,
	                      .rtts = calloc(total + 1, sizeof *g.rtts)};
	struct sight_path *paths = NULL;
	size_t different = 0;

	*count = 0;
	if (g.list && g.rtts) {
		for (size_t i = 0; i < total; i++)
			g.list[i] = &probes[i];
		qsort(g.list, total, sizeof *g.list, by_path);
		for (size_t at = 0; at < total; different++)
			at += run_length(g.list + at, total - at);
		paths = calloc(different + 1, sizeof *paths);
	}
	if (paths && !make_paths(g, total, paths, count)) {
		sight_paths_free(paths, *count);
		paths = NULL;
	}
	free(g.list);
	free(g.rtts);
	return paths;
}

int sight_path_order(const struct sight_path *a, const struct sight_path *b)
{
	int order = ip_addr_compare(&a->dst, &b->dst);

	if (order == 0)
		order = ip_addr_compare(&a->src, &b->src);
	if (order == 0)
		order = COMPARE(a->kind, b->kind);
	return order != 0 ? order : COMPARE(a->port, b->port);
}

void sight_paths_free(struct sight_path *paths, size_t count)
{
	for (size_t i = 0; paths && i < count; i++)
		free(paths[i].hops);
	free(paths);
}
