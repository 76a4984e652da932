/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np, memfd_create */
#include "probe/channel/helper_spawn.h"

#include "probe/channel/program.h"
#include "probe/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PROGRAM "erprobe-packet"
#define FIXED_ARGS 12      /* the program, five options with a value, the NULL */
#define ARGV_ALLOW_MAX 256  /* more destinations go in a file of their own */
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

/* Next hops stand behind their interface, and keep their order: the caller's lie interface by interface. */
static void add_vias(struct arguments *a, const struct helper_options *o, size_t iface)
{
	for (size_t i = 0; i < o->via_count; i++) {
		if (o->vias[i].iface != iface)
			continue;
		char *text = cell(a);
		add(a, "--via");
		add(a, ip_addr_text(&o->vias[i].addr, text));
	}
}

static void free_arguments(struct arguments *a)
{
	free(a->list);
	free(a->text);
}

static bool make_arguments(const struct helper_options *o, const char *path, struct arguments *a)
{
	*a = (struct arguments){0};
	size_t named = o->allow_count > ARGV_ALLOW_MAX ? 0 : o->allow_count;

	a->list = calloc(FIXED_ARGS + 2 * (o->iface_count + o->via_count + named + o->watch_count), sizeof(*a->list));
	a->text = calloc(named + o->watch_count + o->via_count + 4, PREFIX_TEXT_MAX);
	if (a->list == NULL || a->text == NULL) {
		free_arguments(a);
		return false;
	}
	add(a, path);
	add_number(a, "--channel-version", CHANNEL_VERSION);
	add_rate(a, o->rate);
	add_number(a, "--ports", o->ports);
	for (size_t i = 0; i < o->iface_count; i++) {
		add(a, o->mirror[i] ? "--mirror" : "--iface");
		add(a, o->ifaces[i]);
		add_vias(a, o, i);
	}
	if (o->bulk || o->light || o->sends_only) {
		add(a, "--capture");
		add(a, o->sends_only ? "none" : o->bulk ? "bulk" : "light");
	}
	for (size_t i = 0; i < o->watch_count; i++) {
		add(a, "--watch");
		add(a, ip_prefix_text(&o->watch[i], cell(a)));
	}
	if (named < o->allow_count)
		add_number(a, "--allow-fd", CHANNEL_ALLOW_FD);
	for (size_t i = 0; i < named; i++) {
		add(a, "--allow");
		add(a, ip_prefix_text(&o->allow[i], cell(a)));
	}
	return true;
}

/* A file in memory that nobody can change any more, for a list that is too long for
 * arguments. -1 with errno when it could not be made. */
static int allow_file(const struct helper_options *o)
{
	int fd = memfd_create("erprobe-allow", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -1;
	if (files_write_all(fd, o->allow, o->allow_count * sizeof(*o->allow)) && lseek(fd, 0, SEEK_SET) == 0 &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0)
		return fd;
	close(fd);
	return -1;
}

/* 0 nothing to read, 1 nowhere to print, 2 the errors' pipe, 3 the channel, 4 the list of
 * targets (or -1), no more. The list lies above all
 * of them: nothing is overwritten before its turn. */
static int plan_descriptors(posix_spawn_file_actions_t *f, int channel, int errors, int allow)
{
	int bad = posix_spawn_file_actions_addopen(f, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

	if (bad == 0)
		bad = posix_spawn_file_actions_addopen(f, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(f, errors, STDERR_FILENO);
	if (bad == 0)
		bad = posix_spawn_file_actions_adddup2(f, channel, CHANNEL_FD);
	if (bad == 0 && allow >= 0)
		bad = posix_spawn_file_actions_adddup2(f, allow, CHANNEL_ALLOW_FD);
	if (bad == 0)
		bad = posix_spawn_file_actions_addclosefrom_np(f, allow >= 0 ? CHANNEL_ALLOW_FD + 1 : CHANNEL_FD + 1);
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

static int spawn(const char *path, char *const *arguments, int channel, int errors, int allow, pid_t *pid)
{
	static char *const no_environment[] = {NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int bad = posix_spawn_file_actions_init(&files);

	if (bad != 0)
		return bad;
	bad = posix_spawnattr_init(&attr);
	if (bad == 0) {
		bad = plan_descriptors(&files, channel, errors, allow);
		if (bad == 0)
			bad = plan_signals(&attr);
		if (bad == 0)
			bad = posix_spawn(pid, path, &files, &attr, arguments, no_environment);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	return bad;
}

/* Above all descriptors that the helper is to find. */
static int allow_descriptor(const struct helper_options *o)
{
	int low = allow_file(o), high = low < 0 ? -1 : fcntl(low, F_DUPFD_CLOEXEC, CHANNEL_ALLOW_FD + 1);

	if (low >= 0)
		close(low);
	return high;
}

static bool run(const struct helper_options *o, const char *path, const struct arguments *a, int channel, int errors,
                pid_t *pid, char *err, size_t err_size)
{
	int allow = -1, bad;

	if (o->allow_count > ARGV_ALLOW_MAX && (allow = allow_descriptor(o)) < 0) {
		snprintf(err, err_size, "cannot hand %zu destinations to erprobe-packet: %s", o->allow_count, strerror(errno));
		return false;
	}
	bad = spawn(path, a->list, channel, errors, allow, pid);
	if (allow >= 0)
		close(allow);
	if (bad != 0)
		snprintf(err, err_size, "cannot run %.300s: %s%s", path, strerror(bad),
		         access("/dev/null", F_OK) != 0 ? " (this host has no /dev/null, which its standard input is to be)" : "");
	return bad == 0;
}

bool helper_spawn(const struct helper_options *o, int channel, int errors, pid_t *pid, char *err,
                  size_t err_size)
{
	char path[PROGRAM_PATH_ROOM];
	struct arguments a;
	bool ok;

	if (!find_program(o->path, path, err, err_size))
		return false;
	if (!make_arguments(o, path, &a)) {
		snprintf(err, err_size, "out of memory for %zu allowed prefixes", o->allow_count);
		return false;
	}
	ok = run(o, path, &a, channel, errors, pid, err, err_size);
	free_arguments(&a);
	return ok;
}
