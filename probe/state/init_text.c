/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration for one circuit, with comments, from what Azure reports. */
#include "probe/state/init_text.h"

#include "erprobe/addr.h"
#include "probe/azure/ops.h"
#include "probe/snapshot/rows.h"
#include "probe/state/judge.h"
#include "probe/state/role.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define GATEWAY_ASN 65515 /* the gateway's own AS: its routes are the virtual networks */
#define PREFIXES_MAX 200  /* of one domain; longer lists are for a person to shorten */

struct prefixes { struct ip_prefix list[PREFIXES_MAX]; size_t count; bool cut; };

void init_quoted(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
	}
	strbuf_add_char(out, '"');
}

/* ------------------------------------------------------------------ links */

/* The first usable address is the edge's, the second Microsoft's (/30 and /126). */
static bool peers_of(const struct az_text *prefix, struct ip_addr *ce, struct ip_addr *msee)
{
	struct ip_prefix p;
	if (!prefix->present || !ip_prefix_parse(prefix->text, &p))
		return false;
	*ce = ip_prefix_nth(&p, 1);
	*msee = ip_prefix_nth(&p, 2);
	return ip_addr_is_set(ce) && ip_addr_is_set(msee);
}

static void put_pair(struct strbuf *out, const char *key, const struct ip_addr *four, const struct ip_addr *six)
{
	char text[IP_TEXT_MAX];
	strbuf_addf(out, "%s: [", key);
	if (ip_addr_is_set(four))
		strbuf_addf(out, "\"%s\"", ip_addr_text(four, text));
	if (ip_addr_is_set(six))
		strbuf_addf(out, "%s\"%s\"", ip_addr_is_set(four) ? ", " : "", ip_addr_text(six, text));
	strbuf_add(out, "]");
}

static void put_link(struct strbuf *out, const struct az_peering *p, int l)
{
	struct ip_addr ce[FAMILIES] = {0}, msee[FAMILIES] = {0};
	bool four = peers_of(&p->prefix[l], &ce[FAM4], &msee[FAM4]);
	bool six = peers_of(&p->prefix6[l], &ce[FAM6], &msee[FAM6]);
	if (!four && !six)
		return;
	strbuf_addf(out, "      %s: {", l == LINK_PRIMARY ? "primary" : "secondary");
	put_pair(out, "ce", &ce[FAM4], &ce[FAM6]);
	put_pair(out, ", msee", &msee[FAM4], &msee[FAM6]);
	strbuf_add(out, "}\n");
}

static void put_links(struct strbuf *out, const struct az_peering *p)
{
	struct ip_addr a, b;
	bool any = false;
	for (int l = 0; l < LINKS; l++)
		any = any || peers_of(&p->prefix[l], &a, &b) || peers_of(&p->prefix6[l], &a, &b);
	if (p->part.read != AZ_OK || !any) {
		strbuf_add(out, "    # links: Azure did not tell the peering's prefixes; write ce and msee of each link.\n");
		return;
	}
	strbuf_add(out, "    # From the peering's prefixes: ce is your (or the provider's) router, msee Microsoft's.\n"
	                "    # Each link also takes source and interface, which bind its probes to that link, and the\n"
	                "    # edge's own asn and vlan, which are then compared with Azure's");
	if (p->peer_asn.present)
		strbuf_addf(out, " (AS %" PRId64, p->peer_asn.value);
	if (p->peer_asn.present && p->vlan.present)
		strbuf_addf(out, ", VLAN %" PRId64, p->vlan.value);
	strbuf_addf(out, "%s.\n    links:\n", p->peer_asn.present ? ")" : "");
	for (int l = 0; l < LINKS; l++)
		put_link(out, p, l);
}

/* ------------------------------------------------------------------ domains */

static bool covers(const struct ip_prefix *wide, const struct ip_prefix *narrow)
{
	return wide->len <= narrow->len && ip_prefix_contains(wide, &narrow->addr);
}

/* Adds it unless one of the list holds it already; those that it holds go. */
static void add_prefix(struct prefixes *p, const struct ip_prefix *fresh)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->count; i++)
		if (covers(&p->list[i], fresh))
			return;
	for (size_t i = 0; i < p->count; i++)
		if (!covers(fresh, &p->list[i]))
			p->list[kept++] = p->list[i];
	p->count = kept;
	if (p->count < PREFIXES_MAX)
		p->list[p->count++] = *fresh;
	else
		p->cut = true;
}

/* Takes out what another list has to the bit: an address belongs to one domain. */
static void drop_same(struct prefixes *p, const struct prefixes *other)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->count; i++) {
		bool same = false;
		for (size_t k = 0; k < other->count && !same; k++)
			same = covers(&p->list[i], &other->list[k]) && covers(&other->list[k], &p->list[i]);
		if (!same)
			p->list[kept++] = p->list[i];
	}
	p->count = kept;
}

