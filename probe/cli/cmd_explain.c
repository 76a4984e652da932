/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe explain`: options; the words are analysis/report/explain_text.c's. */
#include "analysis/report/explain_text.h"
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/config/suggest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static error_t check_id(struct common_options *c)
{
	if (c->arg_count > 1)
		return options_complain(c, "'%s' is one word too many; name one fault", c->args[1]);
	if (c->arg_count == 0)
		return 0;
	struct suggestion near = suggest_for(c->args[0]);
	const char *id;
	for (size_t i = 0; (id = explain_id(i)) != NULL; i++) {
		if (strcmp(id, c->args[0]) == 0)
			return 0;
		suggest_offer(&near, id);
	}
	const char *best = suggest_best(&near);
	return best ? options_complain(c, "unknown fault '%s'; did you mean '%s'?", c->args[0], best)
	            : options_complain(c, "unknown fault '%s'; `erprobe explain` alone lists them all", c->args[0]);
}

static error_t parse_explain(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	struct common_options *c = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = c;
		return 0;
	case ARGP_KEY_SUCCESS:
		if (c->help || c->version)
			return 0;
		if (c->format_given && c->format != CHECK_TEXT)
			return options_complain(c, "the catalogue is shown as text only");
		return check_id(c);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp explain_argp = {
	NULL, parse_explain, "[FAULT-ID]",
	"Explains one fault of the catalogue: what it means, how it shows on the wire and in Azure, what to do, whom to "
	"call. Without FAULT-ID lists them all.\v"
	"Exit code: 0, or 3 for a fault that is not in the catalogue.",
	children, NULL, NULL};

int cmd_explain(int argc, char **argv)
{
	struct common_options c = {0};
	enum options_end end = options_parse(&explain_argp, "erprobe explain", argc, argv, &c, &c);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	options_leave_config(&c, "the catalogue is part of the program");
	struct strbuf out;
	struct text_style style = {
		.color = terminal_color(c.color, STDOUT_FILENO), .verbose = c.verbose, .width = terminal_width(STDOUT_FILENO)};
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	bool found = true;
	if (c.arg_count == 0)
		explain_list_text(&style, &out);
	else
		found = explain_fault_text(c.args[0], &style, &out);
	bool ok = found && strbuf_ok(&out) && out.text;
	if (ok)
		ok = finish_write(out.text, out.len);
	else
		fputs("erprobe explain: out of memory\n", stderr);
	strbuf_free(&out);
	return ok ? EXIT_DONE : EXIT_ERROR;
}
