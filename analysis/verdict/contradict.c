/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's ARP entry and BGP session of a link say that it lives, or that it is dead; so do the
 * MSEE's own answers, the traffic that crosses it, and the session as it is overheard. Each side
 * is weighed with the posterior's own likelihoods, alive against dead; both clear, and of two
 * minds, is a contradiction. It may be a matter of time (Azure's tables lag by minutes, the hold
 * time is 180 s), so both times stand with it. So is a state of circuit, provider, peering, connection or
 * gateway, or a setting, under which nothing could pass, while target traffic crosses a link. */
#include "analysis/verdict/contradict.h"

#include "analysis/diagnose/likelihood.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/verdict.h"

#include <math.h>
#include <stdlib.h>

#define CLEAR 2.3 /* natural logarithm: 10 to 1 */

/* What one side says of a link: above 0 it lives; and the observation that says it loudest. */
struct voice { double sum, loudest; const struct observation *who; };

static void hear(struct voice *v, const struct observation *ob, double lives)
{
	v->sum += lives;
	if (fabs(lives) > fabs(v->loudest)) {
		v->loudest = lives;
		v->who = ob;
	}
}

/* The MSEE may well be silent to us; nobody crosses a dead link. What lies behind the MSEE may be
 * dead on its own: there only answers count. */
static double group_lives(const struct posterior *p, const struct observation *ob)
{
	const struct group_likelihood *l = &p->groups[ob->group];
	switch (p->seen->groups[ob->group].cls) {
	case GROUP_MSEE:
	case GROUP_MSEE_HOP:
	case GROUP_BGP: return l->alive - l->dead;
	case GROUP_TARGET: return fmax(l->alive - l->dead, 0);
	default: return 0;
	}
}

static double heard_lives(const struct posterior *p, const struct observation *ob)
{
	uint8_t seen = p->seen->links[ob->link].heard[ob->says][ob->fam];
	return ob->says == HEARD_SESSION ? likelihood_heard(HEARD_SESSION, seen, '.') - likelihood_heard(HEARD_SESSION, seen, 'l') : 0;
}

/* Does the near end answer, so that silence begins behind it? */
static bool near_end_answers(const struct observables *o, uint8_t link, uint8_t fam)
{
	if (o->links[link].on_edge[fam])
		return true;
	for (size_t i = 0; i < o->group_count; i++)
		if (o->groups[i].cls == GROUP_EDGE && o->groups[i].link == link && o->groups[i].fam == fam && o->groups[i].answered > 0)
			return true;
	return false;
}

static void add(const struct posterior *p, uint8_t link, uint8_t fam, const struct observation *azure, const struct observation *wire,
                struct circuit_result *r)
{
	if (!azure || !wire || r->contradiction_count == CONTRADICTIONS_MAX)
		return;
	struct contradiction *c = &r->contradictions[r->contradiction_count++];
	*c = (struct contradiction){.link = (enum link_id)link, .fam = fam, .azure_at = observation_age(&p->seen->azure, azure)->at,
	                            .wire_at = p->seen->path->seen->now};
	c->of_link = wire->kind != OBSERVED_GROUP || p->seen->groups[wire->group].cls != GROUP_TARGET;
	observation_words(p->seen, azure, c->azure, sizeof c->azure);
	observation_words(p->seen, wire, c->wire, sizeof c->wire);
}

/* Layer 2 by ARP against all answers, then the session against what crosses and what is overheard:
 * without a session the MSEE itself may still answer. */
