/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/front.h"

#include "analysis/web/shelf.h"
#include "probe/audit/service.h"
#include "probe/host/say.h"
#include "probe/web/listen.h"
#include "probe/web/parcel.h"
#include "probe/web/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHELF_EVERY_NS (1 * NS_PER_SEC)
#define LISTEN_AGAIN_NS (5 * NS_PER_SEC)
#define HUNG_NS (10 * NS_PER_SEC) /* it takes nothing for so long: it hangs */
#define START_FIRST_NS (1 * NS_PER_SEC)
#define START_MOST_NS (60 * NS_PER_SEC)

void front_init(struct front *f)
{
	*f = (struct front){.socket = -1, .channel = -1, .wait_ns = START_FIRST_NS};
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void front_changed(struct front *f)
{
	f->stale = true;
}

/* -- the process -- */

static void start(struct front *f, struct mono_ns now)
{
	pid_t parent = getpid();
	int ends[2];

	f->start_at = mono_add(now, f->wait_ns);
	if (!parcel_pair(ends)) {
		say(SAY_WARNING, "%s is not served: %s; tried again", f->listen, strerror(errno));
		return;
	}
	f->pid = fork();
	if (f->pid == 0)
		serve(ends[1], parent);
	close(ends[1]);
	if (f->pid < 0) {
		say(SAY_WARNING, "%s is not served: no process: %s; tried again", f->listen, strerror(errno));
		close(ends[0]);
		f->pid = 0;
		return;
	}
	f->channel = ends[0];
	f->stale = true;
	f->refuses = false;
	f->shelf_at = now;
	parcel_send(f->channel, PARCEL_LISTEN, f->socket);
}

static void stop(struct front *f)
{
	if (f->pid > 0) {
		kill(f->pid, SIGKILL);
		waitpid(f->pid, NULL, 0);
	}
	f->pid = 0;
	close_one(&f->channel);
}

void front_reap(struct front *f, struct mono_ns now)
{
	int status = 0;

	if (f->pid <= 0 || waitpid(f->pid, &status, WNOHANG) != f->pid)
		return;
	f->pid = 0;
	close_one(&f->channel);
	/* One that lived for long may start again at once, and its end is news. */
	if (mono_since(now, f->start_at) > START_MOST_NS) {
		f->wait_ns = START_FIRST_NS;
		f->death_told = false;
	}
	if (!f->death_told)
		say(SAY_WARNING, "the process that serves %s ended (%s %d); it is started again, checks go on", f->listen,
		    WIFSIGNALED(status) ? "signal" : "exit code", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	f->death_told = true;
	f->start_at = mono_add(now, f->wait_ns);
	f->wait_ns = f->wait_ns * 2 < START_MOST_NS ? f->wait_ns * 2 : START_MOST_NS;
}

/* -- the socket -- */

static void listen_again(struct front *f, struct mono_ns now)
{
	char err[200];

	if (f->socket >= 0 || !f->listen[0] || mono_since(now, f->listen_at) < 0)
		return;
	f->socket = listen_on(f->listen, err, sizeof err);
	f->listen_at = mono_add(now, LISTEN_AGAIN_NS);
	if (f->socket < 0) {
		if (!f->listen_told)
			say(SAY_WARNING, "%s; tried again every %d s, checks go on", err, (int)(LISTEN_AGAIN_NS / NS_PER_SEC));
		f->listen_told = true;
		return;
	}
	say(f->listen_told ? SAY_WARNING : SAY_NOTE, "page and metrics: http://%s/ and /metrics", f->listen);
	f->listen_told = false;
	if (f->pid > 0)
		parcel_send(f->channel, PARCEL_LISTEN, f->socket);
}

void front_adopt(struct service *s)
{
	struct front *f = &s->front;
	const char *listen = s->config.audit_listen[0] ? s->config.audit_listen : AUDIT_LISTEN_DEFAULT;

	if (s->options->once || strcmp(listen, "none") == 0)
		listen = "";
	front_changed(f);
	if (strcmp(listen, f->listen) == 0)
		return;
	/* The old address is let go of by both processes. */
	stop(f);
	close_one(&f->socket);
	text_format(f->listen, sizeof f->listen, "%s", listen);
	f->listen_told = f->death_told = false;
	f->listen_at = f->start_at = now_mono();
	if (listen_is_open(listen))
		say(SAY_WARNING, "audit.listen %s: other hosts can read page and metrics, without sign-in or encryption", listen);
	front_tick(s, now_mono());
}

/* -- what is shown -- */

/* The state as a sealed file; -1, said once, when there is none to be had. */
static int make_shelf(struct service *s)
{
	struct front *f = &s->front;
	const char *why = "out of memory, or it is too large";
	struct strbuf shelf;
	int fd = -1;

	strbuf_init(&shelf, SHELF_MAX);
	shelf_fill(s, &shelf);
	if (strbuf_ok(&shelf)) {
		fd = parcel_file(shelf.text, shelf.len);
		why = strerror(errno);
	}
	strbuf_free(&shelf);
	if (fd < 0 && !f->shelf_told)
		say(SAY_WARNING, "page and metrics at %s stand still: the new state cannot be put together: %s; tried again every second",
		    f->listen, why);
	else if (fd >= 0 && f->shelf_told)
		say(SAY_WARNING, "page and metrics at %s are up to date again", f->listen);
	f->shelf_told = fd < 0;
	return fd;
}

/* What cannot be made or taken now is tried again with the next second's state. */
static void show(struct service *s, struct mono_ns now)
{
	struct front *f = &s->front;
	int fd = make_shelf(s);

	if (fd < 0)
		return;
	if (parcel_send(f->channel, PARCEL_SHELF, fd)) {
		f->stale = f->refuses = false;
	} else if (!f->refuses) {
		f->refuses = true;
		f->refuses_since = now;
	} else if (mono_since(now, f->refuses_since) > HUNG_NS) {
		kill(f->pid, SIGKILL);
	}
	close_one(&fd);
}

void front_tick(struct service *s, struct mono_ns now)
{
	struct front *f = &s->front;

	listen_again(f, now);
	if (f->socket >= 0 && f->pid == 0 && mono_since(now, f->start_at) >= 0)
		start(f, now);
	if (f->pid == 0 || mono_since(now, f->shelf_at) < 0)
		return;
	if (parcel_again(f->channel)) {
		f->stale = true;
		parcel_send(f->channel, PARCEL_LISTEN, f->socket);
	}
	if (!f->stale)
		return;
	f->shelf_at = mono_add(now, SHELF_EVERY_NS);
	show(s, now);
}

void front_end(struct front *f)
{
	stop(f);
	close_one(&f->socket);
}
