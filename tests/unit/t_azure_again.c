/* SPDX-License-Identifier: BSD-2-Clause */
/* What dies after Azure's answers were read has Azure asked once more. */
#include "tests/unit/diagnosis_net.h"

#define DIES_MS 3000
#define SLICE_MS 50
#define PATIENCE_MS 10000 /* how long a verdict waits for the second answer */

#define WHY "503: come back later"

enum second { NEVER, TELLS, LAGS, FAILS };

struct story { int asked; int64_t asked_ms, ended_ms; };

static void second_answer(struct net *n, struct diagnosis *d, enum second how, int64_t ms)
{
	struct azure again;
	struct az_snapshot renewed;

	azure_healthy(&again, at(n, ms));
	if (how == TELLS) {
		azure_text(&again.arp[LINK_SECONDARY][0].mac, "Incomplete");
		azure_text(&again.bgp[LINK_SECONDARY][0].state, "Idle");
	} else if (how == FAILS) {
		again.s = (struct az_snapshot){.finished = true, .done_at = at(n, ms), .why_not = WHY};
	}
	assert_true(az_snapshot_renewed(&renewed, &n->azure.s, &again.s));
	fold_azure(d, 0, &renewed);
	az_snapshot_free(&renewed);
}

/* The answer comes after_ms after it was asked for. */
static struct story tell(struct net *n, enum second how, int64_t after_ms, struct run_result *r)
{
	struct diagnosis *d = start(n);
	struct story s = {.asked = 0};
	bool told = false;

	fold_azure(d, 0, &n->azure.s);
	for (int64_t from = 0; from < 27000 && s.ended_ms == 0; from += SLICE_MS) {
		int64_t ms = run(n, d, from, from + SLICE_MS);
		size_t circuit = 9;
		if (ms < from + SLICE_MS)
			s.ended_ms = ms;
		if (diagnosis_asks_azure(d, at(n, ms), &circuit)) {
			assert_int_equal(circuit, 0);
			s.asked++;
			s.asked_ms = ms;
		}
		if (how != NEVER && !told && s.asked > 0 && ms >= s.asked_ms + after_ms) {
			second_answer(n, d, how, ms);
			told = true;
		}
	}
	fold_end(n, d, s.ended_ms + 1400);
	assert_true(diagnosis_result(d, r));
	diagnosis_free(d);
	return s;
}

static void dying(struct net *n)
{
	net_init(n);
	n->dies_ms = DIES_MS;
	n->dies_from = 3;
	n->dies_link = LINK_SECONDARY;
}

/* Its word decides; where there is none, or one that may be older than the death in truth, nobody is accused; and no run waits for
 * long, nor longer than it must. */
static void decides_by_the_second_answer(void **state)
{
	static const struct { enum second how; int64_t after_ms; enum status status; const char *fault; int64_t most_ms; } rows[] = {
		{TELLS, 1200, STATUS_DEGRADED, "wan.circuit-down", 2500}, {TELLS, 6000, STATUS_DEGRADED, "wan.circuit-down", 7500},
		{LAGS, 1200, STATUS_UNDETERMINED, "", 9000}, {FAILS, 1200, STATUS_UNDETERMINED, "", 9000},
		{NEVER, 0, STATUS_UNDETERMINED, "", PATIENCE_MS + 1000}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct net n;
		struct run_result r;
		dying(&n);
		struct story s = tell(&n, rows[i].how, rows[i].after_ms, &r);
		const struct verdict *v = &r.circuits[0].faults[0];
		if (s.asked != 1 || s.asked_ms < DIES_MS + 700 || s.asked_ms > DIES_MS + 2500 || s.ended_ms - s.asked_ms > rows[i].most_ms ||
		    v->status != rows[i].status || strcmp(v->fault, rows[i].fault) != 0)
			fail_msg("row %zu: asked %d times, at %lld ms, ended at %lld ms: %d %s %.3f: %s", i, s.asked, (long long)s.asked_ms,
			         (long long)s.ended_ms, v->status, v->fault, v->confidence, v->summary);
		assert_string_equal(r.circuits[0].azure.not_again, rows[i].how == FAILS ? WHY : "");
		run_result_free(&r);
		net_free(&n);
	}
}

