/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters to numbers.
 *
 * Traffic follows DIAGNOSIS.md 2b: with path survival Q, a responder is (w1) an
 * honest one that answers what reaches it, (ws) one that answers some unknown
 * share g, uniform in 0..1, or (w0) one that never answers at all:
 *   L(Q) = w1 Bin(s; n, Q(1-b)) + ws Slab(s, n, Q) + w0 [s = 0]
 * A group's flows share the responder and may differ in their way back. Of a responder
 * that a baseline knows, g is not unknown (2c): nine parts in ten are for the share that
 * it answered in healthy runs. */
#include "analysis/diagnose/likelihood.h"

#include "analysis/path/stats.h"

#include <math.h>

#define BENIGN_LOSS 5e-4
/* No model is sure: each group keeps this share of "anything may happen", so that
 * one odd responder cannot rule a hypothesis out for good. */
#define MODEL_DOUBT 2e-3

/* Share of the learned rate beside that of any responder; from so many probes on; and how
 * far a responder's rate differs from run to run, however well its mean is known. */
#define LEARNED 0.9
#define LEARNED_PROBES_MIN 20
#define LEARNED_SPREAD 0.02
#define LEARNED_POINTS 5
#define LEARNED_HONEST 0.99 /* answered at least: it answers all, and what is missing was lost */

/* Of routers that do not answer all: so many do for this share at least. */
#define SELDOM_LIMITED 0.4
#define NEARLY_ALL 0.8

struct responder { double honest, partial, silent; };
/* Answer rates that a responder of the baseline may have; their weights are below. */
struct learned { bool known; double rate[LEARNED_POINTS]; };
static const double point_weights[LEARNED_POINTS] = {.06, .24, .40, .24, .06}; /* of a normal spread, at -2 to 2 */

static struct responder responder_of(const struct traffic_group *g, enum manner manner)
{
	static const struct responder of[GROUP_CLASSES] = {
		[GROUP_HOP] = {.67, .25, .08},
		[GROUP_EDGE] = {.88, .05, .07},
		[GROUP_MSEE] = {.72, .08, .20},
		[GROUP_MSEE_HOP] = {.65, .20, .15},
		[GROUP_BGP] = {.40, .10, .50},
		[GROUP_TARGET] = {.98997, .01, .00003},
		[GROUP_CONTROL] = {.966, .03, .004}};
	static const struct responder ping_beside_service = {.65, .05, .30};
	static const struct responder neighbour = {.985, .01, .005};
	/* What expired is told alike, whatever it was; and a target does not know by which link it is asked. */
	static const struct responder proved_hop = {.93, .05, .02}, sure_hop = {.985, .013, .002}, proved_target = {.9985, .00147, .00003};
	/* Microsoft keeps a pair of MSEEs alike: one that limits its pings, asked as often, has a fellow that mostly does. Each
	 * limits by what it gets itself, so not always; but the longer the fellow answers all, the seldomer. */
	static const struct responder like_its_fellow = {.77, .03, .20}, sure_fellow = {.785, .015, .20}, port_like_its_fellow = {.47, .03, .50};
	/* What one ignores, the other mostly does: by Microsoft's settings, not by the device. */
	static const struct responder alone[GROUP_CLASSES] = {
		[GROUP_MSEE] = {.84, .08, .08}, [GROUP_MSEE_HOP] = {.75, .20, .05}, [GROUP_BGP] = {.65, .10, .25}};
	if (g->kind == PROBE_NEIGHBOUR)
		return neighbour;
	if (manner == MANNER_ALONE)
		return alone[g->cls];
	if (manner >= MANNER_PROVED && (g->cls == GROUP_MSEE || g->cls == GROUP_BGP))
		return g->cls == GROUP_BGP ? port_like_its_fellow : manner == MANNER_SURE ? sure_fellow : like_its_fellow;
	if ((g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL) && manner == MANNER_BESIDE)
		return ping_beside_service;
	if (g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP)
		return manner == MANNER_SURE ? sure_hop : manner == MANNER_PROVED ? proved_hop : of[g->cls];
	if (manner == MANNER_PROVED && g->cls == GROUP_TARGET)
		return proved_target;
	return of[g->cls];
}

