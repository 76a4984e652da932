/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_store.h"

#include "analysis/match/identity.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64u

void trace_store_init(struct trace_store *s, const uint8_t key[RUN_KEY_BYTES])
{
	memset(s, 0, sizeof *s);
	memcpy(s->key, key, sizeof s->key);
}

void trace_store_free(struct trace_store *s)
{
	free(s->addresses);
	free(s->slots);
	free(s->extras);
	memset(s, 0, sizeof *s);
}

/* Room for one more in an array that doubles. */
static bool reserve(struct trace_store *s, void **array, uint32_t count, uint32_t *room, size_t size)
{
	if (count < *room)
		return true;
	uint32_t wanted = *room > 0 ? *room * 2 : ROOM_FIRST;
	void *grown = wanted > UINT32_MAX / 4 ? NULL : realloc(*array, wanted * size);
	if (!grown) {
		s->out_of_memory = true;
		return false;
	}
	*array = grown;
	*room = wanted;
	return true;
}

static uint32_t place_of(const struct trace_store *s, const struct ip_addr *a)
{
	uint8_t bytes[17];

	bytes[0] = a->family;
	memcpy(bytes + 1, a->bytes, 16);
	uint32_t i = (uint32_t)siphash(s->key, bytes, sizeof bytes) & (s->slot_count - 1);
	while (s->slots[i].number != 0 && !ip_addr_equal(&s->addresses[s->slots[i].number - 1], a))
		i = (i + 1) & (s->slot_count - 1);
	return i;
}

/* At most half full, so that a free slot is near. */
static bool reserve_slot(struct trace_store *s)
{
	if (s->slot_count > 0 && s->address_count < s->slot_count / 2)
		return true;
	uint32_t wanted = s->slot_count > 0 ? s->slot_count * 2 : 2 * ROOM_FIRST;
	struct trace_address_slot *fresh = wanted > UINT32_MAX / 4 ? NULL : calloc(wanted, sizeof *fresh);
	if (!fresh) {
		s->out_of_memory = true;
		return false;
	}
	free(s->slots);
	s->slots = fresh;
	s->slot_count = wanted;
	for (uint32_t i = 0; i < s->address_count; i++)
		s->slots[place_of(s, &s->addresses[i])].number = i + 1;
	return true;
}

uint32_t trace_store_address(struct trace_store *s, const struct ip_addr *a)
{
	void *array = s->addresses;
	uint32_t *recent = &s->recent[(a->bytes[3] ^ a->bytes[2] ^ a->bytes[15] ^ a->bytes[14]) % TRACE_RECENT];

	if (*recent != 0 && ip_addr_equal(&s->addresses[*recent - 1], a))
		return *recent - 1;
	if (!reserve_slot(s) || !reserve(s, &array, s->address_count, &s->address_room, sizeof *s->addresses))
		return UINT32_MAX;
	s->addresses = array;
	uint32_t place = place_of(s, a);
	if (s->slots[place].number == 0) {
		s->addresses[s->address_count++] = *a;
		s->slots[place].number = s->address_count;
	}
	*recent = s->slots[place].number;
	return s->slots[place].number - 1;
}

uint32_t trace_store_extra(struct trace_store *s, const struct match *m)
{
	const struct decoded_extensions *x = &m->extensions;
	void *array = s->extras;

	if (x->mpls_count == 0 && !x->has_interface && m->mtu == 0)
		return NO_EXTRA;
	if (!reserve(s, &array, s->extra_count, &s->extra_room, sizeof *s->extras))
		return NO_EXTRA;
	s->extras = array;
	struct trace_extra *e = &s->extras[s->extra_count++];
	memset(e, 0, sizeof *e);
	memcpy(e->mpls, x->mpls, sizeof e->mpls);
	e->mpls_count = x->mpls_count;
	e->has_interface = x->has_interface;
	e->interface_role = x->interface_role;
	e->interface_index = x->interface_index;
	e->interface_addr = x->interface_addr;
	memcpy(e->interface_name, x->interface_name, sizeof e->interface_name);
	e->mtu = m->mtu;
	return s->extra_count;
}
