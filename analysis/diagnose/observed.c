/* SPDX-License-Identifier: BSD-2-Clause */
/* All that was seen, as a list, and how likely each piece of it is under an explanation. */
#include "analysis/diagnose/observed.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/likelihood.h"
#include "analysis/path/stats.h"

#include <math.h>

/* --- the list --- */

static void add(struct observation *out, size_t *n, struct observation ob)
{
	out[(*n)++] = ob;
}

/* The link that a group's flows take: where they are located nowhere and all that lives takes one, that one. */
static uint8_t link_taken(const struct observables *o, const struct traffic_group *g)
{
	if (g->link < LINKS || !link_use_is_one(o, g->fam))
		return g->link;
	return o->links[LINK_PRIMARY].use[g->fam] == USE_YES ? LINK_PRIMARY : LINK_SECONDARY;
}

/* A router that is silent as a hop is so whatever expires there, and an edge that ignores pings mostly too, wherever the
 * flows are thought to be; an MSEE that ignores them does so in both families: one habit. */
static double share_of_silence(const struct observables *o, const struct traffic_group *g)
{
	size_t same = 0;
	bool hop = g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP, ping = g->cls == GROUP_MSEE && g->kind == PROBE_ICMP_ECHO;
	uint8_t link = link_taken(o, g);
	if ((!hop && !ping) || g->answered > 0)
		return 1;
	const uint8_t *edge = o->path->distance[g->fam].edge;
	uint8_t at = link >= LINKS ? 0 : edge[link] > 0 ? edge[link] : edge[1 - link];
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		bool alike = ping ? x->kind == g->kind : x->fam == g->fam && x->hop == g->hop;
		bool here = (x->cls == g->cls && alike) || (g->cls == GROUP_HOP && x->cls == GROUP_EDGE && x->fam == g->fam && at > 0 && g->hop == at);
		same += here && link_taken(o, x) == link && x->answered == 0;
	}
	return 1.0 / (double)same;
}

static void list_traffic(const struct observables *o, struct observation *out, size_t *n)
{
	size_t targets = 0;
	for (size_t i = 0; i < o->group_count; i++)
		targets += o->groups[i].cls == GROUP_TARGET;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		struct observation ob = {.link = g->link, .fam = g->fam, .group = (uint32_t)i, .kind = OBSERVED_GROUP};
		ob.share = share_of_silence(o, g);
		add(out, n, ob);
		if (g->cls != GROUP_TARGET)
			continue;
		ob.kind = OBSERVED_REFUSED;
		add(out, n, ob);
		/* Filters speak for one service, missing routes for all: the errors of
		 * many targets are mostly one statement. */
		ob.kind = OBSERVED_UNREACH_TARGET;
		bool filter = g->unreach >= UNREACH_ADMIN_CORP;
		ob.share = targets > 2 && !filter ? 2.0 / (double)targets : 1;
		add(out, n, ob);
	}
}

/* The group of a link that drew an error for the far (or near) /30 address, if any. */
static int unreach_group(const struct observables *o, uint8_t link, uint8_t fam)
{
	int best = -1;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->link != link || g->fam != fam ||
		    (g->cls != GROUP_MSEE && g->cls != GROUP_EDGE && g->cls != GROUP_BGP))
			continue;
		if (best < 0 || (g->unreach != UNREACH_NONE && o->groups[best].unreach == UNREACH_NONE))
			best = (int)i;
	}
	return best;
}

/* link: what is said of it; LINK_NULL: what is said of the circuit. */
static void list_says(uint8_t link, struct observation *out, size_t *n)
{
	for (uint8_t which = 0; which < SAYS; which++)
		if (azure_says_of_link((enum azure_says)which) == (link < LINKS))
			add(out, n, (struct observation){.kind = OBSERVED_SAYS, .link = link, .says = which, .share = 1});
}

