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

static uint32_t step_of(const struct allow_set *s, uint32_t number)
{
	return (number - s->v4[0].first) >> s->shift;
}

/* Steps as short as they can be for so many to reach the last span. */
static bool count_steps(struct allow_set *s)
{
	s->steps = calloc(ALLOW_STEPS + 1, sizeof(*s->steps));
	if (s->steps == NULL || s->v4_count == 0)
		return s->steps != NULL;
	while (step_of(s, s->v4[s->v4_count - 1].first) >= ALLOW_STEPS)
		s->shift++;
	for (size_t i = 0; i < s->v4_count; i++)
		s->steps[step_of(s, s->v4[i].first) + 1]++;
	for (size_t i = 1; i <= ALLOW_STEPS; i++)
		s->steps[i] += s->steps[i - 1];
	return true;
}

/* Numbers alone, close together: in bulk each probe is looked up among thousands. */
static bool index_v4(struct allow_set *s)
{
	while (s->v4_count < s->count && s->prefixes[s->v4_count].addr.family == IP_V4)
		s->v4_count++;
	s->v4 = calloc(s->v4_count + 1, sizeof(*s->v4));
	for (size_t i = 0; s->v4 != NULL && i < s->v4_count; i++) {
		const struct ip_prefix *p = &s->prefixes[i];
		uint32_t first = bytes_big32(p->addr.bytes);
		s->v4[i] = (struct allow_span){first, p->len < 32 ? first | UINT32_MAX >> p->len : first};
	}
	return s->v4 != NULL && count_steps(s);
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

/* The only candidate is the last span that does not begin after the number: one of the number's
 * own step, or the last before it. */
static bool spans_have(const struct allow_set *s, uint32_t number)
{
	if (s->v4_count == 0 || number < s->v4[0].first)
		return false;
	uint32_t step = step_of(s, number);
	size_t low = step < ALLOW_STEPS ? s->steps[step] : s->v4_count, high = step < ALLOW_STEPS ? s->steps[step + 1] : low;

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
	size_t low = s->v4_count, high = s->count;

	if (address->family == IP_V4)
		return spans_have(s, bytes_big32(address->bytes));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ip_addr_compare(&s->prefixes[middle].addr, address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > s->v4_count && ip_prefix_contains(&s->prefixes[low - 1], address);
}

bool allow_has(const struct allow *a, const struct ip_addr *address)
{
	return set_has(ip_addr_is_loopback(address) ? &a->loopback : &a->world, address);
}

void allow_free(struct allow *a)
{
	free(a->world.prefixes);
	free(a->world.v4);
	free(a->world.steps);
	free(a->loopback.prefixes);
	free(a->loopback.v4);
	free(a->loopback.steps);
	*a = (struct allow){0};
}
