/* SPDX-License-Identifier: BSD-2-Clause */
/* From records to geography: distances, and whose link an address and a flow are. */
#include "tests/unit/diagnose_world.h"

static void view(struct world *w, struct path_view *v)
{
	assert_true(path_view_build(v, &w->plan, 0, &w->seen));
}

static void distances_are(const struct path_view *v, int fam, int link, uint8_t edge, uint8_t msee)
{
	if (v->distance[fam].edge[link] != edge || v->distance[fam].msee[link] != msee)
		fail_msg("edge %u, MSEE %u; not %u, %u", v->distance[fam].edge[link], v->distance[fam].msee[link], edge, msee);
}

static enum link_id link_of(const struct path_view *v, const char *address)
{
	struct ip_addr a = world_addr(address);

	return path_address_link(v, &a);
}

static void a_healthy_circuit(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_run(&w, 2);
	view(&w, &v);
	distances_are(&v, FAM4, LINK_PRIMARY, 3, 4);
	distances_are(&v, FAM4, LINK_SECONDARY, 3, 4);
	distances_are(&v, FAM6, LINK_PRIMARY, 0, 0);
	assert_int_equal(path_target_distance(&v, 0, LINK_ANY), 6);
	assert_int_equal(path_target_distance(&v, 1, LINK_ANY), 6);
	static const struct { const char *address; enum link_id link; } rows[] = {
	    {"10.10.1.1", LINK_ANY}, {"10.10.2.2", LINK_ANY}, {"10.10.3.1", LINK_PRIMARY}, {"10.10.4.1", LINK_SECONDARY},
	    {"172.16.3.1", LINK_PRIMARY}, {"172.16.4.1", LINK_SECONDARY}, {"172.16.3.2", LINK_PRIMARY},
	    {"fd00:4::2", LINK_SECONDARY}, {"10.101.7.7", LINK_ANY}, {"192.0.2.1", LINK_ANY}, {"", LINK_ANY}};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (link_of(&v, rows[i].address) != rows[i].link)
			fail_msg("%s belongs to %d", rows[i].address, (int)link_of(&v, rows[i].address));
	for (uint16_t id = 0; id < w.plan.flow_count; id++) {
		assert_int_equal(v.flow_link[id], w.takes[id]);
		assert_false(v.flow_moved[id]);
	}
	path_view_free(&v);
	world_free(&w);
}

/* Either end shows where the other is: a /30 joins them. */
static void one_end_shows_the_other(void **state)
{
	static const struct { bool edge_silent, msee_silent, hops; uint8_t edge, msee; } rows[] = {
	    {false, false, true, 3, 4}, {true, false, true, 3, 4}, {false, true, true, 3, 4}, {false, true, false, 3, 4},
	    {true, true, true, 3, 4},   /* by target traffic that expires at the MSEE */
	    {true, true, false, 0, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct path_view v;
		world_standard(&w, HANDOFF_L2);
		w.silent[EDGE1] = rows[i].edge_silent;
		w.silent[MSEE1] = w.silent[BGP1] = rows[i].msee_silent;
		if (!rows[i].hops)
			w.way[FAM4][LINK_PRIMARY].hop[4] = "";
		world_run(&w, 1);
		view(&w, &v);
		distances_are(&v, FAM4, LINK_PRIMARY, rows[i].edge, rows[i].msee);
		distances_are(&v, FAM4, LINK_SECONDARY, 3, 4);
		path_view_free(&v);
		world_free(&w);
	}
}

/* Only probes of the hop search tell distances: one with a host's own TTL tells none. */
static void full_probes_tell_no_distance(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	for (int i = 0; i < 5; i++) {
		world_probe(&w, EDGE1, FULL);
		world_probe(&w, PING, PATH_TTL_MAX + 1);
	}
	view(&w, &v);
	distances_are(&v, FAM4, LINK_PRIMARY, 0, 0);
	assert_int_equal(path_target_distance(&v, 0, LINK_ANY), 0);
	path_view_free(&v);
	world_probe(&w, PING, PATH_TTL_MAX);
	view(&w, &v);
	assert_int_equal(path_target_distance(&v, 0, LINK_ANY), PATH_TTL_MAX);
	path_view_free(&v);
	world_probe(&w, PING, 6);
	view(&w, &v);
	assert_int_equal(path_target_distance(&v, 0, LINK_ANY), 6); /* the nearest */
	path_view_free(&v);
	world_free(&w);
}

static void on_the_edge_nothing_is_before_the_msee(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_DIRECT);
	w.circuit.links[LINK_PRIMARY].on_edge[FAM4] = true;
	w.way[FAM4][LINK_PRIMARY] = (struct world_way){.hop = {"", "172.16.3.2", "", "", "", "", "", ""}, .edge = 0, .msee = 1, .end = 3};
	world_run(&w, 1);
	view(&w, &v);
	distances_are(&v, FAM4, LINK_PRIMARY, 0, 1);
	distances_are(&v, FAM4, LINK_SECONDARY, 3, 4);
	path_view_free(&v);
	world_free(&w);
}

