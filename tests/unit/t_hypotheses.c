/* SPDX-License-Identifier: BSD-2-Clause */
/* Where each fault may be in this circuit, and what a fault at its place reaches. */
#include "tests/unit/diagnose_judge.h"

#include <math.h>

#define BOTH_FAMILIES 3

struct list { struct judged j; struct hypothesis *h; size_t count; };

static struct list *list_of(enum handoff handoff, bool v6)
{
	struct list *l = calloc(1, sizeof *l);

	assert_non_null(l);
	judged_standard(&l->j, handoff);
	if (handoff == HANDOFF_L3)
		for (int k = 0; k < LINKS; k++)
			l->j.w.way[FAM4][k] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", k ? "10.10.4.1" : "10.10.3.1", k ? "172.16.1.9" : "172.16.1.1", "", "", ""}, 5, 6, 8, 0, 0};
	if (v6) {
		world_link_flows(&l->j.w, P, FAM6);
		world_link_flows(&l->j.w, S, FAM6);
	}
	return l;
}

static void fill(struct list *l)
{
	if (l->j.w.seen.count == 0)
		world_run(&l->j.w, 3);
	judged_see(&l->j);
	free(l->h);
	l->h = hypotheses_list(&l->j.seen, &l->count);
	assert_non_null(l->h);
}

static void list_free(struct list *l)
{
	judged_free(&l->j);
	free(l->h);
	free(l);
}

static size_t count_of(const struct list *l, const char *id, uint8_t link, bool any_link)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += strcmp(l->h[i].row->id, id) == 0 && (any_link || l->h[i].link == link);
	return n;
}

/* However a row is spread, its places share its prior. */
static void priors_are_shared_out(void **state)
{
	static const struct { enum handoff handoff; bool v6; } rows[] = {
	    {HANDOFF_L2, false}, {HANDOFF_L3, false}, {HANDOFF_DIRECT, false}, {HANDOFF_L2, true}, {HANDOFF_L3, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct list *l = list_of(rows[i].handoff, rows[i].v6);
		unsigned handoff = rows[i].handoff == HANDOFF_L3 ? ON_L3 : ON_L2;
		fill(l);
		assert_true(l->count > 40);
		for (size_t r = 0; r < fault_row_count; r++) {
			double sum = 0;
			for (size_t k = 0; k < l->count; k++)
				if (l->h[k].row == &fault_rows[r])
					sum += exp(l->h[k].log_prior) / odds_of_idle_edge(&l->h[k], &l->j.seen);
			/* Nothing is known of sizes, of what is usual or of Azure here: such a fault is no explanation, but of what is dead. */
			bool dead = fault_rows[r].scope == SCOPE_LINK && fault_rows[r].msee == 'X' && (fault_rows[r].says[SAYS_PORT] != 'X' || rows[i].handoff == HANDOFF_DIRECT);
			bool told = (!dead && memchr(fault_rows[r].says, 'X', sizeof fault_rows[r].says)) || fault_rows[r].usual || fault_rows[r].delay == 'R' ||
			            fault_rows[r].target == 'P' || fault_rows[r].flap || (fault_rows[r].place == AT_HOST && fault_rows[r].scope != SCOPE_SHARED);
			double want = fault_rows[r].handoffs & handoff && !fault_rows[r].size && !told ? fault_rows[r].prior * (rows[i].v6 || fault_rows[r].alone < .5 ? 1 : 1 - fault_rows[r].alone / 2) : 0;
			if (fabs(sum - want) > 1e-9)
				fail_msg("%s (row %zu) has %.6f of %.6f", fault_rows[r].id, r, sum, want);
		}
		assert_int_equal(l->h[0].row->scope, SCOPE_NONE);
		list_free(l);
	}
}

static void no_hypothesis_twice(void **state)
{
	struct list *l = list_of(HANDOFF_L2, true);

	(void)state;
	fill(l);
	for (size_t i = 0; i < l->count; i++)
		for (size_t k = 0; k < i; k++) {
			const struct hypothesis *a = &l->h[i], *b = &l->h[k];
			if (a->row == b->row && a->link == b->link && a->boundary == b->boundary && a->traffic == b->traffic &&
			    a->families == b->families && a->kind == b->kind && a->port == b->port && a->target == b->target)
				fail_msg("%s stands twice", a->row->id);
		}
	list_free(l);
}

static void places(void **state)
{
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	assert_int_equal(count_of(l, "none", LINK_NULL, false), 1);
	assert_int_equal(count_of(l, "corp.local-link", LINK_NULL, false), 1);
	/* Each link, with each way that target traffic may take beside it. */
	for (uint8_t link = 0; link < LINKS; link++) {
		assert_int_equal(count_of(l, "wan.circuit-down", link, false), TRAFFIC_KINDS - 2);
		assert_int_equal(count_of(l, "wan.loss", link, false), TRAFFIC_KINDS - 2);
		assert_int_equal(count_of(l, "wan.blackhole", link, false), TRAFFIC_KINDS); /* routing may send it all there still */
	}
	assert_int_equal(count_of(l, "wan.both-down", LINK_BOTH, false), 1);
	assert_int_equal(count_of(l, "wan.edge-down", 0, true), 0); /* not with l2 */
	/* Two targets of two services each. */
	assert_int_equal(count_of(l, "azure.target-down", LINK_NULL, false), 2);
	assert_int_equal(count_of(l, "azure.nsg", LINK_NULL, false), 2); /* ping is no service beside a port */
	/* Before each of the three hops up to the edge, and right behind it. */
	bool boundary[8] = {false};
	for (size_t i = 0; i < l->count; i++) {
		const struct hypothesis *h = &l->h[i];
		assert_true(isfinite(h->log_prior) && h->log_prior < 0);
		if (strcmp(h->row->id, "corp.path-down") == 0)
			boundary[h->boundary] = true;
		else if (h->row->place != AT_CORPORATE && h->row->place != AT_PROVIDER)
			assert_int_equal(h->boundary, 0);
	}
	assert_true(boundary[1] && boundary[2] && boundary[3] && !boundary[0] && !boundary[5]);
	list_free(l);
}

static void provider_hops(void **state)
{
	struct list *l = list_of(HANDOFF_L3, false);
	bool provider[16] = {false}, corporate[16] = {false};

	(void)state;
	fill(l);
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->h[i].row->id, "wan.path-down") == 0 && l->h[i].link == P)
			provider[l->h[i].boundary] = true;
		if (strcmp(l->h[i].row->id, "corp.path-down") == 0)
			corporate[l->h[i].boundary] = true;
		assert_true(strcmp(l->h[i].row->id, "corp.edge-down") != 0);
	}
	/* Corporate 1 to 3, provider 4, its edge 5. */
	assert_true(corporate[1] && corporate[2] && corporate[3] && !corporate[4]);
	assert_true(provider[4] && !provider[3]);
	list_free(l);
}

