/* SPDX-License-Identifier: BSD-2-Clause */
/* The pure parts of a run: pace, probe ids, clock steps, when to stop. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/channel/pacer.h"
#include "probe/channel/probe_table.h"
#include "probe/host/now.h"
#include "probe/run/conductor.h"
#include "probe/run/stopping.h"

#include "erprobe/probe.h"

static struct mono_ns at_ms(int64_t ms)
{
	return (struct mono_ns){ms * NS_PER_MS};
}

/* -- pacer -- */

/* Takes all it may at each step; returns the total. */
static size_t run_pacer(struct pacer *p, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
	size_t total = 0;

	for (int64_t t = from_ms; t <= to_ms; t += step_ms) {
		size_t n = pacer_ready(p, at_ms(t), 1000);

		pacer_take(p, n);
		total += n;
	}
	return total;
}

static void pacer_keeps_the_rate(void **state)
{
	static const struct { double rate; int64_t step_ms; size_t low, high; } rows[] = {
		/* ten seconds; a bucket of more than one packet is paid for by its refill */
		{200, 5, 1965, 1975}, {200, 1, 1965, 1975}, {50, 5, 498, 501}, {1, 5, 10, 11},
		{0.5, 5, 5, 6}, {1000, 5, 9800, 9840},
		/* a loop that wakes up every 100 ms gets one bucket each time, never more */
		{200, 100, 397, 405},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct pacer p = pacer_make(rows[i].rate, at_ms(0));
		size_t sent = run_pacer(&p, 0, 10000, rows[i].step_ms);

		assert_in_range(sent, rows[i].low, rows[i].high);
	}
}

static void pacer_keeps_every_second(void **state)
{
	static const double rates[] = {1, 7, 50, 51, 200, 333, 1000};
	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
		struct pacer p = pacer_make(rates[i], at_ms(0));
		size_t sum = 0, sent[5000];

		/* Idle at first, so that a full bucket starts the busiest second. */
		for (int t = 0; t < 5000; t++) {
			sent[t] = t < 1500 || t % 3 != 0 ? 0 : pacer_ready(&p, at_ms(t), 1000);
			pacer_take(&p, sent[t]);
			sum += sent[t] - (t >= 1000 ? sent[t - 1000] : 0);
			assert_true((double)sum <= rates[i]);
		}
	}
}

static void pacer_bursts_little(void **state)
{
	struct pacer p = pacer_make(200, at_ms(0));
	(void)state;
	assert_int_equal(pacer_ready(&p, at_ms(0), 100), 1);
	assert_int_equal(pacer_ready(&p, at_ms(60000), 100), 4); /* 20 ms of 200 a second */
	pacer_take(&p, 4);
	assert_int_equal(pacer_ready(&p, at_ms(60000), 100), 0);
	assert_int_equal(pacer_ready(&p, at_ms(60006), 100), 1);
	assert_int_equal(pacer_ready(&p, at_ms(60000), 100), 1); /* time never runs backwards */
}

static void pacer_answers_no_more_than_asked(void **state)
{
	struct pacer slow = pacer_make(1000, at_ms(0)), unlimited = pacer_make(INFINITY, at_ms(0));
	(void)state;
	assert_int_equal(pacer_ready(&slow, at_ms(1000), 3), 3);
	assert_int_equal(pacer_ready(&unlimited, at_ms(0), 64), 64);
	pacer_take(&unlimited, 64);
	assert_int_equal(pacer_ready(&unlimited, at_ms(0), 64), 64);
}

/* -- probe ids -- */

static void ids_count_from_one(void **state)
{
	struct probe_table t = {0};
	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(probe_table_add(&t, (uint16_t)(i % 700), PROBE_TCP_SYN, (uint8_t)(i % 255 + 1)), i + 1);
	for (uint32_t i = 0; i < 5000; i++) {
		const struct asked_probe *p = probe_table_find(&t, i + 1);

		assert_non_null(p);
		assert_int_equal(p->flow, i % 700);
		assert_int_equal(p->ttl, i % 255 + 1);
		assert_int_equal(p->kind, PROBE_TCP_SYN);
	}
	probe_table_free(&t);
}

