/* SPDX-License-Identifier: BSD-2-Clause */
/* The odds of a small fault are those that a suspicious reader begins with, times how likely it is that
 * the fault would have left the run as it is: for loss the same likelihoods that the posterior weighs,
 * taken over sizes of which the small are the commoner; for delay how far apart the links' ways are. */
#include "analysis/verdict/unseen.h"

#include "analysis/diagnose/observed.h"
#include "analysis/observables/link_times.h"
#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Who asks about a circuit suspects it: beside ten sound ones he expects one that loses a little, and
 * beside eight one that has a slow link. */
#define ODDS_LOSS (1.0 / 30)    /* in each of three domains */
#define ODDS_DELAY (1.0 / 8)    /* of one link or the other */
/* Traffic that died for a moment on a circuit without a dead link: routing may have changed, or a loss
 * comes in bursts of which one was met. */
#define ODDS_INTERRUPTED (1.0 / 12)
/* An MSEE's answers that scatter where what passes it does not seem to: a control plane, or a queue that was missed. */
#define ODDS_SCATTERS (1.0 / 16)
/* One of several equal ways of a link that nothing takes is dead: as much as what is asked of its MSEE leaves open. Of two ways each
 * flow takes the other one half of the time; of MSEEs that ignore pings, or SYNs, few do so alone. */
#define ODDS_DEAD_WAY (1.0 / 8)
#define ODDS_DEAD_WAY_MOST (1.0 / 16) /* no more than what is seldom seen at all */
#define ODDS_PORTS_DIFFER 1.0         /* it shows, and nobody says yet where: healthy is not said of it */
#define MISSES_DEAD_WAY 0.5
#define SILENT_PINGS 6.0
#define SILENT_PORT 2.0
#define ALIVE_LEAST 2
/* Twice the loss is 1.4 times as rare: by this power of it. */
#define SMALLER_COMMONER 0.5
/* A place that would not show even the loss of nine in ten is none that was measured. */
#define MEASURED 0.05
#define WOULD_SHOW 0.05         /* 19 times in 20 */
#define ASKED_SHOWS 0.02
#define ASKED_HINTED 0.1
#define STEPS 96
#define STEP_HIGHEST_NS (100 * (double)NS_PER_MS)

/* --- loss --- */

static int place_of(const struct hypothesis *h)
{
	switch (h->row->place) {
	case AT_CORPORATE: return UNSEEN_CORPORATE;
	case AT_PROVIDER:
	case AT_WAN: return h->link == LINK_SECONDARY ? UNSEEN_WAN_SECONDARY : UNSEEN_WAN_PRIMARY;
	default: return UNSEEN_BEYOND;
	}
}

struct work { const struct posterior *p; struct observation *obs; double *none; size_t n; };
struct place_sums { double weight, by_rate[LOSS_GRID]; };

/* Adds what the run is under this loss, by its rate, to what it is under no fault. */
static void add_loss(const struct work *w, const struct explanation *e, struct place_sums *sum)
{
	double fixed = 0, said = 0, before = 0, by_rate[LOSS_GRID] = {0}, weight = exp(e->parts[0].log_prior);
	for (size_t i = 0; i < w->n; i++) {
		const struct observation *ob = &w->obs[i];
		char letter = observation_letter(w->p, ob, e);
		if (ob->of_azure) {
			said += observation_log(w->p, ob, e, 0);
			before += w->none[i];
			continue;
		}
		if (ob->kind != OBSERVED_GROUP || (letter != 'L' && letter != 'l')) {
			fixed += observation_log(w->p, ob, e, 0) - w->none[i];
			continue;
		}
		for (int grid = 0; grid < LOSS_GRID; grid++)
			by_rate[grid] += ob->share * likelihood_of(&w->p->groups[ob->group], letter, grid) - w->none[i];
	}
	fixed += azure_word_log(said, before) - before;
	sum->weight += weight;
	for (int grid = 0; grid < LOSS_GRID; grid++)
		sum->by_rate[grid] += weight * exp(fixed + by_rate[grid]);
}

/* The least rate that would have shown, and all of larger ones. */
static double least_shown(const struct place_sums *sum)
{
	int grid = LOSS_GRID;
	while (grid > 0 && sum->by_rate[grid - 1] < WOULD_SHOW * sum->weight)
		grid--;
	return grid < LOSS_GRID ? loss_grid(grid) : 0;
}

