/* SPDX-License-Identifier: BSD-2-Clause */
/* Is one link slower than the other? Groups are made by hand: their times are all
 * that is looked at. Milliseconds throughout. */
#include "tests/unit/diagnose_world.h"
#include "analysis/observables/link_times.h"
#include "erprobe/baseline.h"

struct times { uint8_t link; enum group_class cls; double low, p95; };

/* All that a comparison needs. `groups` have enough answers unless said otherwise. */
struct scene {
	struct world w;
	struct path_view path;
	struct observables o;
	struct traffic_group groups[16];
};

static void scene_init(struct scene *s, enum handoff handoff)
{
	world_init(&s->w, handoff);
	memset(&s->path, 0, sizeof s->path);
	memset(&s->o, 0, sizeof s->o);
	memset(s->groups, 0, sizeof s->groups);
	s->path.plan = &s->w.plan;
	s->path.circuit = &s->w.circuit;
	s->o.path = &s->path;
	s->o.groups = s->groups;
	s->o.links[P].expected = s->o.links[S].expected = true;
}

static struct traffic_group *add(struct scene *s, uint8_t fam, uint8_t link, enum group_class cls, double low, double p95)
{
	struct traffic_group *g = &s->groups[s->o.group_count++];

	*g = (struct traffic_group){.cls = cls, .link = link, .fam = fam, .kind = PROBE_ICMP_ECHO, .sent = 30, .answered = 30};
	g->low_ns = (int64_t)(low * (double)NS_PER_MS);
	g->high_ns = (int64_t)((low + (p95 - low) / 2) * (double)NS_PER_MS);
	g->rtt = (struct rtt_summary){.known = true, .min_ns = g->low_ns, .median_ns = g->low_ns, .p95_ns = (int64_t)(p95 * (double)NS_PER_MS)};
	return g;
}

static void expect(struct scene *s, enum delay_outcome primary, enum delay_outcome secondary, const char *what)
{
	observables_delay(&s->o);
	if (s->o.links[P].delay != primary || s->o.links[S].delay != secondary)
		fail_msg("%s: %d and %d", what, (int)s->o.links[P].delay, (int)s->o.links[S].delay);
	world_free(&s->w);
}

static void from_edge_to_msee(void **state)
{
	/* low of edge and MSEE, p95 of the MSEE, of either link; what then is said. */
	static const struct { const char *what; double edge[LINKS], msee[LINKS], p95[LINKS]; enum delay_outcome want[LINKS]; double more; } rows[] = {
	    {"alike", {1, 1}, {3, 3}, {3.5, 3.5}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"links may differ by 5 ms", {1, 1}, {3, 8}, {3, 8}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"and not by more", {1, 1}, {3, 8.1}, {3, 8.1}, {DELAY_SAME, DELAY_SLOWER}, 5.1},
	    {"the primary", {1, 1}, {20, 3}, {21, 4}, {DELAY_SLOWER, DELAY_SAME}, 17},
	    {"a longer way to the edge is not the WAN's", {1, 9}, {3, 11}, {3.5, 11.5}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"a slow edge on the other link accuses nobody", {9, 1}, {11, 11}, {11.5, 11.5}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"within what their common jitter leaves unknown", {1, 1}, {3, 8.4}, {6, 11.4}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"a shift within the scatter is a queue", {1, 1}, {3, 9}, {3.2, 40}, {DELAY_SAME, DELAY_JITTER}, 31},
	    {"queues", {1, 1}, {3, 3}, {3.5, 20}, {DELAY_SAME, DELAY_JITTER}, 17},
	    {"a little spread is none", {1, 1}, {3, 3}, {3.5, 10.5}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"both spread", {1, 1}, {3, 3}, {15, 16}, {DELAY_SAME, DELAY_SAME}, 0},
	    {"slow comes before jitter", {1, 1}, {3, 33}, {3.5, 60}, {DELAY_SAME, DELAY_SLOWER}, 30},
	    {"edges that do not answer", {0, 0}, {3, 13}, {3.5, 13.5}, {DELAY_SAME, DELAY_SLOWER}, 10}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_init(&s, HANDOFF_L2);
		for (uint8_t l = 0; l < LINKS; l++) {
			if (rows[i].edge[l] > 0)
				add(&s, FAM4, l, GROUP_EDGE, rows[i].edge[l], rows[i].edge[l] + .1);
			add(&s, FAM4, l, GROUP_MSEE, rows[i].msee[l], rows[i].p95[l]);
		}
		expect(&s, rows[i].want[P], rows[i].want[S], rows[i].what);
		for (uint8_t l = 0; l < LINKS; l++)
			if (rows[i].want[l] != DELAY_SAME)
				assert_in_range(s.o.links[l].delay_more_ns, (int64_t)(rows[i].more * 1e6) - 2, (int64_t)(rows[i].more * 1e6) + 2);
	}
}

