/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors: who says that there is no way, and why. */
#include "analysis/observables/unreach.h"

#include <string.h>

static bool is_edge_address(const struct path_view *v, const struct ip_addr *a)
{
	int fam = ip_family_index(a->family);
	for (int l = 0; fam >= 0 && l < LINKS; l++)
		if (ip_addr_equal(a, &v->circuit->links[l].ce[fam]))
			return true;
	enum link_id link = path_address_link(v, a);
	if (fam < 0 || link >= LINKS || v->distance[fam].edge[link] == 0)
		return false;
	for (size_t i = 0; i < v->address_count; i++)
		if (ip_addr_equal(&v->addresses[i].addr, a))
			return v->addresses[i].ttl == v->distance[fam].edge[link];
	return false;
}

/* How many were met at this hop of a link. */
static size_t met_at(const struct path_view *v, int fam, uint8_t link, uint8_t hop)
{
	size_t n = 0;
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		n += a->ttl == hop && ip_family_index(a->addr.family) == fam && (a->link == link || a->link == LINK_ANY);
	}
	return n;
}

/* A router tells us of what expired and of what it cannot forward from one address (RFC 1812 4.3.2.4). Who reports on the way
 * to a link's own addresses, where each hop before the edge is one router and none of them, is the edge: by its inner
 * address. Without its answers the edge is taken to be as far as its twin. A provider has routers that we never meet. */
static bool stands_at_edge(const struct path_view *v, const struct probe_record *r, enum domain domain)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	int fam = ip_family_index(r->from.family);
	if (fam < 0 || f->link >= LINKS || v->circuit->handoff == HANDOFF_L3 || domain == DOMAIN_WAN)
		return false;
	const uint8_t *edge = v->distance[fam].edge, at = edge[f->link] > 0 ? edge[f->link] : edge[1 - f->link];
	for (size_t i = 0; i < v->address_count; i++)
		if (v->addresses[i].ttl > 0 && ip_addr_equal(&v->addresses[i].addr, &r->from))
			return false;
	for (uint8_t hop = 1; hop < at; hop++)
		if (met_at(v, fam, f->link, hop) != 1)
			return false;
	return at > 0;
}

enum domain unreach_sender_domain(const struct path_view *v, const struct probe_record *r)
{
	int fam = ip_family_index(r->from.family);
	uint8_t ttl = r->ttl;
	for (size_t i = 0; i < v->address_count; i++)
		if (ip_addr_equal(&v->addresses[i].addr, &r->from) && v->addresses[i].ttl > 0)
			ttl = v->addresses[i].ttl;
	if (fam < 0)
		return DOMAIN_NONE;
	return path_hop_domain(v, (uint8_t)fam, path_address_link(v, &r->from), ttl, &r->from);
}

enum reach_code { CODE_OTHER = 0, CODE_NET, CODE_HOST, CODE_ADMIN };

/* Only ICMP 3 and ICMPv6 1 speak of reachability: ICMPv6 2 "too big" has code 0 as well.
 * A port's or protocol's error is the end's own word; from a router on the way it is a
 * filter that rejects (iptables' default is 3/3). */
static enum reach_code reach_code(const struct probe_record *r)
{
	static const enum reach_code v4[] = {/* RFC 792, RFC 1812 5.2.7.1 */
		[0] = CODE_NET, [1] = CODE_HOST, [2] = CODE_ADMIN, [3] = CODE_ADMIN, [5] = CODE_NET, [6] = CODE_NET, [7] = CODE_HOST,
		[9] = CODE_ADMIN, [10] = CODE_ADMIN, [13] = CODE_ADMIN};
	static const enum reach_code v6[] = {/* RFC 4443 3.1 */
		[0] = CODE_NET, [1] = CODE_ADMIN, [3] = CODE_HOST, [4] = CODE_ADMIN, [5] = CODE_ADMIN, [6] = CODE_ADMIN};
	if (r->from.family == IP_V6)
		return r->icmp_type == 1 && r->icmp_code < sizeof v6 / sizeof v6[0] ? v6[r->icmp_code] : CODE_OTHER;
	return r->icmp_type == 3 && r->icmp_code < sizeof v4 / sizeof v4[0] ? v4[r->icmp_code] : CODE_OTHER;
}

