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
	return n;
}

bool az_snapshot_available(const struct az_snapshot *s)
{
	const struct az_part *parts[AZ_PARTS_MAX] = {NULL};
	size_t n = az_snapshot_parts(s, parts);

	for (size_t i = 0; i < n && !s->stale; i++)
		if (parts[i]->read == AZ_OK)
			return true;
	return false;
}

/* Frees an array and forgets it, with its count. */
#define DROP(table) (free((table).rows), (table).rows = NULL, (table).count = 0)

void az_snapshot_free(struct az_snapshot *s)
{
	for (int l = 0; l < LINKS; l++) {
		DROP(s->arp[l]);
		DROP(s->bgp[l]);
		DROP(s->routes[l]);
	}
	DROP(s->connections);
	DROP(s->gateway_peers);
	DROP(s->metrics);
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
#define OWN(table, ok) ((table).rows = copy_rows((table).rows, (table).count, sizeof *(table).rows, (ok)))

bool az_snapshot_copy(struct az_snapshot *to, const struct az_snapshot *from)
{
	bool ok = true;

	*to = *from;
	for (int l = 0; l < LINKS; l++) {
		OWN(to->arp[l], &ok);
		OWN(to->bgp[l], &ok);
		OWN(to->routes[l], &ok);
	}
	OWN(to->connections, &ok);
	OWN(to->gateway_peers, &ok);
	OWN(to->metrics, &ok);
	if (ok)
		return true;
	az_snapshot_free(to);
	memset(to, 0, sizeof *to);
	return false;
}