/* Jitter says how the answers differ from each other; the fastest of many are known far better than that. */
static void what_jitter_leaves_unknown(void **state)
{
	static const struct { uint32_t answers; enum delay_outcome want; } rows[] = {{8, DELAY_SAME}, {100, DELAY_SLOWER}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_init(&s, HANDOFF_L2);
		for (uint8_t l = 0; l < LINKS; l++)
			add(&s, FAM4, l, GROUP_MSEE, l == S ? 9 : 3, l == S ? 12 : 6)->answered = rows[i].answers;
		expect(&s, DELAY_SAME, rows[i].want, "6 ms, and 1.5 ms wide");
	}
}

/* What two ways may differ by is no fault, and still told by how much it is. */
static void no_slower_and_yet_longer(void **state)
{
	static const struct { double msee; int64_t longer_ns; } rows[] = {{3, 0}, {7, 4 * NS_PER_MS}, {8, 5 * NS_PER_MS}, {20, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 3, 3);
		add(&s, FAM4, S, GROUP_MSEE, rows[i].msee, rows[i].msee);
		expect(&s, DELAY_SAME, rows[i].msee < 20 ? DELAY_SAME : DELAY_SLOWER, "by so much");
		assert_int_equal(s.o.links[S].longer_ns, rows[i].longer_ns);
		assert_int_equal(s.o.links[P].longer_ns, 0);
	}
}

static void too_little_to_compare(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, HANDOFF_L2);
	expect(&s, DELAY_UNKNOWN, DELAY_UNKNOWN, "nothing");
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
	expect(&s, DELAY_UNKNOWN, DELAY_UNKNOWN, "one link alone");
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
	add(&s, FAM4, S, GROUP_MSEE, 30, 31)->answered = 7;
	expect(&s, DELAY_UNKNOWN, DELAY_UNKNOWN, "seven answers");
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
	add(&s, FAM4, S, GROUP_MSEE, 30, 31)->answered = 8;
	expect(&s, DELAY_SAME, DELAY_SLOWER, "eight answers");
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
	add(&s, FAM6, S, GROUP_MSEE, 30, 31);
	expect(&s, DELAY_UNKNOWN, DELAY_UNKNOWN, "one family each");
	/* ARP is answered by the line card, ping by the route processor. */
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, .2, .3)->kind = PROBE_NEIGHBOUR;
	add(&s, FAM4, S, GROUP_MSEE, 30, 31)->kind = PROBE_NEIGHBOUR;
	expect(&s, DELAY_UNKNOWN, DELAY_UNKNOWN, "ARP");
}

/* The MSEE also shows its distance in time as a hop: the faster of the two counts. */
static void the_msee_as_a_hop(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
	add(&s, FAM4, S, GROUP_MSEE, 30, 31);
	add(&s, FAM4, S, GROUP_MSEE_HOP, 4, 4.5);
	expect(&s, DELAY_SAME, DELAY_SAME, "a slow echo, a fast expiry");
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE_HOP, 3, 3.5);
	add(&s, FAM4, S, GROUP_MSEE_HOP, 30, 31);
	expect(&s, DELAY_SAME, DELAY_SLOWER, "an MSEE that ignores pings");
}

/* Traffic that crosses the MSEE faster than the MSEE answers clears the way. */
static void a_slow_control_plane(void **state)
{
	static const struct { const char *what; double low, p95; enum delay_outcome want; } rows[] = {
	    {"target traffic is fast", 5, 6, DELAY_SAME}, {"so is not", 32, 33, DELAY_SLOWER}, {"half of it", 5, 33, DELAY_SLOWER}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
		add(&s, FAM4, S, GROUP_MSEE, 30, 31);
		add(&s, FAM4, S, GROUP_TARGET, rows[i].low, rows[i].p95);
		expect(&s, DELAY_SAME, rows[i].want, rows[i].what);
	}
}

