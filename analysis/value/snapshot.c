/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers as a value: copy, free, walk. */
#include "erprobe/snapshot.h"

#include <stdlib.h>
#include <string.h>

size_t az_snapshot_parts(const struct az_snapshot *s, const struct az_part *parts[AZ_PARTS_MAX])
{
	size_t n = 0;

	parts[n++] = &s->circuit.part;
	parts[n++] = &s->peering.part;
	for (int l = 0; l < LINKS; l++)
		parts[n++] = &s->arp[l].part;
	for (int l = 0; l < LINKS; l++)
		parts[n++] = &s->bgp[l].part;
	for (int l = 0; l < LINKS; l++)
		parts[n++] = &s->routes[l].part;
	parts[n++] = &s->circuit_stats.part;
	parts[n++] = &s->peering_stats.part;
	parts[n++] = &s->gateway.part;
	parts[n++] = &s->connections.part;
	parts[n++] = &s->gateway_peers.part;
	parts[n++] = &s->health.part;
	parts[n++] = &s->metrics.part;
	parts[n++] = &s->peerings.part;
	parts[n++] = &s->gateway_learned.part;
	for (int i = 0; i < AZ_GATEWAY_SESSIONS; i++)
		parts[n++] = &s->gateway_advertised[i].part;
	const struct az_part *const later[] = {
		&s->reach.part, &s->reach_from.part, &s->port.part, &s->circuit_events.part, &s->service_events.part,
		&s->activity.part, &s->failover_tests.part, &s->traffic.part, &s->drops.part, &s->gateway_load.part,
		&s->gateway_counts.part, &s->port_state.part, &s->port_light.part,
	};
	for (size_t i = 0; i < sizeof later / sizeof later[0]; i++)
		parts[n++] = later[i];
	return n;
}

bool az_snapshot_has_answer(const struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX] = {NULL};
	size_t n = az_snapshot_parts(s, parts);

	for (size_t i = 0; i < n; i++)
		if (parts[i]->read == AZ_OK)
			return true;
	return false;
}

bool az_snapshot_available(const struct az_snapshot *s)
{
	return !s->stale && az_snapshot_has_answer(s);
}

/* Every table of a snapshot. */
#define EACH_TABLE(DO, s)                                                                            \
	DO((s)->arp[0]) DO((s)->arp[1]) DO((s)->bgp[0]) DO((s)->bgp[1]) DO((s)->routes[0])           \
	DO((s)->routes[1]) DO((s)->connections) DO((s)->gateway_peers) DO((s)->metrics)              \
	DO((s)->peerings) DO((s)->gateway_learned) DO((s)->gateway_advertised[0])                    \
	DO((s)->gateway_advertised[1]) DO((s)->reach) DO((s)->reach_from) DO((s)->port)              \
	DO((s)->circuit_events) DO((s)->service_events) DO((s)->activity) DO((s)->failover_tests)    \
	DO((s)->traffic) DO((s)->drops) DO((s)->gateway_load) DO((s)->gateway_counts)                \
	DO((s)->port_state) DO((s)->port_light)

/* Frees an array and forgets it, with its count. */
#define DROP(table) free((table).rows); (table).rows = NULL; (table).count = 0;

void az_snapshot_free(struct az_snapshot *s)
{
	EACH_TABLE(DROP, s)
	free(s->peerings.prefixes);
	s->peerings.prefixes = NULL;
	s->peerings.prefix_count = 0;
}

static void *copy_rows(const void *rows, size_t count, size_t size, bool *ok)
{
	if (count == 0)
		return NULL;
	void *copy = calloc(count, size);
	if (copy == NULL)
		*ok = false;
	else
		memcpy(copy, rows, count * size);
	return copy;
}

/* Replaces the borrowed rows of a plainly copied table by rows of its own. */
#define OWN(table) (table).rows = copy_rows((table).rows, (table).count, sizeof *(table).rows, &ok);

bool az_snapshot_copy(struct az_snapshot *to, const struct az_snapshot *from)
{
	bool ok = true;

	*to = *from;
	EACH_TABLE(OWN, to)
	to->peerings.prefixes =
		copy_rows(to->peerings.prefixes, to->peerings.prefix_count, sizeof *to->peerings.prefixes, &ok);
	if (ok)
		return true;
	az_snapshot_free(to);
	memset(to, 0, sizeof *to);
	return false;
}
