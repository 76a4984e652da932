/* SPDX-License-Identifier: BSD-2-Clause */
/* Some flows are dead and the others live: where the dead ones end, and what only looks alike. */
#include "tests/unit/diagnose_judge.h"
#include "tests/unit/diagnose_faults.h"

#include "analysis/fold/stop.h"
#include "analysis/observables/partial.h"
#include "analysis/verdict/unseen.h"

enum how { HOW_WELL, HOW_WAN, HOW_CORPORATE, HOW_BEYOND, HOW_ONE_FLOW, HOW_TWO_FLOWS, HOW_SERVICE, HOW_LOSS, HOW_ALL,
           HOW_DROWNED, HOW_DROWNED_WITH_PORT, HOW_WAY_BACK, HOW_MUTE, HOW_FILTER,
           HOW_FILTER_AND_BACK, HOW_FEW, HOW_BACK_ALONE,
           HOW_FILTER_MUTE, HOW_SERVICE_AND_BACK, HOW_BEYOND_THERE, HOW_ONE_LIVES, HOW_WAN_WITH_PORT, HOW_FEW_AND_PINGS, HOW_FEW_AND_A_MUTE_TARGET,
           HOW_TWO_AND_A_MUTE_TARGET, HOW_ALL_MUTE_BUT_FEW, HOW_HALF_AND_A_QUARTER, HOW_ONE_AND_A_LONE_ONE };

/* What the MSEE says of itself over this link. */
static bool is_msees(const struct judged *j, const struct probe_record *r, int link)
{
	const struct plan_flow *f = &j->w.flows[r->flow];
	return (f->role == FLOW_MSEE && f->link == link && r->ttl >= 4) || (f->role == FLOW_TARGET && j->w.takes[r->flow] == link && r->ttl == 4);
}

static bool is_port(const struct judged *j, const struct probe_record *r, int link)
{
	return j->w.flows[r->flow].role == FLOW_BGP_MSEE && j->w.flows[r->flow].link == link;
}

/* Of the targets' flows of this kind, over this link. */
static bool is_first_over(const struct judged *j, uint16_t flow, int link, enum probe_kind kind)
{
	for (uint16_t f = 0; f < j->w.plan.flow_count; f++)
		if (j->w.flows[f].role == FLOW_TARGET && j->w.flows[f].kind == kind && j->w.takes[f] == link)
			return f == flow;
	return false;
}

