/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_namer.h"

#include "analysis/value/strbuf.h"
#include "probe/trace/trace_workers.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WORKERS 4          /* look-ups at once: each may wait for its resolver */
#define NAME_BYTES 256

struct question { uint32_t number; struct ip_addr addr; };
struct answer { uint32_t number; char name[NAME_BYTES]; };

_Static_assert(sizeof(struct question) <= TRACE_WORK_BYTES && sizeof(struct answer) <= TRACE_WORK_BYTES, "messages fit");

struct known { char *name; bool done; };

struct trace_namer {
	struct trace_workers workers;
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

static void look_up(const void *question, void *answer)
{
	const struct question *q = question;
	struct answer *a = answer;
	struct sockaddr_storage address;
	socklen_t len = socket_address(&q->addr, &address);

	a->number = q->number;
	if (getnameinfo((const struct sockaddr *)&address, len, a->name, sizeof a->name, NULL, 0, NI_NAMEREQD) != 0)
		a->name[0] = '\0';
}

/* -- in erprobe -- */

struct trace_namer *trace_namer_start(char *err, unsigned err_size)
{
	struct trace_namer *n = calloc(1, sizeof *n);

	if (!n)
		text_format(err, err_size, "cannot look up names: out of memory");
	else if (trace_workers_start(&n->workers, WORKERS, (struct trace_work_sizes){sizeof(struct question), sizeof(struct answer)}, look_up, err, err_size))
		return n;
	free(n);
	return NULL;
}

void trace_namer_stop(struct trace_namer *n)
{
	if (!n)
		return;
	trace_workers_stop(&n->workers);
	for (uint32_t i = 0; i < n->count; i++)
		free(n->known[i].name);
	free(n->known);
	free(n);
}

int trace_namer_fd(const struct trace_namer *n)
{
	return n->workers.fd;
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
	if (send(n->workers.fd, &q, sizeof q, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof q)
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

	while (recv(n->workers.fd, &a, sizeof a, MSG_DONTWAIT) == (ssize_t)sizeof a) {
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
