/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe audit`: options and configuration; the work is probe/audit/. */
#include "probe/audit/audit.h"
#include "probe/audit/notify.h"
#include "probe/cli/commands.h"
#include "probe/cli/options.h"

#include <stdio.h>

enum audit_key { KEY_ONCE = 0x200, KEY_HELPER, KEY_CHECKER, KEY_TEST_NOTIFY };

static const struct argp_option audit_options[] = {
	{"once", KEY_ONCE, NULL, 0, "check every circuit once and end, for cron and systemd timers", 0},
	{"test-notify", KEY_TEST_NOTIFY, NULL, 0, "send a test message over each channel of audit.notify and end", 0},
	{"packet-helper", KEY_HELPER, "PATH", 0, "run this erprobe-packet", 0},
	{"checker", KEY_CHECKER, "PATH", 0, "run this program in place of `erprobe check` (a wrapper, a simulation)", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct audit_line {
	struct common_options common;
	struct audit_options audit;
	bool test_notify;
};

static error_t parse_audit(int key, char *arg, struct argp_state *state)
{
	struct audit_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_ONCE:
		l->audit.once = true;
		return 0;
	case KEY_TEST_NOTIFY:
		l->test_notify = true;
		return 0;
	case KEY_HELPER:
		l->audit.packet_helper = arg;
		return *arg ? 0 : options_complain(&l->common, "--packet-helper needs the path of erprobe-packet");
	case KEY_CHECKER:
		l->audit.checker = arg;
		return *arg ? 0 : options_complain(&l->common, "--checker needs the path of a program");
	case ARGP_KEY_SUCCESS:
		if (l->common.arg_count > 0 && !l->common.help && !l->common.version)
			return options_complain(&l->common, "'%s' is one word too many; circuits are those of the configuration", l->common.args[0]);
		if (l->common.format_given)
			return options_complain(&l->common, "the service prints no result; see erprobe history");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp audit_argp = {
	audit_options, parse_audit, NULL,
	"Checks every configured circuit on its schedule, keeps the history, opens and closes incidents, tells who must act.\v"
	"SIGHUP reads the configuration again; a bad one leaves the old in force. Exit code: 0 after SIGTERM or SIGINT; "
	"3 when it cannot begin, and with --once when a run failed or was ended by others than the service.",
	children, NULL, NULL};

int cmd_audit(int argc, char **argv)
{
	struct audit_line l = {0};
	struct config config;
	enum options_end end = options_parse(&audit_argp, "erprobe audit", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (!l.test_notify)
		audit_hold_signals();
	if (!options_load_config(&l.common, &config))
		return EXIT_ERROR;
	if (l.test_notify)
		return notify_test(&config);
	l.audit.config_path = l.common.config;
	l.audit.quiet = l.common.quiet;
	return audit_run(&config, &l.audit);
}
