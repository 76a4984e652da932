/* SPDX-License-Identifier: BSD-2-Clause */
/* Observations as sentences. */
#include "analysis/verdict/apart.h"
#include "analysis/verdict/verdict.h"
#include "analysis/observables/heard.h"
#include "analysis/observables/partial.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <string.h>

void service_words(uint8_t kind, uint16_t port, char *out, size_t size)
{
	if (kind == PROBE_TCP_SYN && port == SERVICE_EVERY_PORT)
		text_format(out, size, "TCP");
	else if (kind == PROBE_TCP_SYN)
		text_format(out, size, "TCP %u", (unsigned)port);
	else if (kind == PROBE_NEIGHBOUR)
		text_format(out, size, "ARP/ND");
	else
		text_format(out, size, "ping");
}

static const char *link_words(uint8_t link)
{
	return link == LINK_PRIMARY ? " (primary)" : link == LINK_SECONDARY ? " (secondary)" : "";
}

static void count_words(const struct traffic_group *g, char *out, size_t size)
{
	if (g->answered == 0)
		text_format(out, size, "answered none of %u", (unsigned)g->sent);
	else if (g->answered == g->sent)
		text_format(out, size, "answered all of %u", (unsigned)g->sent);
	else
		text_format(out, size, "answered %u of %u", (unsigned)g->answered, (unsigned)g->sent);
}

static void group_words(const struct observables *o, const struct traffic_group *g, char *out, size_t size)
{
	char addr[IP_TEXT_MAX], service[32], count[64];
	unsigned dead = 0;
	const char *name = g->target < o->path->circuit->target_count ? o->path->circuit->targets[g->target].name : "";
	ip_addr_text(&g->addr, addr);
	service_words(g->kind, g->port, service, sizeof service);
	count_words(g, count, sizeof count);
	switch (g->cls) {
	case GROUP_EDGE:
		text_format(out, size, "Edge %s%s %s (%s).", addr, link_words(g->link), count, service);
		break;
	case GROUP_MSEE:
		text_format(out, size, "MSEE %s%s %s (%s).", addr, link_words(g->link), count, service);
		break;
	case GROUP_BGP:
		text_format(out, size, "BGP port 179 of MSEE %s%s %s.", addr, link_words(g->link), count);
		break;
	case GROUP_MSEE_HOP:
		text_format(out, size, "As a hop of %s traffic the MSEE%s %s.", service, link_words(g->link), count);
		break;
	case GROUP_HOP:
		text_format(out, size, "Hop %u%s%s%s %s (%s).", (unsigned)g->hop, ip_addr_is_set(&g->addr) ? " " : "",
		            ip_addr_is_set(&g->addr) ? addr : "", link_words(g->link), count, service);
		break;
	case GROUP_TARGET:
		if ((o->partial || (g->link < LINKS && o->links[g->link].partial)) && partial_group(g, &dead)) {
			text_format(out, size, "Target %s %s%s: %u of %u flows lose everything, the others nothing (%s).", name, addr, link_words(g->link), dead,
			            (unsigned)g->flow_count, service);
			break;
		}
		if (traffic_group_kept_back(g) && g->answered == 0)
			text_format(count, sizeof count, "was sent none of %u", (unsigned)g->sent);
		text_format(out, size, "Target %s %s%s %s (%s, %u flow%s).", name, addr, link_words(g->link), count, service,
		            (unsigned)g->flow_count, PLURAL_S(g->flow_count));
		break;
	case GROUP_CONTROL:
		text_format(out, size, "Control %s %s, which does not cross the circuit, %s (%s).", name, addr, count, service);
		break;
	default:
		text_format(out, size, "%s %s.", addr, count);
	}
}