static void unknown_ids_are_nothing(void **state)
{
	struct probe_table t = {0};
	(void)state;
	assert_null(probe_table_find(&t, 0));
	assert_null(probe_table_find(&t, 1));
	probe_table_add(&t, 1, PROBE_ICMP_ECHO, 1);
	assert_null(probe_table_find(&t, 0));
	assert_null(probe_table_find(&t, 2));
	assert_null(probe_table_find(&t, UINT32_MAX));
	probe_table_free(&t);
	assert_null(probe_table_find(&t, 1));
}

static void the_table_has_a_ceiling(void **state)
{
	struct asked_probe some[1];
	struct probe_table full = {.probes = some, .count = PROBE_TABLE_MAX, .room = PROBE_TABLE_MAX};
	(void)state;
	assert_int_equal(probe_table_add(&full, 1, PROBE_ICMP_ECHO, 1), 0);
}

/* -- clock -- */

static void a_step_is_told_from_a_slew(void **state)
{
	static const struct { int64_t wall_ms, mono_ms, step_ms; } looks[] = {
		{1000, 0, 0},       /* the first look has nothing to compare with */
		{1050, 50, 0},
		{1130, 100, 0},     /* 30 ms apart: slewed */
		{2180, 150, 1000},  /* a second forwards */
		{2230, 200, 0},     /* told once */
		{280, 250, -2000},  /* backwards */
		{380, 300, 0},      /* exactly 50 ms is no step yet */
		{481, 350, 51},
	};
	struct clock_twin t = {0};
	(void)state;
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		struct wall_ns wall = {looks[i].wall_ms * NS_PER_MS};

		assert_true(clock_twin_look(&t, wall, at_ms(looks[i].mono_ms)) == looks[i].step_ms * NS_PER_MS);
	}
}

/* Stamps from before and behind each step, read some milliseconds later. */
static void a_run_has_a_clock_of_its_own(void **state)
{
	static const struct { int64_t mono_ms, apart_ms; } looks[] = {
		{0, 0}, {100, 0}, {200, 3000}, {300, 3000}, {400, -3597000}, {500, -3597000}, {600, -3597000 + 90},
	};
	struct run_clock c = {0};
	int64_t before = 0;

	(void)state;
	for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
		struct wall_ns wall = {(looks[i].mono_ms + looks[i].apart_ms) * NS_PER_MS};
		int64_t step = run_clock_look(&c, wall, at_ms(looks[i].mono_ms));

		assert_true(step == (looks[i].apart_ms - before) * NS_PER_MS);
		struct wall_ns now = run_clock_now(&c, wall);
		assert_true(now.ns == looks[i].mono_ms * NS_PER_MS);
		/* Made 20 ms ago, by the clock as it is and as it was then. */
		struct wall_ns late = {wall.ns - 20 * NS_PER_MS}, old = {late.ns - step};
		assert_true(run_clock_stamp(&c, late, now).ns == now.ns - 20 * NS_PER_MS);
		assert_true(run_clock_stamp(&c, old, now).ns == now.ns - 20 * NS_PER_MS);
		before = looks[i].apart_ms;
	}
	assert_int_equal(c.steps, 3);
	/* More steps than are remembered: the latest count. */
	for (int64_t i = 1; i <= 3 * RUN_CLOCK_SHIFTS; i++)
		assert_true(run_clock_look(&c, (struct wall_ns){(1000 + i * 1000) * NS_PER_MS}, at_ms(1000)) != 0);
	assert_true(run_clock_now(&c, (struct wall_ns){(1000 + 12000) * NS_PER_MS}).ns == 1000 * NS_PER_MS);
}

