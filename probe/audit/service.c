/* SPDX-License-Identifier: BSD-2-Clause */
/* The service itself: signals, ticks, reload, the end. */
#include "probe/audit/service.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "erprobe/exit_code.h"
#include "probe/audit/only_one.h"
#include "probe/audit/sd_notify.h"
#include "probe/host/say.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXTFILE_NS (5 * NS_PER_SEC)
#define TICK_NS (100 * NS_PER_MS)
#define STOP_NS (15 * NS_PER_SEC) /* what runs get to end in; systemd's own limit is 90 s */

/* -- reload -- */

/* Every complaint is a line of its own. */
static void say_lines(char *text)
{
	for (char *line = text; line && *line;) {
		size_t len = strcspn(line, "\n");
		bool last = line[len] == '\0';

		line[len] = '\0';
		if (len > 0)
			say(SAY_ERROR, "%s", line);
		line = last ? NULL : line + len + 1;
	}
}

static bool same_history(const struct service *s, const struct config *c)
{
	return strcmp(config_history_path(c), s->history_path) == 0;
}

static bool reload(struct service *s)
{
	struct strbuf errors;
	struct config c;
	char err[200] = "";
	bool ok;

	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	ok = config_read(s->options->config_path, &c, &errors);
	say_lines(errors.text);
	strbuf_free(&errors);
	if (ok && !same_history(s, &c)) {
		text_format(err, sizeof err, "history.path has changed, which needs a restart");
		config_free(&c);
		ok = false;
	}
	if (ok && !circuits_adopt(s, &c, err, sizeof err)) {
		config_free(&c);
		ok = false;
	}
	if (!ok && err[0])
		say(SAY_ERROR, "%s", err);
	if (ok) {
		notify_adopt(s);
		front_adopt(s);
	}
	return ok;
}

static void on_hangup(void *arg)
{
	struct service *s = arg;

	if (s->stopping)
		return;
	sd_notify_reloading();
	s->reload_bad = !reload(s);
	front_changed(&s->front);
	if (s->reload_bad) {
		s->reloads_failed++;
		say(SAY_ERROR, "the new configuration was not taken over; the old one with %zu circuit%s stays in force",
		    s->config.circuit_count, PLURAL_S(s->config.circuit_count));
	} else {
		say(SAY_NOTE, "configuration reloaded, %zu circuit%s", s->config.circuit_count, PLURAL_S(s->config.circuit_count));
	}
	sd_notify_send("READY=1");
}

/* -- the end -- */

static bool once_is_over(const struct service *s)
{
	for (size_t i = 0; i < s->config.circuit_count; i++)
		if (!s->circuits[i].was_run || s->circuits[i].slot.running || s->circuits[i].slot.deep)
			return false;
	return true;
}

static bool is_over(const struct service *s, struct mono_ns now)
{
	if (s->stopping)
		return (!s->children && !notify_is_busy(s, now)) || mono_since(now, s->stop_at) >= 0;
	return s->options->once && !s->children && once_is_over(s) && !notify_is_busy(s, now);
}

static void on_stop(void *arg)
{
	struct service *s = arg;
	struct mono_ns now = now_mono();

	if (!s->stopping) {
		sd_notify_send("STOPPING=1");
		say(SAY_NOTE, "stopping, %zu run%s under way", s->running, PLURAL(s->running, " is", "s are"));
		s->stop_at = mono_add(now, STOP_NS);
	}
	s->stopping = true;
	for (struct run_child *c = s->children; c; c = c->next)
		run_child_stop(c, now);
	if (is_over(s, now))
		loop_stop(s->loop);
}

/* -- while it runs -- */

static void on_child(void *arg)
{
	struct service *s = arg;

	dispatch_reap(s);
	front_reap(&s->front, now_mono());
	notify_tick(s, now_mono());
	if (is_over(s, now_mono()))
		loop_stop(s->loop);
}

static void look_at_clock(struct service *s, struct mono_ns now)
{
	struct wall_ns wall = now_wall();
	int64_t step = clock_twin_look(&s->twin, wall, now);

	if (step == 0)
		return;
	say(SAY_WARNING, "the clock was stepped by %.3f s; the schedule goes on", (double)step / (double)NS_PER_SEC);
	for (size_t i = 0; i < s->config.circuit_count; i++)
		schedule_stepped(&s->circuits[i].slot, &s->timetable, wall, now);
}

