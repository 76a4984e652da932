/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way a loss travels: only where something proves it. */
#include "analysis/verdict/direction.h"
#include "analysis/decode/bfd.h"
#include "tests/unit/diagnose_said.h"

/* The secondary link loses each tenth packet, or nothing; the rest is the test's. */
struct told { struct judged j; struct verdict v; struct peering_seen watched; };

static void world_of(struct told *t, uint8_t lose_every)
{
	judged_standard(&t->j, HANDOFF_L2);
	t->j.w.lose_every[1] = lose_every;
	world_run(&t->j.w, 30);
	memset(&t->v, 0, sizeof t->v);
	memset(&t->watched, 0, sizeof t->watched);
}

static enum direction told(struct told *t, const char *id, uint8_t link)
{
	const struct posterior p = {.seen = &t->j.seen};
	const struct hypothesis h = {.row = fault_find(id), .link = link, .families = 3};
	assert_non_null(h.row);
	direction_fill(&p, &h, &t->v);
	if (t->v.direction == DIRECTION_NONE)
		assert_string_equal(t->v.direction_why, "");
	else
		assert_true(strlen(t->v.direction_why) > 20);
	return t->v.direction;
}

static void forget(struct told *t)
{
	judged_free(&t->j);
}

enum counting { COUNTS_ANSWERS, COUNTS_ALL, ALWAYS_0, RANDOM, BUSY, BOTH_WAYS, STRAY };

/* Ids of the targets' answers: the count of what reached us, or of what was made and lost as well. */
static void number_answers(struct world *w, enum counting how)
{
	uint16_t next[WORLD_TARGETS_MAX] = {0};
	uint32_t lost = 0;
	for (size_t i = 0; i < w->seen.count; i++) {
		struct probe_record *r = &w->seen.records[i];
		const struct plan_flow *f = &w->flows[r->flow];
		if (f->role != FLOW_TARGET || r->ttl != FULL)
			continue;
		bool came = r->answer != ANSWER_NONE;
		lost += !came;
		if (how == STRAY ? came || lost % 7 == 0 : came || how == COUNTS_ALL || (how == BOTH_WAYS && lost % 2 == 0))
			next[f->target]++;
		if (how == BUSY && i % 3 == 0)
			next[f->target] = (uint16_t)(next[f->target] + 5);
		r->reply_id = how == ALWAYS_0 ? 0 : how == RANDOM ? (uint16_t)(i * 40503u) : next[f->target];
	}
}

static void ids_of_targets(void **state)
{
	static const struct { enum counting how; enum direction want; } cases[] = {
		{COUNTS_ANSWERS, DIRECTION_FORWARD}, {COUNTS_ALL, DIRECTION_RETURN}, {BOTH_WAYS, DIRECTION_BOTH}, {STRAY, DIRECTION_UNKNOWN},
		{ALWAYS_0, DIRECTION_UNKNOWN}, {RANDOM, DIRECTION_UNKNOWN}, {BUSY, DIRECTION_UNKNOWN}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct told t;
		world_of(&t, 0);
		t.j.w.lose_every[1] = t.j.w.lose_every[0] = 10;
		world_run(&t.j.w, 30);
		number_answers(&t.j.w, cases[i].how);
		judged_weigh(&t.j);
		if (told(&t, "wan.loss", LINK_SECONDARY) != cases[i].want)
			fail_msg("case %zu: %d (%s)", i, (int)t.v.direction, t.v.direction_why);
		/* What is not lost but late, or wholly gone, ids do not tell. */
		assert_int_equal(told(&t, "wan.latency", LINK_SECONDARY), DIRECTION_UNKNOWN);
		assert_int_equal(told(&t, "wan.blackhole", LINK_SECONDARY), DIRECTION_UNKNOWN);
		forget(&t);
	}
}

