/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/output.h"

#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 250

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

static bool has_reader(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* Waits until a pipe takes PIPE_BUF bytes, of which a write() then does not block (pipe(7), poll(2)). */
static bool wait_for_reader(struct mono_ns until)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
	struct mono_ns began = now_mono();
	bool signalled = false;

	for (;;) {
		int n = poll(&p, 1, LOOK_AGAIN_MS);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		signalled = signalled || n < 0;
		struct mono_ns now = now_mono();
		if ((signalled || now.ns > until.ns) && mono_since(now, began) >= OUTPUT_STUCK_NS) {
			errno = ETIMEDOUT;
			return false;
		}
	}
}

bool output_write_until(const char *text, size_t len, struct mono_ns until)
{
	if (!has_reader())
		return output_write(text, len);
	while (len > 0) {
		size_t some = len < PIPE_BUF ? len : PIPE_BUF;
		if (!wait_for_reader(until) || !output_write(text, some))
			return false;
		text += some;
		len -= some;
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