/* Which flows die, and from which hop on. */
static bool dies(const struct judged *j, const struct probe_record *r, enum how how)
{
	const struct plan_flow *f = &j->w.flows[r->flow];
	bool half = f->role == FLOW_TARGET && r->flow / LINKS % 2 == 0; /* of each link's flows to each service */

	switch (how) {
	case HOW_WAN: return half && j->w.takes[r->flow] == S && r->ttl >= 4;
	case HOW_CORPORATE: return (half || (f->role == FLOW_EDGE && f->link == P) || (f->link == S && (f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE))) && r->ttl >= 2;
	case HOW_BEYOND: return half && j->w.takes[r->flow] == S && r->ttl >= 5;
	case HOW_ONE_FLOW: return f->role == FLOW_TARGET && f->id == 6 && r->ttl >= 4;
	case HOW_TWO_FLOWS: return half && j->w.takes[r->flow] == S && r->ttl >= 4 && f->kind == PROBE_TCP_SYN;
	case HOW_SERVICE: return f->role == FLOW_TARGET && f->kind == PROBE_TCP_SYN && f->target == 0 && r->ttl >= 4;
	case HOW_LOSS: return f->role == FLOW_TARGET && j->w.takes[r->flow] == S && r->ttl >= 4 && r->sent_at.ns / NS_PER_MS / 5 % 3 == 0;
	case HOW_ALL: return j->w.takes[r->flow] == S && r->ttl >= 4 && f->role != FLOW_EDGE;
	case HOW_DROWNED: return (half && j->w.takes[r->flow] == S && r->ttl >= 4) || is_msees(j, r, S);
	case HOW_DROWNED_WITH_PORT: return dies(j, r, HOW_DROWNED) || is_port(j, r, S);
	/* Whatever comes back over the link, of half of the flows on either. */
	case HOW_WAY_BACK: return (half && r->ttl >= (j->w.takes[r->flow] == S ? 4 : 5)) || is_msees(j, r, S) || is_port(j, r, S);
	case HOW_FILTER: return f->role == FLOW_TARGET && f->kind == PROBE_TCP_SYN && j->w.takes[r->flow] == S && r->ttl >= 4;
	case HOW_FILTER_AND_BACK: /* half of the answers to the other link's flows come by this one */
		return dies(j, r, HOW_FILTER) || is_port(j, r, S) || (half && f->kind == PROBE_TCP_SYN && j->w.takes[r->flow] == P && r->ttl >= 5);
	case HOW_BACK_ALONE: return is_msees(j, r, S) || (half && j->w.takes[r->flow] == P && r->ttl >= 5);
	case HOW_FEW: return is_msees(j, r, S) || (f->id == 13 && r->ttl >= 4) || ((f->id == 12 || f->id == 18) && r->ttl >= 5);
	case HOW_FILTER_MUTE: return dies(j, r, HOW_FILTER) || is_msees(j, r, S);
	case HOW_BEYOND_THERE: return half && f->kind == PROBE_TCP_SYN && j->w.takes[r->flow] == P && r->ttl >= 5;
	case HOW_ONE_LIVES: return f->role == FLOW_TARGET && f->id != 11 && j->w.takes[r->flow] == S && r->ttl >= 4;
	/* One SYN flow, and all pings to a target: at the MSEE, or at the target. */
	case HOW_FEW_AND_PINGS: return f->role == FLOW_TARGET && j->w.takes[r->flow] == S && r->ttl >= 4 && (f->id == 13 || (f->kind == PROBE_ICMP_ECHO && f->target == 0));
	case HOW_FEW_AND_A_MUTE_TARGET: return f->role == FLOW_TARGET && ((f->id == 13 && r->ttl >= 4) || (f->kind == PROBE_ICMP_ECHO && f->target == 0 && r->ttl >= 6));
	case HOW_TWO_AND_A_MUTE_TARGET: return dies(j, r, HOW_TWO_FLOWS) || (f->role == FLOW_TARGET && f->kind == PROBE_ICMP_ECHO && f->target == 0 && r->ttl >= 6);
	case HOW_ALL_MUTE_BUT_FEW: return dies(j, r, HOW_FEW_AND_A_MUTE_TARGET) || is_msees(j, r, S);
	/* All of the MSEE's own takes the dead way, and so do half of the flows that cross the link, and a quarter of the other's answers. */
	case HOW_HALF_AND_A_QUARTER:
		return is_msees(j, r, S) || is_port(j, r, S) || (half && j->w.takes[r->flow] == S && r->ttl >= 4) ||
		       (r->flow % 8 == 0 && j->w.takes[r->flow] == P && r->ttl >= 5);
	case HOW_ONE_AND_A_LONE_ONE: /* by their way back, and behind the MSEE one flow of those that take the other link, and the only one of its service that does */
		return (is_first_over(j, r->flow, P, PROBE_TCP_SYN) || is_first_over(j, r->flow, P, PROBE_ICMP_ECHO)) && r->ttl >= 5;
	case HOW_WAN_WITH_PORT: return dies(j, r, HOW_WAN) || is_port(j, r, S);
	case HOW_SERVICE_AND_BACK: /* all pings that take the link, and TCP that comes back by it */
		return dies(j, r, HOW_BEYOND_THERE) || (f->role == FLOW_TARGET && f->kind == PROBE_ICMP_ECHO && j->w.takes[r->flow] == S && r->ttl >= 4);
	case HOW_MUTE: return dies(j, r, HOW_DROWNED) || is_msees(j, r, P);
	default: return false;
	}
}

/* What an answered probe would be had no answer come. */
static void arrange(struct judged *j, enum how how)
{
	judged_standard(j, HANDOFF_L2);
	for (uint16_t f = 0; f < j->w.plan.flow_count && how == HOW_FEW_AND_PINGS; f++) /* pings go by addresses alone */
		if (j->w.flows[f].role == FLOW_TARGET && j->w.flows[f].kind == PROBE_ICMP_ECHO)
			j->w.takes[f] = j->w.flows[f].target == 0 ? S : P;
	for (uint16_t f = 0; f < j->w.plan.flow_count && how == HOW_ONE_AND_A_LONE_ONE; f++)
		if (j->w.flows[f].role == FLOW_TARGET && j->w.flows[f].kind == PROBE_ICMP_ECHO && !is_first_over(j, f, P, PROBE_ICMP_ECHO))
			j->w.takes[f] = S;
	world_run(&j->w, 8);
	for (size_t i = 0; i < j->w.seen.count; i++) {
		struct probe_record *r = &j->w.seen.records[i];

		if (dies(j, r, how)) {
			r->answer = ANSWER_NONE;
			r->rtt_ns = -1;
		}
	}
	judged_weigh(j);
}

