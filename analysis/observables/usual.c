/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/usual.h"

#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longer than usual is news only beyond this, and beyond how much healthy runs differ: where one in
 * a few takes the longer of two equal ways, the middle deviation does not know it, and the largest does. */
#define MORE_LEAST_NS (500 * NS_PER_US)
#define MORE_SIGMAS 4
/* Of a few runs nobody knows yet how much that is. What the next one may take then has Student's distribution, with
 * as much known before as FEW_KNOWN runs would tell: that they differ by an eighth of a millisecond and some of their way
 * (Gelman et al., Bayesian Data Analysis, 3.3: the normal model under its conjugate prior). */
#define FEW_RUNS 8
#define FEW_KNOWN 4
#define FEW_SIGMA_US 125
#define FEW_SHARE 400
#define FEW_WIDEST 3
#define REPLIES_MIN 3            /* that agree on their TTL */

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int32_t us_of(int64_t ns)
{
	return ns < 0 ? 0 : ns / NS_PER_US > BASELINE_US_MAX ? BASELINE_US_MAX : (int32_t)(ns / NS_PER_US);
}

/* -- this run -- */

static const struct plan_iface *iface_of(const struct observables *o, uint8_t link, uint8_t fam)
{
	const struct plan *p = o->path->plan;

	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];

		if (f->circuit == o->path->circuit_index && f->link == link && ip_family_index(f->dst.family) == (int)fam &&
		    f->iface < p->iface_count)
			return &p->ifaces[f->iface];
	}
	return NULL;
}

static void take_ends(const struct observables *o, uint8_t link, uint8_t fam, struct baseline_way *w)
{
	const struct plan_iface *iface = iface_of(o, link, fam);

	w->ce = o->path->circuit->links[link].ce[fam];
	w->msee = o->path->circuit->links[link].msee[fam];
	if (iface)
		memcpy(w->link_addr, iface->link_addr, sizeof w->link_addr);
}

/* FNV-1a. */
uint32_t usual_targets(const struct plan_circuit *c, int fam)
{
	uint32_t h = 2166136261u;
	bool any = false;

	for (size_t i = 0; i < c->target_count; i++) {
		const struct plan_target *t = &c->targets[i];

		if (t->control || ip_family_index(t->address.family) != fam)
			continue;
		any = true;
		for (size_t k = 0; k < sizeof t->address.bytes; k++)
			h = (h ^ t->address.bytes[k]) * 16777619u;
	}
	return any ? h | 1u : 0;
}

static void take_way(const struct observables *o, uint8_t link, uint8_t fam, struct wall_ns at, struct baseline_way *w)
{
	struct link_times t = link_times_of(o, link, fam);
	struct baseline_sample *s = &w->samples[0];

	take_ends(o, link, fam, w);
	w->targets = usual_targets(o->path->circuit, fam);
	if (!t.known)
		return;
	w->runs = 1;
	w->sample_count = 1;
	s->at_s = at.ns / NS_PER_SEC;
	for (int q = 0; q < BASELINE_QUANTITIES; q++)
		s->us[q] = BASELINE_UNKNOWN;
	if (link_times_have_border(&t)) {
		s->us[BASELINE_CORPORATE] = us_of(t.border);
		s->us[BASELINE_WAN] = us_of(t.msee - t.border);
	}
	s->us[BASELINE_MSEE] = us_of(t.msee);
	if (t.target_known)
		s->us[BASELINE_TARGET] = us_of(t.target);
	s->us[BASELINE_SCATTER] = us_of(t.spread);
}

/* Hops of what goes to the circuit; a control's own way is not the circuit's. */
static void take_hops(const struct observables *o, struct baseline *b)
{
	const uint16_t circuits = 1u << FLOW_EDGE | 1u << FLOW_MSEE | 1u << FLOW_TARGET;

	for (size_t i = 0; i < o->path->address_count && b->hop_count < BASELINE_HOPS_MAX; i++) {
		const struct path_address *a = &o->path->addresses[i];
		int fam = ip_family_index(a->addr.family);

		if (a->ttl > 0 && fam >= 0 && (a->roles & circuits))
			b->hops[b->hop_count++] = (struct baseline_hop){.link = a->link, .fam = (uint8_t)fam, .ttl = a->ttl, .addr = a->addr};
	}
}

