/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers as a value: copy, free, walk. */
#include "erprobe/snapshot.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Where each part stands, in the order of the walk. */
#define PLACE(member) offsetof(struct az_snapshot, member.part)
static const size_t places[] = {
	PLACE(circuit), PLACE(peering), PLACE(arp[0]), PLACE(arp[1]), PLACE(bgp[0]), PLACE(bgp[1]), PLACE(routes[0]), PLACE(routes[1]),
	PLACE(circuit_stats), PLACE(peering_stats), PLACE(gateway), PLACE(connections), PLACE(gateway_peers), PLACE(health),
	PLACE(metrics), PLACE(peerings), PLACE(gateway_learned), PLACE(gateway_advertised[0]), PLACE(gateway_advertised[1]),
	PLACE(reach), PLACE(reach_from), PLACE(port), PLACE(circuit_events), PLACE(service_events), PLACE(activity),
	PLACE(failover_tests), PLACE(traffic), PLACE(drops), PLACE(gateway_load), PLACE(gateway_counts), PLACE(port_state),
	PLACE(port_light),
};
#define PLACES (sizeof places / sizeof places[0])
_Static_assert(PLACES <= AZ_PARTS_MAX && LINKS == 2 && AZ_GATEWAY_SESSIONS == 2, "every part has its place");

size_t az_snapshot_parts(const struct az_snapshot *s, const struct az_part *parts[AZ_PARTS_MAX])
{
	for (size_t i = 0; i < PLACES; i++)
		parts[i] = (const struct az_part *)(const void *)((const char *)s + places[i]);
	return PLACES;
}

size_t az_snapshot_own_parts(struct az_snapshot *s, struct az_part *parts[AZ_PARTS_MAX])
{
	for (size_t i = 0; i < PLACES; i++)
		parts[i] = (struct az_part *)(void *)((char *)s + places[i]);
	return PLACES;
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
