/* SPDX-License-Identifier: BSD-2-Clause */
/* From the result to the stations of a link and how they hang together. */
#include "analysis/report/picture.h"

#include "analysis/catalogue/catalogue.h"

#include "analysis/render/words.h"
#include "analysis/report/text_parts.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"

#include <stdio.h>
#include <string.h>

#define TARGET_NAME_COLUMNS 16

const struct segment_result *segment_of(const struct link_result *l, enum domain d)
{
	for (size_t i = 0; i < l->segment_count && i < DOMAINS; i++)
		if (l->segments[i].domain == d)
			return &l->segments[i];
	return NULL;
}

/* --- domains --------------------------------------------------------------- */

static bool fault_in(const struct circuit_result *c, enum link_id l, enum domain d)
{
	for (size_t i = 0; i < c->fault_count && i < FAULTS_MAX; i++) {
		const struct verdict *v = &c->faults[i];

		if (v->domain == d && v->status != STATUS_UNDETERMINED && fault_on_link(v, l))
			return true;
	}
	return false;
}

/* A verdict that does not decide casts suspicion on its own domain and on those
 * of its alternatives, on the links that they name. */
static bool suspect(const struct circuit_result *c, enum link_id l, enum domain d)
{
	const struct verdict *v = &c->faults[0];

	if (v->status != STATUS_UNDETERMINED)
		return false;
	if (v->domain == d && fault_on_link(v, l))
		return true;
	for (size_t i = 0; i < v->alternative_count && i < ALTERNATIVES_MAX; i++) {
		enum link_id on = v->alternatives[i].link;

		if (v->alternatives[i].domain == d && (on == l || on == LINK_BOTH || on == LINK_NULL || on == LINK_ANY))
			return true;
	}
	return false;
}

enum domain_state domain_state_of(const struct circuit_result *c, const struct link_result *l, enum domain d)
{
	const struct segment_result *s = segment_of(l, d);

	if (fault_in(c, l->id, d))
		return DOMAIN_FAULTY;
	if (suspect(c, l->id, d))
		return DOMAIN_SUSPECT;
	if (s != NULL && s->loss.known && s->loss.ratio < 1)
		return DOMAIN_OK;
	for (int before = DOMAIN_CORPORATE; before < (int)d; before++)
		if (fault_in(c, l->id, (enum domain)before))
			return DOMAIN_BEYOND;
	return DOMAIN_UNMEASURED;
}

bool link_is_unseen(const struct circuit_result *c, const struct link_result *l)
{
	for (int fam = 0; fam < FAMILIES; fam++)
		if (picture_shows(l, fam) && reach_of(c, l, fam).msee)
			return false;
	return l->status == STATUS_UNDETERMINED && domain_state_of(c, l, DOMAIN_WAN) == DOMAIN_BEYOND;
}

const char *link_status_words(const struct circuit_result *c, const struct link_result *l)
{
	return link_is_unseen(c, l) ? "not seen" : status_name(l->status);
}

/* --- stations -------------------------------------------------------------- */

static bool hop_is(const struct hop_result *h, const struct ip_addr *a, const char *role)
{
	if (h->role[0] != '\0' && strcmp(h->role, role) == 0)
		return true;
	for (size_t i = 0; i < h->address_count && i < HOP_ADDRESSES_MAX; i++)
		if (ip_addr_is_set(a) && ip_addr_equal(&h->addresses[i], a))
			return true;
	return false;
}

/* Faults of one target: what stands before it still passes traffic. */
static bool only_targets_suffer(const struct circuit_result *c)
{
	static const char *const ids[] = {"azure.nsg", "azure.udr", "azure.target-down"};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (strcmp(c->faults[0].fault, ids[i]) == 0)
			return true;
	return false;
}

static void reach_by_hops(struct reach *r, const struct link_result *l, int fam)
{
	for (size_t i = 0; i < l->hop_count[fam]; i++) {
		const struct hop_result *h = &l->hops[fam][i];

		if (h->answered == 0)
			continue;
		r->edge = r->edge || hop_is(h, &l->ce[fam], "edge");
		r->msee = r->msee || hop_is(h, &l->msee[fam], "msee") || h->domain == DOMAIN_AZURE;
		r->target = r->target || strcmp(h->role, "target") == 0;
	}
}