/* A firewall at hop 4 resets connections that pings show to end at hop 6. */
static void a_firewalls_reset_is_no_distance(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	for (int i = 0; i < 4; i++)
		w.reset_from[TCP + i] = 4;
	world_run(&w, 1);
	view(&w, &v);
	for (int i = 0; i < 4; i++)
		assert_int_equal(path_flow_distance(&v, &w.flows[TCP + i]), 6);
	path_view_free(&v);
	world_free(&w);
}

/* Where nothing but resets comes, the reset must do. */
static void a_reset_is_a_distance_where_nothing_else_is(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	for (int i = 0; i < 4; i++) {
		w.silent[PING + i] = true;
		w.refuses[TCP + i] = true;
	}
	world_run(&w, 1);
	view(&w, &v);
	assert_int_equal(path_flow_distance(&v, &w.flows[TCP]), 6);
	path_view_free(&v);
	world_free(&w);
}

/* The links may be of different length, seen from us. */
static void ways_of_different_length(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.way[FAM4][LINK_SECONDARY] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "10.10.4.9", "10.10.4.1", "172.16.4.2", "", ""}, 4, 5, 7, 0, 0};
	world_run(&w, 1);
	world_probe(&w, PING + 1, 7);
	view(&w, &v);
	distances_are(&v, FAM4, LINK_PRIMARY, 3, 4);
	distances_are(&v, FAM4, LINK_SECONDARY, 4, 5);
	assert_int_equal(path_target_distance(&v, 0, LINK_PRIMARY), 6);
	assert_int_equal(path_target_distance(&v, 0, LINK_SECONDARY), 7);
	assert_true(v.target_answered[0] && v.target_answered[1]);
	path_view_free(&v);
	world_free(&w);
}

static void end_answers(void **state)
{
	static const struct { enum answer_kind kind; bool own, foreign; } rows[] = {
	    {ANSWER_ECHO_REPLY, true, false}, {ANSWER_SYN_ACK, true, false}, {ANSWER_RST, true, false}, {ANSWER_NEIGHBOUR, true, false},
	    {ANSWER_UNREACHABLE, true, false}, {ANSWER_TIME_EXCEEDED, false, false}, {ANSWER_OTHER_ERROR, false, false}, {ANSWER_NONE, false, false}};
	struct plan_flow f = {.dst = world_addr("10.101.7.7")};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct probe_record r = {.answer = (uint8_t)rows[i].kind, .from = f.dst};
		assert_int_equal(path_is_end_answer(&f, &r), rows[i].own);
		r.from = world_addr("10.101.7.8");
		assert_int_equal(path_is_end_answer(&f, &r), rows[i].foreign);
	}
}

