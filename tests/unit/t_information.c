/* SPDX-License-Identifier: BSD-2-Clause */
/* What one more probe would tell, and where the schedule sends what its intervals leave. */
#include "tests/unit/diagnose_faults.h"

#include "analysis/diagnose/information.h"
#include "analysis/fold/schedule.h"

#include <math.h>

#define NEAR(a, b) (fabs((a) - (b)) < 1e-9)

/* --- the arithmetic --- */

static struct expectation answers(double probability, double share)
{
	return (struct expectation){probability, {1 - share, share}};
}

static void what_all_expect_tells_nothing(void **state)
{
	const struct expectation same[] = {answers(.2, .7), answers(.5, .7), answers(.3, .7)};

	(void)state;
	assert_true(information_bits(same, COUNT(same)) < 1e-12);
	assert_true(information_bits(same, 1) < 1e-12);
	assert_true(NEAR(information_bits(same, 0), 0));
}

static void what_decides_tells_all(void **state)
{
	const struct expectation two[] = {answers(.5, 1), answers(.5, 0)}, odds[] = {answers(9, 1), answers(1, 0)};
	const struct expectation four[] = {{1, {1, 0, 0, 0}}, {1, {0, 1, 0, 0}}, {1, {0, 0, 1, 0}}, {1, {0, 0, 0, 1}}};

	(void)state;
	assert_true(NEAR(information_bits(two, 2), 1));
	assert_true(NEAR(information_bits(four, 4), 2));
	/* No more than is in doubt: the entropy of 9 to 1, whatever they add up to. */
	assert_true(NEAR(information_bits(odds, 2), -.9 * log2(.9) - .1 * log2(.1)));
}

static void more_loss_tells_more(void **state)
{
	double before = 0;

	(void)state;
	for (double loss = .01; loss < 1; loss += .05) {
		const struct expectation of[] = {answers(.5, 1), answers(.5, 1 - loss)};
		double bits = information_bits(of, 2);
		assert_true(bits > before);
		before = bits;
	}
}

/* --- of a circuit --- */

static const struct explanation *single(const struct posterior *p, const char *id, uint8_t link)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].count == 1 && strcmp(p->list[i].parts[0].row->id, id) == 0 && p->list[i].parts[0].link == link)
			return &p->list[i];
	fail_msg("no %s", id);
	return NULL;
}

/* Nothing but these two is possible, and both are as likely. */
static void leave_two(struct posterior *p, const char *id, uint8_t link, const char *other_id, uint8_t other_link)
{
	struct explanation two[] = {*single(p, id, link), *single(p, other_id, other_link)};

	memcpy(p->list, two, sizeof two);
	p->list[0].probability = p->list[1].probability = .5;
	p->count = 2;
}

/* A healthy circuit after so many rounds that no delay is open any more. */
static void some_rounds(struct judged *j)
{
	judged_standard(j, HANDOFF_L2);
	world_target(&j->w, "10.10.9.9", 53, true);
	world_target_flows(&j->w, 2, 2);
	world_run(&j->w, 25);
	judged_weigh(j);
}

static double bits_of(const struct judged *j, const struct information *i, enum group_class cls, uint8_t link, uint8_t hop, uint16_t port)
{
	const struct traffic_group *g = judged_group(j, cls, link, hop, port, 0);

	assert_non_null(g);
	return i->bits[g - j->seen.groups];
}

/* Told apart by what Azure says of the limit alone: no probe tells anything. */
static void what_only_azure_tells(void **state)
{
	struct judged j;
	struct information i;

	(void)state;
	some_rounds(&j);
	leave_two(&j.posterior, "azure.no-routes", LINK_NULL, "azure.gateway-down", LINK_NULL);
	assert_true(information_build(&i, &j.posterior));
	assert_int_equal(i.count, j.seen.group_count);
	assert_true(NEAR(i.doubt, 1));
	for (size_t g = 0; g < i.count; g++)
		assert_true(NEAR(i.bits[g], 0));
	information_free(&i);
	judged_free(&j);
}

/* Loss of the WAN or behind the MSEEs: what lies behind the border of the one link tells, what
 * both expect to answer does not. */