struct reach reach_of(const struct circuit_result *c, const struct link_result *l, int fam)
{
	struct reach r = {false, false, false, false};
	const struct segment_result *wan = segment_of(l, DOMAIN_WAN);

	reach_by_hops(&r, l, fam);
	for (size_t i = 0; i < c->target_count && l->id < LINKS; i++)
		if (!c->targets[i].control && ip_family_index(c->targets[i].address.family) == fam)
			r.target = r.target || c->targets[i].over[l->id];
	/* A path without hops of its own (this host is the edge) is known by its segment. */
	if (l->hop_count[fam] == 0 && wan != NULL && wan->loss.known && wan->loss.ratio < 1)
		r.msee = true;
	r.msee = r.msee || r.target;
	r.gateway = r.target || (r.msee && only_targets_suffer(c));
	r.edge = r.edge || r.msee;
	return r;
}

bool picture_shows(const struct link_result *l, int fam)
{
	bool any[FAMILIES];

	for (int f = 0; f < FAMILIES; f++)
		any[f] = l->hop_count[f] > 0 || ip_addr_is_set(&l->ce[f]) || ip_addr_is_set(&l->msee[f]);
	return any[fam] || (fam == FAM4 && !any[FAM6]);
}

/* --- drawing --------------------------------------------------------------- */

static void add(char *cell, const char *text)
{
	size_t used = strlen(cell);

	text_format(cell + used, STRAND_MAX - used, "%s", text);
}

static const char *break_mark(enum domain_state s)
{
	return s == DOMAIN_FAULTY ? MARK_BAD : s == DOMAIN_SUSPECT ? MARK_DOUBT : "";
}

/* Hangs a station on the cell. *alive: did the one before answer? The first break
 * in a domain with a fault is where its mark stands. */
static void station(char *cell, const char *name, bool reached, bool *alive, const char *mark)
{
	bool here = *alive && !reached && mark[0] != '\0';

	if (cell[0] != '\0') {
		add(cell, reached ? " ── " : here ? " ─" : " ·· ");
		if (here) {
			add(cell, mark);
			add(cell, " ");
		}
	}
	add(cell, name);
	*alive = reached;
}

static bool is_corporate_hop(const struct link_result *l, const struct hop_result *h, int fam)
{
	return h->answered > 0 && h->address_count > 0 && h->domain == DOMAIN_CORPORATE && !hop_is(h, &l->ce[fam], "edge");
}

unsigned corporate_hops_seen(const struct link_result *l, int fam, struct ip_addr *last)
{
	unsigned count = 0;

	*last = ip_addr_none();
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		if (is_corporate_hop(l, &l->hops[fam][i], fam)) {
			*last = l->hops[fam][i].addresses[0];
			count++;
		}
	return count;
}

static void corporate_hops(char *cell, const struct link_result *l, int fam, enum detail detail, bool *alive)
{
	char text[IP_TEXT_MAX];
	unsigned count = 0;

	for (size_t i = 0; i < l->hop_count[fam]; i++) {
		const struct hop_result *h = &l->hops[fam][i];

		if (!is_corporate_hop(l, h, fam))
			continue;
		count++;
		if (detail == DETAIL_ALL)
			station(cell, ip_addr_text(&h->addresses[0], text), true, alive, "");
	}
	if (detail != DETAIL_SOME || count == 0)
		return;
	snprintf(text, sizeof text, "%u hop%s", count, PLURAL_S(count));
	station(cell, text, true, alive, "");
}

/* "CE 172.16.3.1"; the name alone where the address is not known or too much. */
static void station_name(char *buf, size_t size, const char *name, const struct ip_addr *a, bool addresses)
{
	char text[IP_TEXT_MAX];
	bool named = addresses && ip_addr_is_set(a);

	text_format(buf, size, "%s%s%s", name, named ? " " : "", named ? ip_addr_text(a, text) : "");
}