/* How likely the provider's, and the corporate, cut of the primary link is behind each hop. */
static void by_boundary(const struct list *l, double provider[16], double corporate[16])
{
	for (size_t i = 0; i < l->count; i++) {
		if (strcmp(l->h[i].row->id, "wan.path-down") == 0 && l->h[i].link == P)
			provider[l->h[i].boundary] += exp(l->h[i].log_prior);
		if (strcmp(l->h[i].row->id, "corp.path-down") == 0 && l->h[i].link == P)
			corporate[l->h[i].boundary] += exp(l->h[i].log_prior);
	}
}

/* Behind the last corporate hop the WAN begins (handoff l3): a hop there that nobody has met is the
 * provider's, and hardly ever a corporate one. */
static void a_silent_hop_between(void **state)
{
	struct list *l = list_of(HANDOFF_L3, false);
	double provider[16] = {0}, corporate[16] = {0};

	(void)state;
	for (int k = 0; k < LINKS; k++)
		l->j.w.way[FAM4][k] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", k ? "10.10.4.1" : "10.10.3.1", "", k ? "172.16.1.13" : "172.16.1.5", "", ""}, 6, 7, 9, 0, 0};
	fill(l);
	by_boundary(l, provider, corporate);
	assert_true(provider[3] <= 0 && provider[4] > 0 && provider[5] > 0);
	assert_true(corporate[3] > 0 && corporate[4] < .2 * corporate[3]);
	assert_true(provider[4] > 5 * corporate[4]);
	list_free(l);
}

/* Where the links have not parted before a silent hop, it may be the customer's edge or the provider's first router. */
static void a_silent_hop_where_the_links_part(void **state)
{
	struct list *l = list_of(HANDOFF_L3, false);
	double provider[16] = {0}, corporate[16] = {0};

	(void)state;
	for (int k = 0; k < LINKS; k++)
		l->j.w.way[FAM4][k] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "", k ? "172.16.1.9" : "172.16.1.1", k ? "172.16.1.13" : "172.16.1.5", "", ""}, 6, 7, 9, 0, 0};
	fill(l);
	by_boundary(l, provider, corporate);
	assert_true(provider[3] > 0 && corporate[3] > .2 * provider[3] && corporate[4] <= 0);
	list_free(l);
}

static void families_are_split(void **state)
{
	struct list *l = list_of(HANDOFF_L2, true);
	double both = 0, one = 0;

	(void)state;
	fill(l);
	for (size_t i = 0; i < l->count; i++) {
		const struct hypothesis *h = &l->h[i];
		assert_true(h->families >= 1 && h->families <= BOTH_FAMILIES);
		/* What is of the circuit itself hits both. */
		if (h->row->scope == SCOPE_NONE || h->row->circuit != '.' || h->row->provider != '.')
			assert_int_equal(h->families, BOTH_FAMILIES);
		if (strcmp(h->row->id, "wan.circuit-down") == 0 && h->link == P)
			*(h->families == BOTH_FAMILIES ? &both : &one) += exp(h->log_prior);
	}
	assert_true(both > 2 * one && one > 0);
	list_free(l);
	l = list_of(HANDOFF_L2, false);
	fill(l);
	for (size_t i = 0; i < l->count; i++)
		assert_int_equal(l->h[i].families, 1 << FAM4);
	list_free(l);
}

static void a_link_that_is_not_configured(void **state)
{
	struct list *l = calloc(1, sizeof *l);

	(void)state;
	assert_non_null(l);
	world_init(&l->j.w, HANDOFF_L2);
	l->j.w.circuit.links[S].configured = false;
	world_link_flows(&l->j.w, P, FAM4);
	fill(l);
	for (size_t i = 0; i < l->count; i++)
		assert_int_not_equal(l->h[i].link, S);
	double sum = 0;
	for (size_t i = 0; i < l->count; i++)
		sum += strcmp(l->h[i].row->id, "wan.circuit-down") == 0 ? exp(l->h[i].log_prior) : 0;
	assert_true(fabs(sum - fault_find("wan.circuit-down")->prior) < 1e-9);
	list_free(l);
}

/* No targets: nothing is said of targets and services, all else stands. */
static void no_targets(void **state)
{
	struct list *l = calloc(1, sizeof *l);

	(void)state;
	assert_non_null(l);
	world_init(&l->j.w, HANDOFF_L2);
	world_link_flows(&l->j.w, P, FAM4);
	world_link_flows(&l->j.w, S, FAM4);
	fill(l);
	assert_int_equal(count_of(l, "azure.nsg", 0, true), 0);
	assert_int_equal(count_of(l, "azure.target-down", 0, true), 0);
	assert_int_equal(count_of(l, "wan.circuit-down", 0, true), LINKS * (TRAFFIC_KINDS - 2));
	list_free(l);
}

static void where_we_are_the_edge_it_is_not_down(void **state)
{
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	l->j.w.circuit.links[P].on_edge[FAM4] = true;
	fill(l);
	assert_int_equal(count_of(l, "corp.edge-down", P, false), 0);
	assert_true(count_of(l, "corp.edge-down", S, false) > 0);
	for (size_t i = 0; i < l->count; i++)
		assert_int_not_equal(l->h[i].row->place, AT_CORPORATE); /* no hop lies between */
	list_free(l);
}

