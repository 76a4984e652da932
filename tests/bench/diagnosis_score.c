/* SPDX-License-Identifier: BSD-2-Clause */
/* Is the confidence true, and what of the acceptance figures is reached? */
#include "tests/bench/diagnosis_score.h"

#include <math.h>
#include <stdbool.h>

/* --- reliability --- */

static const double bins[] = {0, .8, .9, .95, .975, .99, .999, 1.0001};
#define BINS (sizeof bins / sizeof bins[0] - 1)

struct bin { size_t n, right; double stated; };

static void put(struct bin *b, double stated, bool right)
{
	for (size_t i = 0; i < BINS; i++)
		if (stated >= bins[i] && stated < bins[i + 1]) {
			b[i].n++;
			b[i].right += right;
			b[i].stated += stated;
		}
}

/* Every statement counts: each fault that was named, and "healthy". An undetermined
 * verdict states nothing. */
static void gather(const struct trials *t, bool healthy_too, struct bin b[BINS])
{
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (r->failed || r->status == STATUS_UNDETERMINED)
			continue;
		for (int k = 0; k < r->said_count; k++)
			put(b, r->said[k].confidence, trial_domain_right(r, &r->said[k]));
		if (healthy_too && r->status == STATUS_HEALTHY)
			put(b, r->confidence, r->truth_count == 0 || r->grey);
	}
}

/* Expected calibration error of what is stated at 0.9 and above. */
static double calibration_error(const struct bin b[BINS], size_t *n)
{
	double sum = 0;
	*n = 0;
	for (size_t i = 0; i < BINS; i++)
		if (bins[i] >= .9 && b[i].n > 0) {
			sum += fabs((double)b[i].right - b[i].stated);
			*n += b[i].n;
		}
	return *n > 0 ? sum / (double)*n : 0;
}

static void print_bins(FILE *out, const char *name, const struct bin b[BINS])
{
	size_t n;
	fprintf(out, "\n%-34s %6s %9s %9s\n", name, "said", "stated", "right");
	for (size_t i = 0; i < BINS; i++)
		if (b[i].n > 0)
			fprintf(out, "%.3f to %-25.3f %6zu %8.2f%% %8.2f%%\n", bins[i], bins[i + 1] > 1 ? 1 : bins[i + 1], b[i].n,
			        100 * b[i].stated / (double)b[i].n, 100.0 * (double)b[i].right / (double)b[i].n);
	double error = calibration_error(b, &n);
	fprintf(out, "expected calibration error from 0.9 on: %.4f (%zu statements)\n", error, n);
}

/* "Healthy" of two links that differ, by how much they do. A step below what is a fault without a baseline (delay.h) is
 * none here either; the last column is what a reader would find who asks whether any link has become slower. */
static void print_apart(FILE *out, const struct trials *t)
{
	static const double from[] = {0, 1, 2, 3, 4, 5, 7, 1e9};
	fprintf(out, "\n%-34s %6s %9s %9s %9s\n", "healthy beside no baseline, links", "said", "stated", "right", "no step");
	for (size_t i = 0; i + 1 < sizeof from / sizeof from[0]; i++) {
		size_t n = 0, right = 0, unmoved = 0;
		double stated = 0;
		for (size_t k = 0; k < t->count; k++) {
			const struct trial_record *r = &t->list[k];
			if (r->failed || r->learned || r->single_link || r->status != STATUS_HEALTHY || r->differ_ms < from[i] || r->differ_ms >= from[i + 1])
				continue;
			n++;
			stated += r->confidence;
			right += r->truth_count == 0 || r->grey;
			unmoved += r->way_ms == 0 || r->ms < 0.99;
		}
		if (n > 0)
			fprintf(out, "%.0f ms and more apart%-14s %6zu %8.2f%% %8.2f%% %8.2f%%\n", from[i], "", n, 100 * stated / (double)n,
			        100.0 * (double)right / (double)n, 100.0 * (double)unmoved / (double)n);
	}
}

void score_reliability(FILE *out, const struct trials *t)
{
	struct bin all[BINS] = {{0}}, faults[BINS] = {{0}};
	gather(t, true, all);
	gather(t, false, faults);
	print_bins(out, "confidence, all statements", all);
	print_bins(out, "confidence, faults alone", faults);
	print_apart(out, t);
}

/* --- acceptance --- */

struct figure { const char *name; size_t n, hits; double bound; bool at_most; };

#define TOO_FEW 30

static int judge(FILE *out, const struct figure *f)
{
	double share = f->n > 0 ? (double)f->hits / (double)f->n : 0;
	bool met = f->at_most ? share <= f->bound : share >= f->bound;
	const char *word = f->n < TOO_FEW ? "not measured" : met ? "met" : "falls short";
	fprintf(out, "  %-12s %-66s %6.2f %% of %zu (%s %.4g %%)\n", word, f->name, 100 * share, f->n, f->at_most ? "at most" : "at least",
	        100 * f->bound);
	return f->n >= TOO_FEW && !met;
}