/* Of what nobody heard nothing is listed. */
static void list_heard(const struct observables *o, struct observation ob, struct observation *out, size_t *n)
{
	ob.kind = OBSERVED_HEARD;
	for (ob.says = 0; ob.says < HEARD; ob.says++)
		if (o->links[ob.link].heard[ob.says][ob.fam] != 0)
			add(out, n, ob);
}

/* Without a baseline nothing is. */
static void list_shared(const struct observables *o, struct observation *out, size_t *n)
{
	for (uint8_t place = 0; place < SHARED_PLACES; place++)
		if (o->shared[place].outcome != DELAY_UNKNOWN)
			add(out, n, (struct observation){.kind = OBSERVED_SHARED, .link = LINK_NULL, .says = place, .share = 1});
}

static void list_link(const struct observables *o, uint8_t link, struct observation *out, size_t *n)
{
	static const enum observation_kind of_link[] = {OBSERVED_DELAY, OBSERVED_SETTINGS, OBSERVED_FLAP};
	struct observation ob = {.link = link, .share = 1};
	for (size_t i = 0; i < sizeof of_link / sizeof of_link[0]; i++)
		add(out, n, (struct observation){.kind = of_link[i], .link = link, .share = 1});
	list_says(link, out, n);
	size_t families = (size_t)o->families[FAM4] + o->families[FAM6];
	for (uint8_t fam = 0; fam < FAMILIES; fam++) {
		if (!o->families[fam])
			continue;
		ob.fam = fam;
		ob.share = families == 2 ? 0.55 : 1; /* two families over one wire tell much the same */
		ob.kind = OBSERVED_ARP;
		add(out, n, ob);
		ob.kind = OBSERVED_SESSION;
		add(out, n, ob);
		ob.kind = OBSERVED_USE;
		add(out, n, ob);
		ob.kind = OBSERVED_SIZE;
		add(out, n, ob);
		list_heard(o, ob, out, n);
		int group = unreach_group(o, link, fam);
		if (group < 0)
			continue;
		ob.kind = OBSERVED_UNREACH_MSEE;
		ob.group = (uint32_t)group;
		add(out, n, ob);
	}
}

/* A target's group is seen in three ways; links and Azure in no more than the rest. */
size_t observations_room(const struct observables *o)
{
	return 3 * o->group_count + 128;
}

size_t observations_list(const struct observables *o, struct observation *out)
{
	static const enum observation_kind shared[] = {OBSERVED_HOST, OBSERVED_CIRCUIT, OBSERVED_PROVIDER,
		OBSERVED_PEERING, OBSERVED_CONNECTION, OBSERVED_GATEWAY};
	size_t n = 0;
	list_traffic(o, out, &n);
	for (uint8_t l = 0; l < LINKS; l++)
		if (o->links[l].expected)
			list_link(o, l, out, &n);
	list_shared(o, out, &n);
	list_says(LINK_NULL, out, &n);
	for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
		add(out, &n, (struct observation){.kind = shared[i], .link = LINK_NULL,
		                                  .fam = o->families[FAM4] ? FAM4 : FAM6, .share = 1});
	for (size_t i = 0; i < n; i++)
		out[i].of_azure = observation_age(&o->azure, &out[i]) != NULL;
	return n;
}

/* --- one observation under one explanation --- */

/* A filter, or a service that is off, may drop or refuse: a refusal is an answer on
 * the way, and yet the service is gone. */
static bool is_refused(const struct traffic_group *g)
{
	return g->cls == GROUP_TARGET && g->kind == PROBE_TCP_SYN && g->refused * 2 > g->answered;
}

static bool blocks_service(const struct hypothesis *h)
{
	return h->row->scope == SCOPE_SERVICE || h->row->scope == SCOPE_TARGET_SERVICE || h->row->scope == SCOPE_LINK_SERVICE;
}

static bool both_neighbours_gone(const struct observables *o, const struct hypothesis *h)
{
	for (int l = 0; l < LINKS; l++)
		if (o->links[l].expected && !o->links[l].on_edge[FAM4] && !o->links[l].on_edge[FAM6])
			return false;
	return h->row->scope == SCOPE_BOTH && h->row->msee == 'X';
}

