/* SPDX-License-Identifier: BSD-2-Clause */
/* Which observables a fault at its place reaches: the letter of each cell (catalogue.h) under
 * one hypothesis. */
#include "analysis/diagnose/hypotheses.h"

#include "analysis/observables/usual.h"

#include <string.h>

#define MUTE_PROBES 3

static bool hits_family(const struct hypothesis *h, uint8_t fam)
{
	return h->families & (1u << fam);
}

bool fault_keeps_routes(const struct fault_row *row)
{
	return row->scope == SCOPE_LINK && (row->place == AT_WAN || row->place == AT_EDGE) && row->msee == 'X' && row->session == '.';
}

static bool hits_link(const struct hypothesis *h, uint8_t link)
{
	return h->link >= LINKS || h->link == link;
}

static bool is_every_port(const struct hypothesis *h)
{
	return (h->row->scope == SCOPE_SERVICE || h->row->scope == SCOPE_LINK_SERVICE) && h->kind == PROBE_TCP_SYN && h->port == SERVICE_EVERY_PORT;
}

static bool hits_service(const struct hypothesis *h, const struct traffic_group *g)
{
	switch (h->row->scope) {
	case SCOPE_SERVICE:
	case SCOPE_LINK_SERVICE:
		return g->kind == h->kind && (g->port == h->port || h->port == SERVICE_EVERY_PORT);
	case SCOPE_TARGET_SERVICE:
		return g->target == h->target && g->kind == h->kind && g->port == h->port;
	case SCOPE_TARGET:
		return g->target == h->target;
	default:
		return true;
	}
}

/* Nearest hop at which the sender of a group's errors was met; 0 = never. */
static uint8_t reporter_hop(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->path->address_count; i++)
		if (ip_addr_equal(&o->path->addresses[i].addr, &g->unreach_from))
			return o->path->addresses[i].ttl;
	return 0;
}

/* The group of a link's own edge, where a router names that very address as a neighbour that does not answer. Who says so
 * stands before the edge, and the edge does not live. NULL = nobody does. */
static const struct traffic_group *reported_edge(const struct observables *o, uint8_t link, uint8_t fam)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->cls == GROUP_EDGE && g->link == link && g->fam == fam && g->answered == 0 &&
		    (g->unreach == UNREACH_HOST_CORP || g->unreach == UNREACH_HOST_WAN))
			return g;
	}
	return NULL;
}

/* A dead edge does not show how far it is: then it is taken to be as far as its twin, and behind who reports it. */
static uint8_t edge_distance(const struct hypothesis *h, const struct observables *o, uint8_t fam)
{
	uint8_t own = 0, any = 0;
	for (uint8_t l = 0; l < LINKS; l++) {
		uint8_t d = o->path->distance[fam].edge[l];
		if (d > any)
			any = d;
		if (hits_link(h, l) && d > own)
			own = d;
	}
	const struct traffic_group *reported = own == 0 && h->link < LINKS ? reported_edge(o, h->link, fam) : NULL;
	uint8_t before = reported ? reporter_hop(o, reported) : 0;
	return own > 0 ? own : before >= any && before > 0 ? (uint8_t)(before + 1) : any;
}

/* Over a link that may be the one: what is dead there leaves some of it dead; what loses, or is dead for some, leaves a part
 * of it with that, and kills no more. */
static char letter_of_maybe(char letter)
{
	return letter == 'A' ? 'A' : letter == 'L' ? 'l' : letter == 'P' ? 'p' : 'm';
}

static bool is_hop_of_link(const struct traffic_group *g, uint8_t link, uint8_t fam, uint8_t hop)
{
	return g->cls == GROUP_HOP && g->fam == fam && g->hop == hop && (g->link == link || g->link == LINK_ANY);
}

/* Did the link's edge answer anything that ends at it; or, with `usually`, does the baseline know it as one that does? */
static bool edge_speaks(const struct hypothesis *h, const struct observables *o, uint8_t fam, bool usually)
{
	uint8_t hop = edge_distance(h, o, fam);
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (!is_hop_of_link(g, h->link, fam, hop))
			continue;
		const struct baseline_answerer *usual = usually ? usual_answerer(o, g) : NULL;
		if (g->answered > 0 || (usual && usual->answered > 0))
			return true;
	}
	return false;
}