static struct baseline_answerer question_of(const struct traffic_group *g)
{
	return (struct baseline_answerer){.link = g->link, .fam = g->fam, .place = (uint8_t)g->cls, .hop = g->hop, .kind = g->kind,
	                                  .port = g->port, .target = g->target};
}

static bool has_reply_ttl(const struct traffic_group *g)
{
	return g->reply_ttl > 0 && g->reply_votes >= REPLIES_MIN;
}

static void take_answerers(const struct observables *o, struct baseline *b)
{
	for (size_t i = 0; i < o->group_count && b->answerer_count < BASELINE_ANSWERERS_MAX; i++) {
		const struct traffic_group *g = &o->groups[i];

		if (g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL || g->sent == 0)
			continue; /* targets and controls that do not answer are broken, not shy */
		b->answerers[b->answerer_count] = question_of(g);
		b->answerers[b->answerer_count].asked = g->sent;
		b->answerers[b->answerer_count].answered = g->answered;
		b->answerers[b->answerer_count].reply_ttl = has_reply_ttl(g) ? g->reply_ttl : 0;
		b->answerer_count++;
	}
}

void usual_run(const struct observables *o, struct baseline_run *out)
{
	memset(out, 0, sizeof *out);
	out->at = o->path->plan->started_at;
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t f = 0; f < FAMILIES; f++)
			if (o->links[l].expected && o->families[f])
				take_way(o, l, f, out->at, &out->seen.ways[l][f]);
	take_hops(o, &out->seen);
	take_answerers(o, &out->seen);
}

/* -- paths -- */

static const struct baseline *known(const struct observables *o)
{
	return o->path->circuit->baseline;
}

static int64_t now_s(const struct observables *o)
{
	return o->path->plan->started_at.ns / NS_PER_SEC;
}

static void look_at_path(struct observables *o, const struct baseline *seen, uint8_t link, uint8_t fam)
{
	const struct baseline_way *way = &known(o)->ways[link][fam];
	struct usual_path *p = &o->links[link].path[fam];
	const struct baseline_hop *before = NULL, *now;

	if (way->runs == 0 || baseline_is_old(way, now_s(o)) || !baseline_same_ends(way, &seen->ways[link][fam]))
		return;
	now = baseline_new_hop(known(o), seen, link, fam, &before);
	if (now && way->runs < BASELINE_WAYS_MIN)
		return;
	p->change = now ? PATH_NEW : PATH_SAME;
	if (!now)
		return;
	p->ttl = now->ttl;
	p->now = now->addr;
	p->before = before->addr;
	p->domain = path_hop_domain(o->path, fam, (enum link_id)link, now->ttl, &now->addr);
	if (p->domain == DOMAIN_NONE)
		p->domain = path_hop_domain(o->path, fam, (enum link_id)link, before->ttl, &before->addr);
}

/* Another TTL of the same router's answers over the same hops there: another way back. */
static void look_at_reply_ttls(struct observables *o)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		const struct baseline_answerer *a = g->link < LINKS ? usual_answerer(o, g) : NULL;
		struct usual_path *p = g->link < LINKS ? &o->links[g->link].path[g->fam] : NULL;

		if (!a || a->reply_ttl == 0 || !has_reply_ttl(g) || g->reply_ttl == a->reply_ttl)
			continue;
		p->back_changed = true;
		if (g->cls == GROUP_MSEE)
			p->back_msee = true;
		else if ((g->cls == GROUP_EDGE && o->path->circuit->handoff != HANDOFF_L3) || (g->cls == GROUP_HOP && g->domain != DOMAIN_WAN))
			p->back_before = true;
	}
}

bool usual_paths(struct observables *o)
{
	struct baseline_run *run;

	if (!known(o))
		return true;
	run = malloc(sizeof *run);
	if (!run)
		return false;
	usual_run(o, run);
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t f = 0; f < FAMILIES; f++)
			if (o->links[l].expected)
				look_at_path(o, &run->seen, l, f);
	free(run);
	look_at_reply_ttls(o);
	return true;
}

