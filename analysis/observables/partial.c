/* SPDX-License-Identifier: BSD-2-Clause */
/* A flow is dead or alive, and little between: loss takes its share of every flow. Dead flows that
 * reach the MSEE are another matter (a way back that is lost, a gateway that is half dead). */
#include "analysis/observables/partial.h"

#include "analysis/observables/unreach.h"

#include <stdlib.h>

#define SENT_MIN 2
#define DEAD_MIN 3     /* fewer may be a host's own matter: a port in use, a firewall's stale state */
#define HERE_MIN 2     /* of them have to show where they end */
#define ALIVE_MIN 2
#define CLEAR_ALIVE 4  /* beside so many living flows, and none between, two dead ones that end here are enough */
#define MIXED_SHARE 8  /* at most one flow in so many is neither */
#define DROWNED_MIN 3  /* pings of an MSEE that says nothing, though it lives */
#define DEAD_PORTS 2   /* source ports that are silent, each SENT_MIN times: one may have lost its SYNs */
#define DEAD_PORT_SYNS 3 /* or one that is silent so often, */
#define SILENT_PORT_SYNS 5
#define LIVING_PORTS 3 /* or beside so many that answer */

struct flow_fate {
	uint32_t sent, answered;
	uint32_t silent;       /* more, that are waited for longer than answers take */
	struct { uint32_t sent, answered; } gtsm; /* of these, SYNs to a BGP port that pass GTSM as well: it drops the others */
	uint8_t furthest;      /* hop that answered it */
	uint8_t lost_from;     /* nearest hop behind which a probe was lost, 0 = none */
};

struct tally { unsigned alive, dead, mixed, here, beyond; };

static void take(const struct path_view *v, const struct probe_record *r, struct flow_fate *f)
{
	enum record_state state = observations_state(v->seen, r);
	uint8_t end = path_flow_distance(v, &v->plan->flows[r->flow]);
	bool whole = r->ttl > PATH_TTL_MAX || (end > 0 && r->ttl >= end);
	f->silent += whole && !observations_is_large(r) && observations_is_silent(v->seen, r);
	if (observations_is_large(r) || (state != RECORD_ANSWERED && state != RECORD_LOST))
		return;
	if (whole) {
		f->sent++;
		f->answered += state == RECORD_ANSWERED;
		f->gtsm.sent += r->ttl == PATH_TTL_GTSM;
		f->gtsm.answered += r->ttl == PATH_TTL_GTSM && state == RECORD_ANSWERED;
	} else if (state == RECORD_ANSWERED && r->ttl > f->furthest) {
		f->furthest = r->ttl;
	} else if (state == RECORD_LOST && (f->lost_from == 0 || r->ttl < f->lost_from)) {
		f->lost_from = r->ttl;
	}
}

/* Where the corporate network ends on the nearest of the links: 0 on the edge itself. With l3 that
 * is the last hop that is its own; UINT8_MAX where nobody knows. */
static uint8_t corporate_end(const struct observables *o, int fam)
{
	const struct path_view *v = o->path;
	uint8_t nearest = UINT8_MAX, last = 0;
	for (int l = 0; l < LINKS; l++) {
		if (o->links[l].on_edge[fam])
			return 0;
		if (v->distance[fam].edge[l] > 0 && v->distance[fam].edge[l] < nearest)
			nearest = v->distance[fam].edge[l];
	}
	if (v->circuit->handoff != HANDOFF_L3)
		return nearest;
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		if (a->ttl > last && ip_family_index(a->addr.family) == fam &&
		    path_hop_domain(v, (uint8_t)fam, (enum link_id)a->link, a->ttl, &a->addr) == DOMAIN_CORPORATE)
			last = a->ttl;
	}
	return last > 0 ? last : UINT8_MAX;
}

static bool is_alive(const struct flow_fate *f)
{
	return f->sent >= SENT_MIN && f->answered * 10 >= f->sent * 9;
}

static bool is_dead(const struct flow_fate *f)
{
	return f->sent >= SENT_MIN && f->answered == 0;
}

static bool of_family(const struct path_view *v, size_t flow, int fam)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	return f->circuit == v->circuit_index && ip_family_index(f->dst.family) == fam;
}

/* Another flow that asks the same of the same target or control answers: a service that answers
 * nobody is another matter. */
