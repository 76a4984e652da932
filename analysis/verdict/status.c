/* SPDX-License-Identifier: BSD-2-Clause */
/* fault or degraded is a matter of what still works, not of probability. */
#include "analysis/verdict/status.h"

#include <string.h>

bool status_is_dead_row(const struct fault_row *row)
{
	return row->target == 'X' || row->target == 'm';
}

bool status_is_said(unsigned said, uint8_t part)
{
	return said & (1u << part);
}

/* Is every link that the circuit has dead by what is said? */
static bool all_links_dead(const struct explanation *e, unsigned said, const struct circuit_result *r)
{
	size_t dead = 0;
	for (size_t l = 0; l < r->link_count; l++) {
		bool hit = false;
		for (uint8_t i = 0; i < e->count; i++)
			hit = hit || (status_is_said(said, i) && e->parts[i].row->scope == SCOPE_LINK && status_is_dead_row(e->parts[i].row) &&
			              e->parts[i].link == (uint8_t)r->links[l].id);
		dead += hit;
	}
	return r->link_count > 0 && dead == r->link_count;
}

/* A service that is filtered on one link passes over the other, where that carries traffic to
 * the targets and lets the service through: a target whose few flows all took the filtered
 * one is not cut off. */
static bool passes_elsewhere(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *h)
{
	if (h->row->scope != SCOPE_LINK_SERVICE)
		return false;
	for (uint8_t i = 0; i < e->count; i++)
		if (status_is_said(said, i) && e->parts[i].row == h->row && e->parts[i].link != h->link && e->parts[i].kind == h->kind &&
		    e->parts[i].port == h->port)
			return false;
	for (size_t i = 0; i < p->seen->group_count; i++) {
		const struct traffic_group *g = &p->seen->groups[i];
		if (g->cls == GROUP_TARGET && g->link < LINKS && g->link != h->link && (h->families & 1u << g->fam) && g->answered > 0)
			return true;
	}
	return false;
}

enum status status_of_part(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *h,
                           const struct circuit_result *r)
{
	bool broken = false, tested = false;
	for (size_t i = 0; i < r->target_count; i++) {
		const struct target_result *t = &r->targets[i];
		if (t->control || !t->tested)
			continue;
		tested = true;
		bool own = (h->row->scope != SCOPE_TARGET && h->row->scope != SCOPE_TARGET_SERVICE) || h->target == i;
		broken = broken || (own && !t->reachable);
	}
	if (!status_is_dead_row(h->row) || passes_elsewhere(p, e, said, h))
		return STATUS_DEGRADED;
	if (h->row->scope == SCOPE_BOTH && (broken || !tested))
		return STATUS_FAULT;
	if (h->row->scope == SCOPE_SHARED && !tested)
		return STATUS_FAULT;
	if (h->row->scope == SCOPE_LINK && all_links_dead(e, said, r) && (broken || !tested))
		return STATUS_FAULT;
	for (uint8_t i = 0; h->row->scope == SCOPE_LINK && i < e->count; i++) /* another fault explains the target */
		if (status_is_said(said, i) && &e->parts[i] != h && e->parts[i].row->scope != SCOPE_LINK && status_is_dead_row(e->parts[i].row))
			return STATUS_DEGRADED;
	return broken ? STATUS_FAULT : STATUS_DEGRADED;
}

/* Did anything answer beyond the link's near end, its MSEE or what lies behind? */
static bool link_is_seen(const struct circuit_result *r, const struct link_result *l)
{
	for (size_t fam = 0; fam < FAMILIES; fam++)
		for (size_t i = 0; i < l->hop_count[fam]; i++) {
			const struct hop_result *h = &l->hops[fam][i];
			if (h->answered > 0 && (h->domain == DOMAIN_AZURE || strcmp(h->role, "msee") == 0 || strcmp(h->role, "target") == 0))
				return true;
		}
	for (size_t i = 0; i < r->target_count; i++)
		if (!r->targets[i].control && r->targets[i].over[l->id])
			return true;
	for (size_t i = 0; i < l->segment_count; i++)
		if (l->segments[i].domain == DOMAIN_WAN && l->segments[i].loss.known && l->segments[i].loss.ratio < 1)
			return true;
	return false;
}

/* What the corporate network stops before it comes to a link tells nothing of that link. */
static bool is_cut_before_links(const struct hypothesis *h)
{
	return h->row->domain == DOMAIN_CORPORATE && h->link >= LINKS && status_is_dead_row(h->row);
}

void status_mark_links(const struct explanation *e, unsigned said, struct circuit_result *r)
{
	for (size_t l = 0; l < r->link_count; l++)
		for (uint8_t i = 0; i < e->count; i++) {
			const struct hypothesis *h = &e->parts[i];
			bool hit = h->link == LINK_BOTH || h->link == (uint8_t)r->links[l].id;
			if (!hit || h->row->scope == SCOPE_NONE)
				continue;
			enum status s = !status_is_said(said, i) ? STATUS_UNDETERMINED : status_is_dead_row(h->row) ? STATUS_FAULT : STATUS_DEGRADED;
			if (r->links[l].status == STATUS_HEALTHY || (s != STATUS_UNDETERMINED && r->links[l].status != STATUS_FAULT))
				r->links[l].status = s;
		}
	for (size_t l = 0; l < r->link_count; l++)
		for (uint8_t i = 0; i < e->count; i++)
			if (is_cut_before_links(&e->parts[i]) && r->links[l].status == STATUS_HEALTHY && !link_is_seen(r, &r->links[l]))
				r->links[l].status = STATUS_UNDETERMINED;
}
