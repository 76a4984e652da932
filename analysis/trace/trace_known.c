/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_known.h"

#include <stdlib.h>

#define ROOM_FIRST 256u

void trace_known_free(struct trace_known *k)
{
	free(k->hops);
	free(k->slots);
	*k = (struct trace_known){0};
}

/* Both are numbers of our own making: nobody chooses where they fall. */
static uint32_t slot_of(const struct trace_known *k, uint8_t ttl, uint32_t address)
{
	uint32_t i = (uint32_t)(((uint64_t)address << 8 | ttl) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (k->slot_count - 1);

	while (k->slots[i] != 0 && (k->hops[k->slots[i] - 1].address != address || k->hops[k->slots[i] - 1].ttl != ttl))
		i = (i + 1) & (k->slot_count - 1);
	return i;
}

uint32_t trace_known_find(const struct trace_known *k, uint8_t ttl, uint32_t address)
{
	uint32_t number = k->slot_count > 0 && address != TRACE_KNOWN_SILENT ? k->slots[slot_of(k, ttl, address)] : 0;

	return number > 0 ? number - 1 : TRACE_KNOWN_NONE;
}

/* Room for one more; the table is at most half full. */
static bool grow(struct trace_known *k)
{
	uint32_t room = k->room > 0 ? 2 * k->room : ROOM_FIRST;
	struct trace_known_hop *hops = room > UINT32_MAX / 8 ? NULL : realloc(k->hops, room * sizeof *hops);

	if (!hops)
		return false;
	k->hops = hops;
	uint32_t *slots = calloc(2u * room, sizeof *slots);
	if (!slots)
		return false;
	free(k->slots);
	k->slots = slots;
	k->slot_count = 2 * room;
	k->room = room;
	for (uint32_t i = 0; i < k->count; i++)
		if (k->hops[i].address != TRACE_KNOWN_SILENT)
			k->slots[slot_of(k, k->hops[i].ttl, k->hops[i].address)] = i + 1;
	return true;
}

uint32_t trace_known_add(struct trace_known *k, uint8_t ttl, uint32_t address, uint16_t owner)
{
	if (k->count == k->room && !grow(k))
		return TRACE_KNOWN_NONE;
	k->hops[k->count] = (struct trace_known_hop){address, TRACE_KNOWN_NONE, owner, ttl};
	if (address != TRACE_KNOWN_SILENT)
		k->slots[slot_of(k, ttl, address)] = k->count + 1;
	return k->count++;
}

uint32_t trace_known_nearest(const struct trace_known *k, uint32_t hop)
{
	/* Each is one TTL nearer: it comes to an end. */
	while (hop < k->count && k->hops[hop].before < k->count)
		hop = k->hops[hop].before;
	return hop;
}

void trace_known_learn(struct trace_known *k, uint8_t began, uint8_t met, uint8_t most)
{
	uint8_t next = met == began ? (uint8_t)(began + 1) : (uint8_t)(met + 1);

	/* Others that began at the same time have taught the same. */
	if (k->start == began)
		k->start = next < most ? next : most;
}
