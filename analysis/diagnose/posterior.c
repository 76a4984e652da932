/* SPDX-License-Identifier: BSD-2-Clause */
/* Scores explanations and normalises them. */
#include "analysis/diagnose/posterior.h"
#include "analysis/diagnose/heard.h"
#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/scoring.h"
#include "analysis/path/stats.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Two faults at once are rarer than chance would have it: one usually explains. */
#define PAIR_PENALTY 0.3

/* --- observations --- */

static void add(struct observation *out, size_t *n, struct observation ob)
{
	out[(*n)++] = ob;
}

/* A router that is silent as a hop is so whatever expires there, and an edge that ignores pings mostly too: one habit. */
static double share_of_silence(const struct observables *o, const struct traffic_group *g)
{
	size_t same = 0;
	if ((g->cls != GROUP_HOP && g->cls != GROUP_MSEE_HOP) || g->answered > 0 || g->link >= LINKS)
		return 1;
	const uint8_t *edge = o->path->distance[g->fam].edge, at = edge[g->link] > 0 ? edge[g->link] : edge[1 - g->link];
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		bool here = (x->cls == g->cls && x->hop == g->hop) || (g->cls == GROUP_HOP && x->cls == GROUP_EDGE && g->hop == at);
		same += here && x->link == g->link && x->fam == g->fam && x->answered == 0;
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

static char letter_for(const struct posterior *p, const struct observation *ob, const struct hypothesis *h)
{
	const struct traffic_group *g = &p->seen->groups[ob->group];
	switch (ob->kind) {
	case OBSERVED_GROUP: {
		char letter = letter_of_group(h, p->seen, g);
		return letter == 'X' && is_refused(g) && blocks_service(h) ? 'A' : letter;
	}
	case OBSERVED_REFUSED:
		return letter_of_group(h, p->seen, g) == 'X' && blocks_service(h) ? 'X' : 'A';
	case OBSERVED_UNREACH_MSEE: return letter_by_reporter(h, p->seen, g, letter_of_unreach_msee(h, ob->link, ob->fam));
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
	char letter = letter_for(p, ob, &e->parts[0]);
	for (uint8_t i = 1; i < e->count; i++)
		letter = letter_stronger(letter, letter_for(p, ob, &e->parts[i]));
	return letter;
}

/* A delay or a scatter that also shows in what passes the MSEE is no slow control plane: where no
 * fault is to be, it is that much less likely. A scatter of which nothing that passes tells may well be one,
 * that many times as likely at the least that is called so, and seldom a large one. */
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
	return l->delay_clear ? log(DELAY_CLEAR) : l->delay == DELAY_JITTER ? jitter_unclear(l->delay_more_ns) : 0;
}

static double log_under(const struct posterior *p, const struct observation *ob, char letter, int grid)
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

double observation_log(const struct posterior *p, const struct observation *ob, const struct explanation *e, int grid)
{
	return log_under(p, ob, observation_letter(p, ob, e), grid);
}

/* --- scores --- */

void scoring_ranks(const struct scoring *s, const struct hypothesis *h, uint8_t *out)
{
	for (size_t i = 0; i < s->n; i++)
		out[i] = letter_rank(letter_for(s->p, &s->obs[i], h));
}

void scoring_merge(const struct scoring *s, uint8_t *ranks, const uint8_t *more)
{
	for (size_t i = 0; i < s->n; i++)
		ranks[i] = more[i] > ranks[i] ? more[i] : ranks[i];
}

/* Thousands of explanations ask for the same few letters of an observation. */
static inline double known_log(const struct scoring *s, size_t i, uint8_t rank)
{
	double *known = &s->known[i * LETTERS + rank];
	if (isnan(*known))
		*known = log_under(s->p, &s->obs[i], letter_of_rank(rank), 0);
	return *known;
}

/* The loss rate is not known: the likelihood is its mean over the grid. Only what
 * speaks of loss depends on the rate; the rest is added once. */
void scoring_score(const struct scoring *s, struct explanation *e, const uint8_t *ranks)
{
	const uint8_t own = letter_rank('L'), by_return = letter_rank('l');
	double prior = e->parts[0].log_prior;
	for (uint8_t i = 1; i < e->count; i++)
		prior += e->parts[i].log_prior + log(PAIR_PENALTY);
	double fixed = 0, by_rate[LOSS_GRID] = {0};
	bool lossy = false;
	for (size_t i = 0; i < s->n; i++) {
		const struct observation *ob = &s->obs[i];
		if (ob->kind != OBSERVED_GROUP || (ranks[i] != own && ranks[i] != by_return)) {
			fixed += known_log(s, i, ranks[i]);
			continue;
		}
		lossy = true;
		const struct group_likelihood *l = &s->p->groups[ob->group];
		const double *loss = ranks[i] == own ? l->loss : l->loss_by_return;
		for (int grid = 0; grid < LOSS_GRID; grid++)
			by_rate[grid] += ob->share * loss[grid];
	}
	double mean = lossy ? -INFINITY : 0;
	e->grid = 0;
	for (int grid = 0; lossy && grid < LOSS_GRID; grid++) {
		mean = stats_log_add(mean, by_rate[grid] - log(LOSS_GRID));
		if (by_rate[grid] > by_rate[e->grid])
			e->grid = grid;
	}
	e->log_score = prior + fixed + mean;
}

static bool is_of_target(const struct fault_row *row)
{
	return (row->scope == SCOPE_TARGET || row->scope == SCOPE_TARGET_SERVICE) && row->target != 'L';
}

static double single_log(const struct scoring *s, size_t i, const struct hypothesis *h)
{
	return known_log(s, i, letter_rank(letter_for(s->p, &s->obs[i], h)));
}

static bool speaks_of_target(const struct scoring *s, size_t i)
{
	enum observation_kind kind = s->obs[i].kind;
	return (kind == OBSERVED_GROUP || kind == OBSERVED_REFUSED || kind == OBSERVED_UNREACH_TARGET) &&
	       s->p->seen->groups[s->obs[i].group].cls == GROUP_TARGET;
}

/* With hundreds of targets nearly all hypotheses speak of one of them, and nearly all
 * observations of another: those are added once a row. */
static void score_of_target(struct scoring *s, struct explanation *e)
{
	const struct hypothesis *h = &e->parts[0];
	if (s->rest_row != h->row || s->rest_families != h->families) {
		s->rest_row = h->row;
		s->rest_families = h->families;
		s->rest = 0;
		for (size_t i = 0; i < s->n; i++)
			s->rest += speaks_of_target(s, i) ? s->none[i] : single_log(s, i, h);
	}
	double sum = h->log_prior + s->rest;
	for (size_t k = s->first[h->target]; k < s->first[h->target + 1]; k++)
		sum += single_log(s, s->of_target[k].at, h) - s->none[s->of_target[k].at];
	e->grid = 0;
	e->log_score = sum;
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int hypothesis_compare(const struct hypothesis *a, const struct hypothesis *b)
{
	const int64_t x[] = {a->row - fault_rows, a->link, a->boundary, a->traffic, a->families, a->target, a->kind, a->port};
	const int64_t y[] = {b->row - fault_rows, b->link, b->boundary, b->traffic, b->families, b->target, b->kind, b->port};
	for (size_t i = 0; i < sizeof x / sizeof x[0]; i++)
		if (x[i] != y[i])
			return compare(x[i], y[i]);
	return 0;
}

/* Equal scores stand in the catalogue's order, whatever qsort does. */
int explanation_by_score(const void *a, const void *b)
{
	const struct explanation *x = a, *y = b;
	int order = (x->log_score < y->log_score) - (x->log_score > y->log_score);
	if (order == 0)
		order = compare(x->count, y->count);
	for (uint8_t i = 0; order == 0 && i < x->count; i++)
		order = hypothesis_compare(&x->parts[i], &y->parts[i]);
	return order;
}

bool hypothesis_same(const struct hypothesis *a, const struct hypothesis *b)
{
	bool target = a->row->scope == SCOPE_TARGET || a->row->scope == SCOPE_TARGET_SERVICE;
	bool service = a->row->scope == SCOPE_SERVICE || a->row->scope == SCOPE_TARGET_SERVICE ||
	               a->row->scope == SCOPE_LINK_SERVICE;
	return strcmp(a->row->id, b->row->id) == 0 && a->link == b->link && (!target || a->target == b->target) &&
	       (!service || (a->kind == b->kind && a->port == b->port));
}

bool explanation_has(const struct explanation *e, const struct hypothesis *h)
{
	for (uint8_t i = 0; i < e->count; i++)
		if (hypothesis_same(&e->parts[i], h))
			return true;
	return false;
}

bool posterior_append(struct posterior *p, const struct explanation *e)
{
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 256;
		struct explanation *grown = realloc(p->list, room * sizeof *grown);
		if (!grown)
			return false;
		p->list = grown;
		p->room = room;
	}
	p->list[p->count++] = *e;
	return true;
}

static void normalise(struct posterior *p)
{
	qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	double total = -INFINITY;
	for (size_t i = 0; i < p->count; i++)
		total = stats_log_add(total, p->list[i].log_score);
	for (size_t i = 0; i < p->count; i++)
		p->list[i].probability = exp(p->list[i].log_score - total);
}

static void scoring_free(struct scoring *s)
{
	free(s->obs);
	free(s->known);
	free(s->none);
	free(s->of_target);
	free(s->first);
}

static int by_target(const void *a, const void *b)
{
	const struct target_observation *x = a, *y = b;
	int order = compare(x->target, y->target);
	return order ? order : compare(x->at, y->at);
}

static void sort_by_target(struct scoring *s, size_t targets)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		if (speaks_of_target(s, i))
			s->of_target[n++] = (struct target_observation){s->p->seen->groups[s->obs[i].group].target, (uint32_t)i};
	qsort(s->of_target, n, sizeof *s->of_target, by_target);
	for (size_t i = 0, t = 0; t <= targets; t++) {
		while (i < n && s->of_target[i].target < t)
			i++;
		s->first[t] = i;
	}
}