/* Where nothing died, and where Azure told nothing by itself, it is left alone. */
static void asks_only_then(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct net n;
		struct run_result r;
		dying(&n);
		n.dies_ms = i == 0 ? 0 : DIES_MS;
		n.azure.s.stale = i == 1;
		n.azure.s.finished = i != 2;
		if (i == 3)
			n.azure.s.done_at = at(&n, DIES_MS + 500); /* it was read when that was dead */
		struct story s = tell(&n, NEVER, 0, &r);
		if (s.asked != 0)
			fail_msg("row %d: asked %d times", i, s.asked);
		run_result_free(&r);
		net_free(&n);
	}
}

/* --- the two answers in one --- */

static void fail_table(struct az_part *p, int32_t http_status)
{
	p->read = AZ_FAILED;
	p->http_status = http_status;
}

/* What was not read again keeps its first answer and its time. */
static void the_later_answer_stands(void **state)
{
	const struct wall_ns early = {1000}, late = {9000};
	struct azure first, again;
	struct az_snapshot s;

	(void)state;
	azure_healthy(&first, early);
	azure_healthy(&again, late);
	azure_text(&again.bgp[LINK_SECONDARY][0].state, "Idle");
	again.s.connections.part.read = AZ_NOT_ASKED;
	fail_table(&again.s.arp[LINK_PRIMARY].part, 500);
	assert_true(az_snapshot_renewed(&s, &first.s, &again.s));
	assert_string_equal(s.bgp[LINK_SECONDARY].rows[0].state.text, "Idle");
	assert_true(s.bgp[LINK_SECONDARY].part.at.ns == late.ns && s.done_at.ns == late.ns && s.finished);
	assert_int_equal(s.connections.count, 1);
	assert_true(s.connections.part.at.ns == early.ns && s.asked_at.ns == early.ns);
	assert_int_equal(s.arp[LINK_PRIMARY].part.read, AZ_OK);
	assert_int_equal(s.arp[LINK_PRIMARY].count, 2);
	assert_true(s.arp[LINK_PRIMARY].part.at.ns == early.ns);
	az_snapshot_free(&s);
	again.s = (struct az_snapshot){.finished = false, .done_at = late}; /* still under way, or nothing came */
	assert_true(az_snapshot_renewed(&s, &first.s, &again.s));
	assert_false(s.finished);
	assert_true(s.done_at.ns == early.ns);
	assert_int_equal(s.bgp[LINK_PRIMARY].count, 2);
	az_snapshot_free(&s);
	again.s = (struct az_snapshot){.finished = true, .done_at = late, .why_not = "401: renew the token"};
	assert_true(az_snapshot_renewed(&s, &first.s, &again.s));
	assert_true(az_snapshot_available(&s) && s.done_at.ns == early.ns);
	assert_string_equal(s.why_not, "401: renew the token");
	az_snapshot_free(&s);
}

/* One MSEE that gives no table any more: that is its answer. A right that is missing, or an API that gives none of either, is none. */
static void a_mute_msee_is_an_answer(void **state)
{
	static const struct { int32_t http_status; bool both, mute; } rows[] = {{500, false, true}, {0, false, true}, {403, false, false}, {500, true, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct azure first, again;
		struct az_snapshot s;
		azure_healthy(&first, (struct wall_ns){1000});
		azure_healthy(&again, (struct wall_ns){9000});
		for (int l = rows[i].both ? LINK_PRIMARY : LINK_SECONDARY; l < LINKS; l++) {
			fail_table(&again.s.arp[l].part, rows[i].http_status);
			fail_table(&again.s.bgp[l].part, rows[i].http_status);
		}
		assert_true(az_snapshot_renewed(&s, &first.s, &again.s));
		assert_int_equal(s.arp[LINK_SECONDARY].part.read, rows[i].mute ? AZ_FAILED : AZ_OK);
		assert_int_equal(s.bgp[LINK_SECONDARY].part.read, rows[i].mute ? AZ_FAILED : AZ_OK);
		assert_int_equal(s.arp[LINK_PRIMARY].part.read, AZ_OK);
		az_snapshot_free(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(decides_by_the_second_answer), cmocka_unit_test(asks_only_then),
		cmocka_unit_test(the_later_answer_stands), cmocka_unit_test(a_mute_msee_is_an_answer)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
