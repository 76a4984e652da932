/* SPDX-License-Identifier: BSD-2-Clause */
/* What a fault at its place reaches: the letter of each cell. Where it is tried is t_hypotheses.c's. */
#include "tests/unit/diagnose_list.h"

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
	    cmocka_unit_test(reach_of_a_links_fault),
	    cmocka_unit_test(a_way_back),
	    cmocka_unit_test(reach_of_a_hop),
	    cmocka_unit_test(reach_of_services_and_targets),
	    cmocka_unit_test(reach_of_controls),
	    cmocka_unit_test(letters_of_errors),
	    cmocka_unit_test(an_error_speaks_of_what_drew_it),
	    cmocka_unit_test(who_reports_stands_before_the_cut),
	    cmocka_unit_test(an_edge_that_is_reported_stands_behind),
	    cmocka_unit_test(letters_of_azure),
	    cmocka_unit_test(letters_of_delay_and_use),
	    cmocka_unit_test(a_filter_of_flows_that_are_nowhere),
	    cmocka_unit_test(health_is_health),
	};

	return cmocka_run_group_tests_name("letters", tests, NULL, NULL);
}