/* With l3 the WAN begins behind the last corporate hop: the edge is the provider's. */
static void the_border_with_l3(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, HANDOFF_L3);
	for (uint8_t l = 0; l < LINKS; l++) {
		struct traffic_group *g = add(&s, FAM4, l, GROUP_HOP, l == S ? 12 : 1, l == S ? 12.1 : 1.1);
		g->hop = 3;
		g->domain = DOMAIN_CORPORATE;
		g = add(&s, FAM4, l, GROUP_HOP, .5, .6); /* an earlier one does not count */
		g->hop = 2;
		g->domain = DOMAIN_CORPORATE;
		add(&s, FAM4, l, GROUP_MSEE, l == S ? 15 : 4, l == S ? 15.5 : 4.5);
	}
	expect(&s, DELAY_SAME, DELAY_SAME, "slow before the border");
	scene_init(&s, HANDOFF_L3);
	for (uint8_t l = 0; l < LINKS; l++) {
		struct traffic_group *g = add(&s, FAM4, l, GROUP_HOP, 1, 1.1);
		g->hop = 3;
		g->domain = DOMAIN_CORPORATE;
		add(&s, FAM4, l, GROUP_EDGE, l == S ? 12 : 2, l == S ? 12.5 : 2.5);
		add(&s, FAM4, l, GROUP_MSEE, l == S ? 14 : 4, l == S ? 14.5 : 4.5);
	}
	expect(&s, DELAY_SAME, DELAY_SLOWER, "slow between border and the provider's edge");
}

/* What answers from behind a corporate hop sooner than it does shows that the hop is slow, and not the way to it. */
static void a_slow_last_corporate_hop(void **state)
{
	static const enum group_class behind[] = {GROUP_EDGE, GROUP_HOP};

	(void)state;
	for (size_t i = 0; i <= sizeof behind / sizeof behind[0]; i++) {
		struct scene s;

		scene_init(&s, HANDOFF_L3);
		for (uint8_t l = 0; l < LINKS; l++) {
			struct traffic_group *g = add(&s, FAM4, l, GROUP_HOP, l == S ? 22 : 1, l == S ? 22.2 : 1.2);
			g->hop = 3;
			g->domain = DOMAIN_CORPORATE;
			add(&s, FAM4, l, GROUP_MSEE, l == S ? 37 : 30, l == S ? 37.5 : 30.5);
			if (i == sizeof behind / sizeof behind[0])
				continue;
			g = add(&s, FAM4, l, behind[i], 2, 2.2);
			g->hop = behind[i] == GROUP_HOP ? 4 : 0;
			g->domain = behind[i] == GROUP_HOP ? DOMAIN_WAN : DOMAIN_NONE;
		}
		bool cleared = i < sizeof behind / sizeof behind[0];
		expect(&s, DELAY_SAME, cleared ? DELAY_SLOWER : DELAY_SAME, cleared ? "a router of the provider's is quicker" : "none is");
	}
}

/* Either family may show it. */
static void two_families(void **state)
{
	struct scene s;

	(void)state;
	for (uint8_t slow = 0; slow < FAMILIES; slow++) {
		scene_init(&s, HANDOFF_L2);
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			add(&s, fam, P, GROUP_MSEE, 3, 3.5);
			add(&s, fam, S, GROUP_MSEE, fam == slow ? 30 : 3, fam == slow ? 30.5 : 3.5);
		}
		expect(&s, DELAY_SAME, DELAY_SLOWER, "one slow family");
		assert_int_equal(s.o.links[S].delay_more_ns, 27 * NS_PER_MS);
	}
}

#define SCENE_FLOWS 16

/* The MSEE's answers over the secondary scatter by 17 ms (8.5 ms from 10 % to 80 %); target
 * flows over either link by these, in ms; 0 = too few answers. */
struct scatter { const char *what; double own[8], other[8]; enum delay_outcome want; };

#define SCENE_SHAPE 8
#define MEANS_OF_SPREAD 1.5 /* an exponential scatter spans so many of its means from 10 % to 80 % */

