/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */
#include "probe/run/helper_spawn.h"

#include "probe/run/program.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "erprobe-packet"
#define FIXED_ARGS 8       /* the program, three options with a value, the NULL */
#define RATE_MOST 1000000  /* beyond it the helper is told "max" */

/* Argument list: text holds what had to be written out, in cells of PREFIX_TEXT_MAX. */
struct arguments {
	char **list;
	char *text;
	size_t count, cells;
};

static bool find_program(const char *asked, char path[PROGRAM_PATH_ROOM], char *err, size_t err_size)
{
	char why[PROGRAM_ERROR_ROOM];

	if (asked != NULL) {
		snprintf(path, PROGRAM_PATH_ROOM, "%s", asked);
		return true;
	}
	if (program_find(PROGRAM, path, why, sizeof(why)))
		return true;
	snprintf(err, err_size, "%s: name it with --packet-helper PATH", why);
	return false;
}

static void add(struct arguments *a, const char *word)
{
	a->list[a->count++] = (char *)(uintptr_t)word;
}

/* The next free cell of text; it stays where it is until the program runs. */
static char *cell(struct arguments *a)
{
	return a->text + PREFIX_TEXT_MAX * a->cells++;
}

static void add_number(struct arguments *a, const char *option, unsigned value)
{
	char *text = cell(a);

	snprintf(text, PREFIX_TEXT_MAX, "%u", value);
	add(a, option);
	add(a, text);
}

/* The helper's limit is a backstop: it may be wider than erprobe's own pace, not narrower. */
static void add_rate(struct arguments *a, double rate)
{
	if (rate > 0 && rate <= RATE_MOST) {
		add_number(a, "--rate", (unsigned)ceil(rate));
		return;
	}
	add(a, "--rate");
	add(a, "max");
}

static void free_arguments(struct arguments *a)
{
	free(a->list);
	free(a->text);
}

static bool make_arguments(const struct helper_options *o, const char *path, struct arguments *a)
{
	*a = (struct arguments){0};
	a->list = calloc(FIXED_ARGS + 2 * (o->iface_count + o->allow_count), sizeof(*a->list));
	a->text = calloc(o->allow_count + 3, PREFIX_TEXT_MAX);
	if (a->list == NULL || a->text == NULL) {
		free_arguments(a);
		return false;
	}
	add(a, path);
	add_number(a, "--channel-version", CHANNEL_VERSION);
	add_rate(a, o->rate);
	add_number(a, "--ports", o->ports);
	for (size_t i = 0; i < o->iface_count; i++) {
		add(a, "--iface");
		add(a, o->ifaces[i]);
	}
	for (size_t i = 0; i < o->allow_count; i++) {
		add(a, "--allow");
		add(a, ip_prefix_text(&o->allow[i], cell(a)));
	}
	return true;
}

/* 0 nothing to read, 1 nowhere to print, 2 the errors' pipe, 3 the channel, no more. */
static int plan_descriptors(posix_spawn_file_actions_t *f, int channel, int errors)
{
	int bad = posix_spawn_file_actions_addopen(f, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(f, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(f, errors, STDERR_FILENO);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(f, channel, CHANNEL_FD);
	if (bad == 0)
		bad = posix_spawn_file_actions_addclosefrom_np(f, CHANNEL_FD + 1);
	return bad;
}

/* Ctrl-C goes to the whole process group; the helper is to outlive it until STOP. It
 * starts with these blocked, because it ignores them only from its first lines on. */
static int plan_signals(posix_spawnattr_t *attr)
{
	sigset_t blocked, plain;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGHUP);
	sigaddset(&blocked, SIGQUIT);
	plain = blocked;
	sigaddset(&plain, SIGPIPE);
	sigaddset(&plain, SIGCHLD);
	return posix_spawnattr_setsigmask(attr, &blocked) != 0 || posix_spawnattr_setsigdefault(attr, &plain) != 0 ||
	       posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) != 0 ? ENOMEM : 0;
}

static int spawn(const char *path, char *const *arguments, int channel, int errors, pid_t *pid)
{
	static char *const no_environment[] = {NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int bad = posix_spawn_file_actions_init(&files);

	if (bad != 0)
		return bad;
	bad = posix_spawnattr_init(&attr);
	if (bad == 0) {
		bad = plan_descriptors(&files, channel, errors);
		if (bad == 0)
			bad = plan_signals(&attr);
		if (bad == 0)
			bad = posix_spawn(pid, path, &files, &attr, arguments, no_environment);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return bad;
}

bool helper_spawn(const struct helper_options *o, int channel, int errors, pid_t *pid, char *err,
                  size_t err_size)
{
	char path[PROGRAM_PATH_ROOM];
	struct arguments a;
	int bad;

	if (!find_program(o->path, path, err, err_size))
		return false;
	if (!make_arguments(o, path, &a)) {
		snprintf(err, err_size, "out of memory for %zu allowed prefixes", o->allow_count);
		return false;
	}
	bad = spawn(path, a.list, channel, errors, pid);
	free_arguments(&a);
	if (bad == 0)
		return true;
	if (bad == E2BIG)
		snprintf(err, err_size, "too many destinations for one run (%zu): split them", o->allow_count);
	else
		snprintf(err, err_size, "cannot run %.300s: %s", path, strerror(bad));
	return false;
}
