/* SPDX-License-Identifier: BSD-2-Clause */
/* The hypotheses of a run: each fault of the catalogue at each place where it may sit. What they
 * make expect is letters.c's. */
#include "analysis/diagnose/hypotheses.h"

#include "analysis/diagnose/likelihood.h"
#include "analysis/observables/shared_delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* By the time somebody looks, routing has mostly noticed a dead link; where the session stands it has not, and only a
 * link that nothing takes anyway is avoided. Of lossy ones some
 * lose in one direction alone, which no target traffic takes. */
static const double dead_traffic[TRAFFIC_KINDS] = {.35, .60, 0, .05, 0}, unnoticed_traffic[TRAFFIC_KINDS] = {.12, .15, .60, .05, .08},
                    lossy_traffic[TRAFFIC_KINDS] = {.83, .12, 0, .05, 0};
/* Where a circuit speaks both families, most faults hit both: the share of those that hit one. */
#define SHARE_ALONE 0.14
#define SHARE_BEYOND 0.08
#define SHARE_SILENT 0.5

/* One service of one target; sorted, so that a target's stand together. */
struct service { uint16_t target; uint8_t kind; uint16_t port; };

struct spread {
	const struct observables *o;
	struct hypothesis *out;          /* owned until handed over */
	size_t count, room;
	bool out_of_memory;
	struct service *services;        /* of any target: each kind and port once; owned */
	size_t service_count;
	struct service *of_targets;      /* of each target; owned */
	size_t of_target_count;
	uint8_t corporate_last;          /* furthest corporate hop known, 0 = none */
	uint8_t provider_first, provider_last[LINKS];
	uint8_t fork;
};

/* A target that ignores ping but serves its ports is healthy: where ports are named,
 * ping is no service that could be filtered. */
static bool is_service(const struct observables *o, const struct traffic_group *g)
{
	const struct plan_circuit *c = o->path->circuit;
	return g->cls == GROUP_TARGET &&
	       (g->kind != PROBE_ICMP_ECHO || g->target >= c->target_count || c->targets[g->target].tcp_count == 0);
}

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int by_service(const void *a, const void *b)
{
	const struct service *x = a, *y = b;
	int order = compare(x->target, y->target);
	if (order == 0)
		order = compare(x->kind, y->kind);
	return order ? order : compare(x->port, y->port);
}

/* Sorts, and leaves each once. */
static size_t sort_services(struct service *list, size_t count)
{
	size_t kept = 0;
	qsort(list, count, sizeof *list, by_service);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || by_service(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
	return kept;
}

static bool learn_services(struct spread *s)
{
	s->services = calloc(s->o->group_count + 1, sizeof *s->services);
	s->of_targets = calloc(s->o->group_count + 1, sizeof *s->of_targets);
	if (!s->services || !s->of_targets)
		return false;
	for (size_t i = 0; i < s->o->group_count; i++) {
		const struct traffic_group *g = &s->o->groups[i];
		if (!is_service(s->o, g))
			continue;
		s->services[s->service_count++] = (struct service){0, g->kind, g->port};
		s->of_targets[s->of_target_count++] = (struct service){g->target, g->kind, g->port};
	}
	/* No target is broken by ping alone, yet a filter may drop it as any protocol. */
	s->services[s->service_count++] = (struct service){0, PROBE_ICMP_ECHO, 0};
	s->service_count = sort_services(s->services, s->service_count);
	s->of_target_count = sort_services(s->of_targets, s->of_target_count);
	return true;
}

static void learn_hops(struct spread *s)
{
	bool provider_edge = s->o->path->circuit->handoff == HANDOFF_L3;
	for (size_t i = 0; i < s->o->group_count; i++) {
		const struct traffic_group *g = &s->o->groups[i];
		if (g->cls != GROUP_HOP || g->answered == 0)
			continue;
		if (g->domain == DOMAIN_WAN && provider_edge) {
			if (s->provider_first == 0 || g->hop < s->provider_first)
				s->provider_first = g->hop;
			for (int l = 0; l < LINKS; l++)
				if ((g->link == l || g->link == LINK_ANY) && g->hop > s->provider_last[l])
					s->provider_last[l] = g->hop;
		} else if (g->domain != DOMAIN_AZURE && g->domain != DOMAIN_WAN && g->hop > s->corporate_last) {
			s->corporate_last = g->hop;
		}
		if (g->link < LINKS && (s->fork == 0 || g->hop < s->fork))
			s->fork = g->hop;
	}
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int l = 0; l < LINKS; l++) {
			uint8_t edge = s->o->path->distance[fam].edge[l];
			if (!provider_edge && edge > s->corporate_last)
				s->corporate_last = edge;
			if (provider_edge && edge > s->provider_last[l])
				s->provider_last[l] = edge;
		}
}