/* --- letters --- */

static struct hypothesis hypothesis(const char *id, enum fault_scope scope, uint8_t link)
{
	for (size_t i = 0; i < fault_row_count; i++)
		if (strcmp(fault_rows[i].id, id) == 0 && fault_rows[i].scope == scope)
			return (struct hypothesis){.row = &fault_rows[i], .link = link, .families = BOTH_FAMILIES};
	fail_msg("no row %s", id);
	return (struct hypothesis){0};
}

static struct traffic_group group(enum group_class cls, uint8_t link, uint8_t hop)
{
	return (struct traffic_group){.cls = cls, .link = link, .hop = hop, .kind = PROBE_ICMP_ECHO, .sent = 10};
}

/* The letters of one link's fault: on its link, on the other, and where the link is not known. */
static void reach_of_a_links_fault(void **state)
{
	enum { BY_FLOW = TRAFFIC_BY_FLOW, ELSEWHERE = TRAFFIC_ELSEWHERE, BACK_BY_FLOW = TRAFFIC_BACK_BY_FLOW };
	static const struct { const char *id; uint8_t traffic; enum group_class cls; char own, other, any; } rows[] = {
	    {"wan.circuit-down", BY_FLOW, GROUP_EDGE, 'A', 'A', 'A'},    {"wan.circuit-down", BY_FLOW, GROUP_MSEE, 'X', 'A', 'm'},
	    {"wan.circuit-down", BY_FLOW, GROUP_BGP, 'X', 'A', 'm'},     {"wan.circuit-down", BY_FLOW, GROUP_MSEE_HOP, 'X', 'A', 'm'},
	    {"wan.circuit-down", BY_FLOW, GROUP_TARGET, 'm', 'h', 'm'},  {"wan.circuit-down", ELSEWHERE, GROUP_TARGET, 'X', 'A', 'A'},
	    {"corp.edge-down", BY_FLOW, GROUP_EDGE, 'X', 'A', 'X'},      {"wan.loss", BY_FLOW, GROUP_EDGE, 'A', 'A', 'A'},
	    {"wan.loss", BY_FLOW, GROUP_MSEE, 'L', 'A', 'l'},            {"wan.loss", BY_FLOW, GROUP_TARGET, 'L', 'l', 'l'},
	    {"wan.loss", BY_FLOW, GROUP_MSEE_HOP, 'L', 'A', 'l'},        {"wan.partial", BY_FLOW, GROUP_MSEE_HOP, 'P', 'A', 'p'},
	    {"wan.latency", BY_FLOW, GROUP_TARGET, 'A', 'A', 'A'},       {"corp.edge-bgp", BY_FLOW, GROUP_MSEE_HOP, 'm', 'A', 'm'},
	    {"corp.edge-bgp", BY_FLOW, GROUP_EDGE, 'A', 'A', 'A'},     {"wan.blackhole", BY_FLOW, GROUP_TARGET, 'X', 'H', 'm'},
	    {"wan.blackhole", BACK_BY_FLOW, GROUP_TARGET, 'H', 'H', 'm'},
	    {"wan.blackhole", ELSEWHERE, GROUP_TARGET, 'X', 'A', 'A'},      {"wan.partial", BY_FLOW, GROUP_TARGET, 'P', 'p', 'Q'}};
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis h = hypothesis(rows[i].id, SCOPE_LINK, P);
		h.traffic = rows[i].traffic;
		struct traffic_group g = group(rows[i].cls, P, 0);
		char own = letter_of_group(&h, &l->j.seen, &g);
		g.link = S;
		char other = letter_of_group(&h, &l->j.seen, &g);
		g.link = LINK_ANY;
		char any = letter_of_group(&h, &l->j.seen, &g);
		if (own != rows[i].own || other != rows[i].other || (rows[i].cls != GROUP_EDGE && any != rows[i].any))
			fail_msg("%s class %d: '%c' '%c' '%c'", rows[i].id, (int)rows[i].cls, own, other, any);
		g.link = P;
		g.fam = FAM6;
		h.families = 1 << FAM4;
		assert_int_equal(letter_of_group(&h, &l->j.seen, &g), 'A'); /* the other family is well */
	}
	list_free(l);
}

/* Behind an edge without BGP the MSEE has no way back to us; on the edge it has. */
static void a_way_back(void **state)
{
	struct list *l = list_of(HANDOFF_L2, false);
	struct hypothesis h = hypothesis("corp.edge-bgp", SCOPE_LINK, P);
	struct traffic_group g = group(GROUP_MSEE, P, 0);

	(void)state;
	fill(l);
	char behind = letter_of_group(&h, &l->j.seen, &g);
	assert_true(behind != 'A' && behind != 'b');
	l->j.seen.links[P].on_edge[FAM4] = true;
	assert_int_equal(letter_of_group(&h, &l->j.seen, &g), 'A');
	list_free(l);
}

/* On the edge no corporate hop filters, but the host may: that was seen, or is not thought of. */
static void a_filter_of_the_edge_itself(void **state)
{
	(void)state;
	for (int seen = 0; seen <= 1; seen++) {
		struct list *l = list_of(HANDOFF_L2, false);
		fill(l);
		l->j.seen.links[P].on_edge[FAM4] = true;
		l->j.seen.own_filter = seen;
		free(l->h);
		l->h = hypotheses_list(&l->j.seen, &l->count);
		assert_int_equal(count_of(l, "corp.acl", 0, true) > 0, seen);
		assert_int_equal(count_of(l, "corp.path-down", 0, true), 0);
		list_free(l);
	}
}