static void scene_scatters(struct scene *s, const struct scatter *row, struct flow_scatter scatter[SCENE_FLOWS], uint8_t link[SCENE_FLOWS])
{
	scene_init(s, HANDOFF_L2);
	add(s, FAM4, P, GROUP_MSEE, 3, 3.5);
	add(s, FAM4, S, GROUP_MSEE, 3, 20);
	for (int i = 0; i < SCENE_FLOWS; i++) {
		bool own = i < SCENE_FLOWS / 2;
		world_flow(&s->w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
		link[i] = own ? S : P;
		double ms = own ? row->own[i] : row->other[i - 8];
		scatter[i] = (struct flow_scatter){SCENE_SHAPE * ms / MEANS_OF_SPREAD * (double)NS_PER_MS, ms > 0 ? SCENE_SHAPE : 0};
	}
	s->path.flow_link = link;
	s->o.flow_scatter = scatter;
}

/* A queue shows in what crosses the link; a busy control plane in the MSEE's own answers alone. */
static void queue_or_control_plane(void **state)
{
	static const struct scatter rows[] = {
	    {"all that crosses scatters", {11, 12, 10, 14, 9, 12, 11, 13}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_JITTER},
	    {"nothing does", {1, 2, 1, 1, 2, 1, 1, 1}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_SAME},
	    {"as much as the other link's: beyond both", {4, 5, 3, 4, 3, 4, 4, 4}, {3, 4, 4, 3, 4, 5, 3, 3}, DELAY_SAME},
	    {"half of either returns over it", {11, 12, 10, 14, 9, 12, 11, 13}, {1, 9, 1, 10, 9, 1, 1, 11}, DELAY_JITTER},
	    {"most of the other link's return over it", {11, 12, 10, 14, 9, 12, 11, 13}, {12, 9, 1, 10, 9, 13, 12, 11}, DELAY_JITTER},
	    {"half of the flows, by chance", {1, 1.8, 1, 2, 1, 1.8, 1, 2}, {1, 1, 1.8, 1, 2, 1, 1.8, 2}, DELAY_SAME},
	    {"those of either that return over it", {1, 4, 1, 5, 1, 4, 1, 5}, {1, 1, 4, 1, 5, 1, 4, 5}, DELAY_JITTER},
	    {"one flow is no queue", {1, 2, 1, 1, 20, 1, 1, 1}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_SAME},
	    {"nothing to compare with, and as much as the MSEE's", {11, 12, 10, 14, 9, 12, 11, 13}, {0}, DELAY_JITTER},
	    {"nothing to compare with, and what one way makes of it", {5, 5, 4, 6, 4, 5, 5, 4}, {0}, DELAY_JITTER},
	    {"nothing to compare with, and less", {2, 2, 1.5, 2.5, 1.5, 2, 2, 1.5}, {0}, DELAY_SAME},
	    {"idle: what returns over it scatters", {0}, {1, 9, 1, 10, 9, 1, 1, 11}, DELAY_JITTER},
	    {"idle: nothing that returns does, and nothing goes there", {0}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_JITTER},
	    {"no target flow at all", {0}, {0}, DELAY_JITTER}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct flow_scatter scatter[SCENE_FLOWS];
		uint8_t link[SCENE_FLOWS];
		scene_scatters(&s, &rows[i], scatter, link);
		expect(&s, DELAY_SAME, rows[i].want, rows[i].what);
	}
}

/* Thousands of answers over a very steady way are less likely under most scatters than a double holds. */
static void a_queue_of_thousands_of_answers(void **state)
{
	static const struct scatter queue = {"thousands", {11, 12, 10, 14, 9, 12, 11, 13}, {.005, .005, .005, .005, .005, .005, .005, .005}, DELAY_JITTER};
	struct scene s;
	struct flow_scatter scatter[SCENE_FLOWS];
	uint8_t link[SCENE_FLOWS];

	(void)state;
	scene_scatters(&s, &queue, scatter, link);
	for (int i = 0; i < SCENE_FLOWS; i++) {
		scatter[i].total_ns *= 1000;
		scatter[i].shape *= 1000;
	}
	expect(&s, DELAY_SAME, DELAY_JITTER, queue.what);
}

/* Where what passes the MSEE tells, its own answers need not stand out beside the other's, nor need there be another. */
static void a_queue_beside_a_restless_msee(void **state)
{
	static const struct scatter queue = {"", {11, 12, 10, 14, 9, 12, 11, 13}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_JITTER},
	                            none = {"", {1, 2, 1, 1, 2, 1, 1, 1}, {1, 2, 1, 1, 2, 1, 1, 1}, DELAY_SAME},
	                            wide = {"", {22, 24, 20, 26, 18, 22, 24, 21}, {1, 2}, DELAY_JITTER},
	                            alike = {"", {8.5, 8, 9, 8.5, 8, 8.5, 9, 8.5}, {0}, DELAY_SAME};
	static const struct { const char *what; const struct scatter *passing; double other_p95; bool silent; double edge_p95; enum delay_outcome want; } rows[] = {
	    {"a restless one beside", &queue, 9, false, 1.2, DELAY_JITTER},
	    {"both restless, and nothing passes late", &none, 9, false, 1.2, DELAY_SAME},
	    {"both restless, and all that passes is alike: so may it be anyway", &alike, 7, false, 1.2, DELAY_SAME},
	    {"the same beside one that is steady", &alike, 3.5, false, 1.2, DELAY_JITTER},
	    {"as restless as the other", &queue, 19, false, 1.2, DELAY_SAME},
	    {"the other is silent", &queue, 0, true, 1.2, DELAY_JITTER},
	    {"it is, and what passes is later than the steadiest of the MSEE's answers", &wide, 0, true, 1.2, DELAY_JITTER},
	    {"it is, and nothing passes late", &none, 0, true, 1.2, DELAY_UNKNOWN},
	    {"the way to the edge scatters already", &queue, 0, true, 16, DELAY_UNKNOWN},
	    {"nobody knows what it does", &queue, 0, true, 0, DELAY_UNKNOWN}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct flow_scatter scatter[SCENE_FLOWS];
		uint8_t link[SCENE_FLOWS];
		scene_scatters(&s, rows[i].passing, scatter, link);
		if (rows[i].edge_p95 > 0)
			add(&s, FAM4, S, GROUP_EDGE, 1, rows[i].edge_p95);
		s.groups[0].rtt.p95_ns = (int64_t)(rows[i].other_p95 * (double)NS_PER_MS);
		s.groups[0].high_ns = s.groups[0].low_ns + (s.groups[0].rtt.p95_ns - s.groups[0].low_ns) / 2;
		s.groups[0].answered = rows[i].silent ? 0 : 30;
		expect(&s, rows[i].silent ? DELAY_UNKNOWN : DELAY_SAME, rows[i].want, rows[i].what);
	}
}

/* A host that is held up now and then makes the latest answers of both links late: the middle of them tells. */
static void a_queue_on_a_busy_host(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, P, GROUP_MSEE, .2, 5)->high_ns = NS_PER_MS / 2;
	add(&s, FAM4, S, GROUP_MSEE, 1, 18)->high_ns = 14 * NS_PER_MS;
	expect(&s, DELAY_SAME, DELAY_JITTER, "the middle of the secondary's is late, of the primary's only the latest");
}