static void unreach_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	const struct traffic_group *g = &o->groups[ob->group];
	char from[IP_TEXT_MAX], about[IP_TEXT_MAX];
	ip_addr_text(&g->addr, about);
	if (g->unreach == UNREACH_NONE) {
		text_format(out, size, "No router reports %s%s as unreachable.", about, link_words(ob->link));
	} else if (traffic_group_kept_back(g)) {
		char service[32];
		service_words(g->kind, g->port, service, sizeof service);
		text_format(out, size, "This host's own packet filter lets out nothing of %s to %s%s.", service, about, link_words(ob->link));
	} else if (!ip_addr_is_set(&g->unreach_from)) {
		text_format(out, size, "This host itself has no route to %s%s.", about, link_words(ob->link));
	} else if (ip_addr_equal(&g->unreach_from, &g->addr)) {
		text_format(out, size, "A firewall on the way resets connections to %s: the reset comes before the target could be reached.", about);
	} else {
		char often[24] = "once";
		if (g->unreach_count != 1)
			text_format(often, sizeof often, "%u times", (unsigned)g->unreach_count);
		text_format(out, size, "%s reports %s%s as unreachable (ICMP %u/%u: %s), %s.",
		            ip_addr_text(&g->unreach_from, from), about, link_words(ob->link), (unsigned)g->unreach_type,
		            (unsigned)g->unreach_code, unreach_text(g->unreach), often);
	}
}

static void rerouted_words(const struct observables *o, uint8_t link, double ms, char *out, size_t size)
{
	char now[IP_TEXT_MAX], before[IP_TEXT_MAX];
	const char *name = link_name((enum link_id)link);
	for (int fam = 0; fam < FAMILIES; fam++) {
		const struct usual_path *p = &o->links[link].path[fam];
		if (p->change != PATH_NEW)
			continue;
		text_format(out, size, "The %s link takes %.1f ms longer than usual, and by another way: hop %u is %s, no longer %s.", name, ms, (unsigned)p->ttl,
		            ip_addr_text(&p->now, now), ip_addr_text(&p->before, before));
		return;
	}
	text_format(out, size, "The %s link takes %.1f ms longer than usual, and its MSEE's answers come with another TTL: by another way back.", name, ms);
}

static void shared_words(const struct observables *o, enum shared_place place, char *out, size_t size)
{
	const struct shared_delay *s = &o->shared[place];
	static const char *const ways[SHARED_PLACES] = {[SHARED_CORPORATE] = "The way to the edges", [SHARED_BEYOND] = "The way from the MSEEs to the targets",
	                                                [SHARED_TO_MSEE] = "The way to the MSEEs"};
	const char *way = ways[place], *where = place == SHARED_TO_MSEE ? "; nothing tells whether before the edges or behind them" : "";
	if (s->outcome == DELAY_SLOWER)
		text_format(out, size, "%s takes %.1f ms longer than usual, over each link%s.", way, (double)s->more_ns / (double)NS_PER_MS, where);
	else
		text_format(out, size, "%s takes no longer than usual.", way);
}

static void delay_words(const struct observables *o, uint8_t link, char *out, size_t size)
{
	const struct link_observables *l = &o->links[link];
	double ms = (double)l->delay_more_ns / (double)NS_PER_MS;
	if (l->delay == DELAY_REROUTED)
		rerouted_words(o, link, ms, out, size);
	else if (l->delay == DELAY_SLOWER && l->by_usual)
		text_format(out, size, "From edge to MSEE the %s link takes %.1f ms longer than usual.", link_name((enum link_id)link), ms);
	else if (l->delay == DELAY_SLOWER)
		text_format(out, size, "From edge to MSEE the %s link takes %.1f ms longer than the other.", link_name((enum link_id)link), ms);
	else if (l->delay == DELAY_JITTER)
		text_format(out, size, "Round trips over the %s link spread by %.1f ms, the fastest stay as they are.", link_name((enum link_id)link), ms);
	else if (l->delay == DELAY_SAME && l->by_usual)
		text_format(out, size, "The %s link is not slower than usual.", link_name((enum link_id)link));
	else if (l->delay == DELAY_SAME && l->longer_ns >= APART_TOLD_NS)
		text_format(out, size, "The %s link is slower than the other by %.1f ms, as two ways may be.", link_name((enum link_id)link),
		            (double)l->longer_ns / (double)NS_PER_MS);
	else if (l->delay == DELAY_SAME)
		text_format(out, size, "The %s link is not slower than the other.", link_name((enum link_id)link));
	else
		text_format(out, size, "The delay of the %s link could not be compared.", link_name((enum link_id)link));
}

