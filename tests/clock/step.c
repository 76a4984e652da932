/* SPDX-License-Identifier: BSD-2-Clause */
/* A wall clock that is stepped, for the programs that load this (LD_PRELOAD), and for no
 * other: the machine's clock stays as it is. As a step of the real one it shifts what a
 * program reads of the wall clock, and the kernel's stamps of frames, from one moment on;
 * the monotonic clock goes on.
 *
 * ERPROBE_CLOCK names a file of three numbers (int64_t, the host's order) that all programs
 * of a test share: the frame at which the step comes, how far it goes (ns), and, written
 * here, when it came. The programs that capture count frames, the others follow; a test of
 * programs that capture none writes it itself. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static bool stands; /* ERPROBE_CLOCK_STANDS: from that frame on the clock shows one moment */

struct shared {
	_Atomic int64_t frames_left;
	int64_t step;
	_Atomic int64_t at; /* 0: not yet */
};

static struct shared *shared;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static ssize_t (*real_recvmsg)(int, struct msghdr *, int);
static int (*real_dispatch)(pcap_t *, int, pcap_handler, u_char *);

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("ERPROBE_CLOCK");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at = fd >= 0 ? mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (fd >= 0)
		close(fd);
	stands = getenv("ERPROBE_CLOCK_STANDS") != NULL;
	*(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	*(void **)&real_recvmsg = dlsym(RTLD_NEXT, "recvmsg");
	*(void **)&real_dispatch = dlsym(RTLD_NEXT, "pcap_dispatch");
	if (at == MAP_FAILED || real_clock_gettime == NULL || real_recvmsg == NULL)
		abort(); /* a test that steps nothing must not pass */
	shared = at;
}

/* What the stepped clock shows when the real one shows this. */
static int64_t shown(int64_t ns)
{
	int64_t at = atomic_load(&shared->at);

	if (at == 0 || ns < at)
		return ns;
	return stands ? at : ns + shared->step;
}

static int64_t real_now(void)
{
	struct timespec t = {0};

	real_clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

/* One more frame is handed over. */
static void count_frame(void)
{
	if (atomic_fetch_sub(&shared->frames_left, 1) == 1)
		atomic_store(&shared->at, real_now());
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int status = real_clock_gettime(clock, t);

	if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		int64_t ns = shown(t->tv_sec * SECOND + t->tv_nsec);
		*t = (struct timespec){ns / SECOND, ns % SECOND};
	}
	return status;
}

time_t time(time_t *out)
{
	time_t t = (time_t)(shown(real_now()) / SECOND);

	if (out != NULL)
		*out = t;
	return t;
}

/* Of packet sockets alone: other datagrams are none of the test's frames. */
ssize_t recvmsg(int fd, struct msghdr *m, int flags)
{
	ssize_t n = real_recvmsg(fd, m, flags);
	int domain = 0;
	socklen_t len = sizeof(domain);
	struct timespec t;

	if (n < 0 || shared == NULL || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 || domain != AF_PACKET)
		return n;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
			int64_t ns = shown(t.tv_sec * SECOND + t.tv_nsec);
			t = (struct timespec){ns / SECOND, ns % SECOND};
			memcpy(CMSG_DATA(c), &t, sizeof(t));
		}
	count_frame();
	return n;
}

struct handed {
	pcap_t *pcap;
	pcap_handler sink;
	u_char *user;
};

static void hand_over(u_char *user, const struct pcap_pkthdr *h, const u_char *bytes)
{
	const struct handed *to = (const struct handed *)(const void *)user;
	int64_t tick = pcap_get_tstamp_precision(to->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
	int64_t ns = shown(h->ts.tv_sec * SECOND + h->ts.tv_usec * tick);
	struct pcap_pkthdr shifted = *h;

	shifted.ts.tv_sec = ns / SECOND;
	shifted.ts.tv_usec = ns % SECOND / tick;
	to->sink(to->user, &shifted, bytes);
	count_frame();
}

int pcap_dispatch(pcap_t *p, int count, pcap_handler sink, u_char *user)
{
	struct handed to = {p, sink, user};

	return real_dispatch(p, count, hand_over, (u_char *)&to);
}
