/* SPDX-License-Identifier: BSD-2-Clause */
/* bench-diagnosis: tens of thousands of seeded trials of the diagnosis on simulated
 * circuits, shared among processes. Seeds below 1,000,000 are for tuning, those from
 * there on for published figures: the same code, never the same worlds. */
#include "tests/bench/diagnosis_score.h"

#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PUBLISHED 1000000u
#define WORKERS_MAX 64
#define QUICK_TRIALS 1200
#define QUICK_SECONDS 55

struct bench {
	struct trial_options how;
	uint64_t trials, seed;
	unsigned workers;
	double time_limit; /* seconds of the wall; 0 = none */
	const char *csv;
	size_t worst;
	bool strict, single;
};

static const struct argp_option options[] = {
	{"trials", 'n', "N", 0, "trials (20000)", 0},
	{"seed", 's', "S", 0, "first seed (1000000; below that for tuning)", 0},
	{"jobs", 'j', "N", 0, "processes (one a processor)", 0},
	{"mode", 'm', "MODE", 0, "mixed: a quarter runs until decided, as a live run does, the rest for a fixed time; live; fixed", 0},
	{"fault", 'f', "ID", 0, "trials of this fault alone; none: healthy circuits; pairs: two faults at once", 0},
	{"class", 'k', "CLASS", 0, "of the trials only those of this class, and of others so named: healthy, hard, loss, delay, service, size, pair", 0},
	{"azure", 'a', "MODE", 0, "likewise only where Azure is so, and so: truth, odd, partly, unread, stale, aged, untrue", 0},
	{"handoff", 'H', "HANDOFF", 0, "likewise only with this: l2, l3 or direct", 0},
	{"clear", 'C', NULL, 0, "only where borders answer, Azure tells the truth, and both links, controls and targets are there", 0},
	{"baseline", 'b', "N", 0, "learn a baseline from N healthy runs before each trial", 0},
	{"loss", 'l', "SHARE", 0, "loss, where a fault is one, of this size alone", 0},
	{"seconds", 't', "T", 0, "with fixed: this long, instead of by kind of fault", 0},
	{"tables", 'B', "T", 0, "what Azure reads from its routers comes T seconds after the start, the rest at once", 0},
	{"breaks", 'o', "T", 0, "the fault begins T seconds after the start of the run, after Azure's answers were read", 0},
	{"time", 'T', "T", 0, "end after so many seconds, with the trials done by then", 0},
	{"quick", 'q', NULL, 0, "a share that takes at most a minute", 0},
	{"csv", 'c', "FILE", 0, "one line a trial", 0},
	{"worst", 'w', "N", 0, "list the N most certain errors (20)", 0},
	{"strict", 'S', NULL, 0, "exit 1 when an acceptance figure falls short", 0},
	{"one", '1', NULL, 0, "run the first seed's trial alone and print it", 0},
	{0}};

static double seconds_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double number(const char *text, double low, double high, struct argp_state *state)
{
	char *end;
	double v = strtod(text, &end);
	if (end == text || *end != '\0' || !(v >= low && v <= high))
		argp_error(state, "'%s' is not a number from %g to %g", text, low, high);
	return v;
}

static int azure_named(const char *name, struct argp_state *state)
{
	for (int i = 0; i < AZURE_MODES; i++)
		if (strcmp(azure_mode_names[i], name) == 0)
			return i;
	argp_error(state, "unknown state of Azure '%s'; use truth, odd, partly, unread, stale, aged or untrue", name);
	return 0;
}