static bool make_room(struct spread *s)
{
	if (s->count < s->room)
		return true;
	size_t room = s->room ? 2 * s->room : 256;
	struct hypothesis *grown = realloc(s->out, room * sizeof *grown);
	if (!grown) {
		s->out_of_memory = true;
		return false;
	}
	s->out = grown;
	s->room = room;
	return true;
}

/* Does Azure, of late, show a session down that this fault ends? */
#define ATTESTS 0.5 /* the least that such an answer must still count */
static bool is_attested(const struct observables *o, const struct hypothesis *h)
{
	bool ends = h->row->session == 'd' || h->row->session == 'D';
	for (int l = 0; ends && l < LINKS; l++)
		for (int fam = 0; (h->link >= LINKS || h->link == l) && fam < FAMILIES; fam++)
			if (o->azure.session[fam][l] == SESSION_DOWN && o->azure.session_age[l].weight >= ATTESTS)
				return true;
	return false;
}

static void emit(struct spread *s, struct hypothesis h, double prior)
{
	h.attested = is_attested(s->o, &h);
	bool dual = s->o->families[FAM4] && s->o->families[FAM6];
	uint8_t all = (uint8_t)((s->o->families[FAM4] ? 1 : 0) | (s->o->families[FAM6] ? 2 : 0));
	double alone = h.row->alone > 0 ? h.row->alone : SHARE_ALONE;
	double whole = dual || alone <= SHARE_ALONE ? 1 : 1 - alone / 2; /* what hits the other family alone is none of a circuit of one */
	bool splits = dual && h.row->scope != SCOPE_NONE && h.row->circuit == '.' && h.row->provider == '.';
	for (uint8_t mask = 1; mask <= 3; mask++) {
		if (mask != all && (!splits || mask == 3))
			continue;
		if (!make_room(s))
			return;
		double share = !splits ? whole : mask == all ? 1 - alone : alone / 2;
		h.families = mask;
		h.log_prior = log(prior * share * odds_of_idle_edge(&h, s->o));
		s->out[s->count++] = h;
	}
}

/* First and last boundary ("before this hop") of a row on a link. */
static void boundaries(const struct spread *s, const struct fault_row *row, uint8_t link, uint8_t *first, uint8_t *last)
{
	*first = *last = 0;
	if (row->place == AT_CORPORATE && row->usual) {
		*first = *last = 1; /* a baseline knows the whole way to the edges, not its hops */
	} else if (row->place == AT_CORPORATE) {
		*first = link < LINKS && s->fork > 1 ? s->fork : 1;
		*last = (uint8_t)(s->corporate_last + 1);
		if (s->provider_first > 1 && s->provider_first <= *last)
			*last = (uint8_t)(s->provider_first - 1); /* the way to a provider hop is the provider's */
		if (*first > *last)
			*first = *last; /* the ways may part at a hop that is silent */
	} else if (row->place == AT_PROVIDER) {
		/* A hop between that nobody has met is his as well. */
		bool silent = s->corporate_last > 0 && s->provider_first > s->corporate_last + 1;
		*first = s->provider_first > 0 && !silent ? s->provider_first : (uint8_t)(s->corporate_last + 1);
		*last = s->provider_last[link] > *first ? s->provider_last[link] : (uint8_t)(*first + 1);
	}
	if (*last < *first)
		*last = *first;
}

/* With l3 the WAN begins behind the last corporate hop; one more that nobody has met is seldom there. Where the links have
 * not parted by then and a hop that follows is silent, that may be the customer's edge as well as the provider's hop. */
static double share_beyond(const struct spread *s)
{
	bool parted = s->fork > 0 && s->fork <= s->corporate_last;
	return !parted && s->provider_first > s->corporate_last + 1 ? SHARE_SILENT : SHARE_BEYOND;
}

static void spread_places(struct spread *s, struct hypothesis h, double prior)
{
	uint8_t first, last;
	const struct link_observables *links = s->o->links;
	if (h.row->place == AT_EDGE && h.link < LINKS && (links[h.link].on_edge[FAM4] || links[h.link].on_edge[FAM6]))
		return; /* we are the edge, and we are here */
	boundaries(s, h.row, h.link, &first, &last);
	bool beyond = h.row->place == AT_CORPORATE && s->o->path->circuit->handoff == HANDOFF_L3;
	const double *traffic = fault_keeps_routes(h.row) ? unnoticed_traffic : h.row->other == 'h' ? dead_traffic : h.row->other == 'l' ? lossy_traffic : NULL;
	double share = prior / (last - first + 1);
	for (unsigned b = first; b <= last; b++) {
		double here = beyond && b > s->corporate_last && s->corporate_last > 0 ? share * share_beyond(s) : share;
		h.boundary = (uint8_t)b;
		for (h.traffic = 0; h.traffic < (traffic ? TRAFFIC_KINDS : 1); h.traffic++)
			if (!traffic || traffic[h.traffic] > 0)
				emit(s, h, traffic ? here * traffic[h.traffic] : here);
	}
}

