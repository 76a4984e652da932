/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: argp parses and prints help; every mistake is one line on standard
 * error and exit code EXIT_ERROR. */
#ifndef ERPROBE_OPTIONS_H
#define ERPROBE_OPTIONS_H

#include "erprobe/exit_code.h"
#include "probe/config/config.h"
#include "probe/host/terminal.h"
#include "probe/run/check.h"

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every command takes. Zero it to begin. */
struct common_options {
	const char *config;       /* -c; NULL = the default places */
	enum check_format format; /* --format, --json, --jsonl */
	bool format_given;
	const char *const *more_formats; /* further words for --format, NULL at the end; the command sets it */
	int more_format;          /* place of the one chosen there, from 1; 0 = none */
	enum color_when color;
	bool all_errors;          /* tell every error of the configuration, not the first alone; the command sets it */
	bool quiet;
	bool verbose;
	bool help, version;       /* asked for; options_parse() answers them */
	char **args;              /* what is no option, in order; borrowed from argv */
	size_t arg_count;
	bool complained;          /* the error was told already */
	int reached;              /* where in argv parsing ended with an error */
	const char *command;      /* "erprobe check" */
};

/* The common options, to be the first child of a command's argp. The command's parse
 * function hands over the struct at ARGP_KEY_INIT: state->child_inputs[0] = &common. */
extern const struct argp common_argp;
/* The same for a program without formats: its help does not offer them. */
extern const struct argp formless_argp;

enum options_end {
	OPTIONS_GO,   /* do the command */
	OPTIONS_DONE, /* help or version was printed: exit 0 */
	OPTIONS_BAD   /* one line was printed: exit EXIT_ERROR */
};

/* Parses argv (argv[0] is the command's word). input goes to the command's parse
 * function and must outlive the call, as must argv; common is the struct in it. */
enum options_end options_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input,
                               struct common_options *common);

/* For parse functions: prints "COMMAND: MESSAGE", and gives back what they return. */
error_t options_complain(struct common_options *common, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* For commands that need no configuration: with -c a warning that it is not read, and why ("all that is needed is
 * in the evidence"). Scripts give every command the same common options. */
void options_leave_config(const struct common_options *common, const char *why);

/* For parse functions: complains of a value unless it was good. */
error_t options_need(bool good, struct common_options *common, const char *option, const char *value, const char *expected);

/* Values. Each is strict and gives false on anything else. */
bool option_count(const char *text, uint32_t low, uint32_t high, uint32_t *out);
/* A decimal number above 0 up to 1,000,000 a second, or "max" (INFINITY). */
bool option_rate(const char *text, double *out);
/* Seconds above 0 up to a day: 60, 1.5, 60s, 2m. */
bool option_seconds(const char *text, double *out);
/* A share from 0.5 to below 1. */
bool option_confidence(const char *text, double *out);

/* A chance above 0 up to 0.5: 0.05, or 5%. */
bool option_chance(const char *text, double *out);

/* Reads the configuration that the options name. What is wrong with it is one line on standard error, the first
 * error and how many more there are; with all_errors a line each, and on a terminal the lines they stand in. */
bool options_load_config(const struct common_options *common, struct config *out);
/* For a configuration that the command line was made into: config_parse()'s errors as one line, the first of them
 * without its place. */
void options_complain_config(struct common_options *common, const char *errors);

#endif