/* Hops that both links' own flows meet are shared, though one way is dead behind them. */
static void a_dead_link_does_not_own_shared_hops(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.way[FAM4][LINK_SECONDARY].dead_from = 3;
	world_run(&w, 1);
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.1.1"), LINK_ANY);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_ANY);
	assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
	distances_are(&v, FAM4, LINK_SECONDARY, 0, 0);
	path_view_free(&v);
	world_free(&w);
}

/* The secondary's route is gone, its own flows follow the default route over the
 * primary's edge and die behind it: that edge stays the primary's. */
static void a_flow_led_astray_claims_nothing(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L3);
	w.way[FAM4][LINK_PRIMARY] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "172.16.1.5", "172.16.3.2", ""}, 5, 6, 8, 0, 0};
	w.way[FAM4][LINK_SECONDARY] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "", "", ""}, 5, 6, 8, 5, 0};
	world_run(&w, 1);
	world_error(&w, MSEE1, 3, 11, 0, "10.10.3.77"); /* a hop that the stray flows did not meet marks the fork */
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.3.77"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "172.16.1.1"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_ANY);
	path_view_free(&v);
	world_free(&w);
	/* The other way round: the primary's flows stray over the secondary's edge. */
	world_standard(&w, HANDOFF_L2);
	w.way[FAM4][LINK_PRIMARY] = w.way[FAM4][LINK_SECONDARY];
	w.way[FAM4][LINK_PRIMARY].dead_from = 4;
	w.silent[EDGE1] = true;
	world_run(&w, 1);
	world_error(&w, MSEE2, 3, 11, 0, "10.10.4.77");
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.4.1"), LINK_SECONDARY);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_ANY);
	path_view_free(&v);
	world_free(&w);
}

/* The same where a router of the one link says that it knows no way: an error tells no distance, and so no fork. */
static void an_error_marks_no_fork(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L3);
	w.way[FAM4][LINK_PRIMARY] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "172.16.1.5", "172.16.3.2", ""}, 5, 6, 8, 0, 0};
	w.way[FAM4][LINK_SECONDARY] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "", "", ""}, 5, 6, 8, 5, 0};
	world_run(&w, 1);
	world_error(&w, MSEE1, 3, 11, 0, "10.10.3.77");
	world_error(&w, MSEE1, 9, 3, 0, "10.10.3.88");
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.3.88"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
	path_view_free(&v);
	world_free(&w);
}

/* Whose the ends of the links are says the configuration, whoever meets them. */
static void a_link_end_stays_its_links(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_run(&w, 1);
	world_error(&w, MSEE2, 4, 11, 0, "172.16.3.1");
	view(&w, &v);
	assert_int_equal(link_of(&v, "172.16.3.1"), LINK_PRIMARY);
	path_view_free(&v);
	world_free(&w);
}

/* The links part early. A flow moves once: what it meets then at the distance of an old hop is another one, no hop again. */
static void a_move_to_another_hop_shares_none(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.way[FAM4][LINK_SECONDARY].hop[2] = "10.10.2.66";
	for (uint16_t f = EDGE1; f < PING; f++)
		for (uint8_t ttl = 1; ttl <= 3; ttl++)
			world_probe(&w, f, ttl);
	w.takes[TCP] = LINK_PRIMARY;
	world_probe(&w, TCP, 2);
	w.takes[TCP] = LINK_SECONDARY;
	world_probe(&w, TCP, 3);
	world_probe(&w, TCP, 2);
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "10.10.2.66"), LINK_SECONDARY);
	path_view_free(&v);
	world_free(&w);
}

/* Two equal routers before the fork, of which each link's own flows met one alone: both
 * belong to both links, and a flow's link is what it meets behind them. */