static void compare(const struct posterior *p, const struct observation *obs, size_t n, uint8_t link, uint8_t fam, struct circuit_result *r)
{
	const struct azure_view *a = &p->seen->azure;
	struct voice arp = {0}, session = {0}, wire = {0}, crossing = {0};
	for (size_t i = 0; i < n; i++) {
		const struct observation *ob = &obs[i];
		double lives = 0;
		if (ob->link != link || ob->fam != fam)
			continue;
		if (ob->kind == OBSERVED_ARP)
			hear(&arp, ob, a->arp_age[link].weight * (likelihood_arp(a->arp[fam][link], '.') - likelihood_arp(a->arp[fam][link], 'i')));
		else if (ob->kind == OBSERVED_SESSION)
			hear(&session, ob, a->session_age[link].weight *
			     (likelihood_session(a->session[fam][link], '.') - likelihood_session(a->session[fam][link], 'D')));
		else if (ob->kind == OBSERVED_GROUP)
			lives = group_lives(p, ob);
		else if (ob->kind == OBSERVED_HEARD)
			lives = heard_lives(p, ob);
		hear(&wire, ob, lives);
		if (ob->kind == OBSERVED_HEARD || (ob->kind == OBSERVED_GROUP && p->seen->groups[ob->group].cls == GROUP_TARGET) || lives < 0)
			hear(&crossing, ob, lives);
	}
	bool behind = near_end_answers(p->seen, link, fam);
	/* Without its session the MSEE has no way back to who stands behind the edge. */
	bool has_way_back = p->seen->links[link].on_edge[fam] || session.sum > -CLEAR;
	bool arp_at_odds = (arp.sum >= CLEAR && wire.sum <= -CLEAR && behind && has_way_back) || (arp.sum <= -CLEAR && wire.sum >= CLEAR);
	bool session_at_odds = (session.sum >= CLEAR && wire.sum <= -CLEAR && behind) || (session.sum <= -CLEAR && crossing.sum >= CLEAR);
	if (session_at_odds)
		add(p, link, fam, session.who, session.sum > 0 ? wire.who : crossing.who, r);
	if (arp_at_odds)
		add(p, link, fam, arp.who, wire.who, r);
}

/* What Azure would say if that which it speaks of were off; 0: it is no state. */
static char letter_of_off(enum observation_kind kind)
{
	switch (kind) {
	case OBSERVED_CIRCUIT:
	case OBSERVED_PROVIDER:
	case OBSERVED_PEERING:
	case OBSERVED_SETTINGS: return 'X';
	case OBSERVED_CONNECTION: return 'n';
	case OBSERVED_GATEWAY: return 'g';
	case OBSERVED_ARP: return 'i';
	case OBSERVED_SESSION: return 'D';
	default: return 0;
	}
}

bool contradicts_health(const struct posterior *p, const struct observation *ob)
{
	char off = letter_of_off(ob->kind);
	return off && observation_log_under(p, ob, '.', 0) - observation_log_under(p, ob, off, 0) <= -CLEAR;
}

bool azure_denies_health(const struct posterior *p)
{
	struct observation *obs = p->seen->snapshot ? calloc(observations_room(p->seen), sizeof *obs) : NULL;
	size_t n = obs ? observations_list(p->seen, obs) : 0;
	bool denied = false;
	for (size_t i = 0; i < n && !denied; i++)
		denied = contradicts_health(p, &obs[i]);
	free(obs);
	return denied;
}

/* The link and family that target traffic crosses most surely, and who says so. */
static struct voice loudest_crossing(const struct posterior *p, const struct observation *obs, size_t n, uint8_t only)
{
	struct voice best = {0};
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			struct voice v = {0};
			for (size_t i = 0; i < n; i++)
				if (obs[i].kind == OBSERVED_GROUP && obs[i].link == l && obs[i].fam == fam &&
				    p->seen->groups[obs[i].group].cls == GROUP_TARGET)
					hear(&v, &obs[i], group_lives(p, &obs[i]));
			if ((only == LINK_NULL || only == l) && v.sum > best.sum)
				best = v;
		}
	return best;
}

/* A link's sessions and ARP entries are compared above, with more than what crosses. */
static void compare_states(const struct posterior *p, const struct observation *obs, size_t n, struct circuit_result *r)
{
	for (size_t i = 0; i < n; i++) {
		const struct observation *ob = &obs[i];
		if (ob->kind == OBSERVED_ARP || ob->kind == OBSERVED_SESSION || !contradicts_health(p, ob))
			continue;
		struct voice crossing = loudest_crossing(p, obs, n, ob->kind == OBSERVED_SETTINGS ? ob->link : (uint8_t)LINK_NULL);
		if (crossing.sum >= CLEAR)
			add(p, crossing.who->link, crossing.who->fam, ob, crossing.who, r);
	}
}

void contradictions_fill(const struct posterior *p, struct circuit_result *r)
{
	struct observation *obs = p->seen->snapshot ? calloc(observations_room(p->seen), sizeof *obs) : NULL;
	r->contradiction_count = 0;
	if (!obs)
		return;
	size_t n = observations_list(p->seen, obs);
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++)
			if (p->seen->links[l].expected && p->seen->families[fam])
				compare(p, obs, n, l, fam, r);
	compare_states(p, obs, n, r);
	free(obs);
}