static bool sibling_lives(const struct path_view *v, const struct flow_fate *fates, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *other = &v->plan->flows[i];
		if (other->circuit == f->circuit && other->role == f->role && other->kind == f->kind && other->dst_port == f->dst_port &&
		    other->target == f->target && is_alive(&fates[i]))
			return true;
	}
	return false;
}

static void count(const struct flow_fate *f, bool here, bool beyond, struct tally *t)
{
	t->alive += is_alive(f);
	t->dead += is_dead(f);
	t->mixed += f->sent >= SENT_MIN && !is_alive(f) && !is_dead(f);
	t->here += is_dead(f) && here;
	t->beyond += is_dead(f) && beyond;
}

/* living: flows that live, of those that may be compared with the dead ones. */
static bool is_partial(const struct tally *t, unsigned living)
{
	bool clear = t->here == t->dead && t->beyond == 0 && t->mixed == 0 && living >= CLEAR_ALIVE;
	return (t->dead >= DEAD_MIN || clear) && t->here >= HERE_MIN && t->here > t->beyond && t->alive > 0 && living >= ALIVE_MIN && t->mixed * MIXED_SHARE <= t->dead + t->alive;
}

/* What a link's flows to targets came to. answering: one of the living shows the MSEE. split: of one service some live and
 * some are dead; where all that live ask another than the dead ones, a filter is at work. */
struct link_flows { struct tally t; bool answering, split; };

/* On the edge nothing but the MSEE tells which link a flow takes: of the dead ones nobody knows. */
static bool may_take(const struct observables *o, size_t flow, int link, int fam)
{
	const struct path_view *v = o->path;
	bool unknown = o->links[link].on_edge[fam] && v->flow_link[flow] == LINK_ANY;
	return of_family(v, flow, fam) && v->plan->flows[flow].role == FLOW_TARGET && (v->flow_link[flow] == link || unknown);
}

static bool lives_beside(const struct observables *o, size_t flow, int link, int fam, const struct flow_fate *fates)
{
	const struct plan_flow *flows = o->path->plan->flows;
	for (size_t i = 0; i < o->path->plan->flow_count; i++)
		if (flows[i].kind == flows[flow].kind && flows[i].dst_port == flows[flow].dst_port && is_alive(&fates[i]) && may_take(o, i, link, fam))
			return true;
	return false;
}

/* Pings to another target live: where this one's show no MSEE that others do, they met a dead way; a target that
 * ignores pings lets them pass the MSEE. */
static bool pings_live(const struct path_view *v, size_t flow, int fam, const struct flow_fate *fates)
{
	const struct plan_flow *flows = v->plan->flows;
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (flows[flow].kind == PROBE_ICMP_ECHO && flows[i].kind == PROBE_ICMP_ECHO && flows[i].role == FLOW_TARGET &&
		    of_family(v, i, fam) && is_alive(&fates[i]))
			return true;
	return false;
}

static bool shows_msee(const struct observables *o, int link, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (may_take(o, i, link, fam) && is_alive(&fates[i]) && fates[i].furthest >= v->distance[fam].msee[link])
			return true;
	return false;
}

static struct link_flows flows_over(const struct observables *o, int link, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	struct link_flows out = {.answering = shows_msee(o, link, fam, fates)};
	uint8_t edge = o->links[link].on_edge[fam] ? 0 : v->distance[fam].edge[link], msee = v->distance[fam].msee[link];
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct flow_fate *f = &fates[i];
		bool here = f->furthest >= edge && f->furthest < msee && f->lost_from > edge && f->lost_from <= msee;
		/* Asked first: the plan holds every circuit's flows, and what follows walks it again. */
		if (!may_take(o, i, link, fam))
			continue;
		if (!sibling_lives(v, fates, i) && !(here && out.answering && pings_live(v, i, fam, fates)))
			continue;
		out.split = out.split || (is_dead(f) && lives_beside(o, i, link, fam, fates));
		count(f, here, f->furthest >= msee, &out.t);
	}
	return out;
}

/* What came of all that was asked of the link's own addresses by this role and kind. */
static struct flow_fate of_role(const struct path_view *v, int link, int fam, enum flow_role role, enum probe_kind kind, const struct flow_fate *fates)
{
	struct flow_fate sum = {0};
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *f = &v->plan->flows[i];
		if (of_family(v, i, fam) && f->link == link && f->role == role && f->kind == kind) {
			sum.sent += fates[i].sent;
			sum.answered += fates[i].answered;
			sum.gtsm.sent += fates[i].gtsm.sent;
		}
	}
	return sum;
}