/* An edge that forwards nothing of a family answers all that ends at it (routers look at the TTL first) or nothing (hosts do not). That
 * it answers nothing may be its habit, unless it answers the other family, or used to answer this one. */
static bool is_news_of_edge(const struct hypothesis *h, const struct observables *o, uint8_t fam)
{
	uint8_t other = fam == FAM4 ? FAM6 : FAM4;
	return !edge_speaks(h, o, fam, false) && ((o->families[other] && edge_speaks(h, o, other, false)) || edge_speaks(h, o, fam, true));
}

static bool is_idle_edge(const struct fault_row *row)
{
	return row->place == AT_EDGE && row->edge == 'A' && row->msee == 'X';
}

/* It is hosts and firewalls that forward nothing while they speak BGP, more often than routers: three of four drop before the TTL
 * is looked at. Of edges in general one in five or so is silent about what expires at it. */
#define IDLE_TELLS 0.25
#define IDLE_SILENT 4.0

double odds_of_idle_edge(const struct hypothesis *h, const struct observables *o)
{
	bool tells = false, is_news = false;
	if (!is_idle_edge(h->row))
		return 1;
	for (uint8_t fam = FAM4; fam < FAMILIES; fam++) {
		bool hit = hits_family(h, fam), speaks = o->families[fam] && edge_speaks(h, o, fam, false);
		tells = tells || (hit && speaks);
		is_news = is_news || (hit && o->families[fam] && is_news_of_edge(h, o, fam));
	}
	return tells ? IDLE_TELLS : is_news ? 1 : IDLE_SILENT; /* what is news is weighed by its letter */
}

static char letter_of_hop(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g)
{
	const struct fault_row *row = h->row;
	if (!hits_link(h, g->link) && g->link != LINK_ANY)
		return 'A';
	bool unknown_link = h->link < LINKS && g->link == LINK_ANY;
	uint8_t edge = edge_distance(h, o, g->fam);
	char dead = row->edge == 'A' ? row->msee : row->edge;
	bool reached = row->place == AT_HOST ||
	               ((row->place == AT_CORPORATE || row->place == AT_PROVIDER) && g->hop >= h->boundary) ||
	               (row->place == AT_EDGE && edge > 0 && g->hop >= edge) ||
	               (row->place >= AT_WAN && edge > 0 && g->hop > edge && row->msee != 'A');
	if (!reached)
		return 'A';
	if (is_idle_edge(row) && g->hop == edge)
		return is_news_of_edge(h, o, g->fam) ? '?' : 'A';
	return unknown_link ? letter_of_maybe(dead) : dead;
}

static char letter_of_control(const struct hypothesis *h, const struct traffic_group *g)
{
	const struct fault_row *row = h->row;
	if (row->place == AT_HOST)
		return row->target;
	if (row->place != AT_CORPORATE || h->link < LINKS)
		return 'A';
	if (h->boundary <= g->hop)
		return row->target;
	/* The hop behind the last shared one may be the control's own neighbour as well. */
	return h->boundary == g->hop + 1 || row->scope == SCOPE_SERVICE ? '?' : 'A';
}

static char letter_of_msee(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g)
{
	char letter = g->cls == GROUP_BGP ? h->row->bgp : h->row->msee;
	bool on_edge = g->link < LINKS && o->links[g->link].on_edge[g->fam];
	if (letter == 'k')
		return on_edge ? 'c' : 'X';
	if (letter == 'b')
		letter = on_edge ? 'A' : 'B';
	/* What passes the MSEE expires there also when it has no way back for pings of
	 * its own address; target traffic decides that itself. */
	if (g->cls == GROUP_MSEE_HOP && h->row->msee == 'b' && !on_edge)
		letter = 'm';
	return letter;
}

