/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe config check`, `erprobe config show` and `erprobe config keys`. */
#include "probe/cli/commands.h"
#include "analysis/value/plural.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/config/suggest.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {"check", "show", "keys"};
#define WORDS (sizeof(words) / sizeof(words[0]))

static error_t complain_unknown(struct common_options *c, const char *word)
{
	struct suggestion near = suggest_for(word);
	for (size_t i = 0; i < WORDS; i++)
		suggest_offer(&near, words[i]);
	const char *best = suggest_best(&near);
	return best ? options_complain(c, "unknown word '%s'; did you mean '%s'?", word, best)
	            : options_complain(c, "unknown word '%s'; use check, show or keys", word);
}

static error_t check_words(struct common_options *c)
{
	size_t i = 0;
	if (c->help || c->version)
		return 0;
	if (c->arg_count == 0)
		return options_complain(c, "say what to do: check, show or keys");
	while (i < WORDS && strcmp(c->args[0], words[i]) != 0)
		i++;
	if (i == WORDS)
		return complain_unknown(c, c->args[0]);
	if (c->arg_count > 1)
		return options_complain(c, "'%s' is one word too many; name a file with -c FILE", c->args[1]);
	if (c->format_given && c->format != CHECK_TEXT)
		return options_complain(c, "the configuration is shown as YAML text only");
	return 0;
}

static error_t parse_config(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = state->input;
		return 0;
	case ARGP_KEY_SUCCESS:
		return check_words(state->input);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp config_argp = {
	NULL, parse_config, "check|show|keys",
	"check: tells every error of the configuration as file:line:column. show: prints the configuration in effect. "
	"keys: lists every key that there is, and what it takes.\v"
	"Exit code: 0 when the configuration is good, else 3.",
	children, NULL, NULL};

static int print(struct strbuf *out)
{
	bool ok = strbuf_ok(out) && out->text;
	if (ok)
		ok = finish_write(out->text, out->len);
	else
		fputs("erprobe config: out of memory\n", stderr);
	strbuf_free(out);
	return ok ? EXIT_DONE : EXIT_ERROR;
}

static int show(const struct config *config)
{
	struct strbuf out;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	config_print(config, &out);
	return print(&out);
}

static int keys(const struct common_options *c)
{
	struct strbuf out;
	options_leave_config(c, "the keys are part of the program");
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	config_keys(&out);
	return print(&out);
}

int cmd_config(int argc, char **argv)
{
	struct common_options c = {.all_errors = true};
	struct config config;
	enum options_end end = options_parse(&config_argp, "erprobe config", argc, argv, &c, &c);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	if (strcmp(c.args[0], "keys") == 0)
		return keys(&c);
	if (!options_load_config(&c, &config))
		return EXIT_ERROR;
	int code = 0;
	if (strcmp(c.args[0], "show") == 0)
		code = show(&config);
	else if (!c.quiet)
		printf("%s: good, %zu circuit%s\n", c.config ? c.config : CONFIG_PATH_DEFAULT, config.circuit_count,
		       PLURAL_S(config.circuit_count));
	config_free(&config);
	return code;
}