static void where_dead_flows_end(void **state)
{
	static const struct { const char *what; enum how how; bool primary, secondary, corporate; } rows[] = {
	    {"all is well", HOW_WELL, false, false, false},          {"between edge and MSEE", HOW_WAN, false, true, false},
	    {"before the edge", HOW_CORPORATE, false, false, true},  {"behind the MSEE", HOW_BEYOND, false, false, false},
	    {"two flows of many", HOW_TWO_FLOWS, false, true, false},
	    {"a host's own matter", HOW_ONE_FLOW, false, false, false}, {"a service", HOW_SERVICE, false, false, false},
	    {"each flow loses its share", HOW_LOSS, false, false, false}, {"the whole link", HOW_ALL, false, false, false},
	    {"and with them all that the MSEE says", HOW_DROWNED, false, true, false}, {"its port as well", HOW_DROWNED_WITH_PORT, false, true, false},
	    {"all that comes back over the link", HOW_WAY_BACK, false, true, false}, {"MSEEs that are mute", HOW_MUTE, false, false, false},
	    {"one protocol", HOW_FILTER, false, false, false}, {"and its answers", HOW_FILTER_AND_BACK, false, false, false},
	    {"one by its way there, two by their way back", HOW_FEW, false, true, false},
	    {"none by its way there", HOW_BACK_ALONE, false, true, false},
	    {"one protocol over a link whose MSEE is mute", HOW_FILTER_MUTE, false, false, false},
	    {"one protocol by its way there, another by its way back", HOW_SERVICE_AND_BACK, false, true, false},
	    {"one flow lives over the link, beside one of its service that does not", HOW_ONE_LIVES, false, true, false},
	    {"the port without the pings", HOW_WAN_WITH_PORT, false, true, false},
	    {"one flow, and pings to one target", HOW_FEW_AND_PINGS, false, true, false},
	    {"one flow, and a target that ignores pings", HOW_FEW_AND_A_MUTE_TARGET, false, false, false},
	    {"two flows, and a target that ignores pings", HOW_TWO_AND_A_MUTE_TARGET, false, true, false},
	    {"one flow, a target that ignores pings, and an MSEE that is mute", HOW_ALL_MUTE_BUT_FEW, false, false, false},
	    {"behind the other MSEE", HOW_BEYOND_THERE, false, false, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;

		arrange(&j, rows[i].how);
		if (j.seen.links[P].partial != rows[i].primary || j.seen.links[S].partial != rows[i].secondary || j.seen.partial != rows[i].corporate)
			fail_msg("%s: %d %d %d", rows[i].what, j.seen.links[P].partial, j.seen.links[S].partial, j.seen.partial);
		if (!j.seen.flows_differ && !rows[i].secondary) { /* not even tried */
			assert_true(judged_probability(&j, "wan.partial", LINK_NULL) == 0);
			assert_true(judged_probability(&j, "corp.path-partial", LINK_NULL) == 0);
		}
		if (!rows[i].corporate && judged_probability(&j, "corp.path-partial", LINK_NULL) > .05)
			fail_msg("%s: corp.path-partial %.3f", rows[i].what, judged_probability(&j, "corp.path-partial", LINK_NULL));
		judged_free(&j);
	}
}

static void they_are_named(void **state)
{
	static const enum how wan[] = {HOW_WAN, HOW_DROWNED, HOW_DROWNED_WITH_PORT, HOW_FEW, HOW_BACK_ALONE, HOW_SERVICE_AND_BACK, HOW_ONE_LIVES};
	struct judged j;

	(void)state;
	for (size_t i = 0; i < COUNT(wan); i++) {
		arrange(&j, wan[i]);
		if (judged_probability(&j, "wan.partial", S) < (wan[i] == HOW_BACK_ALONE ? .85 : .95)) /* a few flows: before the links part, seldom */
			fail_msg("%d: wan.partial %.3f", (int)wan[i], judged_probability(&j, "wan.partial", S));
		judged_free(&j);
	}
	arrange(&j, HOW_ONE_AND_A_LONE_ONE); /* the second alone may be a filter's doing */
	if (!j.seen.flows_differ || judged_probability(&j, "none", LINK_NULL) > .5)
		fail_msg("one and a lone one: none %.3f, wan.partial %.3f", judged_probability(&j, "none", LINK_NULL), judged_probability(&j, "wan.partial", S));
	judged_free(&j);
	arrange(&j, HOW_HALF_AND_A_QUARTER); /* flows live over the link: a black hole would have to be one of answers alone */
	double hole = judged_probability(&j, "wan.blackhole", S), way = judged_probability(&j, "wan.partial", S);
	if (way <= hole)
		fail_msg("half and a quarter: wan.blackhole %.3f, wan.partial %.3f", hole, way);
	judged_free(&j);
	arrange(&j, HOW_WAY_BACK); /* half of both links' flows, where one of two equal ways would take a quarter of the other's */
	if (judged_probability(&j, "wan.blackhole", S) <= .9)
		fail_msg("the way back: wan.blackhole %.3f", judged_probability(&j, "wan.blackhole", S));
	judged_free(&j);
	arrange(&j, HOW_FILTER_AND_BACK);
	assert_true(judged_probability(&j, "wan.filter", S) > .9);
	judged_free(&j);
	arrange(&j, HOW_CORPORATE);
	assert_true(judged_probability(&j, "corp.path-partial", LINK_NULL) > .8);
	judged_free(&j);
}

static void a_group_of_dead_and_alive(void **state)
{
	static const struct { struct traffic_group g; bool want; unsigned dead; } rows[] = {
	    {{.flows = {{0, 8, 0}, {1, 8, 8}, {2, 8, 0}}, .flow_count = 3}, true, 2},
	    {{.flows = {{0, 8, 8}, {1, 8, 8}}, .flow_count = 2}, false, 0},
	    {{.flows = {{0, 8, 0}, {1, 8, 0}}, .flow_count = 2}, false, 0},
	    {{.flows = {{0, 8, 0}, {1, 8, 5}, {2, 8, 8}}, .flow_count = 3}, false, 0},
	    {{.flows = {{0, 1, 0}, {1, 8, 8}}, .flow_count = 2}, false, 0}, /* one lost probe is no dead flow */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned dead = 0;

		assert_int_equal(rows[i].want, partial_group(&rows[i].g, &dead));
		if (rows[i].want)
			assert_int_equal(rows[i].dead, dead);
	}
}

/* Dead or alive is likelier than loss where nothing lies between, and the other way round. */
static void dead_or_alive_against_loss(void **state)
{
	static const struct traffic_group apart = {.cls = GROUP_TARGET, .kind = PROBE_TCP_SYN, .sent = 32, .answered = 16,
	                                           .flows = {{0, 8, 0}, {1, 8, 8}, {2, 8, 0}, {3, 8, 8}}, .flow_count = 4},
	                                  between = {.cls = GROUP_TARGET, .kind = PROBE_TCP_SYN, .sent = 32, .answered = 16,
	                                             .flows = {{0, 8, 4}, {1, 8, 3}, {2, 8, 5}, {3, 8, 4}}, .flow_count = 4};
	struct group_likelihood l;
	double best = -1e9;

	(void)state;
	likelihood_group(&apart, MANNER_USUAL, 0, NULL, &l);
	for (int i = 0; i < LOSS_GRID; i++)
		best = l.loss[i] > best ? l.loss[i] : best;
	assert_true(likelihood_of(&l, 'P', 0) > best + 2);
	assert_true(likelihood_of(&l, 'P', 0) > likelihood_of(&l, 'A', 0) + 5);
	likelihood_group(&between, MANNER_USUAL, 0, NULL, &l);
	best = -1e9;
	for (int i = 0; i < LOSS_GRID; i++)
		best = l.loss[i] > best ? l.loss[i] : best;
	assert_true(best > likelihood_of(&l, 'P', 0) + 3);
}

/* Which way a flow takes is told by its end: what its hops answer then tells little more. */
static void a_flows_way_is_told_once(void **state)
{
	struct traffic_group hop = {.cls = GROUP_MSEE_HOP, .link = P, .kind = PROBE_TCP_SYN, .sent = 12, .answered = 12,
	                            .flows = {{0, 3, 3}, {1, 3, 3}, {2, 3, 3}, {3, 3, 3}}, .flow_count = 4};
	struct group_likelihood unknown, told;

	(void)state;
	likelihood_group(&hop, MANNER_USUAL, 0, NULL, &unknown);
	memset(hop.ends, ENDS_ALIVE, sizeof hop.ends);
	likelihood_group(&hop, MANNER_USUAL, 0, NULL, &told);
	assert_true(likelihood_of(&told, 'P', 0) > likelihood_of(&told, 'A', 0) - .6);
	assert_true(likelihood_of(&told, 'P', 0) > likelihood_of(&unknown, 'P', 0) + 1);
	hop.answered = 9;
	hop.flows[0].answered = 0; /* its end is alive, and the hop hears it not */
	likelihood_group(&hop, MANNER_USUAL, 0, NULL, &unknown);
	hop.ends[0] = ENDS_DEAD;
	likelihood_group(&hop, MANNER_USUAL, 0, NULL, &told);
	assert_true(likelihood_of(&told, 'P', 0) > likelihood_of(&unknown, 'P', 0) + 2);
}

/* What a dead way keeps from showing its link is dead, what shows it is not: neither speaks against the dead way. */
static void what_shows_no_link_is_dead(void **state)
{
	struct traffic_group g = {.cls = GROUP_TARGET, .link = LINK_ANY, .kind = PROBE_TCP_SYN, .sent = 21, .answered = 0,
	                          .flows = {{0, 3, 0}, {1, 3, 0}, {2, 3, 0}, {3, 3, 0}, {4, 3, 0}, {5, 3, 0}, {6, 3, 0}}, .flow_count = 7};
	struct group_likelihood l;

	(void)state;
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &l);
	assert_true(likelihood_of(&l, 'Q', 0) > likelihood_of(&l, 'P', 0) + 1.5);
	g.answered = 21;
	for (int i = 0; i < g.flow_count; i++)
		g.flows[i].answered = 3;
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &l);
	assert_true(likelihood_of(&l, 'Q', 0) < likelihood_of(&l, 'A', 0) - 2);
	g.link = P;
	likelihood_group(&g, MANNER_USUAL, 0, NULL, &l);
	assert_true(likelihood_of(&l, 'Q', 0) > likelihood_of(&l, 'P', 0) + 1);
	assert_true(likelihood_of(&l, 'Q', 0) > likelihood_of(&l, 'A', 0) - 1.5);
}