static bool scoring_make(struct scoring *s, const struct posterior *p, const struct hypothesis *none)
{
	size_t targets = p->seen->path->circuit->target_count, room = observations_room(p->seen);
	*s = (struct scoring){.p = p, .log_none = none->log_prior};
	s->obs = calloc(room, sizeof *s->obs);
	s->known = malloc(room * LETTERS * sizeof *s->known);
	s->none = calloc(room, sizeof *s->none);
	s->of_target = calloc(room, sizeof *s->of_target);
	s->first = calloc(targets + 2, sizeof *s->first);
	if (!s->obs || !s->known || !s->none || !s->of_target || !s->first) {
		scoring_free(s);
		return false;
	}
	s->n = observations_list(p->seen, s->obs);
	for (size_t i = 0; i < s->n * LETTERS; i++)
		s->known[i] = NAN;
	for (size_t i = 0; i < s->n; i++)
		s->none[i] = single_log(s, i, none);
	sort_by_target(s, targets);
	return true;
}

static bool score_singles(struct posterior *p, struct scoring *s, const struct hypothesis *singles, size_t count)
{
	uint8_t *ranks = malloc(s->n + 1);
	bool done = ranks;
	for (size_t i = 0; done && i < count; i++) {
		struct explanation e = {.parts = {singles[i]}, .count = 1};
		if (is_of_target(singles[i].row)) {
			score_of_target(s, &e);
		} else {
			scoring_ranks(s, &singles[i], ranks);
			scoring_score(s, &e, ranks);
		}
		done = posterior_append(p, &e);
	}
	free(ranks);
	if (done)
		qsort(p->list, p->count, sizeof *p->list, explanation_by_score);
	return done;
}