static int judge_confidence(FILE *out, const struct trials *t)
{
	struct figure wrong = {"wrong domain where 0.95 and more is stated", 0, 0, 0.01, true};
	struct figure said = {"the same, \"healthy\" said of a fault counted too", 0, 0, 0.01, true};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (r->failed || r->status == STATUS_UNDETERMINED)
			continue;
		for (int k = 0; k < r->said_count; k++)
			if (r->said[k].confidence >= 0.95) {
				wrong.n++;
				wrong.hits += !trial_domain_right(r, &r->said[k]);
			}
		if (r->status == STATUS_HEALTHY && r->confidence >= 0.95) {
			said.n++;
			said.hits += r->truth_count > 0 && !r->grey;
		}
	}
	said.n += wrong.n;
	said.hits += wrong.hits;
	int short_of = judge(out, &wrong);
	short_of += judge(out, &said);
	struct bin b[BINS] = {{0}};
	size_t n;
	gather(t, true, b);
	double error = calibration_error(b, &n);
	fprintf(out, "  %-12s %-66s %6.4f of %zu (at most 0.02)\n", n < TOO_FEW ? "not measured" : error <= 0.02 ? "met" : "falls short",
	        "expected calibration error from 0.9 on", error, n);
	return short_of + (n >= TOO_FEW && error > 0.02);
}

static int judge_healthy(FILE *out, const struct trials *t)
{
	struct figure alarm = {"false alarm on healthy circuits", 0, 0, 0.005, true};
	struct figure quiet = {"healthy circuits called healthy", 0, 0, 0.95, false};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (r->failed || r->truth_count > 0)
			continue;
		alarm.n++;
		quiet.n++;
		alarm.hits += r->said_count > 0;
		quiet.hits += r->status == STATUS_HEALTHY;
	}
	int short_of = judge(out, &alarm);
	judge(out, &quiet);
	return short_of;
}

enum part { PART_HARD, PART_LOSS, PART_DELAY, PART_DELAY_SMALL, PART_SERVICE, PART_UNMET, PART_UNMET_DELAY, PART_ONE_WAY };

static bool belongs(const struct trial_record *r, enum part part)
{
	if (r->failed || !r->clear || r->live)
		return false;
	switch (part) {
	case PART_HARD: return r->cls == CLASS_HARD;
	case PART_LOSS: return r->cls == CLASS_LOSS && r->loss >= 0.0199 && !r->grey;
	case PART_DELAY: return r->cls == CLASS_DELAY && r->ms >= 7 && !r->unmet;
	case PART_UNMET_DELAY: return r->cls == CLASS_DELAY && r->ms >= 7 && r->unmet;
	case PART_DELAY_SMALL: return r->cls == CLASS_DELAY && r->ms >= 0.99 && r->ms < 7;
	case PART_UNMET: return r->cls == CLASS_SERVICE && r->grey;
	case PART_ONE_WAY: return r->cls == CLASS_SERVICE && !r->grey && r->one_way;
	default: return r->cls == CLASS_SERVICE && !r->grey && !r->one_way;
	}
}

static int judge_part(FILE *out, const struct trials *t, enum part part, const char *name)
{
	char right_name[96], undecided_name[96];
	snprintf(right_name, sizeof right_name, "right domain: %s", name);
	snprintf(undecided_name, sizeof undecided_name, "undecided: %s", name);
	struct figure right = {right_name, 0, 0, 0.98, false}, undecided = {undecided_name, 0, 0, 0.05, true};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (!belongs(r, part))
			continue;
		enum outcome o = trial_outcome(r);
		right.n++;
		undecided.n++;
		right.hits += o <= RIGHT_DOMAIN && r->said_count > 0;
		undecided.hits += o == UNDECIDED;
	}
	int short_of = judge(out, &right);
	return short_of + judge(out, &undecided);
}

/* What of delay can be told at all. Without a baseline two links may be 5 ms and what their jitter leaves unknown apart, and nothing
 * tells a step within that from the geography of two ways, nor one of a way back that no traffic takes from a control
 * plane of the MSEE's: what falls inside is printed as well, in the lines above.
 * Beside a baseline of eight runs every step of 1 ms and more can. */
#define FREE_MS 5
#define NOISE_MS 0.5
#define JITTER_LEAVES 0.2 /* of its width, by a hundred answers (delay.c) */