static void reach_of_a_hop(void **state)
{
	/* Edge at 3, MSEE at 4. */
	static const struct { const char *id; enum fault_scope scope; uint8_t link, boundary, group_link, hop; char want; } rows[] = {
	    {"corp.path-down", SCOPE_SHARED, LINK_NULL, 2, LINK_ANY, 1, 'A'}, {"corp.path-down", SCOPE_SHARED, LINK_NULL, 2, LINK_ANY, 2, 'X'},
	    {"corp.path-down", SCOPE_SHARED, LINK_NULL, 2, S, 3, 'X'},        {"corp.path-loss", SCOPE_SHARED, LINK_NULL, 3, P, 3, 'L'},
	    {"corp.path-loss", SCOPE_SHARED, LINK_NULL, 3, LINK_ANY, 2, 'A'}, {"corp.edge-down", SCOPE_LINK, P, 0, P, 3, 'X'},
	    {"corp.edge-down", SCOPE_LINK, P, 0, P, 2, 'A'},                  {"corp.edge-down", SCOPE_LINK, P, 0, S, 3, 'A'},
	    {"corp.edge-down", SCOPE_LINK, P, 0, LINK_ANY, 3, 'm'},           {"wan.circuit-down", SCOPE_LINK, P, 0, P, 3, 'A'},
	    {"wan.circuit-down", SCOPE_LINK, P, 0, P, 4, 'X'},                {"azure.gateway-down", SCOPE_SHARED, LINK_NULL, 0, P, 4, 'A'},
	    {"corp.local-link", SCOPE_SHARED, LINK_NULL, 0, LINK_ANY, 1, 'X'}};
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis h = hypothesis(rows[i].id, rows[i].scope, rows[i].link);
		h.boundary = rows[i].boundary;
		struct traffic_group g = group(GROUP_HOP, rows[i].group_link, rows[i].hop);
		char got = letter_of_group(&h, &l->j.seen, &g);
		if (got != rows[i].want)
			fail_msg("row %zu: %s at hop %u: '%c'", i, rows[i].id, rows[i].hop, got);
	}
	list_free(l);
}

static void reach_of_services_and_targets(void **state)
{
	static const struct { const char *id; enum fault_scope scope; uint16_t target; uint8_t kind; uint16_t port; enum group_class cls; char want; } rows[] = {
	    {"azure.nsg", SCOPE_TARGET_SERVICE, 1, PROBE_TCP_SYN, 443, GROUP_TARGET, 'X'}, {"azure.nsg", SCOPE_TARGET_SERVICE, 0, PROBE_TCP_SYN, 443, GROUP_TARGET, 'A'},
	    {"azure.nsg", SCOPE_TARGET_SERVICE, 1, PROBE_TCP_SYN, 22, GROUP_TARGET, 'A'},  {"azure.nsg", SCOPE_TARGET_SERVICE, 1, PROBE_ICMP_ECHO, 0, GROUP_TARGET, 'A'},
	    {"azure.nsg", SCOPE_TARGET_SERVICE, 1, PROBE_TCP_SYN, 443, GROUP_MSEE_HOP, 'A'}, {"azure.target-down", SCOPE_TARGET, 1, PROBE_ICMP_ECHO, 0, GROUP_TARGET, 'X'},
	    {"azure.target-down", SCOPE_TARGET, 0, PROBE_ICMP_ECHO, 0, GROUP_TARGET, 'A'}, {"azure.target-down", SCOPE_TARGET, 1, PROBE_ICMP_ECHO, 0, GROUP_EDGE, 'A'},
	    {"corp.acl", SCOPE_SERVICE, 0, PROBE_TCP_SYN, 443, GROUP_TARGET, 'X'},         {"corp.acl", SCOPE_SERVICE, 1, PROBE_TCP_SYN, 443, GROUP_TARGET, 'X'},
	    {"corp.acl", SCOPE_SERVICE, 0, PROBE_TCP_SYN, 22, GROUP_TARGET, 'A'},          {"corp.acl", SCOPE_SERVICE, 0, PROBE_TCP_SYN, 443, GROUP_EDGE, 'X'},
	    {"azure.gateway-down", SCOPE_SHARED, 1, PROBE_TCP_SYN, 443, GROUP_TARGET, 'X'}};
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* The fault is of target 1, TCP 443; the group is what the row says. */
		struct hypothesis h = hypothesis(rows[i].id, rows[i].scope, LINK_NULL);
		h.target = 1;
		h.kind = PROBE_TCP_SYN;
		h.port = 443;
		h.boundary = 1;
		struct traffic_group g = group(rows[i].cls, P, 0);
		g.target = rows[i].target;
		g.kind = rows[i].kind;
		g.port = rows[i].port;
		char got = letter_of_group(&h, &l->j.seen, &g);
		if (got != rows[i].want)
			fail_msg("row %zu: %s: '%c'", i, rows[i].id, got);
	}
	list_free(l);
}

/* Controls leave the path behind hop 2: what is broken before that breaks them too. */
static void reach_of_controls(void **state)
{
	static const struct { const char *id; enum fault_scope scope; uint8_t link, boundary; char want; } rows[] = {
	    {"corp.path-down", SCOPE_SHARED, LINK_NULL, 1, 'X'}, {"corp.path-down", SCOPE_SHARED, LINK_NULL, 2, 'X'},
	    {"corp.path-down", SCOPE_SHARED, LINK_NULL, 3, '?'}, {"corp.path-down", SCOPE_SHARED, LINK_NULL, 4, 'A'},
	    {"corp.path-loss", SCOPE_SHARED, LINK_NULL, 2, 'L'}, {"corp.local-link", SCOPE_SHARED, LINK_NULL, 0, 'X'},
	    {"corp.edge-down", SCOPE_LINK, P, 0, 'A'},           {"wan.both-down", SCOPE_BOTH, LINK_BOTH, 0, 'A'},
	    {"corp.path-down", SCOPE_LINK, P, 1, 'A'},           {"azure.gateway-down", SCOPE_SHARED, LINK_NULL, 0, 'A'}};
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis h = hypothesis(rows[i].id, rows[i].scope, rows[i].link);
		h.boundary = rows[i].boundary;
		struct traffic_group g = group(GROUP_CONTROL, LINK_ANY, 2);
		char got = letter_of_group(&h, &l->j.seen, &g);
		if (got != rows[i].want)
			fail_msg("%s before %u: '%c'", rows[i].id, rows[i].boundary, got);
	}
	list_free(l);
}

