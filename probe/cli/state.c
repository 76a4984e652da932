/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state`: what Azure reports; nothing is sent on the wire. */
#include "probe/azure/ask.h"
#include "probe/azure/judge.h"
#include "probe/azure/state_json.h"
#include "probe/azure/state_text.h"
#include "probe/cli/commands.h"
#include "probe/cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_DEFAULT_S 30.0

enum state_key { KEY_DEADLINE = 0x200, KEY_AZURE_DEADLINE };

static const struct argp_option state_options[] = {
	{"deadline", KEY_DEADLINE, "SECONDS", 0, "end the whole command after this time (default 30)", 0},
	{"azure-deadline", KEY_AZURE_DEADLINE, "SECONDS", 0, "wait for Azure this long, never beyond the deadline", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct state_line {
	struct common_options common;
	double deadline_s, azure_deadline_s;
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
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp state_argp = {
	state_options, parse_state, "[CIRCUIT...]",
	"Prints what Azure reports of each configured ExpressRoute circuit, or of the circuits named. Sends no probe.\v"
	"Exit code: 0 Azure reports all healthy, 1 degraded, 2 a fault, 3 nothing could be read or an error; partly "
	"read: by what was read.",
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
	struct text_style style = {.color = options_color(common->color, STDOUT_FILENO), .verbose = common->verbose,
	                           .width = options_width(STDOUT_FILENO)};
	for (size_t i = 0; i < config->circuit_count; i++) {
		if (i > 0)
			strbuf_add_char(out, '\n');
		state_text(&config->circuits[i], &snapshots[i], &j[i], &style, out);
	}
}

static int print_state(const struct config *config, const struct az_snapshot *snapshots, struct judgement *j,
                       const struct common_options *common)
{
	struct strbuf out;
	for (size_t i = 0; i < config->circuit_count; i++)
		judge_snapshot(&config->circuits[i], &snapshots[i], &j[i]);
	enum state_status status = worst(j, config->circuit_count);
	strbuf_init(&out, STRBUF_MAX_DEFAULT * 4);
	if (common->format == CHECK_TEXT)
		print_text(config, snapshots, j, common, &out);
	else
		state_json(config->circuits, snapshots, j, config->circuit_count, status, common->format == CHECK_JSONL, &out);
	if (!strbuf_ok(&out)) {
		fprintf(stderr, "erprobe state: out of memory while printing the result\n");
		status = STATE_UNREAD;
	} else {
		fwrite(out.text, 1, out.len, stdout);
	}
	strbuf_free(&out);
	return (int)status;
}

static int run(const struct config *config, const struct state_line *l)
{
	double seconds = l->deadline_s > 0 ? l->deadline_s : DEADLINE_DEFAULT_S;
	size_t count = config->circuit_count;
	int code = EXIT_USAGE;
	if (l->azure_deadline_s > 0 && l->azure_deadline_s < seconds)
		seconds = l->azure_deadline_s;
	struct az_snapshot *snapshots = calloc(count, sizeof(*snapshots));
	struct judgement *judgements = calloc(count, sizeof(*judgements));
	if (!snapshots || !judgements)
		fprintf(stderr, "erprobe state: out of memory\n");
	else if (azure_ask("erprobe state", config, seconds, snapshots))
		code = print_state(config, snapshots, judgements, &l->common);
	for (size_t i = 0; snapshots && i < count; i++)
		az_snapshot_free(&snapshots[i]);
	free(snapshots);
	free(judgements);
	return code;
}

int cmd_state(int argc, char **argv)
{
	struct state_line l = {0};
	struct config config;
	char err[512];
	enum options_end end = options_parse(&state_argp, "erprobe state", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? 0 : EXIT_USAGE;
	if (!options_load_config(&l.common, &config))
		return EXIT_USAGE;
	int code = EXIT_USAGE;
	if (config.circuit_count == 0)
		fprintf(stderr, "erprobe state: the configuration has no circuit: add one under circuits\n");
	else if (config_select(&config, l.common.args, l.common.arg_count, err, sizeof(err)))
		code = run(&config, &l);
	else
		fprintf(stderr, "erprobe state: %s\n", err);
	config_free(&config);
	return code;
}
