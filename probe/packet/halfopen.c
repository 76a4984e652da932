/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/halfopen.h"

#include <stdlib.h>

#define SETS 4096u /* a power of two */
#define WAYS 4u    /* 16,384 connections in all, 0.8 MiB */

struct tuple {
	uint32_t order; /* 0 = free; else grows with each SYN */
	uint16_t src_port, dst_port;
	struct ip_addr src, dst;
};

struct halfopen {
	uint32_t last;
	struct tuple slots[SETS][WAYS];
};

struct halfopen *halfopen_new(void)
{
	return calloc(1, sizeof(struct halfopen));
}

void halfopen_free(struct halfopen *h)
{
	free(h);
}

/* FNV-1a: spreads; it need not resist anybody, the asker only hurts itself. */
static uint32_t mix(uint32_t hash, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	return hash;
}

static uint32_t set_of(const struct probe_spec *s)
{
	const uint8_t ports[4] = {(uint8_t)(s->src_port >> 8), (uint8_t)s->src_port,
	                          (uint8_t)(s->dst_port >> 8), (uint8_t)s->dst_port};
	uint32_t hash = 2166136261u;

	hash = mix(hash, s->src.bytes, sizeof(s->src.bytes));
	hash = mix(hash, s->dst.bytes, sizeof(s->dst.bytes));
	hash = mix(hash, ports, sizeof(ports));
	return (hash ^ hash >> 16) & (SETS - 1);
}

static bool same_tuple(const struct tuple *t, const struct probe_spec *s)
{
	return t->order != 0 && t->src_port == s->src_port && t->dst_port == s->dst_port &&
	       ip_addr_equal(&t->src, &s->src) && ip_addr_equal(&t->dst, &s->dst);
}

void halfopen_add(struct halfopen *h, const struct probe_spec *syn)
{
	struct tuple *set = h->slots[set_of(syn)];
	struct tuple *oldest = &set[0];

	for (size_t i = 0; i < WAYS; i++) {
		if (same_tuple(&set[i], syn)) {
			oldest = &set[i];
			break;
		}
		if (set[i].order < oldest->order)
			oldest = &set[i];
	}
	*oldest = (struct tuple){++h->last, syn->src_port, syn->dst_port, syn->src, syn->dst};
}

bool halfopen_has(const struct halfopen *h, const struct probe_spec *rst)
{
	const struct tuple *set = h->slots[set_of(rst)];

	for (size_t i = 0; i < WAYS; i++)
		if (same_tuple(&set[i], rst))
			return true;
	return false;
}