/* Beta(s + 1/2, n - s + 1/2) of the healthy runs, by its mean and spread. */
static struct learned learned_of(const struct baseline_answerer *usual)
{
	struct learned l = {.known = usual && usual->asked >= LEARNED_PROBES_MIN};
	if (!l.known)
		return l;
	double a = usual->answered + .5, b = usual->asked - usual->answered + .5, mean = a / (a + b);
	double spread = sqrt(mean * (1 - mean) / (a + b + 1));
	/* A responder that answers all, or none, does so in every run. */
	spread += LEARNED_SPREAD * 4 * mean * (1 - mean);
	for (int i = 0; i < LEARNED_POINTS; i++) {
		int step = i - LEARNED_POINTS / 2;
		double g = mean + step * spread;
		l.rate[i] = usual->answered >= LEARNED_HONEST * usual->asked || g > 1 ? 1 : g < 1e-4 ? 1e-4 : g;
	}
	return l;
}

double loss_grid(int i)
{
	return LOSS_LOWEST * pow(LOSS_HIGHEST / LOSS_LOWEST, (double)i / (LOSS_GRID - 1));
}

static double log_of(double p)
{
	return p > 0 ? log(p) : -INFINITY;
}

static double log_mix(double share, double a, double b)
{
	return stats_log_add(log_of(share) + a, log_of(1 - share) + b);
}

/* What is left when nothing is assumed: every count of answers equally likely. */
static double log_anything(const struct traffic_group *g)
{
	double sum = 0;
	for (int i = 0; i < g->flow_count; i++)
		sum -= log((double)g->flows[i].sent + 1);
	return sum;
}

/* What of a group no loss changes, worked out once: the same numbers of answers are weighed at every rate of the
 * grid, for each way back. */
struct flow_terms {
	double ways;                  /* log of n over s */
	double aside;                 /* log likelihood where the flow crosses no loss: of an honest responder, */
	double aside_partial;         /* of one that answers some share, */
	double aside_learned[LEARNED_POINTS]; /* of a known one */
};
struct group_terms {
	double benign;
	double anything;
	double habit;                 /* log_one_habit() but for what the loss does */
	struct flow_terms flows[GROUP_FLOWS_MAX];
};

static struct group_terms terms_of(const struct traffic_group *g, const struct learned *l, double benign)
{
	struct group_terms t = {.benign = benign, .anything = log_anything(g)};
	double ways = 0;
	for (int i = 0; i < g->flow_count; i++) {
		uint32_t n = g->flows[i].sent, s = g->flows[i].answered;
		struct flow_terms *f = &t.flows[i];
		f->ways = stats_log_choose(n, s);
		f->aside = stats_log_binomial_of(f->ways, s, n, 1 - benign);
		f->aside_partial = stats_log_slab(s, n, 1);
		for (int k = 0; l->known && k < LEARNED_POINTS; k++)
			f->aside_learned[k] = stats_log_binomial_of(f->ways, s, n, l->rate[k] * (1 - benign));
		ways += f->ways;
	}
	t.habit = ways - stats_log_choose(g->sent, g->answered);
	return t;
}

/* Any share that it answers is as likely, and a limit that is seldom met leaves it near all: NEARLY_ALL of it at
 * least, which is what the one slab has more than the other. */
static double log_share(uint32_t s, uint32_t n, double q)
{
	double any = stats_log_slab(s, n, q), below = stats_log_slab(s, n, NEARLY_ALL * q);
	if (any == -INFINITY)
		return any;
	double near = 1 - NEARLY_ALL * exp(below - any);
	return any + log(1 - SELDOM_LIMITED + SELDOM_LIMITED * (near > 0 ? near / (1 - NEARLY_ALL) : 0));
}

/* A router's habit is one, whichever flow asks it; a host may have a rule for each. */
static bool has_one_habit(const struct traffic_group *g)
{
	return g->cls == GROUP_HOP || g->cls == GROUP_MSEE_HOP || g->cls == GROUP_BGP;
}

/* Flows that one router answers by one habit: which of them got the answers tells nothing
 * of it, how many were given does. */
static double log_one_habit(const struct traffic_group *g, const struct group_terms *t, double q)
{
	return t->habit + log_share(g->answered, g->sent, q);
}

static double log_learned(const struct traffic_group *g, const struct group_terms *t, const struct learned *l, double q,
                          double through)
{
	double sum = -INFINITY;
	for (int k = 0; k < LEARNED_POINTS; k++) {
		double p = log(point_weights[k]), rate = l->rate[k] * (1 - t->benign);
		for (int i = 0; i < g->flow_count; i++)
			p += log_mix(through, stats_log_binomial_of(t->flows[i].ways, g->flows[i].answered, g->flows[i].sent, q * rate),
			             t->flows[i].aside_learned[k]);
		sum = stats_log_add(sum, p);
	}
	return sum;
}