static int asked_grid(void)
{
	int grid = 0;
	while (grid < LOSS_GRID - 1 && loss_grid(grid) < UNSEEN_ASKED)
		grid++;
	return grid;
}

static double mean_over_sizes(const struct place_sums *sum)
{
	double mean = 0, all = 0;
	for (int grid = 0; grid < LOSS_GRID; grid++) {
		double share = pow(loss_grid(grid), -SMALLER_COMMONER);
		mean += share * sum->by_rate[grid] / sum->weight;
		all += share;
	}
	return mean / all;
}

static void look_at_loss(const struct work *w, struct unseen *out)
{
	struct place_sums sums[UNSEEN_PLACES] = {{0}};
	size_t links = (size_t)w->p->seen->links[0].expected + w->p->seen->links[1].expected;
	for (size_t i = 0; i < w->p->count; i++) {
		const struct explanation *e = &w->p->list[i];
		const struct hypothesis *h = &e->parts[0];
		if (e->count == 1 && h->row->target == 'L' && h->traffic == TRAFFIC_BY_FLOW)
			add_loss(w, e, &sums[place_of(h)]);
	}
	for (int place = 0; place < UNSEEN_PLACES; place++) {
		const struct place_sums *sum = &sums[place];
		bool wan = place == UNSEEN_WAN_PRIMARY || place == UNSEEN_WAN_SECONDARY;
		if (sum->weight == 0 || sum->by_rate[LOSS_GRID - 1] > MEASURED * sum->weight)
			continue;
		out->loss[place] = least_shown(sum);
		out->asked = fmax(out->asked, sum->by_rate[asked_grid()] / sum->weight);
		out->odds += ODDS_LOSS / (wan ? (double)links : 1) * mean_over_sizes(sum);
	}
}

/* --- delay --- */

/* Two ways may differ by what is allowed, and nothing tells which of them would be the longer: all differences up
 * to there are alike. A step of one of them is not seen where both together stay within. */
static double step_unseen(const struct link_observables *l)
{
	double least = l->by_usual ? (double)l->apart_allowed_ns : DELAY_FREE_NS, unseen = 0;
	for (int i = 0; i < STEPS; i++) {
		double step = least * pow(STEP_HIGHEST_NS / least, (i + 0.5) / STEPS);
		unseen += fabs((double)l->apart_ns - step) <= (double)l->apart_allowed_ns;
	}
	return unseen / STEPS;
}

static void look_at_delay(const struct observables *o, struct unseen *out)
{
	double unseen = 0;
	for (int l = 0; l < LINKS; l++) {
		const struct link_observables *link = &o->links[l];
		if (link->delay != DELAY_SAME || link->apart_allowed_ns <= 0)
			continue;
		int64_t shown = link->apart_allowed_ns - link->apart_ns;
		out->by_usual = out->by_usual && link->by_usual;
		out->slower_ns = shown > out->slower_ns ? shown : out->slower_ns;
		unseen = fmax(unseen, step_unseen(link));
	}
	for (int l = 0; l < LINKS; l++)
		out->odds += o->links[l].delay == DELAY_SAME && o->links[l].scatters ? ODDS_SCATTERS : 0;
	out->odds += ODDS_DELAY * unseen;
}

/* --- a dead way over a link that nothing takes --- */

static bool takes_traffic(const struct observables *o, uint8_t link)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->link == link && (g->cls == GROUP_TARGET || g->cls == GROUP_MSEE_HOP) && g->answered > 0)
			return true;
	}
	return false;
}

static bool is_of_msee(const struct traffic_group *g, uint8_t link)
{
	return g->link == link && (g->cls == GROUP_MSEE || g->cls == GROUP_BGP);
}

/* What the other link's MSEE answers to the same. */
static bool fellow_answers(const struct observables *o, const struct traffic_group *g)
{
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *x = &o->groups[i];
		if (traffic_group_is_fellow(x, g) && x->answered >= ALIVE_LEAST)
			return true;
	}
	return false;
}

static unsigned living_flows(const struct traffic_group *g)
{
	unsigned alive = 0;
	for (uint8_t i = 0; i < g->flow_count; i++)
		alive += g->flows[i].answered > 0;
	return alive;
}

/* Its MSEE alone is asked there, by a flow or two: each of them misses a dead way as often as not, and one that is silent to what its
 * fellow answers may have met it. */
