/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/syn_turns.h"

#include "probe/host/files.h"
#include "probe/host/state_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SHARED_NAME "syn-turns"
#define NAME "/bgp-syn-turns"
#define PATH_ROOM (STATE_FOLDER_MAX + sizeof(NAME))
#define LOCK_TRIES 20
#define LOCK_NAP_NS 1000000L

/* A place of the file. at_ns on the monotonic clock, which all processes share. */
struct turn {
	uint64_t net;          /* inode of the network namespace */
	struct ip_addr addr;   /* family 0 = free */
	int64_t at_ns;         /* of the latest turn taken; may lie ahead */
};

struct syn_turns {
	int fd;
	uint64_t net;
};

/* A plain file of one name, that was there or is made with this mode; -1 with errno. */
static int open_plain(int dir, const char *name, mode_t mode)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = openat(dir, name, flags);
	struct stat s;

	if (fd < 0 && errno == ENOENT) {
		fd = openat(dir, name, flags | O_CREAT | O_EXCL, mode);
		if (fd >= 0)
			(void)fchmod(fd, mode); /* whatever the umask is */
		else if (errno == EEXIST) /* another run was quicker */
			fd = openat(dir, name, flags);
	}
	if (fd < 0 || (fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_nlink == 1))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

/* A folder where none but root or we may put or rename anything. */
static bool is_kept(int dir)
{
	struct stat s;

	return fstat(dir, &s) == 0 && (s.st_uid == 0 || s.st_uid == geteuid()) && (s.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* -1 where there is none, and none can be made. */
static int open_shared(const char *folder)
{
	int dir, fd = -1;

	/* Some other's folder is not made ours: mkdir() leaves it as it is. */
	if (mkdir(folder, 0755) == 0)
		(void)chmod(folder, 0755);
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir >= 0 && is_kept(dir))
		fd = open_plain(dir, SHARED_NAME, 0666);
	if (dir >= 0)
		close(dir);
	return fd;
}

/* The account's own; -1 with one line in err. */
static int open_own(const char *given, char *err, size_t err_size)
{
	char folder[STATE_FOLDER_MAX], path[PATH_ROOM];
	int fd;

	if (!state_folder(given, folder)) {
		snprintf(err, err_size, "no folder for what runs keep in common");
		return -1;
	}
	if (!files_make_dir(folder, 0700, err, err_size))
		return -1;
	snprintf(path, sizeof path, "%s" NAME, folder);
	fd = open_plain(AT_FDCWD, path, 0600);
	if (fd < 0)
		snprintf(err, err_size, "%.300s: %s", path, errno == EINVAL || errno == ELOOP ? "no plain file" : strerror(errno));
	return fd;
}

struct syn_turns *syn_turns_open(const char *shared, const char *given, char *err, size_t err_size)
{
	struct syn_turns *t = calloc(1, sizeof *t);
	struct stat s;

	if (!t) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	t->fd = shared ? open_shared(shared) : -1;
	if (t->fd < 0)
		t->fd = open_own(given, err, err_size);
	if (t->fd < 0) {
		free(t);
		return NULL;
	}
	t->net = stat("/proc/self/ns/net", &s) == 0 ? (uint64_t)s.st_ino : 0;
	return t;
}

void syn_turns_close(struct syn_turns *t)
{
	if (!t)
		return;
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* Others hold it for microseconds; a stopped process must not stop us. */
static bool lock(const struct syn_turns *t)
{
	const struct timespec nap = {0, LOCK_NAP_NS};

	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(t->fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		(void)nanosleep(&nap, NULL);
	}
	return false;
}

/* The turn that is still to be kept; 0 = none. One that is further ahead than any run may
 * take is from before a restart, or none. */
static int64_t kept_until(const struct turn *p, struct mono_ns now)
{
	int64_t until;

	if (__builtin_add_overflow(p->at_ns, SYN_TURN_NS, &until) || until <= now.ns || until > now.ns + 3 * SYN_TURN_NS)
		return 0;
	return until;
}

/* The place of this address: its own, else a free or long past one, else that of the oldest turn. */
static size_t place_of(const struct syn_turns *t, const struct turn *list, const struct ip_addr *a, struct mono_ns now)
{
	size_t best = 0;

	for (size_t i = 0; i < SYN_TURNS; i++)
		if (list[i].net == t->net && ip_addr_len(list[i].addr.family) > 0 && ip_addr_equal(&list[i].addr, a))
			return i;
	for (size_t i = 1; i < SYN_TURNS; i++)
		if (kept_until(&list[i], now) < kept_until(&list[best], now))
			best = i;
	return best;
}

static int64_t take_locked(const struct syn_turns *t, const struct ip_addr *a, struct mono_ns now)
{
	struct turn list[SYN_TURNS];
	struct stat s;

	/* Anybody may write to it, and fill the disk: what nobody reads is given back. */
	int cut = fstat(t->fd, &s) == 0 && s.st_size > (off_t)sizeof list ? ftruncate(t->fd, (off_t)sizeof list) : 0;
	(void)cut;
	ssize_t n = pread(t->fd, list, sizeof list, 0);
	size_t whole = n > 0 ? (size_t)n / sizeof list[0] : 0;

	memset(list + whole, 0, (SYN_TURNS - whole) * sizeof list[0]);
	size_t place = place_of(t, list, a, now);
	bool own = list[place].net == t->net && ip_addr_len(list[place].addr.family) > 0 && ip_addr_equal(&list[place].addr, a);
	int64_t until = own ? kept_until(&list[place], now) : 0;
	int64_t wait = until > now.ns ? until - now.ns : 0;

	if (wait > SYN_TURN_NS)
		return -1;
	memset(&list[place], 0, sizeof list[place]);
	list[place].net = t->net;
	list[place].addr = *a;
	list[place].at_ns = now.ns + wait;
	/* A full disk loses the others' sight of it, and nothing else. */
	ssize_t written = pwrite(t->fd, &list[place], sizeof list[place], (off_t)(place * sizeof list[0]));
	(void)written;
	return wait;
}

int64_t syn_turns_take(struct syn_turns *t, const struct ip_addr *a, struct mono_ns now)
{
	if (!t || !lock(t))
		return 0;
	int64_t wait = take_locked(t, a, now);
	(void)flock(t->fd, LOCK_UN);
	return wait;
}