/* Ten healthy runs: 1 ms to the edge, 10 ms to the MSEE. */
static void usually(struct baseline_way *way, int32_t scatter_us)
{
	way->runs = way->sample_count = 10;
	for (int k = 0; k < 10; k++)
		way->samples[k] = (struct baseline_sample){.us = {[BASELINE_CORPORATE] = 1000, [BASELINE_WAN] = 9000, [BASELINE_MSEE] = 10000,
		                                                  [BASELINE_TARGET] = BASELINE_UNKNOWN, [BASELINE_SCATTER] = scatter_us}};
}

/* A step of a millisecond on a link whose answers scatter by more: it is none of a queue where they scatter as they always did. */
static void a_step_beside_the_usual_scatter(void **state)
{
	static const struct { const char *what; int32_t scatter_us; enum delay_outcome want; } rows[] = {
	    {"as restless as ever", 5000, DELAY_SLOWER}, {"more restless than ever", 2000, DELAY_SAME}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct baseline known = {0};
		usually(&known.ways[S][FAM4], rows[i].scatter_us);
		scene_init(&s, HANDOFF_L2);
		s.w.circuit.baseline = &known;
		s.o.links[S].path[FAM4].change = PATH_SAME;
		add(&s, FAM4, S, GROUP_EDGE, 1, 1.2);
		add(&s, FAM4, S, GROUP_MSEE, 11, 16);
		observables_delay(&s.o);
		if (s.o.links[S].delay != rows[i].want)
			fail_msg("%s: %d", rows[i].what, (int)s.o.links[S].delay);
		s.w.circuit.baseline = NULL;
		world_free(&s.w);
	}
}

