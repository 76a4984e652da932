/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's answers as a value: copy, free, walk. */
#include "erprobe/snapshot.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Where each answer stands, its part first, in the order of the walk. */
#define PLACE(member) {offsetof(struct az_snapshot, member.part), sizeof ((struct az_snapshot *)0)->member}
static const struct { size_t at, size; } places[] = {
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
		parts[i] = (const struct az_part *)(const void *)((const char *)s + places[i].at);
	return PLACES;
}

size_t az_snapshot_own_parts(struct az_snapshot *s, struct az_part *parts[AZ_PARTS_MAX])
{
	for (size_t i = 0; i < PLACES; i++)
		parts[i] = (struct az_part *)(void *)((char *)s + places[i].at);
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

static void swap(char *a, char *b, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = a[i];
		a[i] = b[i];
		b[i] = c;
	}
}

/* Where a part has no time of its own, the snapshot's holds for it: also beside parts of another snapshot. */
static void date_parts(struct az_snapshot *s, struct az_part *parts[AZ_PARTS_MAX])
{
	size_t n = az_snapshot_own_parts(s, parts);

	for (size_t i = 0; i < n; i++)
		if (parts[i]->at.ns == 0 && parts[i]->read != AZ_NOT_ASKED)
			parts[i]->at = s->done_at;
}

static bool was_refused(const struct az_part *p)
{
	return p->http_status >= 400 && p->http_status < 500;
}

/* An MSEE that gives none of its tables any more, while the other does, is as much of an answer. */
static bool fell_mute(const struct az_snapshot *s, int l)
{
	return s->arp[l].part.read == AZ_FAILED && s->bgp[l].part.read == AZ_FAILED && s->routes[l].part.read != AZ_OK &&
	       !was_refused(&s->arp[l].part) && !was_refused(&s->bgp[l].part) && s->arp[1 - l].part.read == AZ_OK && s->bgp[1 - l].part.read == AZ_OK;
}

static bool is_of_link(const struct az_snapshot *s, const struct az_part *p, int l)
{
	return p == &s->arp[l].part || p == &s->bgp[l].part || p == &s->routes[l].part;
}

/* Does it take the place of what was read before? */
static bool tells(const struct az_snapshot *s, const struct az_part *p)
{
	bool mute = false;

	for (int l = 0; l < LINKS; l++)
		mute = mute || (p->read == AZ_FAILED && is_of_link(s, p, l) && fell_mute(s, l));
	return p->read == AZ_OK || mute;
}

bool az_snapshot_renewed(struct az_snapshot *to, const struct az_snapshot *first, const struct az_snapshot *again)
{
	struct az_part *kept[AZ_PARTS_MAX] = {NULL}, *read[AZ_PARTS_MAX] = {NULL};
	bool takes[PLACES];
	struct az_snapshot fresh = {0};
	bool any = false;

	if (!az_snapshot_copy(&fresh, again) || !az_snapshot_copy(to, first)) {
		az_snapshot_free(&fresh);
		memset(to, 0, sizeof *to);
		return false;
	}
	date_parts(to, kept);
	date_parts(&fresh, read);
	for (size_t i = 0; i < PLACES; i++)
		takes[i] = tells(&fresh, read[i]);
	for (size_t i = 0; i < PLACES; i++)
		if (takes[i]) {
			swap((char *)kept[i], (char *)read[i], places[i].size);
			any = true;
		}
	to->finished = again->finished;
	if (any && again->finished)
		to->done_at = again->done_at;
	if (!any && again->finished)
		memcpy(to->why_not, again->why_not, sizeof to->why_not);
	az_snapshot_free(&fresh);
	return true;
}