static void draw_corporate(struct strand *s, const struct circuit_result *c, const struct link_result *l, int fam,
                           const struct richness *rich, const struct reach *r)
{
	bool alive = true, here = l->id < LINKS && c->plan->links[l->id].on_edge[fam];
	const char *mark = break_mark(domain_state_of(c, l, DOMAIN_CORPORATE));
	char name[80];

	if (here) {
		station_name(name, sizeof name, "this host is CE", &l->ce[fam], rich->addresses[fam]);
		station(s->corporate, name, true, &alive, mark);
	} else {
		station(s->corporate, "host", true, &alive, mark);
		corporate_hops(s->corporate, l, fam, rich->corporate, &alive);
		station_name(name, sizeof name, "CE", &l->ce[fam], rich->addresses[fam]);
		if (c->plan->handoff != HANDOFF_L3)
			station(s->corporate, name, r->edge, &alive, mark);
	}
	s->corporate_alive = alive;
}

/* With l3 the provider's edge stands in the WAN; otherwise there is no station. */
static void draw_wan(struct strand *s, const struct circuit_result *c, const struct link_result *l, int fam,
                     const struct richness *rich, const struct reach *r)
{
	s->wan_state = domain_state_of(c, l, DOMAIN_WAN);
	s->wan_alive = s->corporate_alive;
	if (c->plan->handoff != HANDOFF_L3)
		return;
	station_name(s->wan, sizeof s->wan, r->edge ? "─ PE" : "· PE", &l->ce[fam], rich->addresses[fam]);
	s->wan_alive = r->edge;
}

bool target_station(const struct circuit_result *c, const struct link_result *l, int fam, char *buf, size_t size)
{
	unsigned all = 0, over = 0;
	const struct target_result *one = NULL;

	for (size_t i = 0; i < c->target_count && l->id < LINKS; i++) {
		const struct target_result *t = &c->targets[i];

		if (t->control || ip_family_index(t->address.family) != fam)
			continue;
		all++;
		over += t->over[l->id];
		one = t;
	}
	if (all > 1) {
		text_format(buf, size, "%u/%u targets", over, all);
	} else if (one != NULL) {
		text_safe(buf, size, one->name);
		size_t keep = utf8_fit(buf, size - 1, TARGET_NAME_COLUMNS);
		if (buf[keep] != '\0')
			text_format(buf + keep, size - keep, "…");
	}
	return all > 0;
}

static void draw_azure(struct strand *s, const struct circuit_result *c, const struct link_result *l, int fam,
                       const struct richness *rich, const struct reach *r)
{
	const char *mark = break_mark(domain_state_of(c, l, DOMAIN_AZURE));
	bool alive = s->wan_alive, broken_before = s->wan_state == DOMAIN_FAULTY || s->wan_state == DOMAIN_SUSPECT;
	char name[120];

	/* Where the MSEE itself is silent the break belongs to Azure only if the WAN is not in question. */
	add(s->azure, r->msee ? "─ " : alive && !broken_before && mark[0] != '\0' ? mark : "·");
	if (!r->msee)
		add(s->azure, " ");
	station_name(name, sizeof name, "MSEE", &l->msee[fam], rich->addresses[fam]);
	add(s->azure, name);
	s->azure_alive = alive = r->msee;
	if (rich->azure > DETAIL_SOME || !target_station(c, l, fam, name, sizeof name))
		return;
	if (rich->azure == DETAIL_ALL && c->plan->peering == PEERING_PRIVATE)
		station(s->azure, "gateway", r->gateway, &alive, mark);
	station(s->azure, name, r->target, &alive, mark);
}

void strand_draw(struct strand *s, const struct circuit_result *c, const struct link_result *l, int fam,
                 const struct richness *rich)
{
	struct reach r = reach_of(c, l, fam);

	memset(s, 0, sizeof *s);
	draw_corporate(s, c, l, fam, rich, &r);
	draw_wan(s, c, l, fam, rich, &r);
	draw_azure(s, c, l, fam, rich, &r);
}

const char *picture_loss_note(const struct circuit_result *c)
{
	for (size_t i = 0; i < c->fault_count && i < FAULTS_MAX; i++) {
		const struct fault_row *row = fault_find(c->faults[i].fault);
		if (row != NULL && row->target == 'L')
			return "The loss that the sentence estimates is what all probes together speak for; the picture's is what was counted at each place.";
	}
	return "";
}