char hypothesis_letter(const struct posterior *p, const struct observation *ob, const struct hypothesis *h)
{
	const struct traffic_group *g = &p->seen->groups[ob->group];
	switch (ob->kind) {
	case OBSERVED_GROUP: {
		char letter = letter_of_group(h, p->seen, g);
		return letter == 'X' && is_refused(g) && blocks_service(h) ? 'A' : letter;
	}
	case OBSERVED_REFUSED:
		return letter_of_group(h, p->seen, g) == 'X' && blocks_service(h) ? 'X' : 'A';
	case OBSERVED_UNREACH_MSEE: return letter_by_reporter(h, p->seen, g, letter_of_unreach_msee(h, g));
	case OBSERVED_UNREACH_TARGET: return letter_of_unreach_target(h, g);
	case OBSERVED_DELAY: return letter_of_delay(h, ob->link);
	case OBSERVED_USE: return letter_of_use(h, ob->link, ob->fam);
	case OBSERVED_SIZE: return letter_of_size(h, p->seen, ob->link, ob->fam);
	case OBSERVED_HEARD: return letter_of_heard(h, (enum heard_what)ob->says, ob->link, ob->fam);
	case OBSERVED_SAYS: return letter_of_says(h, (enum azure_says)ob->says, ob->link);
	case OBSERVED_FLAP: return letter_of_flap(h, ob->link);
	case OBSERVED_SHARED: return letter_of_shared(h, (enum shared_place)ob->says);
	case OBSERVED_HOST: return h->row->place == AT_HOST ? 'X' : both_neighbours_gone(p->seen, h) ? 'k' : '.';
	default: return letter_of_azure(h, ob->kind, ob->link, ob->fam);
	}
}

/* That not one probe leaves is what this host's own fault is; a first hop that is silent to ARP may also be dead itself. */
static double host_log(const struct observables *o, char letter)
{
	if (letter == 'X')
		return log(o->nothing_left ? .50 : o->neighbour_dead ? .40 : .10);
	if (letter == 'k') /* an edge that finds neither of its neighbours lets nothing out */
		return log(o->nothing_left ? .45 : o->neighbour_dead ? .05 : .50);
	return log(o->nothing_left ? .0001 : o->neighbour_dead ? .0199 : .98);
}

static double azure_log(const struct azure_view *a, const struct observation *ob, char letter)
{
	uint8_t link = ob->link < LINKS ? ob->link : 0;
	double l = 0;
	switch (ob->kind) {
	case OBSERVED_CIRCUIT: l = likelihood_state(a->circuit, letter); break;
	case OBSERVED_PROVIDER: l = likelihood_state(a->provider, letter); break;
	case OBSERVED_PEERING: l = likelihood_peering(a->peering, letter); break;
	case OBSERVED_ARP: l = likelihood_arp(a->arp[ob->fam][link], letter); break;
	case OBSERVED_SESSION: l = likelihood_session(a->session[ob->fam][link], letter); break;
	case OBSERVED_CONNECTION: l = likelihood_connection(a->connection, letter); break;
	case OBSERVED_GATEWAY: l = likelihood_gateway(a->gateway_peers, letter); break;
	case OBSERVED_SAYS: l = likelihood_says((enum azure_says)ob->says, a->says[ob->says][link], letter); break;
	case OBSERVED_SETTINGS: l = likelihood_state(a->settings[link], letter); break;
	default: break;
	}
	const struct azure_age *age = observation_age(a, ob);
	return age ? l * age->weight : 0;
}

char observation_letter(const struct posterior *p, const struct observation *ob, const struct explanation *e)
{
	char letter = hypothesis_letter(p, ob, &e->parts[0]);
	for (uint8_t i = 1; i < e->count; i++)
		letter = letter_stronger(letter, hypothesis_letter(p, ob, &e->parts[i]));
	return letter;
}

