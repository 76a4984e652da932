/* SPDX-License-Identifier: BSD-2-Clause */
/* LD_PRELOAD for the tests of the audit: weather for one process and its children. The file
 * $WEATHER begins with two numbers that the test changes while the program runs:
 *
 *   int64_t  nanoseconds that the wall clock is ahead
 *   int32_t  errno of every write to a file below $WEATHER_DIR (30 EROFS, 28 ENOSPC, 5 EIO), 0 = fair
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct weather { int64_t ahead_ns; int32_t write_errno; };

static volatile const struct weather *now_is(void)
{
	static volatile const struct weather fair, *mapped;
	const char *path = getenv("WEATHER");

	if (!mapped) {
		int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		void *at = fd >= 0 ? mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

		if (fd >= 0)
			close(fd);
		mapped = at != MAP_FAILED ? at : &fair;
	}
	return mapped;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	static int (*next)(clockid_t, struct timespec *);
	int code;

	if (!next)
		next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	code = next(id, t);
	if (code == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) {
		int64_t ns = (int64_t)t->tv_sec * 1000000000 + t->tv_nsec + now_is()->ahead_ns;

		t->tv_sec = ns / 1000000000;
		t->tv_nsec = ns % 1000000000;
	}
	return code;
}

time_t time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}

int gettimeofday(struct timeval *out, void *zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	out->tv_sec = t.tv_sec;
	out->tv_usec = t.tv_nsec / 1000;
	return 0;
}

/* Is it bad weather for a write to this file? */
static int is_bad(int fd)
{
	const char *dir = getenv("WEATHER_DIR");
	char link[64], path[4096];
	int code = now_is()->write_errno;
	ssize_t n;

	if (code == 0 || !dir)
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof path - 1);
	path[n > 0 ? n : 0] = '\0';
	if (strncmp(path, dir, strlen(dir)) != 0)
		return 0;
	errno = code;
	return 1;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	static ssize_t (*next)(int, const void *, size_t, off64_t);

	if (!next)
		next = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
	return is_bad(fd) ? -1 : next(fd, data, len, at);
}

int ftruncate64(int fd, off64_t len)
{
	static int (*next)(int, off64_t);

	if (!next)
		next = (int (*)(int, off64_t))dlsym(RTLD_NEXT, "ftruncate64");
	return is_bad(fd) ? -1 : next(fd, len);
}

int fdatasync(int fd)
{
	static int (*next)(int);

	if (!next)
		next = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	return is_bad(fd) ? -1 : next(fd);
}