static void where_two_faults_differ(void **state)
{
	struct judged j;
	struct information i;

	(void)state;
	some_rounds(&j);
	leave_two(&j.posterior, "wan.loss", LINK_PRIMARY, "azure.gateway-loss", LINK_NULL);
	assert_true(information_build(&i, &j.posterior));
	double msee = bits_of(&j, &i, GROUP_MSEE, LINK_PRIMARY, 0, 0);
	assert_true(msee > 1e-4);
	assert_true(bits_of(&j, &i, GROUP_MSEE_HOP, LINK_PRIMARY, 0, 443) > 1e-5);
	assert_true(NEAR(bits_of(&j, &i, GROUP_EDGE, LINK_PRIMARY, 0, 0), 0));
	assert_true(NEAR(bits_of(&j, &i, GROUP_EDGE, LINK_SECONDARY, 0, 0), 0));
	assert_true(NEAR(bits_of(&j, &i, GROUP_MSEE, LINK_SECONDARY, 0, 0), 0));
	for (size_t g = 0; g < i.count; g++) /* the border tells most, whoever of it answers */
		if (j.seen.groups[g].cls == GROUP_TARGET || j.seen.groups[g].cls == GROUP_HOP)
			assert_true(i.bits[g] < msee);
	information_free(&i);

	judged_forget(&j);
	judged_weigh(&j);
	leave_two(&j.posterior, "corp.path-loss", LINK_NULL, "wan.loss", LINK_PRIMARY);
	assert_true(information_build(&i, &j.posterior));
	assert_true(bits_of(&j, &i, GROUP_EDGE, LINK_PRIMARY, 0, 0) > 1e-4);
	assert_true(bits_of(&j, &i, GROUP_MSEE, LINK_SECONDARY, 0, 0) > 1e-4);
	information_free(&i);
	judged_free(&j);
}