/* What was answered nearer by leaves less open; what lives, or dies at once, leaves nothing. */
static void where_a_flow_dies(void **state)
{
	static const struct { enum how how; uint8_t from, want; } rows[] = {{HOW_CORPORATE, 4, 2}, {HOW_CORPORATE, 3, 1}, {HOW_CORPORATE, 1, 0},
	                                                                    {HOW_WELL, 4, 0}, {HOW_SERVICE, 4, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		uint8_t hops[WORLD_FLOWS_MAX], most = 0;

		arrange(&j, rows[i].how);
		for (size_t k = 0; k < j.w.seen.count; k++)
			if (j.w.seen.records[k].ttl < rows[i].from) { /* nearer hops were not asked */
				j.w.seen.records[k].ttl = rows[i].from;
				j.w.seen.records[k].answer = ANSWER_NONE;
				j.w.seen.records[k].rtt_ns = -1;
			}
		assert_true(partial_where(&j.path, hops));
		for (size_t f = 0; f < j.w.plan.flow_count; f++) {
			assert_true(hops[f] == 0 || hops[f] == rows[i].want);
			most = hops[f] > most ? hops[f] : most;
		}
		assert_int_equal(most, rows[i].want);
		judged_free(&j);
	}
}

/* Another source port to the MSEE's BGP port is asked where it would tell, and waited for until it was. */
static void another_port_where_it_tells(void **state)
{
	static const struct { const char *what; enum how how; bool tells, open; } rows[] = {
	    {"nothing that the MSEE says comes", HOW_DROWNED_WITH_PORT, true, true}, {"its port answers, and a service lives in part", HOW_DROWNED, true, false},
	    {"its port answers, and one protocol is dead", HOW_FILTER_MUTE, true, true}, {"its pings are answered", HOW_WAN, false, false},
	    {"its pings are answered, its port is not", HOW_WAN_WITH_PORT, true, false},
	    {"so they are, and one protocol is dead", HOW_FILTER, false, false}, {"all is well", HOW_WELL, false, false},
	    {"nothing lives over the link", HOW_ALL, true, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		uint8_t hops[WORLD_FLOWS_MAX];

		arrange(&j, rows[i].how);
		judged_forget(&j);
		uint16_t further[LINKS];
		for (uint8_t l = 0; l < LINKS; l++)
			further[l] = world_flow(&j.w, l, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, l == P ? "172.16.3.2" : "172.16.4.2", 179);
		judged_weigh(&j);
		assert_true(partial_where(&j.path, hops));
		if (hops[further[P]] != 0 || hops[further[S]] != (rows[i].tells ? PATH_TTL_GTSM : 0))
			fail_msg("%s: %u %u", rows[i].what, hops[further[P]], hops[further[S]]);
		assert_int_equal(j.seen.links[S].ports_open, rows[i].open); /* where that is what is in doubt */
		assert_false(j.seen.links[P].ports_open);
		judged_forget(&j);
		for (int k = 0; k < 2; k++)
			world_probe(&j.w, further[S], PATH_TTL_GTSM);
		judged_weigh(&j);
		assert_true(partial_where(&j.path, hops));
		assert_int_equal(hops[further[S]], 0); /* it answered */
		assert_false(j.seen.links[S].ports_open);
		judged_free(&j);
	}
}

static void leave_unanswered(struct probe_record *r)
{
	r->answer = ANSWER_NONE;
	r->rtt_ns = -1;
}

/* MSEE's pings over the link: none, or all. The dead flows were not asked where they end: no hop of theirs says which link they take. */
static void half_mute(struct judged *j, bool pings, bool hops, bool there)
{
	judged_standard(j, HANDOFF_L2);
	world_run(&j->w, 4);
	for (size_t i = 0; i < j->w.seen.count; i++) {
		struct probe_record *r = &j->w.seen.records[i];
		const struct plan_flow *f = &j->w.flows[r->flow];
		bool dead = dies(j, r, HOW_WAN), at_msee = r->ttl == 4 && f->role == FLOW_TARGET && j->w.takes[r->flow] == S;
		bool own = f->role == FLOW_MSEE && r->ttl >= 4;

		if (dies(j, &(struct probe_record){.flow = r->flow, .ttl = 4}, HOW_WAN) && (r->ttl == 3 || r->ttl == 4)) {
			leave_unanswered(r);
			r->late = true; /* set aside: as if it had not been asked */
		} else if (dead || (at_msee && !hops) || (own && f->link == S && !pings) || (own && f->link == P && !there) || is_port(j, r, S)) {
			leave_unanswered(r);
		}
	}
	judged_weigh(j);
}

/* It is thought of before it is shown: of few probes a session that is down would else be the only thing to explain it. */
static void a_dead_way_is_thought_of(void **state)
{
	static const struct { const char *what; bool pings, hops, there; } rows[] = {
	    {"the MSEE answers as a hop, and no ping", false, true, true}, {"it answers pings as well", true, true, true},
	    {"it does not answer as a hop either", false, false, true}, {"the other MSEE answers no ping either", false, true, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;

		half_mute(&j, rows[i].pings, rows[i].hops, rows[i].there);
		assert_false(j.seen.links[S].partial);
		assert_true(j.seen.flows_differ);
		if (judged_probability(&j, "wan.partial", S) < .8)
			fail_msg("%s: wan.partial %.3f", rows[i].what, judged_probability(&j, "wan.partial", S));
		judged_free(&j);
	}
}

/* The first source port behind GTSM: the SYNs of TTL 64 are dropped, and the network lost the other one. */
static void first_port_lost_one(struct judged *j)
{
	for (size_t i = 0, n = j->w.seen.count; i < n; i++) {
		struct probe_record *r = &j->w.seen.records[i];
		if (!is_port(j, r, S))
			continue;
		r->ttl = FULL;
		leave_unanswered(r);
	}
	for (uint16_t f = 0; f < j->w.plan.flow_count; f++)
		if (j->w.flows[f].role == FLOW_BGP_MSEE && j->w.flows[f].link == S) {
			world_probe(&j->w, f, PATH_TTL_GTSM);
			leave_unanswered(&j->w.seen.records[j->w.seen.count - 1]);
		}
}

/* A filter leaves all source ports to another service alone, a dead way some. Of a SYN that was lost, or of an MSEE that answers some
 * SYNs of each port and not others, nothing is told. */
static void ports_tell_a_dead_way_from_a_filter(void **state)
{
	/* Of so many further ports how many are dead; first: see above; limited: of one that lives every second SYN is answered. */
	static const struct { const char *what; int ports, dead; bool first, limited, partial; } rows[] = {
	    {"all live", 5, 0, false, false, false}, {"three are dead", 5, 3, false, false, true}, {"one is dead beside few", 2, 1, false, false, false},
	    {"one is dead beside many", 3, 1, false, false, true}, {"the first lost its only SYN that passes", 5, 0, true, false, false},
	    {"SYNs are limited", 5, 3, false, true, false}};

	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		struct judged j;

		arrange(&j, HOW_FILTER_MUTE);
		if (rows[row].first)
			first_port_lost_one(&j);
		judged_forget(&j);
		for (int i = 0; i < rows[row].ports; i++) {
			uint16_t further = world_flow(&j.w, S, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.4.2", 179);
			j.w.silent[further] = i < rows[row].dead;
			for (int k = 0; k < 2; k++)
				world_probe(&j.w, further, PATH_TTL_GTSM);
			if (i == rows[row].ports - 1 && rows[row].limited)
				leave_unanswered(&j.w.seen.records[j.w.seen.count - 1]);
		}
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms + 5000));
		judged_weigh(&j);
		if (j.seen.links[S].partial != rows[row].partial)
			fail_msg("%s: %d", rows[row].what, j.seen.links[S].partial);
		if (judged_probability(&j, rows[row].partial ? "wan.partial" : "wan.filter", S) <= .9)
			fail_msg("%s: wan.filter %.3f, wan.partial %.3f", rows[row].what, judged_probability(&j, "wan.filter", S), judged_probability(&j, "wan.partial", S));
		judged_free(&j);
	}
}

/* Few flows live over the other link, so that it is not known where the dead ones of this one end. The others are dead; or late, which
 * tells nothing. */
static void leave_few_there(struct judged *j, bool late)
{
	for (uint16_t f = 0; f < j->w.plan.flow_count; f++)
		for (size_t i = 0; i < j->w.seen.count && j->w.flows[f].role == FLOW_TARGET && j->w.takes[f] == P; i++)
			if (j->w.seen.records[i].flow == f && j->w.seen.records[i].ttl > 4 && f % 8 != 6) {
				leave_unanswered(&j->w.seen.records[i]);
				j->w.seen.records[i].late = late;
			}
}

/* At the last of as many looks as a statement has to stand, two seconds after the start: is the run over? */
static bool is_over(const struct judged *j)
{
	const struct stop_moment now = {.elapsed_ns = 2 * NS_PER_SEC, .asked = .9};
	struct look look = {.count = 0};
	bool over = false;

	for (int i = 0; i < 6; i++)
		over = stop_stands(&look, &j->posterior, &now);
	return over;
}

/* A statement that stands by less than what is in flight may take from it waits, as long as more may make it clearer. */
static void what_barely_stands_is_waited_for(void **state)
{
	static const struct { double below; int seconds; bool over; } rows[] = {{.03, 2, true}, {.005, 2, false}, {.005, 10, true}};
	struct judged j;

	(void)state;
	arrange(&j, HOW_ALL);
	double stated = posterior_of_domain(&j.posterior, &j.posterior.list[0].parts[0]);
	assert_true(stated > .9 && stated < .975); /* else it is not barely, or for another reason */
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct stop_moment now = {.elapsed_ns = rows[i].seconds * NS_PER_SEC, .asked = stated - rows[i].below};
		struct look look = {.count = 0};
		bool over = false;

		for (int k = 0; k < 6; k++)
			over = stop_stands(&look, &j.posterior, &now);
		if (over != rows[i].over)
			fail_msg("%.3f below at %d s: %d", rows[i].below, rows[i].seconds, over);
	}
	judged_free(&j);
}

