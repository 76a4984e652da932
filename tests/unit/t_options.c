/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines: values, the one line that each mistake draws, colour. */
#define _XOPEN_SOURCE 700 /* posix_openpt */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "probe/cli/options.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void test_rate(void **state)
{
	(void)state;
	static const struct { const char *text; double value; } rows[] = {
		{"1", 1}, {"200", 200}, {"0.5", 0.5}, {"1000000", 1e6}, {"max", INFINITY},
		{"", -1}, {"0", -1}, {"0.0", -1}, {"-1", -1}, {"+1", -1}, {"1e3", -1}, {"inf", -1}, {"nan", -1}, {"0x10", -1},
		{"1000001", -1}, {" 1", -1}, {"1 ", -1}, {"1.", -1}, {".5", -1}, {"1,5", -1}, {"MAX", -1}, {"1.2.3", -1},
		{"1111111111111", -1}, {"10/s", -1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		double v = -1;
		bool good = option_rate(rows[i].text, &v);
		if (good != (rows[i].value > 0) || (good && (v < rows[i].value || v > rows[i].value)))
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_seconds(void **state)
{
	(void)state;
	static const struct { const char *text; double value; } rows[] = {
		{"60", 60}, {"1.5", 1.5}, {"60s", 60}, {"2m", 120}, {"0.25s", 0.25}, {"86400", 86400}, {"1440m", 86400},
		{"", -1}, {"0", -1}, {"86401", -1}, {"1441m", -1}, {"5h", -1}, {"5 s", -1}, {"s", -1}, {"-5", -1}, {"max", -1}, {"5ms", -1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		double v = -1;
		bool good = option_seconds(rows[i].text, &v);
		if (good != (rows[i].value > 0) || (good && fabs(v - rows[i].value) > 1e-9))
			fail_msg("'%s'", rows[i].text);
	}
}

static void test_count_and_confidence(void **state)
{
	(void)state;
	uint32_t n = 0;
	double v = 0;
	assert_true(option_count("1", 1, 10, &n) && n == 1);
	assert_true(option_count("10", 1, 10, &n) && n == 10);
	assert_false(option_count("0", 1, 10, &n));
	assert_false(option_count("11", 1, 10, &n));
	assert_false(option_count("1.0", 1, 10, &n));
	assert_true(option_confidence("0.5", &v) && option_confidence("0.99", &v));
	static const char *const bad[] = {"0.49", "1", "1.0", "95", "95%", "", "-0.9"};
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(option_confidence(bad[i], &v));
	assert_true(option_chance("5%", &v) && v == 0.05 && option_chance("0.01", &v) && v == 0.01);
	static const char *const no_chance[] = {"0", "0%", "0.6", "51%", "5 %", "5%%", "", "-1"};
	for (size_t i = 0; i < COUNT(no_chance); i++)
		assert_false(option_chance(no_chance[i], &v));
}

/* A small command beside the common options. */
struct line {
	struct common_options common;
	const char *evidence;
	double rate;
	bool all;
};

static error_t parse_line(int key, char *arg, struct argp_state *state)
{
	struct line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case 'e':
		l->evidence = arg;
		return 0;
	case 'r':
		return option_rate(arg, &l->rate) ? 0 : options_complain(&l->common, "bad rate '%s'", arg);
	case 'a':
		l->all = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"evidence", 'e', "DIR", 0, "save", 0}, {"rate", 'r', "N|max", 0, "rate", 0}, {"all", 'a', NULL, 0, "all", 0},
	{"rapid", 0x300, NULL, 0, "begins as rate does", 0}, {NULL, 0, NULL, 0, NULL, 0}};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 0}, {NULL, 0, NULL, 0}};
static const struct argp argp = {options, parse_line, "[WORD...]", "Tests.", children, NULL, NULL};

#define WORDS_MAX 8

/* Parses words (argv[1] on) with standard error in `said`. */
static enum options_end parse(const char *const *words, struct line *l, char *said, size_t size)
{
	static char copies[WORDS_MAX + 1][128];
	char *argv[WORDS_MAX + 2] = {copies[0]};
	int argc = 1;
	snprintf(copies[0], sizeof(copies[0]), "test");
	for (; argc <= WORDS_MAX && words[argc - 1]; argc++) {
		snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc - 1]);
		argv[argc] = copies[argc];
	}
	static char *kept[WORDS_MAX + 2]; /* common.args points into it */
	memcpy(kept, argv, sizeof(kept));
	*l = (struct line){.rate = -1};
	fflush(stderr);
	int saved = dup(STDERR_FILENO);
	FILE *f = tmpfile();
	assert_non_null(f);
	dup2(fileno(f), STDERR_FILENO);
	enum options_end end = options_parse(&argp, "erprobe test", argc, kept, l, &l->common);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	said[fread(said, 1, size - 1, f)] = '\0';
	fclose(f);
	return end;
}