static void equal_routers_before_the_fork(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.way[FAM4][LINK_SECONDARY].hop[2] = "10.10.2.66";
	for (uint16_t f = EDGE1; f < TCP; f++)
		for (uint8_t ttl = 1; ttl <= 3; ttl++)
			world_probe(&w, f, ttl);
	w.way[FAM4][LINK_SECONDARY].hop[2] = "10.10.2.2"; /* this flow's hash takes the other one */
	w.takes[TCP] = LINK_SECONDARY;
	world_probe(&w, TCP, 3);
	world_probe(&w, TCP, 2);
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_PRIMARY); /* so far it might be … */
	assert_int_equal(v.flow_link[TCP], LINK_SECONDARY);       /* … but what is behind it counts more */
	path_view_free(&v);
	world_probe(&w, TCP, 3);
	world_probe(&w, TCP, 2);
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.2.2"), LINK_ANY);
	assert_int_equal(link_of(&v, "10.10.2.66"), LINK_ANY); /* its fellow there */
	assert_int_equal(link_of(&v, "10.10.4.1"), LINK_SECONDARY);
	assert_int_equal(v.flow_link[TCP], LINK_SECONDARY);
	path_view_free(&v);
	world_free(&w);
}

/* Both links' own flows met one router, and one link's a second one as near: that is before the fork, and places no flow that
 * is silent behind it. Where one link is dead, its flows may stray over the other's routers, and nothing is told. */
static void a_router_as_near_as_a_shared_one(void **state)
{
	static const struct { uint8_t ttl, dead_from; enum link_id link; } rows[] = {
	    {2, 0, LINK_ANY}, {1, 0, LINK_ANY}, {3, 0, LINK_PRIMARY}, {2, 3, LINK_PRIMARY}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct path_view v;
		world_standard(&w, HANDOFF_L2);
		w.way[FAM4][LINK_SECONDARY].dead_from = rows[i].dead_from;
		for (uint16_t f = EDGE1; f < PING; f++)
			for (uint8_t ttl = 1; ttl <= 4; ttl++)
				world_probe(&w, f, ttl);
		world_error(&w, MSEE1, rows[i].ttl, 11, 0, "10.10.2.66");
		world_error(&w, TCP, rows[i].ttl, 11, 0, "10.10.2.66");
		view(&w, &v);
		if (link_of(&v, "10.10.2.66") != rows[i].link || v.flow_link[TCP] != rows[i].link)
			fail_msg("row %zu: %d, flow %d", i, (int)link_of(&v, "10.10.2.66"), (int)v.flow_link[TCP]);
		assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
		path_view_free(&v);
		world_free(&w);
	}
}

/* A router that limits its answers told only one link's flows of itself. A flow passed it on its way to the other link's end: it is
 * no link's, unless enough flows passed it to its own link's. That the other link's own flows heard nothing there is not enough. */
static void a_router_that_few_heard(void **state)
{
	static const struct { bool silent; int own, other; enum link_id link; } rows[] = {
	    {true, 0, 0, LINK_PRIMARY}, {false, 0, 0, LINK_PRIMARY}, {false, 0, 1, LINK_ANY}, {false, 3, 1, LINK_ANY}, {false, 4, 1, LINK_PRIMARY}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct path_view v;
		world_standard(&w, HANDOFF_L2);
		w.way[FAM4][LINK_SECONDARY].hop[2] = rows[i].silent ? "" : "10.10.2.77";
		w.way[FAM4][LINK_PRIMARY].hop[2] = "10.10.2.66";
		for (uint16_t f = EDGE1; f < PING; f++)
			for (uint8_t ttl = 1; ttl <= 4; ttl++)
				world_probe(&w, f, ttl);
		for (int k = 0; k < rows[i].own; k++) {
			world_error(&w, PING, 2, 11, 0, "10.10.2.66");
			world_error(&w, PING, 4, 11, 0, "172.16.3.2");
		}
		for (int k = 0; k < rows[i].other; k++) {
			world_error(&w, PING + 1, 2, 11, 0, "10.10.2.66");
			world_error(&w, PING + 1, 4, 11, 0, "172.16.4.2");
		}
		world_error(&w, TCP, 2, 11, 0, "10.10.2.66");
		view(&w, &v);
		if (link_of(&v, "10.10.2.66") != rows[i].link || v.flow_link[TCP] != rows[i].link)
			fail_msg("row %zu: %d, flow %d", i, (int)link_of(&v, "10.10.2.66"), (int)v.flow_link[TCP]);
		assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
		path_view_free(&v);
		world_free(&w);
	}
}

