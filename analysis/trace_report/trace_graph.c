/* SPDX-License-Identifier: BSD-2-Clause */
/* All paths of one trace, for a person and as the member "paths". */
#include "analysis/render/json_values.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"
#include "analysis/trace_report/trace_report.h"
#include "analysis/value/plural.h"

#include <stdio.h>

enum { TTL_COLUMNS = 4, GAP = 2, WORDS = 200 };

/* "3.2 %", and small ones not as nothing. */
static const char *share_words(double share, char buf[WORDS])
{
	snprintf(buf, WORDS, share >= 0.1 ? "%.0f %%" : share >= 0.001 ? "%.1f %%" : "%.4f %%", 100 * share);
	return buf;
}

static const char *node_words(const struct trace_result *r, size_t i, char buf[WORDS])
{
	char text[IP_TEXT_MAX];
	const struct mda_node *n = &r->paths.nodes[i];

	if (n->address == MDA_SOURCE)
		snprintf(buf, WORDS, "this host");
	else if (n->address == MDA_SILENT_ADDRESS)
		snprintf(buf, WORDS, "*");
	else
		snprintf(buf, WORDS, "%s", ip_addr_text(&r->path_addresses[i], text));
	return buf;
}

static void head(struct page *p, const struct mda_graph *g)
{
	char asked[WORDS], reached[WORDS];
	size_t branching = 0;

	for (size_t i = 0; i < g->count; i++)
		branching += g->nodes[i].next_count > 1;
	page_line(p);
	page_textf(p, TONE_STRONG, "All paths: %zu node%s, %zu where the way divides", g->count - 1, g->count == 2 ? "" : "s", branching);
	page_textf(p, TONE_PLAIN, "; %u flow%s, %u probe%s", (unsigned)g->flows, PLURAL_S(g->flows), (unsigned)g->probes, PLURAL_S(g->probes));
	page_line(p);
	page_textf(p, TONE_PLAIN, "Chance of having missed a next hop at most %s (asked for %s, over %u hops)",
	           share_words(g->bound, reached), share_words(g->alpha, asked), (unsigned)g->hops);
	if (!g->complete)
		page_text(p, TONE_WARN, ": not every node got the probes that this asks for");
	page_line(p);
}

static void node(struct page *p, const struct trace_result *r, size_t i)
{
	const struct mda_node *n = &r->paths.nodes[i];
	const char *kind = mda_balancer_name((enum mda_balancer)n->balancer);
	char text[WORDS], ttl[8];

	snprintf(ttl, sizeof ttl, "%u", n->ttl);
	page_cell_right(p, TONE_PLAIN, ttl, TTL_COLUMNS);
	page_to(p, TTL_COLUMNS + GAP);
	page_text(p, TONE_PLAIN, node_words(r, i, text));
	page_text(p, TONE_DIM, " → ");
	for (uint8_t k = 0; k < n->next_count; k++)
		page_textf(p, n->next_count > 1 ? TONE_STRONG : TONE_PLAIN, "%s%s", k > 0 ? ", " : "", node_words(r, n->next[k], text));
	if (kind)
		page_textf(p, TONE_DIM, "  (%s%s)", n->balancer == MDA_UNKNOWN ? "load balancer of unknown kind" : "balances ",
		           n->balancer == MDA_UNKNOWN ? "" : kind);
	if (n->settled < n->need)
		page_textf(p, TONE_WARN, "  %u of %u flows asked", (unsigned)n->settled, (unsigned)n->need);
	page_line(p);
}

static void losses(struct page *p, const struct trace_result *r)
{
	const struct mda_loss *l = &r->flow_loss;

	if (l->flows == 0)
		return;
	if (l->bad_count == 0) {
		page_textf(p, TONE_PLAIN, "%u flows to the end in turn: %u of %u answered, no flow worse than the others by more than chance",
		           (unsigned)l->flows, (unsigned)l->answered, (unsigned)l->sent);
		page_line(p);
		return;
	}
	page_textf(p, TONE_WARN, "%s %u of %u flows lose what the others do not: like a failed member of a bundle (LAG, ECMP)",
	           MARK_BAD, (unsigned)l->bad_count, (unsigned)l->flows);
	if (l->furthest[0] > 0)
		page_textf(p, TONE_WARN, "; they are answered up to TTL %u", (unsigned)l->furthest[0]);
	page_line(p);
}

void report_trace_paths_text(struct page *p, const struct trace_result *r)
{
	head(p, &r->paths);
	for (size_t i = 0; i < r->paths.count; i++)
		if (r->paths.nodes[i].next_count > 0)
			node(p, r, i);
	if (r->cycles > 0) {
		page_textf(p, TONE_WARN, "%s %u flow%s met one address twice, at TTL %u and %u: %s", MARK_BAD, (unsigned)r->cycles,
		           PLURAL_S(r->cycles), r->cycle_first, r->cycle_second,
		           r->cycle_second == r->cycle_first + 1 ? "a loop" : "a cycle");
		page_line(p);
	}
	losses(p, r);
}

/* -- JSON -- */

static void node_json(struct json_out *j, const struct trace_result *r, size_t i)
{
	const struct mda_node *n = &r->paths.nodes[i];

	json_object(j, NULL);
	json_int(j, "ttl", n->ttl);
	json_addr(j, "address", &r->path_addresses[i]);
	json_bool(j, "end", n->end);
	json_int(j, "flows", n->flows);
	json_int(j, "flows_beyond", n->settled);
	json_int(j, "flows_wanted", n->need);
	json_number(j, "missed", n->missed);
	json_text(j, "balancer", mda_balancer_name((enum mda_balancer)n->balancer));
	json_array(j, "next");
	for (uint8_t k = 0; k < n->next_count; k++)
		json_int(j, NULL, n->next[k]);
	json_array_end(j);
	json_object_end(j);
}

static void loss_json(struct json_out *j, const struct mda_loss *l)
{
	if (l->flows == 0) {
		json_null(j, "flow_loss");
		return;
	}
	json_object(j, "flow_loss");
	json_int(j, "flows", l->flows);
	json_int(j, "sent", l->sent);
	json_int(j, "answered", l->answered);
	json_number(j, "chance", l->chance);
	json_array(j, "bad");
	for (uint16_t i = 0; i < l->bad_count; i++) {
		json_object(j, NULL);
		json_int(j, "flow", l->bad[i]);
		json_int_or_null(j, "furthest_ttl", l->furthest[i] > 0, l->furthest[i]);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void report_trace_paths_json(struct json_out *j, const struct trace_result *r)
{
	const struct mda_graph *g = &r->paths;

	json_object(j, "paths");
	json_number(j, "alpha", g->alpha);
	json_number(j, "bound", g->bound);
	json_int(j, "split_over_hops", g->hops);
	json_bool(j, "complete", g->complete);
	json_int(j, "flows", g->flows);
	json_int(j, "probes", g->probes);
	json_array(j, "nodes");
	for (size_t i = 0; i < g->count; i++)
		node_json(j, r, i);
	json_array_end(j);
	if (r->cycles > 0) {
		json_object(j, "cycles");
		json_int(j, "flows", r->cycles);
		json_int(j, "first_ttl", r->cycle_first);
		json_int(j, "second_ttl", r->cycle_second);
		json_object_end(j);
	} else {
		json_null(j, "cycles");
	}
	loss_json(j, &r->flow_loss);
	json_object_end(j);
}
