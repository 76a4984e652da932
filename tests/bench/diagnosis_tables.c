/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables. */
#include "tests/bench/diagnosis_score.h"

#include <stdlib.h>
#include <string.h>

static const char *const outcome_names[OUTCOMES] = {"right id", "link", "domain", "one of 2", "undecid.", "missed", "WRONG"};

struct tally { size_t n, of[OUTCOMES]; };

static void add(struct tally *y, const struct trial_record *r)
{
	y->n++;
	y->of[trial_outcome(r)]++;
}

static void head(FILE *out, const char *what)
{
	fprintf(out, "\n%-34s %6s", what, "trials");
	for (int i = 0; i < OUTCOMES; i++)
		fprintf(out, " %8s", outcome_names[i]);
	fputc('\n', out);
}

static void row(FILE *out, const char *name, const struct tally *y)
{
	if (y->n == 0)
		return;
	fprintf(out, "%-34s %6zu", name, y->n);
	for (int i = 0; i < OUTCOMES; i++)
		fprintf(out, " %7.1f%%", 100.0 * (double)y->of[i] / (double)y->n);
	fputc('\n', out);
}

static void rows_by_fault(FILE *out, const struct trials *t, bool clear_only)
{
	const char *id;
	for (uint8_t f = 0; (id = trial_fault_id(f)) != NULL; f++)
		for (int variant = 0; variant < 6; variant++) {
			struct tally y = {0};
			char name[64];
			for (size_t i = 0; i < t->count; i++) {
				const struct trial_record *r = &t->list[i];
				bool same = f == 0 ? r->truth_count == 0 : r->truth_count == 1 && r->truth[0].fault == f;
				if (same && r->variant == variant && !r->failed && (!clear_only || r->clear))
					add(&y, r);
			}
			snprintf(name, sizeof name, variant > 0 ? "%s (kind %d)" : "%s", id, variant);
			row(out, name, &y);
		}
}

void score_matrix(FILE *out, const struct trials *t)
{
	head(out, "all trials: fault");
	rows_by_fault(out, t, false);
	head(out, "borders answer, Azure true: fault");
	rows_by_fault(out, t, true);
	for (int clear = 0; clear < 2; clear++) {
		head(out, clear ? "the same: pair" : "all trials: pair");
		for (uint8_t p = 0; p < trial_pair_count(); p++) {
			struct tally y = {0};
			for (size_t i = 0; i < t->count; i++)
				if (t->list[i].cls == CLASS_PAIR && t->list[i].pair == p && !t->list[i].failed && (!clear || t->list[i].clear))
					add(&y, &t->list[i]);
			row(out, trial_pair_name(p), &y);
		}
	}
}

void score_azure(FILE *out, const struct trials *t)
{
	head(out, "what Azure says");
	for (int mode = 0; mode < AZURE_MODES; mode++)
		for (int fault = 0; fault < 2; fault++) {
			struct tally y = {0};
			char name[48];
			for (size_t i = 0; i < t->count; i++)
				if (t->list[i].azure == mode && !t->list[i].failed && (t->list[i].truth_count > 0) == fault)
					add(&y, &t->list[i]);
			snprintf(name, sizeof name, "%s, %s", azure_mode_names[mode], fault ? "a fault" : "healthy");
			row(out, name, &y);
		}
}

static void rows_by_size(FILE *out, const struct trials *t, bool loss)
{
	static const double sizes[2][8] = {{0.5, 1, 2, 4, 7, 10, 20, 50}, {0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5}};
	for (int burst = 0; burst < (loss ? 2 : 1); burst++)
		for (int s = 0; s < 8; s++) {
			struct tally y = {0};
			char name[48];
			for (size_t i = 0; i < t->count; i++) {
				const struct trial_record *r = &t->list[i];
				double size = loss ? r->loss : r->ms;
				bool same = size > sizes[loss][s] * 0.99 && size < sizes[loss][s] * 1.01 && (r->burst_s > 0) == burst;
				if (same && r->truth_count == 1 && !r->failed)
					add(&y, r);
			}
			snprintf(name, sizeof name, loss ? "loss %.1f %%%s" : "delay or jitter %.1f ms%s",
			         loss ? 100 * sizes[1][s] : sizes[0][s], burst ? ", bursts" : "");
			row(out, name, &y);
		}
}

