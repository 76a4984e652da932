/* SPDX-License-Identifier: BSD-2-Clause */
/* Full-size probes: which are sent, what is concluded, who is named. */
#include "analysis/fold/stop.h"
#include "analysis/verdict/verdict.h"
#include "tests/unit/diagnose_judge.h"

#define FULL_SIZE 1500

/* Datagrams above `limit` bytes die on the way to hop `at` of these links. */
struct narrow {
	uint16_t limit;
	uint8_t at;
	bool on[LINKS];
	const char *told_by;     /* who says so, with `limit` (or nothing, with 0 said) */
	bool says_nothing;
	bool back_alone;         /* echo replies die, what expires is answered */
	bool msee_mute;          /* the MSEE itself ignores large pings */
	uint16_t lost_once;      /* the first probe of this size is lost */
	uint16_t back;           /* echoes come back in fragments of so much; 0 = whole */
	unsigned largest_asked, asked;
};

static void answer_large(struct world *w, struct narrow *n, const struct size_wish *wish)
{
	const struct plan_flow *f = &w->flows[wish->flow];
	uint8_t link = w->takes[wish->flow];
	const struct world_way *way = &w->way[FAM4][link];
	uint8_t end = f->role == FLOW_EDGE ? way->edge : f->role == FLOW_MSEE ? way->msee : way->end;
	uint8_t reached = wish->ttl < end ? wish->ttl : end;
	bool too_large = n->on[link] && wish->size > n->limit && reached >= n->at;
	uint32_t record = world_sent(w, wish->flow, wish->ttl);
	char dst[IP_TEXT_MAX];

	w->seen.records[record].size = wish->size;
	w->now_ms += 5;
	n->asked++;
	if (wish->size > n->largest_asked)
		n->largest_asked = wish->size;
	ip_addr_text(&f->dst, dst);
	if (too_large && n->told_by) {
		world_got(w, record, ANSWER_UNREACHABLE, n->told_by, 3, 4, 900);
		w->seen.records[record].mtu = n->says_nothing ? 0 : n->limit;
	} else if (wish->size == n->lost_once) {
		n->lost_once = 0;
	} else if (too_large && !(n->back_alone && wish->ttl < end)) {
		return;
	} else if (wish->ttl < end) {
		world_got(w, record, ANSWER_TIME_EXCEEDED, way->hop[reached], 11, 0, 1000);
	} else if (!(n->msee_mute && f->role == FLOW_MSEE)) {
		world_got(w, record, ANSWER_ECHO_REPLY, dst, 0, 0, 1000);
		w->seen.records[record].answer_size = n->back ? n->back : wish->size;
	}
}

/* Asks turn by turn, so far apart, until nothing is wanted any more. Returns how many had something to ask. */
static int ask_turns(struct judged *j, struct narrow *n, int turns, int64_t turn_ms)
{
	struct world *w = &j->w;
	int asked = 0;

	for (int turn = 0; turn < turns; turn++) {
		struct path_view v;
		struct size_wish wishes[24];
		assert_true(path_view_build(&v, &w->plan, 0, &w->seen));
		size_t count = sizes_next(&v, wishes, 24);
		path_view_free(&v);
		if (count == 0 && turn_ms > 1000)
			break;
		asked += count > 0;
		for (size_t i = 0; i < count; i++)
			answer_large(w, n, &wishes[i]);
		w->now_ms += turn_ms;
		observations_time(&w->seen, world_at(w, w->now_ms));
	}
	return asked;
}

static void run_sizes(struct judged *j, struct narrow *n)
{
	assert_true(ask_turns(j, n, 60, 5000) < 60);
	judged_weigh(j);
}

static void start(struct judged *j, enum handoff handoff)
{
	judged_standard(j, handoff);
	for (int l = 0; l < LINKS; l++)
		j->w.circuit.links[l].mtu = FULL_SIZE;
	world_run(&j->w, 26);
}

static const struct link_size *size_of(const struct judged *j, int link)
{
	return &j->seen.links[link].size[FAM4];
}