/* Each link has an interface; answers of some flows come in by the other one. */
static void by_where_answers_come_in(void **state)
{
	enum { BY_OWN, FORWARD, RETURN };
	(void)state;
	for (int turn = 0; turn < 2 * (RETURN + 1); turn++) {
		int how = turn / 2;
		/* Whichever interface is which link's. */
		const uint8_t of_link[LINKS] = {turn % 2 ? 1 : 0, turn % 2 ? 0 : 1};
		struct told t;
		world_of(&t, how == RETURN ? 0 : 10);
		for (uint16_t f = 0; f < t.j.w.plan.flow_count; f++)
			t.j.w.flows[f].iface = of_link[t.j.w.flows[f].link < LINKS ? t.j.w.flows[f].link : t.j.w.takes[f]];
		for (size_t i = 0; i < t.j.w.seen.count; i++) {
			struct probe_record *r = &t.j.w.seen.records[i];
			const struct plan_flow *f = &t.j.w.flows[r->flow];
			r->reply_iface = f->iface;
			if (how == FORWARD && f->role == FLOW_TARGET)
				r->reply_iface = of_link[LINK_PRIMARY]; /* all come back by the primary */
			if (how == RETURN && f->role == FLOW_TARGET && f->iface == of_link[LINK_PRIMARY] && r->flow % 2 == 0) {
				r->reply_iface = of_link[LINK_SECONDARY];
				r->answer = i % 5 == 0 ? ANSWER_NONE : r->answer;
			}
		}
		judged_weigh(&t.j);
		enum direction want = how == FORWARD ? DIRECTION_FORWARD : how == RETURN ? DIRECTION_RETURN : DIRECTION_UNKNOWN;
		if (told(&t, "wan.loss", LINK_SECONDARY) != want)
			fail_msg("%d: %d (%s)", how, (int)t.v.direction, t.v.direction_why);
		if (want != DIRECTION_UNKNOWN)
			assert_non_null(strstr(t.v.direction_why, "interface"));
		forget(&t);
	}
}

static void by_sizes(void **state)
{
	struct told t;
	(void)state;
	world_of(&t, 0);
	judged_weigh(&t.j);
	struct link_size *s = &t.j.seen.links[1].size[FAM4];
	*s = (struct link_size){.outcome = SIZE_DIES};
	assert_int_equal(told(&t, "wan.mtu", LINK_SECONDARY), DIRECTION_UNKNOWN);
	s->there = true;
	assert_int_equal(told(&t, "wan.mtu", LINK_SECONDARY), DIRECTION_FORWARD);
	assert_int_equal(told(&t, "wan.mtu", LINK_PRIMARY), DIRECTION_UNKNOWN);
	*s = (struct link_size){.outcome = SIZE_DIES, .back_alone = true};
	assert_int_equal(told(&t, "wan.mtu", LINK_SECONDARY), DIRECTION_RETURN);
	*s = (struct link_size){.outcome = SIZE_TOLD};
	assert_int_equal(told(&t, "wan.mtu", LINK_SECONDARY), DIRECTION_FORWARD);
	forget(&t);
}

static void by_azures_counters(void **state)
{
	struct az_metric rows[2] = {0};
	struct told t;
	(void)state;
	world_of(&t, 0);
	azure_text(&rows[0].name, "QosDropBitsInPerSecond");
	azure_text(&rows[1].name, "QosDropBitsOutPerSecond");
	t.j.a.s.drops = (struct az_metrics){{.read = AZ_OK}, rows, 2};
	judged_weigh(&t.j);
	azure_text(&rows[0].highest, "0");
	azure_text(&rows[1].highest, "120000");
	assert_int_equal(told(&t, "azure.qos-drop", LINK_NULL), DIRECTION_RETURN);
	azure_text(&rows[0].highest, "7");
	assert_int_equal(told(&t, "azure.qos-drop", LINK_NULL), DIRECTION_BOTH);
	azure_text(&rows[1].highest, "0");
	assert_int_equal(told(&t, "azure.qos-drop", LINK_NULL), DIRECTION_FORWARD);
	assert_int_equal(told(&t, "wan.loss", LINK_SECONDARY), DIRECTION_UNKNOWN); /* they speak of their own fault alone */
	t.j.a.s.stale = true;
	assert_int_equal(told(&t, "azure.qos-drop", LINK_NULL), DIRECTION_UNKNOWN);
	t.j.a.s.drops = (struct az_metrics){0};
	forget(&t);
}

/* The fault named is one of the way back: that Azure counts what comes out proves it. */
static void by_what_comes_out(void **state)
{
	struct told t;
	(void)state;
	world_of(&t, 0);
	azure_flows(&t.j.a, "61000000", "58000000");
	judged_weigh(&t.j);
	assert_int_equal(told(&t, "corp.return-path", LINK_NULL), DIRECTION_RETURN);
	assert_int_equal(told(&t, "wan.loss", LINK_SECONDARY), DIRECTION_UNKNOWN);
	t.j.seen.azure.says[SAYS_OUT][0] = OUT_UNREAD;
	assert_int_equal(told(&t, "corp.return-path", LINK_NULL), DIRECTION_UNKNOWN);
	forget(&t);
}