static double odds_of_dead_way(const struct observables *o, uint8_t link)
{
	double odds = ODDS_DEAD_WAY;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (!is_of_msee(g, link))
			continue;
		odds *= pow(MISSES_DEAD_WAY, living_flows(g));
		if (g->answered == 0 && g->sent >= ALIVE_LEAST && fellow_answers(o, g))
			odds *= g->cls == GROUP_BGP ? SILENT_PORT : SILENT_PINGS;
	}
	return fmin(odds, ODDS_DEAD_WAY_MOST);
}

static bool is_idle(const struct observables *o, uint8_t link)
{
	return o->links[link].expected && o->links[1 - link].expected && !takes_traffic(o, link) && takes_traffic(o, (uint8_t)(1 - link));
}

static void look_at_idle(const struct observables *o, struct unseen *out)
{
	for (uint8_t l = 0; l < LINKS; l++)
		out->odds += !is_idle(o, l) ? 0 : o->links[l].ports_differ ? ODDS_PORTS_DIFFER : odds_of_dead_way(o, l);
}

/* --- all of it --- */

bool unseen_look(const struct posterior *p, struct unseen *out)
{
	struct work w = {.p = p};
	const struct explanation *none = posterior_none(p);
	*out = (struct unseen){.by_usual = true};
	if (!none)
		return true;
	w.obs = calloc(observations_room(p->seen), sizeof *w.obs);
	w.none = calloc(observations_room(p->seen), sizeof *w.none);
	bool done = w.obs && w.none;
	if (done) {
		w.n = observations_list(p->seen, w.obs);
		for (size_t i = 0; i < w.n; i++)
			w.none[i] = observation_log(p, &w.obs[i], none, 0);
		look_at_loss(&w, out);
		look_at_delay(p->seen, out);
		look_at_idle(p->seen, out);
		out->odds += p->seen->interruption.lost > 0 ? ODDS_INTERRUPTED : 0;
	}
	free(w.obs);
	free(w.none);
	return done;
}

double unseen_healthy(const struct posterior *p)
{
	double none = posterior_of_none(p);
	struct unseen u;
	return none > 0 && unseen_look(p, &u) ? 1 / (1 / none + u.odds) : none;
}

bool unseen_enough(const struct posterior *p)
{
	struct unseen u;
	return unseen_look(p, &u) && u.asked <= ASKED_SHOWS;
}

bool unseen_hinted(const struct posterior *p)
{
	struct unseen u;
	return unseen_look(p, &u) && u.asked >= ASKED_HINTED;
}

/* The least that would have shown on each link there is: of two the greater, 0 where one of them tells nothing. */
static double loss_of_links(const struct posterior *p, const struct unseen *u)
{
	double most = 0;
	for (int l = 0; l < LINKS; l++) {
		double loss = u->loss[UNSEEN_WAN_PRIMARY + l];
		if (p->seen->links[l].expected && loss == 0)
			return 0;
		most = p->seen->links[l].expected ? fmax(most, loss) : most;
	}
	return most;
}

static size_t add_loss_words(double loss, const char *where, size_t said, char *out, size_t size)
{
	char before[SENTENCE_MAX];
	if (loss == 0)
		return said;
	text_format(before, sizeof before, "%s", out);
	text_format(out, size, "%s%s%.1f %% %s", before, said ? ", " : "loss of ", 100 * loss, where);
	return said + 1;
}

void unseen_words(const struct posterior *p, char *out, size_t size)
{
	char loss[SENTENCE_MAX] = "", loss_said[SENTENCE_MAX] = "", delay[160] = "";
	struct unseen u;
	out[0] = '\0';
	if (!unseen_look(p, &u))
		return;
	size_t said = add_loss_words(u.loss[UNSEEN_CORPORATE], "in the corporate network", 0, loss, sizeof loss);
	bool both = p->seen->links[LINK_PRIMARY].expected && p->seen->links[LINK_SECONDARY].expected;
	said = add_loss_words(loss_of_links(p, &u), both ? "on either link" : "on the link", said, loss, sizeof loss);
	said = add_loss_words(u.loss[UNSEEN_BEYOND], "behind the MSEEs", said, loss, sizeof loss);
	if (said > 0)
		text_format(loss_said, sizeof loss_said, "The least that would have shown 19 times in 20: %s.", loss);
	if (u.slower_ns > 0)
		text_format(delay, sizeof delay, "%sA link slower by up to %.1f ms would not have shown%s.", said ? " " : "", (double)u.slower_ns / (double)NS_PER_MS,
		            u.by_usual ? "" : "; beside eight healthy runs much less would");
	text_format(out, size, "%s%s", loss_said, delay);
}