static void nothing_is_asked_without_a_size(void **state)
{
	struct judged j;
	struct narrow n = {0};

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	world_run(&j.w, 26);
	run_sizes(&j, &n);
	assert_int_equal(n.asked, 0);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_UNKNOWN);
	assert_true(judged_probability(&j, "none", LINK_NULL) > 0.9);
	judged_free(&j);
}

static void a_healthy_link_costs_few(void **state)
{
	struct judged j;
	struct narrow n = {0};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	for (int l = 0; l < LINKS; l++) {
		assert_int_equal(size_of(&j, l)->outcome, SIZE_PASSES);
		assert_int_equal(size_of(&j, l)->carried, FULL_SIZE);
		assert_false(size_of(&j, l)->wanted);
	}
	assert_true(n.asked <= 12);
	assert_int_equal(n.largest_asked, FULL_SIZE);
	assert_true(judged_probability(&j, "none", LINK_NULL) > 0.97);
	judged_free(&j);
}

static void silence_behind_the_edge_is_the_wans(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1400, .at = 4, .on = {true, false}};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_DIES);
	assert_true(size_of(&j, P)->sure && size_of(&j, P)->searched);
	assert_int_equal(size_of(&j, P)->carried, 1400);
	assert_int_equal(size_of(&j, P)->refused, 1401);
	assert_int_equal(size_of(&j, P)->passed, 3);
	assert_int_equal(size_of(&j, P)->dead, 4);
	assert_int_equal(size_of(&j, S)->outcome, SIZE_PASSES);
	assert_true(judged_probability(&j, "wan.mtu", P) > 0.95);
	judged_free(&j);
}

static void silence_before_the_edges_is_corporate(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1372, .at = 2, .on = {true, true}};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, S)->outcome, SIZE_DIES);
	assert_int_equal(size_of(&j, S)->passed, 1);
	assert_int_equal(size_of(&j, S)->dead, 2);
	assert_int_equal(size_of(&j, S)->carried, 1372);
	assert_true(judged_probability(&j, "corp.mtu", LINK_NULL) > 0.95);
	judged_free(&j);
}

static void who_says_so_is_named(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1400, .at = 3, .on = {true, true}, .told_by = "10.10.2.2"};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_TOLD);
	assert_int_equal(size_of(&j, P)->told_mtu, 1400);
	assert_int_equal(size_of(&j, P)->told_hop, 2);
	assert_int_equal(size_of(&j, P)->told_domain, DOMAIN_CORPORATE);
	assert_int_equal(size_of(&j, P)->carried, 1400);
	assert_true(n.asked < 24);
	assert_true(judged_probability(&j, "corp.mtu", LINK_NULL) > 0.95);
	judged_free(&j);
}

/* RFC 1191 5: an old router names no size; it is searched for. */
static void a_router_that_names_no_size(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1006, .at = 4, .on = {true, false}, .told_by = "172.16.1.9", .says_nothing = true};

	(void)state;
	start(&j, HANDOFF_L3);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_TOLD);
	assert_int_equal(size_of(&j, P)->told_mtu, 0);
	assert_int_equal(size_of(&j, P)->carried, 1006);
	assert_int_equal(size_of(&j, P)->told_domain, DOMAIN_WAN);
	assert_true(judged_probability(&j, "wan.mtu", P) > 0.95);
	judged_free(&j);
}

static void an_msee_that_ignores_large_pings_is_no_fault(void **state)
{
	struct judged j;
	struct narrow n = {.msee_mute = true};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_PASSES);
	assert_true(judged_probability(&j, "none", LINK_NULL) > 0.97);
	judged_free(&j);
}

/* The first two are lost and no more was asked: not proven, and no picture of health either. */
static void the_first_lost_ones_raise_a_doubt(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1400, .at = 4, .on = {true, false}};

	(void)state;
	start(&j, HANDOFF_L2);
	for (int i = 0; i < 2; i++)
		answer_large(&j.w, &n, &(struct size_wish){1, PATH_TTL_FULL, FULL_SIZE});
	j.w.now_ms += 5000;
	observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
	judged_weigh(&j);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_UNKNOWN);
	assert_true(size_of(&j, P)->doubt && size_of(&j, P)->wanted);
	assert_true(judged_probability(&j, "none", LINK_NULL) < 0.95);
	assert_true(judged_probability(&j, "wan.mtu", P) < 0.9);
	judged_free(&j);
}

