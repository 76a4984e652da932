/* SPDX-License-Identifier: BSD-2-Clause */
/* Which routes Azure says that it has, where their absence is a statement of its own: the sessions
 * that should bring them stand. Tables that were cut, are empty, or have nothing of the family
 * tell nothing. */
#include "analysis/observables/azure_view.h"
#include "analysis/value/az_facts.h"

static bool has_rows(const struct az_routes *t)
{
	return t->part.read == AZ_OK && !t->part.cut && t->count > 0;
}

/* What a table has for this address: any route of its family, one that covers it; of the peer's AS
 * (the customer's side) or of any other. A default route covers all. */
struct found { bool any_of_family, covered; };

static struct found look_up(const struct az_routes *t, const struct ip_addr *a, int64_t peer_asn, bool of_peer)
{
	struct found f = {false, false};
	for (size_t i = 0; i < t->count; i++) {
		struct ip_prefix p;
		if (!t->rows[i].network.present || !ip_prefix_parse(t->rows[i].network.text, &p) || p.addr.family != a->family)
			continue;
		bool peers = az_first_as(&t->rows[i].path) == peer_asn;
		f.any_of_family = f.any_of_family || !of_peer || peers;
		f.covered = f.covered || (peers == of_peer && ip_prefix_contains(&p, a));
	}
	return f;
}

static bool stands(enum az_session_state session)
{
	return session == SESSION_UP || session == SESSION_BRINGS;
}

/* The gateway's sessions with the MSEEs stand, and no table of theirs has a way to any target. */
static uint8_t towards_targets(const struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s)
{
	uint8_t seen = AZ_UNREAD;
	for (size_t t = 0; a->gateway_peers == AZ_GOOD && t < c->target_count; t++)
		for (int l = 0; l < LINKS; l++) {
			if (!has_rows(&s->routes[l]) || c->targets[t].control) /* a control is not reached over the circuit */
				continue;
			struct found f = look_up(&s->routes[l], &c->targets[t].address, s->peering.peer_asn.value, false);
			if (f.covered)
				return AZ_GOOD;
			if (f.any_of_family)
				seen = AZ_BAD;
		}
	return seen;
}

/* Where a summary does not list the edge, or was not read, the MSEE's own routes tell of its session: they are there while it
 * stands and go with it. A table without any of Azure's, in this family, is as good as empty. */
static enum az_session_state session_by_routes(const struct az_snapshot *s, int l, const struct ip_addr *ce)
{
	bool others = false;
	for (size_t i = 0; has_rows(&s->routes[l]) && i < s->routes[l].count; i++) {
		const struct az_route_row *row = &s->routes[l].rows[i];
		struct ip_prefix p;
		if (!row->network.present || !ip_prefix_parse(row->network.text, &p) || p.addr.family != ce->family)
			continue;
		if (az_first_as(&row->path) == s->peering.peer_asn.value)
			return SESSION_BRINGS;
		others = true;
	}
	return others ? SESSION_BRINGS_NONE : SESSION_UNREAD;
}

static void tell_sessions(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			enum az_session_state *own = &a->session[fam][l], told;
			if (!ip_addr_is_set(&c->links[l].ce[fam]) || (*own != SESSION_EMPTY && *own != SESSION_UNREAD))
				continue;
			if ((told = session_by_routes(s, l, &c->links[l].ce[fam])) == SESSION_UNREAD)
				continue;
			struct azure_age age = azure_age_of(s, &s->routes[l].part, a->now);
			if (*own == SESSION_UNREAD || age.weight < a->session_age[l].weight)
				a->session_age[l] = age;
			*own = told;
		}
}

static bool any_session_brings_routes(const struct azure_view *a)
{
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int l = 0; l < LINKS; l++)
			if (stands(a->session[fam][l]))
				return true;
	return false;
}

/* The MSEEs have routes of ours, and the gateway has learned none from them. */
static uint8_t towards_us(const struct azure_view *a, const struct az_snapshot *s)
{
	const struct az_gateway_routes *t = &s->gateway_learned;
	if (t->part.read != AZ_OK || t->part.cut || t->count == 0 || !any_session_brings_routes(a))
		return AZ_UNREAD;
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].as_path.present && t->rows[i].as_path.text[0] != '\0' && !az_text_is(&t->rows[i].origin, "Network"))
			return AZ_GOOD;
	return AZ_BAD;
}

void azure_routes_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s)
{
	if (c->peering != PEERING_PRIVATE || s->peering.part.read != AZ_OK || !s->peering.peer_asn.present)
		return;
	tell_sessions(a, c, s);
	uint8_t there = towards_targets(a, c, s), back = towards_us(a, s);
	a->says[SAYS_ROUTES][0] = there == AZ_BAD || back == AZ_BAD ? AZ_BAD : there ? there : back;
	a->routes_learned = back == AZ_BAD && there != AZ_BAD;
}

/* The sessions stand without a prefix, and the table that was read beside them holds none of the peer's. */
static bool brings_nothing(const struct azure_view *a, const struct az_snapshot *s, int l)
{
	bool empty = false;
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (stands(a->session[fam][l]))
			return false;
		empty = empty || a->session[fam][l] == SESSION_UP_ZERO;
	}
	for (size_t i = 0; i < s->routes[l].count; i++)
		if (az_first_as(&s->routes[l].rows[i].path) == s->peering.peer_asn.value)
			return false;
	return empty;
}

/* A target's probes that may take this link leave with this address. */
static uint8_t announced(const struct azure_view *a, const struct path_view *v, const struct az_snapshot *s, int l)
{
	uint8_t seen = AZ_UNREAD;
	if (has_rows(&s->routes[l]) && brings_nothing(a, s, l))
		return AZ_BAD;
	for (size_t i = 0; has_rows(&s->routes[l]) && i < v->plan->flow_count; i++) {
		const struct plan_flow *f = &v->plan->flows[i];
		int fam = ip_family_index(f->src.family);
		if (f->circuit != v->circuit_index || f->role != FLOW_TARGET || fam < 0 || (f->link != l && f->link != LINK_ANY) ||
		    !stands(a->session[fam][l]))
			continue;
		struct found found = look_up(&s->routes[l], &f->src, s->peering.peer_asn.value, true);
		if (found.any_of_family && !found.covered)
			return AZ_BAD;
		seen = found.covered ? AZ_GOOD : seen;
	}
	return seen;
}

void azure_routes_own(struct azure_view *a, const struct path_view *v, const struct az_snapshot *s)
{
	if (!s || !az_snapshot_has_answer(s) || v->circuit->peering != PEERING_PRIVATE || s->peering.part.read != AZ_OK ||
	    !s->peering.peer_asn.present)
		return;
	for (int l = 0; l < LINKS; l++)
		a->says[SAYS_ADVERTISED][l] = announced(a, v, s, l);
}