/* Routers choose for pings, and for errors, by addresses alone: all that the MSEE says of itself may take the dead way, and
 * then nothing shows where the dead flows end. It does answer over the other link, and flows live there: what is wrong
 * is on this link. Whether so many are dead there as one of several equal ways takes, or as come back by a link
 * that lets nothing through, is weighed with all else (likelihood.c). across: the flows over the other link. */
static bool msee_is_drowned(const struct observables *o, int link, int fam, const struct flow_fate *fates, const struct link_flows *across)
{
	const struct path_view *v = o->path;
	struct flow_fate ping = of_role(v, link, fam, FLOW_MSEE, PROBE_ICMP_ECHO, fates), port = of_role(v, link, fam, FLOW_BGP_MSEE, PROBE_TCP_SYN, fates);
	struct flow_fate there = of_role(v, 1 - link, fam, FLOW_MSEE, PROBE_ICMP_ECHO, fates);
	return is_dead(&ping) && ping.sent >= DROWNED_MIN && is_alive(&there) && across->answering &&
	       across->t.alive >= (port.answered > 0 ? ALIVE_MIN : CLEAR_ALIVE);
}

/* Of source ports to the MSEE's BGP port some are dead and all others answer. An MSEE that limits the SYNs it answers leaves
 * some of each port's without an answer, and then nothing is told. */
static bool ports_differ(const struct path_view *v, int link, int fam, const struct flow_fate *fates)
{
	unsigned alive = 0, dead = 0;
	bool sure = false, limited = false;
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *f = &v->plan->flows[i];
		uint32_t sent = fates[i].gtsm.sent, answered = fates[i].gtsm.answered;
		if (!of_family(v, i, fam) || f->link != link || f->role != FLOW_BGP_MSEE)
			continue;
		alive += answered > 0;
		limited = limited || (answered > 0 && answered * 10 < sent * 9);
		dead += answered == 0 && sent >= SENT_MIN;
		sure = sure || (answered == 0 && sent >= DEAD_PORT_SYNS);
	}
	return alive > 0 && !limited && (sure || dead >= DEAD_PORTS || (dead > 0 && alive >= LIVING_PORTS));
}

static bool is_in_use(const struct path_view *v, int link, int fam, const struct flow_fate *fates)
{
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (of_family(v, i, fam) && v->plan->flows[i].role == FLOW_TARGET && v->flow_link[i] == link && is_alive(&fates[i]))
			return true;
	return false;
}

/* Target traffic takes the other link alone. */
static bool is_idle(const struct path_view *v, int link, int fam, const struct flow_fate *fates)
{
	return is_in_use(v, 1 - link, fam, fates) && !is_in_use(v, link, fam, fates);
}

/* The MSEE answers no ping, or no SYN, though it lives for all that is known: of a service some flows live. Another source port to its BGP
 * port takes another of several equal ways. Where the ports differ, it is a way that is dead and not the link, nor what
 * comes back by it, and no filter of one service. Over a link that nothing takes the MSEE alone is asked: there each port is one more
 * way that is seen to live, or to be dead. */
static bool ports_would_tell(const struct path_view *v, int link, int fam, const struct flow_fate *fates)
{
	struct flow_fate ping = of_role(v, link, fam, FLOW_MSEE, PROBE_ICMP_ECHO, fates), port = of_role(v, link, fam, FLOW_BGP_MSEE, PROBE_TCP_SYN, fates);
	if (port.sent == 0 || ports_differ(v, link, fam, fates))
		return false;
	if (port.answered > 0 && port.sent > port.gtsm.sent && is_idle(v, link, fam, fates)) /* the first has told what GTSM does */
		return true;
	if (!is_dead(&ping) && port.answered > 0)
		return false;
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (of_family(v, i, fam) && v->plan->flows[i].role == FLOW_TARGET && is_dead(&fates[i]) && sibling_lives(v, fates, i))
			return true;
	return false;
}

static bool is_port_of(const struct path_view *v, size_t flow, int link, int fam)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	return of_family(v, flow, fam) && f->link == link && f->role == FLOW_BGP_MSEE;
}