static const char *arp_words(enum az_arp_state s)
{
	static const char *const words[] = {"was not read", "is complete", "is incomplete", "is an empty table", "cannot be read for this path alone", "cannot be read, nor can other parts"};
	return words[s];
}

static const char *session_words(enum az_session_state s)
{
	static const char *const words[] = {"was not read", "is established", "is established with no prefix received",
		"is not established", "is in an empty table", "cannot be read for this path alone", "cannot be read, nor can other parts",
		"is not shown, but routes of that edge are in its table", "is not shown, and no route of that edge is in its table"};
	return words[s];
}

static void table_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	char ce[IP_TEXT_MAX];
	ip_addr_text(&o->path->circuit->links[ob->link].ce[ob->fam], ce);
	if (ob->kind == OBSERVED_ARP)
		text_format(out, size, "Azure: the %s MSEE's ARP entry for %s %s.", link_name((enum link_id)ob->link), ce,
		            arp_words(o->azure.arp[ob->fam][ob->link]));
	else
		text_format(out, size, "Azure: the %s MSEE's BGP session with %s %s.", link_name((enum link_id)ob->link), ce,
		            session_words(o->azure.session[ob->fam][ob->link]));
}

static const char *or_absent(const struct az_text *t)
{
	return t->present ? t->text : "absent";
}

static void azure_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	const struct az_snapshot *s = o->snapshot;
	static const char *const connection[] = {"not read", "Connected", "not Connected", "missing"};
	if (!s) {
		text_format(out, size, "Azure was not read.");
		return;
	}
	switch (ob->kind) {
	case OBSERVED_CIRCUIT:
		text_format(out, size, "Azure: circuitProvisioningState is %s.", or_absent(&s->circuit.circuit_state));
		break;
	case OBSERVED_PROVIDER:
		text_format(out, size, "Azure: serviceProviderProvisioningState is %s.", or_absent(&s->circuit.provider_state));
		break;
	case OBSERVED_PEERING:
		if (o->azure.peering == PEERING_MISSING)
			text_format(out, size, "Azure: the circuit has no such peering.");
		else
			text_format(out, size, "Azure: the peering's state is %s (provisioning %s).", or_absent(&s->peering.state),
			            or_absent(&s->peering.provisioning_state));
		break;
	case OBSERVED_CONNECTION:
		text_format(out, size, "Azure: the gateway's connection to the circuit is %s.", connection[o->azure.connection]);
		break;
	case OBSERVED_GATEWAY:
		text_format(out, size, "Azure: the MSEEs' BGP summaries %s the gateway's neighbours (AS 65515).",
		            o->azure.gateway_peers == AZ_GOOD ? "show" : "do not show");
		break;
	default:
		if (o->azure.disagreement[ob->link][0] != '\0')
			text_format(out, size, "%s (%s).", o->azure.disagreement[ob->link], link_name((enum link_id)ob->link));
		else
			text_format(out, size, "Azure: AS, VLAN and prefix of the %s link agree with the edge's as configured.",
			            link_name((enum link_id)ob->link));
	}
}

/* Of the answer that says it; NULL: nothing of Azure's does. */
static const struct azure_age *azures_age(const struct observables *o, const struct observation *ob)
{
	return o->snapshot ? observation_age(&o->azure, ob) : NULL;
}

/* Whole seconds: "14:13:22Z". */
static void clock_words(struct wall_ns at, char out[16])
{
	char text[WALL_TEXT_MAX];
	text_format(out, 16, "%.8sZ", wall_text(at, text) + 11);
}