/* Behind the fork a router that no link's own flow heard is the link's whose end alone was shown by what passed it, and places
 * what is dead behind it. */
static void a_router_that_target_flows_alone_heard(void **state)
{
	static const struct { uint8_t ttl; int primary, secondary; enum link_id link; } rows[] = {
	    {3, 0, 1, LINK_SECONDARY}, {3, 2, 0, LINK_PRIMARY}, {3, 1, 1, LINK_ANY}, {3, 0, 0, LINK_ANY}, {2, 0, 2, LINK_ANY}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct path_view v;
		world_standard(&w, HANDOFF_L2);
		world_run(&w, 1);
		for (int k = 0; k < rows[i].primary; k++) {
			world_error(&w, PING, rows[i].ttl, 11, 0, "10.10.3.77");
			world_error(&w, PING, 4, 11, 0, "172.16.3.2");
		}
		for (int k = 0; k < rows[i].secondary; k++) {
			world_error(&w, PING + 1, rows[i].ttl, 11, 0, "10.10.3.77");
			world_error(&w, PING + 1, 4, 11, 0, "172.16.4.2");
		}
		world_target(&w, "10.101.7.9", 443, false);
		world_target_flows(&w, (uint16_t)(w.circuit.target_count - 1), 1);
		world_error(&w, (uint16_t)(w.plan.flow_count - 1), rows[i].ttl, 11, 0, "10.10.3.77");
		view(&w, &v);
		if (link_of(&v, "10.10.3.77") != rows[i].link || v.flow_link[w.plan.flow_count - 1] != rows[i].link)
			fail_msg("row %zu: %d, flow %d", i, (int)link_of(&v, "10.10.3.77"), (int)v.flow_link[w.plan.flow_count - 1]);
		path_view_free(&v);
		world_free(&w);
	}
}

/* A flow that came over the router, then moved, or was seen at both links' ends, is no witness. */
static void a_flow_that_moved_is_no_witness(void **state)
{
	(void)state;
	for (int both = 0; both < 2; both++) {
		struct world w;
		struct path_view v;
		world_standard(&w, HANDOFF_L2);
		w.way[FAM4][LINK_SECONDARY].hop[2] = "10.10.2.77";
		for (uint16_t f = EDGE1; f < PING; f++)
			for (uint8_t ttl = 1; ttl <= 4; ttl++)
				world_probe(&w, f, ttl);
		world_error(&w, TCP, 2, 11, 0, "10.10.2.2");
		if (both)
			world_error(&w, TCP, 4, 11, 0, "172.16.3.2");
		else
			w.now_ms += 1000;
		world_error(&w, TCP, 4, 11, 0, "172.16.4.2");
		view(&w, &v);
		assert_int_equal(link_of(&v, "10.10.2.2"), LINK_PRIMARY);
		path_view_free(&v);
		world_free(&w);
	}
}

/* A flow that moves once makes no hop a shared one, whichever order its hops are asked in. */
static void a_move_shares_no_hop(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_run(&w, 1);
	for (int i = 0; i < 2; i++) {
		w.takes[TCP] = (uint8_t)(i ? LINK_SECONDARY : LINK_PRIMARY);
		for (uint8_t ttl = 2; ttl <= 4; ttl++)
			world_probe(&w, TCP, ttl);
		for (uint8_t ttl = 4; ttl >= 2; ttl--)
			world_probe(&w, TCP, ttl);
	}
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.3.1"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, "10.10.4.1"), LINK_SECONDARY);
	path_view_free(&v);
	world_free(&w);
}

