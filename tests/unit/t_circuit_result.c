/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen of a circuit, ready to print: targets, checks, segments. */
#include "tests/unit/diagnose_said.h"

#include <math.h>

static void targets_of_a_healthy_circuit(void **state)
{
	struct said s;

	(void)state;
	of_case(&s, 0, true);
	assert_int_equal(s.r.target_count, 3);
	for (size_t i = 0; i < 3; i++) {
		const struct target_result *t = &s.r.targets[i];
		assert_string_equal(t->name, s.j.w.targets[i].name);
		assert_true(ip_addr_equal(&t->address, &s.j.w.targets[i].address));
		assert_int_equal(t->control, i == 2);
		assert_true(t->tested && t->reachable && t->rtt.known);
		assert_int_equal(t->service_count, 2);
		for (size_t k = 0; k < 2; k++)
			assert_string_equal(t->services[k].outcome, t->services[k].port ? "open" : "answers");
		assert_true(t->loss.known && t->loss.ratio == 0 && t->loss.high < .1);
		assert_int_equal(t->over[P], i != 2);
		assert_int_equal(t->over[S], i != 2);
	}
	assert_int_equal(s.r.probes_sent, s.j.w.seen.count);
	said_free(&s);
}

static void services_that_fail(void **state)
{
	static const struct { size_t at; bool reachable; const char *ping, *tcp; } rows[] = {
	    {12, false, "silent", "silent"}, {13, false, "answers", "silent"}, {14, false, "answers", "refused"}, {1, true, "silent", "open"}, {11, false, "silent", "unreachable"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		of_case(&s, rows[i].at, true);
		const struct target_result *t = &s.r.targets[0];
		if (t->reachable != rows[i].reachable)
			fail_msg("case %zu: reachable %d", rows[i].at, t->reachable);
		for (size_t k = 0; k < t->service_count; k++)
			assert_string_equal(t->services[k].outcome, t->services[k].port ? rows[i].tcp : rows[i].ping);
		said_free(&s);
	}
}

/* A target with no port listed is what its ping says. */
static void a_target_of_ping_alone(void **state)
{
	(void)state;
	for (int silent = 0; silent < 2; silent++) {
		struct said s;
		judged_standard(&s.j, HANDOFF_L2);
		world_target(&s.j.w, "10.101.7.9", 0, false);
		for (int k = 0; k < 4; k++)
			s.j.w.silent[world_flow(&s.j.w, LINK_ANY, FLOW_TARGET, PROBE_ICMP_ECHO, 2, "10.101.7.9", 0)] = silent;
		world_run(&s.j.w, 25);
		judged_weigh(&s.j);
		say(&s, ASKED);
		assert_int_equal(s.r.targets[2].reachable, !silent);
		assert_true(s.r.targets[2].tested);
		assert_int_equal(s.r.faults[0].status, silent ? STATUS_FAULT : STATUS_HEALTHY);
		said_free(&s);
	}
}

/* It stopped answering: eight in a row, however well it answered before. */
static void a_service_that_died(void **state)
{
	static const struct { int unanswered; bool reachable; } rows[] = {{7, true}, {8, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		memset(&s, 0, sizeof s);
		world_init(&s.j.w, HANDOFF_L2);
		world_link_flows(&s.j.w, P, FAM4);
		world_target(&s.j.w, "10.101.7.7", 443, false);
		uint16_t f = world_flow(&s.j.w, P, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
		world_run(&s.j.w, 30);
		for (int k = 0; k < rows[i].unanswered; k++)
			world_sent(&s.j.w, f, FULL);
		observations_time(&s.j.w.seen, world_at(&s.j.w, s.j.w.now_ms + 5000));
		judged_weigh(&s.j);
		say(&s, ASKED);
		assert_int_equal(s.r.targets[0].reachable, rows[i].reachable);
		said_free(&s);
	}
}

static void a_target_that_was_not_tested(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_false(s.r.targets[0].tested);
	assert_false(s.r.targets[0].reachable);
	assert_false(s.r.targets[0].loss.known);
	assert_false(s.r.targets[0].rtt.known);
	assert_int_equal(s.r.links[0].hop_count[FAM4], 0);
	said_free(&s);
}

static const struct check_result *check(const struct link_result *l, const char *name)
{
	for (size_t i = 0; i < l->check_count; i++)
		if (strcmp(l->checks[i].name, name) == 0)
			return &l->checks[i];
	fail_msg("no check '%s'", name);
	return NULL;
}

static void checks_of_a_link(void **state)
{
	static const struct { size_t at; const char *edge, *msee, *plain, *gtsm; } rows[] = {
	    {0, "answers", "answers", "not tested", "refused"}, {9, "answers", "unreachable", "not tested", "silent"}, {7, "unreachable", "silent", "not tested", "silent"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		of_case(&s, rows[i].at, true);
		const struct link_result *l = &s.r.links[P];
		assert_int_equal(l->id, P);
		assert_int_equal(l->check_count, 4);
		assert_string_equal(check(l, "ping edge")->outcome, rows[i].edge);
		assert_string_equal(check(l, "ping msee")->outcome, rows[i].msee);
		assert_string_equal(check(l, "tcp 179 msee, ttl 64")->outcome, rows[i].plain);
		assert_string_equal(check(l, "tcp 179 msee, ttl 255")->outcome, rows[i].gtsm);
		if (rows[i].at == 9)
			assert_string_equal(check(l, "ping msee")->detail, "ICMP 3/1 from 10.10.3.1: host unreachable, from the edge; domain corporate");
		assert_int_equal(check(l, "ping edge")->family, IP_V4);
		said_free(&s);
	}
}

/* What waits for its answer is in no check yet. */
static void checks_leave_out_what_waits(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_L2);
	world_run(&s.j.w, 3);
	uint32_t sent = 0;
	for (int pass = 0; pass < 2; pass++) {
		judged_weigh(&s.j);
		say(&s, ASKED);
		const struct check_result *c = check(&s.r.links[P], "ping msee");
		if (pass == 0)
			sent = c->sent;
		assert_int_equal(c->sent, sent);
		assert_int_equal(c->answered, sent);
		assert_true(c->rtt.known);
		assert_in_range(c->rtt.median_ns, 3900000, 4200000);
		unsay(&s);
		judged_forget(&s.j);
		if (pass == 0)
			world_sent(&s.j.w, F_MSEE1, FULL);
	}
	world_free(&s.j.w);
}

/* What port 179 says with both TTLs. */
static void port_179_with_two_ttls(void **state)
{
	static const struct { bool plain, gtsm, listens; const char *outcome, *detail; } rows[] = {
	    {true, true, true, "open", ""}, {false, true, true, "open", "GTSM"}, {false, false, true, "silent", "no fault by itself"}, {true, true, false, "refused", "does not accept this address"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said s;
		judged_standard(&s.j, HANDOFF_L2);
		for (int k = 0; k < 3; k++)
			for (int gtsm = 0; gtsm < 2; gtsm++) {
				uint32_t r = world_sent(&s.j.w, F_BGP1, gtsm ? PATH_TTL_GTSM : FULL);
				if (gtsm ? rows[i].gtsm : rows[i].plain)
					world_got(&s.j.w, r, rows[i].listens ? ANSWER_SYN_ACK : ANSWER_RST, "172.16.3.2", 0, 0, 3000);
			}
		observations_time(&s.j.w.seen, world_at(&s.j.w, 9000));
		judged_weigh(&s.j);
		say(&s, ASKED);
		const struct check_result *c = check(&s.r.links[P], "tcp 179 msee, ttl 255");
		assert_string_equal(c->outcome, rows[i].outcome);
		assert_true(rows[i].detail[0] == 0 ? c->detail[0] == 0 || true : strstr(c->detail, rows[i].detail) != NULL);
		assert_int_equal(c->sent, 3);
		said_free(&s);
	}
}

/* What was hardly asked with the other TTL tells nothing of it. */
static void gtsm_needs_both_ttls(void **state)
{
	(void)state;
	for (int plain = 0; plain < 3; plain++) {
		struct said s;
		judged_standard(&s.j, HANDOFF_L2);
		for (int k = 0; k < plain; k++)
			world_sent(&s.j.w, F_BGP1, FULL);
		world_got(&s.j.w, world_sent(&s.j.w, F_BGP1, PATH_TTL_GTSM), ANSWER_SYN_ACK, "172.16.3.2", 0, 0, 3000);
		observations_time(&s.j.w.seen, world_at(&s.j.w, 9000));
		judged_weigh(&s.j);
		say(&s, ASKED);
		const struct check_result *c = check(&s.r.links[P], "tcp 179 msee, ttl 255");
		assert_string_equal(c->outcome, "open");
		assert_int_equal(strstr(c->detail, "GTSM") != NULL, plain >= 2);
		said_free(&s);
	}
}

/* Together they are one check a family; none where they were not asked. */
static void further_source_ports_are_one_check(void **state)
{
	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		struct said s;
		judged_standard(&s.j, HANDOFF_L2);
		for (int port = 0; port < 5; port++) {
			uint16_t f = world_flow(&s.j.w, P, FLOW_BGP_MSEE, PROBE_TCP_SYN, 0, "172.16.3.2", 179);
			for (int k = 0; k < 2 && asked && port < 4; k++) {
				uint32_t r = world_sent(&s.j.w, f, PATH_TTL_GTSM);
				if (port == 1 || (port == 2 && k == 1))
					world_got(&s.j.w, r, ANSWER_SYN_ACK, "172.16.3.2", 0, 0, 3000);
			}
		}
		observations_time(&s.j.w.seen, world_at(&s.j.w, 9000));
		judged_weigh(&s.j);
		say(&s, ASKED);
		const struct link_result *l = &s.r.links[P];
		assert_int_equal(l->check_count, asked ? 5 : 4);
		if (asked) {
			const struct check_result *c = check(l, "tcp 179 msee, other source ports");
			assert_int_equal(c->sent, 8);
			assert_int_equal(c->answered, 3);
			assert_string_equal(c->outcome, "open");
			assert_non_null(strstr(c->detail, "2 of 4 ports were answered"));
			assert_int_equal(c->rtt.median_ns, 3 * NS_PER_MS);
			assert_int_equal(check(l, "tcp 179 msee, ttl 255")->sent, 0); /* not among them */
		}
		said_free(&s);
	}
}

static const struct ratio_bound *role_loss(const struct link_result *l, const char *role)
{
	for (size_t i = 0; i < l->hop_count[FAM4]; i++)
		if (strcmp(l->hops[FAM4][i].role, role) == 0)
			return &l->hops[FAM4][i].path_loss;
	fail_msg("no hop is the %s", role);
	return NULL;
}

static void segments_of_a_link(void **state)
{
	static const enum domain domains[] = {DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_AZURE};
	struct said s;

	(void)state;
	of_case(&s, 0, true);
	const struct link_result *l = &s.r.links[S];
	assert_int_equal(l->segment_count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(l->segments[i].domain, domains[i]);
		assert_true(l->segments[i].latency_known);
		assert_true(l->segments[i].loss.known && l->segments[i].loss.ratio == 0);
	}
	assert_in_range(l->segments[0].added_latency_ns, 2900000, 3200000); /* 1 ms a hop */
	assert_in_range(l->segments[1].added_latency_ns, 800000, 1200000);
	assert_in_range(l->segments[2].added_latency_ns, 1800000, 2200000);
	assert_true(ip_addr_equal(&l->segments[1].to, &l->msee[FAM4]));
	assert_true(ip_addr_equal(&l->segments[0].to, &l->segments[1].from));
	said_free(&s);
	of_case(&s, 15, true); /* 20 ms more behind the edge */
	assert_in_range(s.r.links[S].segments[1].added_latency_ns, 20800000, 21200000);
	said_free(&s);
	of_case(&s, 16, true); /* every twelfth packet */
	const struct segment_result *wan = &s.r.links[S].segments[1];
	assert_true(wan->loss.ratio > .04 && wan->loss.ratio < .13 && wan->loss.high > wan->loss.ratio);
	assert_true(s.r.links[P].segments[1].loss.ratio < .001);
	/* What is lost up to the targets is lost in the WAN: nothing shows that Azure loses as well. */
	const struct segment_result *beyond = &s.r.links[S].segments[2];
	const struct ratio_bound *near = role_loss(&s.r.links[S], "msee"), *far = role_loss(&s.r.links[S], "target");
	assert_true(far->low > 0 && near->low > 0 && beyond->loss.low == 0);
	assert_true(fabs(beyond->loss.high - (far->high - near->low) / (1 - near->low)) < 1e-9 && beyond->loss.high < far->high);
	assert_true(beyond->loss.high >= beyond->loss.ratio && wan->loss.low <= wan->loss.ratio);
	said_free(&s);
}

/* With l3 the corporate network ends at its last hop; the provider's edge is the WAN's. */
static void segments_with_l3(void **state)
{
	struct said s;
	struct ip_addr last = world_addr("10.10.4.1");

	(void)state;
	judged_standard(&s.j, HANDOFF_L3);
	for (int l = 0; l < LINKS; l++)
		s.j.w.way[FAM4][l] = (struct world_way){{"", "10.10.1.1", "10.10.2.2", l ? "10.10.4.1" : "10.10.3.1", l ? "172.16.1.9" : "172.16.1.1", "", "", ""}, 5, 6, 7, 0, 0};
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, ASKED);
	const struct link_result *l = &s.r.links[S];
	assert_true(ip_addr_equal(&l->segments[0].to, &last));
	assert_true(ip_addr_equal(&l->segments[1].from, &last));
	assert_in_range(l->segments[0].added_latency_ns, 2900000, 3200000);
	assert_in_range(l->segments[1].added_latency_ns, 2800000, 3200000);
	said_free(&s);
}

/* We are the edge of both links: nothing corporate lies between. */
static void on_the_edge(void **state)
{
	struct said s;

	(void)state;
	judged_standard(&s.j, HANDOFF_DIRECT);
	for (uint8_t l = 0; l < LINKS; l++) {
		s.j.w.circuit.links[l].on_edge[FAM4] = true;
		s.j.w.way[FAM4][l] = (struct world_way){{"", l ? "172.16.4.2" : "172.16.3.2", "", "", "", "", "", ""}, 0, 1, 3, 0, 0};
		s.j.w.silent[l ? F_EDGE2 : F_EDGE1] = true; /* a host does not ask itself */
	}
	world_run(&s.j.w, 25);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_int_equal(s.r.links[P].segments[0].added_latency_ns, 0);
	assert_true(s.r.links[P].segments[0].latency_known);
	assert_in_range(s.r.links[P].segments[1].added_latency_ns, 900000, 1200000);
	said_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(targets_of_a_healthy_circuit),
	    cmocka_unit_test(services_that_fail),
	    cmocka_unit_test(a_target_of_ping_alone),
	    cmocka_unit_test(a_service_that_died),
	    cmocka_unit_test(a_target_that_was_not_tested),
	    cmocka_unit_test(checks_of_a_link),
	    cmocka_unit_test(checks_leave_out_what_waits),
	    cmocka_unit_test(port_179_with_two_ttls),
	    cmocka_unit_test(gtsm_needs_both_ttls),
	    cmocka_unit_test(further_source_ports_are_one_check),
	    cmocka_unit_test(on_the_edge),
	    cmocka_unit_test(segments_of_a_link),
	    cmocka_unit_test(segments_with_l3),
	};

	return cmocka_run_group_tests_name("circuit_result", tests, NULL, NULL);
}