static void by_bfd(void **state)
{
	struct told t;
	(void)state;
	world_of(&t, 0);
	judged_weigh(&t.j);
	t.watched.bfd[WATCH_NEAR] = (struct watch_bfd_side){.seen = true, .state = BFD_DOWN, .diag = 3};
	t.watched.bfd[WATCH_FAR] = (struct watch_bfd_side){.seen = true, .state = BFD_DOWN, .diag = BFD_DIAG_EXPIRED};
	t.j.seen.links[1].watched[FAM4] = &t.watched;
	assert_int_equal(told(&t, "wan.blackhole", LINK_SECONDARY), DIRECTION_FORWARD);
	assert_int_equal(told(&t, "wan.blackhole", LINK_PRIMARY), DIRECTION_UNKNOWN);
	t.watched.bfd[WATCH_NEAR].diag = BFD_DIAG_EXPIRED; /* both ran out: both ways, or one; it does not tell */
	assert_int_equal(told(&t, "wan.blackhole", LINK_SECONDARY), DIRECTION_UNKNOWN);
	t.watched.bfd[WATCH_FAR].diag = 3;
	assert_int_equal(told(&t, "wan.blackhole", LINK_SECONDARY), DIRECTION_RETURN);
	t.watched.bfd[WATCH_FAR].state = t.watched.bfd[WATCH_NEAR].state = BFD_UP;
	assert_int_equal(told(&t, "wan.blackhole", LINK_SECONDARY), DIRECTION_UNKNOWN);
	forget(&t);
}

static void by_reply_ttls(void **state)
{
	struct told t;
	(void)state;
	world_of(&t, 0);
	judged_weigh(&t.j);
	struct link_observables *l = &t.j.seen.links[1];
	l->by_usual = true;
	l->path[FAM4] = (struct usual_path){.change = PATH_SAME, .back_changed = true};
	assert_int_equal(told(&t, "wan.latency", LINK_SECONDARY), DIRECTION_RETURN);
	l->path[FAM4].change = PATH_NEW; /* then the way there is another as well */
	assert_int_equal(told(&t, "wan.latency", LINK_SECONDARY), DIRECTION_UNKNOWN);
	forget(&t);
}

static void what_is_off_has_none(void **state)
{
	static const char *const ids[] = {"none", "wan.circuit-down", "corp.edge-bgp", "azure.peering-disabled", "azure.target-down"};
	struct told t;
	(void)state;
	world_of(&t, 0);
	judged_weigh(&t.j);
	for (size_t i = 0; i < COUNT(ids); i++)
		assert_int_equal(told(&t, ids[i], LINK_NULL), DIRECTION_NONE);
	forget(&t);
}

/* SYNs whose answers died leave half-open connections behind, which tell of themselves. */
static void half_open_connections(void **state)
{
	static const struct { uint32_t of_ten; enum direction want; } cases[] = {
	    {10, DIRECTION_RETURN}, {9, DIRECTION_RETURN}, {5, DIRECTION_UNKNOWN}, {0, DIRECTION_UNKNOWN}};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct told t;
		uint32_t lost = 0;
		world_of(&t, 7);
		for (size_t k = 0; k < t.j.w.seen.count; k++) {
			struct probe_record *r = &t.j.w.seen.records[k];
			const struct plan_flow *f = &t.j.w.flows[r->flow];
			if (f->role == FLOW_TARGET && f->kind == PROBE_TCP_SYN && r->answer == ANSWER_NONE && r->ttl == FULL)
				r->arrived = lost++ % 10 < cases[i].of_ten;
		}
		judged_weigh(&t.j);
		if (lost < 10 || told(&t, "wan.loss", LINK_SECONDARY) != cases[i].want)
			fail_msg("case %zu, %u lost: %d (%s)", i, (unsigned)lost, (int)t.v.direction, t.v.direction_why);
		assert_int_equal(told(&t, "wan.latency", LINK_SECONDARY), DIRECTION_UNKNOWN);
		assert_int_equal(told(&t, "wan.loss", LINK_PRIMARY), DIRECTION_UNKNOWN);
		forget(&t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_of_targets), cmocka_unit_test(half_open_connections), cmocka_unit_test(by_where_answers_come_in), cmocka_unit_test(by_sizes),
		cmocka_unit_test(by_azures_counters), cmocka_unit_test(by_what_comes_out), cmocka_unit_test(by_bfd), cmocka_unit_test(by_reply_ttls),
		cmocka_unit_test(what_is_off_has_none)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