/* Some flows live over a link whose MSEE says nothing at all: where the row is in doubt, its further source ports are waited for. */
static void ports_are_waited_for_in_doubt(void **state)
{
	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		struct judged j;

		arrange(&j, HOW_DROWNED_WITH_PORT);
		leave_few_there(&j, true);
		uint16_t further = world_flow(&j.w, S, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.4.2", 179);
		judged_forget(&j);
		for (int i = 0; i < asked; i++) /* once is enough */
			world_sent(&j.w, further, PATH_TTL_GTSM);
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms + 5000));
		judged_weigh(&j);
		assert_false(j.seen.links[S].partial || j.seen.links[S].ports_open);
		assert_int_equal(j.seen.links[S].ports_weigh, !asked);
		double row = posterior_of_fault(&j.posterior, &j.posterior.list[0].parts[0]);
		if (row < .5 || row > .985 || is_over(&j) != asked)
			fail_msg("asked %d: %s %.3f", asked, j.posterior.list[0].parts[0].row->id, row);
		judged_free(&j);
	}
}

/* A port behind GTSM (RFC 5082) leaves the SYNs of TTL 64 alone, and lives all the same. */
static void a_port_behind_gtsm_lives(void **state)
{
	struct judged j;
	unsigned alive = 0;

	(void)state;
	for (int behind_gtsm = 0; behind_gtsm < 2; behind_gtsm++) {
		arrange(&j, behind_gtsm ? HOW_DROWNED : HOW_DROWNED_WITH_PORT);
		for (size_t i = 0, n = j.w.seen.count; i < n; i++)
			if (is_port(&j, &j.w.seen.records[i], S))
				world_sent(&j.w, j.w.seen.records[i].flow, FULL);
		observations_time(&j.w.seen, world_at(&j.w, j.w.now_ms + 5000));
		leave_few_there(&j, false);
		judged_forget(&j);
		judged_weigh(&j);
		for (uint16_t f = 0; f < j.w.plan.flow_count; f++)
			alive += f % 8 == 6 && j.w.flows[f].role == FLOW_TARGET && j.w.takes[f] == P;
		assert_int_equal(j.seen.links[S].partial, behind_gtsm);
		judged_free(&j);
	}
	assert_in_range(alive / 2, 2, 3);
}