static bool is_dead_port(const struct flow_fate *f)
{
	return f->gtsm.sent >= SENT_MIN && f->answered == 0;
}

/* Over a link that nothing takes some source ports are dead. The edge answered each of those when it was asked by them: what
 * is dead lies behind it, as all does where this host is the edge. */
static bool ports_die_behind_edge(const struct observables *o, int link, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	uint8_t edge = o->links[link].on_edge[fam] ? 0 : v->distance[fam].edge[link];
	unsigned dead = 0;
	if (edge == 0 && !o->links[link].on_edge[fam])
		return false;
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		bool of_dead = is_port_of(v, i, link, fam) && is_dead_port(&fates[i]);
		if (of_dead && fates[i].furthest < edge)
			return false;
		dead += of_dead;
	}
	return dead > 0;
}

/* One that answered, or was silent often enough, is not asked again. */
static bool is_open_port(const struct path_view *v, size_t flow, int link, int fam, const struct flow_fate *fates)
{
	return of_family(v, flow, fam) && v->plan->flows[flow].link == link && path_is_further_port(v->plan, flow) &&
	       !v->plan->flows[flow].no_route && fates[flow].answered == 0 && fates[flow].sent < SENT_MIN;
}

/* Is one of them still to be asked, or to answer? Each once will do: that of several all lose their SYN is no matter of chance. */
static bool ports_are_open(const struct path_view *v, int link, int fam, const struct flow_fate *fates)
{
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (is_open_port(v, i, link, fam, fates) && fates[i].sent == 0)
			return ports_would_tell(v, link, fam, fates);
	return false;
}

/* A service that lives over this link is dead in part over the other one, behind the MSEE there: what is dead of it has its
 * way back by this link. A filter of the service would have let none of it live here. */
static bool dies_on_its_way_back(const struct observables *o, int link, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	int other = 1 - link;
	for (size_t i = 0; i < v->plan->flow_count; i++)
		if (is_dead(&fates[i]) && sibling_lives(v, fates, i) && may_take(o, i, other, fam) &&
		    fates[i].furthest >= v->distance[fam].msee[other] && lives_beside(o, i, other, fam, fates) && lives_beside(o, i, link, fam, fates))
			return true;
	return false;
}

/* Then a few of this link's flows may be dead by their way there, and some of the other's by their way back. */
static bool is_partial_beside(const struct tally *own, const struct tally *across, bool back)
{
	unsigned dead = own->dead + across->dead, mixed = own->mixed + across->mixed;
	bool here = own->here > own->beyond || (back && own->beyond == 0);
	return here && own->alive > 0 && dead >= DEAD_MIN && mixed * MIXED_SHARE <= dead + own->alive + across->alive;
}

/* filter: those of one service are dead and those of another live, which a filter does as well. differ: those of one service live in part. */
struct link_doubt { bool filter, differ; };

/* Between edge and MSEE: the edge answers the dead flows, the MSEE answers the living ones alone. */
static bool look_at_link(const struct observables *o, int link, int fam, const struct flow_fate *fates, struct link_doubt *doubt)
{
	const struct path_view *v = o->path;
	int other = 1 - link;
	*doubt = (struct link_doubt){false, false};
	if (is_idle(v, link, fam, fates) && ports_differ(v, link, fam, fates))
		return ports_die_behind_edge(o, link, fam, fates);
	if (v->distance[fam].msee[link] == 0 || (v->distance[fam].edge[link] == 0 && !o->links[link].on_edge[fam]))
		return false;
	struct link_flows f = flows_over(o, link, fam, fates), across = {0};
	if (o->links[other].expected && v->distance[fam].msee[other] > 0)
		across = flows_over(o, other, fam, fates);
	bool split = f.split || ports_differ(v, link, fam, fates), back = !split && dies_on_its_way_back(o, link, fam, fates);
	*doubt = (struct link_doubt){.filter = !split && f.t.here >= HERE_MIN && f.t.alive > 0, .differ = split || back};
	if (!split && !back)
		return false;
	/* Where the MSEE answers, those that die on their way back alone have no dead way here. */
	if (f.answering)
		return (back && f.t.here >= HERE_MIN && is_partial_beside(&f.t, &across.t, back)) ||
		       (!back && (is_partial(&f.t, f.t.alive) || (across.answering && is_partial_beside(&f.t, &across.t, back))));
	return msee_is_drowned(o, link, fam, fates, &across) &&
	       ((!back && is_partial(&f.t, f.t.alive + across.t.alive)) || is_partial_beside(&f.t, &across.t, back));
}