/* Flows that live are located by their hops: do all of this service's that were take the other link? */
static bool lives_elsewhere(const struct observables *o, const struct traffic_group *g, uint8_t link)
{
	bool elsewhere = false;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (x->cls != GROUP_TARGET || x->target != g->target || x->kind != g->kind || x->port != g->port || x->fam != g->fam ||
		    x->link >= LINKS || x->answered == 0)
			continue;
		if (x->link == link)
			return false;
		elsewhere = true;
	}
	return elsewhere;
}

/* Elsewhere, for a dead link: traffic has moved, what still takes it is dead. For a
 * lossy one: only one direction loses, and target traffic takes another way there. */
static char letter_of_target(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g)
{
	const struct fault_row *row = h->row;
	bool unknown = g->link == LINK_ANY && h->link < LINKS;
	if (unknown && row->scope == SCOPE_LINK_SERVICE && link_use_is_one(o, g->fam))
		return o->links[h->link].use[g->fam] == USE_YES ? row->target : 'h';
	if (unknown && row->scope == SCOPE_LINK_SERVICE && g->answered == 0 && lives_elsewhere(o, g, h->link))
		return row->target;
	if (row->target == 'a')
		return 'A';
	if (row->target == 'P' && row->place == AT_CORPORATE)
		return 'Q'; /* by its hops a flow shows its link, and what is dead before the links part shows none */
	if (h->traffic == TRAFFIC_ALL_BACK)
		return row->target == 'm' ? 'X' : row->target;
	if (h->traffic == TRAFFIC_INTO && row->target == 'm' && !unknown && hits_link(h, g->link))
		return 'X';
	if (h->traffic == TRAFFIC_ELSEWHERE)
		return row->target == 'm' && !unknown && hits_link(h, g->link) ? 'X' : 'A';
	if (unknown)
		return row->target == 'A' ? 'A' : row->target == 'L' ? 'l' : row->target == 'P' ? 'Q' : 'm';
	if (h->traffic == TRAFFIC_BACK_BY_FLOW)
		return 'H'; /* nothing moves: half comes back by the link, whichever way it went */
	if (fault_keeps_routes(row) && row->target == 'm' && h->traffic == TRAFFIC_BY_FLOW)
		return hits_link(h, g->link) ? 'X' : 'H'; /* nothing moves, and what goes into it dies whichever way its answer would take */
	return hits_link(h, g->link) ? row->target : row->other;
}

char letter_of_group(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g)
{
	const struct fault_row *row = h->row;
	if (row->scope == SCOPE_NONE || !hits_family(h, g->fam))
		return 'A';
	bool target_only = row->scope == SCOPE_TARGET || row->scope == SCOPE_TARGET_SERVICE;
	if (target_only && g->cls != GROUP_TARGET)
		return 'A';
	if (!hits_service(h, g))
		return 'A';
	switch (g->cls) {
	case GROUP_HOP: return letter_of_hop(h, o, g);
	case GROUP_CONTROL: return letter_of_control(h, g);
	case GROUP_EDGE: return hits_link(h, g->link) ? row->edge : 'A';
	case GROUP_MSEE:
	case GROUP_MSEE_HOP:
	case GROUP_BGP:
		if (g->cls == GROUP_BGP && is_every_port(h))
			return '?'; /* who filters a protocol may let the link's own session through, or not */
		if (g->link == LINK_ANY && h->link < LINKS) {
			bool here = row->scope == SCOPE_LINK_SERVICE && link_use_is_one(o, g->fam) && o->links[h->link].use[g->fam] == USE_YES;
			return here ? letter_of_msee(h, o, g) : letter_of_maybe(row->msee);
		}
		return hits_link(h, g->link) ? letter_of_msee(h, o, g) : 'A';
	case GROUP_TARGET:
		return letter_of_target(h, o, g);
	default: return 'A';
	}
}

/* An error comes for what it answers: who filters one service says nothing of the probes of another. Without any, the pings
 * are what a filter of pings would have been asked by. */