/* The primary link is down and routing took the way to its ends away: the router that has none says so now and then instead of
 * telling what expires there. That is no dead path in the corporate network, and no silence of that router. */
static void a_way_that_routing_took(void **state)
{
	(void)state;
	for (int says = 0; says < 2; says++) {
		struct judged j;

		judged_standard(&j, HANDOFF_L2);
		for (uint16_t f = 0; f < j.w.plan.flow_count; f++)
			j.w.takes[f] = j.w.flows[f].role == FLOW_TARGET ? S : j.w.takes[f];
		world_run(&j.w, 8);
		for (size_t i = 0; i < j.w.seen.count; i++) {
			struct probe_record *r = &j.w.seen.records[i];
			const struct plan_flow *f = &j.w.flows[r->flow];

			if (f->link == P && (f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE) && r->ttl >= 2) {
				r->answer = ANSWER_NONE;
				r->rtt_ns = -1;
			}
		}
		if (says)
			world_error(&j.w, F_MSEE1, FULL, 3, 0, "10.10.2.2");
		judged_weigh(&j);
		assert_int_equal(j.seen.partial, !says);
		for (size_t i = 0; says && i < j.seen.group_count; i++)
			if (j.seen.groups[i].cls == GROUP_HOP && j.seen.groups[i].hop == 2)
				assert_int_equal(j.seen.groups[i].sent, j.seen.groups[i].answered);
		if (says)
			assert_true(judged_probability(&j, "corp.path-partial", LINK_NULL) == 0);
		judged_free(&j);
	}
}

