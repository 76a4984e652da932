/* SPDX-License-Identifier: BSD-2-Clause */
/* The two paths: ARP and BGP as the MSEE of each sees them.
 *
 * 1. ARP: a row of the edge's address (or an On-Prem row) with a MAC is resolved; with
 *    "Incomplete", or a table that has the Microsoft row alone, unanswered; an empty or
 *    unread table is unknown. A missing Microsoft row is normal on some hardware.
 * 2. BGP: a number in the state is a session that stands, a word one that is down; a
 *    neighbour that is not listed is unknown.
 * 3. A path is down when its sessions are down, or unknown with ARP unanswered. */
#include "probe/state/judge.h"

#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"
#include "probe/snapshot/rows.h"

#include <string.h>

#define GATEWAY_ASN 65515 /* the AS of every ExpressRoute gateway */

static bool same_address(const struct az_text *t, const struct ip_addr *a)
{
	struct ip_addr parsed;
	return t->present && ip_addr_is_set(a) && ip_addr_parse(t->text, &parsed) && ip_addr_equal(&parsed, a);
}

/* ExpressRoute's rule: of the /30 (or /126) the first usable address is the edge's. */
static struct ip_addr edge_of(const struct az_text *prefix, const struct ip_addr *configured)
{
	struct ip_prefix p;
	if (prefix->present && ip_prefix_parse(prefix->text, &p))
		return ip_prefix_nth(&p, 1);
	return *configured;
}

/* ------------------------------------------------------------------ reading */

static bool is_v6(const struct az_text *t)
{
	return strchr(t->text, ':') != NULL;
}

/* What the rows of one family say that are the edge's: by its address, or else by their label. */
static enum arp_reading read_rows(const struct az_arp *a, const struct ip_addr *edge, int family, bool by_address,
                                  size_t *of_family)
{
	enum arp_reading found = ARP_UNKNOWN;
	*of_family = 0;
	for (size_t i = 0; i < a->count; i++) {
		const struct az_arp_row *r = &a->rows[i];
		bool known, resolved = row_arp_resolved(r, &known);
		if (is_v6(&r->ip) != (family == FAM6))
			continue;
		++*of_family;
		if (!(by_address ? same_address(&r->ip, edge) : row_arp_on_prem(r)))
			continue;
		*of_family = a->count + 1; /* there is a row of the edge, even if its MAC says nothing */
		if (known && found != ARP_RESOLVED)
			found = resolved ? ARP_RESOLVED : ARP_UNANSWERED;
	}
	return found;
}

static enum arp_reading read_arp(const struct az_arp *a, const struct ip_addr *edge, int family)
{
	size_t rows;
	if (a->part.read != AZ_OK)
		return ARP_UNKNOWN;
	enum arp_reading found = read_rows(a, edge, family, true, &rows);
	if (found != ARP_UNKNOWN)
		return found;
	found = read_rows(a, edge, family, false, &rows);
	if (found == ARP_UNKNOWN && rows > 0 && rows <= a->count)
		return ARP_UNANSWERED; /* the Microsoft row alone */
	return found;
}

static void read_session(const struct az_bgp *b, const struct ip_addr *edge, const struct az_int *peer_asn,
                         struct session_reading *out)
{
	if (b->part.read != AZ_OK)
		return;
	for (size_t i = 0; i < b->count; i++) {
		const struct az_bgp_row *r = &b->rows[i];
		bool ours = ip_addr_is_set(edge) ? same_address(&r->neighbor, edge)
		                                 : peer_asn->present && r->as.present && r->as.value == peer_asn->value;
		if (!ours || !r->state.present || !r->state.text[0])
			continue;
		out->known = true;
		out->row = r;
		out->established = row_bgp_prefixes(r, &out->prefixes);
	}
}

static void count_gateway(const struct az_bgp *b, struct path_reading *p)
{
	int64_t prefixes;
	if (b->part.read != AZ_OK)
		return;
	for (size_t i = 0; i < b->count; i++)
		if (b->rows[i].as.present && b->rows[i].as.value == GATEWAY_ASN) {
			p->gateway_all++;
			p->gateway_up += row_bgp_prefixes(&b->rows[i], &prefixes);
		}
}

static bool path_is_down(const struct path_reading *p)
{
	bool bad = false;
	for (int f = 0; f < FAMILIES; f++) {
		const struct session_reading *s = &p->session[f];
		if ((s->known && s->established) || (!s->known && p->arp[f] == ARP_RESOLVED))
			return false;
		bad = bad || s->known || p->arp[f] == ARP_UNANSWERED;
	}
	return bad;
}

static void read_path(const struct plan_circuit *c, const struct az_snapshot *s, enum link_id l,
                      struct path_reading *p)
{
	static const struct az_int no_asn = {0};
	const struct az_text *prefixes[FAMILIES] = {&s->peering.prefix[l], &s->peering.prefix6[l]};
	for (int f = 0; f < FAMILIES; f++) {
		p->edge[f] = edge_of(prefixes[f], &c->links[l].ce[f]);
		if (f == FAM6 && !ip_addr_is_set(&p->edge[f]))
			continue;
		p->arp[f] = read_arp(&s->arp[l], &p->edge[f], f);
		read_session(&s->bgp[l], &p->edge[f], f == FAM4 ? &s->peering.peer_asn : &no_asn, &p->session[f]);
	}
	count_gateway(&s->bgp[l], p);
	p->down = path_is_down(p);
}