/* One protocol or port, or every port of TCP where several are asked. */
static void spread_services(struct spread *s, struct hypothesis h, double prior)
{
	size_t ports = 0;
	for (size_t i = 0; i < s->service_count; i++)
		ports += s->services[i].kind == PROBE_TCP_SYN;
	bool every = ports > 1;
	double share = prior / (double)(s->service_count + every);
	for (size_t i = 0; i < s->service_count; i++) {
		h.kind = s->services[i].kind;
		h.port = s->services[i].port;
		spread_places(s, h, share);
	}
	h.kind = PROBE_TCP_SYN;
	h.port = SERVICE_EVERY_PORT;
	if (every)
		spread_places(s, h, share);
}

/* A row's prior is that of a circuit with a handful of targets. Each further one adds its
 * own chance to break: the others do not become sounder by it. */
#define USUAL_TARGETS 4
#define USUAL_SERVICES 8

static double shared_by(size_t count, size_t usual)
{
	return (double)(count < usual ? count : usual);
}

/* Does this host itself keep back what the hypothesis names: all of a target, by a route that is missing, or one service of it? */
static bool is_kept_back(const struct observables *o, const struct hypothesis *h)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		bool same = g->kind == h->kind && g->port == h->port;
		if (g->cls == GROUP_TARGET && g->target == h->target && (h->row->scope == SCOPE_TARGET ? g->own_route : same && traffic_group_kept_back(g)))
			return true;
	}
	return false;
}

static bool is_tried(const struct observables *o, const struct hypothesis *h)
{
	return h->row->place != AT_HOST || is_kept_back(o, h);
}

static void spread_target_services(struct spread *s, struct hypothesis h, double prior)
{
	for (size_t i = 0; i < s->of_target_count; i++) {
		h.target = s->of_targets[i].target;
		h.kind = s->of_targets[i].kind;
		h.port = s->of_targets[i].port;
		if (is_tried(s->o, &h))
			emit(s, h, prior / shared_by(s->of_target_count, USUAL_SERVICES));
	}
}

static void spread_targets(struct spread *s, struct hypothesis h, double prior)
{
	size_t n = 0;
	const struct plan_circuit *c = s->o->path->circuit;
	for (size_t i = 0; i < c->target_count; i++)
		n += !c->targets[i].control;
	for (size_t i = 0; i < c->target_count; i++) {
		h.target = (uint16_t)i;
		if (!c->targets[i].control && is_tried(s->o, &h))
			emit(s, h, prior / shared_by(n, USUAL_TARGETS));
	}
}

static bool on_an_edge(const struct observables *o)
{
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++)
			if (o->links[l].on_edge[fam])
				return true;
	return false;
}

/* Did the passive watch hear on a link what this row, more likely than not, would make heard? */
#define HEARD_TELLS 0.5

static bool is_heard(const struct observables *o, const struct fault_row *row)
{
	for (int what = 0; what < HEARD; what++)
		for (int l = 0; row->heard[what] != 0 && l < LINKS; l++)
			for (int fam = 0; fam < FAMILIES; fam++) {
				uint8_t seen = o->links[l].heard[what][fam];
				if (seen != 0 && likelihood_heard((enum heard_what)what, seen, row->heard[what]) > log(HEARD_TELLS))
					return true;
			}
	return false;
}

static bool is_said_of(const struct observables *o, enum azure_says which, int l)
{
	uint8_t seen = o->azure.says[which][l];
	return likelihood_says(which, seen, 'X') > likelihood_says(which, seen, '.');
}

/* Does Azure say of one of the links what an X stands for? */
static bool is_said(const struct observables *o, enum azure_says which)
{
	return is_said_of(o, which, LINK_PRIMARY) || is_said_of(o, which, LINK_SECONDARY);
}

bool hypothesis_is_said(const struct observables *o, const struct hypothesis *h)
{
	bool any = false;
	for (size_t which = 0; which < SAYS; which++) {
		if (h->row->says[which] != 'X')
			continue;
		bool of_link = azure_says_of_link((enum azure_says)which) && h->link < LINKS;
		if (!(of_link ? is_said_of(o, (enum azure_says)which, h->link) : is_said(o, (enum azure_says)which)))
			return false;
		any = true;
	}
	return any;
}

