/* SPDX-License-Identifier: BSD-2-Clause */
/* The fold: frames, Azure's answers and time go in, a result comes out. */
#include "tests/unit/diagnosis_net.h"

#include <math.h>

/* All that a result says of the first circuit, for comparing. */
static char *told(const struct diagnosis *d)
{
	struct run_result r;
	struct strbuf b;

	assert_true(diagnosis_result(d, &r));
	const struct verdict *v = &r.circuits[0].faults[0];
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	strbuf_addf(&b, "%d %s %d %.17g %s\n", (int)v->status, v->fault, (int)v->link, v->confidence, v->summary);
	for (size_t i = 0; i < v->for_count; i++)
		strbuf_addf(&b, "%s\n", v->evidence_for[i]);
	for (size_t i = 0; i < v->alternative_count; i++)
		strbuf_addf(&b, "%s %.17g\n", v->alternatives[i].fault, v->alternatives[i].probability);
	strbuf_addf(&b, "%u %u %llu\n", r.probes_sent, r.circuits[0].probes_sent, (unsigned long long)r.match.matched);
	diagnosis_explain(d, 0, NULL, &b);
	run_result_free(&r);
	assert_true(strbuf_ok(&b));
	return strbuf_take(&b);
}

static void a_healthy_run(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	struct diagnosis *d = start(&n);
	fold_azure(d, 0, &n.azure.s);
	int64_t ms = run(&n, d, 0, 20000);
	assert_in_range(ms, 6000, 15000); /* "nothing" needs samples */
	fold_end(&n, d, ms + 700);
	assert_true(diagnosis_result(d, &r));
	assert_int_equal(r.circuit_count, 1);
	assert_int_equal(r.circuits[0].faults[0].status, STATUS_HEALTHY);
	assert_int_equal(r.probes_sent, n.next_id);
	assert_int_equal(r.circuits[0].probes_sent, n.next_id);
	assert_int_equal(r.end_reason, END_DECIDED);
	assert_true(r.ended_at.ns == at(&n, ms + 700).ns);
	assert_ptr_equal(r.plan, &n.plan);
	assert_true(r.circuits[0].targets[0].reachable);
	assert_true(r.circuits[0].azure.available);
	assert_true(r.circuits[0].azure.as_of.ns == n.azure.s.done_at.ns);
	assert_int_equal(run_result_exit_code(&r), 0);
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* What is known of Azure while parts are awaited has a time too: that of the last answer. */
static void azure_half_read(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	struct wall_ns last = at(&n, 700);
	n.azure.s.finished = false;
	n.azure.s.done_at = (struct wall_ns){0};
	n.azure.s.circuit.part.at = last;
	n.azure.s.gateway.part.read = AZ_FAILED;
	n.azure.s.gateway.part.at = at(&n, 900);
	struct diagnosis *d = start(&n);
	fold_azure(d, 0, &n.azure.s);
	assert_true(diagnosis_result(d, &r));
	assert_true(r.circuits[0].azure.available);
	assert_true(r.circuits[0].azure.as_of.ns == last.ns);
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* That the idle link is drained is a doubt which only Azure could end: with nothing read, no probe tells it, and none is
 * waited for. */
static void no_probe_ends_this_doubt(void **state)
{
	struct net n;
	struct run_result r;
	const struct az_snapshot unread = {.finished = true};

	(void)state;
	net_init(&n);
	n.idle = true;
	struct diagnosis *d = start(&n);
	fold_azure(d, 0, &unread);
	int64_t ms = run(&n, d, 0, 20000);
	fold_end(&n, d, ms + 700);
	assert_true(diagnosis_result(d, &r));
	const struct verdict *v = &r.circuits[0].faults[0];
	if (v->status != STATUS_HEALTHY || v->confidence > 0.98 || ms >= 11000)
		fail_msg("status %d, %.4f sure, after %lld ms", v->status, v->confidence, (long long)ms);
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* The port goes down just before "healthy" would have been said: too lately to tell that nothing leaves any more, and so
 * it is waited for. */
static void a_host_cut_at_the_end(void **state)
{
	(void)state;
	int64_t ms = 0;
	for (int cut = 0; cut < 2; cut++) {
		struct net n;
		struct run_result r;
		net_init(&n);
		n.cut_ms = cut ? ms - 20 : 0;
		struct diagnosis *d = start(&n);
		fold_azure(d, 0, &n.azure.s);
		ms = run(&n, d, 0, 27000);
		fold_end(&n, d, ms + 700);
		assert_true(diagnosis_result(d, &r));
		assert_string_equal(r.circuits[0].faults[0].fault, cut ? "corp.local-link" : "");
		assert_in_range(ms, 6000, 20000);
		run_result_free(&r);
		diagnosis_free(d);
		net_free(&n);
	}
}

/* What is dead shows at once, but never before its answers had time to come. */
static void a_dead_link_is_decided_after_patience(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	n.dead[LINK_SECONDARY] = true;
	azure_text(&n.azure.arp[1][0].mac, "Incomplete");
	azure_text(&n.azure.bgp[1][0].state, "Active");
	struct diagnosis *d = start(&n);
	fold_azure(d, 0, &n.azure.s);
	int64_t ms = run(&n, d, 0, 29000);
	assert_in_range(ms, 1700, 27900);
	fold_end(&n, d, ms + 700);
	assert_true(diagnosis_result(d, &r));
	assert_string_equal(r.circuits[0].faults[0].fault, "wan.circuit-down");
	assert_int_equal(r.circuits[0].faults[0].link, LINK_SECONDARY);
	assert_int_equal(r.circuits[0].faults[0].status, STATUS_DEGRADED);
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* Nothing ever comes back: it ends all the same, and not at once. */
static void silence_is_given_up(void **state)
{
	struct net n;

	(void)state;
	net_init(&n);
	n.silent = true;
	n.plan.azure_asked = false;
	struct diagnosis *d = start(&n);
	assert_in_range(run(&n, d, 0, 30000), 1700, 28500);
	diagnosis_free(d);
	d = start(&n);
	assert_false(diagnosis_decided(d, at(&n, 27000))); /* nothing even left */
	assert_true(diagnosis_decided(d, at(&n, 28000)));
	diagnosis_free(d);
	net_free(&n);
}

/* A hint of a fault is followed up before "healthy" is said, and a loss of 2 % would have shown, and no longer than that: the
 * more was lost, the longer. */
static void a_hint_is_followed_up(void **state)
{
	static const struct { uint32_t every, most; int64_t from_ms, to_ms; } rows[] = {{0, 0, 6000, 12200}, {40, 2, 11900, 20500}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		net_init(&n);
		n.lose_every = rows[i].every;
		n.lose_most = rows[i].most;
		struct diagnosis *d = start(&n);
		fold_azure(d, 0, &n.azure.s);
		int64_t ms = run(&n, d, 0, 29000);
		fold_end(&n, d, ms + 700);
		assert_true(diagnosis_result(d, &r));
		if (ms < rows[i].from_ms || ms > rows[i].to_ms || r.circuits[0].faults[0].status != STATUS_HEALTHY)
			fail_msg("row %zu: %lld ms, status %d, %.3f", i, (long long)ms, r.circuits[0].faults[0].status, r.circuits[0].faults[0].confidence);
		run_result_free(&r);
		diagnosis_free(d);
		net_free(&n);
	}
}

/* What is dead ends a run at once, but not while losses beside it begin to show: they are asked about until they are named. */
static void a_loss_beside_what_is_dead(void **state)
{
	static const struct { uint32_t every; size_t faults; int64_t from_ms, to_ms; } rows[] = {{0, 1, 1700, 2600}, {20, 2, 5900, 12500}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		net_init(&n);
		n.dead[LINK_SECONDARY] = true;
		n.lose_every = rows[i].every;
		n.lose_most = UINT32_MAX;
		azure_text(&n.azure.arp[1][0].mac, "Incomplete");
		azure_text(&n.azure.bgp[1][0].state, "Active");
		struct diagnosis *d = start(&n);
		fold_azure(d, 0, &n.azure.s);
		int64_t ms = run(&n, d, 0, 29000);
		fold_end(&n, d, ms + 700);
		assert_true(diagnosis_result(d, &r));
		if (r.circuits[0].fault_count != rows[i].faults || ms < rows[i].from_ms || ms > rows[i].to_ms)
			fail_msg("row %zu: %zu faults, first %s, after %lld ms", i, r.circuits[0].fault_count, r.circuits[0].faults[0].fault, (long long)ms);
		run_result_free(&r);
		diagnosis_free(d);
		net_free(&n);
	}
}

/* A session without a prefix leaves all targets alive over the other link, and yet its MSEE is dead
 * for us: that shows at once. Of a drained link nothing is dead, but Azure itself says that it is drained. */
static void what_lives_may_show_at_once(void **state)
{
	static const struct { bool drained; const char *fault; int64_t from_ms, to_ms; } rows[] = {
	    {false, "corp.no-advertisement", 1700, 1900}, {true, "azure.maintenance", 1700, 1900}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		net_init(&n);
		n.unheard[LINK_SECONDARY] = !rows[i].drained;
		n.idle = rows[i].drained;
		if (rows[i].drained) {
			azure_event_row(&n.azure, "PlannedMaintenance", "Active");
			azure_route_path(&n.azure, 0, "65515 I");
			azure_route_path(&n.azure, 1, "12076 12076 65515 I");
		} else {
			azure_text(&n.azure.bgp[1][0].state, "0");
		}
		struct diagnosis *d = start(&n);
		fold_azure(d, 0, &n.azure.s);
		int64_t ms = run(&n, d, 0, 29000);
		fold_end(&n, d, ms + 700);
		assert_true(diagnosis_result(d, &r));
		if (strcmp(r.circuits[0].faults[0].fault, rows[i].fault) != 0 || ms < rows[i].from_ms || ms > rows[i].to_ms)
			fail_msg("%s: %s after %lld ms", rows[i].fault, r.circuits[0].faults[0].fault, (long long)ms);
		run_result_free(&r);
		diagnosis_free(d);
		net_free(&n);
	}
}

/* A failover test runs, too few flows show whether anything takes the link: healthy or drained, more of
 * the same does not tell. Nothing is dead, so that the doubt has 20 s, and not until all is given up. */
static void a_doubt_about_what_lives(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	n.plan.flow_count = 10;
	azure_test_row(&n.azure, "Secondary", "ASPathPrepend", "Running");
	n.azure.s.done_at = at(&n, 30000); /* Azure's word does not age meanwhile: that would be a move */
	struct diagnosis *d = start(&n);
	fold_azure(d, 0, &n.azure.s);
	int64_t ms = run(&n, d, 0, 29000);
	fold_end(&n, d, ms + 700);
	assert_true(diagnosis_result(d, &r));
	if (r.circuits[0].faults[0].status != STATUS_UNDETERMINED || ms < 20000 || ms > 20300)
		fail_msg("status %d %s %.3f after %lld ms", r.circuits[0].faults[0].status, r.circuits[0].faults[0].fault,
		         r.circuits[0].faults[0].confidence, (long long)ms);
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* Azure is waited for where its word could still change something. */
static void azure_is_waited_for(void **state)
{
	struct net n;

	(void)state;
	net_init(&n);
	struct diagnosis *d = start(&n);
	n.azure.s.finished = false;
	fold_azure(d, 0, &n.azure.s);
	assert_int_equal(run(&n, d, 0, 9500), 9500); /* as fast as a wire alone would be, it is not */
	n.azure.s.finished = true;
	fold_azure(d, 0, &n.azure.s);
	assert_true(run(&n, d, 9500, 15000) < 15000);
	diagnosis_free(d);
	net_free(&n);
}

/* A dead link is said at once where Azure has told of its ARP and BGP, whatever else it may still tell; without them it is
 * waited for, since the MSEE may be what is dead. A dead service needs no word of Azure, but a link may be dead beside it. */
static void a_sure_fault_does_not_wait_for_all_of_azure(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct net n;
		bool told = i % 2 == 1, service = i / 2 == 1;
		net_init(&n);
		n.dead[LINK_SECONDARY] = !service;
		n.filtered = service;
		azure_text(&n.azure.arp[1][0].mac, service ? "0011.2233.4455" : "Incomplete");
		azure_text(&n.azure.bgp[1][0].state, service ? "2" : "Active");
		n.azure.s.finished = false;
		for (int l = 0; l < LINKS && !told; l++)
			n.azure.s.arp[l].part.read = n.azure.s.bgp[l].part.read = AZ_NOT_ASKED;
		struct diagnosis *d = start(&n);
		fold_azure(d, 0, &n.azure.s);
		int64_t ms = run(&n, d, 0, 5000);
		if (told ? ms >= 2000 : service ? ms < 3900 || ms >= 5000 : ms < 5000)
			fail_msg("%s %s its tables: %lld ms", service ? "a service" : "a link", told ? "with" : "without", (long long)ms);
		diagnosis_free(d);
		net_free(&n);
	}
}

/* The log of a run, folded again: with Azure's answer at another place, and split by
 * ticks, the result is the same to the last digit. */
static void the_place_of_azures_answer_does_not_matter(void **state)
{
	struct net n;
	char *first = NULL;

	(void)state;
	net_init(&n);
	n.dead[LINK_PRIMARY] = true;
	struct diagnosis *d = start(&n);
	run(&n, d, 0, 3000);
	diagnosis_free(d);
	azure_text(&n.azure.arp[0][0].mac, "Incomplete");
	const size_t places[] = {0, 1, n.count / 2, n.count};
	for (size_t p = 0; p < COUNT(places); p++) {
		d = start(&n);
		for (size_t i = 0; i <= n.count; i++) {
			struct event tick = {.kind = EVENT_TICK, .u.tick = at(&n, (int64_t)i / 2)};
			if (i == places[p])
				fold_azure(d, 0, &n.azure.s);
			if (p % 2 && i % 50 == 0)
				diagnosis_fold(d, &tick, NULL);
			if (i < n.count)
				fold_frame(d, &n.log[i]);
		}
		fold_end(&n, d, 9000);
		char *text = told(d);
		if (!first)
			first = text;
		else
			assert_string_equal(text, first);
		if (text != first)
			free(text);
		diagnosis_free(d);
	}
	assert_non_null(strstr(first, "incomplete"));
	assert_non_null(strstr(first, "weights of the first against"));
	free(first);
	net_free(&n);
}

/* Asking for the result, or for the next probes, changes nothing of the result. */
static void asking_changes_nothing(void **state)
{
	struct net n;

	(void)state;
	net_init(&n);
	struct diagnosis *live = start(&n), *plain = start(&n);
	fold_azure(live, 0, &n.azure.s);
	run(&n, live, 0, 2500);
	free(told(live));
	fold_end(&n, live, 6000);
	for (size_t i = 0; i < n.count; i++)
		fold_frame(plain, &n.log[i]);
	fold_azure(plain, 0, &n.azure.s);
	fold_end(&n, plain, 6000);
	char *a = told(live), *b = told(plain), *again = told(plain);
	assert_string_equal(a, b);
	assert_string_equal(again, b);
	free(a);
	free(b);
	free(again);
	diagnosis_free(live);
	diagnosis_free(plain);
	net_free(&n);
}

/* A later answer replaces the one before; the fold keeps a copy of its own. */
static void a_later_snapshot_replaces(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	struct diagnosis *d = start(&n);
	azure_text(&n.azure.s.circuit.circuit_state, "Disabled");
	fold_azure(d, 0, &n.azure.s);
	azure_text(&n.azure.s.circuit.circuit_state, "Enabled");
	assert_true(diagnosis_result(d, &r));
	assert_string_equal(r.circuits[0].azure.snapshot->circuit.circuit_state.text, "Disabled");
	run_result_free(&r);
	fold_azure(d, 0, &n.azure.s);
	assert_true(diagnosis_result(d, &r));
	assert_string_equal(r.circuits[0].azure.snapshot->circuit.circuit_state.text, "Enabled");
	assert_int_equal(r.circuits[0].azure.snapshot->arp[0].count, 2);
	run_result_free(&r);
	fold_azure(d, 1, &n.azure.s); /* the plan has one circuit */
	fold_azure(d, 0, NULL);
	diagnosis_free(d);
	net_free(&n);
}

static void why_azure_is_not_there(void **state)
{
	static const struct { bool asked, has; const char *why, *want; } rows[] = {
	    {false, false, "", "not configured (auth: none)"}, {true, false, "", "no answer within the deadline"},
	    {true, true, "token refused", "token refused"},    {true, true, "", "no answer within the deadline"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		struct az_snapshot unread = {.finished = true};
		net_init(&n);
		n.plan.azure_asked = rows[i].asked;
		snprintf(unread.why_not, sizeof unread.why_not, "%s", rows[i].why);
		struct diagnosis *d = start(&n);
		if (rows[i].has)
			fold_azure(d, 0, &unread);
		assert_true(diagnosis_result(d, &r));
		assert_false(r.circuits[0].azure.available);
		assert_string_equal(r.circuits[0].azure.why_not, rows[i].want);
		run_result_free(&r);
		diagnosis_free(d);
		net_free(&n);
	}
}

static void foreign_frames_change_nothing(void **state)
{
	struct net n;
	struct datagram g;
	struct frame f;
	struct ip_addr here = addr(US), there = addr("192.0.2.80");

	(void)state;
	net_init(&n);
	struct diagnosis *with = start(&n), *without = start(&n);
	run(&n, with, 0, 500);
	for (size_t i = 0; i < n.count; i++) {
		tcp_datagram(&there, &here, 443, 51000, (uint32_t)i, 1, TCP_ACK, 60, 1, 0, &g);
		frame_of(&g, 0, &f);
		f.at = at(&n, 4000); /* it may not even tell the time */
		assert_int_equal(fold_frame(without, &f), MATCH_FOREIGN);
		fold_frame(without, &n.log[i]);
	}
	fold_end(&n, with, 3000);
	fold_end(&n, without, 3000);
	char *a = told(with), *b = told(without);
	assert_string_equal(a, b);
	free(a);
	free(b);
	diagnosis_free(with);
	diagnosis_free(without);
	net_free(&n);
}

static void what_does_not_leave(void **state)
{
	struct net n;
	struct run_result r;

	(void)state;
	net_init(&n);
	n.plan.azure_asked = false;
	struct diagnosis *d = start(&n);
	for (uint16_t flow = 0; flow < n.plan.flow_count; flow++) {
		struct event e = {.kind = EVENT_NOT_SENT, .u.not_sent = {.at = at(&n, 100), .flow = flow, .ttl = 64, .result = SEND_LINK_DOWN}};
		diagnosis_fold(d, &e, NULL);
	}
	struct event counters = {.kind = EVENT_COUNTERS, .u.counters = {.received = 70, .dropped = 5, .foreign = 9}};
	diagnosis_fold(d, &counters, NULL);
	fold_end(&n, d, 3000);
	assert_true(diagnosis_result(d, &r));
	assert_int_equal(r.probes_not_sent, n.plan.flow_count);
	assert_int_equal(r.probes_sent, 0);
	assert_int_equal(r.capture_received, 70);
	assert_int_equal(r.capture_dropped, 5);
	assert_int_equal(r.match.foreign, 9);
	/* Nobody but this host is accused. */
	const struct verdict *v = &r.circuits[0].faults[0];
	assert_int_equal(v->status, STATUS_FAULT);
	assert_string_equal(v->fault, "corp.local-link");
	run_result_free(&r);
	diagnosis_free(d);
	net_free(&n);
}

/* Resets of our own, kernel's or helper's, are no probes. */
static void resets_of_ours(void **state)
{
	struct net n;
	struct probe_spec s;
	struct datagram g;
	struct frame f;

	(void)state;
	net_init(&n);
	struct diagnosis *d = start(&n);
	uint16_t tcp = 7;
	identity_probe(&n.plan, &n.flows[tcp], 1, 0, 64, 0, &s);
	spec_datagram(&s, &g);
	frame_of(&g, 0, &f);
	f.at = at(&n, 10);
	assert_false(diagnosis_is_reset(d, &f));
	assert_int_equal(fold_frame(d, &f), MATCH_OUT);
	tcp_datagram(&s.dst, &s.src, s.dst_port, s.src_port, 99, s.seq + 1, TCP_SYN | TCP_ACK, 60, 1, 0, &g);
	frame_of(&g, 0, &f);
	f.at = at(&n, 12);
	assert_false(diagnosis_is_reset(d, &f));
	assert_int_equal(fold_frame(d, &f), MATCH_ANSWER);
	tcp_datagram(&s.src, &s.dst, s.src_port, s.dst_port, s.seq + 1, 0, TCP_RST, 64, 1, 0, &g);
	frame_of(&g, 0, &f);
	f.at = at(&n, 13);
	assert_true(diagnosis_is_reset(d, &f));
	assert_int_equal(fold_frame(d, &f), MATCH_OUT_RESET);
	tcp_datagram(&s.dst, &s.src, s.dst_port, s.src_port, 0, s.seq + 1, TCP_RST | TCP_ACK, 60, 1, 0, &g);
	frame_of(&g, 0, &f);
	assert_false(diagnosis_is_reset(d, &f)); /* the other side's */
	struct probe_wish wish;
	for (int64_t ms = 15; ms < 400; ms += 5)
		while (diagnosis_next(d, at(&n, ms), &wish, 1) == 1)
			assert_int_not_equal(wish.kind, PROBE_TCP_RST); /* it is closed already */
	diagnosis_free(d);
	net_free(&n);
}

static void a_plan_without_circuits(void **state)
{
	struct plan p = {.started_at.ns = 5};
	struct run_result r;
	struct probe_wish wish;
	struct diagnosis *d = diagnosis_new(&p);

	(void)state;
	assert_non_null(d);
	assert_int_equal(diagnosis_next(d, (struct wall_ns){6}, &wish, 1), 0);
	assert_true(diagnosis_result(d, &r));
	assert_int_equal(r.circuit_count, 0);
	assert_true(r.ended_at.ns == 5);
	struct strbuf b;
	strbuf_init(&b, 100);
	diagnosis_explain(d, 0, NULL, &b);
	assert_int_equal(b.len, 0);
	strbuf_free(&b);
	run_result_free(&r);
	diagnosis_free(d);
	diagnosis_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_healthy_run), cmocka_unit_test(azure_half_read), cmocka_unit_test(no_probe_ends_this_doubt), cmocka_unit_test(a_host_cut_at_the_end),
	    cmocka_unit_test(a_dead_link_is_decided_after_patience),
	    cmocka_unit_test(silence_is_given_up),
	    cmocka_unit_test(a_hint_is_followed_up),
	    cmocka_unit_test(a_loss_beside_what_is_dead),
	    cmocka_unit_test(what_lives_may_show_at_once),
	    cmocka_unit_test(a_doubt_about_what_lives),
	    cmocka_unit_test(azure_is_waited_for), cmocka_unit_test(a_sure_fault_does_not_wait_for_all_of_azure),
	    cmocka_unit_test(the_place_of_azures_answer_does_not_matter),
	    cmocka_unit_test(asking_changes_nothing),
	    cmocka_unit_test(a_later_snapshot_replaces),
	    cmocka_unit_test(why_azure_is_not_there),
	    cmocka_unit_test(foreign_frames_change_nothing),
	    cmocka_unit_test(what_does_not_leave),
	    cmocka_unit_test(resets_of_ours),
	    cmocka_unit_test(a_plan_without_circuits),
	};

	return cmocka_run_group_tests_name("diagnosis", tests, NULL, NULL);
}
