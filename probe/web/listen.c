/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/web/listen.h"

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
#define HOST_MAX 64
#define PORT_MAX 8

/* The address, localhost as 127.0.0.1, and the port. */
static bool split(const char *where, char host[HOST_MAX], char port[PORT_MAX])
{
	const char *colon = strrchr(where, ':');
	size_t len = colon ? (size_t)(colon - where) : 0;

	if (len > 1 && where[0] == '[' && where[len - 1] == ']') {
		where++;
		len -= 2;
	}
	if (len == 0 || len >= HOST_MAX || strlen(colon + 1) >= PORT_MAX)
		return false;
	text_format(host, HOST_MAX, "%.*s", (int)len, where);
	text_format(port, PORT_MAX, "%s", colon + 1);
	if (strcasecmp(host, "localhost") == 0)
		text_format(host, HOST_MAX, "127.0.0.1");
	return true;
}

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
	char host[HOST_MAX], port[PORT_MAX];
	struct addrinfo *found = NULL;
	int fd = -1;

	if (!split(where, host, port) || getaddrinfo(host, port, &hints, &found) != 0) {
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
	char host[HOST_MAX], port[PORT_MAX];
	struct ip_addr ip;

	return split(where, host, port) && ip_addr_parse(host, &ip) && !ip_addr_is_loopback(&ip);
}