/* What Azure alone can tell (an X in a column of what it says) is tried where it says all of
 * it, or where it was heard on the wire: maintenance that is announced moves nothing yet. What it
 * counts of traffic decides nothing, it favours: where it was not read, what it would favour is as common as ever. */
static bool is_told(const struct observables *o, const struct fault_row *row)
{
	bool said = true;
	for (size_t which = 0; which < SAYS && said; which++)
		said = row->says[which] != 'X' || is_said(o, (enum azure_says)which) || (which == SAYS_OUT && o->azure.says[which][0] == OUT_UNREAD);
	return said || is_heard(o, row);
}

/* Was the link seen to come back, or does Azure say that it did? */
static bool goes_up_and_down(const struct observables *o, int l)
{
	return outages_seen(&o->links[l].outages) > FLAP_NONE || o->azure.says[SAYS_FELL][l] > FELL_NOT;
}

/* Targets of a family that were asked, when none of them answers anything. */
static size_t silent_of(const struct observables *o, int fam)
{
	size_t silent = 0;
	for (uint16_t t = 0; t < o->path->circuit->target_count; t++) {
		uint32_t sent = 0;
		for (size_t i = 0; i < o->group_count; i++) {
			const struct traffic_group *g = &o->groups[i];
			if (g->cls != GROUP_TARGET || g->target != t || g->fam != fam)
				continue;
			if (g->answered > 0)
				return 0;
			sent += g->sent;
		}
		silent += sent > 0;
	}
	return silent;
}

/* The most of one family: a host that is asked in both is two targets, and may still be dead alone. */
static size_t silent_targets(const struct observables *o)
{
	size_t most = 0;
	for (int fam = 0; fam < FAMILIES; fam++) {
		size_t silent = silent_of(o, fam);
		most = silent > most ? silent : most;
	}
	return most;
}

/* A dead way in this domain, and in the WAN on this link. Where the dead flows end may not have been asked yet, or nobody
 * answers there: how well a dead way explains what was seen is for the likelihoods to say, and one that is not tried leaves the
 * next best without a rival. */
static bool may_be_dead_way(const struct observables *o, const struct fault_row *row, uint8_t link)
{
	return o->flows_differ || (row->domain == DOMAIN_CORPORATE ? o->partial : o->links[link].partial);
}

/* What has a sign of its own (a baseline's, or flows that are dead beside others that live) is tried
 * where that was seen: elsewhere nothing is gained or lost by it. */
static bool has_sign(const struct observables *o, const struct fault_row *row)
{
	if (row->usual)
		return shared_delay_of(o, row->usual)->outcome == DELAY_SLOWER;
	if (row->target == 'P')
		return may_be_dead_way(o, row, LINK_PRIMARY) || may_be_dead_way(o, row, LINK_SECONDARY);
	if (row->flap)
		return goes_up_and_down(o, LINK_PRIMARY) || goes_up_and_down(o, LINK_SECONDARY);
	if (row->says[SAYS_OUT] == 'X')
		return silent_targets(o) > 1; /* of a single one the target itself is to be thought of first */
	return row->delay != 'R' || o->links[LINK_PRIMARY].delay == DELAY_REROUTED || o->links[LINK_SECONDARY].delay == DELAY_REROUTED;
}

/* Could Azure have said it of this link, and did not? */
static bool is_denied(const struct observables *o, enum azure_says which, int l)
{
	uint8_t seen = o->azure.says[which][azure_says_of_link(which) ? l : 0];
	bool lit = which == SAYS_PORT && seen == PORT_LIT_ALONE; /* of its admin state that tells nothing */
	return !is_said(o, which) && seen != 0 && !lit;
}

/* A link that nothing takes: it may be meant so, or drained, and where Azure was not read, or long ago, nothing
 * tells these apart. Where Azure says a part of it and denies the other, it is announced and not done yet; what could
 * not be read denies nothing, but what is announced for hours drains a link for minutes of them. The share of its prior
 * that the row has. */
#define ANNOUNCED_DRAINS 0.03

static double may_be_drained(const struct observables *o, const struct fault_row *row)
{
	bool idle = false, said = false, denied = false;
	for (int l = 0; l < LINKS; l++) {
		bool idles = false;
		for (int fam = 0; fam < FAMILIES; fam++)
			idles = idles || (o->links[l].expected && o->links[l].use[fam] == USE_NO);
		for (size_t which = 0; which < SAYS && idles; which++) {
			said = said || (row->says[which] == 'X' && is_said(o, (enum azure_says)which));
			denied = denied || (row->says[which] == 'X' && is_denied(o, (enum azure_says)which, l));
		}
		idle = idle || idles;
	}
	if (!idle || (said && denied) || row->target != 'a' || row->scope != SCOPE_LINK)
		return 0;
	return said ? ANNOUNCED_DRAINS : 1;
}

