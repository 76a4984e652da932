/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of each probe, and how long its answer is waited for. */
#include "tests/unit/diagnose_world.h"

#define FLOW 0

static void a_world(struct world *w)
{
	world_init(w, HANDOFF_L2);
	world_flow(w, LINK_PRIMARY, FLOW_EDGE, PROBE_ICMP_ECHO, 0, "172.16.3.1", 0);
	world_flow(w, LINK_PRIMARY, FLOW_MSEE, PROBE_ICMP_ECHO, 0, "172.16.3.2", 0);
}

static enum record_state state_of(const struct world *w, uint32_t record)
{
	return observations_state(&w->seen, &w->seen.records[record]);
}

static void it_begins_with_nothing(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	assert_true(w.seen.now.ns == w.plan.started_at.ns);
	assert_int_equal(w.seen.count, 0);
	assert_int_equal(observations_patience_ns(&w.seen), 600 * NS_PER_MS);
	world_free(&w);
	assert_null(w.seen.records);
}

static void patience_follows_the_slowest_answer(void **state)
{
	static const struct { int64_t slowest_ms, patience_ms; } rows[] = {
	    {0, 600}, {116, 600}, {117, 601}, {200, 850}, {500, 1750}, {916, 2998}, {917, 3000}, {2000, 3000}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		a_world(&w);
		world_got(&w, world_sent(&w, FLOW, FULL), ANSWER_ECHO_REPLY, "172.16.3.1", 0, 0, rows[i].slowest_ms * 1000);
		world_got(&w, world_sent(&w, FLOW, FULL), ANSWER_ECHO_REPLY, "172.16.3.1", 0, 0, 3);
		assert_int_equal(observations_patience_ns(&w.seen), rows[i].patience_ms * NS_PER_MS);
		world_free(&w);
	}
}

/* A router that resolves a neighbour for three seconds first says nothing of how
 * long answers take. */
static void errors_do_not_stretch_patience(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	world_got(&w, world_sent(&w, FLOW, FULL), ANSWER_UNREACHABLE, "10.10.3.1", 3, 1, 2900000);
	assert_int_equal(observations_patience_ns(&w.seen), 600 * NS_PER_MS);
	world_got(&w, world_sent(&w, FLOW, 2), ANSWER_TIME_EXCEEDED, "10.10.2.2", 11, 0, 400000);
	assert_int_equal(observations_patience_ns(&w.seen), 1450 * NS_PER_MS);
	world_free(&w);
}

static void silence_becomes_loss_after_patience(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	uint32_t r = world_sent(&w, FLOW, FULL);
	observations_time(&w.seen, wall_add(w.plan.started_at, 600 * NS_PER_MS - 1));
	assert_int_equal(state_of(&w, r), RECORD_WAITING);
	observations_time(&w.seen, wall_add(w.plan.started_at, 600 * NS_PER_MS));
	assert_int_equal(state_of(&w, r), RECORD_LOST);
	/* Time never goes back. */
	observations_time(&w.seen, w.plan.started_at);
	assert_int_equal(state_of(&w, r), RECORD_LOST);
	/* A slow answer to another probe makes the first one's loss premature again. */
	world_got(&w, world_sent(&w, FLOW, FULL), ANSWER_ECHO_REPLY, "172.16.3.1", 0, 0, 500000);
	assert_int_equal(state_of(&w, r), RECORD_WAITING);
	world_free(&w);
}

static void answers_have_states(void **state)
{
	static const struct { enum answer_kind kind; enum record_state want; } rows[] = {
	    {ANSWER_ECHO_REPLY, RECORD_ANSWERED}, {ANSWER_TIME_EXCEEDED, RECORD_ANSWERED}, {ANSWER_SYN_ACK, RECORD_ANSWERED},
	    {ANSWER_RST, RECORD_ANSWERED}, {ANSWER_NEIGHBOUR, RECORD_ANSWERED}, {ANSWER_OTHER_ERROR, RECORD_ANSWERED},
	    {ANSWER_UNREACHABLE, RECORD_UNREACHABLE}};
	struct world w;

	(void)state;
	a_world(&w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t r = world_sent(&w, FLOW, 3);
		assert_int_equal(state_of(&w, r), RECORD_WAITING);
		world_got(&w, r, rows[i].kind, "10.10.1.1", 1, 2, 700);
		assert_int_equal(state_of(&w, r), rows[i].want);
	}
	world_free(&w);
}

static struct match about(uint32_t record, enum match_class cls)
{
	return (struct match){.cls = cls, .has_probe = true, .probe = record, .answer = ANSWER_ECHO_REPLY, .rtt_ns = NS_PER_MS};
}

