/* SPDX-License-Identifier: BSD-2-Clause */
/* Letters to numbers.
 *
 * Traffic follows DIAGNOSIS.md 2b: with path survival Q, a responder is (w1) an
 * honest one that answers what reaches it, (ws) one that answers some unknown
 * share g, uniform in 0..1, or (w0) one that never answers at all:
 *   L(Q) = w1 Bin(s; n, Q(1-b)) + ws Slab(s, n, Q) + w0 [s = 0]
 * A group's flows share the responder and may differ in their way back. */
#include "analysis/diagnose/likelihood.h"
#include "analysis/path/stats.h"

#include <math.h>

#define BENIGN_LOSS 5e-4
/* No model is sure: each group keeps this share of "anything may happen", so that
 * one odd responder cannot rule a hypothesis out for good. */
#define MODEL_DOUBT 2e-3

struct responder { double honest, partial, silent; };

static struct responder responder_of(const struct traffic_group *g, bool service_matters)
{
	static const struct responder of[GROUP_CLASSES] = {
		[GROUP_HOP] = {.70, .25, .05},
		[GROUP_EDGE] = {.88, .05, .07},
		[GROUP_MSEE] = {.72, .08, .20},
		[GROUP_MSEE_HOP] = {.65, .20, .15},
		[GROUP_BGP] = {.40, .10, .50},
		[GROUP_TARGET] = {.98997, .01, .00003},
		[GROUP_CONTROL] = {.966, .03, .004}};
	static const struct responder ping_beside_service = {.65, .05, .30};
	static const struct responder neighbour = {.985, .01, .005};
	if (g->kind == PROBE_NEIGHBOUR)
		return neighbour;
	if ((g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL) && !service_matters)
		return ping_beside_service;
	return of[g->cls];
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

/* The group when a share `through` of its flows cross the loss (others return by
 * another way), each with survival q. */
static double log_survival(const struct traffic_group *g, const struct responder *r, double q, double through,
                           double benign)
{
	double honest = 0, partial = 0, silent = 0;
	for (int i = 0; i < g->flow_count; i++) {
		uint32_t n = g->flows[i].sent, s = g->flows[i].answered;
		honest += log_mix(through, stats_log_binomial(s, n, q * (1 - benign)),
		                  stats_log_binomial(s, n, 1 - benign));
		partial += log_mix(through, stats_log_slab(s, n, q), stats_log_slab(s, n, 1));
		silent += s == 0 ? 0 : -INFINITY;
	}
	double sum = stats_log_add(log_of(r->honest) + honest, log_of(r->partial) + partial);
	sum = stats_log_add(sum, log_of(r->silent) + silent);
	return log_mix(MODEL_DOUBT, log_anything(g), sum);
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

static double return_share(const struct traffic_group *g, bool own)
{
	if (g->cls != GROUP_TARGET)
		return 1;
	return own ? 0.85 : 0.5;
}

void likelihood_group(const struct traffic_group *g, bool service_matters, double own_loss,
                      struct group_likelihood *out)
{
	struct responder r = responder_of(g, service_matters);
	double benign = BENIGN_LOSS + own_loss;
	if (benign > 0.5)
		benign = 0.5;
	double changing = log_each_for_itself(g, benign);
	out->alive = log_survival(g, &r, 1, 1, benign);
	out->dead = log_dead(g);
	out->mixed = stats_log_add(log(.40) + out->dead, stats_log_add(log(.25) + out->alive, log(.35) + changing));
	out->other = log_mix(MODEL_DOUBT, log_anything(g), changing);
	out->any = stats_log_add(log(.45) + out->alive, stats_log_add(log(.30) + out->dead, log(.25) + changing));
	out->no_way_back = stats_log_add(log(.15) + out->alive, log(.85) + out->dead);
	out->maybe = stats_log_add(log(.5) + out->alive, log(.5) + out->dead);
	for (int i = 0; i < LOSS_GRID; i++) {
		double q = 1 - loss_grid(i);
		out->loss[i] = log_survival(g, &r, q, return_share(g, true), benign);
		out->loss_by_return[i] = log_survival(g, &r, q, return_share(g, false), benign);
	}
}

double likelihood_of(const struct group_likelihood *l, char letter, int grid)
{
	switch (letter) {
	case 'X': return l->dead;
	case 'L': return l->loss[grid];
	case 'l': return l->loss_by_return[grid];
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
		{'z', {.640, .003, .003, .010, .003, .003, .058, .010, .005, .265}},
		{'?', {.500, .080, .080, .120, .060, .060, .040, .020, .020, .020}}};
	return LOOK_UP(rows, letter, seen);
}

double likelihood_delay(enum delay_outcome seen, char letter)
{
	static const struct letter_row rows[] = {
		{'.', {1, .9988, .0005, .0007}}, {'S', {1, .020, .970, .010}}, {'J', {1, .050, .050, .900}}, {'?', {1, .60, .20, .20}}};
	return seen == DELAY_UNKNOWN ? 0 : LOOK_UP(rows, letter, seen);
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
 * (active and passive); a dead one is idle once routing knows. */
double likelihood_use(enum link_use seen, char letter)
{
	static const struct letter_row rows[] = {{'A', {1, .90, .10}}, {'m', {1, .30, .70}}, {'?', {1, .5, .5}}};
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
	/* complete, incomplete, empty, failed on this path alone */
	static const struct letter_row rows[] = {
		{'.', {1, .955, .004, .035, .006}}, {'i', {1, .050, .805, .130, .015}}, {'f', {1, .030, .100, .370, .500}},
		{'e', {1, .060, .400, .390, .150}}, {'?', {1, .250, .250, .250, .250}}};
	return seen == ARP_UNREAD ? 0 : LOOK_UP(rows, letter, seen);
}

double likelihood_session(enum az_session_state seen, char letter)
{
	/* up, up with no prefix, down, empty, failed on this path alone */
	static const struct letter_row rows[] = {
		{'.', {1, .959, .004, .002, .030, .005}}, {'d', {1, .055, .020, .840, .070, .015}},
		{'D', {1, .010, .010, .880, .085, .015}}, {'z', {1, .030, .880, .030, .040, .020}}, {'f', {1, .030, .010, .120, .340, .500}},
		{'e', {1, .040, .010, .450, .350, .150}}, {'?', {1, .200, .200, .200, .200, .200}}};
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