/* The first of the singles is "no fault". */
static bool build(struct posterior *p, const struct hypothesis *singles, size_t count)
{
	struct scoring s;
	const struct observables *o = p->seen;
	p->groups = calloc(o->group_count + 1, sizeof *p->groups);
	if (!p->groups)
		return false;
	for (size_t i = 0; i < o->group_count; i++)
		posterior_group(o, &o->groups[i], &p->groups[i]);
	if (!scoring_make(&s, p, &singles[0]))
		return false;
	bool done = score_singles(p, &s, singles, count) && concurrent_add(p, &s);
	if (done)
		normalise(p);
	scoring_free(&s);
	return done;
}

bool posterior_build(struct posterior *p, const struct observables *o)
{
	memset(p, 0, sizeof *p);
	p->seen = o;
	size_t count;
	struct hypothesis *singles = hypotheses_list(o, &count);
	bool ok = singles && build(p, singles, count);
	if (!ok)
		posterior_free(p);
	free(singles);
	return ok;
}

void posterior_free(struct posterior *p)
{
	free(p->groups);
	free(p->list);
	memset(p, 0, sizeof *p);
}

/* --- statements --- */

bool explanation_same(const struct explanation *a, const struct explanation *b)
{
	if (a->count != b->count)
		return false;
	for (uint8_t i = 0; i < a->count; i++)
		if (!explanation_has(b, &a->parts[i]))
			return false;
	return true;
}

double posterior_of_fault(const struct posterior *p, const struct hypothesis *h)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		if (explanation_has(&p->list[i], h))
			sum += p->list[i].probability;
	return sum;
}

double posterior_of_domain(const struct posterior *p, const struct hypothesis *h)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		for (uint8_t k = 0; k < p->list[i].count; k++) {
			const struct hypothesis *part = &p->list[i].parts[k];
			if (part->row->domain == h->row->domain && (part->link == h->link || h->link >= LINKS)) {
				sum += p->list[i].probability;
				break;
			}
		}
	return sum;
}

double posterior_of_none(const struct posterior *p)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].parts[0].row->scope == SCOPE_NONE)
			sum += p->list[i].probability;
	return sum;
}
