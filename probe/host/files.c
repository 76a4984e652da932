/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/files.h"

#include "analysis/value/strbuf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TREE_DEPTH_MAX 16 /* of a tree to remove; ours are three deep */

static bool say(char *err, size_t err_size, const char *name, const char *what)
{
	text_format(err, err_size, "%s: %s", name, what);
	return false;
}

static bool say_errno(char *err, size_t err_size, const char *name)
{
	return say(err, err_size, name, strerror(errno));
}

/* mkdir(2) that is content with a directory that is there. */
static bool make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return true;
	if (errno != EEXIST)
		return false;
	if (stat(path, &st) != 0)
		return false;
	errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}

bool files_make_dir(const char *path, mode_t mode, char *err, size_t err_size)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof part)
		return say(err, err_size, "the folder's name", len == 0 ? "is empty" : "is too long");
	memcpy(part, path, len + 1);
	for (size_t i = 1; i < len; i++) {
		if (part[i] != '/' || part[i - 1] == '/')
			continue;
		part[i] = '\0';
		if (!make_one(part, mode))
			return say_errno(err, err_size, part);
		part[i] = '/';
	}
	return make_one(path, mode) || say_errno(err, err_size, path);
}

bool files_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool files_write_new(int dir_fd, const char *name, const void *data, size_t len, mode_t mode, char *err,
                     size_t err_size)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	int saved;

	if (fd < 0)
		return say_errno(err, err_size, name);
	if (files_write_all(fd, data, len) && fsync(fd) == 0) {
		/* Some file systems report the last failed write at close (NFS). */
		return close(fd) == 0 || say_errno(err, err_size, name);
	}
	saved = errno;
	close(fd);
	unlinkat(dir_fd, name, 0);
	errno = saved;
	return say_errno(err, err_size, name);
}

/* Splits a path into the folder (opened) and the last component. -1 on failure. */
static int open_parent(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_MAX];
	size_t len = slash ? (size_t)(slash - path) : 0;

	*name = slash ? slash + 1 : path;
	if (!slash)
		return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (len == 0)
		len = 1; /* the root keeps its slash */
	if (len >= sizeof parent) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, path, len);
	parent[len] = '\0';
	return open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The whole temporary file becomes the file: over what is there, or only where nothing is. */
static bool put_in_place(int dir, const char *temporary, const char *name, bool over)
{
	if (over)
		return renameat(dir, temporary, dir, name) == 0;
	bool ok = linkat(dir, temporary, dir, name, 0) == 0;
	int saved = errno;
	unlinkat(dir, temporary, 0);
	errno = saved;
	return ok;
}

static bool write_whole(const char *path, const void *data, size_t len, mode_t mode, bool over, char *err, size_t err_size)
{
	char temporary[NAME_MAX + 1];
	const char *name;
	int dir = open_parent(path, &name), saved;
	bool ok;

	if (dir < 0)
		return say_errno(err, err_size, path);
	text_format(temporary, sizeof temporary, ".%.200s.%ld.partial", name, (long)getpid());
	unlinkat(dir, temporary, 0); /* left by an earlier process of this number */
	ok = files_write_new(dir, temporary, data, len, mode, err, err_size);
	if (ok && !put_in_place(dir, temporary, name, over)) {
		saved = errno;
		ok = say_errno(err, err_size, path);
		unlinkat(dir, temporary, 0);
	} else {
		ok = ok && (fsync(dir) == 0 || say_errno(err, err_size, path));
		saved = errno;
	}
	close(dir);
	errno = saved;
	return ok;
}

bool files_write_atomic(const char *path, const void *data, size_t len, mode_t mode, char *err, size_t err_size)
{
	return write_whole(path, data, len, mode, true, err, err_size);
}

bool files_create_atomic(const char *path, const void *data, size_t len, mode_t mode, char *err, size_t err_size)
{
	return write_whole(path, data, len, mode, false, err, err_size);
}

/* Reads exactly size bytes and then the end of the file. */
static bool read_exactly(int fd, char *data, size_t size)
{
	size_t have = 0;

	for (;;) {
		ssize_t n = read(fd, data + have, size + 1 - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		have += (size_t)n;
		if (have > size)
			break;
	}
	errno = EBUSY; /* it changed under our hands */
	return have == size;
}

bool files_read_open(int fd, const char *name, size_t max, char **data, size_t *len, char *err, size_t err_size)
{
	struct stat st;

	*data = NULL;
	*len = 0;
	if (fstat(fd, &st) != 0)
		return say_errno(err, err_size, name);
	if (!S_ISREG(st.st_mode))
		return say(err, err_size, name, "it is not a regular file");
	if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		return say(err, err_size, name, "it is larger than such a file can be");
	*len = (size_t)st.st_size;
	*data = malloc(*len + 1);
	if (!*data)
		return say(err, err_size, name, "out of memory");
	if (read_exactly(fd, *data, *len)) {
		(*data)[*len] = '\0';
		return true;
	}
	say_errno(err, err_size, name);
	free(*data);
	*data = NULL;
	return false;
}

bool files_read(int dir_fd, const char *name, size_t max, char **data, size_t *len, char *err, size_t err_size)
{
	/* Not blocking: a FIFO in place of the file must not hold us. */
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool ok;

	*data = NULL;
	*len = 0;
	if (fd < 0 && errno == ELOOP)
		return say(err, err_size, name, "it is a symbolic link");
	if (fd < 0)
		return say_errno(err, err_size, name);
	ok = files_read_open(fd, name, max, data, len, err, err_size);
	close(fd);
	return ok;
}

static void remove_below(int dir_fd, const char *name, int depth)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, entry->d_name, 0) != 0 && depth < TREE_DEPTH_MAX)
			remove_below(fd, entry->d_name, depth + 1);
	}
	closedir(dir);
	unlinkat(dir_fd, name, AT_REMOVEDIR);
}

void files_remove_tree(int dir_fd, const char *name)
{
	remove_below(dir_fd, name, 0);
}

bool files_sync_dir(int dir_fd, const char *name, char *err, size_t err_size)
{
	return fsync(dir_fd) == 0 || say_errno(err, err_size, name);
}
