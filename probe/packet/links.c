/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/links.h"

#include "probe/packet/neighbour.h"

#include <string.h>

void links_take(struct link_via *v, const uint8_t mac[6], uint32_t *changed)
{
	bool was = v->known, same = was && mac != NULL && memcmp(v->mac, mac, sizeof(v->mac)) == 0;

	if (was && !same)
		(*changed)++;
	v->known = mac != NULL;
	if (mac != NULL)
		memcpy(v->mac, mac, sizeof(v->mac));
	if (v->known)
		v->wait_ns = LINKS_READ_NS;
	else if (was || v->wait_ns == 0)
		v->wait_ns = LINKS_FIND_NS;
	else
		v->wait_ns = 2 * v->wait_ns < LINKS_LOST_NS ? 2 * v->wait_ns : LINKS_LOST_NS;
}

void links_look(struct links *l, struct mono_ns now)
{
	uint8_t mac[6];

	for (size_t i = 0; l->allowed && i < l->count; i++) {
		struct link_via *v = &l->list[i];

		if (v->read_at.ns != 0 && mono_since(now, v->read_at) < v->wait_ns)
			continue;
		v->read_at = now;
		/* Numbers of the other questions on this socket are interfaces': far below. */
		bool known = neighbour_read(l->kernel, v->index, &v->addr, UINT32_C(0x80000000) | ++l->number, mac);
		links_take(v, known ? mac : NULL, &l->changed);
	}
}

static bool can(const struct links *l, const struct probe_spec *s, size_t len)
{
	if (!l->allowed || s->via == 0 || s->via > l->count || s->kind == PROBE_NEIGHBOUR)
		return false;
	/* An identification of zero is one that the stack fills in. */
	return len <= LINKS_BYTES_MAX && l->list[s->via - 1].iface == s->iface && (s->dst.family == IP_V6 || s->ip_id != 0) &&
	       l->list[s->via - 1].addr.family == s->dst.family;
}

const uint8_t *links_way(struct links *l, const struct probe_spec *s, size_t len, struct mono_ns now)
{
	if (!can(l, s, len))
		return NULL;
	struct link_via *v = &l->list[s->via - 1];
	if (!v->known || v->stack_at.ns == 0 || mono_since(now, v->stack_at) >= LINKS_STACK_NS) {
		v->stack_at = now;
		return NULL;
	}
	return v->mac;
}
