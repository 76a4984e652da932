/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/channel/probe_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool grow(struct probe_table *t)
{
	size_t room = t->room > 0 ? 2 * t->room : 1024;
	struct asked_probe *grown = realloc(t->probes, room * sizeof *grown);

	if (!grown)
		return false;
	t->probes = grown;
	t->room = room;
	return true;
}

uint32_t probe_table_add(struct probe_table *t, uint16_t flow, uint8_t kind, uint8_t ttl)
{
	if (t->count >= PROBE_TABLE_MAX || (t->count == t->room && !grow(t)))
		return 0;
	t->probes[t->count++] = (struct asked_probe){flow, kind, ttl};
	return (uint32_t)t->count;
}

const struct asked_probe *probe_table_find(const struct probe_table *t, uint32_t id)
{
	return id >= 1 && id <= t->count ? &t->probes[id - 1] : NULL;
}

void probe_table_free(struct probe_table *t)
{
	free(t->probes);
	memset(t, 0, sizeof *t);
}