/* What was weighed before of the same router. */
struct terms_before {
	const struct group_before *of;
	struct group_terms terms[LIKELIHOOD_BEFORE_MAX];
};

static struct terms_before terms_before(const struct group_before *before, double benign)
{
	static const struct learned unknown = {.known = false};
	struct terms_before t = {.of = before};
	for (size_t k = 0; k < before->count; k++)
		t.terms[k] = terms_of(before->list[k], &unknown, benign);
	return t;
}

/* The responder, after all that was weighed before, where survival is q: that it limits its answers is as sure as those make it,
 * and never less so than of any other: a limit is met by turns. */
static struct responder responder_after(const struct responder *r, const struct terms_before *before, double q)
{
	double honest = log_of(r->honest), partial = log_of(r->partial);
	for (size_t k = 0; k < before->of->count; k++) {
		const struct traffic_group *g = before->of->list[k];
		const struct group_terms *t = &before->terms[k];
		double all = 0;
		for (int i = 0; i < g->flow_count; i++)
			all += stats_log_binomial_of(t->flows[i].ways, g->flows[i].answered, g->flows[i].sent, q * (1 - t->benign));
		honest += log_mix(MODEL_DOUBT, t->anything, all);
		partial += log_mix(MODEL_DOUBT, t->anything, log_one_habit(g, t, q));
	}
	double both = r->honest + r->partial, limits = both * exp(partial - stats_log_add(honest, partial));
	struct responder after = *r;
	after.partial = limits > r->partial ? limits : r->partial;
	after.honest = both - after.partial;
	return after;
}

/* The group when a share `through` of its flows cross the loss (others return by
 * another way), each with survival q. */
static double log_survival(const struct traffic_group *g, const struct group_terms *t, const struct responder *r,
                           const struct learned *l, double q, double through)
{
	bool router = has_one_habit(g);
	double honest = 0, partial = router ? log_one_habit(g, t, q) : 0, silent = 0;
	for (int i = 0; i < g->flow_count; i++) {
		uint32_t n = g->flows[i].sent, s = g->flows[i].answered;
		honest += log_mix(through, stats_log_binomial_of(t->flows[i].ways, s, n, q * (1 - t->benign)), t->flows[i].aside);
		if (!router)
			partial += log_mix(through, stats_log_slab(s, n, q), t->flows[i].aside_partial);
		silent += s == 0 ? 0 : -INFINITY;
	}
	double sum = stats_log_add(log_of(r->honest) + honest, log_of(r->partial) + partial);
	sum = stats_log_add(sum, log_of(r->silent) + silent);
	if (l->known)
		sum = log_mix(LEARNED, log_learned(g, t, l, q, through), sum);
	return log_mix(MODEL_DOUBT, t->anything, sum);
}

static double log_dead(const struct traffic_group *g)
{
	return log_mix(MODEL_DOUBT, log_anything(g), g->answered == 0 ? 0 : -INFINITY);
}

/* Routing is changing: each flow may be dead, alive, or have been both. */
static double log_each_for_itself(const struct traffic_group *g, double benign)
{
	double sum = 0;
	for (int i = 0; i < g->flow_count; i++) {
		uint32_t n = g->flows[i].sent, s = g->flows[i].answered;
		double dead = s == 0 ? 0 : -INFINITY;
		double some = -log((double)n + 1);
		double alive = stats_log_binomial(s, n, 1 - benign);
		sum += log_mix(0.4, dead, log_mix(0.5, alive, some));
	}
	return sum;
}

/* A share of the flows takes a dead one of several equal ways, there or back; the others are as ever. What an MSEE
 * says of itself has its addresses alone to choose by: it comes back all, or not at all. */
#define MSEE_DROWNS .3
#define SHARES 3
struct dead_share { double share, likely; };
/* One of several ways there and one back; where a dead way decides whether a flow shows its link, mostly dead ones show none, and
 * of those that do only a way back can be dead; of the flows over the other link those alone whose way back it is, which
 * are half of them and die as one of the ways; or all that come back by a link which lets nothing through. */