/* ------------------------------------------------------------------ judging */

/* Sessions cannot stand where circuit or peering do not. */
static bool explained_above(const struct az_snapshot *s)
{
	return (s->circuit.circuit_state.present && !judge_is(&s->circuit.circuit_state, "Enabled")) ||
	       (s->circuit.provider_state.present && !judge_is(&s->circuit.provider_state, "Provisioned")) ||
	       (s->peering.state.present && !judge_is(&s->peering.state, "Enabled"));
}

static const char *meaning_of_down(const struct plan_circuit *c, enum arp_reading arp, const char *word)
{
	if (strstr(word, "PfxCt") || strstr(word, "PfxLmt"))
		return "the edge announced more prefixes than allowed, so Microsoft ended the session: announce fewer";
	if (strstr(word, "Admin"))
		return "the session is shut by configuration: is the peering disabled, or a failover test running?";
	if (arp == ARP_UNANSWERED && c->handoff == HANDOFF_DIRECT)
		return "layer 2 between your edge and Microsoft is dead: port, cross-connect or VLAN; `erprobe check` tells more";
	if (arp == ARP_UNANSWERED)
		return "layer 2 between the edge and Microsoft is dead: the provider's line or VLAN, or the edge's own "
		       "port; `erprobe check` tells which";
	if (arp == ARP_RESOLVED && c->handoff == HANDOFF_L3)
		return "layer 2 works, BGP does not: the provider's edge; compare AS, MD5 key and prefix limit with it";
	if (arp == ARP_RESOLVED)
		return "layer 2 works, BGP does not: your edge; compare AS numbers, neighbour, MD5 key and prefix limit";
	return "ARP of this path could not be read, so layer 2 and BGP cannot be told apart; run `erprobe check`";
}

static void say_down(const struct plan_circuit *c, const struct az_snapshot *snap, struct judgement *j,
                     enum link_id l, int f, enum state_status weight)
{
	const struct path_reading *p = &j->paths[l];
	const struct session_reading *s = &p->session[f];
	char edge[IP_TEXT_MAX], state[64] = "not listed", since[64] = "";
	const char *means = meaning_of_down(c, p->arp[f], s->known ? s->row->state.text : "");
	if (explained_above(snap))
		means = "this follows from the state of the circuit or of its peering";
	else if (az_port_down(snap, l) == AZ_FACT_YES)
		means = "this follows from the port of this link, which is down";
	if (s->known) {
		text_safe(state, sizeof(state), s->row->state.text);
		text_safe(since, sizeof(since), s->row->up_down.text);
	}
	const char *arp = p->arp[f] == ARP_UNANSWERED ? "unanswered" : p->arp[f] == ARP_RESOLVED ? "fine" : "unknown";
	judge_add(j, weight, l, means, "BGP with the edge %s is %s%s%s%s; ARP for it is %s",
	          ip_addr_text(&p->edge[f], edge), state,
	          since[0] ? " (" : "", since, since[0] ? ")" : "", arp);
}

/* A path that stands may still lack something: a family, routes, or a fresh ARP answer. */
static void judge_standing(const struct plan_circuit *c, const struct az_snapshot *snap, struct judgement *j,
                           enum link_id l, bool *without_routes)
{
	const struct path_reading *p = &j->paths[l];
	int64_t prefixes = 0;
	bool any = false;
	for (int f = 0; f < FAMILIES; f++) {
		const struct session_reading *s = &p->session[f];
		if (s->known && !s->established)
			say_down(c, snap, j, l, f, STATE_DEGRADED);
		else if (s->established && p->arp[f] == ARP_UNANSWERED)
			judge_add(j, STATE_DEGRADED, l,
			          "the line may have died a moment ago: BGP notices after its hold time of up to 180 s",
			          "ARP for the edge is unanswered although BGP still stands");
		any = any || s->established;
		prefixes += s->prefixes;
	}
	*without_routes = any && prefixes == 0;
}

static void judge_routes(struct judgement *j, const bool without_routes[LINKS])
{
	bool both = without_routes[LINK_PRIMARY] && without_routes[LINK_SECONDARY];
	for (int l = 0; l < LINKS; l++)
		if (without_routes[l])
			judge_add(j, both ? STATE_FAULT : STATE_DEGRADED, (enum link_id)l,
			          "Azure has no way back over this path: let the edge announce your prefixes",
			          "BGP stands but the edge announces no prefix");
}

void judge_read_paths(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	for (int l = 0; l < LINKS; l++)
		read_path(c, s, (enum link_id)l, &j->paths[l]);
}

void judge_paths(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	bool without_routes[LINKS] = {false, false};
	bool both = j->paths[LINK_PRIMARY].down && j->paths[LINK_SECONDARY].down;
	for (int l = 0; l < LINKS; l++) {
		const struct path_reading *p = &j->paths[l];
		int f = p->session[FAM4].known || p->arp[FAM4] != ARP_UNKNOWN ? FAM4 : FAM6;
		if (p->down)
			say_down(c, s, j, (enum link_id)l, f, both ? STATE_FAULT : STATE_DEGRADED);
		else
			judge_standing(c, s, j, (enum link_id)l, &without_routes[l]);
	}
	judge_routes(j, without_routes);
}