/* Silence proves nothing before its time, but the next sizes are asked meanwhile: in one patience's time the limit is found. */
static void the_search_goes_ahead_of_the_proof(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1412, .at = 4, .on = {true, false}};
	struct link_size sizes[LINKS][FAMILIES];
	struct path_view v;

	(void)state;
	start(&j, HANDOFF_L2);
	int64_t began_ms = j.w.now_ms;
	assert_in_range(ask_turns(&j, &n, 3, 150), 3, 3);
	assert_true(path_view_build(&v, &j.w.plan, 0, &j.w.seen));
	sizes_look(&v, sizes);
	assert_true(sizes[P][FAM4].outcome == SIZE_UNKNOWN && sizes[P][FAM4].wanted);
	path_view_free(&v);
	ask_turns(&j, &n, 12, 150);
	assert_true(j.w.now_ms - began_ms < 2600);
	judged_weigh(&j);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_DIES);
	assert_true(size_of(&j, P)->searched && !size_of(&j, P)->wanted);
	assert_int_equal(size_of(&j, P)->carried, 1412);
	judged_free(&j);
}

/* One silence on the way of the search may be chance: where it ends is asked again. */
static void a_size_lost_once_is_no_limit(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1412, .at = 4, .on = {true, false}, .lost_once = 1400};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(n.lost_once, 0);
	assert_true(size_of(&j, P)->searched);
	assert_int_equal(size_of(&j, P)->carried, 1412);
	judged_free(&j);
}

/* No circuit carries less than 1,280 bytes: what drops all that is not small, as a policer's bucket that a few hundred bytes fit in,
 * is no narrow link. */
static void all_but_small_is_no_narrow_link(void **state)
{
	static const struct { uint16_t limit; bool least_dies; } rows[] = {{200, true}, {620, true}, {1279, true}, {1280, false}, {1400, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		struct narrow n = {.limit = rows[i].limit, .at = 4, .on = {true, false}};
		start(&j, HANDOFF_L2);
		run_sizes(&j, &n);
		assert_int_equal(size_of(&j, P)->outcome, SIZE_DIES);
		assert_int_equal(size_of(&j, P)->least_dies, rows[i].least_dies);
		double narrow = judged_probability(&j, "wan.mtu", P);
		assert_true(rows[i].least_dies ? narrow < 0.5 : narrow > 0.98);
		judged_free(&j);
	}
}

/* What is dead at a size shows at once, as anything dead: nothing more is waited for once the limit is found. */
static void a_limit_is_said_at_once(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1400, .at = 4, .on = {true, false}};
	struct look look = {.count = 0};
	struct stop_moment now = {.elapsed_ns = 17 * NS_PER_SEC / 10, .asked = .9};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_true(judged_probability(&j, "wan.mtu", P) > 0.98);
	for (int i = 0; i < 6 && !stop_stands(&look, &j.posterior, &now); i++)
		now.elapsed_ns += STOP_LOOK_NS;
	assert_in_range(now.elapsed_ns, 17 * NS_PER_SEC / 10, 22 * NS_PER_SEC / 10);
	judged_free(&j);
}

/* They arrive, and what comes back is cut on the way: that proves nothing of the way back. */
static void echoes_in_pieces(void **state)
{
	struct judged j;
	struct narrow n = {.back = 1396};
	struct path_mtu shown;
	char words[SENTENCE_MAX];

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_PASSES);
	sizes_result(size_of(&j, P), &shown);
	assert_int_equal(shown.carried, FULL_SIZE);
	assert_false(shown.both_ways);
	sizes_words(j.seen.path, P, FAM4, size_of(&j, P), words, sizeof words);
	assert_non_null(strstr(words, "; their echoes come back in fragments."));
	judged_free(&j);
}

static void the_way_back_alone(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 1400, .at = 4, .on = {true, false}, .back_alone = true};
	char words[SENTENCE_MAX];

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_DIES);
	assert_true(size_of(&j, P)->back_alone);
	assert_true(judged_probability(&j, "wan.mtu", P) > 0.95);
	sizes_words(j.seen.path, P, FAM4, size_of(&j, P), words, sizeof words);
	assert_non_null(strstr(words, "on the way back"));
	judged_free(&j);
}

