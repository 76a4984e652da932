/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/web/listen.h"

#include "analysis/value/host_port.h"
#include "analysis/value/strbuf.h"
#include "erprobe/addr.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 1024 /* a storm of connections waits here, not for its next try a second later */

static int open_at(const struct addrinfo *a)
{
	int on = 1, fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), saved;

	if (fd < 0)
		return -1;
	/* A restart need not wait for the last connections of its forerunner. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int listen_on(const char *where, char *err, size_t err_size)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	struct host_port at;
	char port[8];
	int fd = -1;
	bool split = host_port_split(where, strlen(where), &at) && at.port != 0;
	const char *host = split && strcasecmp(at.host, "localhost") == 0 ? "127.0.0.1" : at.host;

	text_format(port, sizeof port, "%u", at.port);
	if (!split || getaddrinfo(host, port, &hints, &found) != 0) {
		text_format(err, err_size, "cannot listen on %s: it is no address with a port", where);
		return -1;
	}
	fd = open_at(found);
	if (fd < 0)
		text_format(err, err_size, "cannot listen on %s: %s", where, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

bool listen_is_open(const char *where)
{
	struct host_port at;
	struct ip_addr ip;

	return host_port_split(where, strlen(where), &at) && ip_addr_parse(at.host, &ip) && !ip_addr_is_loopback(&ip);
}