/* Who answers when he likes tells next to nothing of a loss. */
static void a_habit_hides_loss(void **state)
{
	struct judged j;
	struct information i;

	(void)state;
	some_rounds(&j);
	leave_two(&j.posterior, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	struct traffic_group *msee = &j.seen.groups[judged_group(&j, GROUP_MSEE, LINK_PRIMARY, 0, 0, 0) - j.seen.groups];
	assert_true(information_build(&i, &j.posterior));
	double honest = i.bits[msee - j.seen.groups];
	information_free(&i);
	msee->answered = msee->flows[0].answered = msee->sent * 4 / 5;
	assert_true(information_build(&i, &j.posterior));
	assert_true(honest > 0 && i.bits[msee - j.seen.groups] < honest / 10);
	information_free(&i);
	judged_free(&j);
}

static void flows_of_groups(void **state)
{
	struct judged j;

	(void)state;
	some_rounds(&j);
	const struct traffic_group *msee = judged_group(&j, GROUP_MSEE, LINK_PRIMARY, 0, 0, 0);
	const struct traffic_group *tcp = judged_group(&j, GROUP_TARGET, LINK_PRIMARY, 0, 443, 0);
	const struct traffic_group *hop = judged_group(&j, GROUP_HOP, LINK_ANY, 2, 0, 0);
	const struct traffic_group *control = judged_group(&j, GROUP_CONTROL, LINK_ANY, 0, 53, 2);
	assert_true(msee && tcp && hop && control);
	for (uint16_t f = 0; f < j.w.plan.flow_count; f++) {
		bool to_a = f >= F_TCP_A && f < F_PING_B && j.path.flow_link[f] == LINK_PRIMARY;
		bool icmp = j.w.flows[f].kind == PROBE_ICMP_ECHO && j.w.flows[f].role != FLOW_CONTROL;
		assert_int_equal(information_ttl(&j.path, msee, f), f == F_MSEE1 ? PATH_TTL_FULL : 0);
		assert_int_equal(information_ttl(&j.path, tcp, f), to_a ? PATH_TTL_FULL : 0);
		assert_int_equal(information_ttl(&j.path, hop, f), icmp ? 2 : 0);
		assert_int_equal(information_ttl(&j.path, control, f) != 0, j.w.flows[f].role == FLOW_CONTROL && j.w.flows[f].dst_port == 53);
	}
	judged_free(&j);
}

/* --- where the schedule sends it --- */

enum { SECONDS = 6, ASKED_MAX = 4000 };

struct live {
	struct judged j;
	struct schedule *s;
	uint32_t ends[WORLD_FLOWS_MAX];             /* probes to each flow's end */
	uint32_t hops[WORLD_FLOWS_MAX][PATH_TTL_MAX + 1];
	uint32_t probes, last_second;               /* in all; in the last second */
	double by_hand[GROUP_CLASSES];              /* said instead, of the primary link's groups: bits */
};

static void say(struct live *l, const char *id, uint8_t link, const char *other, uint8_t other_link)
{
	struct information i;

	leave_two(&l->j.posterior, id, link, other, other_link);
	assert_true(information_build(&i, &l->j.posterior));
	for (size_t g = 0; l->by_hand[GROUP_MSEE] > 0 && g < i.count; g++)
		i.bits[g] = l->j.seen.groups[g].link == LINK_PRIMARY ? l->by_hand[l->j.seen.groups[g].cls] : 0;
	schedule_inform(l->s, &l->j.seen, &i);
	information_free(&i);
}

/* All that is asked is answered, but for what is lost; each 400 ms it is said that nothing but these two is possible. */
static void live_run(struct live *l, const char *id, uint8_t link, const char *other, uint8_t other_link)
{
	struct probe_wish wishes[8];
	double tokens = 0;

	l->s = schedule_new(&l->j.w.plan);
	assert_non_null(l->s);
	for (int64_t ms = 0; ms < SECONDS * 1000; ms += 5) {
		observations_time(&l->j.w.seen, world_at(&l->j.w, ms));
		if (ms % 400 == 200) {
			judged_weigh(&l->j);
			schedule_paths(l->s, &l->j.path);
			if (id)
				say(l, id, link, other, other_link);
			judged_forget(&l->j);
		}
		tokens = fmin(tokens + .005 * l->j.w.plan.limits.rate, 2);
		size_t n = schedule_next(l->s, &l->j.w.seen, world_at(&l->j.w, ms), wishes, tokens >= 1 ? 1 : 0);
		tokens -= (double)n;
		for (size_t k = 0; k < n; k++) {
			if (wishes[k].kind == PROBE_TCP_RST)
				continue;
			l->j.w.now_ms = ms;
			world_probe(&l->j.w, wishes[k].flow, wishes[k].ttl);
			l->probes++;
			l->last_second += ms >= (SECONDS - 1) * 1000;
			if (wishes[k].ttl <= PATH_TTL_MAX)
				l->hops[wishes[k].flow][wishes[k].ttl]++;
			else
				l->ends[wishes[k].flow]++;
		}
	}
}

static struct live *live_new(void)
{
	struct live *l = calloc(1, sizeof *l);

	assert_non_null(l);
	judged_standard(&l->j, HANDOFF_L2);
	world_target(&l->j.w, "10.10.9.9", 53, true);
	world_target_flows(&l->j.w, 2, 1);
	return l;
}

static void live_free(struct live *l)
{
	schedule_free(l->s);
	world_free(&l->j.w);
	free(l);
}

static int more_of(const struct live *l, const struct live *before, size_t flow)
{
	return (int)l->ends[flow] - (int)before->ends[flow];
}

static void the_surplus_goes_where_it_tells(void **state)
{
	struct live *before = live_new(), *l = live_new();
	struct probe_surplus told[4];

	(void)state;
	live_run(before, NULL, 0, NULL, 0);
	live_run(l, "wan.loss", LINK_PRIMARY, "azure.gateway-loss", LINK_NULL);
	assert_true(l->ends[F_MSEE1] * 10 > before->ends[F_MSEE1] * 11);
	/* Of the others a little, while delays are open: twenty answers tell those. */
	if (more_of(l, before, F_MSEE1) < 2 * more_of(l, before, F_MSEE2) || more_of(l, before, F_MSEE1) < 2 * more_of(l, before, F_EDGE1))
		fail_msg("%d more to the MSEE of the one link, %d of the other, %d to the edge", more_of(l, before, F_MSEE1),
		         more_of(l, before, F_MSEE2), more_of(l, before, F_EDGE1));
	size_t n = schedule_surplus(l->s, told, COUNT(told));
	assert_true(n > 0 && n <= COUNT(told));
	bool msee = false;
	for (size_t i = 0; i < n; i++) {
		assert_true(told[i].more > 0 && told[i].more < told[i].asked && told[i].bits > 0 && told[i].bits < 1);
		assert_true(i == 0 || told[i].more <= told[i - 1].more);
		msee = msee || told[i].flow == F_MSEE1;
	}
	assert_true(msee);
	assert_int_equal(schedule_surplus(before->s, told, COUNT(told)), 0);
	live_free(before);
	live_free(l);
}

/* Ten times the bits: most of the probes, as far as its turns can be that near to each other; the other gets the rest. */
static void in_proportion(void **state)
{
	struct live *before = live_new(), *l = live_new();

	(void)state;
	before->j.w.plan.limits.hop_rate = l->j.w.plan.limits.hop_rate = 100;
	l->by_hand[GROUP_MSEE] = .01;
	l->by_hand[GROUP_EDGE] = .001;
	live_run(before, NULL, 0, NULL, 0);
	l->j.w.plan.limits.rate = before->probes / (double)SECONDS + 15; /* there is not enough for both */
	live_run(l, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	int msee = more_of(l, before, F_MSEE1), edge = more_of(l, before, F_EDGE1);
	if (edge <= 0 || msee < 2 * edge)
		fail_msg("%d more to the MSEE, %d to the edge", msee, edge);
	live_free(before);
	live_free(l);
}

/* Nothing is blind: what tells nothing is asked by its interval, controls and both links. */
static void the_floor_stays(void **state)
{
	struct live *before = live_new(), *l = live_new();

	(void)state;
	live_run(before, NULL, 0, NULL, 0);
	live_run(l, "wan.loss", LINK_PRIMARY, "azure.gateway-loss", LINK_NULL);
	for (size_t f = 0; f < l->j.w.plan.flow_count; f++) {
		if (l->ends[f] * 10 + 10 < before->ends[f] * 8)
			fail_msg("flow %zu: %u probes beside %u by its interval", f, (unsigned)l->ends[f], (unsigned)before->ends[f]);
		for (int ttl = 1; ttl <= 4; ttl++)
			if (l->hops[f][ttl] * 10 + 20 < before->hops[f][ttl] * 8)
				fail_msg("flow %zu, hop %d: %u probes beside %u", f, ttl, (unsigned)l->hops[f][ttl], (unsigned)before->hops[f][ttl]);
	}
	live_free(before);
	live_free(l);
}

/* However much it would tell, no end and no hop is asked faster than its limit, and the budget holds. */
static void limits_stay(void **state)
{
	static const double rates[] = {20, 8, 2};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct live *l = live_new();
		l->j.w.plan.limits.hop_rate = rates[i];
		l->j.w.plan.limits.budget = 700;
		live_run(l, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
		double most = rates[i] * SECONDS + (rates[i] > 3 ? rates[i] / 3 : 1) + 1;
		assert_true(l->probes <= 700);
		for (size_t f = 0; f < 6; f++)
			assert_true(l->ends[f] <= most);
		for (int ttl = 1; ttl <= 4; ttl++) {
			double asked = 0;
			for (size_t f = 0; f < l->j.w.plan.flow_count; f++)
				asked += l->hops[f][ttl];
			assert_true(asked <= most);
		}
		live_free(l);
	}
}

/* The last part of the budget is the floor's: a run that stays in doubt does not end for what it guessed at. */
static void the_budget_outlives_the_surplus(void **state)
{
	struct live *l = live_new(), *frugal = live_new();
	uint32_t more = 0, less = 0;
	struct probe_surplus told[64];

	(void)state;
	live_run(l, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	frugal->j.w.plan.limits.budget = l->probes;
	live_run(frugal, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	for (size_t n = schedule_surplus(l->s, told, COUNT(told)); n-- > 0;)
		more += told[n].more;
	for (size_t n = schedule_surplus(frugal->s, told, COUNT(told)); n-- > 0;)
		less += told[n].more;
	assert_true(less > 0 && less < more);
	assert_true(frugal->last_second > 0 && frugal->probes < l->probes);
	live_free(l);
	live_free(frugal);
}

static void it_is_repeatable(void **state)
{
	struct live *a = live_new(), *b = live_new();

	(void)state;
	live_run(a, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	live_run(b, "none", LINK_NULL, "wan.loss", LINK_PRIMARY);
	assert_int_equal(a->probes, b->probes);
	assert_memory_equal(a->ends, b->ends, sizeof a->ends);
	assert_memory_equal(a->hops, b->hops, sizeof a->hops);
	live_free(a);
	live_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_all_expect_tells_nothing),
	    cmocka_unit_test(what_decides_tells_all),
	    cmocka_unit_test(more_loss_tells_more),
	    cmocka_unit_test(what_only_azure_tells),
	    cmocka_unit_test(where_two_faults_differ),
	    cmocka_unit_test(a_habit_hides_loss),
	    cmocka_unit_test(flows_of_groups),
	    cmocka_unit_test(the_surplus_goes_where_it_tells),
	    cmocka_unit_test(in_proportion),
	    cmocka_unit_test(the_floor_stays),
	    cmocka_unit_test(limits_stay),
	    cmocka_unit_test(the_budget_outlives_the_surplus),
	    cmocka_unit_test(it_is_repeatable),
	};

	return cmocka_run_group_tests_name("information", tests, NULL, NULL);
}