/* Late: neither answered nor lost, whenever one looks. */
static void late_answers_are_set_aside(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	uint32_t r = world_sent(&w, FLOW, FULL);
	struct match late = about(r, MATCH_LATE);
	observations_match(&w.seen, &late, world_at(&w, 3500));
	assert_int_equal(state_of(&w, r), RECORD_SET_ASIDE);
	assert_int_equal(w.seen.records[r].answer, ANSWER_NONE);
	assert_int_equal(w.seen.slowest_rtt_ns, 0);
	observations_time(&w.seen, world_at(&w, 60000));
	assert_int_equal(state_of(&w, r), RECORD_SET_ASIDE);
	world_free(&w);
}

static void other_classes_change_no_record(void **state)
{
	static const enum match_class others[] = {MATCH_DUPLICATE, MATCH_FORGED, MATCH_FOREIGN, MATCH_MALFORMED};
	struct world w;

	(void)state;
	a_world(&w);
	uint32_t r = world_sent(&w, FLOW, FULL);
	struct probe_record before = w.seen.records[r];
	for (size_t i = 0; i < COUNT(others); i++) {
		struct match m = about(r, others[i]);
		observations_match(&w.seen, &m, world_at(&w, 10));
		assert_memory_equal(&before, &w.seen.records[r], sizeof before);
	}
	/* An answer without its probe, or to one that was never seen leaving. */
	struct match m = about(r, MATCH_ANSWER);
	m.has_probe = false;
	observations_match(&w.seen, &m, world_at(&w, 20));
	m = about(r + 1, MATCH_ANSWER);
	observations_match(&w.seen, &m, world_at(&w, 30));
	assert_memory_equal(&before, &w.seen.records[r], sizeof before);
	assert_int_equal(w.seen.count, 1);
	assert_true(w.seen.now.ns == world_at(&w, 30).ns); /* all of them tell the time */
	world_free(&w);
}

static void the_first_answer_stays(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	uint32_t r = world_sent(&w, 1, 9);
	struct match m = about(r, MATCH_ANSWER);
	m.answer = ANSWER_TIME_EXCEEDED;
	m.from = world_addr("10.10.2.2");
	m.icmp_type = 11;
	m.icmp_code = 1;
	m.reply_ttl = 254;
	m.mtu = 1400;
	m.answer_seq = 99;
	m.extensions.mpls_count = 2;
	m.extensions.mpls[0].label = 24001;
	m.extensions.mpls[1].label = 3;
	observations_match(&w.seen, &m, world_at(&w, 2));
	world_got(&w, r, ANSWER_ECHO_REPLY, "172.16.3.2", 0, 0, 900000);
	const struct probe_record *got = &w.seen.records[r];
	assert_int_equal(got->flow, 1);
	assert_int_equal(got->ttl, 9);
	assert_int_equal(got->answer, ANSWER_TIME_EXCEEDED);
	assert_true(ip_addr_equal(&got->from, &m.from));
	assert_int_equal(got->rtt_ns, NS_PER_MS);
	assert_int_equal(got->icmp_type, 11);
	assert_int_equal(got->icmp_code, 1);
	assert_int_equal(got->reply_ttl, 254);
	assert_int_equal(got->mtu, 1400);
	assert_int_equal(got->answer_seq, 99);
	assert_int_equal(got->mpls_count, 2);
	assert_int_equal(got->mpls_label, 24001);
	assert_int_equal(w.seen.slowest_rtt_ns, NS_PER_MS);
	world_free(&w);
}

static void a_reset_of_ours_is_noted(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	uint32_t r = world_sent(&w, FLOW, FULL);
	struct match m = about(r, MATCH_OUT_RESET);
	observations_match(&w.seen, &m, world_at(&w, 2));
	assert_true(w.seen.records[r].reset);
	assert_int_equal(w.seen.count, 1);
	assert_int_equal(state_of(&w, r), RECORD_WAITING);
	world_free(&w);
}

static void many_records_keep_their_order(void **state)
{
	struct world w;

	(void)state;
	a_world(&w);
	for (uint32_t i = 0; i < 5000; i++) {
		w.now_ms = i;
		assert_int_equal(world_sent(&w, FLOW, (uint8_t)(i % 30)), i);
	}
	assert_int_equal(w.seen.count, 5000);
	assert_true(w.seen.size >= 5000);
	while (w.seen.count < w.seen.size) /* an answer to one beyond the last touches nothing */
		world_sent(&w, FLOW, 1);
	struct match beyond = about((uint32_t)w.seen.size, MATCH_ANSWER);
	observations_match(&w.seen, &beyond, world_at(&w, 9000));
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(w.seen.records[i].ttl, i % 30);
		assert_true(w.seen.records[i].sent_at.ns == world_at(&w, i).ns);
		assert_int_equal(w.seen.records[i].answer, ANSWER_NONE);
	}
	world_free(&w);
}