static void letters_of_errors(void **state)
{
	struct hypothesis h = hypothesis("wan.circuit-down", SCOPE_LINK, P);
	struct traffic_group g = group(GROUP_TARGET, P, 0), msee = group(GROUP_MSEE, P, 0), other = group(GROUP_MSEE, S, 0);

	(void)state;
	assert_int_equal(letter_of_unreach_msee(&h, &msee), 'h');
	assert_int_equal(letter_of_unreach_msee(&h, &other), '.');
	assert_int_equal(letter_of_unreach_target(&h, &g), 'm');
	g.link = LINK_ANY;
	assert_int_equal(letter_of_unreach_target(&h, &g), 'm');
	g.link = S;
	assert_int_equal(letter_of_unreach_target(&h, &g), '.');
	h.families = 1 << FAM6;
	assert_int_equal(letter_of_unreach_msee(&h, &msee), '.');
	h = hypothesis("corp.acl", SCOPE_SERVICE, LINK_NULL);
	h.kind = PROBE_TCP_SYN;
	h.port = 443;
	assert_int_equal(letter_of_unreach_msee(&h, &msee), '.'); /* the MSEE is pinged */
	g.link = P;
	g.kind = PROBE_TCP_SYN;
	g.port = 443;
	assert_int_equal(letter_of_unreach_target(&h, &g), 'a');
	g.port = 22;
	assert_int_equal(letter_of_unreach_target(&h, &g), '.');
	h.kind = PROBE_ICMP_ECHO;
	assert_int_equal(letter_of_unreach_msee(&h, &msee), 'a');
}

/* A dead link's error for a SYN speaks neither for nor against a filter of pings beside it. */
static void an_error_speaks_of_what_drew_it(void **state)
{
	const struct fault_row *acl = hypothesis("corp.acl", SCOPE_SERVICE, LINK_NULL).row;
	struct hypothesis pings = {.row = acl, .link = LINK_NULL, .families = BOTH_FAMILIES, .kind = PROBE_ICMP_ECHO};
	struct hypothesis tcp = {.row = acl, .link = LINK_NULL, .families = BOTH_FAMILIES, .kind = PROBE_TCP_SYN, .port = SERVICE_EVERY_PORT};
	struct traffic_group msee = group(GROUP_MSEE, P, 0), bgp = {.cls = GROUP_BGP, .link = P, .kind = PROBE_TCP_SYN, .port = 179};

	(void)state;
	bgp.unreach = msee.unreach = UNREACH_HOST_EDGE;
	assert_int_equal(letter_of_unreach_msee(&pings, &bgp), '.');
	assert_int_equal(letter_of_unreach_msee(&pings, &msee), 'a');
	assert_int_equal(letter_of_unreach_msee(&tcp, &bgp), 'a');
	assert_int_equal(letter_of_unreach_msee(&tcp, &msee), '.');
}

/* Who says that its neighbour is unreachable lives, and the cut is right behind it. */
static void who_reports_stands_before_the_cut(void **state)
{
	/* 10.10.1.1 and 10.10.2.2 are hops 1 and 2, the edge is 3. */
	static const struct { const char *id; enum fault_scope scope; uint8_t boundary; const char *from; enum unreach unreach; char want; } rows[] = {
	    {"corp.path-down", SCOPE_SHARED, 3, "10.10.2.2", UNREACH_HOST_CORP, 'c'},
	    {"corp.path-down", SCOPE_SHARED, 2, "10.10.2.2", UNREACH_HOST_CORP, '.'},
	    {"corp.path-down", SCOPE_SHARED, 3, "10.10.1.1", UNREACH_HOST_CORP, 'm'},
	    {"corp.path-down", SCOPE_SHARED, 3, "10.10.1.1", UNREACH_NET, 'c'},       /* no route: said from anywhere */
	    {"corp.path-down", SCOPE_SHARED, 3, "10.10.9.9", UNREACH_HOST_CORP, 'c'}, /* never met as a hop */
	    {"corp.edge-down", SCOPE_LINK, 0, "10.10.2.2", UNREACH_HOST_CORP, 'c'},
	    {"corp.edge-down", SCOPE_LINK, 0, "10.10.1.1", UNREACH_HOST_CORP, 'm'},
	    {"wan.circuit-down", SCOPE_LINK, 0, "10.10.2.2", UNREACH_HOST_CORP, 'h'},
	    {"wan.path-down", SCOPE_LINK, 3, "10.10.2.2", UNREACH_HOST_CORP, 'c'}, /* our own last router names the provider's first */
	    {"wan.path-down", SCOPE_LINK, 4, "10.10.2.2", UNREACH_HOST_CORP, 'm'},
	    {"wan.path-down", SCOPE_LINK, 3, "10.10.2.2", UNREACH_NET, 'W'},
	    {"corp.path-down", SCOPE_LINK, 3, "10.10.9.9", UNREACH_HOST_CORP, 'm'}, /* hop 2 is somebody else: he stands behind it */
	    {"wan.path-down", SCOPE_LINK, 9, "10.10.9.9", UNREACH_HOST_CORP, 'c'},  /* and may stand at the hop that nobody met */
	    {"wan.path-down", SCOPE_LINK, 3, "", UNREACH_NONE, 'W'},
	    {"wan.loss", SCOPE_LINK, 0, "10.10.2.2", UNREACH_HOST_CORP, '.'}};
	struct list *l = list_of(HANDOFF_L2, false);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis h = hypothesis(rows[i].id, rows[i].scope, rows[i].scope == SCOPE_LINK ? P : LINK_NULL);
		struct traffic_group g = group(GROUP_MSEE, P, 0);
		h.boundary = rows[i].boundary;
		g.unreach = rows[i].unreach;
		if (rows[i].from[0] != '\0')
			g.unreach_from = world_addr(rows[i].from);
		char got = letter_by_reporter(&h, &l->j.seen, &g, letter_of_unreach_msee(&h, &g));
		if (got != rows[i].want)
			fail_msg("row %zu: %s before %u, said by %s: '%c'", i, rows[i].id, rows[i].boundary, rows[i].from, got);
	}
	/* Who answers nothing at all reports nothing either. */
	struct hypothesis h = hypothesis("wan.path-down", SCOPE_LINK, P);
	struct traffic_group g = group(GROUP_MSEE, P, 0);
	h.boundary = 3;
	for (size_t i = 0; i < l->j.seen.group_count; i++)
		if (l->j.seen.groups[i].cls == GROUP_HOP && l->j.seen.groups[i].hop == 2)
			l->j.seen.groups[i].answered = 0;
	assert_int_equal(letter_by_reporter(&h, &l->j.seen, &g, 'W'), '.');
	list_free(l);
}