/* -- delay -- */

/* One healthy run in two thousand is beyond: as many as likelihood_delay() gives to "slower" where nothing is. */
static int64_t few_allow_ns(const struct baseline_usual *u)
{
	/* Student's quantile of .9995 for FEW_KNOWN degrees of freedom and one more for each run but the first. */
	static const double student[FEW_RUNS] = {0, 8.610, 6.869, 5.959, 5.408, 5.041, 4.781, 4.587};
	double before = FEW_SIGMA_US + (double)u->median_us / FEW_SHARE, runs = u->runs;
	double scale2 = (FEW_KNOWN * before * before + u->squares_us2) / (FEW_KNOWN + runs - 1);
	return (int64_t)(student[u->runs] * sqrt(scale2 * (1 + 1 / runs)) * (double)NS_PER_US);
}

static int64_t no_news_ns(const struct baseline_usual *u)
{
	int64_t allowed = most(MORE_LEAST_NS, most(u->widest_us, MORE_SIGMAS * u->sigma_us) * NS_PER_US);

	if (u->runs < FEW_RUNS)
		allowed = most(most(allowed, few_allow_ns(u)), FEW_WIDEST * u->widest_us * NS_PER_US);
	return allowed;
}

bool usual_rerouted(const struct observables *o, int link, int fam)
{
	const struct usual_path *p = &o->links[link].path[fam];

	return p->change == PATH_NEW ? p->domain == DOMAIN_WAN : p->change == PATH_SAME && p->back_msee && !p->back_before;
}

static struct baseline_usual usual_of(const struct observables *o, int link, int fam, enum baseline_quantity q, bool rerouted)
{
	struct baseline_usual none = {.known = false};

	if (!known(o) || (o->links[link].path[fam].change != PATH_SAME && !(rerouted && usual_rerouted(o, link, fam))))
		return none;
	return baseline_usual(&known(o)->ways[link][fam], q, now_s(o));
}

/* Without a border the corporate network may be what takes longer; then the other link,
 * which shares it, would too. */
static bool other_took_longer(const struct observables *o, int link, int fam, int64_t *more_ns)
{
	struct baseline_usual u = usual_of(o, 1 - link, fam, BASELINE_MSEE, false);
	struct link_times other = link_times_of(o, 1 - link, fam);

	if (!u.known || !other.known)
		return false;
	*more_ns = most(0, other.msee - u.median_us * NS_PER_US);
	return true;
}

static bool compare_delay(const struct observables *o, int link, int fam, const struct link_times *own, bool rerouted, struct usual_delay *out)
{
	struct baseline_usual msee = usual_of(o, link, fam, BASELINE_MSEE, rerouted), wan = usual_of(o, link, fam, BASELINE_WAN, rerouted),
	                      scatter = usual_of(o, link, fam, BASELINE_SCATTER, rerouted);
	int64_t shared = 0, way;

	if (!msee.known || !scatter.known)
		return false;
	*out = (struct usual_delay){.msee_ns = msee.median_us * NS_PER_US, .scatter_ns = scatter.median_us * NS_PER_US,
	                            .allowed_ns = no_news_ns(&msee)};
	out->more_ns = own->msee - out->msee_ns;
	if (link_times_have_border(own)) {
		/* Where the border hid behind its own slowness, the WAN took no more than the whole way. */
		way = own->msee - own->border - (wan.known ? wan : msee).median_us * NS_PER_US;
		if (wan.known)
			out->allowed_ns = most(out->allowed_ns, no_news_ns(&wan));
		out->more_ns = way < out->more_ns ? way : out->more_ns; /* a border that is quicker now is no slower WAN */
		return true;
	}
	if (!other_took_longer(o, link, fam, &shared))
		return false;
	out->shared_ns = shared < out->more_ns ? shared : most(0, out->more_ns);
	out->more_ns -= shared;
	return true;
}

bool usual_delay(const struct observables *o, int link, int fam, const struct link_times *own, struct usual_delay *out)
{
	return compare_delay(o, link, fam, own, false, out);
}