static void refusals_are_sorted(void **state)
{
	static const struct { uint8_t result; size_t field; } rows[] = {
	    {SEND_NO_ROUTE, offsetof(struct flow_refusals, no_route)},
	    {SEND_ROUTE_GONE, offsetof(struct flow_refusals, no_route)},
	    {SEND_LINK_DOWN, offsetof(struct flow_refusals, link_down)},
	    {SEND_NO_ADDRESS, offsetof(struct flow_refusals, link_down)},
	    {SEND_BLOCKED, offsetof(struct flow_refusals, blocked)},
	    {SEND_NO_BUFFER, offsetof(struct flow_refusals, overloaded)},
	    {SEND_TOO_BIG, offsetof(struct flow_refusals, policy)},
	    {SEND_OTHER_ERROR, offsetof(struct flow_refusals, policy)},
	    {SEND_REFUSED_TARGET, offsetof(struct flow_refusals, policy)},
	    {SEND_REFUSED_RATE, offsetof(struct flow_refusals, turn)}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		a_world(&w);
		struct flow_refusals want = {0};
		*(uint32_t *)(void *)((char *)&want + rows[i].field) = 1;
		struct event_not_sent e = {.at = world_at(&w, 40), .flow = 1, .ttl = FULL, .result = rows[i].result};
		if (e.result == SEND_NO_ROUTE || e.result == SEND_ROUTE_GONE || e.result == SEND_LINK_DOWN || e.result == SEND_BLOCKED || e.result == SEND_NO_ADDRESS)
			want.latest = e.at;
		observations_not_sent(&w.seen, &e);
		assert_memory_equal(&w.seen.refusals[1], &want, sizeof want);
		memset(&want, 0, sizeof want);
		assert_memory_equal(&w.seen.refusals[0], &want, sizeof want);
		assert_int_equal(w.seen.not_sent, 1);
		assert_true(w.seen.now.ns == world_at(&w, 40).ns);
		e.flow = 2; /* the plan has two flows, 0 and 1 */
		observations_not_sent(&w.seen, &e);
		assert_int_equal(w.seen.not_sent, 2);
		world_free(&w);
	}
}

/* Its answers come to nobody; what was lost before stays lost, and other flows are as they were. */
static void what_was_under_way_to_a_lost_address_is_set_aside(void **state)
{
	struct world w;

	(void)state;
	for (int gone = 0; gone < 2; gone++) {
		a_world(&w);
		uint32_t lost = world_sent(&w, FLOW, FULL), answered = world_sent(&w, FLOW, FULL);
		world_got(&w, answered, ANSWER_SYN_ACK, "172.16.3.1", 0, 0, 900);
		w.seen.records[lost].sent_at.ns -= 2 * MATCH_WINDOW_NS;
		uint32_t waiting = world_sent(&w, FLOW, FULL), other = world_sent(&w, FLOW + 1, FULL);
		struct event_not_sent e = {.at = w.seen.records[other].sent_at, .flow = FLOW, .ttl = FULL,
		                           .result = gone ? SEND_NO_ADDRESS : SEND_NO_BUFFER};
		observations_not_sent(&w.seen, &e);
		observations_time(&w.seen, wall_add(e.at, MATCH_WINDOW_NS));
		assert_int_equal(state_of(&w, lost), RECORD_LOST);
		assert_int_equal(state_of(&w, answered), RECORD_ANSWERED);
		assert_int_equal(state_of(&w, waiting), gone ? RECORD_SET_ASIDE : RECORD_LOST);
		assert_int_equal(state_of(&w, other), RECORD_LOST);
		world_free(&w);
	}
}

/* A SYN-ACK that comes a second late where the flow was quick before is the target's second: the first died. */
static void a_second_syn_ack_is_a_loss(void **state)
{
	static const struct { enum answer_kind kind; uint16_t flow; int64_t before_us, rtt_us; bool second; } rows[] = {
	    {ANSWER_SYN_ACK, FLOW, 900, 1001000, true}, {ANSWER_SYN_ACK, FLOW, 900, 940000, false}, {ANSWER_SYN_ACK, FLOW, 400000, 1001000, false},
	    {ANSWER_RST, FLOW, 900, 1001000, false},    {ANSWER_SYN_ACK, FLOW, 0, 1001000, false},
	    {ANSWER_SYN_ACK, FLOW + 1, 900, 1001000, false}}; /* another flow's way is quick: this one's may be slow as a whole */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		a_world(&w);
		if (rows[i].before_us > 0)
			world_got(&w, world_sent(&w, rows[i].flow, FULL), rows[i].kind, "172.16.3.1", 0, 0, rows[i].before_us);
		int64_t patience = observations_patience_ns(&w.seen);
		uint32_t syn = world_sent(&w, FLOW, FULL);
		world_got(&w, syn, rows[i].kind, "172.16.3.1", 0, 0, rows[i].rtt_us);
		assert_int_equal(state_of(&w, syn), rows[i].second ? RECORD_LOST : RECORD_ANSWERED);
		assert_int_equal(w.seen.records[syn].arrived, rows[i].second);
		if (rows[i].second) /* that it took so long says nothing of how long answers take */
			assert_int_equal(observations_patience_ns(&w.seen), patience);
		world_free(&w);
	}
}