static int judge_steps(FILE *out, const struct trials *t)
{
	struct figure apart = {"right domain: steps that set the links 5 ms and their jitter apart", 0, 0, 0.98, false};
	struct figure again = {"right domain: steps of 1 ms and more, after 8 healthy runs", 0, 0, 0.98, false};
	struct figure undecided = {"undecided: the same", 0, 0, 0.05, true};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		enum outcome o = trial_outcome(r);
		if (r->failed || !r->clear || r->live || r->way_ms == 0)
			continue;
		if (!r->learned && !r->unmet && r->apart_ms > FREE_MS + JITTER_LEAVES * r->scatter_ms + NOISE_MS) {
			apart.n++;
			apart.hits += o <= RIGHT_DOMAIN && r->said_count > 0;
		}
		if (!r->again || r->ms < 0.99)
			continue;
		again.n++;
		undecided.n++;
		again.hits += r->again_outcome <= RIGHT_DOMAIN;
		undecided.hits += r->again_outcome == UNDECIDED;
	}
	int short_of = judge(out, &apart);
	short_of += judge(out, &again);
	return short_of + judge(out, &undecided);
}

/* What nobody can know from where the probes are sent, each in a line of its own: a filter on one link where no probe of its
 * service, of a target that would answer, takes that link; one of TCP where all of them do, which an edge that filters what it
 * forwards looks like; a delay of a way back that an MSEE's own answers alone take, which may be the MSEE's habit. Right is
 * to accuse nobody of it falsely: "healthy", or undetermined, or the truth all the same. */
static int judge_unknowable(FILE *out, const struct trials *t, enum part part, enum outcome worst, const char *name)
{
	struct figure quiet = {name, 0, 0, 0.95, false};
	for (size_t i = 0; i < t->count; i++) {
		enum outcome o = trial_outcome(&t->list[i]);
		if (!belongs(&t->list[i], part))
			continue;
		quiet.n++;
		quiet.hits += o <= RIGHT_DOMAIN || o == worst;
	}
	return judge(out, &quiet);
}

static int judge_pairs(FILE *out, const struct trials *t)
{
	struct figure all = {"two faults at once, both named (id and link), 300 rounds", 0, 0, 0.90, false};
	struct figure live = {"two faults at once, both named, as live (2 s end a hard one)", 0, 0, 0.90, false};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		bool small = r->loss > 0 && r->loss < 0.0199; /* of the sizes that single faults are asked for */
		if (r->failed || !r->clear || r->cls != CLASS_PAIR || r->grey || small)
			continue;
		struct figure *f = r->live ? &live : &all;
		f->n++;
		f->hits += trial_outcome(r) == RIGHT_ID;
	}
	int short_of = judge(out, &all);
	return short_of + judge(out, &live);
}

static int judge_times(FILE *out, const struct trials *t)
{
	struct figure hard = {"a hard fault is decided in 2 s", 0, 0, 0.9, false};
	struct figure loss = {"2 % of loss is decided in 30 s", 0, 0, 0.9, false};
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		bool decided = r->status != STATUS_UNDETERMINED && r->said_count > 0;
		if (r->failed || !r->live || !r->clear)
			continue;
		if (r->cls == CLASS_HARD) {
			hard.n++;
			hard.hits += decided && r->seconds <= 2.0;
		} else if (r->cls == CLASS_LOSS && r->loss >= 0.0199 && !r->grey) {
			loss.n++;
			loss.hits += decided && r->seconds <= 30.0;
		}
	}
	int short_of = judge(out, &hard);
	return short_of + judge(out, &loss);
}

static bool any_learned(const struct trials *t)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].learned)
			return true;
	return false;
}

int score_acceptance(FILE *out, const struct trials *t)
{
	fputs("\nacceptance (\"where the borders answer\" also means: Azure true or odd, two links, controls, targets, a sound capture)\n", out);
	int short_of = judge_confidence(out, t) + judge_healthy(out, t);
	short_of += judge_part(out, t, PART_HARD, "hard faults, 30 rounds");
	short_of += judge_part(out, t, PART_LOSS, "loss of 2 % and more, 300 rounds");
	short_of += judge_part(out, t, PART_DELAY, "delay steps of 7 ms and more, 100 rounds");
	short_of += judge_part(out, t, PART_DELAY_SMALL, any_learned(t) ? "delay steps of 1 to 4 ms, 100 rounds, with a baseline" : "delay steps of 1 to 4 ms, 100 rounds, no baseline");
	short_of += judge_steps(out, t);
	short_of += judge_part(out, t, PART_SERVICE, "one service, 30 rounds");
	short_of += judge_unknowable(out, t, PART_UNMET, RIGHT_ID, "a filter that no probe met: healthy, or named all the same");
	short_of += judge_unknowable(out, t, PART_ONE_WAY, UNDECIDED, "a filter of TCP that all of its service meets, or an edge's: either named");
	short_of += judge_unknowable(out, t, PART_UNMET_DELAY, RIGHT_ID, "a delay that no traffic meets: healthy, or named all the same");
	short_of += judge_pairs(out, t);
	short_of += judge_times(out, t);
	fprintf(out, "%s\n", short_of == 0 ? "all figures that were measured are met" : "some figures fall short");
	return short_of;
}
