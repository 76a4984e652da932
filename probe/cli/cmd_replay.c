/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe replay`: options; the work is probe/replay/. */
#include "probe/cli/commands.h"
#include "probe/cli/options.h"
#include "probe/replay/replay.h"

#include <stdio.h>
#include <unistd.h>

#define KEY_EXPLAIN 0x300

struct replay_line {
	struct common_options common;
	uint32_t explain; /* --explain; 0 = not given */
};

static const struct argp_option replay_options[] = {
	{"explain", KEY_EXPLAIN, "PROBE", 0,
	 "why this probe counted or not, with its frames: its number in the packet comments, or in a capture of others", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

static error_t check_words(struct replay_line *l)
{
	struct common_options *c = &l->common;

	if (c->help || c->version)
		return 0;
	if (c->arg_count == 0 || c->arg_count > 2)
		return options_complain(c, "name one bundle or capture (DIR/RUN_ID, .zip, .tar.gz, .pcapng, .pcap), or two to compare");
	if (l->explain && c->arg_count == 2)
		return options_complain(c, "--explain needs one bundle or capture, not two");
	return 0;
}

static error_t parse_replay(int key, char *arg, struct argp_state *state)
{
	struct replay_line *l = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_EXPLAIN:
		return option_count(arg, 1, UINT32_MAX, &l->explain)
		               ? 0
		               : options_complain(&l->common, "'%s' is no value for --explain; expected a probe's number, from 1", arg);
	case ARGP_KEY_SUCCESS:
		return check_words(l);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp replay_argp = {
	replay_options, parse_replay, "BUNDLE-OR-CAPTURE [OTHER]",
	"Repeats the analysis of a saved run from its evidence: no privilege, no network. Of a bundle it prints the stored "
	"result, or with --format text the report for a person. Of a check's pcapng alone it concludes without Azure's side. In "
	"any other capture (tcpdump on a router, mtr or scamper running) it finds the probes and prints path and timing. Two "
	"are compared: two times, or both ends.\v"
	"Exit code: as the original check or trace; 0 for captures of others and comparisons; 3 if the evidence cannot be trusted.",
	children, NULL, NULL};

int cmd_replay(int argc, char **argv)
{
	struct replay_line l = {0};
	struct common_options *c = &l.common;
	enum options_end end = options_parse(&replay_argp, "erprobe replay", argc, argv, &l, c);

	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	options_leave_config(c, "all that is needed is in the evidence");
	struct replay_options o = {
		.format = c->format_given && c->format == CHECK_TEXT ? REPLAY_TEXT : REPLAY_JSON,
		.format_given = c->format_given, .one_line = c->format == CHECK_JSONL,
		.style = {.color = terminal_color(c->color, STDOUT_FILENO), .verbose = c->verbose, .width = terminal_width(STDOUT_FILENO)},
		.verbose = c->verbose, .quiet = c->quiet,
	};
	if (l.explain)
		return replay_explain(c->args[0], l.explain, &o);
	return c->arg_count == 2 ? replay_pair(c->args[0], c->args[1], &o) : replay_run(c->args[0], &o);
}