/* A delay or a scatter that also shows in what passes the MSEE is no slow control plane: where no
 * fault is to be, it is that much less likely. A scatter of which nothing that passes tells may well be one,
 * that many times as likely at the least that is called so, and seldom a large one; and as much as what does tell, if
 * not for sure, has it. */
#define DELAY_CLEAR 0.02
#define JITTER_UNCLEAR 10
#define JITTER_UNCLEAR_AT_NS (8 * (double)NS_PER_MS)

static double jitter_unclear(int64_t spread_ns)
{
	double share = JITTER_UNCLEAR_AT_NS / fmax((double)spread_ns, JITTER_UNCLEAR_AT_NS);
	return log(fmax(JITTER_UNCLEAR * share * share, 1));
}

static double delay_doubt(const struct posterior *p, const struct observation *ob, char letter)
{
	const struct link_observables *l = &p->seen->links[ob->link];
	if (letter != '.' || (l->delay != DELAY_SLOWER && l->delay != DELAY_JITTER))
		return 0;
	if (l->delay == DELAY_JITTER)
		return fmax(jitter_unclear(l->delay_more_ns) - l->jitter_log_odds, log(DELAY_CLEAR));
	return l->delay_clear ? log(DELAY_CLEAR) : 0;
}

double observation_log_under(const struct posterior *p, const struct observation *ob, char letter, int grid)
{
	const struct traffic_group *g = &p->seen->groups[ob->group];
	switch (ob->kind) {
	case OBSERVED_GROUP: return ob->share * likelihood_of(&p->groups[ob->group], letter, grid);
	case OBSERVED_REFUSED: return ob->share * likelihood_refused(g, letter);
	case OBSERVED_UNREACH_MSEE:
	case OBSERVED_UNREACH_TARGET: return ob->share * likelihood_unreach(g->unreach, letter);
	case OBSERVED_DELAY: return ob->share * likelihood_delay(p->seen->links[ob->link].delay, letter) + delay_doubt(p, ob, letter);
	case OBSERVED_USE: return ob->share * likelihood_use(p->seen->links[ob->link].use[ob->fam], letter);
	case OBSERVED_SIZE: return ob->share * likelihood_size(&p->seen->links[ob->link].size[ob->fam], letter);
	case OBSERVED_HEARD:
		return ob->share * likelihood_heard((enum heard_what)ob->says, p->seen->links[ob->link].heard[ob->says][ob->fam], letter);
	case OBSERVED_FLAP: return ob->share * likelihood_flap(outages_seen(&p->seen->links[ob->link].outages), letter);
	case OBSERVED_SHARED: return ob->share * likelihood_shared(p->seen->shared[ob->says].outcome, letter);
	case OBSERVED_HOST: return ob->share * host_log(p->seen, letter);
	default: return ob->share * azure_log(&p->seen->azure, ob, letter);
	}
}

const struct azure_age *observation_age(const struct azure_view *a, const struct observation *ob)
{
	uint8_t link = ob->link < LINKS ? ob->link : 0;
	switch (ob->kind) {
	case OBSERVED_CIRCUIT:
	case OBSERVED_PROVIDER: return &a->circuit_age;
	case OBSERVED_PEERING:
	case OBSERVED_SETTINGS: return &a->peering_age;
	case OBSERVED_ARP: return &a->arp_age[link];
	case OBSERVED_SESSION: return &a->session_age[link];
	case OBSERVED_CONNECTION: return &a->connection_age;
	case OBSERVED_GATEWAY: return &a->gateway_age;
	case OBSERVED_SAYS: return &a->says_age[ob->says][link];
	default: return NULL;
	}
}

/* One snapshot in five hundred, read just now, is of a circuit that has changed since. Assumed: nobody has published it. */
#define AZURE_LAGS 0.002

double azure_word_log(double said, double before)
{
	return stats_log_add(log(1 - AZURE_LAGS) + said, log(AZURE_LAGS) + before);
}

double observation_log(const struct posterior *p, const struct observation *ob, const struct explanation *e, int grid)
{
	return observation_log_under(p, ob, observation_letter(p, ob, e), grid);
}