static int by_address(const void *a, const void *b)
{
	const struct ip_prefix *x = a, *y = b;
	return ip_addr_compare(&x->addr, &y->addr);
}

/* Where the provider runs layer 3 its AS stands before everybody's. What has no other AS behind it,
 * while others have, is the provider's own; where none has, it speaks for its customer. */
struct domains_found {
	int64_t peer_asn;       /* -1 = not told */
	bool provider, customer_behind;
	struct prefixes corporate, azure, wan;
};

/* Is another AS than the first named in this path? Separators are of any kind. */
static bool has_other_as(const char *path, int64_t first)
{
	while (*path) {
		char *end;
		long long as = strtoll(path, &end, 10);
		if (end == path)
			path++;
		else if (as != first)
			return true;
		else
			path = end + (*end == '-'); /* no sign of the next */
	}
	return false;
}

/* What the peer announces; path begins with its AS. */
static void add_of_peer(struct domains_found *d, const char *path, const struct ip_prefix *prefix)
{
	bool own = d->provider && d->customer_behind && !has_other_as(path, d->peer_asn);
	add_prefix(own ? &d->wan : &d->corporate, prefix);
}

/* Who announced it: the AS nearest to Microsoft's edge, the first of the path. */
static void sort_route(struct domains_found *d, const struct az_route_row *r, bool look_behind)
{
	char path[AZ_TEXT_MAX], origin;
	struct ip_prefix prefix;
	if (!r->network.present || !ip_prefix_parse(r->network.text, &prefix) || prefix.len == 0)
		return;
	row_route_path(r, path, &origin);
	long long first = strtoll(path, NULL, 10);
	bool of_peer = first == d->peer_asn && !strstr(path, " 12076"); /* with 12076 behind it, it is Azure's own, sent back */
	if (look_behind)
		d->customer_behind = d->customer_behind || (of_peer && has_other_as(path, first));
	else if (first == GATEWAY_ASN)
		add_prefix(&d->azure, &prefix);
	else if (of_peer)
		add_of_peer(d, path, &prefix);
}

/* Where the edge's tables told nothing, the gateway's may: its own networks have no AS path, what
 * it learned has Microsoft's edge (12076) and then the customer. */
static void sort_learned(struct domains_found *d, const struct az_gateway_route *r, bool look_behind)
{
	struct ip_prefix prefix;
	const char *path = strncmp(r->as_path.text, "12076-", 6) == 0 ? r->as_path.text + 6 : "";
	if (!r->network.present || !ip_prefix_parse(r->network.text, &prefix) || prefix.len == 0)
		return;
	bool of_peer = path[0] && strtoll(path, NULL, 10) == d->peer_asn;
	if (look_behind)
		d->customer_behind = d->customer_behind || (of_peer && has_other_as(path, d->peer_asn));
	else if (judge_is(&r->origin, "Network"))
		add_prefix(&d->azure, &prefix);
	else if (of_peer)
		add_of_peer(d, path, &prefix);
}

static void put_prefixes(struct strbuf *out, const char *name, struct prefixes *p)
{
	char text[PREFIX_TEXT_MAX];
	if (p->count == 0)
		return;
	qsort(p->list, p->count, sizeof(p->list[0]), by_address);
	strbuf_addf(out, "      %s: [", name);
	for (size_t i = 0; i < p->count; i++)
		strbuf_addf(out, "%s\"%s\"", i ? i % 6 == 0 ? ",\n        " : ", " : "", ip_prefix_text(&p->list[i], text));
	strbuf_addf(out, "]%s\n", p->cut ? " # and more: shorten by wider prefixes" : "");
}

static void put_targets(struct strbuf *out, const struct prefixes *azure)
{
	char text[IP_TEXT_MAX] = "10.100.0.4";
	if (azure->count > 0) {
		struct ip_addr host = ip_prefix_nth(&azure->list[0], 4); /* Azure keeps the first three of a subnet */
		if (ip_addr_is_set(&host))
			ip_addr_text(&host, text);
	}
	strbuf_addf(out, "    # Services in Azure that must answer: with them erprobe tells a fault behind Microsoft's edge, and\n"
	                 "    # whether the service itself is down. Azure does not tell which answer: name one or two.\n"
	                 "    # targets:\n"
	                 "    #   - {name: app, address: \"%s\", tcp: [443]}\n"
	                 "    # Hosts of yours that are reached without ExpressRoute: they clear the corporate side.\n"
	                 "    # controls:\n"
	                 "    #   - {name: dc-1, address: \"10.10.9.9\", tcp: [53]}\n", text);
}

