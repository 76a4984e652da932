/* SPDX-License-Identifier: BSD-2-Clause */
/* Weights of observations: leave one out (DIAGNOSIS: confidence, 3).
 *
 * Where no loss is spoken of this is the plain difference of two log-likelihoods. The rate of a
 * loss is not known, and the posterior takes the mean over all rates; and Azure's answers may all
 * be late together: there what one adds depends on the others, and its weight is what would be
 * missing without it. */
#include "analysis/diagnose/weigh.h"

#include "analysis/path/stats.h"

#include <math.h>
#include <stdlib.h>

/* --- weights --- */

/* The group's likelihoods by rate of loss where the explanation says that it loses, else NULL. */
static const double *by_rate(const struct posterior *p, const struct observation *ob, const struct explanation *e)
{
	char letter = ob->kind == OBSERVED_GROUP ? observation_letter(p, ob, e) : '.';
	return letter == 'L' ? p->groups[ob->group].loss : letter == 'l' ? p->groups[ob->group].loss_by_return : NULL;
}

static double mean_over_rates(const double *all, const double *one, double share)
{
	double mean = -INFINITY;
	for (int grid = 0; grid < LOSS_GRID; grid++)
		mean = stats_log_add(mean, all[grid] - (one ? share * one[grid] : 0));
	return mean - log(LOSS_GRID);
}

/* Azure's word: the sums of its answers under an explanation and under "no fault", and what it is worth as a whole. */
struct word { const struct explanation *none; double said, before, together; };

static struct word word_of(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e)
{
	struct word w = {.none = posterior_none(p)};
	for (size_t i = 0; w.none && i < n; i++) {
		if (!obs[i].of_azure)
			continue;
		w.said += observation_log(p, &obs[i], e, 0);
		w.before += observation_log(p, &obs[i], w.none, 0);
	}
	w.together = azure_word_log(w.said, w.before);
	return w;
}

static double worth_alone(const struct posterior *p, const struct observation *ob, const struct explanation *e, const struct word *w)
{
	double own = observation_log(p, ob, e, 0);
	if (!ob->of_azure || !w->none)
		return own;
	return w->together - azure_word_log(w->said - own, w->before - observation_log(p, ob, w->none, 0));
}

/* Adds sign times what each observation is worth to e. */
static void add_worth(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e, double sign,
                      double *out)
{
	double all[LOSS_GRID] = {0};
	for (size_t i = 0; i < n; i++) {
		const double *loss = by_rate(p, &obs[i], e);
		for (int grid = 0; loss && grid < LOSS_GRID; grid++)
			all[grid] += obs[i].share * loss[grid];
	}
	double mean = mean_over_rates(all, NULL, 0);
	const struct word word = word_of(p, obs, n, e);
	for (size_t i = 0; i < n; i++) {
		const double *loss = by_rate(p, &obs[i], e);
		out[i] += sign * (loss ? mean - mean_over_rates(all, loss, obs[i].share) : worth_alone(p, &obs[i], e, &word));
	}
}

void weigh_observations(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                        const struct explanation *rival, double *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = 0;
	add_worth(p, obs, n, e, 1, out);
	add_worth(p, obs, n, rival, -1, out);
}

/* --- shares of the whole --- */

#define NEARLY_NO_WORD 1e-9

/* Which part of what Azure's answers say one by one, against "no fault", their word is worth together. */
static double part_of_word(const struct word *w)
{
	double alone = w->said - w->before;
	if (fabs(alone) < NEARLY_NO_WORD)
		alone = NEARLY_NO_WORD;
	return (azure_word_log(w->before + alone, w->before) - w->before) / alone;
}

/* Adds sign times each observation's share; returns what the unknown rate of a loss takes away. */
static double add_shares(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e, double sign,
                         double *out)
{
	const struct word word = word_of(p, obs, n, e);
	const double part = part_of_word(&word);
	double all[LOSS_GRID] = {0};
	bool lossy = false;
	for (size_t i = 0; i < n; i++) {
		const double *loss = by_rate(p, &obs[i], e);
		double own = observation_log(p, &obs[i], e, e->grid);
		for (int grid = 0; loss && grid < LOSS_GRID; grid++)
			all[grid] += obs[i].share * loss[grid];
		lossy = lossy || loss;
		if (obs[i].of_azure && word.none) {
			double before = observation_log(p, &obs[i], word.none, 0);
			own = before + part * (own - before);
		}
		out[i] += sign * own;
	}
	return lossy ? mean_over_rates(all, NULL, 0) - all[e->grid] : 0;
}

void weigh_shares(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                  const struct explanation *rival, double *out, struct weigh_rest *rest)
{
	for (size_t i = 0; i < n; i++)
		out[i] = 0;
	double rate = add_shares(p, obs, n, e, 1, out);
	rate -= add_shares(p, obs, n, rival, -1, out);
	if (rest)
		*rest = (struct weigh_rest){.prior = explanation_log_prior(e) - explanation_log_prior(rival), .rate = rate};
}

/* --- how much is lost --- */

#define TAIL 0.05 /* outside the range at either end */

/* Adds the log-likelihood of all that speaks of the loss, by its rate. False where nothing does. */
static bool add_rates(const struct posterior *p, const struct explanation *e, struct observation *obs, double all[LOSS_GRID])
{
	size_t n = observations_list(p->seen, obs);
	bool lossy = false;
	for (size_t i = 0; i < n; i++) {
		const double *loss = by_rate(p, &obs[i], e);
		for (int grid = 0; loss && grid < LOSS_GRID; grid++)
			all[grid] += obs[i].share * loss[grid];
		lossy = lossy || loss;
	}
	return lossy;
}

struct loss_range weigh_loss(const struct posterior *p, const struct explanation *e)
{
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	double all[LOSS_GRID] = {0};
	bool lossy = obs && add_rates(p, e, obs, all);
	free(obs);
	if (!lossy)
		return (struct loss_range){.low = 0};
	double sum = -INFINITY, below = 0;
	for (int grid = 0; grid < LOSS_GRID; grid++)
		sum = stats_log_add(sum, all[grid]);
	struct loss_range r = {.low = 0};
	for (int grid = 0; grid < LOSS_GRID; grid++) {
		double here = exp(all[grid] - sum);
		if (below <= TAIL)
			r.low = loss_grid(grid);
		if (below < 1 - TAIL)
			r.high = loss_grid(grid);
		below += here;
	}
	return r;
}