static void test_good_lines(void **state)
{
	(void)state;
	struct line l;
	char said[1024];
	const char *const words[] = {"one", "-qv", "--rate=max", "-e", "dir", "--json", "two", NULL};
	assert_int_equal(parse(words, &l, said, sizeof(said)), OPTIONS_GO);
	assert_string_equal(said, "");
	assert_true(l.common.quiet && l.common.verbose && isinf(l.rate));
	assert_string_equal(l.evidence, "dir");
	assert_int_equal(l.common.format, CHECK_JSON);
	assert_true(l.common.format_given);
	assert_int_equal(l.common.arg_count, 2);
	assert_string_equal(l.common.args[0], "one");
	assert_string_equal(l.common.args[1], "two");
	const char *const none[] = {NULL};
	assert_int_equal(parse(none, &l, said, sizeof(said)), OPTIONS_GO);
	assert_int_equal(l.common.arg_count, 0);
	const char *const dashes[] = {"-c", "f", "--format", "jsonl", "--color=always", "--", "-x", NULL};
	assert_int_equal(parse(dashes, &l, said, sizeof(said)), OPTIONS_GO);
	assert_string_equal(l.common.config, "f");
	assert_int_equal(l.common.format, CHECK_JSONL);
	assert_int_equal(l.common.color, COLOR_ALWAYS);
	assert_string_equal(l.common.args[0], "-x");
}

static void test_mistakes(void **state)
{
	(void)state;
	static const struct { const char *words[6]; const char *said; } rows[] = {
		{{"--evidnce", "x"}, "unknown option '--evidnce'; did you mean '--evidence'?"},
		{{"--xyzzy"}, "unknown option '--xyzzy'; see erprobe test --help"},
		{{"--xyzzy=1"}, "unknown option '--xyzzy'; see erprobe test --help"},
		{{"w", "--xyzzy", "w"}, "unknown option '--xyzzy'; see erprobe test --help"},
		{{"--evidence"}, "option '--evidence' needs a value: DIR"},
		{{"--all=1"}, "option '--all' takes no value"},
		{{"--ra", "1"}, "'--ra' is the beginning of several options; see erprobe test --help"},
		{{"-x"}, "unknown option '-x'; see erprobe test --help"},
		{{"-qx"}, "unknown option '-x'; see erprobe test --help"},
		{{"-qxa"}, "unknown option '-x'; see erprobe test --help"},
		{{"w", "-qxa", "w"}, "unknown option '-x'; see erprobe test --help"},
		{{"-e"}, "option '-e' needs a value: DIR"},
		{{"-ae"}, "option '-e' needs a value: DIR"},
		{{"-q", "w", "-ae"}, "option '-e' needs a value: DIR"},
		{{"-r", "fast"}, "bad rate 'fast'"},
		{{"--format", "xml"}, "unknown format 'xml'; use text, json or jsonl"},
		{{"--json", "--jsonl"}, "two formats at once: json and jsonl"},
		{{"--json", "--format=json", "--xyzzy"}, "unknown option '--xyzzy'; see erprobe test --help"},
		{{"--color=sometimes"}, "'sometimes' is no value for --color; use auto, always or never"},
		{{"-c", ""}, "-c needs the name of a file"},
		{{"--format", "a\033[31m"}, "unknown format 'a\xef\xbf\xbd[31m'; use text, json or jsonl"},
	};
	size_t bad = 0;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct line l;
		char said[1024], wanted[512];
		snprintf(wanted, sizeof(wanted), "erprobe test: %s\n", rows[i].said);
		enum options_end end = parse(rows[i].words, &l, said, sizeof(said));
		if (end != OPTIONS_BAD || strcmp(said, wanted) != 0) {
			print_error("row %zu: wanted %sgot    %s\n", i, wanted, said);
			bad++;
		}
	}
	assert_int_equal(bad, 0);
}

static void test_color(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	unsetenv("NO_COLOR");
	assert_false(terminal_color(COLOR_AUTO, fds[1]));
	assert_true(terminal_color(COLOR_ALWAYS, fds[1]));
	assert_false(terminal_color(COLOR_NEVER, fds[1]));
	assert_int_equal(terminal_width(fds[1]), 0);
	close(fds[0]);
	close(fds[1]);
	int terminal = posix_openpt(O_RDWR | O_NOCTTY);
	if (terminal < 0)
		return; /* no terminals here */
	setenv("TERM", "xterm", 1);
	assert_true(terminal_color(COLOR_AUTO, terminal));
	setenv("NO_COLOR", "", 1);
	assert_true(terminal_color(COLOR_AUTO, terminal));
	setenv("NO_COLOR", "1", 1);
	assert_false(terminal_color(COLOR_AUTO, terminal));
	assert_true(terminal_color(COLOR_ALWAYS, terminal));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	assert_false(terminal_color(COLOR_AUTO, terminal));
	close(terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),       cmocka_unit_test(test_seconds),  cmocka_unit_test(test_count_and_confidence),
		cmocka_unit_test(test_good_lines), cmocka_unit_test(test_mistakes), cmocka_unit_test(test_color),
	};
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