char letter_of_unreach_msee(const struct hypothesis *h, const struct traffic_group *g)
{
	bool service = h->row->scope == SCOPE_SERVICE || h->row->scope == SCOPE_LINK_SERVICE;
	bool asked = !service || (g->unreach != UNREACH_NONE ? hits_service(h, g) : h->kind == PROBE_ICMP_ECHO);
	if (!hits_family(h, g->fam) || !hits_link(h, g->link) || !asked)
		return '.';
	return h->row->icmp_msee;
}

/* Did the last hop before the cut answer anything at all? What never does reports nothing either. */
static bool reporter_is_mute(const struct hypothesis *h, const struct observables *o, uint8_t fam, uint8_t cut)
{
	bool met = false;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->cls != GROUP_HOP || g->fam != fam || g->hop + 1 != cut || (g->link < LINKS && !hits_link(h, g->link)))
			continue;
		if (g->answered > 0)
			return false;
		met = met || g->sent >= MUTE_PROBES;
	}
	return met;
}

/* Is it known who stands at this hop? Then somebody else who reports stands behind it. */
static bool hop_is_known(const struct hypothesis *h, const struct observables *o, uint8_t fam, uint8_t hop)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->cls == GROUP_HOP && g->fam == fam && g->hop == hop && g->answered > 0 && (g->link >= LINKS || hits_link(h, g->link)))
			return true;
	}
	return false;
}

/* Does a target, asked the same, speak of this filter as well? Who drops and says nothing does so whatever is asked through
 * him: that no error comes is one thing known of him, not one more for each MSEE. */
static bool targets_tell(const struct hypothesis *h, const struct observables *o, const struct traffic_group *msee)
{
	if (h->row->scope != SCOPE_SERVICE && h->row->scope != SCOPE_LINK_SERVICE)
		return false;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->cls == GROUP_TARGET && g->fam == msee->fam && hits_service(h, g) && (g->link >= LINKS || hits_link(h, g->link)))
			return true;
	}
	return false;
}

/* "Host unreachable" is what a router says of its own neighbour (RFC 1812 5.2.7.1): it lives,
 * and the cut is right behind it. */
char letter_by_reporter(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g, char letter)
{
	bool host = g->unreach == UNREACH_HOST_CORP || g->unreach == UNREACH_HOST_WAN;
	bool placed = h->row->place == AT_CORPORATE || h->row->place == AT_PROVIDER || h->row->place == AT_EDGE;
	bool lives = h->row->edge == 'A' && h->link < LINKS && h->link == g->link;
	if (lives && reported_edge(o, g->link, g->fam))
		return '.'; /* an edge that is itself reported says nothing of what lies behind it */
	uint8_t cut = h->row->place == AT_EDGE ? edge_distance(h, o, g->fam) : h->boundary;
	if (g->unreach == UNREACH_NONE && (targets_tell(h, o, g) || (placed && reporter_is_mute(h, o, g->fam, cut))))
		return '.';
	if (!host || !placed || letter == '.')
		return letter;
	uint8_t hop = reporter_hop(o, g);
	if (hop == 0 && cut > 1 && h->link < LINKS)
		return hop_is_known(h, o, g->fam, (uint8_t)(cut - 1)) ? 'm' : g->unreach == UNREACH_HOST_CORP ? 'c' : letter;
	if (hop == 0 || cut == 0)
		return letter;
	if (hop + 1 == cut) /* the provider's first hop is dead: then it is our own last router that says so */
		return h->row->place == AT_PROVIDER && g->unreach == UNREACH_HOST_CORP ? 'c' : letter;
	return hop >= cut ? '.' : 'm';
}

char letter_of_unreach_target(const struct hypothesis *h, const struct traffic_group *g)
{
	if (!hits_family(h, g->fam) || !hits_service(h, g))
		return '.';
	if (h->link < LINKS && g->link < LINKS && h->link != g->link)
		return '.';
	return h->row->icmp_target;
}