/* Another source port tells a filter of one service from a dead way, and that from a link that lets nothing back where the MSEE
 * says nothing at all: also where too little is known yet of where the dead flows end. */
static void look_at_ports(struct observables *o, int link, int fam, const struct flow_fate *fates, bool partial, const struct link_doubt *doubt)
{
	struct flow_fate port = of_role(o->path, link, fam, FLOW_BGP_MSEE, PROBE_TCP_SYN, fates);
	struct flow_fate ping = of_role(o->path, link, fam, FLOW_MSEE, PROBE_ICMP_ECHO, fates);
	bool silent = is_dead(&ping) && port.answered == 0, tells = partial ? silent : doubt->filter;
	bool open = (tells || (silent && doubt->differ)) && ports_are_open(o->path, link, fam, fates);
	o->links[link].ports_open = o->links[link].ports_open || (tells && open);
	o->links[link].ports_weigh = o->links[link].ports_weigh || open;
}

/* Before the corporate network ends, whichever link they would take. */
static bool look_at_corporate(const struct observables *o, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	uint8_t end = corporate_end(o, fam);
	struct tally t = {0};
	uint8_t no_route[FAMILIES][LINKS];
	if (end == 0 || end == UINT8_MAX)
		return false;
	unreach_end_hops(v, no_route);
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *p = &v->plan->flows[i];
		const struct flow_fate *f = &fates[i];
		bool link_end = p->kind == PROBE_ICMP_ECHO && (p->role == FLOW_EDGE || p->role == FLOW_MSEE);
		if (!of_family(v, i, fam) || (!link_end && !sibling_lives(v, fates, i)))
			continue;
		if (link_end && p->link < LINKS && no_route[fam][p->link] > 0)
			continue; /* routing took that way away */
		if (p->role == FLOW_CONTROL) /* it crosses nothing else */
			count(f, true, false, &t);
		else if (link_end || p->role == FLOW_TARGET)
			count(f, f->furthest < end && f->lost_from > 0 && f->lost_from <= end, !link_end && f->furthest > end, &t);
	}
	return is_partial(&t, t.alive);
}

/* What a link filters does not live over it, whatever it does over the other one. Of a dead flow whose link is not known each
 * that is in use may be it. */
static bool may_be_filtered(const struct observables *o, size_t flow, int fam, const struct flow_fate *fates)
{
	int own = o->path->flow_link[flow];
	for (int l = 0; l < LINKS; l++)
		if ((own == l || (own >= LINKS && is_in_use(o->path, l, fam, fates))) && !lives_beside(o, flow, l, fam, fates))
			return true;
	return false;
}

/* Some are dead beside others that live, and no filter does that. A single one may be a host's own matter, beside one that a filter
 * may have kept back it hardly is. */
static bool flows_differ(const struct observables *o, int fam, const struct flow_fate *fates)
{
	const struct path_view *v = o->path;
	unsigned dead = 0, filtered = 0;
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		bool differs = of_family(v, i, fam) && v->plan->flows[i].role == FLOW_TARGET && is_dead(&fates[i]) && sibling_lives(v, fates, i);
		bool may_be = differs && may_be_filtered(o, i, fam, fates);
		dead += differs && !may_be;
		filtered += may_be;
	}
	return dead > 0 && dead + filtered >= HERE_MIN;
}

/* One a flow; NULL when out of memory. */
static struct flow_fate *fates_of(const struct path_view *v)
{
	struct flow_fate *fates = calloc(v->plan->flow_count + 1, sizeof *fates);
	for (size_t i = 0; fates && i < v->seen->count; i++)
		take(v, &v->seen->records[i], &fates[v->seen->records[i].flow]);
	return fates;
}

/* Silent once, beside another of its service that answered: soon asked again, it is dead or was lost. */
static bool is_doubtful(const struct path_view *v, const struct flow_fate *fates, size_t flow)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	const struct flow_fate *own = &fates[flow];
	bool once = own->answered == 0 && own->sent + own->silent > 0 && own->sent + own->silent < SENT_MIN;
	for (size_t i = 0; once && f->role == FLOW_TARGET && i < v->plan->flow_count; i++) {
		const struct plan_flow *other = &v->plan->flows[i];
		if (other->circuit == f->circuit && other->role == f->role && other->kind == f->kind && other->dst_port == f->dst_port &&
		    other->target == f->target && fates[i].answered > 0)
			return true;
	}
	return false;
}