static void host_words(const struct observables *o, char *out, size_t size)
{
	char until[16];

	clock_words(o->left_until, until);
	if (o->left_until.ns > 0)
		text_format(out, size, "This host lets no probe out since %s: no route, link down or blocked.", until);
	else
		text_format(out, size, "%s", o->nothing_left ? "This host lets no probe out: no route, link down or blocked." :
		            o->neighbour_dead ? "The first hop does not answer ARP or neighbour discovery." : "This host sends and its first hop answers.");
}

static void without_stop(const char *sentence, char out[SENTENCE_MAX])
{
	size_t len = strlen(sentence);
	text_format(out, SENTENCE_MAX, "%.*s", (int)(len > 0 && sentence[len - 1] == '.' ? len - 1 : len), sentence);
}

/* What an earlier run read is no answer of this one's. */
static void add_age(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	char text[WALL_TEXT_MAX], before[SENTENCE_MAX];
	const struct azure_age *age = azures_age(o, ob);
	if (!age || !o->snapshot->stale)
		return;
	without_stop(out, before);
	text_format(out, size, "%.250s (not now: an earlier run's answer, of %.19sZ).", before, wall_text(age->at, text));
}

static void plain_words(const struct observables *o, const struct observation *ob, char *out, size_t size);

void observation_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	plain_words(o, ob, out, size);
	add_age(o, ob, out, size);
}

void contradiction_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	char before[SENTENCE_MAX], azure[16], wire[16];
	const struct azure_age *age = azures_age(o, ob);
	observation_words(o, ob, out, size);
	if (!age || o->snapshot->stale || age->at.ns == 0)
		return;
	without_stop(out, before);
	clock_words(age->at, azure);
	clock_words(o->path->seen->now, wire);
	text_format(out, size, "%.270s (Azure as of %s, the wire as of %s).", before, azure, wire);
}

static void plain_words(const struct observables *o, const struct observation *ob, char *out, size_t size)
{
	const struct traffic_group *g = &o->groups[ob->group];
	switch (ob->kind) {
	case OBSERVED_GROUP:
		group_words(o, g, out, size);
		break;
	case OBSERVED_REFUSED: {
		char service[32];
		service_words(g->kind, g->port, service, sizeof service);
		text_format(out, size, "%s of target %s: %u of %u answers were refusals.", service,
		            o->path->circuit->targets[g->target].name, (unsigned)g->refused, (unsigned)g->answered);
		break;
	}
	case OBSERVED_UNREACH_MSEE:
	case OBSERVED_UNREACH_TARGET:
		unreach_words(o, ob, out, size);
		break;
	case OBSERVED_DELAY:
		delay_words(o, ob->link, out, size);
		break;
	case OBSERVED_SHARED:
		shared_words(o, (enum shared_place)ob->says, out, size);
		break;
	case OBSERVED_SIZE:
		sizes_words(o->path, ob->link, ob->fam, &o->links[ob->link].size[ob->fam], out, size);
		break;
	case OBSERVED_USE:
		text_format(out, size, o->links[ob->link].use[ob->fam] == USE_NO ? "No target traffic crosses the %s link." :
		            "Target traffic crosses the %s link.", link_name((enum link_id)ob->link));
		break;
	case OBSERVED_HOST:
		host_words(o, out, size);
		break;
	case OBSERVED_FLAP:
		outages_words(&o->links[ob->link].outages, (enum link_id)ob->link, out, size);
		break;
	case OBSERVED_HEARD:
		heard_words(o, (enum heard_what)ob->says, ob->link, ob->fam, out, size);
		break;
	case OBSERVED_SAYS:
		azure_says_words(&o->azure, o->path->circuit, o->snapshot, (enum azure_says)ob->says, ob->link, out, size);
		break;
	case OBSERVED_ARP:
	case OBSERVED_SESSION:
		table_words(o, ob, out, size);
		break;
	default:
		azure_words(o, ob, out, size);
	}
}
