/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/watch/watch.h"

#include "analysis/live/watch_screen.h"
#include "erprobe/exit_code.h"
#include "probe/audit/run_child.h"
#include "probe/channel/program.h"
#include "probe/host/loop.h"
#include "probe/host/now.h"
#include "probe/host/output.h"
#include "probe/watch/screen.h"
#include "probe/watch/watch_read.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS (200 * NS_PER_MS)
#define INTERIM_S 0.5
#define RUN_DEADLINE_S 20.0 /* one that does not decide makes room for the next */
#define ERROR_MAX 512

/* What runs for one circuit. */
struct watched {
	const struct plan_circuit *plan;
	struct run_child *child;   /* NULL between checks */
	struct mono_ns due;
	struct watch *watch;
	size_t index;              /* place in watch.shown */
	bool finished;             /* the last line of this child had its end in it */
};

struct watch {
	const struct config *config;
	const struct watch_options *options;
	char program[PROGRAM_PATH_ROOM];
	struct loop *loop;
	struct loop_event *keys;   /* NULL once the terminal is gone */
	struct watched *runs;      /* as many as the configuration has circuits; owned */
	struct watch_circuit *shown; /* likewise; owned */
	struct watch_view view;
	bool stopping;
};

/* -- checks -- */

static void on_line(void *arg, const char *line, size_t len)
{
	struct watched *r = arg;
	struct watch_circuit *c = &r->watch->shown[r->index];
	char err[ERROR_MAX];

	if (!watch_read(c, line, len, err, sizeof err)) {
		text_format(c->trouble, sizeof c->trouble, "%s", err);
		return;
	}
	c->trouble[0] = '\0';
	r->finished = !c->interim;
}

static void start(struct watch *w, struct watched *r)
{
	const struct watch_options *o = w->options;
	struct watch_circuit *c = &w->shown[r->index];
	char err[ERROR_MAX] = "out of memory", *yaml;
	struct strbuf text;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	config_print_one(w->config, r->plan, &text);
	yaml = strbuf_take(&text);
	const struct run_order order = {
		.erprobe = w->program, .packet_helper = o->packet_helper, .config = yaml, .circuit = r->plan->name,
		.budget = o->budget ? o->budget : WATCH_BUDGET_DEFAULT,
		.rate = (o->rate > 0 ? o->rate : WATCH_RATE_DEFAULT) / (double)w->config->circuit_count,
		.deadline_s = RUN_DEADLINE_S, .interim_s = INTERIM_S, .on_line = on_line, .on_line_arg = r,
	};

	r->finished = false;
	if (yaml)
		r->child = run_child_start(w->loop, &order, err, sizeof err);
	free(yaml);
	c->running = r->child != NULL;
	if (r->child)
		return;
	text_format(c->trouble, sizeof c->trouble, "%s", err);
	watch_note_failed(c);
	r->due = mono_add(now_mono(), NS_PER_SEC);
}

static void ended(struct watch *w, struct watched *r)
{
	struct watch_circuit *c = &w->shown[r->index];
	double every = w->options->every_s > 0 ? w->options->every_s : WATCH_EVERY_DEFAULT_S;

	if (!r->finished && !w->stopping) {
		run_child_trouble(r->child, c->trouble, sizeof c->trouble);
		watch_note_failed(c);
	}
	run_child_free(r->child);
	r->child = NULL;
	c->running = false;
	r->due = mono_add(now_mono(), seconds_ns(every));
}

static void stop_if_idle(struct watch *w)
{
	for (size_t i = 0; i < w->view.count; i++)
		if (w->runs[i].child)
			return;
	if (w->stopping)
		loop_stop(w->loop);
}

static void on_child(void *arg)
{
	struct watch *w = arg;

	for (size_t i = 0; i < w->view.count; i++)
		if (w->runs[i].child && run_child_reap(w->runs[i].child))
			ended(w, &w->runs[i]);
	stop_if_idle(w);
}

static void stop(void *arg)
{
	struct watch *w = arg;

	w->stopping = true;
	for (size_t i = 0; i < w->view.count; i++)
		if (w->runs[i].child)
			run_child_stop(w->runs[i].child, now_mono());
	stop_if_idle(w);
}

/* -- the screen -- */

