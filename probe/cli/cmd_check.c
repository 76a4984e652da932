/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe check`: options and configuration; the work is probe/run/check.c. */
#include "probe/cli/commands.h"
#include "probe/cli/options.h"
#include "probe/evidence/evidence.h"
#include "probe/evidence/sign.h"
#include "probe/host/route.h"

#include <stdio.h>
#include <string.h>

enum check_key {
	KEY_EVIDENCE = 0x200, KEY_BUDGET, KEY_RATE, KEY_HOP_RATE, KEY_DEADLINE, KEY_AZURE_DEADLINE, KEY_HELPER,
	KEY_NO_HISTORY, KEY_CONFIDENCE, KEY_SIGN, KEY_EVIDENCE_OF, KEY_INTERIM, KEY_BGP_WATCH, KEY_WATCH_INTERFACE, KEY_EXPLAIN
};

#define INTERIM_LOWEST_S 0.1
#define WATCH_SPARE_S 5.0 /* a run stops sending so long before its deadline, or sooner */
#define BUDGET_HIGHEST 10000000u /* a day at the default rate is 17 million */

static const struct argp_option check_options[] = {
	{"evidence", KEY_EVIDENCE, "DIR", 0, "save all frames and answers under DIR/RUN_ID", 0},
	{"evidence-of", KEY_EVIDENCE_OF, "all|unhealthy", 0, "save evidence of every run, or only where the verdict is not healthy", 0},
	{"sign", KEY_SIGN, "KEY", 0, "sign the evidence with this OpenSSH key (or the agent's, by its .pub file)", 0},
	{"budget", KEY_BUDGET, "N", 0, "send at most N probes (default 6000)", 0},
	{"rate", KEY_RATE, "N|max", 0, "send at most N packets a second in all (default 200)", 0},
	{"hop-rate", KEY_HOP_RATE, "N|max", 0, "ask one hop for at most N answers a second (default: learned, from 20)", 0},
	{"deadline", KEY_DEADLINE, "SECONDS", 0, "end the whole command by then (default 60)", 0},
	{"azure-deadline", KEY_AZURE_DEADLINE, "SECONDS", 0, "wait for Azure this long, never beyond the deadline (default 20)", 0},
	{"interim", KEY_INTERIM, "SECONDS", 0, "with --jsonl: also print what is known so far, this often (end_reason is null)", 0},
	{"explain-rate", KEY_EXPLAIN, NULL, 0, "say on standard error how fast each hop was asked, and why", 0},
	{"packet-helper", KEY_HELPER, "PATH", 0, "run this erprobe-packet", 0},
	{"no-history", KEY_NO_HISTORY, NULL, 0, "neither read nor add to the history", 0},
	{"bgp-watch", KEY_BGP_WATCH, "SECONDS", OPTION_ARG_OPTIONAL, "also listen to the peerings' own BGP, BFD and ARP frames, where they pass this host, and at least so long; nothing is sent for it", 0},
	{"bgp-watch-interface", KEY_WATCH_INTERFACE, "IFACE", 0, "with --bgp-watch: on this interface, where a mirror port's frames come in, promiscuous meanwhile (watch_interface of a link comes first)", 0},
	{"confidence", KEY_CONFIDENCE, "SHARE", 0, "name a domain only at this confidence (default 0.9)", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct check_line {
	struct common_options common;
	struct check_options check;
};

static error_t parse_check(int key, char *arg, struct argp_state *state)
{
	struct check_line *l = state->input;
	struct check_options *o = &l->check;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_EVIDENCE:
		o->evidence_dir = arg;
		return options_need(*arg != '\0', &l->common, "--evidence", arg, "a folder");
	case KEY_EVIDENCE_OF:
		o->evidence_unhealthy = strcmp(arg, "unhealthy") == 0;
		return options_need(o->evidence_unhealthy || strcmp(arg, "all") == 0, &l->common, "--evidence-of", arg, "all or unhealthy");
	case KEY_SIGN:
		o->sign_key = arg;
		return options_need(*arg != '\0', &l->common, "--sign", arg, "an OpenSSH key file");
	case KEY_HELPER:
		o->packet_helper = arg;
		return options_need(*arg != '\0', &l->common, "--packet-helper", arg, "the path of erprobe-packet");
	case KEY_BUDGET:
		return options_need(option_count(arg, 1, BUDGET_HIGHEST, &o->budget), &l->common, "--budget", arg, "a number from 1 to 10000000");
	case KEY_RATE:
		return options_need(option_rate(arg, &o->rate), &l->common, "--rate", arg, "packets a second, above 0 up to 1000000, or max");
	case KEY_HOP_RATE:
		return options_need(option_rate(arg, &o->hop_rate), &l->common, "--hop-rate", arg, "answers a second, above 0 up to 1000000, or max");
	case KEY_DEADLINE:
		return options_need(option_seconds(arg, &o->deadline_s), &l->common, "--deadline", arg, "seconds, above 0 up to a day");
	case KEY_AZURE_DEADLINE:
		return options_need(option_seconds(arg, &o->azure_deadline_s), &l->common, "--azure-deadline", arg, "seconds, above 0 up to a day");
	case KEY_CONFIDENCE:
		return options_need(option_confidence(arg, &o->confidence), &l->common, "--confidence", arg, "a share from 0.5 to below 1");
	case KEY_INTERIM:
		return options_need(option_seconds(arg, &o->interim_s) && o->interim_s >= INTERIM_LOWEST_S, &l->common, "--interim", arg,
		            "seconds, from 0.1");
	case KEY_BGP_WATCH:
		o->bgp_watch = true;
		return options_need(!arg || option_seconds(arg, &o->watch_s), &l->common, "--bgp-watch", arg, "seconds, above 0 up to a day");
	case KEY_WATCH_INTERFACE:
		o->bgp_watch = true;
		o->watch_interface = arg;
		return options_need(*arg != '\0' && strlen(arg) < IFACE_NAME_MAX, &l->common, "--bgp-watch-interface", arg,
		                    "an interface name of at most 15 characters");
	case KEY_EXPLAIN:
		o->explain_rate = true;
		return 0;
	case KEY_NO_HISTORY:
		o->no_history = true;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (o->watch_s > 0 && o->watch_s > (o->deadline_s > 0 ? o->deadline_s : CHECK_DEADLINE_DEFAULT) - WATCH_SPARE_S)
			return options_complain(&l->common, "--bgp-watch=%g does not fit into the deadline: say --deadline %g too", o->watch_s,
			                        o->watch_s + CHECK_DEADLINE_DEFAULT);
		if (o->interim_s > 0 && l->common.format != CHECK_JSONL && !l->common.help && !l->common.version)
			return options_complain(&l->common, "--interim prints a document a line: say --jsonl too");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp check_argp = {
	check_options, parse_check, "[CIRCUIT...]",
	"Finds out which domain (corporate, WAN or Azure) holds a fault of each configured ExpressRoute circuit, "
	"or of the circuits named.\v"
	"Exit code: 0 healthy, 1 degraded, 2 fault, 3 undetermined or an error, 130 interrupted; the worst circuit's.",
	children, NULL, NULL};

/* A key that cannot sign is said now, not after the run. */
static bool can_sign(const struct check_options *o)
{
	char err[512];

	if (!o->sign_key)
		return true;
	if (!o->evidence_dir)
		fputs("erprobe check: --sign signs the evidence: say where it goes with --evidence DIR\n", stderr);
	else if (sign_prepare(o->sign_key, err, sizeof(err)))
		return true;
	else
		fprintf(stderr, "erprobe check: %s\n", err);
	return false;
}

/* Nor is a folder that cannot be made. Where evidence is only perhaps wanted, check_run() warns. */
static bool can_save(const struct check_options *o)
{
	char err[512];

	if (!o->evidence_dir || o->evidence_unhealthy || evidence_prepare(o->evidence_dir, NULL, err, sizeof(err)))
		return true;
	fprintf(stderr, "erprobe check: %s\n", err);
	return false;
}

/* The evidence gets the configuration in effect. */
static int check_with(const struct config *config, struct check_options *o)
{
	struct strbuf text;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	if (o->evidence_dir)
		config_print(config, &text);
	o->config_text = strbuf_ok(&text) ? text.text : NULL;
	int code = check_run(config, o);
	strbuf_free(&text);
	return code;
}

int cmd_check(int argc, char **argv)
{
	struct check_line l = {0};
	struct config config;
	char err[512];
	enum options_end end = options_parse(&check_argp, "erprobe check", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (!can_sign(&l.check) || !options_load_config(&l.common, &config))
		return EXIT_ERROR;
	int code = EXIT_ERROR;
	l.check.format = l.common.format;
	l.check.color = l.common.color;
	l.check.quiet = l.common.quiet;
	l.check.verbose = l.common.verbose;
	if (!config_select(&config, l.common.args, l.common.arg_count, err, sizeof(err)))
		fprintf(stderr, "erprobe check: %s\n", err);
	else if (can_save(&l.check))
		code = check_with(&config, &l.check);
	config_free(&config);
	return code;
}
