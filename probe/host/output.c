/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool output_write(const char *text, size_t len)
{
	while (len > 0) {
		struct pollfd wait = {.fd = STDOUT_FILENO, .events = POLLOUT};
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* Some other process made our terminal or pipe non-blocking. */
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

bool output_is_broken(void)
{
	struct pollfd p = {.fd = STDOUT_FILENO};

	return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP)) != 0;
}

bool output_fill_gaps(const char *program)
{
	static const char *const names[] = {"input", "output", "error"};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* The lowest that is free: all below are taken. */
		if (fcntl(fd, F_GETFD) >= 0 || open("/dev/null", O_RDONLY) == fd)
			continue;
		dprintf(STDERR_FILENO, "%s: standard %s is closed, and /dev/null cannot be opened in its place: %s\n", program, names[fd], strerror(errno));
		return false;
	}
	return true;
}