/* Who names the edge's own address as a neighbour that does not answer stands before the edge, be it as far as the twin. */
static void an_edge_that_is_reported_stands_behind(void **state)
{
	struct list *l = list_of(HANDOFF_L2, false);
	struct hypothesis down = hypothesis("corp.edge-down", SCOPE_LINK, P), circuit = hypothesis("wan.circuit-down", SCOPE_LINK, P);
	struct traffic_group hop = group(GROUP_HOP, P, 3), beyond = group(GROUP_HOP, P, 4), error = group(GROUP_MSEE, P, 0);

	(void)state;
	fill(l);
	l->j.path.distance[FAM4].edge[P] = 0;
	assert_int_equal(letter_of_group(&down, &l->j.seen, &hop), 'X'); /* as far as the twin, which is the third hop */
	error.unreach = UNREACH_HOST_CORP;
	error.unreach_from = world_addr("10.10.2.2");
	for (size_t i = 0; i < l->j.seen.group_count; i++)
		if (l->j.seen.groups[i].cls == GROUP_EDGE && l->j.seen.groups[i].link == P) {
			l->j.seen.groups[i] = error;
			l->j.seen.groups[i].cls = GROUP_EDGE;
		}
	assert_int_equal(letter_of_group(&down, &l->j.seen, &hop), 'X'); /* from the second */
	for (size_t i = 0; i < l->j.path.address_count; i++)
		if (l->j.path.addresses[i].ttl == 2)
			l->j.path.addresses[i].ttl = 3;
	assert_int_equal(letter_of_group(&down, &l->j.seen, &hop), 'A'); /* from the third itself */
	assert_int_equal(letter_of_group(&down, &l->j.seen, &beyond), 'X');
	assert_int_equal(letter_by_reporter(&down, &l->j.seen, &error, 'c'), 'c'); /* right before the cut */
	assert_int_equal(letter_by_reporter(&circuit, &l->j.seen, &error, 'h'), '.'); /* where the edge lives nobody names it */
	error.link = circuit.link = S;
	assert_int_equal(letter_by_reporter(&circuit, &l->j.seen, &error, 'h'), 'h');
	list_free(l);
}

/* With l3 a cut behind the last corporate hop is the WAN's: a corporate hop that nobody has met is
 * seldom there. */
static void behind_the_last_corporate_hop(void **state)
{
	for (int l3 = 0; l3 < 2; l3++) {
		struct list *l = list_of(l3 ? HANDOFF_L3 : HANDOFF_L2, false);
		double at[WORLD_HOPS] = {0};
		for (int k = 0; k < LINKS; k++)
			l->j.w.way[FAM4][k].dead_from = l3 ? 4 : 3;
		fill(l);
		for (size_t i = 0; i < l->count; i++)
			if (strcmp(l->h[i].row->id, "corp.path-down") == 0 && l->h[i].row->scope == SCOPE_SHARED && l->h[i].boundary < WORLD_HOPS)
				at[l->h[i].boundary] += exp(l->h[i].log_prior);
		uint8_t last = l3 ? 4 : 3;
		assert_true(at[last - 1] > 0 && at[last] > 0);
		assert_int_equal(at[last] < at[last - 1] / 3, l3);
		list_free(l);
	}
	(void)state;
}

static void letters_of_azure(void **state)
{
	static const struct { const char *id; enum fault_scope scope; uint8_t link; enum observation_kind kind; char own, other; } rows[] = {
	    {"wan.circuit-down", SCOPE_LINK, P, OBSERVED_ARP, 'i', '.'},       {"wan.circuit-down", SCOPE_LINK, P, OBSERVED_SESSION, 'd', '.'},
	    {"wan.circuit-down", SCOPE_LINK, P, OBSERVED_CIRCUIT, '.', '.'},   {"azure.circuit-disabled", SCOPE_BOTH, LINK_BOTH, OBSERVED_CIRCUIT, 'X', 'X'},
	    {"wan.not-provisioned", SCOPE_BOTH, LINK_BOTH, OBSERVED_PROVIDER, 'X', 'X'}, {"azure.peering-disabled", SCOPE_BOTH, LINK_BOTH, OBSERVED_PEERING, 'X', 'X'},
	    {"wan.both-down", SCOPE_BOTH, LINK_BOTH, OBSERVED_ARP, 'i', 'i'},  {"azure.gateway-down", SCOPE_SHARED, LINK_NULL, OBSERVED_CONNECTION, 'n', 'n'},
	    {"azure.gateway-down", SCOPE_SHARED, LINK_NULL, OBSERVED_GATEWAY, 'g', 'g'}, {"azure.peering-config", SCOPE_LINK, P, OBSERVED_SETTINGS, 'X', '.'},
	    {"azure.msee-down", SCOPE_LINK, P, OBSERVED_ARP, 'f', '.'},        {"corp.no-advertisement", SCOPE_LINK, P, OBSERVED_SESSION, 'z', '.'},
	    {"wan.blackhole", SCOPE_LINK, P, OBSERVED_SESSION, '.', '.'},      {"wan.blackhole", SCOPE_LINK, P, OBSERVED_GROUP, '.', '.'}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis h = hypothesis(rows[i].id, rows[i].scope, rows[i].link);
		char own = letter_of_azure(&h, rows[i].kind, P, FAM4), other = letter_of_azure(&h, rows[i].kind, S, FAM4);
		if (own != rows[i].own || other != rows[i].other)
			fail_msg("%s kind %d: '%c' '%c'", rows[i].id, (int)rows[i].kind, own, other);
		h.families = 1 << FAM6;
		if (rows[i].kind == OBSERVED_ARP || rows[i].kind == OBSERVED_SESSION)
			assert_int_equal(letter_of_azure(&h, rows[i].kind, P, FAM4), '.');
	}
}