static void the_clocks_run(void **state)
{
	struct mono_ns before = now_mono(), after = now_mono(), mono;
	struct wall_ns wall = {0};
	(void)state;
	now_both(&wall, &mono);
	assert_true(wall.ns > INT64_C(1600000000) * NS_PER_SEC && mono_since(mono, before) >= 0);
	assert_true(mono_since(after, before) >= 0);
	assert_true(now_wall().ns > INT64_C(1600000000) * NS_PER_SEC);
}

/* -- stopping -- */

static void stops_for_the_first_reason(void **state)
{
	const struct run_state going = {.sent = 10, .budget = 6000, .since_last_ns = 5 * NS_PER_MS,
	                                .elapsed_ns = NS_PER_SEC, .run_ns = 58 * NS_PER_SEC};
	struct run_state s = going;
	(void)state;
	assert_int_equal(why_stop(&s), 0);
	s.elapsed_ns = s.run_ns;
	assert_int_equal(why_stop(&s), END_DEADLINE);
	s.elapsed_ns = s.run_ns - 1;
	assert_int_equal(why_stop(&s), 0);

	s.sent = 6000;
	assert_int_equal(why_stop(&s), 0); /* the last ones may still be answered */
	s.since_last_ns = LAST_ANSWERS_NS - 1;
	assert_int_equal(why_stop(&s), 0);
	s.since_last_ns = LAST_ANSWERS_NS;
	assert_int_equal(why_stop(&s), END_BUDGET);
	s.sent = 5999; /* silence alone is no reason */
	assert_int_equal(why_stop(&s), 0);

	s.sent = 6000;
	s.decided = true;
	assert_int_equal(why_stop(&s), END_DECIDED);
	s.interrupted = true;
	assert_int_equal(why_stop(&s), END_INTERRUPTED);
	s.helper_lost = true;
	assert_int_equal(why_stop(&s), END_HELPER_LOST);
}

static void leaves_time_to_close(void **state)
{
	(void)state;
	assert_true(sending_time_ns(60) == 58500 * NS_PER_MS);
	assert_true(sending_time_ns(6) == 4500 * NS_PER_MS);
	assert_true(sending_time_ns(2) == 1500 * NS_PER_MS);
	assert_true(sending_time_ns(0.4) == 300 * NS_PER_MS);
}

/* -- what the capture lost -- */

static void a_mirror_loses_no_probes(void **state)
{
	static struct plan p = {.iface_count = 3, .ifaces = {{.name = "eth0"}, {.name = "span", .mirror = true}, {.name = "eth1"}}};
	const struct channel_counters c = {.ifaces = 3, .received = {100, 5000, 20}, .dropped = {1, 700, 2}, .iface_dropped = {4, 9000, 8},
	                                   .unforwarded = 16};
	struct event_counters got = {.received = 1, .dropped = 1, .foreign = 3};

	(void)state;
	conductor_counters(&p, &c, &got);
	assert_int_equal(got.received, 120);
	assert_int_equal(got.dropped, 31);
	assert_int_equal(got.foreign, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pacer_keeps_the_rate),
		cmocka_unit_test(pacer_keeps_every_second),
		cmocka_unit_test(pacer_bursts_little),
		cmocka_unit_test(pacer_answers_no_more_than_asked),
		cmocka_unit_test(ids_count_from_one),
		cmocka_unit_test(unknown_ids_are_nothing),
		cmocka_unit_test(the_table_has_a_ceiling),
		cmocka_unit_test(a_step_is_told_from_a_slew), cmocka_unit_test(a_run_has_a_clock_of_its_own),
		cmocka_unit_test(the_clocks_run),
		cmocka_unit_test(stops_for_the_first_reason),
		cmocka_unit_test(leaves_time_to_close),
		cmocka_unit_test(a_mirror_loses_no_probes),
	};

	return cmocka_run_group_tests_name("conductor", tests, NULL, NULL);
}
