/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/options.h"

#include "probe/config/suggest.h"
#include "probe/host/build.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum common_key { KEY_FORMAT = 0x100, KEY_JSON, KEY_JSONL, KEY_COLOR };

/* formats: OPTION_HIDDEN where a program has none. They are taken all the same, so that they are refused in words. */
#define COMMON_OPTIONS(formats) \
	{"config", 'c', "FILE", 0, "read this configuration (default " CONFIG_PATH_DEFAULT " and conf.d/*.yaml beside it)", 0}, \
	{"format", KEY_FORMAT, "FORMAT", (formats), "print the result as text, json or jsonl", 0}, \
	{"json", KEY_JSON, NULL, (formats), "short for --format json", 0}, \
	{"jsonl", KEY_JSONL, NULL, (formats), "short for --format jsonl", 0}, \
	{"quiet", 'q', NULL, 0, "no progress and no warnings; errors stay", 0}, \
	{"verbose", 'v', NULL, 0, "tell more", 0}, \
	{"color", KEY_COLOR, "auto|always|never", 0, "color of the text; auto, the default, honours NO_COLOR", 0}, \
	{"help", 'h', NULL, 0, "print this help", -1}, \
	{"version", 'V', NULL, 0, "print the version", -1}, \
	{NULL, 0, NULL, 0, NULL, 0}
static const struct argp_option common_options[] = {COMMON_OPTIONS(0)};
static const struct argp_option formless_options[] = {COMMON_OPTIONS(OPTION_HIDDEN)};

error_t options_complain(struct common_options *common, const char *format, ...)
{
	char message[512], safe[512];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	text_safe(safe, sizeof(safe), message);
	fprintf(stderr, "%s: %s\n", common->command, safe);
	common->complained = true;
	return EINVAL;
}

void options_leave_config(const struct common_options *common, const char *why)
{
	if (common->config && !common->quiet)
		fprintf(stderr, "%s: warning: -c is not read: %s\n", common->command, why);
}

error_t options_need(bool good, struct common_options *common, const char *option, const char *value, const char *expected)
{
	return good ? 0 : options_complain(common, "'%s' is no value for %s; expected %s", value, option, expected);
}