static void letters_of_delay_and_use(void **state)
{
	struct hypothesis slow = hypothesis("wan.latency", SCOPE_LINK, P), none = hypothesis("none", SCOPE_NONE, LINK_NULL);
	struct hypothesis down = hypothesis("wan.circuit-down", SCOPE_LINK, P), shared = hypothesis("azure.gateway-down", SCOPE_SHARED, LINK_NULL);
	struct hypothesis lossy = hypothesis("wan.loss", SCOPE_LINK, P), hole = hypothesis("wan.blackhole", SCOPE_LINK, P);

	(void)state;
	assert_int_equal(letter_of_use(&hole, P, FAM4), 'A'); /* the session stands: traffic goes on into it */
	assert_int_equal(letter_of_use(&hole, S, FAM4), 'A');
	hole.traffic = TRAFFIC_ELSEWHERE; /* where it took the link before */
	assert_int_equal(letter_of_use(&hole, P, FAM4), 'e');
	assert_int_equal(letter_of_delay(&slow, P), 'S');
	assert_int_equal(letter_of_delay(&slow, S), '.');
	assert_int_equal(letter_of_delay(&none, P), '.');
	assert_int_equal(letter_of_delay(&shared, S), '.'); /* what both links share makes neither the later one */
	assert_int_equal(letter_of_delay(&lossy, P), 'q');
	assert_int_equal(letter_of_delay(&lossy, S), '.');
	assert_int_equal(letter_of_use(&none, P, FAM4), 'A');
	assert_int_equal(letter_of_use(&down, P, FAM4), 'm');
	assert_int_equal(letter_of_use(&down, S, FAM4), 'A');
	assert_int_equal(letter_of_use(&shared, S, FAM4), '?');
	assert_int_equal(letter_of_use(&slow, P, FAM4), 'A');
	assert_int_equal(letter_of_use(&lossy, P, FAM4), 'A');
	lossy.traffic = TRAFFIC_ELSEWHERE; /* no target traffic meets it: the link idles, mostly */
	assert_int_equal(letter_of_use(&lossy, P, FAM4), 'i');
	assert_int_equal(letter_of_use(&lossy, S, FAM4), 'A');
	down.families = 1 << FAM6;
	assert_int_equal(letter_of_use(&down, P, FAM4), 'A');
}

/* A filter keeps its flows from being located. Where all the others take one link, they do so too. */
static void a_filter_of_flows_that_are_nowhere(void **state)
{
	static const struct { enum link_use primary, secondary; char own, other; } rows[] = {
	    {USE_YES, USE_NO, 'X', 'h'}, {USE_NO, USE_YES, 'h', 'X'}, {USE_YES, USE_YES, 'm', 'm'}, {USE_UNKNOWN, USE_UNKNOWN, 'm', 'm'}};
	struct list *l = list_of(HANDOFF_L2, false);
	struct traffic_group g = group(GROUP_TARGET, LINK_ANY, 0);

	(void)state;
	fill(l);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hypothesis own = hypothesis("wan.filter", SCOPE_LINK_SERVICE, P), other = hypothesis("wan.filter", SCOPE_LINK_SERVICE, S);
		own.kind = other.kind = PROBE_ICMP_ECHO;
		l->j.seen.links[P].use[FAM4] = rows[i].primary;
		l->j.seen.links[S].use[FAM4] = rows[i].secondary;
		if (letter_of_group(&own, &l->j.seen, &g) != rows[i].own || letter_of_group(&other, &l->j.seen, &g) != rows[i].other)
			fail_msg("row %zu: '%c' '%c'", i, letter_of_group(&own, &l->j.seen, &g), letter_of_group(&other, &l->j.seen, &g));
		struct traffic_group hop = group(GROUP_MSEE_HOP, LINK_ANY, 4); /* and expire at its MSEE */
		if ((letter_of_group(&own, &l->j.seen, &hop) == 'X') != (rows[i].own == 'X'))
			fail_msg("row %zu, as a hop: '%c'", i, letter_of_group(&own, &l->j.seen, &hop));
		g.link = S; /* located: its link counts, but for its way back */
		assert_int_equal(letter_of_group(&own, &l->j.seen, &g), 'r');
		g.link = LINK_ANY;
	}
	list_free(l);
}

/* The same of what leaves all of the link alive. */
static size_t alive_of(const struct list *l, const char *id, uint8_t link)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += strcmp(l->h[i].row->id, id) == 0 && l->h[i].link == link && l->h[i].row->target == 'a';
	return n;
}

/* A dead link may be so by what Azure alone can tell: not where Azure could have said so and did not, unless that is long
 * ago; and a port is its owner's on ExpressRoute Direct alone. */