void score_sizes(FILE *out, const struct trials *t)
{
	head(out, "size");
	rows_by_size(out, t, true);
	rows_by_size(out, t, false);
}

/* --- time and probes --- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void time_row(FILE *out, const struct trials *t, const char *name, enum trial_class cls)
{
	double *seconds = calloc(t->count + 1, sizeof *seconds), *probes = calloc(t->count + 1, sizeof *probes);
	size_t n = 0;
	for (size_t i = 0; seconds && probes && i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (!r->live || r->failed || r->cls != cls || r->status == STATUS_UNDETERMINED)
			continue;
		seconds[n] = r->seconds;
		probes[n++] = r->probes;
	}
	if (n > 0) {
		qsort(seconds, n, sizeof *seconds, by_value);
		qsort(probes, n, sizeof *probes, by_value);
		fprintf(out, "%-34s %6zu %7.1f s %7.1f s %8.0f %8.0f\n", name, n, seconds[n / 2], seconds[n * 9 / 10], probes[n / 2],
		        probes[n * 9 / 10]);
	}
	free(seconds);
	free(probes);
}

void score_times(FILE *out, const struct trials *t)
{
	static const char *const names[CLASSES] = {"healthy", "hard fault", "loss", "delay, jitter", "a service", "a size", "two faults"};
	fprintf(out, "\n%-34s %6s %9s %9s %8s %8s\n", "until decided, as live", "trials", "median", "p90", "probes", "p90");
	for (int c = 0; c < CLASSES; c++)
		time_row(out, t, names[c], (enum trial_class)c);
}

/* --- the field's rules --- */

static void rule_row(FILE *out, const struct trials *t, int rule, enum trial_class cls, const char *name)
{
	size_t n = 0, right = 0, wrong = 0, missed = 0, undecided = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		if (!r->ruled || r->failed || r->cls != cls || r->grey)
			continue;
		enum outcome o = trial_outcome(r);
		uint8_t truth = r->truth_count > 0 ? r->truth[0].domain : DOMAIN_NONE;
		n++;
		if (rule < 0) {
			right += o <= RIGHT_DOMAIN;
			wrong += o == WRONG || o == PARTLY;
			missed += o == MISSED;
			undecided += o == UNDECIDED;
		} else {
			right += r->rule[rule] == truth;
			missed += r->rule[rule] != truth && r->rule[rule] == DOMAIN_NONE;
			wrong += r->rule[rule] != truth && r->rule[rule] != DOMAIN_NONE;
		}
	}
	if (n > 0)
		fprintf(out, "%-34s %6zu %8.1f%% %8.1f%% %8.1f%% %8.1f%%\n", name, n, 100.0 * (double)right / (double)n,
		        100.0 * (double)wrong / (double)n, 100.0 * (double)missed / (double)n, 100.0 * (double)undecided / (double)n);
}

void score_rules(FILE *out, const struct trials *t)
{
	static const struct { enum trial_class cls; const char *name; } classes[] = {
		{CLASS_HEALTHY, "healthy"}, {CLASS_HARD, "hard fault"}, {CLASS_LOSS, "loss"}};
	static const char *const rules[RULES] = {"first hop with loss", "every later hop shows it", "forward loss, argmax"};
	fprintf(out, "\n%-34s %6s %9s %9s %9s %9s\n", "the same worlds, by rule", "trials", "right", "wrong", "missed", "undecided");
	for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++) {
		char name[64];
		for (int rule = 0; rule < RULES; rule++) {
			snprintf(name, sizeof name, "%s: %s", classes[c].name, rules[rule]);
			rule_row(out, t, rule, classes[c].cls, name);
		}
		snprintf(name, sizeof name, "%s: erprobe", classes[c].name);
		rule_row(out, t, -1, classes[c].cls, name);
	}
}