/* The place of a word in a list; -1 when it is not there. */
static int word_index(const char *word, const char *const *words, int count)
{
	for (int i = 0; i < count; i++) {
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	return -1;
}

static int words_count(const char *const *words)
{
	int n = 0;
	while (words && words[n])
		n++;
	return n;
}

static void list_formats(const struct common_options *c, char *out, size_t size)
{
	size_t at = (size_t)snprintf(out, size, "text, json%s", words_count(c->more_formats) > 0 ? ", jsonl" : " or jsonl");
	for (int i = 0; c->more_formats && c->more_formats[i] && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s", c->more_formats[i + 1] ? ", " : " or ", c->more_formats[i]);
}

static error_t complain_format(struct common_options *c, const char *word)
{
	char known[128];
	list_formats(c, known, sizeof(known));
	return options_complain(c, "unknown format '%s'; use %s", word, known);
}

static error_t take_format(struct common_options *c, const char *word)
{
	static const char *const words[] = {[CHECK_TEXT] = "text", [CHECK_JSON] = "json", [CHECK_JSONL] = "jsonl"};
	int i = word_index(word, words, 3), more = 0;
	if (i < 0) {
		more = 1 + word_index(word, c->more_formats, words_count(c->more_formats));
		if (more == 0)
			return complain_format(c, word);
		i = CHECK_TEXT;
	}
	if (c->format_given && (c->format != (enum check_format)i || c->more_format != more))
		return options_complain(c, "two formats at once: %s and %s",
		                        c->more_format > 0 ? c->more_formats[c->more_format - 1] : words[c->format], word);
	c->format = (enum check_format)i;
	c->more_format = more;
	c->format_given = true;
	return 0;
}

static error_t take_color(struct common_options *c, const char *word)
{
	static const char *const words[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
	int i = word_index(word, words, 3);
	if (i < 0)
		return options_complain(c, "'%s' is no value for --color; use auto, always or never", word);
	c->color = (enum color_when)i;
	return 0;
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	struct common_options *c = state->input;
	switch (key) {
	case 'c':
		c->config = arg;
		return *arg ? 0 : options_complain(c, "-c needs the name of a file");
	case KEY_FORMAT:
		return take_format(c, arg);
	case KEY_JSON:
		return take_format(c, "json");
	case KEY_JSONL:
		return take_format(c, "jsonl");
	case KEY_COLOR:
		return take_color(c, arg);
	case 'q':
		c->quiet = true;
		return 0;
	case 'v':
		c->verbose = true;
		return 0;
	case 'h':
		c->help = true;
		return 0;
	case 'V':
		c->version = true;
		return 0;
	case ARGP_KEY_ARGS:
		c->args = state->argv + state->next;
		c->arg_count = (size_t)(state->argc - state->next);
		return 0;
	case ARGP_KEY_ERROR:
		c->reached = state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp common_argp = {common_options, parse_common, NULL, NULL, NULL, NULL, NULL};
const struct argp formless_argp = {formless_options, parse_common, NULL, NULL, NULL, NULL, NULL};

/* Calls `offer` for the options of a command and of its first child. */
typedef void option_fn(const struct argp_option *o, void *context);

static void each_option(const struct argp *argp, option_fn *offer, void *context)
{
	for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
		offer(o, context);
	if (argp->children && argp->children[0].argp)
		each_option(argp->children[0].argp, offer, context);
}

/* Looking for the option that was written. */
struct hunt {
	const char *name; /* long name without dashes, or NULL */
	size_t len;
	int letter;       /* short option, or 0 */
	const struct argp_option *found;
	size_t beginning; /* how many long names begin with `name` */
	struct suggestion near;
};

static void hunt_option(const struct argp_option *o, void *context)
{
	struct hunt *h = context;
	if (h->letter != 0 && o->key == h->letter)
		h->found = o;
	if (!h->name || !o->name)
		return;
	suggest_offer(&h->near, o->name);
	if (strncmp(o->name, h->name, h->len) != 0)
		return;
	bool whole = o->name[h->len] == '\0';
	h->found = whole || !h->found ? o : h->found;
	h->beginning = whole ? 1 : h->beginning + 1;
}

/* Tells what is wrong with "--name" or "--name=value"; false when nothing is. */
static bool explain_long(const struct argp *argp, const char *word, struct common_options *c)
{
	char name[SUGGEST_WORD_MAX + 1];
	size_t len = strcspn(word + 2, "=");
	if (len >= sizeof(name)) {
		options_complain(c, "unknown option '%s'", word);
		return true;
	}
	memcpy(name, word + 2, len);
	name[len] = '\0';
	struct hunt h = {.name = name, .len = len, .near = suggest_for(name)};
	each_option(argp, hunt_option, &h);
	const char *best = suggest_best(&h.near);
	if (!h.found && best)
		options_complain(c, "unknown option '--%s'; did you mean '--%s'?", name, best);
	else if (!h.found)
		options_complain(c, "unknown option '--%s'; see %s --help", name, c->command);
	else if (h.beginning > 1)
		options_complain(c, "'--%s' is the beginning of several options; see %s --help", name, c->command);
	else if (h.found->arg && word[2 + len] == '\0')
		options_complain(c, "option '--%s' needs a value: %s", h.found->name, h.found->arg);
	else if (!h.found->arg && word[2 + len] == '=')
		options_complain(c, "option '--%s' takes no value", h.found->name);
	else
		return false;
	return true;
}

/* The same for "-x" and "-xyz". */
static bool explain_short(const struct argp *argp, const char *word, struct common_options *c)
{
	for (const char *at = word + 1; *at; at++) {
		struct hunt h = {.letter = (unsigned char)*at};
		each_option(argp, hunt_option, &h);
		if (!h.found)
			options_complain(c, "unknown option '-%c'; see %s --help", *at, c->command);
		else if (h.found->arg && at[1] == '\0')
			options_complain(c, "option '-%c' needs a value: %s", *at, h.found->arg);
		else if (h.found->arg)
			return false; /* the rest is its value */
		else
			continue;
		return true;
	}
	return false;
}

/* argp names no culprit without printing lines of its own. It stands just before the
 * place that parsing reached, or (inside a cluster of letters) at that place. */
static void explain(const struct argp *argp, int argc, char **argv, struct common_options *c)
{
	for (int i = c->reached - 1; i <= c->reached; i++) {
		const char *word = i > 0 && i < argc ? argv[i] : "";
		if (word[0] != '-' || word[1] == '\0')
			continue;
		if (word[1] == '-' ? explain_long(argp, word, c) : explain_short(argp, word, c))
			return;
	}
	options_complain(c, "arguments not understood; see %s --help", c->command);
}

static void print_help(const struct argp *argp, const struct common_options *common)
{
	char name[64], formats[128];
	snprintf(name, sizeof(name), "%s", common->command);
	setenv("ARGP_HELP_FMT", "no-dup-args-note", 0); /* a note about short options, of which we have few */
	argp_help(argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	list_formats(common, formats, sizeof(formats));
	if (common->more_formats)
		printf("Formats: %s.\n", formats);
}

enum options_end options_parse(const struct argp *argp, const char *command, int argc, char **argv, void *input,
                               struct common_options *common)
{
	common->command = command;
	error_t error = argp_parse(argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP | ARGP_NO_EXIT, NULL, input);
	if (error != 0 && !common->complained)
		explain(argp, argc, argv, common);
	if (error != 0)
		return OPTIONS_BAD;
	if (common->help) {
		print_help(argp, common);
		return OPTIONS_DONE;
	}
	if (common->version) {
		puts(build_tool());
		return OPTIONS_DONE;
	}
	return OPTIONS_GO;
}

/* A line of a file, and the caret below it, that follow the error itself (config_complain.c). */
static bool is_excerpt(const char *line)
{
	return line[0] == ' ';
}

static size_t count_errors(const char *text)
{
	size_t n = 0;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		n += !is_excerpt(line);
	return n;
}

/* The whole is for whoever writes the file; another command says what stops it, in one line. */
static void tell_errors(const char *text, bool all)
{
	size_t more = all ? 0 : count_errors(text) - 1;
	bool excerpts = all && isatty(STDERR_FILENO) == 1;
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		if (!is_excerpt(line) || excerpts)
			fprintf(stderr, "%.*s", (int)len, line);
		if (more > 0)
			fprintf(stderr, " (and %zu more: see erprobe config check)", more);
		if (!is_excerpt(line) || excerpts)
			fputc('\n', stderr);
		if (!all)
			return;
		line += len + (line[len] == '\n');
	}
}

void options_complain_config(struct common_options *common, const char *errors)
{
	static const char mark[] = ": error: ";
	const char *at = errors ? strstr(errors, mark) : NULL;
	if (!at)
		options_complain(common, "out of memory");
	else
		options_complain(common, "%.*s", (int)strcspn(at + sizeof(mark) - 1, "\n"), at + sizeof(mark) - 1);
}

bool options_load_config(const struct common_options *common, struct config *out)
{
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	bool ok = config_read(common->config, out, &errors);
	if (!ok)
		tell_errors(errors.text && errors.text[0] ? errors.text : "configuration: error: out of memory\n", common->all_errors);
	strbuf_free(&errors);
	return ok;
}