static void a_flow_that_moves_is_marked(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.takes[TCP] = LINK_PRIMARY;
	world_run(&w, 1);
	w.takes[TCP] = LINK_SECONDARY;
	world_probe(&w, TCP, 1); /* shared: says nothing */
	view(&w, &v);
	assert_int_equal(v.flow_link[TCP], LINK_PRIMARY);
	assert_false(v.flow_moved[TCP]);
	path_view_free(&v);
	world_probe(&w, TCP, 3);
	view(&w, &v);
	assert_int_equal(v.flow_link[TCP], LINK_SECONDARY); /* the latest answer decides */
	assert_true(v.flow_moved[TCP]);
	assert_false(v.flow_moved[TCP + 1]);
	path_view_free(&v);
	world_free(&w);
}

/* On the edge a target's flow has a link from the start; that an answer confirms it is
 * no move, that another answer refutes it is one. */
static void a_flow_that_moves_on_the_edge(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.circuit.links[LINK_PRIMARY].on_edge[FAM4] = true;
	w.takes[TCP] = LINK_PRIMARY;
	world_probe(&w, TCP, 4);
	view(&w, &v);
	assert_int_equal(v.flow_link[TCP], LINK_PRIMARY);
	assert_false(v.flow_moved[TCP]);
	path_view_free(&v);
	w.takes[TCP] = LINK_SECONDARY;
	world_probe(&w, TCP, 4);
	view(&w, &v);
	assert_int_equal(v.flow_link[TCP], LINK_SECONDARY);
	assert_true(v.flow_moved[TCP]);
	path_view_free(&v);
	world_free(&w);
}

/* Where resets are all that shows an end, it is where the nearest came from. */
static void the_nearest_reset_tells_the_distance(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	w.takes[TCP] = LINK_PRIMARY;
	world_probe(&w, TCP, 4); /* located */
	for (uint8_t ttl = 8; ttl >= 6; ttl--)
		world_got(&w, world_sent(&w, TCP, ttl), ANSWER_RST, "10.101.7.7", 0, 0, 2000);
	view(&w, &v);
	assert_int_equal(path_flow_distance(&v, &w.flows[TCP]), 6);
	path_view_free(&v);
	world_free(&w);
}

/* Several routers at one distance, as load balancing shows them. */
static void several_hops_at_one_distance(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_run(&w, 1);
	world_error(&w, EDGE1, 2, 11, 0, "10.10.2.3");
	world_error(&w, MSEE2, 2, 11, 0, "10.10.2.3");
	world_error(&w, PING, 2, 11, 0, "10.10.2.4"); /* met by no link's own flow: nobody's */
	view(&w, &v);
	assert_int_equal(link_of(&v, "10.10.2.3"), LINK_ANY);
	assert_int_equal(link_of(&v, "10.10.2.4"), LINK_ANY);
	assert_int_equal(v.flow_link[PING], w.takes[PING]);
	path_view_free(&v);
	world_free(&w);
}

static void a_flow_nobody_locates_stays_open(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_probe(&w, PING, 1);
	world_probe(&w, PING, 6);
	view(&w, &v);
	assert_int_equal(v.flow_link[PING], LINK_ANY);
	assert_int_equal(v.flow_link[EDGE2], LINK_SECONDARY); /* by the plan */
	path_view_free(&v);
	world_free(&w);
}

/* Another circuit's records say nothing here. */
static void circuits_are_apart(void **state)
{
	struct world w;
	struct path_view v;
	struct plan_circuit two[2];

	(void)state;
	world_standard(&w, HANDOFF_L2);
	two[0] = two[1] = w.circuit;
	w.plan.circuits = two;
	w.plan.circuit_count = 2;
	world_run(&w, 1);
	assert_true(path_view_build(&v, &w.plan, 1, &w.seen));
	distances_are(&v, FAM4, LINK_PRIMARY, 0, 0);
	assert_int_equal(path_target_distance(&v, 0, LINK_ANY), 0);
	assert_int_equal(link_of(&v, "10.10.3.1"), LINK_ANY);
	assert_int_equal(link_of(&v, "172.16.3.2"), LINK_PRIMARY); /* by the plan alone */
	struct hop_result *hops;
	assert_int_equal(path_hops(&v, LINK_PRIMARY, FAM4, &hops), 0);
	assert_null(hops);
	path_view_free(&v);
	world_free(&w);
}

