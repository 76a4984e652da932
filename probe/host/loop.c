/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/loop.h"

#include "erprobe/clock.h"
#include "erprobe/exit_code.h"

#include <event2/event.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>


struct loop_event {
	struct event *event;
	loop_fn *fn;
	void *arg;
	struct loop_event *next;
};

struct loop {
	struct event_base *base;
	struct loop_event *events;
	bool stopped;
};

/* libevent ends the program where it lacks descriptors or memory; with our words and exit code, and none of its own. */
static void on_fatal(int code)
{
	static const char why[] = "erprobe: the event loop failed: out of file descriptors (ulimit -n) or memory\n";
	ssize_t n = write(STDERR_FILENO, why, sizeof why - 1);

	(void)n;
	(void)code;
	_exit(EXIT_ERROR);
}

static void on_log(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

struct loop *loop_new(void)
{
	event_set_fatal_callback(on_fatal);
	event_set_log_callback(on_log);
	struct loop *l = calloc(1, sizeof *l);
	struct event_config *settings = event_config_new();

	/* Without this flag timers have the granularity of a coarse clock (4 ms on many
	 * kernels): probes would leave in bunches. */
	if (settings)
		event_config_set_flag(settings, EVENT_BASE_FLAG_PRECISE_TIMER);
	if (l && settings)
		l->base = event_base_new_with_config(settings);
	if (settings)
		event_config_free(settings);
	if (l && !l->base) {
		free(l);
		return NULL;
	}
	return l;
}

static void event_end(struct loop_event *e)
{
	event_free(e->event); /* also takes it out of the loop */
	free(e);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	while (l->events) {
		struct loop_event *e = l->events;

		l->events = e->next;
		event_end(e);
	}
	event_base_free(l->base);
	free(l);
}

static void on_event(evutil_socket_t fd, short what, void *arg)
{
	struct loop_event *e = arg;

	(void)fd;
	(void)what;
	e->fn(e->arg);
}

static struct loop_event *add(struct loop *l, int fd, short what, const struct timeval *period, loop_fn *fn, void *arg)
{
	struct loop_event *e = calloc(1, sizeof *e);

	if (!e)
		return NULL;
	e->fn = fn;
	e->arg = arg;
	e->event = event_new(l->base, fd, (short)(what | EV_PERSIST), on_event, e);
	if (!e->event) {
		free(e);
		return NULL;
	}
	if (event_add(e->event, period) != 0) {
		event_end(e);
		return NULL;
	}
	e->next = l->events;
	l->events = e;
	return e;
}

struct loop_event *loop_readable(struct loop *l, int fd, loop_fn *fn, void *arg)
{
	return add(l, fd, EV_READ, NULL, fn, arg);
}

struct loop_event *loop_every(struct loop *l, int64_t period_ns, loop_fn *fn, void *arg)
{
	const struct timeval period = {
		.tv_sec = (time_t)(period_ns / NS_PER_SEC),
		.tv_usec = (suseconds_t)(period_ns % NS_PER_SEC / NS_PER_US),
	};

	return add(l, -1, 0, &period, fn, arg);
}

struct loop_event *loop_signal(struct loop *l, int signal_number, loop_fn *fn, void *arg)
{
	return add(l, signal_number, EV_SIGNAL, NULL, fn, arg);
}

bool loop_interrupts(struct loop *l, loop_fn *fn, void *arg)
{
	struct sigaction hangup;
	bool ignored = sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN;

	return loop_signal(l, SIGINT, fn, arg) && loop_signal(l, SIGTERM, fn, arg) && (ignored || loop_signal(l, SIGHUP, fn, arg));
}

void loop_drop(struct loop *l, struct loop_event *e)
{
	struct loop_event **at = &l->events;

	if (!e)
		return;
	while (*at && *at != e)
		at = &(*at)->next;
	if (*at)
		*at = e->next;
	event_end(e);
}

bool loop_run(struct loop *l)
{
	bool good = l->stopped || event_base_dispatch(l->base) == 0;

	l->stopped = false;
	return good;
}

void loop_stop(struct loop *l)
{
	l->stopped = true; /* libevent forgets a break that comes before it runs */
	event_base_loopbreak(l->base);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}