#define IDLE_PORTS 5

/* All target traffic takes the primary link. Of the secondary's further source ports the first so many are dead: two SYNs each, and one that
 * expires at the edge, which hears it or does not. plain: the first port was also asked what does not pass GTSM. */
static void idle_link(struct judged *j, bool plain, int asked, int dead, bool edge_hears, uint16_t ports[IDLE_PORTS])
{
	judged_standard(j, HANDOFF_L2);
	for (uint16_t f = 0; f < j->w.plan.flow_count; f++)
		j->w.takes[f] = j->w.flows[f].role == FLOW_TARGET ? P : j->w.takes[f];
	world_run(&j->w, 8);
	for (uint16_t f = 0; f < j->w.plan.flow_count && plain; f++)
		if (j->w.flows[f].role == FLOW_BGP_MSEE && j->w.flows[f].link == S)
			world_probe(&j->w, f, FULL);
	for (int i = 0; i < IDLE_PORTS; i++) {
		ports[i] = world_flow(&j->w, S, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.4.2", 179);
		for (int k = 0; k < 2 && i < asked; k++)
			world_probe(&j->w, ports[i], PATH_TTL_GTSM);
		for (int k = 0; k < 2 && i < dead; k++)
			leave_unanswered(&j->w.seen.records[j->w.seen.count - 1 - (size_t)k]);
		if (i >= dead)
			continue;
		world_probe(&j->w, ports[i], 3);
		if (!edge_hears)
			leave_unanswered(&j->w.seen.records[j->w.seen.count - 1]);
	}
	observations_time(&j->w.seen, world_at(&j->w, j->w.now_ms + 5000));
	judged_forget(j);
	judged_weigh(j);
}

/* Nothing but its MSEE is asked over a link that no traffic takes, and its pings take one way: other source ports show others. */
static void an_idle_links_ports(void **state)
{
	static const struct { const char *what; bool plain; int asked, dead; bool edge_hears, partial; uint8_t first, last; } rows[] = {
	    {"its port was not asked in full yet", false, 0, 0, false, false, 0, 0}, {"none was asked", true, 0, 0, false, false, PATH_TTL_GTSM, PATH_TTL_GTSM},
	    {"all live", true, IDLE_PORTS, 0, false, false, 0, 0}, {"two are dead behind the edge", true, IDLE_PORTS, 2, true, true, PATH_TTL_GTSM, 0},
	    {"before the edge, or it says nothing", true, IDLE_PORTS, 2, false, false, 3, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct judged j;
		uint16_t ports[IDLE_PORTS];
		uint8_t hops[WORLD_FLOWS_MAX];

		idle_link(&j, rows[i].plain, rows[i].asked, rows[i].dead, rows[i].edge_hears, ports);
		assert_true(partial_where(&j.path, hops));
		if (hops[ports[0]] != rows[i].first || hops[ports[IDLE_PORTS - 1]] != rows[i].last)
			fail_msg("%s: %u %u", rows[i].what, hops[ports[0]], hops[ports[IDLE_PORTS - 1]]);
		if (j.seen.links[S].partial != rows[i].partial || j.seen.links[S].ports_differ != (rows[i].dead > 0) || j.seen.links[P].ports_differ)
			fail_msg("%s: partial %d", rows[i].what, j.seen.links[S].partial);
		assert_false(j.seen.partial);
		if ((judged_probability(&j, "wan.partial", S) > .02) != rows[i].partial)
			fail_msg("%s: wan.partial %.3f", rows[i].what, judged_probability(&j, "wan.partial", S));
		if ((unseen_healthy(&j.posterior) < .5) != (rows[i].dead > 0)) /* it is said of none of which some ways are dead */
			fail_msg("%s: healthy %.3f", rows[i].what, unseen_healthy(&j.posterior));
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_dead_flows_end),
		cmocka_unit_test(a_flows_way_is_told_once), cmocka_unit_test(what_shows_no_link_is_dead), cmocka_unit_test(where_a_flow_dies),
		cmocka_unit_test(another_port_where_it_tells),
		cmocka_unit_test(a_dead_way_is_thought_of),
		cmocka_unit_test(ports_tell_a_dead_way_from_a_filter),
		cmocka_unit_test(ports_are_waited_for_in_doubt), cmocka_unit_test(what_barely_stands_is_waited_for), cmocka_unit_test(a_port_behind_gtsm_lives),
		cmocka_unit_test(a_way_that_routing_took), cmocka_unit_test(an_idle_links_ports),
		cmocka_unit_test(they_are_named),
		cmocka_unit_test(a_group_of_dead_and_alive),
		cmocka_unit_test(dead_or_alive_against_loss),
	};

	return cmocka_run_group_tests_name("partial", tests, NULL, NULL);
}
