/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe watch`: options and configuration; the work is probe/watch/. */
#include "probe/cli/commands.h"
#include "probe/cli/options.h"
#include "probe/watch/watch.h"

#include <stdio.h>
#include <unistd.h>

enum watch_key { KEY_EVERY = 0x200, KEY_RATE, KEY_BUDGET, KEY_HELPER };

#define BUDGET_HIGHEST 10000000u

static const struct argp_option watch_options[] = {
	{"every", KEY_EVERY, "SECONDS", 0, "from the end of a check to the next one (default 5)", 0},
	{"rate", KEY_RATE, "N", 0, "send at most N packets a second, all circuits together (default 200)", 0},
	{"budget", KEY_BUDGET, "N", 0, "send at most N probes in one check (default 6000)", 0},
	{"packet-helper", KEY_HELPER, "PATH", 0, "run this erprobe-packet", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct watch_line {
	struct common_options common;
	struct watch_options watch;
};

static error_t parse_watch(int key, char *arg, struct argp_state *state)
{
	struct watch_line *l = state->input;
	struct watch_options *o = &l->watch;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_EVERY:
		return options_need(option_seconds(arg, &o->every_s), &l->common, "--every", arg, "seconds, above 0 up to a day");
	case KEY_RATE: /* each circuit gets its share, so there is no "max" */
		return options_need(option_rate(arg, &o->rate) && o->rate <= 1e6, &l->common, "--rate", arg, "packets a second, above 0 up to 1000000");
	case KEY_BUDGET:
		return options_need(option_count(arg, 1, BUDGET_HIGHEST, &o->budget), &l->common, "--budget", arg, "a number from 1 to 10000000");
	case KEY_HELPER:
		o->packet_helper = arg;
		return options_need(*arg != '\0', &l->common, "--packet-helper", arg, "the path of erprobe-packet");
	case ARGP_KEY_SUCCESS:
		if (l->common.format_given && !l->common.help && !l->common.version)
			return options_complain(&l->common, "the live view has no other format; see erprobe check --jsonl --interim 1");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp watch_argp = {
	watch_options, parse_watch, "[CIRCUIT...]",
	"Checks the configured circuits, or those named, again and again, and shows what is found while it is found: both links, "
	"the three domains, targets, hops, and the checks so far.\v"
	"Keys: q end, space pause, r check now, up and down choose a circuit, l links, h hops, w why, ? help. Exit code: 0, or 3 for an error.",
	children, NULL, NULL};

int cmd_watch(int argc, char **argv)
{
	struct watch_line l = {0};
	struct config config;
	char err[512];
	int code = EXIT_ERROR;
	enum options_end end = options_parse(&watch_argp, "erprobe watch", argc, argv, &l, &l.common);

	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (!options_load_config(&l.common, &config))
		return EXIT_ERROR;
	l.watch.no_color = !terminal_color(l.common.color, STDOUT_FILENO);
	if (config_select(&config, l.common.args, l.common.arg_count, err, sizeof err))
		code = watch_run(&config, &l.watch);
	else
		fprintf(stderr, "erprobe watch: %s\n", err);
	config_free(&config);
	return code;
}