static const struct dead_share dead_of_ways[SHARES] = {{.25, 1 / 3.0}, {.5, 1 / 3.0}, {.75, 1 / 3.0}},
                               dead_of_ways_back[SHARES] = {{.125, .2}, {.25, .6}, {.5, .2}},
                               dead_unmet[SHARES] = {{.25, .2}, {.6, .3}, {.95, .5}}, dead_met[SHARES] = {{.05, .6}, {.25, .3}, {.5, .1}},
                               dead_of_links[SHARES] = {{.4, .15}, {.5, .7}, {.6, .15}};

/* Which way a flow takes is chosen once, for all that it asks: of one whose end answers a hop hears as well, and its errors seldom
 * find the dead way back, all at once; of one whose end is dead it mostly hears nothing, unless that died on its own way back. */
#define HOP_DEAD_ALONE .03
#define HOP_DEAD_WITH_END .85
#define HOP_DROWNS .05

static double share_at_hop(uint8_t end, double share)
{
	return end == ENDS_ALIVE ? HOP_DEAD_ALONE : end == ENDS_DEAD ? HOP_DEAD_WITH_END : share;
}

static double log_partial(const struct traffic_group *g, const struct group_terms *t, const struct responder *r,
                          const struct dead_share shares[SHARES])
{
	bool router = has_one_habit(g);
	double sum = -INFINITY;
	for (size_t k = 0; k < SHARES; k++) {
		double honest = 0, partial = router ? log_one_habit(g, t, 1) : 0, silent = 0;
		for (int i = 0; i < g->flow_count; i++) {
			double dead = g->flows[i].answered == 0 ? 0 : -INFINITY;
			double share = share_at_hop(g->ends[i], shares[k].share);
			honest += log_mix(share, dead, t->flows[i].aside);
			if (!router)
				partial += log_mix(share, dead, t->flows[i].aside_partial);
			silent += dead;
		}
		double one = stats_log_add(log_of(r->honest) + honest, log_of(r->partial) + partial);
		sum = stats_log_add(sum, stats_log_add(one, log_of(r->silent) + silent) + log(shares[k].likely));
	}
	if (router)
		sum = log_mix(g->cls == GROUP_MSEE_HOP ? MSEE_DROWNS : HOP_DROWNS, g->answered == 0 ? 0 : -INFINITY, sum);
	return log_mix(MODEL_DOUBT, t->anything, sum);
}

static double return_share(const struct traffic_group *g, bool own)
{
	if (g->cls != GROUP_TARGET)
		return 1;
	return own ? 0.85 : 0.5;
}

void likelihood_group(const struct traffic_group *g, enum manner manner, double own_loss,
                      const struct baseline_answerer *usual, struct group_likelihood *out)
{
	static const struct group_before none = {.count = 0};
	likelihood_group_beside(g, manner, own_loss, usual, &none, out);
}

void likelihood_group_beside(const struct traffic_group *g, enum manner manner, double own_loss,
                             const struct baseline_answerer *usual, const struct group_before *before, struct group_likelihood *out)
{
	const struct responder any = responder_of(g, manner);
	struct learned known = learned_of(usual);
	double benign = BENIGN_LOSS + own_loss;
	if (benign > 0.5)
		benign = 0.5;
	const struct group_terms t = terms_of(g, &known, benign);
	const struct terms_before weighed = terms_before(before, benign);
	const struct responder r = responder_after(&any, &weighed, 1); /* where flows are dead by ways of their own, that explains all of them: `any` */
	double changing = log_each_for_itself(g, benign);
	out->alive = log_survival(g, &t, &r, &known, 1, 1);
	out->dead = log_dead(g);
	out->mixed = stats_log_add(log(.40) + out->dead, stats_log_add(log(.25) + out->alive, log(.35) + changing));
	out->other = log_mix(MODEL_DOUBT, log_anything(g), changing);
	out->any = stats_log_add(log(.45) + out->alive, stats_log_add(log(.30) + out->dead, log(.25) + changing));
	out->no_way_back = stats_log_add(log(.15) + out->alive, log(.85) + out->dead);
	out->maybe = stats_log_add(log(.5) + out->alive, log(.5) + out->dead);
	double own = return_share(g, true), by_return = return_share(g, false);
	double half = log_partial(g, &t, &any, dead_of_links);
	out->partial = log_partial(g, &t, &any, dead_of_ways);
	out->partial_before = log_partial(g, &t, &any, g->link < LINKS ? dead_met : dead_unmet);
	out->partial_back = log_mix(.5, out->alive, log_partial(g, &t, &any, dead_of_ways_back));
	out->half = log_mix(.8, half, out->mixed);
	out->half_back = log_mix(.5, out->alive, half);
	for (int i = 0; i < LOSS_GRID; i++) {
		double q = 1 - loss_grid(i);
		const struct responder at = responder_after(&any, &weighed, q);
		out->loss[i] = log_survival(g, &t, &at, &known, q, own);
		out->loss_by_return[i] = by_return < own ? log_survival(g, &t, &at, &known, q, by_return) : out->loss[i];
	}
}

