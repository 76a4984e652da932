/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/allow.h"

#include "erprobe/bytes.h"

#include <stdlib.h>

static int compare_prefixes(const void *x, const void *y)
{
	const struct ip_prefix *a = x, *b = y;
	int order = ip_addr_compare(&a->addr, &b->addr);

	/* Of two that begin alike the wider comes first, and swallows the other. */
	return order != 0 ? order : (int)a->len - (int)b->len;
}

/* 127.0.0.0/8 or a part of it, or ::1/128. */
static bool is_loopback_prefix(const struct ip_prefix *p)
{
	return ip_addr_is_loopback(&p->addr) && p->len >= (p->addr.family == IP_V4 ? 8 : 128);
}

/* Multiply and shift. Who could choose addresses of one hash is the account that asks. */
static uint32_t host_place(const struct allow_set *s, uint32_t number)
{
	return (number * 0x9e3779b1u) >> s->host_shift;
}

static uint32_t next_place(const struct allow_set *s, uint32_t place)
{
	return (place + 1) & UINT32_MAX >> s->host_shift;
}

static bool hosts_have(const struct allow_set *s, uint32_t number)
{
	if (s->hosts == NULL)
		return false;
	for (uint32_t i = host_place(s, number); s->hosts[i] != 0; i = next_place(s, i))
		if (s->hosts[i] == number)
			return true;
	return false;
}

/* 0.0.0.0 is a span: its number means a free place. */
static bool is_host(const struct ip_prefix *p)
{
	return p->len == 32 && bytes_big32(p->addr.bytes) != 0;
}

static void add_host(struct allow_set *s, uint32_t number)
{
	uint32_t i = host_place(s, number);

	while (s->hosts[i] != 0)
		i = next_place(s, i);
	s->hosts[i] = number;
}

/* Two places in three are taken at most. */
static bool make_room(struct allow_set *s, size_t v4_total, size_t hosts)
{
	s->v4 = calloc(v4_total - hosts + 1, sizeof(*s->v4));
	s->host_shift = 28;
	while (s->host_shift > 0 && UINT32_MAX >> s->host_shift < hosts + hosts / 2)
		s->host_shift--;
	s->hosts = hosts > 0 ? calloc((size_t)(UINT32_MAX >> s->host_shift) + 1, sizeof(*s->hosts)) : NULL;
	return s->v4 != NULL && (hosts == 0 || s->hosts != NULL);
}

/* Numbers alone, close together: in bulk each probe is looked up among thousands. */
static bool index_v4(struct allow_set *s)
{
	size_t hosts = 0;

	for (; s->v4_total < s->count && s->prefixes[s->v4_total].addr.family == IP_V4; s->v4_total++)
		hosts += is_host(&s->prefixes[s->v4_total]);
	if (!make_room(s, s->v4_total, hosts))
		return false;
	for (size_t i = 0; i < s->v4_total; i++) {
		const struct ip_prefix *p = &s->prefixes[i];
		uint32_t first = bytes_big32(p->addr.bytes);

		if (is_host(p))
			add_host(s, first);
		else
			s->v4[s->v4_count++] = (struct allow_span){first, p->len < 32 ? first | UINT32_MAX >> p->len : first};
	}
	return true;
}

static bool build_set(struct allow_set *s, const struct ip_prefix *list, size_t count, bool loopback)
{
	size_t kept = 0;

	s->prefixes = calloc(count > 0 ? count : 1, sizeof(*s->prefixes));
	if (s->prefixes == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		if (is_loopback_prefix(&list[i]) == loopback)
			s->prefixes[s->count++] = list[i];
	qsort(s->prefixes, s->count, sizeof(*s->prefixes), compare_prefixes);
	for (size_t i = 0; i < s->count; i++)
		if (kept == 0 || !ip_prefix_contains(&s->prefixes[kept - 1], &s->prefixes[i].addr))
			s->prefixes[kept++] = s->prefixes[i];
	s->count = kept;
	return index_v4(s);
}

bool allow_build(struct allow *a, const struct ip_prefix *list, size_t count)
{
	*a = (struct allow){0};
	if (build_set(&a->world, list, count, false) && build_set(&a->loopback, list, count, true))
		return true;
	allow_free(a);
	return false;
}

/* The only candidate is the last span that does not begin after the number. */
static bool spans_have(const struct allow_set *s, uint32_t number)
{
	size_t low = 0, high = s->v4_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->v4[middle].first <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && number <= s->v4[low - 1].last;
}

/* The same among the prefixes of IPv6, which stand behind those of IPv4. */
static bool set_has(const struct allow_set *s, const struct ip_addr *address)
{
	size_t low = s->v4_total, high = s->count;

	if (address->family == IP_V4)
		return hosts_have(s, bytes_big32(address->bytes)) || spans_have(s, bytes_big32(address->bytes));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ip_addr_compare(&s->prefixes[middle].addr, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > s->v4_total && ip_prefix_contains(&s->prefixes[low - 1], address);
}

bool allow_has(const struct allow *a, const struct ip_addr *address)
{
	return set_has(ip_addr_is_loopback(address) ? &a->loopback : &a->world, address);
}

void allow_expect(const struct allow *a, const struct ip_addr *address)
{
	if (address->family == IP_V4 && a->world.hosts != NULL)
		__builtin_prefetch(&a->world.hosts[host_place(&a->world, bytes_big32(address->bytes))]);
}

void allow_free(struct allow *a)
{
	free(a->world.prefixes);
	free(a->world.v4);
	free(a->world.hosts);
	free(a->loopback.prefixes);
	free(a->loopback.v4);
	free(a->loopback.hosts);
	*a = (struct allow){0};
}