/* Over a link that nothing takes a port that is silent beside others is asked at the edge, to learn on which side of it the dead way lies,
 * and then more often than chance, or a limit of the MSEE's, would leave it silent. */
static uint8_t silent_port_hop(const struct flow_fate *f, uint8_t edge)
{
	if (f->answered > 0 || f->gtsm.sent == 0)
		return 0;
	return is_dead_port(f) && f->furthest < edge ? edge : f->gtsm.sent < SILENT_PORT_SYNS ? PATH_TTL_GTSM : 0;
}

static void ask_ports(const struct path_view *v, int link, int fam, const struct flow_fate *fates, uint8_t *hops)
{
	bool tells = ports_would_tell(v, link, fam, fates), where = is_idle(v, link, fam, fates) && ports_differ(v, link, fam, fates);
	for (size_t i = 0; (tells || where) && i < v->plan->flow_count; i++) {
		if (tells && is_open_port(v, i, link, fam, fates))
			hops[i] = PATH_TTL_GTSM;
		if (where && is_port_of(v, i, link, fam))
			hops[i] = silent_port_hop(&fates[i], v->distance[fam].edge[link]);
	}
}

bool partial_where(const struct path_view *v, uint8_t *hops)
{
	struct flow_fate *fates = fates_of(v);
	if (!fates)
		return false;
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct flow_fate *f = &fates[i];
		bool open = is_dead(f) && f->lost_from > f->furthest + 1 && v->plan->flows[i].circuit == v->circuit_index;
		hops[i] = open && sibling_lives(v, fates, i) ? (uint8_t)((f->furthest + f->lost_from) / 2) :
		          is_doubtful(v, fates, i) ? PATH_TTL_FULL : 0;
	}
	for (int fam = 0; fam < FAMILIES; fam++)
		for (int l = 0; l < LINKS; l++)
			ask_ports(v, l, fam, fates, hops);
	free(fates);
	return true;
}

/* The last entry of a full group stands for several flows. */
static void tell_ends(struct observables *o, const struct flow_fate *fates)
{
	for (size_t i = 0; i < o->group_count; i++) {
		struct traffic_group *g = &o->groups[i];
		bool hop = g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP;
		for (uint8_t k = 0; hop && k < g->flow_count && k + 1 < GROUP_FLOWS_MAX; k++) {
			const struct flow_fate *f = &fates[g->flows[k].flow];
			bool dead = is_dead(f) && sibling_lives(o->path, fates, g->flows[k].flow);
			g->ends[k] = f->answered > 0 ? ENDS_ALIVE : dead ? ENDS_DEAD : ENDS_UNKNOWN;
		}
	}
}

bool partial_look(struct observables *o)
{
	const struct path_view *v = o->path;
	struct flow_fate *fates = fates_of(v);
	if (!fates)
		return false;
	tell_ends(o, fates);
	for (int fam = 0; fam < FAMILIES; fam++) {
		o->flows_differ = o->flows_differ || flows_differ(o, fam, fates);
		o->partial = o->partial || look_at_corporate(o, fam, fates);
		for (int l = 0; l < LINKS; l++) {
			struct link_doubt doubt;
			bool partial = look_at_link(o, l, fam, fates, &doubt);
			o->links[l].partial = o->links[l].partial || partial;
			o->links[l].ports_differ = o->links[l].ports_differ || ports_differ(v, l, fam, fates);
			look_at_ports(o, l, fam, fates, partial, &doubt);
		}
	}
	free(fates);
	return true;
}

bool partial_group(const struct traffic_group *g, unsigned *dead)
{
	unsigned alive = 0;
	*dead = 0;
	for (uint8_t i = 0; i < g->flow_count; i++) {
		const struct group_flow *f = &g->flows[i];
		if (f->sent >= SENT_MIN && f->answered == 0)
			(*dead)++;
		else if (f->answered * 10 >= f->sent * 9)
			alive++;
		else
			return false;
	}
	return *dead > 0 && alive > 0;
}