static void draw(struct watch *w, struct mono_ns now)
{
	struct strbuf text;
	int width, height;

	for (size_t i = 0; i < w->view.count; i++) {
		struct watched *r = &w->runs[i];

		w->shown[i].running_ns = r->child && mono_since(now, r->child->began) > 0 ? mono_since(now, r->child->began) : 0;
		w->shown[i].next_ns = mono_since(r->due, now) > 0 ? mono_since(r->due, now) : 0;
	}
	w->view.now = now_wall();
	screen_size(&width, &height);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	watch_screen(&w->view, true, width, height, &text);
	if (strbuf_ok(&text) && text.text)
		screen_show(text.text);
	strbuf_free(&text);
}

static void press(struct watch *w, int key)
{
	struct watch_view *v = &w->view;

	if (v->count == 0)
		return;
	switch (key) {
	case 'q': stop(w); break;
	case ' ': v->paused = !v->paused; break;
	case 'r': w->runs[v->chosen].due = now_mono(); break;
	case 'l': v->page = WATCH_LINKS; break;
	case 'h': v->page = WATCH_HOPS; break;
	case 'w': v->page = WATCH_WHY; break;
	case '?': v->page = WATCH_HELP; break;
	case KEY_UP_ARROW: v->chosen = (v->chosen + v->count - 1) % v->count; break;
	case KEY_DOWN_ARROW:
	case '\t': v->chosen = (v->chosen + 1) % v->count; break;
	default: break;
	}
}

static void on_keys(void *arg)
{
	struct watch *w = arg;

	/* Not every terminal's end comes as SIGHUP: of one that is not ours (setsid, containers) none does. From then on
	 * its input is always readable. */
	if (w->keys && output_is_broken()) {
		loop_drop(w->loop, w->keys);
		w->keys = NULL;
		stop(w);
	}
	if (!w->keys)
		return;
	for (int key = screen_key(); key != KEY_NOTHING; key = screen_key())
		press(w, key);
	draw(w, now_mono());
}

static void on_tick(void *arg)
{
	struct watch *w = arg;
	struct mono_ns now = now_mono();

	for (size_t i = 0; i < w->view.count; i++) {
		struct watched *r = &w->runs[i];
		bool asked = !w->view.paused && !w->stopping;

		if (r->child)
			run_child_tick(r->child, now);
		else if (asked && mono_since(now, r->due) >= 0)
			start(w, r);
	}
	on_keys(w); /* also what a new window size is told by; draws */
}

/* -- begin and end -- */

static bool prepare(struct watch *w, const struct config *c, const struct watch_options *o)
{
	w->config = c;
	w->options = o;
	w->loop = loop_new();
	w->runs = calloc(c->circuit_count, sizeof *w->runs);
	w->shown = calloc(c->circuit_count, sizeof *w->shown);
	if (!w->loop || !w->runs || !w->shown)
		return false;
	w->view = (struct watch_view){.circuits = w->shown, .count = c->circuit_count};
	for (size_t i = 0; i < c->circuit_count; i++) {
		w->runs[i] = (struct watched){.plan = &c->circuits[i], .watch = w, .index = i, .due = now_mono()};
		text_format(w->shown[i].name, sizeof w->shown[i].name, "%s", c->circuits[i].name);
	}
	w->keys = loop_readable(w->loop, STDIN_FILENO, on_keys, w);
	return w->keys && loop_signal(w->loop, SIGINT, stop, w) && loop_signal(w->loop, SIGTERM, stop, w) &&
	       loop_signal(w->loop, SIGHUP, stop, w) && loop_signal(w->loop, SIGCHLD, on_child, w) &&
	       loop_every(w->loop, TICK_NS, on_tick, w);
}

static void release(struct watch *w)
{
	for (size_t i = 0; w->runs && i < w->view.count; i++)
		run_child_free(w->runs[i].child);
	loop_free(w->loop);
	free(w->runs);
	free(w->shown);
}

int watch_run(const struct config *c, const struct watch_options *o)
{
	char err[ERROR_MAX] = "out of memory";
	struct watch w;
	bool ok;

	memset(&w, 0, sizeof w);
	signal(SIGPIPE, SIG_IGN);
	ok = program_find("erprobe", w.program, err, sizeof err) && screen_open(!o->no_color, err, sizeof err) && prepare(&w, c, o);
	if (ok) {
		on_tick(&w);
		ok = loop_run(w.loop);
		if (!ok)
			text_format(err, sizeof err, "the event loop failed");
	}
	screen_close();
	release(&w);
	if (!ok)
		fprintf(stderr, "erprobe watch: %s\n", err);
	return ok ? EXIT_DONE : EXIT_ERROR;
}
