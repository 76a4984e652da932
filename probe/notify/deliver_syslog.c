/* SPDX-License-Identifier: BSD-2-Clause */
/* To the host's own log in the form that its daemon reads, or to another host as RFC 5424:
 * a datagram each (RFC 5426), or over TCP with the length before it (RFC 6587 section 3.4.1). */
#include "probe/notify/deliver.h"

#include "analysis/value/host_port.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define LOCAL_SOCKET "/dev/log"
#define LINE_MAX_BYTES 8192 /* RFC 5424 section 6.1: 2048 should be read; ours stays below */

static bool send_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static void to_local(const char *path, const struct notice *n, struct deliver_result *r)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct strbuf line;

	strbuf_init(&line, LINE_MAX_BYTES);
	strbuf_addf(&line, "<%d>erprobe[%d]: ", notice_priority(n), (int)getpid());
	notice_line(n, &line);
	if (strlen(path) >= sizeof a.sun_path) {
		deliver_fail(r, DELIVER_LATER, "the path of the socket is too long");
	} else {
		memcpy(a.sun_path, path, strlen(path) + 1);
		if (fd < 0 || !strbuf_ok(&line) || connect(fd, (const struct sockaddr *)&a, sizeof a) != 0 ||
		    !send_all(fd, line.text, line.len))
			deliver_fail(r, DELIVER_LATER, "the log %s takes nothing: %s", path, strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	strbuf_free(&line);
}

static int connect_to(const struct notify_channel *c, char *why, size_t why_size)
{
	struct addrinfo hints = {.ai_socktype = c->transport == NOTIFY_TCP ? SOCK_STREAM : SOCK_DGRAM}, *found = NULL;
	const struct timeval limit = {.tv_sec = (time_t)DELIVER_TIMEOUT_S / 3};
	struct host_port to;
	char port[8];
	int fd = -1, code = EAI_NONAME;

	if (host_port_split(c->address, strlen(c->address), &to)) {
		snprintf(port, sizeof port, "%u", to.port);
		code = getaddrinfo(to.host, port, &hints, &found);
	}
	if (code != 0)
		snprintf(why, why_size, "%s", gai_strerror(code));
	for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			break;
		snprintf(why, why_size, "%s", strerror(errno));
		close(fd);
		fd = -1;
	}
	if (found)
		freeaddrinfo(found);
	return fd;
}

static void to_host(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	char why[128] = "no socket", length[24];
	int fd = connect_to(c, why, sizeof why);
	struct strbuf line;
	bool sent;

	if (fd < 0) {
		deliver_fail(r, DELIVER_LATER, "the log at %s cannot be reached: %s", c->address, why);
		return;
	}
	strbuf_init(&line, LINE_MAX_BYTES);
	notice_syslog(n, (int)getpid(), &line);
	snprintf(length, sizeof length, "%zu ", line.len);
	sent = strbuf_ok(&line) && (c->transport == NOTIFY_UDP || send_all(fd, length, strlen(length))) &&
	       send_all(fd, line.text, line.len);
	if (!sent)
		deliver_fail(r, DELIVER_LATER, "the log at %s takes nothing: %s", c->address, strerror(errno));
	strbuf_free(&line);
	close(fd);
}

void deliver_syslog(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	if (!deliver_give_up_rights(r))
		return;
	if (!c->address[0] || c->address[0] == '/')
		to_local(c->address[0] ? c->address : LOCAL_SOCKET, n, r);
	else
		to_host(c, n, r);
}