bool usual_delay_rerouted(const struct observables *o, int link, int fam, const struct link_times *own, struct usual_delay *out)
{
	return usual_rerouted(o, link, fam) && compare_delay(o, link, fam, own, true, out);
}

bool usual_more(const struct observables *o, int link, int fam, enum baseline_quantity q, int64_t now_ns, int64_t *more_ns, int64_t *allowed_ns)
{
	struct baseline_usual u = usual_of(o, link, fam, q, false);

	if (!u.known)
		return false;
	*more_ns = now_ns - u.median_us * NS_PER_US;
	*allowed_ns = no_news_ns(&u);
	return true;
}

/* -- answers -- */

const struct baseline_answerer *usual_answerer(const struct observables *o, const struct traffic_group *g)
{
	const struct baseline_answerer like = question_of(g);
	bool same = false;

	if (!known(o) || g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL)
		return NULL;
	for (uint8_t l = 0; l < LINKS; l++)
		same = same || ((g->link == l || g->link == LINK_ANY) && o->links[l].path[g->fam].change == PATH_SAME &&
		                known(o)->ways[l][g->fam].runs >= BASELINE_WAYS_MIN);
	return same ? baseline_answerer(known(o), &like) : NULL;
}

/* -- the document -- */

static const char *said_of(const struct observables *o, const struct baseline_way *way, uint8_t link, uint8_t fam, bool comparable)
{
	const struct link_observables *l = &o->links[link];

	if (baseline_is_old(way, now_s(o)))
		return "too old";
	if (l->path[fam].change == PATH_NOT_KNOWN)
		return way->runs < BASELINE_WAYS_MIN ? "too few runs" : "another way";
	if (l->path[fam].change == PATH_NEW)
		return "new path";
	if (!comparable || l->delay == DELAY_UNKNOWN)
		return "not comparable";
	return l->delay == DELAY_SLOWER || l->delay == DELAY_REROUTED ? "slower" : l->delay == DELAY_JITTER ? "jitter" : "as usual";
}

static void fill_way(const struct observables *o, uint8_t link, uint8_t fam, struct baseline_result *r)
{
	const struct baseline_way *way = &known(o)->ways[link][fam];
	struct link_times own = link_times_of(o, link, fam);
	struct usual_delay delay;
	bool comparable = own.known && usual_delay(o, link, fam, &own, &delay);

	*r = (struct baseline_result){.link = (enum link_id)link, .fam = fam, .runs = way->runs,
	                              .since = {way->since_s * NS_PER_SEC}, .last = {way->last_s * NS_PER_SEC},
	                              .path = o->links[link].path[fam].change == PATH_NEW, .new_ttl = o->links[link].path[fam].ttl,
	                              .new_hop = o->links[link].path[fam].now, .usual_hop = o->links[link].path[fam].before,
	                              .back_changed = o->links[link].path[fam].back_changed};
	r->compared = comparable;
	if (comparable) {
		r->now_ns = own.msee;
		r->usual_ns = delay.msee_ns;
		r->more_ns = delay.more_ns;
		r->allowed_ns = delay.allowed_ns;
	}
	text_format(r->said, sizeof r->said, "%s", said_of(o, way, link, fam, comparable));
	if (way->drift_since_s > 0) {
		r->drifts = true;
		r->drift_since.ns = way->drift_since_s * NS_PER_SEC;
		r->drift_from_ns = way->anchor_us * NS_PER_US;
		r->drift_to_ns = baseline_usual(way, (enum baseline_quantity)way->anchor_of, way->last_s).week_us * NS_PER_US;
		r->drift_domain = way->anchor_of == BASELINE_WAN ? DOMAIN_WAN : DOMAIN_NONE;
	}
}

void usual_result(const struct observables *o, struct circuit_result *r)
{
	for (uint8_t l = 0; known(o) && l < LINKS; l++)
		for (uint8_t f = 0; f < FAMILIES; f++)
			if (known(o)->ways[l][f].runs > 0 && o->links[l].expected)
				fill_way(o, l, f, &r->baseline[r->baseline_count++]);
}
