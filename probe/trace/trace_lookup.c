/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_lookup.h"

#include "erprobe/clock.h"
#include "probe/host/now.h"
#include "probe/trace/trace_workers.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define NAME_ROOM 256
#define WAITING_MAX (2 * TRACE_WORKERS_MAX) /* questions at once: nobody is idle between two */
#define TEXT_OF(n) TEXT_OF_(n)
#define TEXT_OF_(n) #n

struct question { uint32_t number; uint8_t family; char name[NAME_ROOM]; };
struct answer { uint32_t number; int bad, system; struct ip_addr addr; };

_Static_assert(sizeof(struct question) <= TRACE_WORK_BYTES && sizeof(struct answer) <= TRACE_WORK_BYTES, "messages fit");

/* -- in the worker -- */

static struct ip_addr address_of(const struct sockaddr *sa)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (sa->sa_family == AF_INET) {
		memcpy(&in4, sa, sizeof in4);
		return ip_addr_from(IP_V4, (const uint8_t *)&in4.sin_addr);
	}
	if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		return ip_addr_from(IP_V6, (const uint8_t *)&in6.sin6_addr);
	}
	return ip_addr_none();
}

static void look_up(const void *question, void *answer)
{
	const struct question *q = question;
	struct answer *a = answer;
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG}, *found = NULL;

	hints.ai_family = q->family == IP_V4 ? AF_INET : q->family == IP_V6 ? AF_INET6 : AF_UNSPEC;
	a->number = q->number;
	a->bad = getaddrinfo(q->name, NULL, &hints, &found);
	a->system = a->bad == EAI_SYSTEM ? errno : 0;
	if (a->bad == 0) {
		a->addr = address_of(found->ai_addr);
		freeaddrinfo(found);
	}
}

/* -- in erprobe -- */

static const char too_slow[] = "was not looked up within half of the deadline (--deadline)";
static const char silent[] = "no name server answered within " TEXT_OF(TRACE_LOOKUP_SILENCE_S) " s; give its address";
static const char broken[] = "could not be looked up: the process that asks is gone";

struct asking {
	struct trace_lookup *list;
	size_t count, asked, waiting;
	uint8_t family;
	struct trace_workers workers;
	bool gone; /* the workers */
};

/* The workers read what name servers sent, and so are not believed. */
static void note(struct trace_lookup *l, const struct answer *a)
{
	l->addr = a->bad == 0 && ip_family_index(a->addr.family) >= 0 ? a->addr : ip_addr_none();
	l->why = ip_addr_is_set(&l->addr) ? NULL : a->bad == 0 ? "has no address" : a->bad == EAI_SYSTEM ? strerror(a->system) : gai_strerror(a->bad);
}

/* As many as may wait. */
static void ask(struct asking *k)
{
	struct question q;

	for (; k->asked < k->count && k->waiting < WAITING_MAX; k->waiting++, k->asked++) {
		const char *name = k->list[k->asked].name;
		memset(&q, 0, sizeof q);
		q.number = (uint32_t)k->asked;
		q.family = k->family;
		memcpy(q.name, name, strnlen(name, NAME_ROOM - 1));
		if (send(k->workers.fd, &q, sizeof q, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)sizeof q) {
			k->gone = errno == EPIPE || errno == ECONNRESET;
			return;
		}
	}
}

/* What has come. False when nothing had. */
static bool take(struct asking *k)
{
	struct answer a;
	bool any = false;
	ssize_t n;

	while ((n = recv(k->workers.fd, &a, sizeof a, MSG_DONTWAIT)) == (ssize_t)sizeof a)
		if (a.number < k->asked && k->waiting > 0) {
			note(&k->list[a.number], &a);
			k->waiting--;
			any = true;
		}
	k->gone = k->gone || n == 0;
	return any;
}

/* Until all have answered; NULL then. Else why those that have not will not. */
static const char *ask_all(struct asking *k, int64_t limit_ns)
{
	struct mono_ns now = now_mono(), heard = now;
	const struct mono_ns end = {now.ns + limit_ns};

	for (ask(k); k->waiting > 0 && !k->gone; ask(k)) {
		int64_t left = mono_since(end, now), quiet = TRACE_LOOKUP_SILENCE_S * NS_PER_SEC - mono_since(now, heard);
		if (left <= 0 || quiet <= 0)
			return left <= 0 ? too_slow : silent;
		struct pollfd p = {.fd = k->workers.fd, .events = POLLIN};
		(void)poll(&p, 1, (int)((left < quiet ? left : quiet) / NS_PER_MS) + 1);
		now = now_mono();
		if (take(k))
			heard = now;
	}
	return k->gone ? broken : NULL;
}

bool trace_lookup_all(struct trace_lookup *list, size_t count, uint8_t family, int64_t limit_ns, char *err, size_t err_size)
{
	struct asking k = {.list = list, .count = count, .family = family};

	for (size_t i = 0; i < count; i++) {
		list[i].addr = ip_addr_none();
		list[i].why = broken;
	}
	if (count == 0)
		return true;
	if (!trace_workers_start(&k.workers, count < TRACE_WORKERS_MAX ? (unsigned)count : TRACE_WORKERS_MAX,
	                         (struct trace_work_sizes){sizeof(struct question), sizeof(struct answer)}, look_up, err, err_size))
		return false;
	const char *why = ask_all(&k, limit_ns);
	for (size_t i = 0; why && i < count; i++)
		if (list[i].why == broken)
			list[i].why = why;
	trace_workers_stop(&k.workers);
	return true;
}