static void what_is_dead_and_untold(void **state)
{
	static const struct { enum handoff handoff; uint8_t maintenance, port; double weight; bool maintained, shut; } rows[] = {
	    {HANDOFF_L2, AZ_UNREAD, AZ_UNREAD, 0, true, false}, {HANDOFF_L3, AZ_UNREAD, AZ_UNREAD, 0, true, false},
	    {HANDOFF_DIRECT, AZ_UNREAD, AZ_UNREAD, 0, true, true}, {HANDOFF_DIRECT, AZ_GOOD, AZ_UNREAD, 1, false, true},
	    {HANDOFF_DIRECT, AZ_UNREAD, PORT_UP, 1, true, false}, {HANDOFF_DIRECT, AZ_GOOD, PORT_UP, .3, true, true},
	    {HANDOFF_L2, AZ_UNREAD, PORT_SHUT, 1, true, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct list *l = list_of(rows[i].handoff, false);
		fill(l);
		struct azure_view *a = &l->j.seen.azure;
		a->says[SAYS_MAINTENANCE][0] = rows[i].maintenance;
		a->says[SAYS_PORT][S] = rows[i].port;
		a->says_age[SAYS_MAINTENANCE][0].weight = a->says_age[SAYS_PORT][S].weight = rows[i].weight;
		free(l->h);
		l->h = hypotheses_list(&l->j.seen, &l->count);
		if ((count_of(l, "azure.maintenance", S, false) > 0) != rows[i].maintained || (count_of(l, "azure.port-disabled", S, false) > 0) != rows[i].shut)
			fail_msg("row %zu: %zu, %zu", i, count_of(l, "azure.maintenance", S, false), count_of(l, "azure.port-disabled", S, false));
		list_free(l);
	}
}

/* A link that nothing takes may be drained, whether or not Azure was read; one that carries traffic is not. */
static void a_link_that_nothing_takes(void **state)
{
	static const struct { enum link_use secondary; bool tried; } rows[] = {{USE_YES, false}, {USE_UNKNOWN, false}, {USE_NO, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct list *l = list_of(HANDOFF_L2, false);
		fill(l);
		l->j.seen.links[P].use[FAM4] = USE_YES;
		l->j.seen.links[S].use[FAM4] = rows[i].secondary;
		free(l->h);
		l->h = hypotheses_list(&l->j.seen, &l->count);
		assert_int_equal(alive_of(l, "azure.maintenance", S) > 0, rows[i].tried);
		assert_int_equal(alive_of(l, "azure.failover-test", S) > 0, rows[i].tried);
		assert_int_equal(count_of(l, "azure.route-filter", 0, true), 0); /* a link's own, not both links' */
		list_free(l);
	}
}

/* Azure tells of maintenance: a link that nothing takes may be drained where its paths could not be read, and is not where
 * they are as ever. */
static void maintenance_is_said_alone(void **state)
{
	static const struct { enum az_drain primary, secondary; bool tried; } rows[] = {
	    {DRAIN_UNREAD, DRAIN_UNREAD, true}, {DRAIN_NONE, DRAIN_UNREAD, true}, {DRAIN_NONE, DRAIN_NONE, false}, {DRAIN_NONE, DRAIN_HERE, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct list *l = list_of(HANDOFF_L2, false);
		fill(l);
		l->j.seen.links[P].use[FAM4] = USE_YES;
		l->j.seen.links[S].use[FAM4] = USE_NO;
		l->j.seen.azure.says[SAYS_MAINTENANCE][0] = AZ_BAD;
		l->j.seen.azure.says[SAYS_DRAIN][P] = (uint8_t)rows[i].primary;
		l->j.seen.azure.says[SAYS_DRAIN][S] = (uint8_t)rows[i].secondary;
		free(l->h);
		l->h = hypotheses_list(&l->j.seen, &l->count);
		size_t drained = alive_of(l, "azure.maintenance", P) + alive_of(l, "azure.maintenance", S);
		if ((drained > 0) != rows[i].tried)
			fail_msg("row %zu: %zu", i, drained);
		list_free(l);
	}
}

/* Under "no fault" everything is well, whatever is asked. */
static void health_is_health(void **state)
{
	struct list *l = list_of(HANDOFF_L2, true);
	struct hypothesis none = hypothesis("none", SCOPE_NONE, LINK_NULL);

	(void)state;
	fill(l);
	for (size_t i = 0; i < l->j.seen.group_count; i++) {
		assert_int_equal(letter_of_group(&none, &l->j.seen, &l->j.seen.groups[i]), 'A');
		assert_int_equal(letter_of_unreach_target(&none, &l->j.seen.groups[i]), '.');
	}
	for (uint8_t link = 0; link < LINKS; link++) {
		struct traffic_group g = group(GROUP_MSEE, link, 0);
		g.fam = FAM6;
		assert_int_equal(letter_of_unreach_msee(&none, &g), '.');
		for (int kind = OBSERVED_CIRCUIT; kind <= OBSERVED_SETTINGS; kind++)
			assert_int_equal(letter_of_azure(&none, (enum observation_kind)kind, link, FAM4), '.');
	}
	list_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(priors_are_shared_out),
	    cmocka_unit_test(no_hypothesis_twice),
	    cmocka_unit_test(places),
	    cmocka_unit_test(provider_hops),
	    cmocka_unit_test(a_silent_hop_between),
	    cmocka_unit_test(a_silent_hop_where_the_links_part),
	    cmocka_unit_test(families_are_split),
	    cmocka_unit_test(a_link_that_is_not_configured),
	    cmocka_unit_test(no_targets),
	    cmocka_unit_test(where_we_are_the_edge_it_is_not_down),
	    cmocka_unit_test(reach_of_a_links_fault),
	    cmocka_unit_test(a_way_back),
	    cmocka_unit_test(a_filter_of_the_edge_itself),
	    cmocka_unit_test(reach_of_a_hop),
	    cmocka_unit_test(reach_of_services_and_targets),
	    cmocka_unit_test(reach_of_controls),
	    cmocka_unit_test(letters_of_errors),
	    cmocka_unit_test(an_error_speaks_of_what_drew_it),
	    cmocka_unit_test(who_reports_stands_before_the_cut),
	    cmocka_unit_test(an_edge_that_is_reported_stands_behind),
	    cmocka_unit_test(behind_the_last_corporate_hop),
	    cmocka_unit_test(letters_of_azure),
	    cmocka_unit_test(letters_of_delay_and_use),
	    cmocka_unit_test(a_filter_of_flows_that_are_nowhere),
	    cmocka_unit_test(what_is_dead_and_untold),
	    cmocka_unit_test(a_link_that_nothing_takes),
	    cmocka_unit_test(maintenance_is_said_alone),
	    cmocka_unit_test(health_is_health),
	};

	return cmocka_run_group_tests_name("hypotheses", tests, NULL, NULL);
}