/* Shared faults that kill leave no target traffic to be seen on either link; those that lose a share leave it as it was. */
char letter_of_use(const struct hypothesis *h, uint8_t link, uint8_t fam)
{
	if (h->row->scope == SCOPE_NONE || !hits_family(h, fam))
		return 'A';
	if (h->row->target == 'a')
		return hits_link(h, link) ? 'e' : 'A';
	if (h->row->scope == SCOPE_LINK && h->link == link && h->row->target == 'L')
		return h->traffic == TRAFFIC_ELSEWHERE ? 'i' : 'A';
	if (h->row->scope == SCOPE_LINK && h->link == link && fault_keeps_routes(h->row))
		return h->traffic == TRAFFIC_ELSEWHERE ? 'e' : 'A';
	if (h->row->scope == SCOPE_LINK)
		return h->link == link && h->row->target == 'm' ? 'm' : 'A';
	return h->row->target != 'L' && (h->row->scope == SCOPE_SHARED || h->row->scope == SCOPE_BOTH) ? '?' : 'A';
}

char letter_of_delay(const struct hypothesis *h, uint8_t link)
{
	if (h->row->scope == SCOPE_NONE)
		return '.';
	return hits_link(h, link) ? h->row->delay : '.';
}

/* Where something else is dead or lossy it may look like going up and down. */
char letter_of_flap(const struct hypothesis *h, uint8_t link)
{
	const struct fault_row *row = h->row;
	if (row->scope == SCOPE_NONE || !hits_link(h, link))
		return '.';
	if (row->flap != 0)
		return row->flap;
	bool dead = row->msee == 'X' || row->msee == 'b' || row->session != '.';
	return row->msee == 'L' ? 'l' : dead ? '?' : '.';
}

char letter_of_shared(const struct hypothesis *h, enum shared_place place)
{
	char own = place == SHARED_BEYOND ? 'G' : 'C';
	bool both = place == SHARED_TO_MSEE && h->row->scope == SCOPE_BOTH && h->row->delay == 'S';
	if (h->row->usual == own || both)
		return 'S';
	return h->row->delay == '?' ? '?' : '.';
}

char letter_of_azure(const struct hypothesis *h, enum observation_kind kind, uint8_t link, uint8_t fam)
{
	const struct fault_row *row = h->row;
	bool here = hits_link(h, link) && hits_family(h, fam);
	switch (kind) {
	case OBSERVED_CIRCUIT: return row->circuit;
	case OBSERVED_PROVIDER: return row->provider;
	case OBSERVED_PEERING: return row->peering;
	case OBSERVED_CONNECTION: return row->connection;
	case OBSERVED_GATEWAY: return row->gateway;
	case OBSERVED_ARP: return here ? row->arp : '.';
	case OBSERVED_SESSION: return here ? row->session : '.';
	case OBSERVED_SETTINGS: return hits_link(h, link) ? row->settings : '.';
	default: return '.';
	}
}

char letter_of_heard(const struct hypothesis *h, enum heard_what what, uint8_t link, uint8_t fam)
{
	char letter = h->row->heard[what];
	return letter != 0 && hits_link(h, link) && hits_family(h, fam) ? letter : '.';
}

/* Of a drained link the other one's paths tell a little as well. */
char letter_of_says(const struct hypothesis *h, enum azure_says which, uint8_t link)
{
	char letter = h->row->says[which];
	if (letter == 0 && which == SAYS_FELL && h->row->session != '.' && hits_link(h, link))
		return '?';
	if (letter == 0)
		return '.';
	if (!azure_says_of_link(which) || hits_link(h, link))
		return letter;
	return which == SAYS_DRAIN ? 'o' : '.';
}

static const char letters[] = "A.xohul?qLJSRzmHceginNwWCaprPQsvdDbBkfXTF"; /* weakest first */
_Static_assert(sizeof letters - 1 == LETTERS, "each letter has its rank");

uint8_t letter_rank(char letter)
{
	const char *at = strchr(letters, letter);
	return (uint8_t)(at && letter != '\0' ? at - letters : 0);
}

char letter_of_rank(uint8_t rank)
{
	return letters[rank < LETTERS ? rank : 0];
}

char letter_stronger(char a, char b)
{
	return letter_rank(a) >= letter_rank(b) ? a : b;
}
