/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe trace`: options; the work is probe/trace/trace.c. */
#include "analysis/trace/trace_engine.h"
#include "probe/cli/commands.h"
#include "probe/cli/options.h"
#include "probe/trace/trace.h"

#include <string.h>

enum trace_key {
	KEY_BUDGET = 0x200, KEY_RATE, KEY_HOP_RATE, KEY_DEADLINE, KEY_HELPER, KEY_COUNT, KEY_TCP, KEY_UDP,
	KEY_ICMP, KEY_RESUME, KEY_PATHS, KEY_EXPLAIN, KEY_STOP, KEY_MTU, KEY_AZURE_DEADLINE, KEY_EVIDENCE,
	KEY_SIGN, KEY_SEND_BY
};

#define BUDGET_HIGHEST 10000000u
#define PATHS_CHANCE 0.05

static const struct argp_option trace_options[] = {
	{"file", 'f', "FILE", 0, "more destinations, one a line; - reads standard input", 0},
	{"icmp", KEY_ICMP, NULL, 0, "probe by ICMP echo (default)", 0},
	{"tcp", KEY_TCP, "PORT", OPTION_ARG_OPTIONAL, "probe by TCP SYN to this port (default 80)", 0},
	{"udp", KEY_UDP, "PORT", OPTION_ARG_OPTIONAL, "probe by UDP to this port (default 33434)", 0},
	{"ipv4", '4', NULL, 0, "take only IPv4 addresses of names", 0},
	{"ipv6", '6', NULL, 0, "take only IPv6 addresses of names", 0},
	{"max-ttl", 'm', "N", 0, "look no further than N hops (default 30, at most 64)", 0},
	{"count", KEY_COUNT, "N", 0, "send N probes a hop (default: one, and two more where it is silent)", 0},
	{"paths", KEY_PATHS, "CHANCE", OPTION_ARG_OPTIONAL, "find all paths, with at most this chance of missing one (default 5%)", 0},
	{"mtu", KEY_MTU, NULL, 0, "find how large a datagram each hop gets, where larger ones die, and whether they get lost more", 0},
	{"names", 'n', NULL, 0, "look up the names of the addresses found", 0},
	{"interface", 'i', "NAME", 0, "leave by this interface", 0},
	{"source", 's', "ADDRESS", 0, "leave from this address of this host", 0},
	{"budget", KEY_BUDGET, "N", 0, "send at most N probes", 0},
	{"rate", KEY_RATE, "N|max", 0, "send at most N packets a second in all (default 1000)", 0},
	{"hop-rate", KEY_HOP_RATE, "N|max", 0, "ask one hop for at most N answers a second (default: learned, from 20)", 0},
	{"stop-at-known", KEY_STOP, NULL, 0, "ask hops that several traces share once (assumes one way to each of them)", 0},
	{"send-by", KEY_SEND_BY, "stack|link", 0, "of many destinations: send all probes through this host's IP stack, or what follows a flow's first one straight by the interface (root; default with --rate max)", 0},
	{"explain-rate", KEY_EXPLAIN, NULL, 0, "say on standard error how fast each hop was asked, and why", 0},
	{"deadline", KEY_DEADLINE, "SECONDS", 0, "end the whole command by then (default 60)", 0},
	{"azure-deadline", KEY_AZURE_DEADLINE, "SECONDS", 0, "as for erprobe check; a trace asks Azure nothing", 0},
	{"evidence", KEY_EVIDENCE, "DIR", 0, "save all frames and the result under DIR/RUN_ID", 0},
	{"sign", KEY_SIGN, "KEY", 0, "sign the evidence with this OpenSSH key (or the agent's, by its .pub file)", 0},
	{"resume", KEY_RESUME, "FILE", 0, "note in FILE what is done, and leave out what it says is (text, jsonl, csv)", 0},
	{"packet-helper", KEY_HELPER, "PATH", 0, "run this erprobe-packet", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct trace_line {
	struct common_options common;
	struct trace_run_options trace;
	uint8_t kinds; /* how often a probe kind was named */
};

static error_t take_kind(struct trace_line *l, uint8_t kind, const char *option, const char *port)
{
	uint32_t number = 0;

	if (l->kinds++ > 0 && l->trace.kind != kind)
		return options_complain(&l->common, "choose one of --icmp, --tcp and --udp");
	l->trace.kind = kind;
	if (port && !option_count(port, 1, UINT16_MAX, &number))
		return options_need(false, &l->common, option, port, "a port from 1 to 65535");
	if (kind == PROBE_TCP_SYN && number == 179)
		return options_complain(&l->common, "TCP port 179 is BGP's: erprobe check tests it, gently; choose another port");
	l->trace.port = (uint16_t)number;
	return 0;
}

/* The port of --tcp and --udp: "--tcp=443", or the next word where that is digits alone, which no destination is. */
static const char *port_of(const char *arg, struct argp_state *state)
{
	const char *next = !arg && state->next < state->argc ? state->argv[state->next] : "";

	if (!*next || next[strspn(next, "0123456789")] != '\0')
		return arg;
	state->next++;
	return next;
}

static error_t take_family(struct trace_line *l, uint8_t family)
{
	if (l->trace.family != IP_NONE && l->trace.family != family)
		return options_complain(&l->common, "choose one of -4 and -6");
	l->trace.family = family;
	return 0;
}

/* What only this command prints; the others are the common options'. */
static error_t take_number(struct trace_line *l, const char *option, const char *arg, uint32_t low, uint32_t high,
                           const char *expected, uint32_t *out)
{
	return options_need(option_count(arg, low, high, out), &l->common, option, arg, expected);
}

static error_t take_limit(int key, char *arg, struct trace_line *l)
{
	struct trace_run_options *o = &l->trace;
	uint32_t number = 0;
	double unused;
	error_t bad;

	switch (key) {
	case 'm':
		bad = take_number(l, "--max-ttl", arg, 1, TRACE_TTL_MAX, "a number from 1 to 64", &number);
		o->max_ttl = (uint8_t)number;
		return bad;
	case KEY_COUNT:
		bad = take_number(l, "--count", arg, 1, TRACE_COUNT_MAX, "a number from 1 to 1000", &number);
		o->count = (uint16_t)number;
		return bad;
	case KEY_BUDGET:
		return take_number(l, "--budget", arg, 1, BUDGET_HIGHEST, "a number from 1 to 10000000", &o->budget);
	case KEY_RATE:
		return options_need(option_rate(arg, &o->rate), &l->common, "--rate", arg, "packets a second, above 0 up to 1000000, or max");
	case KEY_HOP_RATE:
		return options_need(option_rate(arg, &o->hop_rate), &l->common, "--hop-rate", arg, "answers a second, above 0 up to 1000000, or max");
	case KEY_DEADLINE:
		return options_need(option_seconds(arg, &o->deadline_s), &l->common, "--deadline", arg, "seconds, above 0 up to a day");
	case KEY_AZURE_DEADLINE: /* scripts give check and trace the same limits */
		return options_need(option_seconds(arg, &unused), &l->common, "--azure-deadline", arg, "seconds, above 0 up to a day");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_trace(int key, char *arg, struct argp_state *state)
{
	struct trace_line *l = state->input;
	struct trace_run_options *o = &l->trace;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case 'f':
		o->file = arg;
		return options_need(*arg != '\0', &l->common, "--file", arg, "a file, or -");
	case KEY_ICMP:
		return take_kind(l, PROBE_ICMP_ECHO, "--icmp", NULL);
	case KEY_TCP:
		return take_kind(l, PROBE_TCP_SYN, "--tcp", port_of(arg, state));
	case KEY_UDP:
		return take_kind(l, PROBE_UDP, "--udp", port_of(arg, state));
	case '4':
		return take_family(l, IP_V4);
	case '6':
		return take_family(l, IP_V6);
	case 'n':
		o->names = true;
		return 0;
	case 'i':
		o->iface = arg;
		return 0;
	case 's':
		o->source = arg;
		return 0;
	case KEY_MTU:
		o->sizes = true;
		return 0;
	case KEY_STOP:
		o->stop_at_known = true;
		return 0;
	case KEY_SEND_BY:
		o->send_by = strcmp(arg, "stack") == 0 ? TRACE_SEND_STACK : strcmp(arg, "link") == 0 ? TRACE_SEND_LINK : TRACE_SEND_DEFAULT;
		return options_need(o->send_by != TRACE_SEND_DEFAULT, &l->common, "--send-by", arg, "stack or link");
	case KEY_EXPLAIN:
		o->explain_rate = true;
		return 0;
	case KEY_PATHS:
		o->alpha = PATHS_CHANCE;
		return options_need(!arg || option_chance(arg, &o->alpha), &l->common, "--paths", arg, "a chance above 0 up to 0.5, such as 0.05 or 5%");
	case KEY_EVIDENCE:
		o->evidence_dir = arg;
		return options_need(*arg != '\0', &l->common, "--evidence", arg, "a folder");
	case KEY_SIGN:
		o->sign_key = arg;
		return options_need(*arg != '\0', &l->common, "--sign", arg, "an OpenSSH key file");
	case KEY_RESUME:
		o->resume = arg;
		return options_need(*arg != '\0', &l->common, "--resume", arg, "a file");
	case KEY_HELPER:
		o->packet_helper = arg;
		return options_need(*arg != '\0', &l->common, "--packet-helper", arg, "the path of erprobe-packet");
	default:
		return take_limit(key, arg, l);
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp trace_argp = {
	trace_options, parse_trace, "DEST...",
	"Finds the path to each destination (address, prefix or name), with loss and timing of every hop.\v"
	"Exit code: 0 every destination reached, 1 some, 2 none, 3 an error, 130 interrupted.",
	children, NULL, NULL};

/* Beside text, json and jsonl. */
static const char *const more_formats[] = {"csv", "mtr-json", "atlas", NULL};

static enum trace_format format_of(const struct common_options *c)
{
	static const enum trace_format formats[] = {
		[CHECK_TEXT] = TRACE_TEXT, [CHECK_JSON] = TRACE_JSON, [CHECK_JSONL] = TRACE_JSONL};
	static const enum trace_format more[] = {TRACE_CSV, TRACE_MTR, TRACE_ATLAS};

	return c->more_format > 0 ? more[c->more_format - 1] : formats[c->format];
}

int cmd_trace(int argc, char **argv)
{
	struct trace_line l = {.common = {.more_formats = more_formats}};
	enum options_end end = options_parse(&trace_argp, "erprobe trace", argc, argv, &l, &l.common);

	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	l.trace.format = format_of(&l.common);
	if (l.trace.stop_at_known && (l.trace.alpha > 0 || l.trace.count > 0)) {
		options_complain(&l.common, "--stop-at-known does not go with --paths or --count: these ask every hop anew");
		return EXIT_ERROR;
	}
	if (l.trace.sizes && (l.trace.alpha > 0 || l.trace.stop_at_known)) {
		options_complain(&l.common, "--mtu does not go with --paths or --stop-at-known");
		return EXIT_ERROR;
	}
	if (l.trace.resume && l.trace.format != TRACE_TEXT && l.trace.format != TRACE_JSONL && l.trace.format != TRACE_CSV) {
		options_complain(&l.common, "--resume goes with --format text, jsonl or csv: the others are one document at the end");
		return EXIT_ERROR;
	}
	if (l.trace.sign_key && !l.trace.evidence_dir) {
		options_complain(&l.common, "--sign signs the evidence: say where it goes with --evidence DIR");
		return EXIT_ERROR;
	}
	options_leave_config(&l.common, "a trace needs no configuration");
	l.trace.color = l.common.color;
	l.trace.quiet = l.common.quiet;
	l.trace.verbose = l.common.verbose;
	l.trace.words = (const char *const *)l.common.args;
	l.trace.word_count = l.common.arg_count;
	return trace_run(&l.trace);
}
