/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe replay`: options; the work is probe/run/replay.c. */
#include "probe/cli/commands.h"
#include "probe/cli/options.h"
#include "probe/run/replay.h"

#include <stdio.h>
#include <unistd.h>

static error_t parse_replay(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	struct common_options *c = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = c;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (c->help || c->version)
			return 0;
		if (c->config)
			return options_complain(c, "-c has no meaning here: all that is needed is in the evidence");
		if (c->format == CHECK_JSONL)
			return options_complain(c, "the stored document is json; use --format json or text");
		return c->arg_count == 1 ? 0 : options_complain(c, "name one folder of evidence (the one called RUN_ID)");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp replay_argp = {
	NULL, parse_replay, "BUNDLE",
	"Repeats the analysis of a saved run from its evidence: no privilege, no network. Prints the stored result, "
	"or with --format text the report for a person.\v"
	"Exit code: as the original check; 3 if the evidence cannot be trusted.",
	children, NULL, NULL};

int cmd_replay(int argc, char **argv)
{
	struct common_options c = {0};
	enum options_end end = options_parse(&replay_argp, "erprobe replay", argc, argv, &c, &c);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? 0 : EXIT_USAGE;
	struct replay_options o = {
		.format = c.format_given && c.format == CHECK_TEXT ? REPLAY_TEXT : REPLAY_JSON,
		.style = {.color = options_color(c.color, STDOUT_FILENO), .verbose = c.verbose, .width = options_width(STDOUT_FILENO)},
		.verbose = c.verbose,
	};
	return replay_run(c.args[0], &o);
}