/* Beside what was usual both links may scatter by what lies before them, which is no link's. */
static void scatter_that_the_links_share(void **state)
{
	static const struct { const char *what; double edge_p95, other_p95; enum delay_outcome want; } rows[] = {
	    {"on one link, behind a steady edge", 1.2, 11.5, DELAY_JITTER}, {"on one link, behind a silent edge", 0, 11.5, DELAY_JITTER},
	    {"on both, behind steady edges", 1.2, 40, DELAY_JITTER}, {"on both, behind silent edges", 0, 40, DELAY_SAME},
	    {"on one, and on the way to its edge", 30, 11.5, DELAY_SAME}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct baseline known = {0};
		for (int l = 0; l < LINKS; l++)
			usually(&known.ways[l][FAM4], 500);
		scene_init(&s, HANDOFF_L2);
		s.w.circuit.baseline = &known;
		for (uint8_t l = 0; l < LINKS; l++) {
			s.o.links[l].path[FAM4].change = PATH_SAME;
			if (rows[i].edge_p95 > 0)
				add(&s, FAM4, l, GROUP_EDGE, 1, rows[i].edge_p95);
			add(&s, FAM4, l, GROUP_MSEE, 10, l == S ? 40 : rows[i].other_p95);
		}
		observables_delay(&s.o);
		if (s.o.links[S].delay != rows[i].want)
			fail_msg("%s: %d", rows[i].what, (int)s.o.links[S].delay);
		s.w.circuit.baseline = NULL;
		world_free(&s.w);
	}
}

/* The steadiest of many answers shows how the way scatters, and few tell nothing of it. */
static void whose_answers_show_the_scatter(void **state)
{
	struct scene s;
	struct link_times t;

	(void)state;
	scene_init(&s, HANDOFF_L2);
	add(&s, FAM4, S, GROUP_MSEE, 3, 20);
	add(&s, FAM4, S, GROUP_MSEE_HOP, 3.1, 5.1);
	add(&s, FAM4, S, GROUP_MSEE_HOP, 2.9, 3)->answered = 9;
	t = link_times_of(&s.o, S, FAM4);
	assert_int_equal(t.spread, 2 * NS_PER_MS);
	assert_int_equal(t.msee, 29 * NS_PER_MS / 10);
	world_free(&s.w);
}

/* The MSEE answers 27 ms later over the secondary; target flows over either link take so long, in ms. */
struct lateness { const char *what; double own[8], other[8], high; enum delay_outcome want; bool clear; };

/* Flows that ask the same are compared one by one: few that are late are lost in the group's quantiles, and one
 * that is late by chance is not the way. */
