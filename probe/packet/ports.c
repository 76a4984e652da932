/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/host.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTEMPTS 64
#define DESCRIPTORS_A_PORT 2  /* TCP and UDP */
#define OTHER_DESCRIPTORS 128 /* captures, sockets and what libraries hold meanwhile */

static int bind_or_close(int fd, const void *address, socklen_t len)
{
	int saved;

	if (fd < 0 || bind(fd, address, len) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* One IPv6 socket takes the port for both families; a host without IPv6 gets an
 * IPv4 one. Returns -1 with errno. */
static int hold_port(uint16_t port, int type)
{
	struct sockaddr_in6 any6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in any4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	int off = 0;

	if (fd >= 0) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
		return bind_or_close(fd, &any6, sizeof(any6));
	}
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	return bind_or_close(fd, &any4, sizeof(any4));
}

static void drop_ports(struct ports *p, size_t held)
{
	for (size_t i = 0; i < held; i++)
		close(p->fds[i]);
}

static bool hold_range(struct ports *p, uint16_t base, uint16_t count)
{
	for (size_t i = 0; i < DESCRIPTORS_A_PORT * (size_t)count; i++) {
		p->fds[i] = hold_port((uint16_t)(base + i % count), i < count ? SOCK_STREAM : SOCK_DGRAM);
		if (p->fds[i] < 0) {
			int saved = errno;

			drop_ports(p, i);
			errno = saved;
			return false;
		}
	}
	return true;
}

/* Raises the soft limit if the ports need it; a bind that still fails is told. */
static void make_room(uint16_t count)
{
	struct rlimit r;
	rlim_t need = DESCRIPTORS_A_PORT * (rlim_t)count + OTHER_DESCRIPTORS;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= need)
		return;
	r.rlim_cur = r.rlim_max < need ? r.rlim_max : need;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

bool ports_reserve(struct ports *p, uint16_t count, char *err, size_t err_size)
{
	*p = (struct ports){0};
	if (count == 0)
		return true;
	p->fds = calloc(DESCRIPTORS_A_PORT * (size_t)count, sizeof(*p->fds));
	make_room(count);
	for (int i = 0; p->fds != NULL && i < ATTEMPTS; i++) {
		uint32_t random;
		uint16_t base;

		if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
			break;
		base = (uint16_t)(PORTS_LOW + random % (PORTS_HIGH - PORTS_LOW - count));
		if (hold_range(p, base, count)) {
			p->base = base;
			p->count = count;
			return true;
		}
		if (errno != EADDRINUSE && errno != EACCES)
			break;
	}
	snprintf(err, err_size, "cannot reserve %u consecutive TCP and UDP ports between %u and %u: %s", (unsigned)count,
	         PORTS_LOW, PORTS_HIGH, strerror(errno));
	ports_release(p);
	return false;
}

void ports_release(struct ports *p)
{
	drop_ports(p, DESCRIPTORS_A_PORT * (size_t)p->count);
	free(p->fds);
	*p = (struct ports){0};
}
