/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe: the first word is the command. */
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/config/suggest.h"
#include "probe/host/build.h"
#include "probe/host/output.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

static const struct command commands[] = {
	{"check", cmd_check, "find out which domain holds a fault: corporate, WAN or Azure"},
	{"trace", cmd_trace, "path and timing to any address, hop by hop; thousands at once"},
	{"watch", cmd_watch, "a live view in the terminal: links, domains, the checks so far"},
	{"state", cmd_state, "what Azure reports of the circuits; nothing is sent on the wire"},
	{"init", cmd_init, "write a configuration from what Azure reports of a circuit"},
	{"replay", cmd_replay, "the same analysis again from saved evidence"},
	{"explain", cmd_explain, "what a fault of the catalogue means, how it shows and what to do"},
	{"evidence", cmd_evidence, "bundles for escalation: create, verify, redact, ticket"},
	{"audit", cmd_audit, "check every circuit on its schedule, keep the history, tell of incidents"},
	{"history", cmd_history, "what the audit remembers: incidents, changes of path and of Azure, runs"},
	{"report", cmd_report, "a time of the history as a page: availability, latency, incidents"},
	{"fleet", cmd_fleet, "many edges, one view: circuits worst first, what several edges see joined"},
	{"config", cmd_config, "check or show the configuration, list its keys"},
	{"help", cmd_help, "list the commands, or tell the options of one: `help COMMAND`"},
	{"version", cmd_version, "print the version"},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

/* One line that helps on: the nearest command, or where to look. */
static int complain_unknown(const char *word)
{
	struct suggestion near = suggest_for(word);
	char safe[128];
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	const char *best = suggest_best(&near);
	text_safe(safe, sizeof(safe), word);
	if (word[0] == '-')
		fprintf(stderr, "erprobe: '%s' before the command; options come after it (see erprobe help)\n", safe);
	else if (best)
		fprintf(stderr, "erprobe: unknown command '%s'; did you mean '%s'?\n", safe, best);
	else
		fprintf(stderr, "erprobe: unknown command '%s'; see erprobe help\n", safe);
	return EXIT_ERROR;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts(build_tool());
	return 0;
}

static int cmd_help(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] != '-') {
		const struct command *c = find(argv[1]);
		char word[] = "help", flag[] = "--help";
		char *help[] = {word, flag, NULL};
		if (!c)
			return complain_unknown(argv[1]);
		if (c->run != cmd_help)
			return c->run(2, help);
	}
	puts("Usage: erprobe COMMAND [OPTION...]\n"
	     "Tells whether an ExpressRoute fault is yours (corporate), the provider's (WAN) or Microsoft's (Azure).\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].help);
	puts("\n`erprobe COMMAND --help` tells the options of a command.");
	return 0;
}

static int dispatch(int argc, char **argv)
{
	if (argc < 2) {
		fputs("erprobe: say what to do, for example `erprobe check`; see erprobe help\n", stderr);
		return EXIT_ERROR;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return cmd_help(1, argv);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return cmd_version(1, argv);
	const struct command *c = find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : complain_unknown(argv[1]);
}

/* Only character classes, and of no language: all that is printed is UTF-8, that of watch too, whatever the locale says; and
 * Azure's names are compared without regard to ASCII's case (in Turkish, whose small I has no dot, "/SUBSCRIPTIONS/" would be
 * none of them). */
static void characters(void)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "C");
}

int main(int argc, char **argv)
{
	if (!output_fill_gaps("erprobe"))
		return EXIT_ERROR;
	/* A file that reaches the limit of its size (ulimit -f) is an error of write(), not our death. */
	signal(SIGXFSZ, SIG_IGN);
	characters();
	return finish_output(dispatch(argc, argv));
}