double likelihood_of(const struct group_likelihood *l, char letter, int grid)
{
	switch (letter) {
	case 'X': return l->dead;
	case 'L': return l->loss[grid];
	case 'l': return l->loss_by_return[grid];
	case 'P': return l->partial;
	case 'Q': return l->partial_before;
	case 'p': return l->partial_back;
	case 'H': return l->half;
	case 'r': return l->half_back;
	case 'm': return l->mixed;
	case 'h': return l->other;
	case 'c': return l->maybe;
	case 'B': return l->no_way_back;
	case '?': return l->any;
	default: return l->alive;
	}
}

/* --- tables: one row a letter, one column an outcome; rows add up to 1 --- */

struct letter_row { char letter; double p[UNREACHES]; };

static double look_up(const struct letter_row *rows, size_t count, char letter, int outcome)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].letter == letter)
			return log_of(rows[i].p[outcome]);
	return log_of(rows[0].p[outcome]);
}
#define LOOK_UP(rows, letter, outcome) look_up(rows, sizeof(rows) / sizeof((rows)[0]), letter, (int)(outcome))

double likelihood_unreach(enum unreach seen, char letter)
{
	/*  letter     none hostE hostC  net hostW netW  azure admC  admW  admA */
	static const struct letter_row rows[] = {
		{'.', {.968, .004, .004, .006, .004, .004, .004, .002, .002, .002}},
		{'h', {.420, .500, .010, .040, .010, .006, .005, .003, .003, .003}},
		{'c', {.300, .010, .350, .310, .010, .008, .003, .003, .003, .003}},
		{'n', {.340, .030, .030, .540, .020, .025, .006, .003, .003, .003}},
		{'N', {.360, .010, .010, .430, .010, .025, .146, .003, .003, .003}},
		{'m', {.640, .060, .030, .220, .020, .018, .003, .003, .003, .003}},
		{'W', {.320, .020, .200, .200, .130, .120, .004, .002, .002, .002}},
		{'w', {.380, .030, .060, .150, .200, .170, .003, .003, .002, .002}},
		{'a', {.450, .003, .003, .010, .003, .003, .003, .515, .005, .005}},
		{'p', {.450, .003, .003, .010, .003, .003, .003, .010, .510, .005}},
		{'z', {.6535, .003, .003, .010, .003, .003, .058, .001, .0005, .265}},
		{'?', {.500, .080, .080, .120, .060, .060, .040, .020, .020, .020}}};
	return LOOK_UP(rows, letter, seen);
}

double likelihood_delay(enum delay_outcome seen, char letter)
{
	static const struct letter_row rows[] = {
		/*         same   slower  jitter  rerouted */
		{'.', {1, .9986, .0005, .0007, .0002}}, {'S', {1, .020, .965, .010, .005}}, {'R', {1, .020, .080, .010, .890}},
		{'J', {1, .050, .048, .900, .002}}, {'q', {1, .878, .020, .100, .002}}, {'?', {1, .598, .200, .200, .002}}};
	return seen == DELAY_UNKNOWN ? 0 : LOOK_UP(rows, letter, seen);
}

/* Both links' ways agree, and what lies behind is late as well (shared_delay.c): that is no
 * responder's habit. */
double likelihood_shared(enum delay_outcome seen, char letter)
{
	static const struct letter_row rows[] = {{'.', {1, .99997, .00003}}, {'S', {1, .020, .980}}, {'?', {1, .950, .050}}};
	return seen == DELAY_UNKNOWN ? 0 : LOOK_UP(rows, letter, seen);
}

/* Most of what goes up and down stands still in any one run. Once may be a session that somebody reset. Silence of
 * the MSEE alone, traffic untouched, is also what a coarse limit of its answers looks like: it says little. */