/* What is dead is so whether or not anybody says why: where Azure was not read, or long ago, a link may be dead by what Azure
 * alone can tell. Each keeps the share that it has among the rows that look like it: Microsoft drains a link before it works on it
 * (ExpressRoute's "planned maintenance guidance"), so that seldom is one dead by that; a port that its owner can shut is one of ExpressRoute Direct. */
#define DENIES 0.5 /* the least that an answer must still count */
static bool may_go_untold(const struct observables *o, const struct fault_row *row, int l)
{
	bool any = false;
	if (row->scope != SCOPE_LINK || row->msee != 'X' || (row->says[SAYS_PORT] == 'X' && o->path->circuit->handoff != HANDOFF_DIRECT))
		return false;
	for (size_t which = 0; which < SAYS; which++) {
		if (row->says[which] != 'X')
			continue;
		int at = azure_says_of_link((enum azure_says)which) ? l : 0;
		if (is_denied(o, (enum azure_says)which, l) && o->azure.says_age[which][at].weight > DENIES)
			return false;
		any = true;
	}
	return any;
}

static bool goes_untold(const struct observables *o, const struct fault_row *row)
{
	return may_go_untold(o, row, LINK_PRIMARY) || may_go_untold(o, row, LINK_SECONDARY);
}

static void spread_row(struct spread *s, const struct fault_row *row)
{
	struct hypothesis h = {.row = row, .link = LINK_NULL};
	double share = is_told(s->o, row) ? 1 : may_be_drained(s->o, row);
	if ((share <= 0 && !goes_untold(s->o, row)) || !has_sign(s->o, row))
		return;
	bool on_edge = on_an_edge(s->o);
	if (row->size && !sizes_can_tell(s->o, LINK_ANY))
		return;
	bool way_back = row->domain == DOMAIN_CORPORATE && row->scope == SCOPE_SHARED && row->place >= AT_EDGE;
	bool own_filter = s->o->own_filter && row->scope == SCOPE_SERVICE && row->place == AT_CORPORATE;
	if ((row->place == AT_CORPORATE || way_back) && on_edge && !own_filter)
		return; /* between us and our own edge there is no corporate hop, and it filters what it forwards */
	size_t links = (size_t)s->o->links[0].expected + s->o->links[1].expected;
	switch (row->scope) {
	case SCOPE_NONE: emit(s, h, row->prior); break;
	case SCOPE_SHARED: spread_places(s, h, row->prior); break;
	case SCOPE_BOTH:
		h.link = LINK_BOTH;
		if (links > 0) /* also of a single link: what is shared is shared by all there is */
			emit(s, h, row->prior);
		break;
	case SCOPE_SERVICE: spread_services(s, h, row->prior); break;
	case SCOPE_TARGET: spread_targets(s, h, row->prior); break;
	case SCOPE_TARGET_SERVICE: spread_target_services(s, h, row->prior); break;
	case SCOPE_LINK:
	case SCOPE_LINK_SERVICE:
		for (uint8_t l = 0; l < LINKS; l++) {
			if (row->flap && !goes_up_and_down(s->o, l))
				continue;
			if (!s->o->links[l].expected || (row->target == 'P' && !may_be_dead_way(s->o, row, l)) || (row->size && !sizes_can_tell(s->o, l)))
				continue;
			double here = share > 0 ? share : may_go_untold(s->o, row, l) ? 1 : 0;
			if (here <= 0)
				continue;
			h.link = l;
			if (row->scope == SCOPE_LINK)
				spread_places(s, h, here * row->prior / (double)links);
			else
				spread_services(s, h, row->prior / (double)links);
		}
		break;
	}
}

struct hypothesis *hypotheses_list(const struct observables *o, size_t *count)
{
	struct spread s = {.o = o};
	const struct plan_circuit *c = o->path->circuit;
	*count = 0;
	if (learn_services(&s)) {
		learn_hops(&s);
		for (size_t i = 0; i < fault_row_count; i++)
			if (fault_row_fits(&fault_rows[i], c->handoff, c->peering))
				spread_row(&s, &fault_rows[i]);
		*count = s.count;
	}
	free(s.services);
	free(s.of_targets);
	if (!s.out_of_memory)
		return s.out;
	free(s.out);
	*count = 0;
	return NULL;
}