enum unreach unreach_of(const struct path_view *v, const struct probe_record *r)
{
	enum reach_code code = reach_code(r);
	enum domain domain = unreach_sender_domain(v, r);
	if (code == CODE_OTHER)
		return UNREACH_NONE;
	if (code == CODE_ADMIN)
		return domain == DOMAIN_AZURE ? UNREACH_ADMIN_AZURE :
		       domain == DOMAIN_WAN ? UNREACH_ADMIN_WAN : UNREACH_ADMIN_CORP;
	if (domain == DOMAIN_AZURE)
		return UNREACH_AZURE;
	if (is_edge_address(v, &r->from) || stands_at_edge(v, r, domain))
		return code == CODE_HOST ? UNREACH_HOST_EDGE : UNREACH_NET;
	if (domain == DOMAIN_WAN)
		return code == CODE_HOST ? UNREACH_HOST_WAN : UNREACH_NET_WAN;
	return code == CODE_HOST ? UNREACH_HOST_CORP : UNREACH_NET;
}

bool unreach_is_no_way(const struct probe_record *r)
{
	enum reach_code code = reach_code(r);
	return code == CODE_NET || code == CODE_HOST;
}

/* Routers send such errors about once a second to one host: a target that is as
 * silent as one that was named will be in the same place. */
static void spread_unrouted(const struct path_view *v, bool *unrouted)
{
	const struct plan_circuit *c = v->circuit;
	bool family[FAMILIES] = {false, false};
	for (size_t t = 0; t < c->target_count; t++) {
		int fam = ip_family_index(c->targets[t].address.family);
		if (fam >= 0 && unrouted[t])
			family[fam] = true;
	}
	for (size_t t = 0; t < c->target_count; t++) {
		int fam = ip_family_index(c->targets[t].address.family);
		if (fam >= 0 && family[fam] && !v->target_answered[t])
			unrouted[t] = true;
	}
}

void unreach_unrouted(const struct path_view *v, bool *unrouted)
{
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		if (f->circuit != v->circuit_index || f->role != FLOW_TARGET || r->answer != ANSWER_UNREACHABLE)
			continue;
		if (unreach_is_no_way(r) && !path_is_end_answer(f, r))
			unrouted[f->target] = true;
	}
	spread_unrouted(v, unrouted);
}

void unreach_end_hops(const struct path_view *v, uint8_t hop[FAMILIES][LINKS])
{
	memset(hop, 0, FAMILIES * LINKS);
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		int fam = ip_family_index(r->from.family);
		bool of_end = f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_BGP_MSEE;
		if (f->circuit != v->circuit_index || !of_end || f->link >= LINKS || fam < 0 || r->answer != ANSWER_UNREACHABLE || reach_code(r) != CODE_NET)
			continue;
		for (size_t k = 0; k < v->address_count; k++) {
			const struct path_address *a = &v->addresses[k];
			if (a->ttl > 0 && ip_addr_equal(&a->addr, &r->from) && (hop[fam][f->link] == 0 || a->ttl < hop[fam][f->link]))
				hop[fam][f->link] = a->ttl;
		}
	}
}

const char *unreach_text(enum unreach u)
{
	static const char *const text[UNREACHES] = {
		"nothing", "host unreachable, from the edge", "host unreachable, from a corporate router",
		"no route", "host unreachable, from a provider hop", "no route, from a provider hop",
		"unreachable, from Azure's side", "refused by a filter on the corporate side",
		"refused by a filter in the WAN", "refused by a filter in Azure"};
	return u < UNREACHES ? text[u] : "nothing";
}