static void hops_that_records_tell_of(void **state)
{
	static const struct { uint16_t flow; uint8_t ttl, hop; } rows[] = {
	    {PING, 1, 1}, {PING, 5, 5}, {PING, 6, 6}, {PING, 7, 6}, {PING, FULL, 6}, {EDGE1, 9, 3}, {MSEE2, FULL, 4}, {BGP1, PATH_TTL_GTSM, 4}};
	struct world w;
	struct path_view v;

	(void)state;
	world_standard(&w, HANDOFF_L2);
	world_run(&w, 1);
	view(&w, &v);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct probe_record r = {.flow = rows[i].flow, .ttl = rows[i].ttl};
		assert_int_equal(path_record_hop(&v, &r), rows[i].hop);
	}
	path_view_free(&v);
	observations_free(&w.seen);
	assert_true(observations_init(&w.seen, &w.plan));
	view(&w, &v); /* nothing known */
	struct probe_record r = {.flow = PING, .ttl = FULL};
	assert_int_equal(path_record_hop(&v, &r), 0);
	for (uint8_t ttl = 1; ttl <= PATH_TTL_MAX + 1; ttl++) {
		r.ttl = ttl;
		assert_int_equal(path_record_hop(&v, &r), ttl <= PATH_TTL_MAX ? ttl : 0);
	}
	assert_int_equal(path_flow_distance(&v, &w.flows[PING]), 0);
	path_view_free(&v);
	world_free(&w);
}

/* Configured prefixes first, else the place: before the edge, between, from M on. */
static void domains_of_hops(void **state)
{
	static const struct { enum handoff handoff; enum link_id link; uint8_t ttl; const char *address; enum domain want; } rows[] = {
	    {HANDOFF_L2, LINK_PRIMARY, 1, "10.10.1.1", DOMAIN_CORPORATE}, {HANDOFF_L2, LINK_PRIMARY, 5, "10.10.9.9", DOMAIN_CORPORATE},
	    {HANDOFF_L2, LINK_PRIMARY, 1, "172.16.1.7", DOMAIN_WAN},      {HANDOFF_L2, LINK_PRIMARY, 2, "192.0.2.1", DOMAIN_CORPORATE},
	    {HANDOFF_L2, LINK_PRIMARY, 3, "192.0.2.1", DOMAIN_CORPORATE}, {HANDOFF_L2, LINK_PRIMARY, 4, "192.0.2.1", DOMAIN_AZURE},
	    {HANDOFF_L2, LINK_ANY, 5, "", DOMAIN_AZURE},                  {HANDOFF_L2, LINK_ANY, 2, "", DOMAIN_CORPORATE},
	    {HANDOFF_DIRECT, LINK_PRIMARY, 3, "", DOMAIN_CORPORATE},      {HANDOFF_L2, LINK_PRIMARY, 3, "172.16.3.1", DOMAIN_CORPORATE},
	    {HANDOFF_L3, LINK_PRIMARY, 3, "172.16.3.1", DOMAIN_WAN},      {HANDOFF_L3, LINK_PRIMARY, 3, "192.0.2.1", DOMAIN_WAN},
	    {HANDOFF_L3, LINK_PRIMARY, 2, "192.0.2.1", DOMAIN_NONE},      {HANDOFF_L3, LINK_PRIMARY, 4, "", DOMAIN_AZURE}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		struct path_view v;
		world_standard(&w, rows[i].handoff);
		world_run(&w, 1);
		view(&w, &v);
		struct ip_addr a = world_addr(rows[i].address);
		enum domain got = path_hop_domain(&v, FAM4, rows[i].link, rows[i].ttl, &a);
		if (got != rows[i].want)
			fail_msg("row %zu, %s at %u: %d", i, rows[i].address, rows[i].ttl, (int)got);
		/* The other family has no distances: only an address can tell. */
		a = world_addr("");
		assert_int_equal(path_hop_domain(&v, FAM6, rows[i].link, rows[i].ttl, &a), DOMAIN_NONE);
		path_view_free(&v);
		world_free(&w);
	}
}