static void on_tick(void *arg)
{
	struct service *s = arg;
	struct mono_ns now = now_mono();

	look_at_clock(s, now);
	for (struct run_child *c = s->children; c; c = c->next)
		run_child_tick(c, now);
	dispatch_start(s);
	keep_tick(s, now);
	notify_tick(s, now);
	front_tick(s, now);
	if (mono_since(now, s->textfile_at) >= 0) {
		textfile_write(s);
		s->textfile_at = mono_add(now, TEXTFILE_NS);
	}
	if (s->watchdog_ns > 0 && mono_since(now, s->watchdog_at) >= 0) {
		sd_notify_send("WATCHDOG=1");
		s->watchdog_at = mono_add(now, s->watchdog_ns);
	}
	if (is_over(s, now))
		loop_stop(s->loop);
}

/* -- beginning -- */

static bool find_places(struct service *s, const struct config *c, char *err, size_t err_size)
{
	ssize_t n = readlink("/proc/self/exe", s->program, sizeof s->program - 1);
	const char *slash;

	if (n <= 0) {
		text_format(err, err_size, "cannot find its own program: %s", strerror(errno));
		return false;
	}
	s->program[n] = '\0';
	text_format(s->history_path, sizeof s->history_path, "%s", config_history_path(c));
	slash = strrchr(s->history_path, '/');
	text_format(s->evidence_dir, sizeof s->evidence_dir, "%.*s/evidence", slash ? (int)(slash - s->history_path) : 1,
	            slash ? s->history_path : ".");
	return true;
}

static void hold_signals(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(how, &set, NULL);
}

void audit_hold_signals(void)
{
	hold_signals(SIG_BLOCK);
}

static bool listen_to_signals(struct service *s)
{
	bool good;

	signal(SIGPIPE, SIG_IGN);
	good = loop_signal(s->loop, SIGCHLD, on_child, s) && loop_signal(s->loop, SIGHUP, on_hangup, s) &&
	       loop_signal(s->loop, SIGTERM, on_stop, s) && loop_signal(s->loop, SIGINT, on_stop, s) &&
	       loop_every(s->loop, TICK_NS, on_tick, s);
	hold_signals(SIG_UNBLOCK);
	return good;
}

static bool begin(struct service *s, struct config *c, char *err, size_t err_size)
{
	s->started_at = now_wall();
	clock_twin_look(&s->twin, s->started_at, now_mono());
	s->watchdog_ns = sd_notify_watchdog_ns();
	s->watchdog_at = now_mono();
	if (!find_places(s, c, err, err_size) || !keep_open(s, err, err_size) ||
	    !only_one_take(s->history_path, &s->lock, err, err_size) || !circuits_adopt(s, c, err, err_size))
		return false;
	notify_adopt(s);
	s->loop = loop_new();
	if (s->loop && listen_to_signals(s))
		return true;
	text_format(err, err_size, "the event loop cannot be set up");
	return false;
}

static void end(struct service *s)
{
	while (s->children) {
		struct run_child *c = s->children;

		s->children = c->next;
		say(SAY_WARNING, "circuit %s: the run did not end in time and was killed", c->circuit);
		run_child_free(c);
	}
	notify_end(s);
	front_end(&s->front);
	keep_close(s);
	if (s->lock >= 0)
		close(s->lock);
	loop_free(s->loop);
	circuits_free(s);
	config_free(&s->config);
	free(s);
}

int audit_run(struct config *c, const struct audit_options *o)
{
	struct service *s = calloc(1, sizeof *s);
	char err[HISTORY_ERROR_MAX] = "out of memory";
	int code = EXIT_ERROR;

	if (o->quiet)
		say_quietly();
	if (s) {
		s->options = o;
		s->queue_end = &s->queue;
		s->lock = -1;
		front_init(&s->front);
	}
	if (s && begin(s, c, err, sizeof err)) {
		say(SAY_NOTE, "watching %zu circuit%s, history %s", s->config.circuit_count, PLURAL_S(s->config.circuit_count),
		    s->history_path);
		front_adopt(s);
		sd_notify_send("READY=1");
		on_tick(s);
		code = loop_run(s->loop) ? EXIT_DONE : EXIT_ERROR;
		textfile_write(s);
		keep_close(s);
		if (o->once && s->failed)
			code = EXIT_ERROR;
	} else {
		say(SAY_ERROR, "%s", err);
	}
	if (s)
		end(s);
	config_free(c);
	return code;
}