static int handoff_named(const char *name, struct argp_state *state)
{
	for (int i = HANDOFF_L2; i <= HANDOFF_DIRECT; i++)
		if (strcmp(handoff_name((enum handoff)i), name) == 0)
			return i;
	argp_error(state, "unknown handoff '%s'; use l2, l3 or direct", name);
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bench *b = state->input;
	switch (key) {
	case 'n': b->trials = (uint64_t)number(arg, 1, 1e7, state); break;
	case 's': b->seed = (uint64_t)number(arg, 0, 1e15, state); break;
	case 'j': b->workers = (unsigned)number(arg, 1, WORKERS_MAX, state); break;
	case 'b': b->how.learned = (int)number(arg, 0, 1000, state); break;
	case 'l': b->how.loss = number(arg, 0.0001, 1, state); break;
	case 't': b->how.seconds = number(arg, 0.5, 60, state); break;
	case 'B': b->how.tables_s = number(arg, 0.3, 40, state); break;
	case 'o': b->how.breaks_s = number(arg, 0.1, 20, state); break;
	case 'f':
		if (!trial_fault_known(arg))
			argp_error(state, "unknown fault '%s'", arg);
		b->how.fault = arg;
		break;
	case 'k':
		if (trial_class_named(arg) < 0)
			argp_error(state, "unknown class '%s'; use healthy, hard, loss, delay, service, size or pair", arg);
		b->how.classes |= 1 << trial_class_named(arg);
		break;
	case 'a': b->how.azure |= 1 << azure_named(arg, state); break;
	case 'H': b->how.handoffs |= 1 << handoff_named(arg, state); break;
	case 'C': b->how.clear = true; break;
	case 'T': b->time_limit = number(arg, 1, 1e6, state); break;
	case 'q': b->trials = QUICK_TRIALS; b->time_limit = QUICK_SECONDS; break;
	case 'c': b->csv = arg; break;
	case 'w': b->worst = (size_t)number(arg, 0, 1e6, state); break;
	case 'S': b->strict = true; break;
	case '1': b->single = true; break;
	case 'm':
		if (strcmp(arg, "mixed") != 0 && strcmp(arg, "live") != 0 && strcmp(arg, "fixed") != 0)
			argp_error(state, "unknown mode '%s'; use mixed, live or fixed", arg);
		b->how.mode = arg[0] == 'm' ? RUN_MIXED : arg[0] == 'l' ? RUN_LIVE : RUN_FIXED;
		break;
	default: return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* A record is smaller than PIPE_BUF: each write is one piece. */
_Static_assert(sizeof(struct trial_record) <= 512, "records go through a pipe in one piece");

static void work(const struct bench *b, unsigned worker, double until, int out)
{
	for (uint64_t i = worker; i < b->trials; i += b->workers) {
		struct trial_record r;
		if (until > 0 && seconds_now() >= until)
			break;
		trial_run(b->seed + i, &b->how, &r);
		if (!r.skipped && write(out, &r, sizeof r) != (ssize_t)sizeof r)
			_exit(1);
	}
	_exit(0);
}

static bool read_record(int in, struct trial_record *r)
{
	size_t got = 0;
	while (got < sizeof *r) {
		ssize_t n = read(in, (char *)r + got, sizeof *r - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static int by_seed(const void *a, const void *b)
{
	uint64_t x = ((const struct trial_record *)a)->seed, y = ((const struct trial_record *)b)->seed;
	return (x > y) - (x < y);
}

/* False when a worker died: its trials are missing, and that is no figure. */
static bool run_all(const struct bench *b, struct trial_record *list, size_t *count)
{
	int ends[2];
	bool good = true;
	double until = b->time_limit > 0 ? seconds_now() + b->time_limit : 0;
	if (pipe(ends) != 0)
		return false;
	for (unsigned k = 0; k < b->workers; k++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(ends[0]);
			work(b, k, until, ends[1]);
		}
		good = good && pid > 0;
	}
	close(ends[1]);
	while (*count < b->trials && read_record(ends[0], &list[*count]))
		(*count)++;
	close(ends[0]);
	int status;
	while (wait(&status) > 0)
		good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	qsort(list, *count, sizeof *list, by_seed);
	return good;
}

static bool write_csv(const char *path, const struct trials *t)
{
	FILE *f = fopen(path, "w");
	if (!f)
		return false;
	score_csv(f, t);
	return fclose(f) == 0;
}

static int report(const struct bench *b, const struct trials *t, double took)
{
	size_t failed = 0;
	for (size_t i = 0; i < t->count; i++)
		failed += t->list[i].failed;
	printf("%zu trials from seed %llu (%s), %.0f s, %zu could not be run\n", t->count, (unsigned long long)b->seed,
	       b->seed >= PUBLISHED ? "published" : "tuning", took, failed);
	score_matrix(stdout, t);
	score_sizes(stdout, t);
	score_azure(stdout, t);
	score_rules(stdout, t);
	score_times(stdout, t);
	score_reliability(stdout, t);
	score_worst(stdout, t, b->worst);
	int short_of = score_acceptance(stdout, t);
	if (b->csv && !write_csv(b->csv, t)) {
		fprintf(stderr, "bench-diagnosis: cannot write %s: %s\n", b->csv, strerror(errno));
		return 3;
	}
	return failed > 0 || (b->strict && short_of > 0);
}

static int run_single(const struct bench *b)
{
	struct trial_record r;
	trial_run_aloud(b->seed, &b->how, &r);
	score_csv(stdout, &(struct trials){&r, 1});
	return r.failed;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {options, parse, NULL, "Measures the diagnosis on simulated circuits.", NULL, NULL, NULL};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct bench b = {.trials = 20000, .seed = PUBLISHED, .worst = 20,
	                  .workers = processors > 0 && processors < WORKERS_MAX ? (unsigned)processors : 1};
	if (argp_parse(&argp, argc, argv, 0, NULL, &b) != 0)
		return 3;
	if (b.single)
		return run_single(&b);
	struct trial_record *list = calloc(b.trials, sizeof *list);
	size_t count = 0;
	double began = seconds_now();
	if (!list || !run_all(&b, list, &count)) {
		fprintf(stderr, "bench-diagnosis: a worker ended early; no figures\n");
		free(list);
		return 3;
	}
	int code = report(&b, &(struct trials){list, count}, seconds_now() - began);
	free(list);
	return code;
}