static void a_single_link(void **state)
{
	struct world w;
	struct path_view v;

	(void)state;
	world_init(&w, HANDOFF_L2);
	memset(&w.circuit.links[LINK_SECONDARY], 0, sizeof w.circuit.links[LINK_SECONDARY]);
	world_link_flows(&w, LINK_PRIMARY, FAM4);
	world_run(&w, 2);
	view(&w, &v);
	distances_are(&v, FAM4, LINK_PRIMARY, 3, 4);
	distances_are(&v, FAM4, LINK_SECONDARY, 0, 0);
	assert_int_equal(link_of(&v, "10.10.1.1"), LINK_PRIMARY); /* there is no other */
	path_view_free(&v);
	world_free(&w);
}

static void more_addresses_than_there_is_room_for(void **state)
{
	struct world w;
	struct path_view v;
	char text[IP_TEXT_MAX];

	(void)state;
	world_standard(&w, HANDOFF_L2);
	for (int i = 0; i < PATH_ADDRESSES_MAX + 50; i++) {
		snprintf(text, sizeof text, "10.20.%d.%d", i / 250, 1 + i % 250);
		world_error(&w, EDGE1, 2, 11, 0, text);
	}
	view(&w, &v);
	assert_int_equal(v.address_count, PATH_ADDRESSES_MAX);
	assert_int_equal(link_of(&v, "10.20.0.1"), LINK_PRIMARY);
	assert_int_equal(link_of(&v, text), LINK_ANY);
	path_view_free(&v);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_healthy_circuit),
	    cmocka_unit_test(one_end_shows_the_other),
	    cmocka_unit_test(full_probes_tell_no_distance),
	    cmocka_unit_test(on_the_edge_nothing_is_before_the_msee),
	    cmocka_unit_test(a_firewalls_reset_is_no_distance),
	    cmocka_unit_test(a_reset_is_a_distance_where_nothing_else_is),
	    cmocka_unit_test(ways_of_different_length),
	    cmocka_unit_test(end_answers),
	    cmocka_unit_test(a_dead_link_does_not_own_shared_hops),
	    cmocka_unit_test(a_flow_led_astray_claims_nothing),
	    cmocka_unit_test(an_error_marks_no_fork),
	    cmocka_unit_test(a_link_end_stays_its_links),
	    cmocka_unit_test(a_move_to_another_hop_shares_none),
	    cmocka_unit_test(a_flow_that_moves_on_the_edge),
	    cmocka_unit_test(the_nearest_reset_tells_the_distance),
	    cmocka_unit_test(a_flow_that_moves_is_marked),
	    cmocka_unit_test(equal_routers_before_the_fork),
	    cmocka_unit_test(a_router_as_near_as_a_shared_one),
	    cmocka_unit_test(a_router_that_few_heard),
	    cmocka_unit_test(a_flow_that_moved_is_no_witness),
	    cmocka_unit_test(a_router_that_target_flows_alone_heard),
	    cmocka_unit_test(a_move_shares_no_hop),
	    cmocka_unit_test(several_hops_at_one_distance),
	    cmocka_unit_test(a_flow_nobody_locates_stays_open),
	    cmocka_unit_test(circuits_are_apart),
	    cmocka_unit_test(hops_that_records_tell_of),
	    cmocka_unit_test(domains_of_hops),
	    cmocka_unit_test(a_single_link),
	    cmocka_unit_test(more_addresses_than_there_is_room_for),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
