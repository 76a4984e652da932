/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* renameat2 */
#include "probe/evidence/unfinished.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/uuid.h"
#include "probe/host/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FOLDER_MODE 0700
#define START ".erprobe-"
#define DIGITS 6
#define ATTEMPTS 64
#define OLD_END ".partial" /* ".RUN_ID.partial", of builds that held no lock */
#define OLD_AGE_S 86400    /* in which none of them changed anything: no run of theirs takes so long */

static bool say_errno(char *err, size_t err_size, const char *name)
{
	text_format(err, err_size, "%s: %s", name, strerror(errno));
	return false;
}

/* -- what others left -- */

/* ".RUN_ID.partial" */
static bool is_old_bundle(const char *name)
{
	size_t len = strlen(name), end = sizeof OLD_END - 1;

	return len > end && name[0] == '.' && strcmp(name + len - end, OLD_END) == 0 && uuid_is(name + 1, len - end - 1);
}

static bool is_hidden_folder(const char *name)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	return strncmp(name, START, sizeof START - 1) == 0 && strlen(name) == sizeof START - 1 + DIGITS &&
	       strspn(name + sizeof START - 1, letters) == DIGITS;
}

/* Somebody may have named a folder of his own so: nothing lies in ours but what we make. */
static bool holds_ours_alone(int fd)
{
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again >= 0 ? fdopendir(again) : NULL;
	struct dirent *entry;
	bool ours = dir != NULL;

	if (!dir && again >= 0)
		close(again);
	while (ours && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		ours = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, UNFINISHED_FILE) == 0 ||
		       uuid_is(name, strlen(name)) || is_old_bundle(name);
	}
	if (dir)
		closedir(dir);
	return ours;
}

/* Left for so long that its maker, who has no lock, must be gone. By the folder's own times, which a clock
 * in the future keeps young: then it stays. */
static bool is_long_left(int fd, const struct stat *st)
{
	struct stat data;
	time_t last = st->st_mtime, now = time(NULL);

	if (fstatat(fd, "data", &data, AT_SYMLINK_NOFOLLOW) == 0 && data.st_mtime > last)
		last = data.st_mtime;
	return last < now && now - last > OLD_AGE_S;
}

/* Ours, of this account, and of nobody who lives? The lock is held until the folder is gone, so that its
 * maker, had it just been made, waits and then finds it gone. */
static void sweep_one(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	    (is_old_bundle(name) ? is_long_left(fd, &st) : holds_ours_alone(fd)))
		files_remove_tree(at, name);
	close(fd);
}

static void sweep(int at)
{
	int again = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = again >= 0 ? fdopendir(again) : NULL;
	struct dirent *entry;

	if (!dir) {
		if (again >= 0)
			close(again);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (is_hidden_folder(entry->d_name) || is_old_bundle(entry->d_name))
			sweep_one(at, entry->d_name);
	}
	closedir(dir);
}

/* -- one's own -- */

static bool choose_name(char name[32])
{
	uint32_t number;

	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return false;
	snprintf(name, 32, START "%06x", (unsigned)(number & 0xffffff));
	return true;
}

/* Opens and locks the folder that was just made; false when somebody took it for left. A file system that
 * has no locks has none to take it by either. */
static bool hold(struct unfinished *u)
{
	struct stat mine, there;

	u->fd = openat(u->at, u->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (u->fd < 0)
		return false;
	while (flock(u->fd, LOCK_EX) != 0 && errno == EINTR)
		;
	if (fstat(u->fd, &mine) == 0 && fstatat(u->at, u->name, &there, AT_SYMLINK_NOFOLLOW) == 0 && mine.st_ino == there.st_ino &&
	    mine.st_dev == there.st_dev)
		return true;
	close(u->fd);
	u->fd = -1;
	errno = ENOENT;
	return false;
}

bool unfinished_begin(int at, struct unfinished *u, char *err, size_t err_size)
{
	*u = (struct unfinished){.at = at, .fd = -1};
	sweep(at);
	for (int i = 0; i < ATTEMPTS && choose_name(u->name); i++) {
		if (mkdirat(at, u->name, FOLDER_MODE) != 0) {
			if (errno == EEXIST)
				continue;
			break;
		}
		if (hold(u))
			return true;
		if (errno != ENOENT)
			break;
	}
	return say_errno(err, err_size, "nothing can be made in this folder");
}

/* Not all file systems know how not to replace. */
static bool rename_new(const struct unfinished *u, const char *name, const char *final)
{
	struct stat st;

	if (renameat2(u->fd, name, u->at, final, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	if (fstatat(u->at, final, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(u->fd, name, u->at, final) == 0;
}

bool unfinished_give(const struct unfinished *u, const char *name, const char *final, char *err, size_t err_size)
{
	if (!rename_new(u, name, final)) {
		text_format(err, err_size, "%s: %s", final, errno == EEXIST ? "it is there already" : strerror(errno));
		return false;
	}
	return files_sync_dir(u->at, "the folder", err, err_size);
}

void unfinished_end(struct unfinished *u)
{
	if (u->fd < 0)
		return;
	files_remove_tree(u->at, u->name);
	close(u->fd);
	u->fd = -1;
}
