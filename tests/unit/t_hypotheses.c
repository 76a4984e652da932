/* SPDX-License-Identifier: BSD-2-Clause */
/* Which faults are tried, and where they may be in this circuit. What each reaches is t_letters.c's. */
#include "tests/unit/diagnose_list.h"

#include <math.h>

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
			double want = fault_row_fits(&fault_rows[r], rows[i].handoff, PEERING_PRIVATE) && !fault_rows[r].size && !told ? fault_rows[r].prior * (rows[i].v6 || fault_rows[r].alone < .5 ? 1 : 1 - fault_rows[r].alone / 2) : 0;
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
	    {HANDOFF_L2, AZ_UNREAD, PORT_SHUT, 1, true, true},
	    {HANDOFF_DIRECT, AZ_UNREAD, PORT_LIT_ALONE, 1, true, true}, {HANDOFF_DIRECT, AZ_UNREAD, PORT_UP, 0, true, true}};

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
	    cmocka_unit_test(a_filter_of_the_edge_itself),
	    cmocka_unit_test(behind_the_last_corporate_hop),
	    cmocka_unit_test(what_is_dead_and_untold),
	    cmocka_unit_test(a_link_that_nothing_takes),
	    cmocka_unit_test(maintenance_is_said_alone),
	};

	return cmocka_run_group_tests_name("hypotheses", tests, NULL, NULL);
}