double likelihood_flap(enum flap_seen seen, char letter)
{
	static const struct letter_row rows[] = {
		/*         none   once   again  and traffic with it */
		{'.', {1, .995999, .002, .002, .000001}}, {'F', {1, .500, .180, .150, .170}}, {'T', {1, .500, .200, .290, .010}},
		{'l', {1, .985, .010, .004, .001}}, {'?', {1, .880, .090, .025, .005}}};
	return seen == FLAP_UNKNOWN ? 0 : LOOK_UP(rows, letter, seen);
}

/* The share of answers that are refusals: a listening service refuses nobody, so a
 * RST from the target is a fault of the service's own or of a filter before it. */
#define REFUSALS_CLEAR 3

double likelihood_refused(const struct traffic_group *g, char letter)
{
	if (g->cls != GROUP_TARGET || g->kind != PROBE_TCP_SYN || g->answered == 0)
		return 0;
	bool mostly = g->refused * 2 > g->answered;
	double doubt = g->refused >= REFUSALS_CLEAR ? .00005 : .0005;
	if (letter == 'X')
		return log_of(mostly ? .60 : .40);
	return log_of(mostly ? doubt : 1 - doubt);
}

/* Whether target traffic was seen to cross a link. A link may be idle by design
 * (active and passive); a dead one is idle once routing knows. Loss that no target traffic
 * meets (i) is mostly of a link that idles, where only what returns could have met it. */
double likelihood_use(enum link_use seen, char letter)
{
	static const struct letter_row rows[] = {{'A', {1, .90, .10}}, {'m', {1, .30, .70}}, {'e', {1, .03, .97}},
		{'i', {1, .60, .40}}, {'?', {1, .5, .5}}};
	return seen == USE_UNKNOWN ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_state(enum az_state seen, char letter)
{
	static const struct letter_row rows[] = {{'.', {1, .9995, .0005}}, {'X', {1, .02, .98}}, {'?', {1, .5, .5}}};
	return seen == AZ_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_peering(enum az_peering_state seen, char letter)
{
	static const struct letter_row rows[] = {
		{'.', {1, .9995, .0001, .0004}}, {'X', {1, .02, .78, .20}}, {'?', {1, .34, .33, .33}}};
	return seen == PEERING_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_arp(enum az_arp_state seen, char letter)
{
	/* complete, incomplete, empty, failed on this path alone, failed as other parts did: where the API fails here and there, it
	 * does so whatever the fault is */
	static const struct letter_row rows[] = {
		{'.', {1, .949, .004, .035, .006, .006}}, {'i', {1, .050, .799, .130, .015, .006}}, {'f', {1, .030, .100, .370, .476, .024}},
		{'e', {1, .060, .391, .390, .150, .009}}, {'u', {1, .714, .200, .060, .020, .006}}, {'?', {1, .250, .250, .250, .244, .006}}};
	return seen == ARP_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_session(enum az_session_state seen, char letter)
{
	/* up, up with no prefix (a state of its own: what is down, or was up, does not say it), down, empty,
	 * failed on this path alone, failed as other parts did; not listed, while the MSEE has routes of the edge's, or those of others
	 * alone (as where it is up with no prefix, or down) */
	static const struct letter_row rows[] = {
		{'.', {1, .953, .004, .002, .0100, .005, .006, .0198, .0002}}, {'d', {1, .055, .004, .850, .0240, .015, .006, .0030, .0430}},
		{'D', {1, .010, .003, .881, .0290, .015, .006, .0010, .0550}}, {'z', {1, .030, .874, .030, .0140, .020, .006, .0010, .0250}},
		{'f', {1, .030, .004, .126, .2400, .476, .024, .0300, .0700}},
		{'e', {1, .040, .004, .447, .1200, .150, .009, .0100, .2200}}, {'u', {1, .714, .020, .200, .0140, .020, .006, .0180, .0080}},
		{'?', {1, .554, .030, .250, .0400, .050, .006, .0400, .0300}}};
	return seen == SESSION_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_connection(enum az_connection_state seen, char letter)
{
	static const struct letter_row rows[] = {
		{'.', {1, .970, .015, .015}}, {'n', {1, .250, .600, .150}}, {'?', {1, .34, .33, .33}}};
	return seen == CONNECTION_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_gateway(enum az_state seen, char letter)
{
	static const struct letter_row rows[] = {{'.', {1, .96, .04}}, {'g', {1, .12, .88}}, {'?', {1, .5, .5}}};
	return seen == AZ_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}