/* The first SYN-ACK of a flow may be a second one too, where the same port was quick to another flow. It counts as the answer
 * that it is, and says nothing of how long answers take: else whatever was lost meanwhile would be waited for to the end. */
static void a_first_syn_ack_so_late_does_not_stretch_patience(void **state)
{
	static const struct { enum answer_kind kind; uint16_t port; int64_t before_us; bool stretches; } rows[] = {
	    {ANSWER_SYN_ACK, 443, 900, false}, {ANSWER_SYN_ACK, 443, 400000, true}, {ANSWER_SYN_ACK, 443, 0, true},
	    {ANSWER_SYN_ACK, 22, 900, true},   {ANSWER_RST, 443, 900, true}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		a_world(&w);
		uint16_t late = (uint16_t)w.plan.flow_count, other = (uint16_t)(late + 1);
		world_flow(&w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", 443);
		world_flow(&w, LINK_ANY, FLOW_TARGET, PROBE_TCP_SYN, 0, "10.101.7.7", rows[i].port);
		if (rows[i].before_us > 0)
			world_got(&w, world_sent(&w, other, FULL), rows[i].kind, "10.101.7.7", 0, 0, rows[i].before_us);
		int64_t patience = observations_patience_ns(&w.seen);
		uint32_t syn = world_sent(&w, late, FULL);
		world_got(&w, syn, rows[i].kind, "10.101.7.7", 0, 0, 1026000);
		assert_int_equal(state_of(&w, syn), RECORD_ANSWERED);
		assert_int_equal(observations_patience_ns(&w.seen), rows[i].stretches ? MATCH_WINDOW_NS : patience);
		world_free(&w);
	}
}

/* The second SYN drew an ACK of the first: the first had arrived, its answer died. */
static void an_ack_of_the_first_tells_of_both(void **state)
{
	struct world w;

	(void)state;
	for (int known = 0; known < 2; known++) {
		a_world(&w);
		uint32_t first = world_sent(&w, FLOW, FULL);
		if (known) /* our RST died, not the answer */
			world_got(&w, first, ANSWER_SYN_ACK, "172.16.3.1", 0, 0, 900);
		uint32_t second = world_sent(&w, FLOW, FULL);
		struct match m = {.cls = MATCH_ANSWER, .has_probe = true, .probe = second, .arrived = first, .ttl = FULL, .answer = ANSWER_HALF_OPEN,
		                  .from = world_addr("172.16.3.1"), .rtt_ns = 900 * NS_PER_US};
		observations_match(&w.seen, &m, wall_add(w.seen.records[second].sent_at, m.rtt_ns));
		assert_int_equal(state_of(&w, second), RECORD_ANSWERED);
		assert_int_equal(state_of(&w, first), known ? RECORD_ANSWERED : RECORD_LOST);
		assert_int_equal(w.seen.records[first].arrived, !known);
		world_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_begins_with_nothing),
	    cmocka_unit_test(patience_follows_the_slowest_answer),
	    cmocka_unit_test(errors_do_not_stretch_patience),
	    cmocka_unit_test(silence_becomes_loss_after_patience),
	    cmocka_unit_test(answers_have_states),
	    cmocka_unit_test(late_answers_are_set_aside),
	    cmocka_unit_test(other_classes_change_no_record),
	    cmocka_unit_test(the_first_answer_stays),
	    cmocka_unit_test(a_second_syn_ack_is_a_loss),
	    cmocka_unit_test(a_first_syn_ack_so_late_does_not_stretch_patience),
	    cmocka_unit_test(an_ack_of_the_first_tells_of_both),
	    cmocka_unit_test(a_reset_of_ours_is_noted),
	    cmocka_unit_test(many_records_keep_their_order),
	    cmocka_unit_test(refusals_are_sorted), cmocka_unit_test(what_was_under_way_to_a_lost_address_is_set_aside),
	};

	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}