static void sort_all(struct domains_found *d, const struct az_snapshot *s, bool look_behind)
{
	for (int l = 0; l < LINKS; l++)
		for (size_t i = 0; i < s->routes[l].count; i++)
			sort_route(d, &s->routes[l].rows[i], look_behind);
	for (size_t i = 0; i < s->gateway_learned.count; i++)
		sort_learned(d, &s->gateway_learned.rows[i], look_behind);
}

static void put_domains(struct strbuf *out, const struct az_snapshot *s, bool provider)
{
	struct domains_found *d = calloc(1, sizeof(*d));
	if (!d) {
		out->failed = true;
		return;
	}
	d->peer_asn = s->peering.peer_asn.present ? s->peering.peer_asn.value : -1;
	d->provider = provider;
	sort_all(d, s, true);
	sort_all(d, s, false);
	/* Announced from both sides: what the gateway announces is there, what the peer does may be its way back. */
	drop_same(&d->corporate, &d->azure);
	drop_same(&d->wan, &d->azure);
	drop_same(&d->wan, &d->corporate);
	if (d->corporate.count + d->azure.count + d->wan.count > 0) {
		strbuf_addf(out, "    # Which addresses are whose, from the routes at Microsoft's edge and the gateway. Add %s as wan.\n"
		                 "    domains:\n", d->wan.count ? "what else the provider has" : "the provider's");
		put_prefixes(out, "corporate", &d->corporate);
		put_prefixes(out, "wan", &d->wan);
		put_prefixes(out, "azure", &d->azure);
	} else {
		strbuf_add(out, "    # domains: Azure told no routes; write corporate, wan and azure as lists of prefixes.\n");
	}
	put_targets(out, &d->azure);
	free(d);
}

/* ------------------------------------------------------------------ the file */

static const char *handoff_of(const struct az_snapshot *s, const char **why)
{
	*why = "Azure names no other: the edge that holds the /30 is yours";
	if (s->circuit.express_route_port.present) {
		*why = "the circuit is on an ExpressRoute Direct port";
		return "direct";
	}
	if (judge_is(&s->peering.last_modified_by, "Provider")) {
		*why = "the provider has configured the peering, so its router holds the /30";
		return "l3";
	}
	return "l2";
}

static void put_head(struct strbuf *out, const struct az_snapshot *s)
{
	char at[WALL_TEXT_MAX], action[160];
	size_t i = 0;
	strbuf_addf(out, "# Made by erprobe init from what Azure reported at %.19sZ.\n", wall_text(s->done_at, at));
	strbuf_add(out, "# Check it with `erprobe config check`, then run `erprobe check`.\n");
	while (role_lacks(s, &i, action, sizeof(action)))
		strbuf_addf(out, "# This identity lacks the right to %s.\n", action);
}

/* Azure writes its own ids in either case. */
static bool is_of_kind(const char *id, const char *segment)
{
	for (const char *at = strchr(id, '/'); at; at = strchr(at + 1, '/'))
		if (strncasecmp(at, segment, strlen(segment)) == 0)
			return true;
	return false;
}

static void put_gateway(struct strbuf *out, const struct plan_circuit *c, const struct az_gateway *g)
{
	const char *id = c->gateway_id[0] ? c->gateway_id : g->id.text;

	if (c->peering != PEERING_PRIVATE)
		return; /* no gateway is behind it */
	if ((c->gateway_id[0] || (g->part.read == AZ_OK && g->id.present)) && !strstr(id, TEXT_CUT_MARK) &&
	    (is_of_kind(id, "/virtualNetworkGateways/") || op_is_hub_gateway(id))) {
		strbuf_add(out, "    gateway_id: ");
		init_quoted(out, id);
		strbuf_add_char(out, '\n');
	} else {
		strbuf_add(out, "    # gateway_id: the id of the gateway, of a virtual network or of Virtual WAN; none was found.\n");
	}
}

void init_text(const char *azure_section, const struct plan_circuit *c, const struct az_snapshot *s, struct strbuf *out)
{
	const char *why, *handoff = handoff_of(s, &why);
	put_head(out, s);
	strbuf_add(out, azure_section);
	strbuf_add(out, "circuits:\n  - name: ");
	init_quoted(out, c->name);
	strbuf_add(out, "\n    resource_id: ");
	init_quoted(out, c->resource_id);
	strbuf_addf(out, "\n    peering: %s\n", peering_name(c->peering));
	strbuf_addf(out, "    handoff: %s # %s; or l2, l3, direct\n", handoff, why);
	put_gateway(out, c, &s->gateway);
	put_links(out, &s->peering);
	put_domains(out, s, strcmp(handoff, "l3") == 0);
}
