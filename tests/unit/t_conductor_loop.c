/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop as the conductor uses it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "erprobe/clock.h"
#include "probe/host/loop.h"
#include "probe/host/now.h"

struct seen {
	struct loop *loop;
	struct loop_event *event;
	int fd;
	int reads, ticks, signals, until;
	bool drop_self;
};

static void on_read(void *arg)
{
	struct seen *s = arg;
	char c;

	s->reads++;
	if (read(s->fd, &c, 1) <= 0)
		loop_stop(s->loop);
}

static void on_tick(void *arg)
{
	struct seen *s = arg;

	s->ticks++;
	if (s->drop_self) {
		loop_drop(s->loop, s->event);
		s->event = NULL;
	}
	if (s->ticks == s->until)
		loop_stop(s->loop);
}

static void on_signal(void *arg)
{
	struct seen *s = arg;

	s->signals++;
	loop_stop(s->loop);
}

static void raise_it(void *arg)
{
	(void)arg;
	raise(SIGTERM);
}

static void reads_until_the_end(void **state)
{
	struct seen s = {.loop = loop_new()};
	int ends[2];
	(void)state;
	assert_non_null(s.loop);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	close(ends[1]);
	s.fd = ends[0];
	assert_non_null(loop_readable(s.loop, s.fd, on_read, &s));
	assert_true(loop_run(s.loop));
	assert_int_equal(s.reads, 4); /* three bytes and the end of file */
	loop_free(s.loop);
	close(ends[0]);
}

static void timers_keep_their_period(void **state)
{
	struct seen s = {.loop = loop_new(), .until = 20};
	struct mono_ns from = now_mono();
	int64_t took;
	(void)state;
	assert_non_null(loop_every(s.loop, 5 * NS_PER_MS, on_tick, &s));
	assert_true(loop_run(s.loop));
	took = mono_since(now_mono(), from);
	/* 100 ms; a busy machine is slower, a coarse clock would round 5 ms up to 8 */
	assert_true(took >= 95 * NS_PER_MS);
	assert_true(took < 2 * NS_PER_SEC);
	loop_free(s.loop);
}

static void an_event_may_drop_itself(void **state)
{
	struct seen gone = {.loop = loop_new(), .drop_self = true}, other = {.loop = gone.loop, .until = 4};
	(void)state;
	gone.event = loop_every(gone.loop, NS_PER_MS, on_tick, &gone);
	assert_non_null(gone.event);
	assert_non_null(loop_every(gone.loop, 5 * NS_PER_MS, on_tick, &other));
	assert_true(loop_run(gone.loop));
	assert_int_equal(gone.ticks, 1);
	assert_int_equal(other.ticks, 4);
	loop_drop(gone.loop, NULL);
	loop_free(gone.loop);
}

static void signals_come_through_the_loop(void **state)
{
	struct seen s = {.loop = loop_new()};
	(void)state;
	assert_non_null(loop_signal(s.loop, SIGTERM, on_signal, &s));
	assert_non_null(loop_every(s.loop, NS_PER_MS, raise_it, &s));
	assert_true(loop_run(s.loop));
	assert_int_equal(s.signals, 1);
	loop_free(s.loop);
}

/* What comes before the loop may find that there is nothing to wait for. */
static void a_stop_before_it_runs_counts(void **state)
{
	struct seen s = {.loop = loop_new(), .until = 1};
	(void)state;
	assert_non_null(loop_every(s.loop, NS_PER_MS, on_tick, &s));
	loop_stop(s.loop);
	assert_true(loop_run(s.loop));
	assert_int_equal(s.ticks, 0);
	assert_true(loop_run(s.loop));
	assert_int_equal(s.ticks, 1);
	loop_free(s.loop);
}

static void a_stopped_loop_runs_again(void **state)
{
	struct seen s = {.loop = loop_new(), .until = 2};
	(void)state;
	assert_non_null(loop_every(s.loop, NS_PER_MS, on_tick, &s));
	assert_true(loop_run(s.loop));
	s.until = 5;
	assert_true(loop_run(s.loop));
	assert_int_equal(s.ticks, 5);
	loop_free(s.loop);
	loop_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_until_the_end),
		cmocka_unit_test(timers_keep_their_period),
		cmocka_unit_test(an_event_may_drop_itself),
		cmocka_unit_test(signals_come_through_the_loop),
		cmocka_unit_test(a_stop_before_it_runs_counts),
		cmocka_unit_test(a_stopped_loop_runs_again),
	};

	return cmocka_run_group_tests_name("conductor_loop", tests, NULL, NULL);
}
