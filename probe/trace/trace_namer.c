/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_namer.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 4          /* look-ups at once: each may wait for its resolver */
#define NAME_BYTES 256

struct question { uint32_t number; struct ip_addr addr; };
struct answer { uint32_t number; char name[NAME_BYTES]; };

struct known { char *name; bool done; };

struct trace_namer {
	int fd;
	pid_t workers[WORKERS];
	struct known *known;   /* by number; owned */
	uint32_t count;
};

/* -- in the worker -- */

static socklen_t socket_address(const struct ip_addr *a, struct sockaddr_storage *out)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	memset(out, 0, sizeof *out);
	if (a->family == IP_V4) {
		memcpy(&in4.sin_addr, a->bytes, 4);
		memcpy(out, &in4, sizeof in4);
		return sizeof in4;
	}
	memcpy(&in6.sin6_addr, a->bytes, 16);
	memcpy(out, &in6, sizeof in6);
	return sizeof in6;
}

static void look_up(const struct question *q, struct answer *a)
{
	struct sockaddr_storage address;
	socklen_t len = socket_address(&q->addr, &address);

	memset(a, 0, sizeof *a);
	a->number = q->number;
	if (getnameinfo((const struct sockaddr *)&address, len, a->name, sizeof a->name, NULL, 0, NI_NAMEREQD) != 0)
		a->name[0] = '\0';
}

static void work(int fd, pid_t parent)
{
	struct question q;
	struct answer a;

	/* The terminal's interrupt is erprobe's to answer; and nobody outlives it. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent && recv(fd, &q, sizeof q, 0) == (ssize_t)sizeof q) {
		look_up(&q, &a);
		if (send(fd, &a, sizeof a, MSG_NOSIGNAL) != (ssize_t)sizeof a)
			break;
	}
	_exit(0);
}

/* -- in erprobe -- */

static bool start_workers(struct trace_namer *n, const int pair[2])
{
	pid_t parent = getpid();

	for (int i = 0; i < WORKERS; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(pair[0]);
			work(pair[1], parent);
		}
		if (pid < 0)
			return i > 0; /* fewer are enough */
		n->workers[i] = pid;
	}
	return true;
}

struct trace_namer *trace_namer_start(char *err, unsigned err_size)
{
	struct trace_namer *n = calloc(1, sizeof *n);
	int pair[2];

	if (!n || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		text_format(err, err_size, "cannot look up names: %s", strerror(n ? errno : ENOMEM));
		free(n);
		return NULL;
	}
	bool ok = start_workers(n, pair);
	close(pair[1]);
	n->fd = pair[0];
	(void)fcntl(n->fd, F_SETFL, O_NONBLOCK);
	if (ok)
		return n;
	text_format(err, err_size, "cannot look up names: %s", strerror(errno));
	trace_namer_stop(n);
	return NULL;
}

void trace_namer_stop(struct trace_namer *n)
{
	if (!n)
		return;
	close(n->fd);
	for (int i = 0; i < WORKERS; i++)
		if (n->workers[i] > 0) {
			/* A look-up may hang for many seconds; nobody waits for its name any more. */
			kill(n->workers[i], SIGKILL);
			while (waitpid(n->workers[i], NULL, 0) < 0 && errno == EINTR)
				continue;
		}
	for (uint32_t i = 0; i < n->count; i++)
		free(n->known[i].name);
	free(n->known);
	free(n);
}

int trace_namer_fd(const struct trace_namer *n)
{
	return n->fd;
}

static bool reserve(struct trace_namer *n, uint32_t number)
{
	if (number < n->count)
		return true;
	uint32_t count = number >= UINT32_MAX / 4 ? 0 : 2 * (number + 8);
	struct known *grown = count > 0 ? realloc(n->known, count * sizeof *grown) : NULL;
	if (!grown)
		return false;
	memset(grown + n->count, 0, (count - n->count) * sizeof *grown);
	n->known = grown;
	n->count = count;
	return true;
}

bool trace_namer_ask(struct trace_namer *n, uint32_t number, const struct ip_addr *a)
{
	struct question q;

	if (!reserve(n, number))
		return false;
	memset(&q, 0, sizeof q);
	q.number = number;
	q.addr = *a;
	if (send(n->fd, &q, sizeof q, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof q)
		return true;
	/* Without workers there will be no name: that is an answer. */
	if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR)
		return false;
	n->known[number].done = true;
	return true;
}

void trace_namer_take(struct trace_namer *n)
{
	struct answer a;
	char safe[NAME_BYTES];

	while (recv(n->fd, &a, sizeof a, MSG_DONTWAIT) == (ssize_t)sizeof a) {
		if (a.number >= n->count || n->known[a.number].done)
			continue;
		a.name[sizeof a.name - 1] = '\0';
		/* Whoever runs the reverse zone wrote this. */
		text_safe(safe, sizeof safe, a.name);
		n->known[a.number].name = safe[0] != '\0' ? strdup(safe) : NULL;
		n->known[a.number].done = true;
	}
}

const char *trace_namer_name(const struct trace_namer *n, uint32_t number)
{
	return number < n->count ? n->known[number].name : NULL;
}

bool trace_namer_known(const struct trace_namer *n, uint32_t number)
{
	return number < n->count && n->known[number].done;
}