/* --- single trials --- */

static void truth_words(const struct trial_record *r, char *out, size_t size)
{
	static const char *const links[] = {"primary", "secondary", "", "both", ""};
	size_t at = (size_t)snprintf(out, size, "%s", r->truth_count == 0 ? "none" : "");
	for (int i = 0; i < r->truth_count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s %s", i ? " + " : "", trial_fault_id(r->truth[i].fault), links[r->truth[i].link]);
}

static void said_words(const struct trial_record *r, char *out, size_t size)
{
	static const char *const links[] = {"primary", "secondary", "", "both", ""};
	size_t at = (size_t)snprintf(out, size, "%s", r->said_count == 0 ? status_name((enum status)r->status) : "");
	for (int i = 0; i < r->said_count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s %s", i ? " + " : "", r->said[i].fault, links[r->said[i].link]);
}

static int by_confidence(const void *a, const void *b)
{
	const struct trial_record *x = *(const struct trial_record *const *)a, *y = *(const struct trial_record *const *)b;
	return (x->confidence < y->confidence) - (x->confidence > y->confidence);
}

void score_worst(FILE *out, const struct trials *t, size_t most)
{
	const struct trial_record **bad = calloc(t->count + 1, sizeof *bad);
	size_t n = 0;
	for (size_t i = 0; bad && i < t->count; i++) {
		enum outcome o = trial_outcome(&t->list[i]);
		if (!t->list[i].failed && (o == WRONG || o == MISSED))
			bad[n++] = &t->list[i];
	}
	if (n > 0)
		qsort(bad, n, sizeof *bad, by_confidence);
	if (most > 0 && n > 0)
		fprintf(out, "\nwrong and missed, most certain first (%zu in all):\n", n);
	for (size_t i = 0; i < n && i < most; i++) {
		const struct trial_record *r = bad[i];
		char truth[128], said[256];
		truth_words(r, truth, sizeof truth);
		said_words(r, said, sizeof said);
		fprintf(out, "  seed %llu %s%s Azure %s%s%s%s%s kind %u loss %.3g burst %.3g ms %.3g: %s -> %s %.3f\n",
		        (unsigned long long)r->seed, r->on_edge && r->handoff == HANDOFF_L2 ? "edge" : r->on_edge ? "direct edge" : handoff_name((enum handoff)r->handoff),
		        r->live ? " live" : "", azure_mode_names[r->azure], r->borders ? "" : ", border silent",
		        r->single_link ? ", one link" : "", r->no_controls ? ", no controls" : "", r->capture_loss ? ", capture lossy" : "",
		        r->variant, r->loss, r->burst_s, r->ms, truth, said, r->confidence);
	}
	free(bad);
}

void score_csv(FILE *out, const struct trials *t)
{
	fputs("seed,class,handoff,on_edge,families,azure,borders,clear,grey,live,variant,loss,burst_s,ms,back,truth,said,outcome,"
	      "confidence,seconds,probes,rule_first,rule_propagates,rule_forward,apart_ms,again_outcome\n", out);
	for (size_t i = 0; i < t->count; i++) {
		const struct trial_record *r = &t->list[i];
		char truth[128], said[256];
		truth_words(r, truth, sizeof truth);
		said_words(r, said, sizeof said);
		fprintf(out, "%llu,%u,%u,%d,%u,%s,%d,%d,%d,%d,%u,%g,%g,%g,%d,%s,%s,%s,%.6f,%.3f,%u,%u,%u,%u,%g,%s\n",
		        (unsigned long long)r->seed, r->cls, r->handoff, r->on_edge, r->families, azure_mode_names[r->azure], r->borders,
		        r->clear, r->grey, r->live, r->variant, r->loss, r->burst_s, r->ms, r->loss_back, truth, said,
		        r->failed ? "failed" : outcome_names[trial_outcome(r)], r->confidence, r->seconds, r->probes, r->rule[0],
		        r->rule[1], r->rule[2], r->apart_ms, r->again ? outcome_names[r->again_outcome] : "");
	}
}
