/* SPDX-License-Identifier: BSD-2-Clause */
/* A secret out of a file that the configuration names. */
#include "probe/secret/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whom the file may be open to. */
enum openness { ANYBODY, OWN_ALONE };

/* O_NONBLOCK: opening a FIFO that nobody writes must not stop us. What is looked at is what
 * will be read: the path may be another file a moment later. */
static int open_regular(const char *what, const char *path, const char *fix, enum openness to, struct stat *st, char *err,
                        size_t err_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		const char *todo = errno == EACCES || errno == EPERM ? ": let the user that runs erprobe read it"
		                                                     : fix;
		snprintf(err, err_size, "cannot open %s %s: %s%s", what, path, strerror(errno), todo);
		return -1;
	}
	if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))
		snprintf(err, err_size, "%s %s is not a regular file", what, path);
	else if (to == OWN_ALONE && (st->st_mode & (S_IRWXO | S_IWGRP)) != 0)
		snprintf(err, err_size, "%s %s is open to others: chmod g-w,o= %s", what, path, path);
	else
		return fd;
	close(fd);
	return -1;
}

static bool read_opened(const char *what, const char *path, int fd, char *buf, size_t size, size_t *len, char *err, size_t err_size)
{
	ssize_t n = 1;
	char beyond;
	*len = 0;
	if (fd < 0)
		return false;
	while (*len < size - 1 && n > 0) {
		n = read(fd, buf + *len, size - 1 - *len);
		if (n > 0)
			*len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	bool whole = n == 0 || (n > 0 && read(fd, &beyond, 1) == 0);
	int error = errno;
	close(fd);
	buf[*len] = '\0';
	if (whole)
		return true;
	explicit_bzero(buf, size);
	if (n < 0)
		snprintf(err, err_size, "cannot read %s %s: %s", what, path, strerror(error));
	else
		snprintf(err, err_size, "%s %s is larger than %zu bytes: that is no such file", what, path, size - 1);
	return false;
}

static bool read_file(const char *what, const char *path, enum openness to, char *buf, size_t size, size_t *len, char *err,
                      size_t err_size)
{
	struct stat st;
	int fd = open_regular(what, path, ": correct its path in the configuration", to, &st, err, err_size);
	return read_opened(what, path, fd, buf, size, len, err, err_size);
}

bool secret_file_read(const char *what, const char *path, char *buf, size_t size, size_t *len,
                      char *err, size_t err_size)
{
	return read_file(what, path, ANYBODY, buf, size, len, err, err_size);
}

bool secret_file_read_seen(const char *what, const char *path, const char *fix, char *buf, size_t size, size_t *len,
                           struct stat *seen, char *err, size_t err_size)
{
	int fd = open_regular(what, path, fix, ANYBODY, seen, err, err_size);
	return read_opened(what, path, fd, buf, size, len, err, err_size);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *not_of_a_line(char c)
{
	if (c == '\n' || c == '\r')
		return "holds more than one line";
	if (c == '\0')
		return "holds a NUL: that is no text (UTF-16, or a binary key?)";
	return (unsigned char)c < ' ' || c == 0x7f ? "holds a control character: that is no line of text" : NULL;
}

static bool read_line(const char *what, const char *path, enum openness to, char *buf, size_t size, char *err, size_t err_size)
{
	size_t len, from = 0;
	if (!read_file(what, path, to, buf, size, &len, err, err_size))
		return false;
	while (len > 0 && is_blank(buf[len - 1]))
		len--;
	while (from < len && is_blank(buf[from]))
		from++;
	memmove(buf, buf + from, len - from);
	len -= from;
	explicit_bzero(buf + len, size - len);
	const char *why = len == 0 ? "is empty" : NULL;
	for (size_t i = 0; i < len && !why; i++)
		why = not_of_a_line(buf[i]);
	if (!why)
		return true;
	explicit_bzero(buf, size);
	snprintf(err, err_size, "%s %s %s", what, path, why);
	return false;
}

bool secret_file_line(const char *what, const char *path, char *buf, size_t size, char *err, size_t err_size)
{
	return read_line(what, path, ANYBODY, buf, size, err, err_size);
}

bool secret_file_private_line(const char *what, const char *path, char *buf, size_t size, char *err, size_t err_size)
{
	return read_line(what, path, OWN_ALONE, buf, size, err, err_size);
}
