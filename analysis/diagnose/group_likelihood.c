/* SPDX-License-Identifier: BSD-2-Clause */
/* A group's likelihoods with all that the rest of the run, and the baseline, says of who should answer. */
#include "analysis/diagnose/posterior.h"
#include "analysis/observables/usual.h"

/* Who answers over one link does not ignore what comes over the other. */
#define ANSWERS_ELSEWHERE 3

static bool answers_elsewhere(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *other = &o->groups[i];
		if (other->cls == g->cls && other->target == g->target && other->kind == g->kind && other->port == g->port &&
		    other->fam == g->fam && other->answered >= ANSWERS_ELSEWHERE)
			return true;
	}
	return false;
}

/* Is silence of this target no habit of its own? */
static bool service_matters(const struct observables *o, const struct traffic_group *g)
{
	if (g->kind != PROBE_ICMP_ECHO)
		return true;
	if (g->target < o->path->circuit->target_count && o->path->circuit->targets[g->target].tcp_count == 0)
		return true;
	return g->answered == 0 && g->cls == GROUP_TARGET && answers_elsewhere(o, g);
}

#define BEFORE_LEAST 20 /* probes before an end died, from which what it answered of them tells its habit */
#define PROVED_ANSWERS 3
#define PROVED_SHARE 0.9
#define SURE_ANSWERS 12
#define SURE_SHARE 0.98
#define PAIR_PROBES 20
#define PAIR_SYNS 5 /* of one a second at most */
#define PAIR_SHARE 0.98
#define PAIR_SURE_PROBES 150
#define PAIR_SURE_SHARE 0.99

static bool answers_well(const struct traffic_group *g)
{
	return g->answered >= PROVED_ANSWERS && g->answered >= PROVED_SHARE * g->sent;
}

/* How it answers what expires of any other traffic over this link: where a group of that is answered well, all of them
 * together may show that it limits nothing. */
static enum manner manner_of_hop_on(const struct observables *o, const struct traffic_group *g, uint8_t link)
{
	bool proved = false;
	uint32_t sent = 0, answered = 0;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (x == g || x->cls != g->cls || x->fam != g->fam || x->hop != g->hop || (x->kind == g->kind && x->port == g->port) ||
		    (x->link != link && x->link != LINK_ANY))
			continue;
		proved = proved || answers_well(x);
		sent += x->sent;
		answered += x->answered;
	}
	/* At another hop's distance several routers may answer, and one vouches for none of its fellows. */
	bool one_router = g->cls == GROUP_MSEE_HOP;
	bool sure = one_router && answered >= SURE_ANSWERS && answered >= SURE_SHARE * sent;
	return !proved ? MANNER_USUAL : sure ? MANNER_SURE : MANNER_PROVED;
}

/* Does this service answer over flows that are located nowhere? They may take the link on which none is. */
static bool lives_nowhere(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (x->cls == GROUP_TARGET && x->link >= LINKS && x->fam == g->fam && x->kind == g->kind && x->port == g->port && x->answered > 0)
			return true;
	}
	return false;
}

/* Of flows whose link is not known the hop is that of either; of a service that is dead where all that lives takes one, of
 * that one. */
static enum manner manner_of_hop(const struct observables *o, const struct traffic_group *g)
{
	enum manner least = MANNER_SURE;
	bool one = link_use_is_one(o, g->fam) && !lives_nowhere(o, g);
	if (g->link < LINKS)
		return manner_of_hop_on(o, g, g->link);
	for (uint8_t l = 0; l < LINKS; l++) {
		bool asked = o->links[l].expected && !(one && o->links[l].use[g->fam] == USE_NO);
		enum manner here = asked ? manner_of_hop_on(o, g, l) : MANNER_SURE;
		least = here < least ? here : least;
	}
	return least;
}

/* The very service, over the other link. */
static bool is_proved_target(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (x->cls == g->cls && x->target == g->target && x->kind == g->kind && x->port == g->port && x->fam == g->fam &&
		    x->link != g->link && answers_well(x))
			return true;
	}
	return false;
}

/* Is it silent to what its fellow answers? */
static bool is_silent_alone(const struct observables *o, const struct traffic_group *g)
{
	bool answers = false;
	for (size_t i = 0; g->answered == 0 && i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (traffic_group_is_fellow(x, g) && x->sent > 0 && !answers_well(x))
			return false; /* it limits its answers, so that they may be few */
		answers = answers || (traffic_group_is_fellow(x, g) && x->answered >= PROVED_ANSWERS);
	}
	return answers;
}

/* How the other link's MSEE answers the same, where it was asked about as often as this one. */
static enum manner manner_of_msee(const struct observables *o, const struct traffic_group *g)
{
	enum manner best = MANNER_USUAL;
	uint32_t least = g->cls == GROUP_BGP ? PAIR_SYNS : PAIR_PROBES;
	for (size_t i = 0; (g->kind == PROBE_ICMP_ECHO || g->cls == GROUP_BGP) && i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (!traffic_group_is_fellow(x, g) || x->sent < least || 2 * x->sent < g->sent || x->answered < PAIR_SHARE * x->sent)
			continue;
		best = x->sent >= PAIR_SURE_PROBES && x->answered >= PAIR_SURE_SHARE * x->sent ? MANNER_SURE : best == MANNER_SURE ? best : MANNER_PROVED;
	}
	return best;
}

static enum manner manner_of(const struct observables *o, const struct traffic_group *g)
{
	bool hop = g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP, end = g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL;
	if (end && !service_matters(o, g)) /* a router has no such excuse: what expired is told alike */
		return MANNER_BESIDE;
	bool msee = g->cls == GROUP_MSEE || g->cls == GROUP_MSEE_HOP || g->cls == GROUP_BGP;
	enum manner of_hop = hop ? manner_of_hop(o, g) : MANNER_USUAL;
	if (msee && of_hop == MANNER_USUAL && is_silent_alone(o, g))
		return MANNER_ALONE;
	if (hop)
		return of_hop;
	if (g->cls == GROUP_MSEE || g->cls == GROUP_BGP)
		return manner_of_msee(o, g);
	return g->cls == GROUP_TARGET && is_proved_target(o, g) ? MANNER_PROVED : MANNER_USUAL;
}

/* What the same router was asked by other traffic over this link, and answered in part, of all that stands before this group.
 * That it says nothing at all is another habit, and told once elsewhere (observed.c). */
static struct group_before before_it(const struct observables *o, const struct traffic_group *g)
{
	struct group_before before = {.count = 0};
	bool hop = g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP;
	for (size_t i = 0; hop && i < o->group_count && before.count < LIKELIHOOD_BEFORE_MAX; i++) {
		const struct traffic_group *x = &o->groups[i];
		bool itself = x->kind == g->kind && x->port == g->port && x->link == g->link && ip_addr_equal(&x->addr, &g->addr);
		if (x->cls != g->cls || x->fam != g->fam || x->hop != g->hop)
			continue;
		if (itself)
			break;
		if (x->answered > 0 && x->link == g->link && ip_addr_equal(&x->addr, &g->addr))
			before.list[before.count++] = x;
	}
	return before;
}

void posterior_group(const struct observables *o, const struct traffic_group *g, struct group_likelihood *out)
{
	/* What it did until an end died, in this very run, is as good as a baseline. */
	const struct baseline_answerer before = {.asked = g->before_sent, .answered = g->before_answered};
	const struct group_before weighed = before_it(o, g);
	likelihood_group_beside(g, manner_of(o, g), o->own_loss, before.asked >= BEFORE_LEAST ? &before : usual_answerer(o, g), &weighed, out);
}