static void late_flows_or_control_plane(void **state)
{
	static const struct lateness rows[] = {
	    {"few return over the slow link", {5, 5, 5, 32, 5, 5, 32, 5}, {5, 5, 5, 5, 32, 5, 5, 5}, 5.5, DELAY_SLOWER, true},
	    {"all are late on the way there", {32, 33, 32, 32, 33, 32, 32, 32}, {5, 5, 5, 5, 5, 5, 5, 5}, 33, DELAY_SLOWER, true},
	    {"none is", {5, 5, 5, 5, 5, 5, 5, 5}, {5, 5, 5, 5, 5, 5, 5, 5}, 20, DELAY_SAME, false},
	    {"one is", {5, 5, 5, 5, 5, 5, 31, 5}, {5, 5, 5, 5, 5, 5, 5, 5}, 20, DELAY_SAME, false},
	    {"those over the other link are", {5, 5, 5, 5, 5, 5, 5, 5}, {32, 32, 33, 32, 33, 32, 32, 33}, 5.5, DELAY_SAME, false},
	    {"all return over the slow link, late on the way back", {32, 32, 33, 32, 33, 32, 32, 33}, {32, 32, 33, 32, 33, 32, 32, 33}, 33, DELAY_SLOWER, false},
	    {"idle, and few return over it", {0}, {5, 5, 32, 5, 32, 5, 5, 5}, 5.5, DELAY_SLOWER, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		int64_t low[SCENE_FLOWS];
		uint8_t link[SCENE_FLOWS];
		bool clear;
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 3, 3.5)->answered = 8; /* too few to be sure by these alone */
		add(&s, FAM4, S, GROUP_MSEE, 30, 31);
		if (rows[i].own[0] > 0)
			add(&s, FAM4, S, GROUP_TARGET, rows[i].own[0], 2 * rows[i].high - rows[i].own[0]);
		for (int f = 0; f < SCENE_FLOWS; f++) {
			world_flow(&s.w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
			link[f] = f < SCENE_FLOWS / 2 ? S : P;
			low[f] = (int64_t)((f < SCENE_FLOWS / 2 ? rows[i].own[f] : rows[i].other[f - SCENE_FLOWS / 2]) * (double)NS_PER_MS);
		}
		s.path.flow_link = link;
		s.o.flow_low_ns = low;
		observables_delay(&s.o);
		clear = s.o.links[S].delay_clear;
		expect(&s, DELAY_SAME, rows[i].want, rows[i].what);
		if (clear != rows[i].clear)
			fail_msg("%s: clear %d", rows[i].what, clear);
	}
}

/* The primary's MSEE answers after 35 ms, and what passes it is back after 17: that its link is quicker shows in the flows alone. */
static void beside_an_msee_that_is_slow_itself(void **state)
{
	static const struct { const char *what; double msee, own[8], other[8]; enum delay_outcome want; } rows[] = {
	    {"what goes by this link is later", 25, {25, 25, 25, 25, 25, 25, 25, 25}, {17, 17, 17, 17, 17, 17, 17, 17}, DELAY_SLOWER},
	    {"nothing is: both MSEEs are slow", 25, {17, 17, 17, 17, 17, 17, 17, 17}, {17, 17, 17, 17, 17, 17, 17, 17}, DELAY_SAME},
	    {"within what two ways may differ by", 22, {22, 22, 22, 22, 22, 22, 22, 22}, {17, 17, 17, 17, 17, 17, 17, 17}, DELAY_SAME},
	    {"it is later behind the MSEE", 18, {25, 25, 25, 25, 25, 25, 25, 25}, {17, 17, 17, 17, 17, 17, 17, 17}, DELAY_SAME},
	    {"few go by this link: all may return by a late way", 25, {25, 25, 25}, {17, 17, 17, 17, 17, 17, 17, 17}, DELAY_SAME}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		int64_t low[SCENE_FLOWS];
		uint8_t link[SCENE_FLOWS];
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 35, 35.5);
		add(&s, FAM4, S, GROUP_MSEE, rows[i].msee, rows[i].msee + .5);
		add(&s, FAM4, P, GROUP_TARGET, 17, 18);
		add(&s, FAM4, S, GROUP_TARGET, rows[i].own[0], rows[i].own[0] + 1);
		for (int f = 0; f < SCENE_FLOWS; f++) {
			bool own = f < SCENE_FLOWS / 2;
			world_flow(&s.w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
			link[f] = own ? S : P;
			low[f] = (int64_t)((own ? rows[i].own[f] : rows[i].other[f - SCENE_FLOWS / 2]) * (double)NS_PER_MS);
		}
		s.path.flow_link = link;
		s.o.flow_low_ns = low;
		expect(&s, DELAY_SAME, rows[i].want, rows[i].what);
		if (rows[i].want == DELAY_SLOWER)
			assert_in_range(s.o.links[S].delay_more_ns, 8 * NS_PER_MS - 2, 8 * NS_PER_MS + 2);
	}
}

/* Every flow of one question may return by the late way: beside the target's other answers that shows, and it clears nothing. */
static void a_question_that_is_late_as_a_whole(void **state)
{
	/* flows of TCP 443, the first six over the link, and of TCP 22, the first four, in ms */
	static const struct { const char *what; double https[12], ssh[8]; enum delay_outcome want; bool clear; } rows[] = {
	    {"443 as a whole, and a few of 22", {32, 32, 33, 32, 32, 33, 33, 33, 33, 33, 33, 33}, {5, 5, 5, 32, 5, 5, 33, 6}, DELAY_SLOWER, true},
	    {"none of either", {5, 5, 6, 5, 5, 5, 5, 5, 5, 5, 5, 6}, {5, 5, 6, 5, 5, 5, 6, 6}, DELAY_SAME, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		int64_t low[20];
		uint8_t link[20];
		bool clear;
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
		add(&s, FAM4, S, GROUP_MSEE, 30, 31);
		add(&s, FAM4, S, GROUP_TARGET, 5, 6);
		for (int f = 0; f < 20; f++) {
			world_flow(&s.w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", f < 12 ? 443 : 22);
			link[f] = (f < 12 ? f < 6 : f < 16) ? S : P;
			low[f] = (int64_t)((f < 12 ? rows[i].https[f] : rows[i].ssh[f - 12]) * (double)NS_PER_MS);
		}
		s.path.flow_link = link;
		s.o.flow_low_ns = low;
		observables_delay(&s.o);
		clear = s.o.links[S].delay_clear;
		expect(&s, DELAY_SAME, rows[i].want, rows[i].what);
		if (clear != rows[i].clear)
			fail_msg("%s: clear %d", rows[i].what, clear);
	}
}

/* A delay that target traffic shows as well is no slow control plane. */
static void a_clear_delay(void **state)
{
	(void)state;
	for (int target = 0; target < 2; target++) {
		struct scene s;
		scene_init(&s, HANDOFF_L2);
		add(&s, FAM4, P, GROUP_MSEE, 3, 3.5);
		add(&s, FAM4, S, GROUP_MSEE, 20, 20.5);
		if (target)
			add(&s, FAM4, S, GROUP_TARGET, 21, 21.5);
		expect(&s, DELAY_SAME, DELAY_SLOWER, "twenty milliseconds");
		assert_int_equal(s.o.links[S].delay_clear, target);
		assert_false(s.o.links[P].delay_clear);
	}
}

/* IPv4 was compared with what is usual and is as ever; of IPv6 nothing usual is known, and it is
 * slower than the other link: that is what is said. */
static void of_the_slower_family(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, HANDOFF_L2);
	s.o.links[S].by_usual = true;
	s.o.links[S].delay = DELAY_SAME;
	for (uint8_t l = 0; l < LINKS; l++) {
		add(&s, FAM6, l, GROUP_EDGE, 1, 1.5);
		add(&s, FAM6, l, GROUP_MSEE, l == S ? 30 : 3, l == S ? 31 : 3.5);
	}
	expect(&s, DELAY_SAME, DELAY_SLOWER, "IPv6 is slower");
	assert_false(s.o.links[S].by_usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_edge_to_msee), cmocka_unit_test(of_the_slower_family),
	    cmocka_unit_test(beside_an_msee_that_is_slow_itself), cmocka_unit_test(what_jitter_leaves_unknown), cmocka_unit_test(no_slower_and_yet_longer), cmocka_unit_test(too_little_to_compare),
	    cmocka_unit_test(the_msee_as_a_hop),
	    cmocka_unit_test(a_slow_control_plane),
	    cmocka_unit_test(the_border_with_l3),
	    cmocka_unit_test(a_slow_last_corporate_hop),
	    cmocka_unit_test(two_families),
	    cmocka_unit_test(queue_or_control_plane),
	    cmocka_unit_test(a_queue_beside_a_restless_msee),
	    cmocka_unit_test(a_queue_of_thousands_of_answers),
	    cmocka_unit_test(a_queue_on_a_busy_host),
	    cmocka_unit_test(whose_answers_show_the_scatter),
	    cmocka_unit_test(a_step_beside_the_usual_scatter),
	    cmocka_unit_test(scatter_that_the_links_share),
	    cmocka_unit_test(late_flows_or_control_plane),
	    cmocka_unit_test(a_question_that_is_late_as_a_whole),
	    cmocka_unit_test(a_clear_delay),
	};

	return cmocka_run_group_tests_name("delay", tests, NULL, NULL);
}