/* All that was asked on a dead link may have answered: it is said how far. */
static void a_dead_link_is_not_decided(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 100, .at = 4, .on = {true, false}};
	struct circuit_result r = {0};

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.circuit.links[P].mtu = FULL_SIZE;
	j.w.way[FAM4][P].dead_from = 4;
	world_run(&j.w, 26);
	run_sizes(&j, &n);
	assert_int_equal(size_of(&j, P)->outcome, SIZE_UNKNOWN);
	assert_true(size_of(&j, P)->sent > 0 && size_of(&j, P)->answered == size_of(&j, P)->sent);
	assert_true(circuit_result_fill(&j.seen, &r));
	const struct check_result *c = &r.links[P].checks[r.links[P].check_count - 1];
	assert_string_equal(c->name, "largest datagram");
	assert_string_equal(c->outcome, "not decided");
	assert_string_equal(c->detail, "Datagrams of 1500 bytes pass as far as edge 172.16.3.1; what lies behind it on the primary link has not answered that size.");
	for (size_t l = 0; l < r.link_count; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			free(r.links[l].hops[fam]);
	free(r.targets);
	judged_free(&j);
}

/* Large probes that die are no loss of the small ones. */
static void no_loss_is_made_of_sizes(void **state)
{
	struct judged j;
	struct narrow n = {.limit = 600, .at = 4, .on = {true, true}};

	(void)state;
	start(&j, HANDOFF_L2);
	run_sizes(&j, &n);
	for (size_t i = 0; i < j.seen.group_count; i++)
		assert_int_equal(j.seen.groups[i].answered, j.seen.groups[i].sent);
	assert_true(judged_probability(&j, "wan.loss", P) < 0.01);
	judged_free(&j);
}

/* With half of everything lost, three lost large probes prove nothing. */
static void loss_is_no_size(void **state)
{
	struct judged j;
	struct narrow n = {0};

	(void)state;
	judged_standard(&j, HANDOFF_L2);
	j.w.circuit.links[P].mtu = FULL_SIZE;
	j.w.lose_every[P] = 2;
	world_run(&j.w, 26);
	struct path_view v;
	struct link_size sizes[LINKS][FAMILIES];
	for (int i = 0; i < 4; i++) { /* each of them lost */
		struct size_wish wish = {1, PATH_TTL_FULL, FULL_SIZE};
		struct narrow all = {.limit = 100, .at = 1, .on = {true, true}};
		answer_large(&j.w, &all, &wish);
	}
	j.w.now_ms += 5000;
	observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms));
	assert_true(path_view_build(&v, &j.w.plan, 0, &j.w.seen));
	sizes_look(&v, sizes);
	assert_int_equal(sizes[P][FAM4].outcome, SIZE_UNKNOWN);
	path_view_free(&v);
	(void)n;
	judged_weigh(&j);
	judged_free(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_asked_without_a_size),
		cmocka_unit_test(a_healthy_link_costs_few),
		cmocka_unit_test(silence_behind_the_edge_is_the_wans),
		cmocka_unit_test(silence_before_the_edges_is_corporate),
		cmocka_unit_test(who_says_so_is_named),
		cmocka_unit_test(a_router_that_names_no_size),
		cmocka_unit_test(an_msee_that_ignores_large_pings_is_no_fault),
		cmocka_unit_test(the_first_lost_ones_raise_a_doubt),
		cmocka_unit_test(the_search_goes_ahead_of_the_proof),
		cmocka_unit_test(a_size_lost_once_is_no_limit),
		cmocka_unit_test(all_but_small_is_no_narrow_link),
		cmocka_unit_test(a_limit_is_said_at_once),
		cmocka_unit_test(echoes_in_pieces), cmocka_unit_test(the_way_back_alone),
		cmocka_unit_test(a_dead_link_is_not_decided),
		cmocka_unit_test(no_loss_is_made_of_sizes),
		cmocka_unit_test(loss_is_no_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
