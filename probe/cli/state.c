/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state`: what Azure reports; nothing is sent on the wire. */
#include "probe/azure/ask.h"
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/state/judge.h"
#include "probe/state/state_json.h"
#include "probe/state/state_text.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_DEFAULT_S 30.0

#define EVERY_DEFAULT_S 60.0 /* each round makes Azure log into its edge routers: not more often by default */
#define EVERY_LEAST_S 1.0

enum state_key { KEY_DEADLINE = 0x200, KEY_AZURE_DEADLINE, KEY_WATCH, KEY_EVERY };

static const struct argp_option state_options[] = {
	{"deadline", KEY_DEADLINE, "SECONDS", 0, "end the whole command after this time (default 30)", 0},
	{"azure-deadline", KEY_AZURE_DEADLINE, "SECONDS", 0, "wait for Azure this long, never beyond the deadline", 0},
	{"watch", KEY_WATCH, NULL, 0, "ask again and again, and show what has changed, until interrupted", 0},
	{"every", KEY_EVERY, "SECONDS", 0, "with --watch: from one asking to the next (default 60)", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct state_line {
	struct common_options common;
	double deadline_s, azure_deadline_s, every_s;
	bool watch;
};

static error_t parse_seconds(struct state_line *l, const char *option, const char *arg, double *out)
{
	return option_seconds(arg, out) ? 0 : options_complain(&l->common, "'%s' is no value for %s; expected seconds, "
	                                                       "above 0 up to a day", arg, option);
}

static error_t parse_state(int key, char *arg, struct argp_state *state)
{
	struct state_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_DEADLINE:
		return parse_seconds(l, "--deadline", arg, &l->deadline_s);
	case KEY_AZURE_DEADLINE:
		return parse_seconds(l, "--azure-deadline", arg, &l->azure_deadline_s);
	case KEY_WATCH:
		l->watch = true;
		return 0;
	case KEY_EVERY:
		return parse_seconds(l, "--every", arg, &l->every_s);
	case ARGP_KEY_SUCCESS:
		if (l->every_s > 0 && !l->watch)
			return options_complain(&l->common, "--every has no meaning without --watch");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp state_argp = {
	state_options, parse_state, "[CIRCUIT...]",
	"Prints what Azure reports of each configured ExpressRoute circuit, or of the circuits named. Sends no probe.\v"
	"Exit code: 0 Azure reports all healthy, 1 degraded, 2 a fault, 3 nothing could be read or an error; partly "
	"read: by what was read; with --watch, that of the last reading.",
	children, NULL, NULL};

/* ------------------------------------------------------------------ printing */

/* A fault counts more than a lost redundancy, that more than health; what could not be
 * read counts only where nothing could. */
static enum state_status worst(const struct judgement *j, size_t count)
{
	enum state_status w = STATE_UNREAD;
	for (size_t i = 0; i < count; i++)
		if (j[i].status != STATE_UNREAD && (w == STATE_UNREAD || j[i].status > w))
			w = j[i].status;
	return w;
}

static void print_text(const struct config *config, const struct az_snapshot *snapshots, const struct judgement *j,
                       const struct common_options *common, struct strbuf *out)
{
	struct text_style style = {.color = terminal_color(common->color, STDOUT_FILENO), .verbose = common->verbose,
	                           .width = terminal_width(STDOUT_FILENO)};
	for (size_t i = 0; i < config->circuit_count; i++) {
		if (i > 0)
			strbuf_add_char(out, '\n');
		state_text(&config->circuits[i], &snapshots[i], &j[i], &style, out);
	}
}

/* In a watch each round is a line of its own, whatever the layout asked for; of text an empty line stands before a
 * further one. written: all of it left. */
static int print_state(const struct config *config, const struct az_snapshot *snapshots, const struct judgement *j,
                       const struct state_line *l, bool first, bool *written)
{
	struct strbuf out;
	enum state_status status = worst(j, config->circuit_count);
	const struct common_options *common = &l->common;
	strbuf_init(&out, STRBUF_MAX_DEFAULT * 4);
	if (common->format == CHECK_TEXT && !first)
		strbuf_add_char(&out, '\n');
	if (common->format == CHECK_TEXT)
		print_text(config, snapshots, j, common, &out);
	else
		state_json(config->circuits, snapshots, j, config->circuit_count, status,
		           l->watch || common->format == CHECK_JSONL, &out);
	if (!strbuf_ok(&out)) {
		fprintf(stderr, "erprobe state: out of memory while printing the result\n");
		status = STATE_UNREAD;
	} else {
		*written = finish_write(out.text, out.len);
		if (!*written)
			status = STATE_UNREAD;
	}
	strbuf_free(&out);
	return (int)status;
}

/* ------------------------------------------------------------------ rounds */

struct rounds {
	struct az_snapshot *snapshots;
	struct judgement *now, *before; /* one a circuit; the rows they point to are of snapshots */
	bool written;                   /* no reading failed to be printed */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Counters and ages change always; what a person would act on is compared. */
static bool same_path(const struct path_reading *a, const struct path_reading *b)
{
	bool same = a->gateway_up == b->gateway_up && a->gateway_all == b->gateway_all;
	for (int f = 0; f < FAMILIES; f++)
		same = same && a->arp[f] == b->arp[f] && a->session[f].known == b->session[f].known &&
		       a->session[f].established == b->session[f].established && a->session[f].prefixes == b->session[f].prefixes;
	return same;
}

static bool same_judgement(const struct judgement *a, const struct judgement *b)
{
	bool same = a->status == b->status && a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++)
		same = strcmp(a->findings[i].what, b->findings[i].what) == 0 && a->findings[i].link == b->findings[i].link;
	for (int l = 0; l < LINKS; l++)
		same = same && same_path(&a->paths[l], &b->paths[l]);
	return same;
}

static bool changed(const struct rounds *r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!same_judgement(&r->now[i], &r->before[i]))
			return true;
	return false;
}

/* One asking; false when it could not start. Text is printed when it is new. */
static bool one_round(const struct config *config, const struct state_line *l, double seconds, struct rounds *r,
                      bool first, int *code)
{
	size_t count = config->circuit_count;
	memcpy(r->before, r->now, count * sizeof(*r->now));
	if (!azure_ask("erprobe state", config, seconds, r->snapshots, &interrupted))
		return false;
	if (interrupted && !first)
		return true; /* half an answer is no change */
	for (size_t i = 0; i < count; i++)
		judge_snapshot(&config->circuits[i], &r->snapshots[i], &r->now[i]);
	if (first || l->common.format != CHECK_TEXT || changed(r, count))
		*code = print_state(config, r->snapshots, r->now, l, first, &r->written);
	return true;
}

static void wait_for_next(double seconds)
{
	struct timespec left = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
	while (!interrupted && nanosleep(&left, &left) != 0)
		continue;
}

static int run_rounds(const struct config *config, const struct state_line *l, struct rounds *r)
{
	const struct sigaction end = {.sa_handler = on_signal};
	double seconds = l->deadline_s > 0 ? l->deadline_s : DEADLINE_DEFAULT_S;
	double every = l->every_s > 0 ? l->every_s : EVERY_DEFAULT_S;
	int code = EXIT_ERROR;
	if (l->azure_deadline_s > 0 && l->azure_deadline_s < seconds)
		seconds = l->azure_deadline_s;
	if (l->watch) {
		sigaction(SIGINT, &end, NULL);
		sigaction(SIGTERM, &end, NULL);
	}
	for (bool first = true; one_round(config, l, seconds, r, first, &code); first = false) {
		if (l->watch && r->written)
			wait_for_next(every < EVERY_LEAST_S ? EVERY_LEAST_S : every);
		if (!l->watch || interrupted || !r->written)
			break;
	}
	return code;
}

static int run(const struct config *config, const struct state_line *l)
{
	size_t count = config->circuit_count;
	struct rounds r = {calloc(count, sizeof(*r.snapshots)), calloc(count, sizeof(*r.now)), calloc(count, sizeof(*r.now)), true};
	int code = EXIT_ERROR;
	if (!r.snapshots || !r.now || !r.before)
		fprintf(stderr, "erprobe state: out of memory\n");
	else
		code = run_rounds(config, l, &r);
	for (size_t i = 0; r.snapshots && i < count; i++)
		az_snapshot_free(&r.snapshots[i]);
	free(r.snapshots);
	free(r.now);
	free(r.before);
	return code;
}

int cmd_state(int argc, char **argv)
{
	struct state_line l = {0};
	struct config config;
	char err[512];
	enum options_end end = options_parse(&state_argp, "erprobe state", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (!options_load_config(&l.common, &config))
		return EXIT_ERROR;
	int code = EXIT_ERROR;
	if (config.circuit_count == 0)
		fprintf(stderr, "erprobe state: the configuration has no circuit: add one under circuits\n");
	else if (config_select(&config, l.common.args, l.common.arg_count, err, sizeof(err)))
		code = run(&config, &l);
	else
		fprintf(stderr, "erprobe state: %s\n", err);
	config_free(&config);
	return code;
}
