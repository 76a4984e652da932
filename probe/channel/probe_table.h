/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probe had this id? The helper answers by id alone. Ids count from 1 without
 * gaps, so that a growing array is the whole table. */
#ifndef ERPROBE_PROBE_TABLE_H
#define ERPROBE_PROBE_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct asked_probe {
	uint16_t flow;
	uint8_t kind; /* enum probe_kind */
	uint8_t ttl;
};

struct probe_table {
	struct asked_probe *probes; /* owned */
	size_t count, room;
};

/* Against a run without a budget worth the name: 64 MiB of ids and no more. */
#define PROBE_TABLE_MAX ((size_t)1 << 24)

/* Enters a probe and returns its id, from 1; 0 when there is no room or no memory. */
uint32_t probe_table_add(struct probe_table *t, uint16_t flow, uint8_t kind, uint8_t ttl);
/* NULL for an id that was never given out. Valid until the next add. */
const struct asked_probe *probe_table_find(const struct probe_table *t, uint32_t id);
/* Safe on a zeroed table. */
void probe_table_free(struct probe_table *t);

#endif
